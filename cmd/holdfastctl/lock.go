package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) lockCommand() *cobra.Command {
	var take model.TakeLock
	var release model.ReleaseLock
	on := &cobra.Command{
		Use: "take INC THING", Short: "Say that you are changing a thing; prints the id of the lock", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			take.Incident, take.Thing = args[0], args[1]
			return a.do(ctx, c, take, id)
		}),
	}
	on.Flags().StringVar(&take.Person, "person", "", "who changes it (default: you)")
	on.Flags().StringVar(&take.Over, "over", "", "why you take it from who holds it")
	off := &cobra.Command{
		Use: "release INC [THING]", Short: "Say that a thing is free again; without THING the one you hold", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if release.Incident = args[0]; len(args) == 2 {
				release.Thing = args[1]
			}
			return a.do(ctx, c, release, id)
		}),
	}
	off.Flags().StringVar(&release.Reason, "reason", "", "why, where another holds it")
	list := &cobra.Command{
		Use: "list", Short: "List who is changing what, in the whole room", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "locks", ref{}, func(w io.Writer, locks []model.LockView) {
				t := newTable("THING", "PERSON", "SINCE", "INCIDENT", "STATE")
				for _, l := range locks {
					t.add(l.Thing, l.Person, stamp(l.Since), l.Incident, lockState(l))
				}
				t.write(w, "Nobody is changing anything.")
			})
		}),
	}
	return groupCommand("lock", "Say who is changing what, so that others keep off it", on, off, list)
}

// lockState says of a lock that another holds the same.
func lockState(l model.LockView) string {
	if l.Conflict {
		return "conflict: another holds it too"
	}
	return "held"
}
