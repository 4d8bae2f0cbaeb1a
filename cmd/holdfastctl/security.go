package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) securityCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "security INC", Short: "Show the security record of an incident: steps, intruder, evidence, credentials",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "security", ref{Ref: args[0]}, securityText)
		}),
	}
	c.AddCommand(a.securityStepCommand(), a.securityApproveCommand(), a.securityDecideCommand(), a.securityIsolateCommand(),
		a.securityConnectCommand(), a.securityWaiveCommand(), a.securityWipeCommand(), a.securityRoomCommand())
	return c
}

func securityText(w io.Writer, v model.SecurityView) {
	fmt.Fprintf(w, "%s  %s\n", v.Code, plain.Line(v.Title))
	if v.Privilege != "" {
		fmt.Fprintln(w, plain.Line(v.Privilege))
	}
	if v.Hold {
		fmt.Fprintln(w, "LEGAL HOLD: nothing about this incident may be destroyed")
	}
	if v.CodeName != "" {
		fmt.Fprintf(w, "Code name %s, room %s\n", plain.Line(v.CodeName), plain.Line(v.Room))
	}
	fmt.Fprintln(w, "\nSteps")
	for _, s := range v.Steps {
		mark := " "
		switch {
		case s.State == model.StepDone:
			mark = "x"
		case s.State == model.StepNotNeeded:
			mark = "-"
		case s.Required:
			mark = "!"
		}
		fmt.Fprintf(w, "  [%s] %s  %s%s\n", mark, pad(s.ID, 12), plain.Line(s.Text), stepDone(s))
	}
	fmt.Fprintf(w, "\nIntruder: entry %s, spread %s, last seen %s, dwell time %s\n", known(v.Attack.Entered), known(v.Attack.Spread), known(v.Attack.LastSeen), model.DwellText(v.Attack.DwellS))
	left := 0
	for _, c := range v.Credentials {
		if !c.Done {
			left++
		}
	}
	fmt.Fprintf(w, "Evidence %d, indicators %d, credentials %d of which %d not proven rotated, decisions %d\n", len(v.Evidence), len(v.Indicators), len(v.Credentials), left, len(v.Sheets))
	for _, s := range v.Systems {
		state := ""
		if !s.Secured {
			state = ", no image and no waiver: it may not be wiped"
		}
		fmt.Fprintf(w, "  %s  %s  %s %s%s\n", s.ID.Short(idLength), stamp(s.At), pad(s.Act, 9), plain.Line(s.System), state)
	}
	fmt.Fprintln(w, "\nNever")
	for _, n := range v.Never {
		fmt.Fprintln(w, "  "+n)
	}
}

func stepDone(s model.SecurityStepView) string {
	if s.State == model.StepOpen {
		return ""
	}
	text := " (" + s.State + ", " + plain.Line(s.By) + ", " + stamp(s.At)
	if s.Note != "" {
		text += ": " + plain.Line(s.Note)
	}
	return text + ")"
}

func known(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return stamp(t)
}

func (a *app) securityStepCommand() *cobra.Command {
	var t model.TickSecurityStep
	c := &cobra.Command{
		Use: "step INC STEP", Short: "Say where a step of the security checklist stands", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			t.Incident, t.Step = args[0], args[1]
			return a.do(ctx, c, t, code)
		}),
	}
	c.Flags().StringVar(&t.State, "state", "", "done (default), \"not needed\" or open")
	c.Flags().StringVar(&t.Note, "note", "", "what was done; needed where a required step is not needed")
	return c
}

func (a *app) securityApproveCommand() *cobra.Command {
	var m model.ApproveMessage
	c := &cobra.Command{
		Use: "approve INC TEXT --audience A --by PERSON", Short: "Record that legal approved the next message to an audience",
		Args: takes(2, 2, "audience", "by"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			m.Incident, m.Text = args[0], args[1]
			return a.do(ctx, c, m, id)
		}),
	}
	c.Flags().StringVar(&m.Audience, "audience", "", "the audience outside the response team")
	c.Flags().StringVar(&m.Person, "by", "", "who approved for legal")
	return c
}

