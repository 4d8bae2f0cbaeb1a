package main

import (
	"context"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/sync/node"
)

// span reads --from, and --to or --for.
func (k clock) span(from, to, length string) (start, end time.Time, err error) {
	if start, err = k.instant("from", from); err != nil {
		return start, end, err
	}
	if start.IsZero() {
		start = k.now
	}
	if (to == "") == (length == "") {
		return start, end, misused("give --to TIME or --for SPAN, such as --for 8h")
	}
	if to != "" {
		end, err = k.instant("to", to)
		return start, end, err
	}
	d, err := when.ParseSpan(length)
	if err != nil {
		return start, end, misused("--for: %s", err)
	}
	return start, start.Add(d), nil
}

// spanFlags gives a command --from, --to and --for.
func (a *app) spanFlags(c *cobra.Command) func(context.Context, *node.Client) (start, end time.Time, err error) {
	var from, to, length string
	c.Flags().StringVar(&from, "from", "", "a day or TIME (default: now)")
	c.Flags().StringVar(&to, "to", "", "a day or TIME")
	c.Flags().StringVar(&length, "for", "", "how long, instead of --to: 8h, 3d")
	return func(ctx context.Context, client *node.Client) (start, end time.Time, err error) {
		k, err := a.clock(ctx, client)
		if err != nil {
			return start, end, err
		}
		return k.span(from, to, length)
	}
}

func (a *app) oncallOverrideCommand() *cobra.Command {
	var o model.AddOverride
	c := &cobra.Command{Use: "override PERSON", Short: "Put a person on call for a time; prints the id of the change", Args: takes(1, 1)}
	span := a.spanFlags(c)
	c.Flags().StringVar(&o.Schedule, "schedule", "", "schedule, where the room has several")
	c.Flags().StringVar(&o.Layer, "layer", "", "layer (default: primary)")
	c.Flags().StringVar(&o.Reason, "reason", "", "why, for the record")
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) (err error) {
		o.Person = args[0]
		if o.From, o.To, err = span(ctx, client); err != nil {
			return err
		}
		return a.do(ctx, client, o, shortID)
	})
	return c
}

func shortID(d model.Done) string { return d.ID.Short(idLength) }

func (a *app) oncallSwapCommand() *cobra.Command {
	var s model.AddSwap
	var mine, theirs string
	c := &cobra.Command{
		Use: "swap WITH", Short: "Propose to exchange a shift; it holds once the other accepts", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, client *node.Client, args []string) error {
			k, err := a.clock(ctx, client)
			if err != nil {
				return err
			}
			s.Second = args[0]
			if s.FirstAt, err = k.instant("mine", mine); err != nil {
				return err
			}
			if s.SecondAt, err = k.instant("theirs", theirs); err != nil {
				return err
			}
			return a.do(ctx, client, s, shortID)
		}),
	}
	c.Flags().StringVar(&mine, "mine", "", "a TIME in the shift that is given (default: the next)")
	c.Flags().StringVar(&theirs, "theirs", "", "a TIME in the shift that is taken (default: the next)")
	c.Flags().StringVar(&s.First, "person", "", "who swaps (default: you)")
	c.Flags().StringVar(&s.Schedule, "schedule", "", "schedule, where the room has several")
	c.Flags().StringVar(&s.Layer, "layer", "", "layer (default: primary)")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) oncallAcceptCommand() *cobra.Command {
	var s model.AnswerSwap
	c := &cobra.Command{
		Use: "accept [SWAP]", Short: "Agree to a swap; without an id, to the one that waits for you", Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, client *node.Client, args []string) error {
			if len(args) > 0 {
				s.Swap = args[0]
			}
			return a.do(ctx, client, s, shortID)
		}),
	}
	c.Flags().StringVar(&s.Person, "person", "", "for whom, where they have no device of their own (default: you)")
	c.Flags().BoolVar(&s.No, "refuse", false, "say no")
	return c
}

