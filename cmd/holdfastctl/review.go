package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) reviewCommand() *cobra.Command {
	return groupCommand(
		"review", "Review an incident: draft, meeting, actions, publication",
		a.reviewShowCommand(), a.reviewDraftCommand(), a.reviewSetCommand(), a.reviewBookCommand(), a.reviewHeldCommand(),
		a.reviewSettleCommand(), a.reviewPublishCommand(), a.reviewFactorCommand(),
	)
}

func (a *app) reviewShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show INC", Short: "Show the post-mortem, and what it lacks. As a document: export INC --format post-mortem", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "review", ref{Ref: args[0]}, a.reviewText)
		}),
	}
}

func (a *app) reviewText(w io.Writer, v model.ReviewView) {
	status := v.Status
	if status == "" {
		status = "not begun"
	}
	fmt.Fprintf(w, "%s %s: %s\n", v.Incident, plain.Line(v.Title), status)
	for _, f := range [][2]string{
		{"owner", v.Owner},
		{"facilitator", v.Facilitator},
		{"meeting", stamp(v.MeetingAt)},
		{"attendees", strings.Join(v.Attendees, ", ")},
		{"services", strings.Join(v.Services, ", ")},
		{"shared with", v.Shared},
	} {
		if f[1] != "" {
			fmt.Fprintf(w, "%s: %s\n", f[0], plain.Line(f[1]))
		}
	}
	for _, s := range v.Sections {
		if s.Text != "" {
			fmt.Fprintf(w, "\n%s (%s)\n%s\n", s.Title, s.Name, plain.Block(s.Text))
		}
	}
	for _, f := range v.Factors {
		fmt.Fprintf(w, "factor %s: %s\n", f.ID.Short(8), plain.Line(f.Text))
	}
	for _, g := range v.RunbookGaps {
		fmt.Fprintf(w, "runbook: %s\n", plain.Line(g))
	}
	fmt.Fprintln(w)
	a.actionTable(w, v.Actions)
	for _, text := range v.Checks {
		fmt.Fprintf(w, "check: %s\n", plain.Line(text))
	}
}

func (a *app) reviewDraftCommand() *cobra.Command {
	var d model.WriteReviewDraft
	c := &cobra.Command{
		Use: "draft INC", Short: "Fill the empty sections from the log; what people wrote stays", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Incident = args[0]
			return a.do(ctx, c, d, code)
		}),
	}
	c.Flags().StringVar(&d.Owner, "owner", "", "who sees the post-mortem through")
	return c
}

func (a *app) reviewSetCommand() *cobra.Command {
	var s model.SetReview
	c := &cobra.Command{
		Use: "set INC [SECTION TEXT]", Short: "Write a section, or the head of the post-mortem", Args: takes(1, 3),
		Long: "Write a section (" + sectionNames() + ") or the head.\nTEXT - is read from standard input.",
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident = args[0]
			switch len(args) {
			case 2:
				return misused("say what stands in the section: review set INC SECTION TEXT")
			case 3:
				text, err := a.text(args[2])
				if err != nil {
					return err
				}
				s.Texts = map[string]string{args[1]: text}
			}
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&s.Owner, "owner", "", "who sees the post-mortem through")
	c.Flags().StringVar(&s.Facilitator, "facilitator", "", "who leads the meeting, and did not work on the incident")
	c.Flags().StringVar(&s.Status, "status", "", strings.Join(model.ReviewStates[:], ", "))
	c.Flags().StringSliceVar(&s.Attendees, "attendees", nil, "people, all of them")
	c.Flags().StringSliceVar(&s.Services, "services", nil, "services it touched, all of them")
	c.Flags().StringVar(&s.Shared, "shared", "", "whom the learnings were shared with")
	c.Flags().StringVar(&s.FalseAlarm, "false-alarm", "", "yes where nothing was wrong: figures count it apart; or no")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

func sectionNames() string {
	var names []string
	for _, s := range model.ReviewSections {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

func (a *app) reviewBookCommand() *cobra.Command {
	var b model.BookReview
	c := &cobra.Command{
		Use: "book INC TIME", Short: "Book the meeting", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			b.Incident = args[0]
			if b.At, err = k.ahead("TIME", args[1]); err != nil {
				return err
			}
			return a.do(ctx, c, b, code)
		}),
	}
	c.Flags().StringSliceVar(&b.Attendees, "attendees", nil, "people, all of them")
	a.confirmFlag(c, "take a time that is past")
	return c
}

func (a *app) reviewHeldCommand() *cobra.Command {
	var h model.HoldReview
	var at string
	c := &cobra.Command{
		Use: "held INC", Short: "Record that the meeting was held", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			if h.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			h.Incident = args[0]
			return a.do(ctx, c, h, code)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "when it was (default now)")
	c.Flags().StringSliceVar(&h.Attendees, "attendees", nil, "people who came, all of them")
	return c
}

func (a *app) reviewSettleCommand() *cobra.Command {
	var s model.SettleActions
	c := &cobra.Command{
		Use: "settle INC", Short: "End the choice of actions: those recorded, or none for a reason", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident = args[0]
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&s.None, "none", "", "why no action is needed")
	return c
}

func (a *app) reviewPublishCommand() *cobra.Command {
	var p model.PublishReview
	c := &cobra.Command{
		Use: "publish INC", Short: "Record that the post-mortem is shared; says before what it lacks", Args: takes(1, 1, "shared"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			p.Incident = args[0]
			return a.do(ctx, c, p, code)
		}),
	}
	c.Flags().StringVar(&p.Shared, "shared", "", "whom it is shared with")
	a.confirmFlag(c, "publish it as it is")
	return c
}

func (a *app) reviewFactorCommand() *cobra.Command {
	var f model.AddFactor
	var set model.SetFactor
	roles := strings.Join(model.FactorRoles[:], ", ")
	add := &cobra.Command{
		Use: "add INC TEXT", Short: "Add what contributed, in a few words; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			f.Incident, f.Text = args[0], args[1]
			return a.do(ctx, c, f, id)
		}),
	}
	add.Flags().StringVar(&f.Role, "role", "", "how it contributed: "+roles)
	change := &cobra.Command{
		Use: "set FACTOR", Short: "Change a factor, or take it back", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			set.Factor = args[0]
			return a.do(ctx, c, set, id)
		}),
	}
	change.Flags().StringVar(&set.Text, "text", "", "in a few words")
	change.Flags().StringVar(&set.Role, "role", "", "how it contributed: "+roles)
	change.Flags().StringVar(&set.Dropped, "drop", "", "why it is none after all")
	return groupCommand("factor", "Name what contributed", add, change)
}
