package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/intake/alert"
	"holdfast/sync/node"
)

func (a *app) alertCommand() *cobra.Command {
	return groupCommand("alert", "Take in alerts, answer them, and declare incidents from them",
		a.alertAddCommand(), a.alertListCommand(), a.alertShowCommand(), a.alertAckCommand(), a.alertImportCommand(), a.alertLinkCommand(), a.alertDeclareCommand(),
		a.alertSetCommand(), a.alertRouteCommand(), a.alertRoutesCommand())
}

func (a *app) alertAddCommand() *cobra.Command {
	var f model.AlertFact
	var incident, at, acknowledged string
	c := &cobra.Command{
		Use: "add WHAT", Short: "Write down an alert; prints its id", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			f.What = args[0]
			if f.At, err = a.when(ctx, c, "first signal", at); err != nil {
				return err
			}
			if f.Acknowledged, err = a.when(ctx, c, "acknowledgement", acknowledged); err != nil {
				return err
			}
			return a.do(ctx, c, model.AlertByHand(f, incident), id)
		}),
	}
	fl := c.Flags()
	fl.StringVar(&f.Source, "source", model.SourceByHand, "the system, or who, told it")
	fl.StringVar(&f.Fingerprint, "fingerprint", "", "what names it at its source (default: service and words)")
	fl.StringVar(&f.Class, "class", "", "critical, high, medium or low, or what the source calls it (default: high)")
	fl.StringVar(&f.Metric, "metric", "", "what was measured")
	fl.StringVar(&f.Why, "why", "", "why it matters")
	fl.StringVar(&f.Runbook, "runbook", "", "link of its runbook")
	fl.StringVar(&f.Link, "link", "", "link of the alert or its dashboard")
	fl.StringVar(&f.Service, "service", "", "the service it is about")
	fl.StringVar(&f.Method, "method", "", "how it was found, such as \"User reports\" (default: Monitoring alerts)")
	fl.StringVar(&f.Seen, "seen-by", "", "who saw it first")
	fl.StringVar(&f.Route, "route", "", "the way it took to people, such as pager")
	fl.StringVar(&f.RouteResult, "route-result", "", "delivered, failed or unknown")
	fl.StringVar(&at, "at", "", "TIME of the first signal (default: now)")
	fl.StringVar(&acknowledged, "acknowledged", "", "TIME when somebody had it")
	fl.StringVar(&f.AckBy, "acknowledged-by", "", "who had it")
	fl.StringVar(&incident, "incident", "", "INC it belongs to")
	return c
}

func (a *app) alertListCommand() *cobra.Command {
	var q ref
	c := &cobra.Command{
		Use: "list [INC]", Short: "List the alerts that wait for somebody, or those of an incident; the last comes first", Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 0 {
				return query(a, ctx, c, "alerts", q, func(w io.Writer, list []model.AlertView) {
					a.alertTable(list).write(w, "No alert waits for anybody.")
				})
			}
			q.Ref = args[0]
			return query(a, ctx, c, "alerts/of", q, func(w io.Writer, s model.AlertSummary) {
				a.alertTable(s.Alerts).write(w, "No alert belongs to it.")
				if len(s.Alerts) > 0 {
					fmt.Fprintf(w, "%s, %d distinct, %d flapping; detected %s, acknowledged %s.\n",
						count(len(s.Alerts), "alert", "alerts"), s.Distinct, s.Flapping, after(s.DetectS), after(s.AcknowledgeS))
				}
			})
		}),
	}
	c.Flags().BoolVar(&q.All, "all", false, "all alerts, answered and over too")
	return c
}

// after writes seconds that may not be known.
func after(s *int64) string {
	if s == nil {
		return "at no known time"
	}
	return "after " + seconds(*s)
}

