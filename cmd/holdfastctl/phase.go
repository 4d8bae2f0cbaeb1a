package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) phaseCommand() *cobra.Command {
	var enter model.EnterPhase
	var leave model.LeavePhase
	in := &cobra.Command{
		Use: "enter INC PHASE", Short: "Open a phase beside the lead phase", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			enter.Incident, enter.Phase = args[0], args[1]
			return a.do(ctx, c, enter, code)
		}),
	}
	in.Flags().StringVar(&enter.Reason, "reason", "", "why, for the record")
	out := &cobra.Command{
		Use: "leave INC PHASE", Short: "End a phase that runs beside the lead phase", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			leave.Incident, leave.Phase = args[0], args[1]
			return a.do(ctx, c, leave, code)
		}),
	}
	out.Flags().StringVar(&leave.Reason, "reason", "", "why, for the record")
	return groupCommand("phase", "Run phases beside the lead phase; \"set INC --phase\" sets the lead", in, out)
}

func (a *app) checkCommand() *cobra.Command {
	var t model.TickCheck
	c := &cobra.Command{
		Use:   "check INC [LINE]",
		Short: "Tick a line of the checklists, or list them",
		Long:  "Tick a line of the checklists: LINE is its id, or a part of its text. Without LINE all lines are listed.",
		Args:  takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 1 {
				return query(a, ctx, c, "response", ref{Ref: args[0]}, writeChecks)
			}
			t.Incident, t.Check = args[0], args[1]
			return a.do(ctx, c, t, code)
		}),
	}
	c.Flags().StringVar(&t.Proof, "proof", "", "what shows it, such as what was tested and how it went")
	c.Flags().StringVar(&t.Skip, "skip", "", "why the line is left out")
	c.Flags().BoolVar(&t.Open, "open", false, "take the tick back")
	return c
}

func writeChecks(w io.Writer, v model.ResponseView) {
	t := newTable("LINE", "STATE", "BY", "TEXT")
	for _, c := range v.Checks {
		text := c.Text
		if c.Required {
			text += " (required)"
		}
		if c.Proof && c.Reason == "" {
			text += " (with its proof)"
		}
		if c.Reason != "" {
			text += ": " + c.Reason
		}
		t.add(c.ID, c.State, c.By, text)
	}
	t.write(w, "The policy has no checklists.")
}
