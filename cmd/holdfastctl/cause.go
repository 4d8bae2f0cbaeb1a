package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) hypothesisCommand() *cobra.Command {
	return groupCommand("hypothesis", "Put up what may be the cause, and what speaks for and against it",
		a.hypothesisAddCommand(), a.hypothesisSetCommand(), a.indicationCommand())
}

func (a *app) hypothesisAddCommand() *cobra.Command {
	var h model.AddHypothesis
	var due string
	c := &cobra.Command{
		Use: "add INC TEXT", Short: "Put up what may be the cause; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			h.Incident = args[0]
			if h.Text, err = a.text(args[1]); err != nil {
				return err
			}
			if h.Due, err = k.ahead("due", due); err != nil {
				return err
			}
			return a.do(ctx, c, h, id)
		}),
	}
	c.Flags().StringVar(&h.Owner, "owner", "", "person who looks into it")
	c.Flags().StringVar(&due, "due", "", "when the owner reports: 10m from now, or a TIME")
	a.confirmFlag(c, "take a time that is past")
	return c
}

func (a *app) hypothesisSetCommand() *cobra.Command {
	var h model.SetHypothesis
	var due string
	c := &cobra.Command{
		Use: "set HYPOTHESIS", Short: "Confirm or reject a hypothesis, or give it to somebody", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			if h.Due, err = k.ahead("due", due); err != nil {
				return err
			}
			h.Hypothesis = args[0]
			return a.do(ctx, c, h, id)
		}),
	}
	c.Flags().StringVar(&h.State, "state", "", strings.Join(model.HypothesisStates[:], ", "))
	c.Flags().StringVar(&h.Owner, "owner", "", "person who looks into it")
	c.Flags().StringVar(&due, "due", "", "when the owner reports: 10m from now, or a TIME")
	a.confirmFlag(c, "take a time that is past")
	c.Flags().StringVar(&h.Reason, "reason", "", "what makes it so; needed where no indication does")
	return c
}

func (a *app) indicationCommand() *cobra.Command {
	var i model.AddIndication
	c := &cobra.Command{
		Use: "indication HYPOTHESIS TEXT", Short: "Write down what speaks for or against a hypothesis; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			i.Hypothesis = args[0]
			if i.Text, err = a.text(args[1]); err != nil {
				return err
			}
			return a.do(ctx, c, i, id)
		}),
	}
	c.Flags().StringVar(&i.Strength, "strength", "", strings.Join(model.Strengths[:], ", ")+" (default medium)")
	c.Flags().BoolVar(&i.Against, "against", false, "it speaks against")
	c.Flags().BoolVar(&i.Coincidence, "coincidence", false, "it may have come about by chance")
	return c
}
