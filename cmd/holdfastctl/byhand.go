package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"holdfast/model/plain"
	"holdfast/sync/node"
)

// roomByHandCommands are joining where no network is: request, answer, enter.
func (a *app) roomByHandCommands() []*cobra.Command {
	var asked, answered node.ByHand
	request := &cobra.Command{
		Use: "request FILE --person PERSON", Short: "Without a network: write this device's wish to join to a file for an admin", Args: takes(1, 1, "person"),
		Long: "Write this device's wish to join to a file, and print the code of this device. Carry the file to an admin, and read the\n" +
			"code out to them: `room answer` there writes the file that `room enter` takes here.",
		RunE: a.byHand("room/request", &asked, []*string{&asked.Request}, func(w io.Writer, v node.ByHandReply) {
			fmt.Fprintf(w, "Wrote %s. Carry it to an admin, and read this code out to them: %s\n", v.File, v.Code)
		}),
	}
	request.Flags().StringVar(&asked.Person, "person", "", "your name, as the others know you")
	request.Flags().StringVar(&asked.Email, "email", "", "your e-mail address")
	request.Flags().StringVar(&asked.Device, "device", "", "what to call this device (default: its host name)")
	answer := &cobra.Command{
		Use: "answer REQUEST FILE --code CODE", Args: takes(2, 2, "code"),
		Short: "Let the device of a request in, and write the file with the record that it enters with",
		RunE: a.byHand("room/answer", &answered, []*string{&answered.Request, &answered.Answer}, func(w io.Writer, v node.ByHandReply) {
			fmt.Fprintf(w, "Admitted. Wrote %s, which only that device can read; it will name this one as %s.\n", v.File, v.Code)
		}),
	}
	answer.Flags().StringVar(&answered.Code, "code", "", "the code that the owner of the device reads out")
	answer.Flags().StringVar(&answered.Role, "role", "member", "member, observer or admin")
	var entered node.ByHand
	enter := &cobra.Command{
		Use: "enter FILE", Short: "Enter the room with the file an admin wrote for this device; twice changes nothing", Args: takes(1, 1),
		RunE: a.byHand("room/enter", &entered, []*string{&entered.Answer}, func(w io.Writer, v node.ByHandReply) {
			fmt.Fprintf(w, "Entered %s with %s of its record. The device that let this one in is %s: compare it with what that admin sees.\n",
				plain.Line(v.Name), count(int(v.New), "commit", "commits"), v.By)
		}),
	}
	return []*cobra.Command{request, answer, enter}
}

// byHand runs a call whose arguments are files, one for each of paths.
func (a *app) byHand(method string, q *node.ByHand, paths []*string, show func(io.Writer, node.ByHandReply)) func(*cobra.Command, []string) error {
	return a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
		for i, arg := range args {
			if *paths[i], err = filepath.Abs(arg); err != nil {
				return err
			}
		}
		return query(a, ctx, c, method, q, show)
	})
}
