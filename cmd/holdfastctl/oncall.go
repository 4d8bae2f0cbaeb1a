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
	"holdfast/model/when"
	"holdfast/sync/node"
)

func (a *app) oncallCommand() *cobra.Command {
	return groupCommand("oncall", "Who is on call: schedules, overrides, swaps, leave, hand-offs",
		a.oncallNowCommand(), a.oncallShowCommand(), a.oncallGapsCommand(), a.oncallFairnessCommand(),
		a.oncallAddCommand(), a.oncallWeeklyCommand(), a.oncallSetCommand(), a.oncallRetireCommand(), a.oncallImportCommand(), a.oncallExportCommand(),
		a.oncallOverrideCommand(), a.oncallSwapCommand(), a.oncallAcceptCommand(), a.oncallLeaveCommand(), a.oncallWithdrawCommand(),
		a.oncallHandoffCommand())
}

// instant reads a moment past or to come: a day, a span from now, or a time.
func (k clock) instant(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if text == "now" {
		return k.now, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, k.zone); err == nil {
		return day, nil
	}
	if t, err := k.ahead(flag, text); err == nil {
		return t, nil
	}
	m, err := when.Parse(text, k.now, k.zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--%s: %w", flag, err)
	}
	return m.At, nil
}

// windowFlags gives a command --from and --to.
func (a *app) windowFlags(c *cobra.Command) func(context.Context, *node.Client) (node.Window, error) {
	var from, to string
	c.Flags().StringVar(&from, "from", "", "a day or TIME (default: now)")
	c.Flags().StringVar(&to, "to", "", "a day or TIME (default: 14 days later)")
	return func(ctx context.Context, client *node.Client) (w node.Window, err error) {
		k, err := a.clock(ctx, client)
		if err != nil {
			return w, err
		}
		if w.From, err = k.instant("from", from); err != nil {
			return w, err
		}
		if w.To, err = k.instant("to", to); err != nil {
			return w, err
		}
		if !w.To.IsZero() && !w.To.After(w.From) {
			return w, misused("--to is not after --from")
		}
		return w, nil
	}
}

func (a *app) oncallNowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "now", Short: "Show who is on call, until when, and who is next", Args: takes(0, 0),
		Long: "Show who is on call, until when, and who is next: the schedules in the order they were added,\n" +
			"and in each its layers.",
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "oncall/now", node.Window{}, func(w io.Writer, list []model.DutyView) {
				t := newTable("SCHEDULE", "LAYER", "PERSON", "UNTIL", "LOCAL", "NEXT", "FIRST WAY")
				for _, d := range list {
					person, local, way := d.Person, d.Local, ""
					if person == "" {
						person = "NOBODY"
					}
					if d.Night {
						local += " night"
					}
					if len(d.Ways) > 0 {
						way = strings.ReplaceAll(d.Ways[0].Way, "_", " ") + " " + d.Ways[0].Value
					}
					t.add(d.Schedule, d.Layer, person, minute(d.Until), local, d.Next, way)
				}
				t.write(w, "No schedule is in the room; `oncall weekly` or `oncall import` makes one.")
			})
		}),
	}
}

// minute writes a time of a schedule, in UTC.
func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Mon 2006-01-02 15:04")
}

func (a *app) oncallShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show [NAME]", Short: "Show the shifts, changes and hand-offs of the schedules, times in UTC", Args: takes(0, 1)}
	window := a.windowFlags(c)
	var document bool
	c.Flags().BoolVar(&document, "document", false, "print the schedule as a document, as \"oncall set\" takes it")
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) error {
		q, err := window(ctx, client)
		if err != nil {
			return err
		}
		var list []model.ScheduleView
		if err := client.Call(ctx, "oncall", q, &list); err != nil {
			return err
		}
		if len(args) > 0 {
			if list, err = pickSchedule(list, args[0]); err != nil {
				return err
			}
		}
		return a.print(list, func(w io.Writer) {
			if len(list) == 0 {
				fmt.Fprintln(w, "No schedule is in the room; `oncall weekly` or `oncall import` makes one.")
			}
			for _, v := range list {
				if document {
					fmt.Fprintln(w, string(v.Document))
					continue
				}
				scheduleText(w, v)
			}
		})
	})
	return c
}

