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

func (a *app) clockCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "clock INC", Short: "Show the legal clocks of an incident, and those a decision is missing on; no legal advice", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "clocks", ref{Ref: args[0]}, a.clocksText)
		}),
	}
	c.AddCommand(a.clockStartCommand(), a.clockMoveCommand(), a.clockNoneCommand(), a.clockEventCommand(), a.clockFileCommand())
	return c
}

func (a *app) clocksText(w io.Writer, v model.ClocksView) {
	fmt.Fprintln(w, v.Advice)
	t := newTable("CLOCK", "STATE", "DEADLINE (UTC)", "AT THE AUTHORITY", "WHAT")
	for _, c := range v.Clocks {
		switch c.State {
		case "proposed":
			t.add(c.Clock, c.State, "", "", c.Name+": decide; it starts with "+plain.Line(c.Event)+" ("+c.Source+", "+c.Status+")"+onlyFor(c.When))
			continue
		case "none":
			t.add(c.Clock, c.State, "", "", c.Name+": no notice: "+c.None+", approved by "+c.Approver)
			continue
		}
		for _, d := range c.Deadlines {
			what, at := c.Name+": "+d.Label, ""
			switch {
			case d.WaitsOn != "":
				what += " waits for " + d.WaitsOn
			case !d.Filed.IsZero():
				at, what = stamp(d.DueAt), what+", filed "+stamp(d.Filed)+", receipt "+d.Receipt
			default:
				at = a.countdown(d.DueAt)
			}
			if !d.Exact && d.WaitsOn == "" {
				what += " (without undue delay: a reminder, not a limit)"
			}
			t.add(c.Clock, c.State, at, d.Local, what)
		}
	}
	t.write(w, "No legal clock runs, and none is proposed for this type.")
}

func (a *app) clockStartCommand() *cobra.Command {
	var s model.StartClock
	var at string
	c := &cobra.Command{
		Use: "start INC CLOCK --at TIME --reason TEXT", Short: "Start a legal clock from a decision: when its event was, and why", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			s.Incident, s.Clock = args[0], args[1]
			if s.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, s, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME of the event that starts it")
	c.Flags().StringVar(&s.Reason, "reason", "", "what the decision rests on")
	return c
}

func (a *app) clockMoveCommand() *cobra.Command {
	var m model.MoveClock
	var at string
	c := &cobra.Command{
		Use: "move INC CLOCK --at TIME --reason TEXT", Short: "Correct the start of a legal clock; what it was stays on record", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			m.Incident, m.Clock = args[0], args[1]
			if m.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, m, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME of the event that starts it")
	c.Flags().StringVar(&m.Reason, "reason", "", "why it is corrected")
	return c
}

func (a *app) clockNoneCommand() *cobra.Command {
	var d model.DeclineClock
	c := &cobra.Command{
		Use: "none INC CLOCK --reason TEXT --by PERSON", Short: "Record that no notice is due; the register keeps it", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Incident, d.Clock = args[0], args[1]
			return a.do(ctx, c, d, id)
		}),
	}
	c.Flags().StringVar(&d.Reason, "reason", "", "why it is not notifiable")
	c.Flags().StringVar(&d.Approver, "by", "", "who approves that")
	return c
}

func (a *app) clockEventCommand() *cobra.Command {
	var e model.RecordClockEvent
	var at string
	c := &cobra.Command{
		Use: "event INC CLOCK EVENT --at TIME", Short: "Give the time of an event a deadline waits for: fix_available, aware, payment", Args: takes(3, 3, "at"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			e.Incident, e.Clock, e.Event = args[0], args[1], args[2]
			if e.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, e, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME of the event")
	c.Flags().StringVar(&e.Reason, "reason", "", "what it rests on")
	return c
}

func (a *app) clockFileCommand() *cobra.Command {
	var f model.FileNotice
	var at string
	c := &cobra.Command{
		Use: "file INC CLOCK [LABEL] --receipt TEXT", Short: "Record that a notice was filed; nothing is sent", Args: takes(2, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			f.Incident, f.Clock = args[0], args[1]
			if len(args) == 3 {
				f.Label = args[2]
			}
			if f.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, f, id)
		}),
	}
	c.Flags().StringVar(&f.Receipt, "receipt", "", "number of the receipt, or who took it")
	c.Flags().StringVar(&f.Phase, "phase", "", "complete (default), \"first phase\", addition or withdrawal")
	c.Flags().StringVar(&f.Reason, "reason", "", "why it was late; needed where it was")
	c.Flags().StringVar(&at, "at", "", "TIME of the filing (default: now)")
	return c
}

// onlyFor writes the condition of a clock.
func onlyFor(when string) string {
	if when == "" {
		return ""
	}
	return "; for " + plain.Line(when)
}
