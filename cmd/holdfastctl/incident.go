package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

// code prints what an incident is called.
func code(d model.Done) string { return d.Code }

func (a *app) incidentsCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "incidents", Short: "List the open incidents", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			var hearsay []node.HearsayView
			if err := c.Call(ctx, "hearsay", nil, &hearsay); err != nil {
				return err
			}
			writeHearsay(a.err, hearsay)
			return query(a, ctx, c, "incidents", ref{All: all}, func(w io.Writer, briefs []model.IncidentBrief) {
				t := newTable("INCIDENT", "SEV", "STATE", "PHASE", "RUNS", "NEXT UPDATE", "COMMANDER", "TITLE")
				for _, b := range briefs {
					if b.Exhausted != "" {
						b.State += ", nobody answers"
					}
					t.add(b.Code, b.Severity, b.State, b.Phase, seconds(b.ElapsedS), a.deadline(b.NextUpdateAt), commander(b), b.Title)
				}
				empty := "No open incidents."
				if all {
					empty = "No incidents."
				}
				t.write(w, empty)
			})
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "the resolved and closed ones too")
	return c
}

// writeHearsay writes what peers say is open while the record is on its way: on
// standard error, because nothing proves it yet.
func writeHearsay(w io.Writer, told []node.HearsayView) {
	for _, t := range told {
		who := t.Person
		if who == "" {
			who = "device " + t.Device.Short()
		}
		fmt.Fprintf(w, "%s says that these are open; the record is on its way (%d commits to come) and has not confirmed it:\n", plain.Line(who), t.WeLack)
		for _, b := range t.Incidents {
			fmt.Fprintf(w, "  %s  %s  %s  %s  %s\n", plain.Line(b.Code), plain.Line(b.Severity), plain.Line(b.Phase), plain.Line(commander(b)), plain.Line(b.Title))
		}
	}
}

// commander names who commands; two names are a conflict, and said to be one.
func commander(b model.IncidentBrief) string {
	switch len(b.Commander) {
	case 0:
		return "nobody"
	case 1:
		return b.Commander[0]
	}
	return strings.Join(b.Commander, " or ") + " (conflict)"
}

// deadline writes a time to come and how late it is.
func (a *app) deadline(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := t.UTC().Format("15:04")
	if t.UTC().YearDay() != a.now().UTC().YearDay() {
		text = t.UTC().Format("2006-01-02 15:04")
	}
	if late := a.now().Sub(t); late > 0 {
		text += " (late by " + late.Truncate(time.Minute).String() + ")"
	}
	return text
}

func (a *app) setCommand() *cobra.Command {
	var s model.SetIncident
	var milestones, types []string
	var next string
	c := &cobra.Command{
		Use:   "set INC",
		Short: "Change what an incident says of itself",
		Args:  takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident = args[0]
			if len(types) > 0 {
				s.Type, s.Types = types[0], types[1:]
			}
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			if s.Milestones, err = k.milestones(milestones); err != nil {
				return err
			}
			if s.NextUpdate, err = k.ahead("next", next); err != nil {
				return err
			}
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&s.Severity, "severity", "", "P0 to P3; needs --reason")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	c.Flags().StringVar(&s.Phase, "phase", "", "lead phase: "+strings.Join(model.Phases[:], ", "))
	c.Flags().StringVar(&s.Title, "title", "", "what is broken, in one line")
	c.Flags().StringArrayVar(&types, "type", nil, "type; the first is the main one, further ones replace those there are, and \"none\" after it takes them away")
	c.Flags().StringVar(&s.Data, "data", "", "is personal data involved: yes, no or unknown")
	a.confirmFlag(c, "take a milestone that stands before its cause")
	c.Flags().StringVar(&s.Detection, "detection", "", "how it was found")
	c.Flags().StringVar(&s.Impact, "impact", "", "whom it hurts and how")
	c.Flags().StringArrayVar(&milestones, "milestone", nil, "NAME=TIME; names: "+strings.Join(model.Milestones[:], ", "))
	c.Flags().StringVar(&next, "next", "", "TIME of the next update: 15:00, or 30m from now")
	return c
}

// milestones reads NAME=TIME pairs.
func (k clock) milestones(pairs []string) (map[string]time.Time, error) {
	times := map[string]time.Time{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || text == "" {
			return nil, misused("--milestone is written NAME=TIME, not %q", pair)
		}
		m, err := k.past("milestone "+name, text)
		if err != nil {
			return nil, err
		}
		times[name] = m.At
	}
	return times, nil
}

func (a *app) settleCommand() *cobra.Command {
	var s model.Settle
	c := &cobra.Command{
		Use:   "settle INC FIELD VALUE",
		Short: "End a conflict: the field takes one of the values written apart",
		Args:  takes(3, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident, s.Field, s.Value = args[0], args[1], args[2]
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) resolveCommand() *cobra.Command {
	var r model.Resolve
	var at string
	var customers func() string
	c := &cobra.Command{
		Use:   "resolve INC --verification TEXT",
		Short: "Say that what was broken works again, and what shows it",
		Args:  takes(1, 1, "verification"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			if r.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			r.Incident, r.Customers = args[0], customers()
			return a.do(ctx, c, r, code)
		}),
	}
	a.confirmFlag(c, "take a time that stands before its cause")
	customers = customersFlags(c)
	c.Flags().StringVar(&r.Verification, "verification", "", "what shows that it works again")
	c.Flags().StringVar(&at, "at", "", "TIME when it worked again (default: now)")
	return c
}

// customersFlags are the two ways to tell the decision on the message to
// customers, which it gives in words.
func customersFlags(c *cobra.Command) func() string {
	said := c.Flags().String("customers", "", "decision on the message to customers: \"sent\", or \"not needed because ...\"")
	none := c.Flags().String("no-customer-message", "", "decided to send customers none, and why")
	c.MarkFlagsMutuallyExclusive("customers", "no-customer-message")
	return func() string {
		if *none != "" {
			return "not needed because " + strings.TrimPrefix(*none, "because ")
		}
		return *said
	}
}

func (a *app) closeCommand() *cobra.Command {
	var customers func() string
	c := &cobra.Command{
		Use: "close INC", Short: "File a resolved incident",
		Long: "File a resolved incident. Of a P0 or P1 somebody must have decided on the message to customers: sent\n" +
			"one, or said why none is needed, here or with resolve or facts. A closed incident takes no new work\n" +
			"(task, role, lock, runbook ...); what tells what was is taken as before, and reopen takes it up again.",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.Close{Incident: args[0], Customers: customers()}, code)
		}),
	}
	customers = customersFlags(c)
	return c
}

func (a *app) reopenCommand() *cobra.Command {
	var r model.Reopen
	c := &cobra.Command{
		Use: "reopen INC --reason TEXT", Short: "Take the work on an incident up again", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Incident = args[0]
			return a.do(ctx, c, r, code)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "what is broken again")
	return c
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show INC", Short: "Show an incident: state, conflicts, roles, tasks, messages", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "incident", ref{Ref: args[0]}, func(w io.Writer, v model.IncidentView) {
				fmt.Fprint(w, a.incidentText(v))
			})
		}),
	}
}
