package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) drillCommand() *cobra.Command {
	var s model.StartDrill
	var noticed string
	start := &cobra.Command{
		Use: "start", Short: "Declare an exercise, from a real incident or a title; prints its id", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			if s.Scenario == "" && s.Title == "" {
				return misused("give --scenario NAME or --title TITLE; \"drill scenarios\" lists them")
			}
			var err error
			if s.Noticed, err = a.when(ctx, c, "noticed", noticed); err != nil {
				return err
			}
			return a.do(ctx, c, s, code)
		}),
	}
	start.Flags().StringVar(&s.Scenario, "scenario", "", "a real incident that ships with Holdfast")
	start.Flags().StringVar(&s.Title, "title", "", "what is broken in the exercise")
	start.Flags().StringVar(&s.Severity, "severity", "", "P0 to P3 (default: the scenario's, else P1)")
	start.Flags().StringArrayVar(&s.Down, "down", nil, "a tool the exercise takes away, such as chat")
	start.Flags().StringVar(&noticed, "noticed", "", "TIME when the first sign of it was given, from which declaring is scored")
	links := func(use, short string, online bool) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: takes(0, 0),
			RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
				var reply node.LinksReply
				if err := c.Call(ctx, "links", node.LinksRequest{Online: online}, &reply); err != nil {
					return err
				}
				return a.print(reply, func(w io.Writer) {
					if reply.Online {
						fmt.Fprintln(w, "This device links to its peers.")
						return
					}
					fmt.Fprintln(w, "This device is cut off from its peers until `drill heal`; everything you write stays on its disk.")
				})
			}),
		}
	}
	return groupCommand("drill", "Exercises: the same product, kept out of every figure, nothing leaves the room",
		&cobra.Command{
			Use: "scenarios", Short: "List the real incidents an exercise can be made of", Args: takes(0, 0),
			RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
				return query(a, ctx, c, "scenarios", nil, func(w io.Writer, list []model.Scenario) {
					t := newTable("SCENARIO", "SEV", "EVENTS", "TYPE", "TITLE")
					for _, s := range list {
						t.add(s.Name, s.Severity, strconv.Itoa(s.Events), s.Type, s.Title)
					}
					t.write(w, "There are no scenarios.")
				})
			}),
		},
		start,
		&cobra.Command{
			Use: "inject INC", Short: "Tell the next event of the scenario", Args: takes(1, 1),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return a.do(ctx, c, model.InjectDrill{Incident: args[0]}, code)
			}),
		},
		&cobra.Command{
			Use: "score INC", Short: "Score an exercise: what was asked, what happened", Args: takes(1, 1),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return query(a, ctx, c, "score", ref{Ref: args[0]}, func(w io.Writer, s model.DrillScore) {
					t := newTable("WHAT", "WANT", "GOT", "POINTS")
					for _, l := range s.Lines {
						t.add(l.What, l.Want, l.Got, strconv.Itoa(l.Points)+" of 2")
					}
					t.write(w, "")
					fmt.Fprintf(w, "%d of %d points\n", s.Points, s.Most)
				})
			}),
		},
		links("cut", "Cut this device's links, as an exercise on a lost network does", false),
		links("heal", "Let this device's links come again", true))
}
