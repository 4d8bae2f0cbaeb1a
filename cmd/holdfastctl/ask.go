package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model/plain"
	"holdfast/sync/identity"
	"holdfast/sync/node"
)

func (a *app) roomAskCommand() *cobra.Command {
	var q node.AskRequest
	c := &cobra.Command{
		Use:   "ask HOST:PORT --person PERSON",
		Short: "Ask a member's device to let this one in, without an invite",
		Long: "Ask a member's device to let this one in. Both devices show the same three words: compare them\n" +
			"aloud, and have an admin there say yes with `room admit`.",
		Args: takes(1, 1, "person"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Address = args[0]
			return a.askRoom(cmd.Context(), q)
		},
	}
	c.Flags().StringVar(&q.Person, "person", "", "your name, as the others know you")
	c.Flags().StringVar(&q.Email, "email", "", "your e-mail address")
	c.Flags().StringVar(&q.Device, "device", "", "what to call this device (default: its host name)")
	return c
}

func (a *app) askRoom(ctx context.Context, q node.AskRequest) (err error) {
	opts := a.options()
	opts.Links, opts.DialOnly, opts.Quiet = true, true, true
	c, err := node.Connect(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var shown node.AskView
	if err := c.Call(ctx, "room/ask", q, &shown); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "holdfastctl: the words are: %s. The other screen must show the same; an admin there says yes with `room admit`.\n", shown.Words)
	waiting, cancel := context.WithTimeout(ctx, identity.AskPatience)
	defer cancel()
	var result joined
	err = c.Call(waiting, "room/ask/wait", nil, &result.RoomReply)
	if ctx.Err() != nil {
		return errors.New("stopped before anybody answered. Nothing was changed here; `room ask` asks again, with other words")
	}
	if err != nil {
		return err
	}
	return a.entered(ctx, c, result)
}

func (a *app) roomAsksCommand() *cobra.Command {
	return &cobra.Command{
		Use: "asks", Short: "List the devices that ask to be let in, with the words on their screens", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "room/asks", nil, func(w io.Writer, asks []node.AskView) {
				for _, v := range asks {
					fmt.Fprintf(w, "%s: %s says to be %s\n", v.Words, plain.Line(v.Name), plain.Line(v.Person))
				}
				if len(asks) == 0 {
					fmt.Fprintln(w, "Nobody asks.")
				}
			})
		}),
	}
}

func (a *app) roomAdmitCommand() *cobra.Command {
	var q node.AskRequest
	var no bool
	c := &cobra.Command{
		Use: "admit WORD WORD WORD", Short: "Let the device in that shows these words, once you have heard them from its owner", Args: takes(1, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if q.Words = strings.Join(args, " "); no {
				q.Role = ""
			}
			var done struct{}
			if err := c.Call(ctx, "room/admit", q, &done); err != nil {
				return err
			}
			return a.print(done, func(w io.Writer) {
				if no {
					fmt.Fprintln(w, "Sent away.")
				} else {
					fmt.Fprintln(w, "Admitted.")
				}
			})
		}),
	}
	c.Flags().StringVar(&q.Role, "role", "member", "member, observer or admin")
	c.Flags().BoolVar(&no, "no", false, "send it away")
	return c
}
