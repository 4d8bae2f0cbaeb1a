package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/sync/node"
)

// idLength is how much of an id people see: enough to name one of many
// thousands, short enough to type.
const idLength = 8

func id(d model.Done) string { return d.ID.String() }

func (a *app) logCommand() *cobra.Command {
	var l model.Log
	var at, precision string
	c := &cobra.Command{
		Use:   "log INC TEXT",
		Short: "Write a timeline entry; prints its id",
		Long: "Write a timeline entry and print its id. TEXT - is read from standard input.\n" +
			"A text that begins with a hyphen is written after --.",
		Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			l.Incident = args[0]
			if l.Text, err = a.text(args[1]); err != nil {
				return err
			}
			m, err := a.moment(ctx, c, "at", at)
			if err != nil {
				return err
			}
			l.At, l.Precision, l.Counted = m.At, m.Precision, m.Counted
			if precision != "" {
				if l.Precision, err = when.ParsePrecision(precision); err != nil {
					return fmt.Errorf("--precision: %w", err)
				}
			}
			return a.do(ctx, c, l, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when it happened (default: now): 14:05, 14:05 CET, -12m, yesterday 23:50, RFC 3339")
	a.confirmFlag(c, "take a time that is still to come")
	c.Flags().StringVar(&l.Kind, "kind", "", "kind (default note): "+strings.Join(model.Kinds[:], ", "))
	c.Flags().StringVar(&precision, "precision", "", "how well the time is known: "+precisions())
	c.AddCommand(a.logEditCommand(), a.logRetractCommand(), a.logHistoryCommand(), a.logCorrectCommand(), a.logRestrictCommand())
	return c
}

func precisions() string {
	var words []string
	for _, p := range when.Precisions() {
		words = append(words, p.String())
	}
	return strings.Join(words, ", ")
}

// text is an argument, or standard input where the argument is "-".
func (a *app) text(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	b, err := io.ReadAll(io.LimitReader(a.in, model.MaxText+1))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	if len(b) > model.MaxText {
		return "", fmt.Errorf("the text on standard input is longer than %d bytes, the limit of an entry", model.MaxText)
	}
	return string(b), nil
}

func (a *app) logEditCommand() *cobra.Command {
	var e model.EditEntry
	var at, precision string
	c := &cobra.Command{
		Use:   "edit ENTRY [TEXT]",
		Short: "Correct an entry; its history keeps what it said",
		Args:  takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			e.Entry = args[0]
			if len(args) == 2 {
				if e.Text, err = a.text(args[1]); err != nil {
					return err
				}
			}
			if e.Text == "" && e.Kind == "" && at == "" && precision == "" {
				return misused("nothing to correct: give a text, --at, --kind or --precision")
			}
			m, err := a.moment(ctx, c, "at", at)
			if err != nil {
				return err
			}
			if at != "" {
				e.At, e.Precision = m.At, &m.Precision
			}
			if precision != "" {
				p, err := when.ParsePrecision(precision)
				if err != nil {
					return fmt.Errorf("--precision: %w", err)
				}
				e.Precision = &p
			}
			return a.do(ctx, c, e, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when it happened")
	a.confirmFlag(c, "take a time that is still to come")
	c.Flags().StringVar(&e.Kind, "kind", "", "kind of the entry")
	c.Flags().StringVar(&precision, "precision", "", "how well the time is known: "+precisions())
	return c
}

func (a *app) logRetractCommand() *cobra.Command {
	var r model.RetractEntry
	c := &cobra.Command{
		Use: "retract ENTRY --reason TEXT", Short: "Take an entry back; it stays readable, with the reason", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Entry = args[0]
			return a.do(ctx, c, r, id)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "why")
	return c
}

func (a *app) logHistoryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "history ENTRY", Short: "Show all that was ever written in an entry", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "entry", ref{Ref: args[0]}, func(w io.Writer, h model.EntryHistory) {
				fmt.Fprintf(w, "Entry %s of %s\n", h.ID, h.Incident)
				for _, v := range h.Versions {
					mark := ""
					if !v.ClockAt.IsZero() {
						mark = ", whose clock said " + stamp(v.ClockAt)
					}
					if v.Current {
						mark += "  [current]"
					}
					fmt.Fprintf(w, "\nwritten %s by %s%s\n", stamp(v.RecordedAt), plain.Line(v.By), mark)
					fmt.Fprintln(w, indent(moment(v.At, v.Precision)+"  "+v.Kind+"  "+plain.Block(v.Text), "  "))
				}
				for _, r := range h.Retractions {
					fmt.Fprintf(w, "\nretracted %s by %s\n%s\n", stamp(r.At), plain.Line(r.By), indent(plain.Block(r.Reason), "  "))
				}
			})
		}),
	}
}

