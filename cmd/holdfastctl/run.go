package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) runStartCommand() *cobra.Command {
	var values []string
	c := &cobra.Command{
		Use: "start INC NAME", Short: "Begin to follow a runbook; prints the id of the run", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			start := model.StartRun{Incident: args[0], Runbook: args[1], Values: map[string]string{}}
			for _, v := range values {
				name, value, ok := strings.Cut(v, "=")
				if !ok {
					return misused("--value is NAME=VALUE, such as 'replica host=db2'")
				}
				start.Values[name] = value
			}
			return a.do(ctx, c, start, func(d model.Done) string { return d.ID.Short(8) })
		}),
	}
	c.Flags().StringArrayVar(&values, "value", nil, "NAME=VALUE of a blank of the text; again for each")
	return c
}

const runHelp = "which run, where several are under way: its id or its runbook"

func (a *app) runStepCommand() *cobra.Command {
	var s model.DoStep
	c := &cobra.Command{
		Use: "step INC STEP --result R", Short: "Record what came of a step, by its name or number", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident, s.Step = args[0], args[1]
			return a.do(ctx, c, s, code)
		}),
	}
	flags := c.Flags()
	flags.StringVar(&s.Result, "result", "", "what was seen; needed where the step was not done as written")
	flags.StringVar(&s.Outcome, "outcome", "", "done (default), failed, skipped, deviated; missing or wrong as a remark on the runbook")
	flags.StringVar(&s.Branch, "branch", "", "the branch taken, by its letter, or stop")
	flags.StringVar(&s.Target, "target", "", "a destructive step: the name of what it acts on, as read on the machine")
	flags.StringVar(&s.Second, "second", "", "the second person, who confirms from a device of their own")
	flags.BoolVar(&s.Present, "present", false, "the second person stands beside you and confirms nothing")
	flags.StringVar(&s.Person, "person", "", "who did it (default: you)")
	flags.StringVar(&s.Run, "run", "", runHelp)
	return c
}

func (a *app) runConfirmCommand() *cobra.Command {
	var s model.ConfirmStep
	c := &cobra.Command{
		Use: "confirm INC STEP", Short: "Say as the second person that you looked on; then the step counts", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Incident, s.Step = args[0], args[1]
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().StringVar(&s.Run, "run", "", runHelp)
	return c
}

func (a *app) runValueCommand() *cobra.Command {
	var v model.SetRunValue
	c := &cobra.Command{
		Use: "value INC NAME VALUE", Short: "Say what a blank stands for in a run; the first value stays", Args: takes(3, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			v.Incident, v.Name, v.Value = args[0], args[1], args[2]
			return a.do(ctx, c, v, code)
		}),
	}
	c.Flags().StringVar(&v.Run, "run", "", runHelp)
	return c
}

func (a *app) runStatusCommand() *cobra.Command {
	var pick string
	c := &cobra.Command{
		Use: "status INC", Short: "Show where the runs of an incident stand: the step at hand, and what was done", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var raw []json.RawMessage
			if err := c.Call(ctx, "runs", ref{Ref: args[0]}, &raw); err != nil {
				return err
			}
			kept := []json.RawMessage{}
			var views []model.RunView
			for _, one := range raw {
				var v model.RunView
				if err := json.Unmarshal(one, &v); err != nil {
					return fmt.Errorf("read the answer: %w", err)
				}
				if pick == "" || strings.HasPrefix(v.ID.String(), strings.ToUpper(pick)) || strings.EqualFold(v.Runbook, pick) {
					kept, views = append(kept, one), append(views, v)
				}
			}
			return a.print(kept, func(w io.Writer) {
				for i, v := range views {
					if i > 0 {
						fmt.Fprintln(w)
					}
					runText(w, v)
				}
				if views == nil {
					fmt.Fprintf(w, "No such runbook was started. `runbook suggest %s` proposes some.\n", args[0])
				}
			})
		}),
	}
	c.Flags().StringVar(&pick, "run", "", runHelp)
	return c
}

// maxSuggested is how many runbooks an incident without a run proposes.
const maxSuggested = 3

// writeRuns tells of an incident which runbooks are followed; where none is,
// which may fit.
func writeRuns(b *strings.Builder, v model.IncidentView) {
	section(b, "Runbooks", len(v.Runs))
	for _, r := range v.Runs {
		state := fmt.Sprintf("at %s, %d done, at most %d left", r.At, r.Done, r.Left)
		switch {
		case r.Over == "end":
			state = fmt.Sprintf("finished, %d done", r.Done)
		case r.Over != "":
			state = fmt.Sprintf("stopped, %d done", r.Done)
		case r.At == "":
			state = "cannot be read here"
		}
		if r.Waiting > 0 {
			state += ", waits for a second person"
		}
		fmt.Fprintf(b, "  %s  %s: %s\n", r.ID.Short(idLength), plain.Line(r.Title), plain.Line(state))
	}
	if v.State != model.StateOpen || len(v.Runs) > 0 {
		return
	}
	section(b, "Runbooks that may fit", len(v.Suggested))
	for _, s := range v.Suggested[:min(len(v.Suggested), maxSuggested)] {
		fmt.Fprintf(b, "  %s  %s\n", pad(plain.Line(s.ID), 20), plain.Line(strings.Join(s.Reasons, "; ")))
	}
}