func (a *app) securityDecideCommand() *cobra.Command {
	var d model.DecideSheet
	var at string
	c := &cobra.Command{
		Use: "decide INC TOPIC CHOICE --options TEXT --advice TEXT --by PERSON", Short: "Record a decision: pay, shut down, tell public, police, insurer, other",
		Args: takes(3, 3, "options", "advice", "by"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			d.Incident, d.Topic, d.Choice = args[0], args[1], args[2]
			if d.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, d, id)
		}),
	}
	c.Flags().StringVar(&d.Options, "options", "", "what could be done")
	c.Flags().StringVar(&d.Advice, "advice", "", "who advised what")
	c.Flags().StringVar(&d.Person, "by", "", "who decided")
	c.Flags().StringVar(&at, "at", "", "TIME of the decision (default: now)")
	return c
}

func (a *app) securityIsolateCommand() *cobra.Command {
	var i model.Isolate
	var at string
	c := &cobra.Command{
		Use: "isolate INC SYSTEM --how TEXT", Short: "Record that a host, account, token or network path was cut off", Args: takes(2, 2, "how"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			i.Incident, i.System = args[0], args[1]
			if i.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, i, id)
		}),
	}
	c.Flags().StringVar(&i.How, "how", "", "how it was cut off")
	c.Flags().StringVar(&i.Effect, "effect", "", "effect on services")
	c.Flags().StringVar(&at, "at", "", "TIME when (default: now)")
	return c
}

func (a *app) securityConnectCommand() *cobra.Command {
	var l model.LiftIsolation
	c := &cobra.Command{
		Use: "connect ISOLATION --reason TEXT", Short: "Record that an isolated system is connected again", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			l.Isolation = args[0]
			return a.do(ctx, c, l, id)
		}),
	}
	c.Flags().StringVar(&l.Reason, "reason", "", "why it is safe")
	return c
}

func (a *app) securityWaiveCommand() *cobra.Command {
	var w model.WaiveEvidence
	c := &cobra.Command{
		Use: "waive INC SYSTEM --reason TEXT --by PERSON", Short: "Record the decision to go on without an image of a system", Args: takes(2, 2, "reason", "by"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			w.Incident, w.System = args[0], args[1]
			return a.do(ctx, c, w, id)
		}),
	}
	c.Flags().StringVar(&w.Reason, "reason", "", "why there is no image")
	c.Flags().StringVar(&w.Person, "by", "", "who decides")
	return c
}

func (a *app) securityWipeCommand() *cobra.Command {
	var w model.RecordWipe
	var at string
	c := &cobra.Command{
		Use: "wipe INC SYSTEM --how TEXT", Short: "Record that a system is wiped or rebuilt; refused until its evidence is kept", Args: takes(2, 2, "how"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			w.Incident, w.System = args[0], args[1]
			if w.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, w, id)
		}),
	}
	c.Flags().StringVar(&w.How, "how", "", "how it was wiped or rebuilt")
	c.Flags().StringVar(&at, "at", "", "TIME when (default: now)")
	return c
}

func (a *app) securityRoomCommand() *cobra.Command {
	var q node.ConfidentialRequest
	c := &cobra.Command{
		Use: "room [INC] --members PERSON,...", Short: "Found a confidential room under a code name, and invite who needs to know",
		Long: "Found a room of its own for a confidential incident, declare it there and print an invite\n" +
			"for each member. The open room keeps a pointer without content. Without INC nothing at all\n" +
			"is written into the open room.",
		Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) > 0 {
				q.Incident = args[0]
			}
			var reply node.ConfidentialReply
			if err := c.Call(ctx, "security/room", q, &reply); err != nil {
				return err
			}
			if reply.Note != "" && !a.json {
				fmt.Fprintf(a.err, "holdfastctl: %s\n", reply.Note)
			}
			return a.print(reply, func(w io.Writer) {
				fmt.Fprintf(w, "%s  %s\n", plain.Line(reply.Name), reply.Incident)
				for _, i := range reply.Invites {
					fmt.Fprintf(w, "%s  %s\n", plain.Line(i.Person), i.Invite)
				}
			})
		}),
	}
	f := c.Flags()
	f.StringVar(&q.CodeName, "code-name", "", "two harmless words (default: suggested)")
	f.StringSliceVar(&q.Members, "members", nil, "people who need to know, a comma apart")
	f.StringVar(&q.Title, "title", "", "title of the incident, where none is named")
	f.StringVar(&q.Severity, "severity", model.P0, "severity of the incident, where none is named")
	f.StringVar(&q.Type, "type", "Security Breach", "type of the incident, where none is named")
	f.StringSliceVar(&q.Addresses, "address", nil, "HOST:PORT where this device is reached (default: those it listens at)")
	f.DurationVar(&q.Expires, "expires", 0, "life of the invites (default 24h)")
	return c
}