func (a *app) alertTable(list []model.AlertView) *table {
	t := newTable("ID", "CLASS", "STATE", "FIRST SIGNAL", "SOURCE", "WHAT", "SERVICE", "INCIDENT", "ROUTE", "TIMES")
	for _, v := range list {
		state := v.State
		if v.AcknowledgedBy != "" {
			state += " by " + v.AcknowledgedBy
		}
		times := fmt.Sprint(v.Episodes)
		if v.Flaps > 0 {
			times += fmt.Sprintf(", flapping %d", v.Flaps)
		}
		t.add(v.ID.Short(8), v.Class, state, stamp(v.At), v.Source, v.What, v.Service, strings.Join(v.Incidents, ", "),
			strings.TrimSpace(v.Route+" "+v.RouteResult), times)
	}
	return t
}

func (a *app) alertShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ALERT", Short: "Show what is known of an alert, and what became of it", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "alert/show", ref{Ref: args[0]}, func(w io.Writer, v model.AlertDetail) {
				a.alertTable([]model.AlertView{v.AlertView}).write(w, "")
				for _, l := range [...]struct{ name, text string }{
					{"Measured", v.Metric},
					{"Why it matters", v.Why},
					{"Runbook", v.Runbook},
					{"Link", v.Link},
					{"Labels", v.Labels},
				} {
					if l.text != "" {
						fmt.Fprintf(w, "%s: %s\n", l.name, plain.Line(l.text))
					}
				}
				t := newTable("AT", "BY", "WHAT")
				for _, e := range v.History {
					t.add(stamp(e.At), e.By, e.Text)
				}
				t.write(w, "")
			})
		}),
	}
}

func (a *app) alertAckCommand() *cobra.Command {
	var k model.AckAlert
	var at string
	c := &cobra.Command{
		Use: "ack ALERT...", Short: "Say that somebody has the alerts; ALERT is an id, a fingerprint, or a part of what it says", Args: takes(1, model.MaxAlerts),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			k.Alert, k.With = args[0], args[1:]
			if k.At, err = a.when(ctx, c, "acknowledgement", at); err != nil {
				return err
			}
			return a.do(ctx, c, k, id)
		}),
	}
	c.Flags().StringVar(&k.Person, "person", "", "who has it (default: you)")
	c.Flags().StringVar(&at, "at", "", "TIME since when (default: now)")
	return c
}

func (a *app) alertImportCommand() *cobra.Command {
	var q node.AlertImport
	c := &cobra.Command{
		Use: "import [FILE]", Short: "Take in alerts from a file, or pasted on standard input",
		Long: "Take in alerts as another system tells them. Without FILE they are read from standard input. Formats: " +
			strings.Join(alert.Formats[:], ", ") + ";\nwhich it is is found by itself. What is in the room already is left alone: importing again changes nothing.",
		Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			in := a.in
			if len(args) == 1 {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			} else if a.terminal() != nil {
				return fmt.Errorf("paste the alerts on standard input, such as `holdfastctl alert import < FILE`, or name a FILE")
			}
			if q.Content, err = io.ReadAll(io.LimitReader(in, alert.MaxBytes+1)); err != nil {
				return fmt.Errorf("read the alerts: %w", err)
			}
			return query(a, ctx, c, "alert/import", q, a.writeAlertReport)
		}),
	}
	c.Flags().StringVar(&q.Format, "format", "", "the format (default: found by what is there)")
	c.Flags().StringVar(&q.Incident, "incident", "", "INC they belong to")
	c.Flags().BoolVar(&q.DryRun, "dry-run", false, "say what would be done and write nothing")
	return c
}

func (a *app) writeAlertReport(w io.Writer, r node.AlertReport) {
	for _, warning := range r.Warnings {
		fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(warning))
	}
	verb := "taken in"
	if r.DryRun {
		verb = "would be taken in"
	}
	fmt.Fprintf(w, "%s read as %s: %d new %s, %d brought up to date, %d known already.\n", count(r.Alerts, "alert", "alerts"), r.Format, r.New, verb,
		r.Alerts-r.New-r.Known, r.Known)
}

func (a *app) alertLinkCommand() *cobra.Command {
	var l model.LinkAlert
	c := &cobra.Command{
		Use: "link ALERT [INC]", Short: "Put an alert to an incident; without INC take it out", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if l.Alert = args[0]; len(args) == 2 {
				l.Incident = args[1]
			}
			return a.do(ctx, c, l, id)
		}),
	}
	c.Flags().StringVar(&l.Reason, "reason", "", "why")
	alongFlag(c, &l.With)
	return c
}

