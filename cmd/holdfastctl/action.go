package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) actionCommand() *cobra.Command {
	return groupCommand(
		"action", "Add action items, and see them through",
		a.actionAddCommand(), a.actionSetCommand(), a.actionDoneCommand(), a.actionListCommand(),
	)
}

func (a *app) actionAddCommand() *cobra.Command {
	var n model.AddAction
	var due string
	c := &cobra.Command{
		Use: "add INC TEXT", Short: "Add an action item, verb first; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			n.Incident = args[0]
			if n.Text, err = a.text(args[1]); err != nil {
				return err
			}
			if n.Due, err = k.day("due", due); err != nil {
				return err
			}
			return a.do(ctx, c, n, id)
		}),
	}
	a.actionFlags(c, &n.Kind, &n.Owner, &due, &n.Ticket, &n.Measure)
	c.Flags().BoolVar(&n.Priority, "priority", false, "give it the shorter time of the policy")
	return c
}

func (a *app) actionFlags(c *cobra.Command, kind, owner, due, ticket, measure *string) {
	c.Flags().StringVar(kind, "kind", "", strings.Join(model.ActionKinds[:], ", ")+" (default prevent)")
	c.Flags().StringVar(owner, "owner", "", "one person")
	c.Flags().StringVar(due, "due", "", "day, or span such as 14d (default: the policy's)")
	c.Flags().StringVar(ticket, "ticket", "", "where it is tracked")
	c.Flags().StringVar(measure, "measure", "", "how we know that it is done")
	a.confirmFlag(c, "take a time that is past")
}

func (a *app) actionSetCommand() *cobra.Command {
	var s model.SetAction
	var due string
	c := &cobra.Command{
		Use: "set ACTION", Short: "Change an action item, or drop it for a reason", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			s.Action = args[0]
			if s.Due, err = k.day("due", due); err != nil {
				return err
			}
			return a.do(ctx, c, s, id)
		}),
	}
	a.actionFlags(c, &s.Kind, &s.Owner, &due, &s.Ticket, &s.Measure)
	c.Flags().StringVar(&s.Text, "text", "", "what is to be done, verb first")
	c.Flags().BoolVar(&s.Priority, "priority", false, "mark it as one that goes first")
	c.Flags().StringVar(&s.Dropped, "drop", "", "why it is not done")
	return c
}

func (a *app) actionDoneCommand() *cobra.Command {
	var f model.FinishAction
	var at string
	c := &cobra.Command{
		Use: "done ACTION PROOF", Short: "Record that an action item is done, and what shows it", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			if f.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			f.Action = args[0]
			if f.Proof, err = a.text(args[1]); err != nil {
				return err
			}
			return a.do(ctx, c, f, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "when it was (default now)")
	return c
}

func (a *app) actionListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list [INC]", Short: "List the open action items of the room, the earliest due first; of one incident all", Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			q := ref{}
			if len(args) > 0 {
				q.Ref = args[0]
			}
			return query(a, ctx, c, "actions", q, a.actionTable)
		}),
	}
}

func (a *app) actionTable(w io.Writer, list []model.ActionView) {
	t := newTable("ACTION", "INCIDENT", "DUE", "STATE", "KIND", "OWNER", "WHAT")
	for _, v := range list {
		due := ""
		switch {
		case v.DueAt.IsZero():
		case v.State == model.ActionOpen:
			due = a.countdown(v.DueAt)
		default:
			due = stamp(v.DueAt)
		}
		what := v.Text
		for _, more := range []string{v.Proof, v.Dropped} {
			if more != "" {
				what += " (" + more + ")"
			}
		}
		t.add(v.ID.Short(8), v.Incident, due, v.State, v.Kind, v.Owner, what)
	}
	t.write(w, "No action item.")
}