// runText shows a run: first what is to be done now.
func runText(w io.Writer, v model.RunView) {
	fmt.Fprintf(w, "%s (run %s of %s, text %.8s), started by %s at %s\n", plain.Line(v.Title), v.ID.Short(8), plain.Line(v.Runbook), plain.Line(v.Version),
		plain.Line(v.By), stamp(v.StartedAt))
	field(w, "", "", v.Unread)
	if v.Changed {
		fmt.Fprintln(w, "The runbook reads otherwise now; this run keeps its text.")
	}
	for _, value := range v.Values {
		switch {
		case len(value.Conflict) > 0:
			fmt.Fprintf(w, "  %s: in conflict, %s by %s or %s by %s\n", plain.Line(value.Name), plain.Line(value.Conflict[0].Value),
				plain.Line(value.Conflict[0].By), plain.Line(value.Conflict[1].Value), plain.Line(value.Conflict[1].By))
		case value.Value != "":
			field(w, "  ", value.Name, value.Value)
		default:
			field(w, "  ", value.Name, "not said yet")
		}
	}
	field(w, "  ", "Stop the run if", v.StopIf)
	field(w, "  ", "Escalate", v.Escalate)
	switch {
	case v.Hand != nil:
		fmt.Fprintf(w, "Now, %d done, at most %d left:\n", v.Done, v.Left)
		stepText(w, *v.Hand)
	case v.Over == "stop" && v.Next != "":
		fmt.Fprintf(w, "Stopped, %d done; go on with: runbook start %s %s\n", v.Done, v.Incident, plain.Line(v.Next))
	case v.Over == "stop":
		fmt.Fprintf(w, "Stopped, %d done\n", v.Done)
	case v.Over != "":
		fmt.Fprintf(w, "Finished, %d done\n", v.Done)
	}
	if len(v.Parallel) > 0 {
		fmt.Fprintf(w, "Others may take at the same time: %s\n", plain.Line(strings.Join(v.Parallel, ", ")))
	}
	resultsText(w, v)
}

// field writes a line of a step where it says something.
func field(w io.Writer, indent, name, text string) {
	if text == "" {
		return
	}
	if name != "" {
		name = plain.Line(name) + ": "
	}
	for line := range strings.SplitSeq(plain.Block(text), "\n") {
		fmt.Fprintf(w, "%s%s%s\n", indent, name, line)
	}
}

func stepText(w io.Writer, s model.StepView) {
	fmt.Fprintf(w, "  %s. %s {%s}\n", plain.Line(s.Number), plain.Line(s.Title), plain.Line(s.ID))
	field(w, "     ", "", s.Text)
	for _, f := range [][2]string{
		{"Expect", s.Expect},
		{"Stop if", s.StopIf},
		{"Risk", s.Risk},
		{"Target", s.Target},
		{"Roll back", s.RollBack},
		{"Who", s.Who},
		{"Escalate", s.Escalate},
	} {
		field(w, "     ", f[0], f[1])
	}
	if s.Minutes > 0 {
		fmt.Fprintf(w, "     Minutes: %d\n", s.Minutes)
	}
	for _, b := range s.Branches {
		fmt.Fprintf(w, "     %s) %s -> %s\n", b.Letter, plain.Line(b.If), plain.Line(b.To))
	}
	field(w, "     ", "If it fails", s.OnFail)
	for _, need := range s.Needs {
		field(w, "     ", "Needs", need)
	}
}

func resultsText(w io.Writer, v model.RunView) {
	if len(v.Results) > 0 {
		t := newTable("AT", "STEP", "OUTCOME", "BRANCH", "BY", "SECOND", "RESULT")
		for _, r := range v.Results {
			second := r.Second
			if second != "" {
				second += " (" + r.Witness + ")"
			}
			t.add(stamp(r.At), r.Number+" "+r.Step, r.Outcome, r.Branch, r.Person, second, r.Result)
		}
		t.write(w, "")
	}
	for _, d := range v.Deviations {
		field(w, "", "Deviation", d)
	}
	for _, g := range v.Gaps {
		field(w, "", "Gap", g)
	}
}
