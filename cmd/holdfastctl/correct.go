package main

import (
	"context"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) logCorrectCommand() *cobra.Command {
	return &cobra.Command{
		Use: "correct ENTRY TEXT", Short: "Write a correction beside an entry or a register item that may not be edited", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			text, err := a.text(args[1])
			if err != nil {
				return err
			}
			return a.do(ctx, c, model.Annotate{Of: args[0], Text: text}, id)
		}),
	}
}

func (a *app) logRestrictCommand() *cobra.Command {
	var r model.Restrict
	c := &cobra.Command{
		Use: "restrict ENTRY --reason TEXT", Short: "Keep an entry out of every export for outsiders", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Entry = args[0]
			return a.do(ctx, c, r, id)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "why")
	return c
}
