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

func (a *app) peersCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "peers", Short: "List the other devices of the room and how far each is", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			var warnings []string
			if err := c.Call(ctx, "warnings", nil, &warnings); err != nil {
				return err
			}
			tried, err := unanswered(ctx, c)
			if err != nil {
				return err
			}
			warnings = append(warnings, tried...)
			if a.json { // the document is a list of peers
				writeWarnings(a.err, warnings)
			}
			var fixes []model.ClockFixView
			if err := c.Call(ctx, "peers/clocks", nil, &fixes); err != nil {
				return err
			}
			return query(a, ctx, c, "peers", nil, func(w io.Writer, peers []node.PeerView) {
				t := newTable("PERSON", "DEVICE", "LINK", "LAST HEARD", "THEY LACK", "WE LACK", "CLOCK", "ADDRESS")
				for _, p := range peers {
					t.add(peerCells(p)...)
				}
				t.write(w, "No other device is in this room yet.")
				if own := c.Own(); own != nil && len(peers) > 0 {
					fmt.Fprintln(w, "Nothing links here now; `holdfastctl serve` or the desktop does.")
				}
				writeFixes(w, fixes)
				writeWarnings(w, warnings)
			})
		}),
	}
	c.AddCommand(a.peersConnectCommand(), a.peersForgetCommand(), a.peersClocksCommand())
	return c
}

func peerCells(p node.PeerView) []string {
	name := p.Name
	if name == "" && !p.Device.Zero() {
		name = p.Device.Short()
	}
	if p.Archive {
		name += " (archive)"
	}
	link, heard, clock := "apart", "", ""
	if p.Connected {
		link = "linked"
		clock = fmt.Sprintf("%+.1f s", p.ClockAhead)
	}
	if p.LastHeard != nil {
		heard = stamp(*p.LastHeard)
	}
	address := p.Address
	if p.Error != "" {
		address += " (" + p.Error + ")"
	}
	return []string{p.Person, name, link, heard, fmt.Sprint(p.TheyLack), fmt.Sprint(p.WeLack), clock, address}
}

// unanswered says of the addresses that people gave which have given no link.
func unanswered(ctx context.Context, c *node.Client) (says []string, err error) {
	var list []node.AttemptView
	err = c.Call(ctx, "peers/tried", nil, &list)
	for _, v := range list {
		if v.Failed() {
			says = append(says, v.Text)
		}
	}
	return says, err
}

func (a *app) peersConnectCommand() *cobra.Command {
	return &cobra.Command{
		Use: "connect HOST:PORT", Short: "Link to an address, and say why where it does not answer; it is tried on until `peers forget`", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "peers/connect", node.AddressRequest{Address: args[0]}, func(w io.Writer, r node.ConnectReply) {
				if r.Name == "" {
					fmt.Fprintf(w, "Linked: a device of the room answers at %s.\n", r.Address)
					return
				}
				fmt.Fprintf(w, "Linked: %s answers at %s.\n", plain.Line(model.DeviceTitle(r.Person, r.Name)), r.Address)
			})
		}),
	}
}

func (a *app) peersForgetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "forget HOST:PORT", Short: "Try an address no more; a link that is up stays", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "peers/forget", node.AddressRequest{Address: args[0]}, func(w io.Writer, r node.AddressRequest) {
				fmt.Fprintf(w, "%s is not tried any more.\n", r.Address)
			})
		}),
	}
}

// peersClocksCommand lists what was corrected of wrong clocks, and takes it back.
func (a *app) peersClocksCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "clocks", Short: "List what devices have said of how wrong their clocks were", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "peers/clocks", nil, func(w io.Writer, fixes []model.ClockFixView) {
				t := newTable("FIX", "PERSON", "DEVICE", "FEED", "COMMITS", "CLOCK AHEAD", "SAID", "COUNTS")
				for _, f := range fixes {
					counts := "no, another came later"
					if f.Counts {
						counts = "yes"
					}
					t.add(f.ID[:8], f.Person, f.Name, f.Feed[:8], fmt.Sprintf("%d-%d", f.From, f.To), fmt.Sprintf("%+.1f s", f.AheadS), stamp(f.RecordedAt), counts)
				}
				t.write(w, "No clock was found to be wrong.")
			})
		}),
	}
	c.AddCommand(&cobra.Command{
		Use: "back FIX...", Short: "Take back a wrong correction of this device's clock: its times stand as the clock showed them", Args: takes(1, 64),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.TakeBackClock{Fixes: args}, func(model.Done) string {
				return "Taken back. What was written then stands at the time that the clock showed, at every peer."
			})
		}),
	})
	return c
}
