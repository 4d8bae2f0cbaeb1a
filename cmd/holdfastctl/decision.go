package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) optionCommand() *cobra.Command {
	var o model.AddOption
	add := &cobra.Command{
		Use: "add INC TEXT", Short: "Put up something that could be done; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			o.Incident = args[0]
			if o.Text, err = a.text(args[1]); err != nil {
				return err
			}
			return a.do(ctx, c, o, id)
		}),
	}
	add.Flags().StringVar(&o.Risk, "risk", "", "what may go wrong")
	add.Flags().StringVar(&o.WayBack, "way-back", "", "how it is undone")
	return groupCommand("option", "Put up what could be done", add)
}

func (a *app) decisionCommand() *cobra.Command {
	return groupCommand("decision", "State a proposal, and decide it", a.decisionAddCommand(), a.decisionSetCommand())
}

func (a *app) decisionAddCommand() *cobra.Command {
	var d model.Propose
	c := &cobra.Command{
		Use: "add INC [TEXT]", Short: "State a proposal; prints its id. With --result decided it is decided at once", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Incident = args[0]
			if len(args) == 2 {
				var err error
				if d.Proposal, err = a.text(args[1]); err != nil {
					return err
				}
			}
			return a.do(ctx, c, d, id)
		}),
	}
	c.Flags().StringVar(&d.Option, "option", "", "id of the option it takes; its text stands for TEXT")
	c.Flags().StringVar(&d.Objections, "objections", "", "strong objections that were raised")
	c.Flags().StringVar(&d.Result, "result", "", strings.Join(model.DecisionResults[:], ", ")+" (default proposed)")
	return c
}

func (a *app) decisionSetCommand() *cobra.Command {
	var d model.Decide
	c := &cobra.Command{
		Use: "set DECISION RESULT", Short: "End a proposal: decided, dropped, or proposed again", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Decision, d.Result = args[0], args[1]
			return a.do(ctx, c, d, id)
		}),
	}
	c.Flags().StringVar(&d.Objections, "objections", "", "strong objections that were raised")
	c.Flags().StringVar(&d.Reason, "reason", "", "why, for the record")
	return c
}
