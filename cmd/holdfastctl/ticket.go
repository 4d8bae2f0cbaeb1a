package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) ticketCommand() *cobra.Command {
	var t model.OpenTicket
	var opened, promised string
	c := &cobra.Command{
		Use: "ticket INC VENDOR", Short: "Record a ticket that was opened with a vendor; prints its id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			m, err := k.past("opened", opened)
			if err != nil {
				return err
			}
			if t.Promised, err = k.ahead("promised", promised); err != nil {
				return err
			}
			t.Incident, t.Vendor, t.Opened = args[0], args[1], m.At
			return a.do(ctx, c, t, id)
		}),
	}
	c.Flags().StringVar(&t.Number, "number", "", "number of the ticket; it can follow with \"vendor answer\"")
	c.Flags().StringVar(&t.Level, "level", "", "what was asked for (default: the contract level)")
	c.Flags().StringVar(&opened, "opened", "", "TIME when it was opened (default: now)")
	c.Flags().StringVar(&promised, "promised", "", "TIME they promised to answer: 15:00, or 30m from now")
	c.Flags().StringVar(&t.Needs, "needs", "", "credentials and numbers they ask for, and where those are; never a password")
	return c
}

func (a *app) answerCommand() *cobra.Command {
	var t model.SetTicket
	var promised string
	c := &cobra.Command{
		Use: "answer TICKET [TEXT]", Short: "Write what a vendor answered, the number they gave, or when they answer next", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			if t.Promised, err = k.ahead("promised", promised); err != nil {
				return err
			}
			if t.Ticket = args[0]; len(args) > 1 {
				if t.Answer, err = a.text(args[1]); err != nil {
					return err
				}
			}
			return a.do(ctx, c, t, id)
		}),
	}
	c.Long = "Write what a vendor answered. TICKET is the id that `vendor ticket` printed, or the vendor's number. An answer without\n" +
		"--promised ends the waiting; with it, the next answer is due then."
	c.Flags().StringVar(&t.Number, "number", "", "number of the ticket")
	c.Flags().StringVar(&t.Level, "level", "", "what was asked for now")
	c.Flags().StringVar(&promised, "promised", "", "TIME they promised the next answer for: 15:00, or 30m from now")
	return c
}

func (a *app) ticketsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "tickets INC", Short: "List the tickets of an incident with vendors", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "tickets", ref{Ref: args[0]}, func(w io.Writer, list []model.TicketView) {
				t := newTable("TICKET", "VENDOR", "NUMBER", "LEVEL", "OPENED", "STATE", "PROMISED", "PHONE", "ANSWER")
				for _, v := range list {
					t.add(v.ID.Short(idLength), v.Vendor, v.Number, v.Level, stamp(v.OpenedAt), v.State, stamp(v.PromisedAt), v.Phone, v.Answer)
				}
				t.write(w, "No ticket was opened with a vendor.")
			})
		}),
	}
}

// writeTickets tells the tickets of an incident in a section of their own.
func writeTickets(b *strings.Builder, tickets []model.TicketView) {
	section(b, "Vendors", len(tickets))
	for _, t := range tickets {
		fmt.Fprintf(b, "  %s  %s %s %s", t.ID.Short(idLength), pad(t.State, 9), plain.Line(t.Vendor), plain.Line(strings.Join(nonEmpty(t.Number, t.Level), ", ")))
		if t.State != model.TicketAnswered && !t.PromisedAt.IsZero() {
			fmt.Fprintf(b, ", answer promised for %s", stamp(t.PromisedAt))
		}
		if t.Answer != "" {
			fmt.Fprintf(b, ": %s", plain.Line(t.Answer))
		}
		fmt.Fprintln(b)
	}
}