func (a *app) holdCommand() *cobra.Command {
	var h model.SetHold
	var lift bool
	c := &cobra.Command{
		Use: "hold INC --reason TEXT", Short: "Set the legal hold or the privilege mark of an incident, or lift them", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			h.Incident = args[0]
			switch {
			case lift:
				h.Hold = "no"
			case h.Privilege == "":
				h.Hold = "yes"
			}
			return a.do(ctx, c, h, code)
		}),
	}
	c.Flags().StringVar(&h.Reason, "reason", "", "why")
	c.Flags().StringVar(&h.Privilege, "privilege", "", "set the mark every paper carries, and leave the hold; none takes it away")
	c.Flags().BoolVar(&lift, "lift", false, "lift the hold")
	return c
}

func (a *app) attackCommand() *cobra.Command {
	var l model.Log
	var at string
	c := &cobra.Command{
		Use: "attack INC [TEXT]", Short: "Write what the intruder did, or show the intruder's timeline",
		Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 1 {
				return query(a, ctx, c, "security", ref{Ref: args[0]}, attackText)
			}
			text, err := a.text(args[1])
			if err != nil {
				return err
			}
			l.Incident, l.Text, l.Kind = args[0], text, model.KindAttacker
			m, err := a.moment(ctx, c, "at", at)
			if err != nil {
				return err
			}
			l.At, l.Precision, l.Counted = m.At, m.Precision, m.Counted
			return a.do(ctx, c, l, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when the intruder did it, by the clock it was read from (default: now)")
	a.confirmFlag(c, "take a time that is still to come")
	c.AddCommand(a.attackSetCommand())
	return c
}

func attackText(w io.Writer, v model.SecurityView) {
	at := v.Attack
	fmt.Fprintf(w, "Entry %s, spread %s, last seen %s, dwell time %s\n", known(at.Entered), known(at.Spread), known(at.LastSeen), model.DwellText(at.DwellS))
	if at.OffsetS != 0 {
		fmt.Fprintf(w, "Times are corrected: their clock was %s ahead\n", time.Duration(at.OffsetS*float64(time.Second)))
	}
	t := newTable("AT (UTC)", "WHAT")
	for _, r := range at.Rows {
		t.add(moment(r.At, r.Precision), r.Text)
	}
	t.write(w, "Nothing is known of the intruder yet.")
}

func (a *app) attackSetCommand() *cobra.Command {
	var s model.SetAttack
	var entered, spread, last, offset string
	c := &cobra.Command{
		Use: "set INC", Short: "Set entry, spread, last seen, and how wrong the clock was they were read from", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			s.Incident = args[0]
			for _, f := range []struct {
				flag, text string
				to         *time.Time
			}{{"entered", entered, &s.Entered}, {"spread", spread, &s.Spread}, {"last-seen", last, &s.LastSeen}} {
				if *f.to, err = a.when(ctx, c, f.flag, f.text); err != nil {
					return err
				}
			}
			if s.ClockOffset, err = clockOffset(offset); err != nil {
				return err
			}
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&entered, "entered", "", "TIME of the entry")
	c.Flags().StringVar(&spread, "spread", "", "TIME of the spread")
	c.Flags().StringVar(&last, "last-seen", "", "TIME of the last trace")
	c.Flags().StringVar(&offset, "clock-offset", "", "how far the clock the times were read from was ahead: 3m20s, -1.5s")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

// clockOffset reads how far a clock was ahead; nil where nothing was said.
func clockOffset(text string) (*time.Duration, error) {
	if text == "" {
		return nil, nil
	}
	d, err := time.ParseDuration(strings.TrimPrefix(strings.TrimSpace(text), "+"))
	if err != nil {
		return nil, fmt.Errorf("--clock-offset %q is no span; write 3m20s where the clock was ahead, -1.5s where it was behind", text)
	}
	return &d, nil
}
