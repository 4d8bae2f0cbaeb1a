package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model/due"
	"holdfast/sync/node"
)

func (a *app) dueCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "due [INC]",
		Short: "List every deadline, the earliest first; of one incident also what is done",
		Args:  takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			q := ref{}
			if len(args) > 0 {
				q.Ref = args[0]
			}
			return query(a, ctx, c, "due", q, func(w io.Writer, list []due.Due) {
				t := newTable("DUE", "STATE", "KIND", "INCIDENT", "SEV", "WHO", "WHAT")
				for _, d := range list {
					state := d.State
					if d.Proposed && d.Open() {
						state += ", proposed"
					}
					what := d.What
					if d.Result != "" {
						what += " (" + d.Result + ")"
					}
					t.add(a.dueTime(d.DueAt, d.Open()), state, d.Kind, d.Incident, d.Severity, d.Who, what)
				}
				t.write(w, "Nothing is due.")
			})
		}),
	}
}

// dueTime writes when something is due, and how far that is while it is open: what
// was done runs no more.
func (a *app) dueTime(at time.Time, open bool) string {
	if !open {
		return a.dayTime(at)
	}
	return a.countdown(at)
}

// countdown writes a deadline and how far it is.
func (a *app) countdown(t time.Time) string {
	text := a.dayTime(t)
	left := t.Sub(a.now()).Round(time.Minute)
	switch {
	case left > 0:
		return text + " in " + seconds(int64(left/time.Second))
	case left < 0:
		return text + " late " + seconds(int64(-left/time.Second))
	}
	return text + " now"
}

// dayTime writes a time, with its day where that is not today.
func (a *app) dayTime(t time.Time) string {
	if t.UTC().Format(time.DateOnly) != a.now().UTC().Format(time.DateOnly) {
		return t.UTC().Format("2006-01-02 15:04")
	}
	return t.UTC().Format("15:04")
}