// alongFlag names further alerts for the same act.
func alongFlag(c *cobra.Command, with *[]string) {
	c.Flags().StringArrayVar(with, "with", nil, "a further ALERT for the same act; may be given several times")
}

func (a *app) alertDeclareCommand() *cobra.Command {
	var d model.DeclareAlert
	var started string
	c := &cobra.Command{
		Use: "declare ALERT", Short: "Declare an incident from an alert; prints its id", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			d.Alert = args[0]
			if d.Started, err = a.when(ctx, c, "start", started); err != nil {
				return err
			}
			return a.do(ctx, c, d, code)
		}),
	}
	c.Flags().StringVar(&d.Title, "title", "", "what is broken (default: what the alert says)")
	c.Flags().StringVar(&d.Severity, "severity", "", "P0 to P3 (default: that of the class)")
	c.Flags().StringVar(&d.Type, "type", "", "type, such as \"Service Outage\"")
	c.Flags().StringVar(&started, "started", "", "TIME when it began, where that is known")
	c.Flags().StringVar(&d.Impact, "impact", "", "who cannot do what; the first entry")
	alongFlag(c, &d.With)
	return c
}

func (a *app) alertSetCommand() *cobra.Command {
	var s model.SetAlert
	var ended string
	c := &cobra.Command{
		Use: "set ALERT", Short: "Correct or add what is known of an alert", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			s.Alert = args[0]
			if s.Ended, err = a.when(ctx, c, "end", ended); err != nil {
				return err
			}
			return a.do(ctx, c, s, id)
		}),
	}
	fl := c.Flags()
	fl.StringVar(&s.Class, "class", "", "class of the routing")
	fl.StringVar(&s.What, "what", "", "what is wrong")
	fl.StringVar(&s.Metric, "metric", "", "what was measured")
	fl.StringVar(&s.Why, "why", "", "why it matters")
	fl.StringVar(&s.Runbook, "runbook", "", "link of its runbook")
	fl.StringVar(&s.Link, "link", "", "link of the alert or its dashboard")
	fl.StringVar(&s.Service, "service", "", "the service it is about")
	fl.StringVar(&s.Method, "method", "", "how it was found")
	fl.StringVar(&s.Seen, "seen-by", "", "who saw it first")
	fl.StringVar(&s.Route, "route", "", "the way it took to people")
	fl.StringVar(&s.RouteResult, "route-result", "", "delivered, failed or unknown")
	fl.StringVar(&s.RouteDetail, "route-detail", "", "what is known of it")
	fl.StringVar(&ended, "ended", "", "TIME when it was over")
	fl.StringVar(&s.Reason, "reason", "", "why it is corrected")
	alongFlag(c, &s.With)
	return c
}

func (a *app) alertRouteCommand() *cobra.Command {
	var q struct {
		Ref  string   `json:"ref"`
		With []string `json:"with,omitempty"`
	}
	c := &cobra.Command{
		Use: "route ALERT", Short: "Pass an alert on over the ways of its class that this device has", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			q.Ref = args[0]
			var done model.Done
			if err := c.Call(ctx, "alert/route", q, &done); err != nil {
				return err
			}
			fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(done.Note))
			return a.print(done, func(w io.Writer) { fmt.Fprintln(w, id(done)) })
		}),
	}
	alongFlag(c, &q.With)
	return c
}

func (a *app) alertRoutesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "routes", Short: "Show how each class of alerts reaches people, and whether its second path works", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "alert/routes", nil, func(w io.Writer, list []model.RouteView) {
				t := newTable("CLASS", "SEVERITY", "WAYS", "ACKNOWLEDGED BY", "SECOND PATH", "WORKS")
				for _, v := range list {
					works := "yes"
					if !v.Works {
						works = "no: " + v.Why
					}
					t.add(v.Class, v.Severity, strings.Join(v.Ways, ", "), v.Acknowledge.String(), v.Fallback, works)
				}
				t.write(w, "The policy has no routing.")
			})
		}),
	}
}