func (a *app) timelineCommand() *cobra.Command {
	return &cobra.Command{
		Use: "timeline INC", Short: "Show what happened, in order, in UTC", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "timeline", ref{Ref: args[0]}, writeTimeline)
		}),
	}
}

// writeTimeline writes one row an entry; further lines of a text are indented
// under its first.
func writeTimeline(w io.Writer, rows []model.TimelineRow) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "Nothing was written yet.")
		return
	}
	times, kinds, authors := make([]string, len(rows)), 0, 0
	widest := 0
	for i, r := range rows {
		times[i] = moment(r.At, r.Precision)
		widest, kinds, authors = max(widest, cells(times[i])), max(kinds, cells(r.Kind)), max(authors, cells(plain.Line(r.Author)))
	}
	margin := strings.Repeat(" ", widest+kinds+authors+3*len(gap))
	for i, r := range rows {
		text := strings.ReplaceAll(plain.Block(strings.TrimSpace(r.Text)), "\n", "\n"+margin)
		fmt.Fprintln(w, pad(times[i], widest)+gap+pad(r.Kind, kinds)+gap+pad(plain.Line(r.Author), authors)+gap+text+marks(r))
	}
}

// marks says what a reader must know of a row beside its text.
func marks(r model.TimelineRow) string {
	var said []string
	if r.Edited > 0 {
		said = append(said, "edited")
	}
	if r.Retracted {
		said = append(said, "retracted: "+plain.Line(r.Reason))
	}
	if r.Conflict {
		said = append(said, "conflict")
	}
	text := ""
	for _, s := range said {
		text += gap + "[" + s + "]"
	}
	if r.Source == "entry" {
		text += gap + r.ID.Short(idLength)
	}
	return text
}

func (a *app) taskCommand() *cobra.Command {
	var t model.AddTask
	var due string
	add := &cobra.Command{
		Use: "add INC TEXT", Short: "Give work to a person; prints the task's id", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			t.Incident = args[0]
			if t.Text, err = a.text(args[1]); err != nil {
				return err
			}
			if t.Due, err = k.ahead("due", due); err != nil {
				return err
			}
			return a.do(ctx, c, t, id)
		}),
	}
	add.Flags().StringVar(&t.Owner, "owner", "", "person who does it")
	add.Flags().StringVar(&due, "due", "", "when it is due: 10m from now, or a TIME")
	a.confirmFlag(add, "take a time that is past")
	accept := &cobra.Command{
		Use: "accept TASK", Short: "Say yes to a task", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.AcceptTask{Task: args[0]}, id)
		}),
	}
	var d model.DropTask
	drop := &cobra.Command{
		Use: "drop TASK --reason WHY", Short: "Say that a task is not to be done after all, and why", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			d.Task = args[0]
			return a.do(ctx, c, d, id)
		}),
	}
	drop.Flags().StringVar(&d.Reason, "reason", "", "why, for the record")
	return groupCommand("task", "Give work and answer it", add, accept, drop, &cobra.Command{
		Use: "done TASK [RESULT]", Short: "Answer a task", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			f := model.FinishTask{Task: args[0]}
			if len(args) == 2 {
				f.Result = args[1]
			}
			return a.do(ctx, c, f, id)
		}),
	})
}
