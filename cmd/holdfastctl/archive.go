package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) roomArchiveCommand() *cobra.Command {
	var m model.MarkArchive
	c := &cobra.Command{
		Use: "archive DEVICE", Short: "Mark a device that keeps all of the room's history, so that others need not", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			m.Device = args[0]
			return a.say(ctx, c, m)
		}),
	}
	c.Flags().BoolVar(&m.Not, "not", false, "take the mark away")
	c.Flags().StringVar(&m.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) roomHistoryCommand() *cobra.Command {
	var h model.SetHistoryAge
	c := &cobra.Command{
		Use: "history DAYS|never", Short: "Say after how long devices that are no archive may let go of history an archive holds",
		Long: "Say after how many days devices that are no archive may let go of history. They do so by themselves, or by\n" +
			"`compact --older`, only of closed incidents and only of what an archive that is linked says it holds.\n" +
			"What was made of it stays readable on every device. At first it is never.",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if args[0] != "never" {
				days, err := daysOf(args[0])
				if err != nil {
					return err
				}
				h.Days = days
			}
			return a.say(ctx, c, h)
		}),
	}
	c.Flags().StringVar(&h.Reason, "reason", "", "why, for the record")
	return c
}

// say carries out a command whose note is all there is to print.
func (a *app) say(ctx context.Context, c *node.Client, command model.Command) error {
	done, err := c.Do(ctx, command)
	if err != nil {
		return err
	}
	return a.print(done, func(w io.Writer) {
		fmt.Fprintln(w, plain.Line(plain.Capital(cmp.Or(done.Note, "done"))+"."))
	})
}