func (a *app) oncallLeaveCommand() *cobra.Command {
	var l model.AddLeave
	c := &cobra.Command{Use: "leave [PERSON]", Short: "Say that a person cannot be on call for a time (default: you)", Args: takes(0, 1)}
	span := a.spanFlags(c)
	c.Flags().StringVar(&l.Note, "note", "", "what for, as far as others should know")
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) (err error) {
		if len(args) > 0 {
			l.Person = args[0]
		}
		if l.From, l.To, err = span(ctx, client); err != nil {
			return err
		}
		return a.do(ctx, client, l, shortID)
	})
	return c
}

func (a *app) oncallWithdrawCommand() *cobra.Command {
	var w model.WithdrawChange
	c := &cobra.Command{
		Use: "withdraw CHANGE", Short: "Take an override, a swap or a leave back", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, client *node.Client, args []string) error {
			w.Change = args[0]
			return a.do(ctx, client, w, shortID)
		}),
	}
	c.Flags().StringVar(&w.Reason, "reason", "", "why, for the record")
	return c
}

// handoffFlags name a hand-off.
func (a *app) handoffFlags(c *cobra.Command, schedule, layer *string) func(context.Context, *node.Client) (time.Time, error) {
	var at string
	c.Flags().StringVar(schedule, "schedule", "", "schedule (default: any of yours)")
	c.Flags().StringVar(layer, "layer", "", "layer (default: any of yours)")
	c.Flags().StringVar(&at, "at", "", "TIME of the hand-off (default: your nearest)")
	return func(ctx context.Context, client *node.Client) (time.Time, error) {
		k, err := a.clock(ctx, client)
		if err != nil {
			return time.Time{}, err
		}
		return k.instant("at", at)
	}
}

func (a *app) oncallHandoffCommand() *cobra.Command {
	var h model.WriteHandoff
	c := &cobra.Command{
		Use: "handoff", Short: "Show the hand-offs, or write the note of the next one", Args: takes(0, 0),
		Long: "Without a part of the note, show the hand-offs of the shifts that run and of the next 14 days. With one, write\n" +
			"it: for your own nearest hand-off, or for the one that --layer and --at name.",
	}
	at := a.handoffFlags(c, &h.Schedule, &h.Layer)
	notes := map[string]*string{}
	for _, n := range model.NoteParts {
		notes[n.Name] = c.Flags().String(n.Name, "", strings.ToLower(n.Title))
	}
	c.RunE = a.through(func(ctx context.Context, client *node.Client, _ []string) (err error) {
		h.Notes = map[string]string{}
		for name := range maps.Keys(notes) {
			if c.Flags().Changed(name) {
				h.Notes[name] = *notes[name]
			}
		}
		if len(h.Notes) == 0 {
			return query(a, ctx, client, "oncall/handoffs", node.Window{}, handoffsText)
		}
		if h.At, err = at(ctx, client); err != nil {
			return err
		}
		return a.do(ctx, client, h, shortID)
	})
	var x model.AcceptHandoff
	accept := &cobra.Command{Use: "accept", Short: "Say that you have read the note and are on call", Args: takes(0, 0)}
	when := a.handoffFlags(accept, &x.Schedule, &x.Layer)
	accept.Flags().StringVar(&x.Person, "person", "", "for whom, where they have no device of their own (default: you)")
	accept.Flags().StringArrayVar(&x.Checked, "checked", nil, "what you have checked: "+strings.Join(model.TakingChecks[:], "; "))
	accept.RunE = a.through(func(ctx context.Context, client *node.Client, _ []string) (err error) {
		if x.At, err = when(ctx, client); err != nil {
			return err
		}
		return a.do(ctx, client, x, shortID)
	})
	c.AddCommand(accept)
	return c
}

func handoffsText(w io.Writer, list []model.HandoffView) {
	t := newTable("AT", "SCHEDULE", "LAYER", "FROM", "TO", "STATE", "NOTE")
	for _, h := range list {
		var notes []string
		for _, n := range h.Notes {
			notes = append(notes, n.Part+": "+n.Text)
		}
		t.add(minute(h.At), h.Schedule, h.Layer, h.From, h.To, h.State, strings.Join(notes, "; "))
	}
	t.write(w, "No hand-off is near.")
}