// pickSchedule finds the schedule of a name among those there are.
func pickSchedule(list []model.ScheduleView, name string) ([]model.ScheduleView, error) {
	var names []string
	for i, v := range list {
		if strings.EqualFold(v.Name, name) || strings.HasPrefix(v.ID.String(), strings.ToUpper(name)) {
			return list[i : i+1], nil
		}
		names = append(names, v.Name)
	}
	return nil, fmt.Errorf("there is no schedule %q in use; there are: %s", name, strings.Join(names, ", "))
}

func scheduleText(w io.Writer, v model.ScheduleView) {
	fmt.Fprintf(w, "%s (%s), hands off in the time of %s\n", plain.Line(v.Name), v.ID.Short(idLength), plain.Line(v.Zone))
	if len(v.Conflict) > 1 {
		fmt.Fprintf(w, "conflict: %s and %s changed it apart; `oncall set` settles it\n", plain.Line(v.Conflict[0].By), plain.Line(v.Conflict[1].By))
	}
	for _, text := range v.Problems {
		fmt.Fprintln(w, plain.Line(text))
	}
	t := newTable("LAYER", "FROM", "UNTIL", "PERSON", "WHY")
	for _, x := range v.Shifts {
		why := x.Why
		if x.Instead != "" {
			why += " for " + x.Instead
		}
		if x.Reason != "" {
			why += ": " + x.Reason
		}
		t.add(x.Layer, minute(x.From), minute(x.Until), x.Person, why)
	}
	t.write(w, "Nobody is on call in this time.")
	if len(v.Changes) > 0 {
		c := newTable("CHANGE", "KIND", "LAYER", "PERSON", "FROM", "TO", "STATE", "WITH", "REASON")
		for _, x := range v.Changes {
			state := x.State
			if len(x.Waits) > 0 {
				state += " for " + strings.Join(x.Waits, ", ")
			}
			c.add(x.ID.Short(idLength), x.Kind, x.Layer, x.Person, minute(x.From), minute(x.To), state, x.With, x.Reason)
		}
		c.write(w, "")
	}
	for _, h := range v.Handoffs {
		fmt.Fprintf(w, "Hand-off of %s to %s at %s: %s\n", plain.Line(h.Layer), plain.Line(h.To), minute(h.At), h.State)
		for _, n := range h.Notes {
			fmt.Fprintf(w, "  %s: %s\n", n.Title, plain.Line(n.Text))
		}
	}
}

func (a *app) oncallGapsCommand() *cobra.Command {
	c := &cobra.Command{Use: "gaps", Short: "Show gaps, double bookings, leave while on call, and contacts that fail", Args: takes(0, 0)}
	window := a.windowFlags(c)
	c.RunE = a.through(func(ctx context.Context, client *node.Client, _ []string) error {
		q, err := window(ctx, client)
		if err != nil {
			return err
		}
		return query(a, ctx, client, "oncall/bad", q, func(w io.Writer, bad node.Bad) {
			t := newTable("KIND", "FROM", "UNTIL", "WHAT")
			for _, x := range bad.Troubles {
				t.add(x.Kind, minute(x.From), minute(x.Until), x.What)
			}
			for _, x := range bad.Contacts {
				t.add("contact", "", "", x.Person+": "+x.What)
			}
			t.write(w, "Somebody is on call at all times, in one place, and can be reached.")
		})
	})
	return c
}

func (a *app) oncallFairnessCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "fairness", Short: "Count shifts, nights, weekends, holidays and pages of each person", Args: takes(0, 0),
		Long: "Count shifts, hours and pages of each person: the schedules in the order they were added, and in each its\n" +
			"layers. In a layer who has the most hours comes first, then who has the most at night, then by name.",
	}
	window := a.windowFlags(c)
	c.RunE = a.through(func(ctx context.Context, client *node.Client, _ []string) error {
		q, err := window(ctx, client)
		if err != nil {
			return err
		}
		return query(a, ctx, client, "oncall/load", q, func(w io.Writer, list []model.LoadView) {
			t := newTable("SCHEDULE", "LAYER", "PERSON", "SHIFTS", "HOURS", "NIGHT", "WEEKEND", "HOLIDAY", "PAGES", "AT NIGHT")
			for _, l := range list {
				t.add(l.Schedule, l.Layer, l.Person, fmt.Sprint(l.Shifts), hours(l.TotalS), hours(l.NightS), hours(l.WeekendS), hours(l.HolidayS), fmt.Sprint(l.Pages), fmt.Sprint(l.PagesNight))
			}
			t.write(w, "Nobody is on call in this time.")
		})
	})
	return c
}

func hours(seconds int64) string { return fmt.Sprintf("%d", (seconds+1800)/3600) }
