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
	"holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/sync/node"
)

func (a *app) breachCommand() *cobra.Command {
	return groupCommand("breach", "Assess a breach of personal data; no legal advice",
		a.breachShowCommand(), a.breachSetCommand(), a.breachRiskCommand(), a.breachDecideCommand(), a.breachStepCommand(), a.breachRegisterCommand())
}

func (a *app) breachShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show INC", Short: "Show the assessment, the risk sheet, and what a notice still lacks", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "breach", ref{Ref: args[0]}, breachText)
		}),
	}
}

func breachText(w io.Writer, v model.BreachView) {
	fmt.Fprintf(w, "%s  %s\n%s\n", v.Code, plain.Line(v.Title), v.Advice)
	for _, notice := range []struct {
		name string
		list []model.MissingField
	}{{"the authority (Art. 33)", v.Missing33}, {"the people (Art. 34)", v.Missing34}} {
		fmt.Fprintf(w, "\nMissing in the notice to %s: %d\n", notice.name, len(notice.list))
		for _, m := range notice.list {
			said := ""
			if m.Unknown {
				said = ", said to be unknown"
			}
			fmt.Fprintf(w, "  %s  %s (%s)%s\n", pad(m.Name, 16), m.Label, m.Place, said)
		}
	}
	for _, remark := range v.Remarks {
		fmt.Fprintf(w, "Mind: %s\n", plain.Line(remark))
	}
	fmt.Fprintln(w, "\nAssessment")
	for _, f := range v.Fields {
		if f.Value != "" {
			fmt.Fprintf(w, "  %s  %s\n", pad(f.Name, 16), plain.Line(f.Value))
		}
	}
	fmt.Fprintf(w, "\nRisk: decided %s; the sheet says %s (%s)\n", orNothing(v.Risk.Decided), orNothing(v.Risk.Proposed), v.Risk.Why)
	for _, f := range v.Risk.Factors {
		fmt.Fprintf(w, "  %s  %s  %s\n", pad(f.ID, 16), pad(orNothing(f.Level), 8), plain.Line(f.Reason))
	}
	fmt.Fprintln(w, "\nMinute plan")
	for _, s := range v.Steps {
		mark, text := " ", s.Text
		switch {
		case s.Done:
			mark = "x"
		case s.State == model.StepOnClock:
			text += ": not yet; " + s.State
		}
		fmt.Fprintf(w, "  [%s] %s  %s  %s\n", mark, pad(s.ID, 9), pad(stamp(s.DueAt), 19), text)
	}
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func (a *app) breachSetCommand() *cobra.Command {
	var b model.SetBreach
	var fields []string
	c := &cobra.Command{
		Use: "set INC NAME=VALUE...", Short: "Fill in the assessment: people=1000-1500, kind=availability, encrypted=yes", Args: takes(2, 100),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			b.Incident, fields = args[0], args[1:]
			var err error
			if b.Fields, err = pairs(fields); err != nil {
				return err
			}
			if err := a.breachTimes(ctx, c, b.Fields); err != nil {
				return err
			}
			return a.do(ctx, c, b, code)
		}),
	}
	c.Flags().StringVar(&b.Reason, "reason", "", "why; needed for aware")
	return c
}

// breachTimes writes the times of the assessment as the record keeps them.
func (a *app) breachTimes(ctx context.Context, c *node.Client, fields map[string]string) error {
	for _, name := range []string{"began", "ended", "aware", "processor-told", "people-told", "reviewed"} {
		if text := fields[name]; text != "" && text != "unknown" {
			t, err := a.when(ctx, c, name, text)
			if err != nil {
				return err
			}
			fields[name] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	return nil
}

func (a *app) breachRiskCommand() *cobra.Command {
	var r model.AssessRisk
	c := &cobra.Command{
		Use: "risk INC FACTOR LEVEL --reason TEXT", Short: "Give a factor of the risk sheet its level: low, medium or high", Args: takes(3, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Incident, r.Factor, r.Level = args[0], args[1], args[2]
			return a.do(ctx, c, r, code)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "why; needed")
	return c
}

func (a *app) breachDecideCommand() *cobra.Command {
	var d model.DecideRisk
	c := &cobra.Command{
		Use: "decide INC RESULT --reason TEXT", Short: "Record the decision: \"unlikely risk\", risk or \"high risk\"", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Incident, d.Result = args[0], args[1]
			return a.do(ctx, c, d, code)
		}),
	}
	c.Flags().StringVar(&d.Reason, "reason", "", "why; needed")
	return c
}

func (a *app) breachStepCommand() *cobra.Command {
	var t model.TickBreachStep
	c := &cobra.Command{
		Use: "step INC STEP", Short: "Say that a step of the minute plan is done", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			t.Incident, t.Step = args[0], args[1]
			return a.do(ctx, c, t, code)
		}),
	}
	c.Flags().StringVar(&t.State, "state", "", "done (default), \"not needed\" or open")
	c.Flags().StringVar(&t.Note, "note", "", "what was done; needed where it is not needed")
	return c
}

func (a *app) breachRegisterCommand() *cobra.Command {
	var as, file string
	c := &cobra.Command{
		Use: "register", Short: "Print the register of breaches (GDPR Art. 33(5)), notified or not", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			if a.json && file == "" {
				return query(a, ctx, c, "breach/register", ref{}, func(io.Writer, []model.RegisterEntry) {})
			}
			return a.paper(ctx, c, ref{}, as, file)
		}),
	}
	paperFlags(c, &as, &file)
	return c
}

func paperFlags(c *cobra.Command, as, file *string) {
	c.Flags().StringVar(as, "as", export.Markdown, "a paper as: "+strings.Join(export.PaperFormats[:], ", "))
	c.Flags().StringVarP(file, "output", "o", "", "file to write (default: standard output)")
}

// paper writes a document of an incident, or of the room.
func (a *app) paper(ctx context.Context, c *node.Client, q ref, as, file string) error {
	var d report.Document
	if err := c.Call(ctx, "paper", q, &d); err != nil {
		return err
	}
	if len(d.Missing) > 0 {
		fmt.Fprintf(a.err, "holdfastctl: %s missing; the paper lists what\n", count(len(d.Missing), "item is", "items are"))
	}
	if file == "" && a.json {
		return a.print(d, func(io.Writer) {})
	}
	if file == "" {
		return export.Paper(a.out, d, as)
	}
	written, err := writeFile(file, func(w io.Writer) error { return export.Paper(w, d, as) })
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	written.Format = as
	return a.print(written, func(io.Writer) {})
}
