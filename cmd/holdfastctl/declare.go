package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/sync/node"
)

func (a *app) declareCommand() *cobra.Command {
	var d model.Declare
	var types []string
	var started, detected string
	c := &cobra.Command{
		Use:   "declare [LINE | --title TITLE]",
		Short: "Open an incident; prints its id",
		Long: "Open an incident and print its id. LINE is all of it in one: \"P0 checkout down for all since 13:58\";\n" +
			"what follows a semicolon is the impact. A flag beats what LINE says. At a terminal it then asks which tools\n" +
			"are down; the incident stands already.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return takes(0, 0, "title")(c, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var done model.Done
			err := a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
				if len(types) > 0 {
					d.Type, d.Types = types[0], types[1:]
				}
				if done, err = a.declare(ctx, c, d, strings.Join(args, " "), map[string]string{"started": started, "detected": detected}); err != nil {
					return err
				}
				return a.tell(done, code)
			})(cmd, args)
			if err != nil {
				return err
			}
			return a.askTools(cmd, done.Code)
		},
	}
	c.Flags().StringVar(&d.Title, "title", "", "what is broken, in one line")
	c.Flags().StringVar(&d.Severity, "severity", "", "P0 to P3 (default P1: unsure takes the higher)")
	c.Flags().StringArrayVar(&types, "type", nil, "type, such as \"Service Outage\"; the first is the main one")
	c.Flags().StringVar(&d.Detection, "detection", "", "how it was found, such as \"Monitoring alerts\"")
	c.Flags().StringVar(&started, "started", "", "TIME when it began")
	c.Flags().StringVar(&detected, "detected", "", "TIME when it was noticed")
	a.confirmFlag(c, "take a time that stands before its cause")
	return c
}

// declare opens an incident of what the flags and the line say.
func (a *app) declare(ctx context.Context, c *node.Client, d model.Declare, line string, times map[string]string) (model.Done, error) {
	k, err := a.clock(ctx, c)
	if err != nil {
		return model.Done{}, err
	}
	d.Milestones = map[string]time.Time{}
	k.declareLine(&d, line)
	if err := k.declareTimes(&d, times); err != nil {
		return model.Done{}, err
	}
	return c.Do(ctx, a.confirmed(d))
}

// declareLine fills what the flags leave open from the line.
func (k clock) declareLine(d *model.Declare, text string) {
	if text == "" {
		return
	}
	words := capture.DefaultContext()
	words.Now, words.Zone = k.now, k.zone
	in := capture.ParseDeclare(text, words)
	if d.Title == "" {
		d.Title = in.Title
	}
	if d.Severity == "" {
		d.Severity = in.Severity
	}
	if in.HasStarted {
		d.Milestones["started"] = in.Started.At
		k.remark(in.Started)
	}
	if in.Impact != "" {
		d.Entries = []model.Log{{Kind: "impact", Text: in.Impact}}
	}
}

// declareTimes reads the times the flags give.
func (k clock) declareTimes(d *model.Declare, flags map[string]string) error {
	for name, text := range flags {
		m, err := k.past(name, text)
		if err != nil {
			return err
		}
		if text != "" {
			d.Milestones[name] = m.At
		}
	}
	return nil
}
