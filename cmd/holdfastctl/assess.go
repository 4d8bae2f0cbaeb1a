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

func (a *app) assessCommand() *cobra.Command {
	var s model.AssessSeverity
	c := &cobra.Command{
		Use:   "assess INC [QUESTION=ANSWER]...",
		Short: "Answer the severity questions: yes, no or unknown; says which level they mean",
		Long: "Answer the severity questions with yes, no or unknown. Unsure takes the higher level. Without an\n" +
			"answer it prints the questions and what was answered.",
		Args: takes(1, 20),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 1 && !s.Apply {
				return query(a, ctx, c, "response", ref{Ref: args[0]}, func(w io.Writer, v model.ResponseView) { writeAssessment(w, v.Assessment) })
			}
			s.Incident = args[0]
			var err error
			if s.Answers, err = pairs(args[1:]); err != nil {
				return err
			}
			return a.do(ctx, c, s, code)
		}),
	}
	c.Flags().BoolVar(&s.Apply, "apply", false, "set the level the answers mean")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, beside what the answers say")
	return c
}

// pairs reads NAME=VALUE arguments.
func pairs(args []string) (map[string]string, error) {
	values := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); !ok || name == "" {
			return nil, misused("%q is not written NAME=VALUE", arg)
		}
		values[name] = value
	}
	return values, nil
}

func writeAssessment(w io.Writer, v model.AssessmentView) {
	t := newTable("QUESTION", "ANSWER", "BY", "TEXT")
	for _, q := range v.Questions {
		t.add(q.ID, q.Answer, q.By, q.Text)
	}
	t.write(w, "The policy asks nothing.")
	switch {
	case v.Suggested != "":
		fmt.Fprintf(w, "This means %s: %s\n", v.Suggested, plain.Line(v.Why))
	case v.Why != "":
		fmt.Fprintf(w, "Next question: %s\n", plain.Line(v.Why))
	}
}

func (a *app) mergeCommand() *cobra.Command {
	var m model.MergeIncident
	var out bool
	c := &cobra.Command{
		Use: "merge INC [PARENT]", Short: "Put an incident under another with the same cause, or take it out again (--out)", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if out == (len(args) == 2) {
				return misused("give the PARENT, or --out to take the incident out")
			}
			if m.Incident = args[0]; !out {
				m.Into = args[1]
			}
			return a.do(ctx, c, m, code)
		}),
	}
	c.Flags().StringVar(&m.Reason, "reason", "", "why, for the record")
	c.Flags().BoolVar(&out, "out", false, "take the incident out from under its parent")
	return c
}
