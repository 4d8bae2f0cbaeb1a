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

func (a *app) runbookCommand() *cobra.Command {
	return groupCommand("runbook", "Runbooks of the room, and following one in an incident",
		a.runbookListCommand(), a.runbookShowCommand(), a.runbookExportCommand(),
		a.runbookTextCommand("add FILE", "Give the room a runbook of its own, in Markdown of at most 32 KiB", false),
		a.runbookTextCommand("revise FILE", "Write a runbook of the room anew; runs go on with the text they began with", true),
		a.runbookRetireCommand(), a.runbookReviewCommand(), a.runbookSuggestCommand(),
		a.runStartCommand(), a.runStatusCommand(), a.runStepCommand(), a.runConfirmCommand(), a.runValueCommand())
}

func (a *app) runbookListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the runbooks that can be started", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "runbooks", ref{}, func(w io.Writer, list []model.RunbookView) {
				t := newTable("RUNBOOK", "OF", "STEPS", "REVIEWED", "EXERCISED", "TITLE", "NOTE")
				for _, r := range list {
					of, note := "shipped", strings.Join(r.Stale, ", ")
					if r.Own {
						of = "the room"
					}
					if len(r.Conflict) > 1 {
						note = "conflict: " + r.Conflict[0].By + " and " + r.Conflict[1].By + " wrote it apart"
					}
					t.add(r.ID, of, fmt.Sprint(r.Steps), day(r.ReviewedAt), day(r.ExercisedAt), r.Title, note)
				}
				t.write(w, "There is no runbook.")
			})
		}),
	}
}

// day writes a date, or never.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

func (a *app) runbookShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a runbook; both texts, where two were written apart", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "runbook", ref{Ref: args[0]}, func(w io.Writer, r model.RunbookView) {
				if len(r.Conflict) == 0 {
					fmt.Fprintln(w, plain.Block(r.Text))
				}
				for _, text := range r.Conflict {
					fmt.Fprintf(w, "=== by %s at %s: %s\n%s\n", plain.Line(text.By), stamp(text.At), plain.Line(text.Reason), plain.Block(text.Value))
				}
				for _, why := range append(r.Stale, r.Warnings...) {
					fmt.Fprintf(w, "Note: %s\n", plain.Line(why))
				}
				for _, h := range r.History {
					fmt.Fprintf(w, "Written by %s at %s: %s\n", plain.Line(h.By), stamp(h.At), plain.Line(h.Reason))
				}
			})
		}),
	}
}

func (a *app) runbookExportCommand() *cobra.Command {
	return &cobra.Command{
		Use: "export NAME FILE", Short: "Write a runbook as a Markdown file", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var r model.RunbookView
			if err := c.Call(ctx, "runbook", ref{Ref: args[0]}, &r); err != nil {
				return err
			}
			report, err := writeFile(args[1], func(w io.Writer) error {
				_, err := io.WriteString(w, r.Text)
				return err
			})
			if err != nil {
				return fmt.Errorf("export the runbook: %w", err)
			}
			report.Format = "markdown"
			return a.print(report, func(io.Writer) {})
		}),
	}
}

// runbookTextCommand takes a runbook from a file: a new one, or one written anew.
func (a *app) runbookTextCommand(use, short string, revise bool) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: use, Short: short, Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			text, err := readBounded(args[0], model.MaxText)
			if err != nil {
				return err
			}
			if revise {
				return a.do(ctx, c, model.ReviseRunbook{Text: string(text), Reason: reason}, code)
			}
			return a.do(ctx, c, model.AddRunbook{Text: string(text)}, code)
		}),
	}
	if revise {
		c.Args = takes(1, 1, "reason")
		c.Flags().StringVar(&reason, "reason", "", "why, for the record")
	}
	return c
}

func (a *app) runbookRetireCommand() *cobra.Command {
	var r model.RetireRunbook
	c := &cobra.Command{
		Use: "retire NAME", Short: "Take a runbook of the room out of use; a shipped one with its name comes back", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Runbook = args[0]
			return a.do(ctx, c, r, code)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) runbookReviewCommand() *cobra.Command {
	var r model.ReviewRunbook
	var on string
	c := &cobra.Command{
		Use: "review NAME", Short: "Say that you looked through a runbook, or tried it", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Runbook = args[0]
			if on != "" {
				var err error
				if r.On, err = time.Parse(time.DateOnly, on); err != nil {
					return misused("--on is a day such as 2026-11-25")
				}
			}
			return a.do(ctx, c, r, code)
		}),
	}
	c.Flags().BoolVar(&r.Exercised, "exercised", false, "it was tried, not only looked through")
	c.Flags().StringVar(&on, "on", "", "the day (default: today)")
	c.Flags().StringVar(&r.Note, "note", "", "what came of it")
	return c
}

func (a *app) runbookSuggestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "suggest INC", Short: "List the runbooks that may fit an incident, and why", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "runbook/suggest", ref{Ref: args[0]}, func(w io.Writer, list []model.RunbookSuggestion) {
				t := newTable("RUNBOOK", "SCORE", "STARTED", "WHY")
				for _, s := range list {
					started := ""
					if s.Started {
						started = "yes"
					}
					t.add(s.ID, fmt.Sprint(s.Score), started, strings.Join(s.Reasons, "; "))
				}
				t.write(w, "No runbook has to do with what is known. `runbook list` has all.")
			})
		}),
	}
}
