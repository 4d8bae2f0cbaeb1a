package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) escalateCommand() *cobra.Command {
	var call model.RecordAttempt
	var skip string
	c := &cobra.Command{
		Use:   "escalate INC [RUNG]",
		Short: "Show whom to call, with numbers and script; with RUNG record a call or why it is skipped",
		Args: func(c *cobra.Command, args []string) error {
			if err := takes(1, 2)(c, args); err != nil {
				return err
			}
			skipped, called := c.Flags().Changed("skip"), c.Flags().Changed("result")
			switch {
			case len(args) == 1 && (skipped || called || call.Person != ""):
				return misused("name the RUNG the call is for; `escalate %s` lists them", args[0])
			case len(args) == 2 && skipped == called:
				return misused("give --person and --result of a call, or --skip REASON")
			}
			return nil
		},
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 1 {
				return query(a, ctx, c, "escalation", ref{Ref: args[0]}, a.writeLadder)
			}
			call.Incident, call.Rung = args[0], args[1]
			if skip != "" {
				call.Result, call.Detail = model.Skipped, skip
			}
			return a.do(ctx, c, call, id)
		}),
	}
	c.Flags().StringVar(&call.Person, "person", "", "who was called")
	c.Flags().StringVar(&call.Way, "way", "phone", "what was really used: phone, private phone, second phone, sms, messenger, second messenger, in person")
	c.Flags().StringVar(&call.Result, "result", "", "reached, voicemail, no-answer or refused")
	c.Flags().StringVar(&call.Detail, "note", "", "what was said")
	c.Flags().StringVar(&skip, "skip", "", "REASON why nobody is called for this rung")
	return c
}

func (a *app) writeLadder(w io.Writer, e node.Escalation) {
	if e.Exhausted != "" {
		fmt.Fprintf(w, "%s\n", strings.ToUpper(plain.Line(e.Exhausted)))
		fmt.Fprintf(w, "Anybody who can help: holdfastctl people list; page one: holdfastctl page %[1]s PERSON; who has it: holdfastctl ack %[1]s --person PERSON\n\n", e.Incident)
	}
	if len(e.Instead) > 0 {
		fmt.Fprintf(w, "Tools are down; use\n")
		for _, line := range e.Instead {
			fmt.Fprintf(w, "  %s\n", plain.Line(line))
		}
		fmt.Fprintln(w)
	}
	t := newTable("RUNG", "STATE", "DUE", "WHO", "RESULT")
	var next *node.Rung
	for i, r := range e.Rungs {
		state := r.State
		if r.Proposed && r.Result == "" {
			state += ", proposed"
		}
		result := r.Result
		if r.Waiting != "" {
			result += "; " + r.Waiting + " " + a.countdown(r.AnswerAt)
		}
		t.add(r.Rung, state, a.dueTime(r.DueAt, r.State != due.Done && r.State != due.Skipped), r.Name, result)
		if next == nil && r.State == "overdue" && hasNext(r.Tree) {
			next = &e.Rungs[i]
		}
	}
	t.write(w, "The incident is over: nobody is to be called.")
	for _, r := range e.Rungs {
		for _, c := range r.Calls {
			fmt.Fprintf(w, "%s  %s: %s\n", stamp(c.At), r.Rung, plain.Line(callWords(c)))
		}
	}
	if len(e.Tickets) > 0 {
		var b strings.Builder
		writeTickets(&b, e.Tickets)
		fmt.Fprint(w, b.String())
	}
	writeUnnamed(w, e)
	if next != nil {
		writeNextCall(w, e.Incident, *next)
	}
}

// callWords is a call in a line: who, how, and what it came to.
func callWords(c node.RungCall) string {
	became := c.Message
	if became == c.Result {
		became = ""
	}
	return strings.Join(nonEmpty(c.Person, c.Way, c.Result, c.Detail, became, c.Why), ", ")
}

// writeUnnamed says of the rungs that are due and call nobody, because nobody
// stands behind them, how to name somebody: whom a machine can page it then does.
func writeUnnamed(w io.Writer, e node.Escalation) {
	var names []string
	for _, r := range e.Rungs {
		if r.State != due.Overdue || len(r.Tree) > 0 || r.Proposed || r.Act != "page" && r.Act != "notify" {
			continue
		}
		name := "target set " + r.Target + " PERSON"
		if r.Target == model.TargetCommand {
			name = "role assign " + e.Incident + " ic PERSON"
		}
		names = append(names, fmt.Sprintf("  %s: holdfastctl %s\n", plain.Line(r.Name), name))
	}
	if names == nil {
		return
	}
	fmt.Fprintf(w, "\nNobody is named for these, so nobody is called:\n%sAnybody at once: holdfastctl page %s PERSON\n", strings.Join(names, ""), e.Incident)
}

