package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) roomInvitesCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "invites", Short: "List the invites that can still be used", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "room/invites", ref{All: all}, func(w io.Writer, invites []node.InviteView) {
				t := newTable("INVITE", "ROLE", "USED", "EXPIRES", "ATTEMPTS LEFT", "BY", "STATE")
				for _, i := range invites {
					t.add(i.ID.Short(8), i.Role, fmt.Sprintf("%d of %d", i.Used, i.Uses), stamp(i.ExpiresAt), fmt.Sprint(i.AttemptsLeft), i.By, i.State)
				}
				t.write(w, "No invite is open.")
			})
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "those that are used up, expired or withdrawn too")
	return c
}

func (a *app) roomRevokeCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "revoke INVITE", Short: "Withdraw an invite: the start of its id, as `room invites` lists it", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.RevokeInvite{Invite: args[0], Reason: reason}, func(model.Done) string {
				return "Withdrawn. Who joined with it before stays."
			})
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the record")
	return c
}
