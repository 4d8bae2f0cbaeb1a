package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) roomQuarantineCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "quarantine", Short: "List what removed devices wrote after their removal; an admin accepts or discards it", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "room/quarantine", ref{All: all}, writeQuarantine)
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "what was discarded too")
	c.AddCommand(a.judgeCommand("accept", true), a.judgeCommand("discard", false))
	return c
}

func writeQuarantine(w io.Writer, views []model.QuarantineView) {
	t := newTable("DEVICE", "COMMITS", "FIRST", "LAST", "PERSON", "NAME")
	for _, v := range views {
		name := v.Name
		if v.Discarded {
			name += " (discarded by " + v.By + ": " + v.Reason + ")"
		}
		t.add(v.Device[:9], fmt.Sprintf("%d-%d", v.First, v.Last), stamp(v.FirstAt), stamp(v.LastAt), v.Person, name)
	}
	t.write(w, "Nothing is in quarantine.")
	for _, v := range views {
		for _, line := range v.Preview {
			fmt.Fprintf(w, "%s: %s\n", v.Device[:9], plain.Line(line))
		}
	}
}

func (a *app) judgeCommand(verb string, accept bool) *cobra.Command {
	j := model.JudgeQuarantine{Accept: accept}
	short, done := "Put away what a removed device wrote after its removal", "Put away. It stays in the record and does not count."
	if accept {
		short, done = "Have what a removed device wrote after its removal count", "Accepted. Its words count now; whom it let in or removed by then does not."
	}
	c := &cobra.Command{
		Use: verb + " DEVICE", Short: short, Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			j.Device = args[0]
			return a.do(ctx, c, j, func(model.Done) string { return done })
		}),
	}
	c.Flags().Uint64Var(&j.UpTo, "up-to", 0, "number of the last commit that is meant (default: all)")
	c.Flags().StringVar(&j.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) roomOverruledCommand() *cobra.Command {
	return &cobra.Command{
		Use: "overruled", Short: "List admissions and removals that do not count, because of others made apart", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "room/cards", ref{}, func(w io.Writer, cards []model.MembershipCard) {
				for _, card := range cards {
					fmt.Fprintf(w, "%s  %s. %s\n", stamp(card.At), plain.Line(card.Act), plain.Line(card.Outcome))
				}
				if len(cards) == 0 {
					fmt.Fprintln(w, "Nothing was overruled.")
				}
			})
		}),
	}
}