func hasNext(tree []model.Call) bool {
	for _, c := range tree {
		if c.Next {
			return true
		}
	}
	return false
}

func nonEmpty(texts ...string) (list []string) {
	for _, t := range texts {
		if t != "" {
			list = append(list, t)
		}
	}
	return list
}

// writeNextCall is the phone tree of a rung: whom to call now, what to say, and
// how to record what it came to.
func writeNextCall(w io.Writer, inc string, r node.Rung) {
	for _, c := range r.Tree {
		mark := "  "
		if c.Next {
			mark = "->"
		}
		var ways []string
		for _, n := range c.Numbers {
			tried := ""
			if n.Tries > 0 {
				tried = fmt.Sprintf(" (tried %d)", n.Tries)
			}
			ways = append(ways, n.Name+" "+n.Number+tried)
		}
		if ways == nil {
			ways = []string{"no number is known"}
		}
		fmt.Fprintf(w, "\n%s %s: %s%s", mark, plain.Line(c.Person), plain.Line(strings.Join(ways, ", ")), lastCall(c))
	}
	fmt.Fprintln(w)
	for _, c := range r.Tree {
		if c.Next {
			way := c.Way
			if way == "" {
				way = "in person"
			}
			fmt.Fprintf(w, "\nSay: %s\nThen: holdfastctl escalate %s %s --person %q --way %q --result reached|voicemail|no-answer|refused\n",
				plain.Line(c.Script), inc, r.Rung, plain.Line(c.Person), way)
		}
	}
}

func lastCall(c model.Call) string {
	if c.Last == "" {
		return ""
	}
	return fmt.Sprintf("; tried %d in all, last: %s", c.Tries, plain.Line(c.Last))
}

func (a *app) pageCommand() *cobra.Command {
	var p model.Page
	c := &cobra.Command{
		Use: "page INC PERSON", Short: "Call a person by pager or e-mail, at any time; the try is recorded", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			p.Incident, p.Person = args[0], args[1]
			var done model.Done
			if err := c.Call(ctx, "page", p, &done); err != nil {
				return err
			}
			return a.print(done, func(w io.Writer) { fmt.Fprintln(w, id(done)) })
		}),
	}
	c.Flags().StringVar(&p.Text, "text", "", "one line more for the person")
	c.Flags().StringVar(&p.Rung, "rung", "", "rung of the escalation it is for")
	c.Flags().StringVar(&p.Way, "way", "", "mail or pager (default: the pager where this device has one)")
	return c
}

func (a *app) ackCommand() *cobra.Command {
	var p model.AckPage
	c := &cobra.Command{
		Use: "ack INC", Short: "Say \"I have it\": the incident is acknowledged and your calls are answered", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			p.Incident = args[0]
			return a.do(ctx, c, p, code)
		}),
	}
	c.Flags().StringVar(&p.Person, "person", "", "who has it (default: you)")
	return c
}

func (a *app) targetCommand() *cobra.Command {
	return groupCommand("target", "Say who is meant by a name of the escalation, such as engineering-manager",
		&cobra.Command{
			Use: "set TARGET [PERSON]...", Short: "Put people behind a target; nobody goes back to their titles", Args: takes(1, 50),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return a.do(ctx, c, model.SetTarget{Target: args[0], People: args[1:]}, func(model.Done) string { return args[0] })
			}),
		},
		&cobra.Command{
			Use: "list", Short: "List the targets and who stands behind each now", Args: takes(0, 0),
			RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
				return query(a, ctx, c, "targets", ref{}, func(w io.Writer, list []node.Target) {
					t := newTable("TARGET", "PEOPLE", "KNOWN BY")
					for _, v := range list {
						by := "title or schedule"
						switch {
						case v.Named:
							by = "named by the room"
						case len(v.People) == 0:
							by = "nobody yet: target set " + v.Target + " PERSON"
						}
						t.add(v.Target, strings.Join(v.People, ", "), by)
					}
					t.write(w, "No targets.")
				})
			}),
		})
}
