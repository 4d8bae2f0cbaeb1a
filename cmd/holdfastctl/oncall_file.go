package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/oncall"
	"holdfast/model/plain"
	"holdfast/sync/export"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
)

const longSchedule = `Add a schedule from a document, such as:

  {"name": "Platform", "zone": "Europe/Berlin", "layers": [
    {"name": "primary", "rotations": [
      {"unit": "weekly", "every": 1, "weekday": "monday", "time": "10:00", "start": "2026-11-23", "people": ["Ana Ruiz", "ben@example.org"]}]},
    {"name": "secondary", "follows": "primary"}]}

unit is hourly, daily, weekly, two-weekly, monthly ("month_day": 31 is the last day of each month) or uneven ("shifts":
[{"days": 4, "time": "17:00"}, {"days": 3, "time": "10:00"}] last until that time, by turns); hours restrict a rotation ({"from": "08:00", "to": "20:00"}); of
several rotations the later holds. A layer that follows another has its last person. "cover" says when somebody must be on call,
"optional": true that nobody need be, "holidays" lists days. "oncall show --document" prints the document of a schedule.`

func (a *app) oncallAddCommand() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use: "add FILE.json", Short: "Add a schedule from a document; people in it by name", Long: longSchedule, Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			doc, err := readBounded(args[0], oncall.MaxSchedule)
			if err != nil {
				return err
			}
			return a.do(ctx, c, model.AddSchedule{Document: string(doc), Name: name}, shortID)
		}),
	}
	c.Flags().StringVar(&name, "name", "", "its name (default: that of the document)")
	return c
}

func (a *app) oncallSetCommand() *cobra.Command {
	var s model.SetSchedule
	c := &cobra.Command{
		Use: "set NAME FILE.json", Short: "Replace the rotations of a schedule; overrides, swaps and leave stay", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			doc, err := readBounded(args[1], oncall.MaxSchedule)
			if err != nil {
				return err
			}
			s.Schedule, s.Document = args[0], string(doc)
			return a.do(ctx, c, s, shortID)
		}),
	}
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) oncallRetireCommand() *cobra.Command {
	var s model.RetireSchedule
	c := &cobra.Command{
		Use: "retire NAME", Short: "Take a schedule out of use", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Schedule = args[0]
			return a.do(ctx, c, s, shortID)
		}),
	}
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	return c
}

func (a *app) oncallWeeklyCommand() *cobra.Command {
	var handoff, zone, start string
	var every int
	var single bool
	c := &cobra.Command{
		Use: "weekly NAME PERSON...", Short: "Add the usual schedule: a week each, the secondary is the last primary", Args: takes(2, oncall.MaxPeople),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			if zone == "" {
				if zone = k.zone.String(); zone == "Local" {
					zone = "UTC"
				}
			}
			loc, err := time.LoadLocation(zone)
			if err != nil {
				return fmt.Errorf("time zone %q is not known; zones are written Europe/Berlin", zone)
			}
			doc, err := oncall.WeeklySchedule(args[0], zone, handoff, k.now.In(loc), args[1:]...)
			if err != nil {
				return misused("--handoff: %s", err)
			}
			if single {
				doc.Layers = doc.Layers[:1]
			}
			rotation := &doc.Layers[0].Rotations[0]
			if rotation.Every = every; start != "" {
				rotation.Start = start
			}
			b, err := json.Marshal(doc)
			if err != nil {
				return err
			}
			return a.do(ctx, c, model.AddSchedule{Document: string(b)}, shortID)
		}),
	}
	c.Flags().StringVar(&handoff, "handoff", "Mon 10:00", "weekday and time of the hand-off")
	c.Flags().StringVar(&zone, "hands-off-in", "", "time zone of the hand-off (default: --zone, else this machine's)")
	c.Flags().StringVar(&start, "start", "", "the day the first person begins, as 2026-11-23 (default: the last hand-off day)")
	c.Flags().IntVar(&every, "weeks", 1, "weeks a turn lasts")
	c.Flags().BoolVar(&single, "no-secondary", false, "leave the secondary out")
	return c
}

// importAhead is how far ahead a calendar is read that repeats for ever.
const importAhead = 180 * 24 * time.Hour

func (a *app) oncallImportCommand() *cobra.Command {
	var name, layer string
	c := &cobra.Command{
		Use: "import FILE.ics", Short: "Add a schedule from an on-call calendar; prints its id", Args: takes(1, 1),
		Long: "Add a schedule from an on-call calendar (iCalendar), as PagerDuty, Opsgenie, Grafana and calendar programs\n" +
			"write it. People are found by e-mail or name: add them first. What was left out is said on standard error.",
	}
	window := a.windowFlags(c)
	c.Flags().StringVar(&name, "name", "", "its name (default: that of the calendar)")
	c.Flags().StringVar(&layer, "layer", "", "layer of events that name none (default: primary)")
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) error {
		q, err := window(ctx, client)
		if err != nil {
			return err
		}
		if q.From.IsZero() {
			q.From = a.now()
		}
		if q.To.IsZero() {
			q.To = q.From.Add(importAhead)
		}
		doc, err := a.readCalendar(ctx, client, args[0], layer, q)
		if err != nil {
			return err
		}
		return a.do(ctx, client, model.AddSchedule{Document: string(doc), Name: name}, shortID)
	})
	return c
}

// readCalendar makes a document of an on-call calendar.
func (a *app) readCalendar(ctx context.Context, c *node.Client, path, layer string, q node.Window) ([]byte, error) {
	zone, err := a.local(ctx, c)
	if err != nil {
		return nil, err
	}
	var people []model.PersonView
	if err := c.Call(ctx, "people", ref{}, &people); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cal, err := importer.OnCallICS(f, importer.OnCallOptions{From: q.From, To: q.To, Zone: zone, Layer: layer, Person: importer.Finder(people)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	schedule, notes, err := cal.Schedule(q.From, q.To)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, list := range [][]importer.BadRow{cal.Left, cal.Notes, notes} {
		for _, b := range list {
			fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(b.String()))
		}
	}
	if len(cal.Unknown) > 0 {
		fmt.Fprintf(a.err, "holdfastctl: left out, for they are not in the room: %s\n", plain.Line(strings.Join(cal.Unknown, ", ")))
	}
	return json.Marshal(schedule)
}

func (a *app) oncallExportCommand() *cobra.Command {
	var name, person string
	c := &cobra.Command{Use: "export FILE.ics", Short: "Write the shifts of a schedule as a calendar", Args: takes(1, 1)}
	window := a.windowFlags(c)
	c.Flags().StringVar(&name, "name", "", "schedule, where the room has several")
	c.Flags().StringVar(&person, "person", "", "only the shifts of this person, with an alarm before each")
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) error {
		q, err := window(ctx, client)
		if err != nil {
			return err
		}
		if q.From.IsZero() {
			q.From = a.now()
		}
		if q.To.IsZero() {
			q.To = q.From.Add(importAhead)
		}
		var b bytes.Buffer
		if err := a.calendar(ctx, client, &b, name, person, q); err != nil {
			return err
		}
		report, err := writeFile(args[0], func(w io.Writer) error { _, err := b.WriteTo(w); return err })
		if err != nil {
			return fmt.Errorf("export the shifts: %w", err)
		}
		report.Format = "ics"
		return a.print(report, func(io.Writer) {})
	})
	return c
}

// calendar writes the shifts of one schedule.
func (a *app) calendar(ctx context.Context, c *node.Client, w io.Writer, name, person string, q node.Window) error {
	var list []model.ScheduleView
	if err := c.Call(ctx, "oncall", q, &list); err != nil {
		return err
	}
	switch {
	case name != "":
		found, err := pickSchedule(list, name)
		if err != nil {
			return err
		}
		list = found
	case len(list) != 1:
		return fmt.Errorf("the room has %s; pick one with --name", count(len(list), "schedule", "schedules"))
	}
	var people []model.PersonView
	if err := c.Call(ctx, "people", ref{}, &people); err != nil {
		return err
	}
	only := ""
	if person != "" {
		var found node.Person
		if err := c.Call(ctx, "person", ref{Ref: person}, &found); err != nil {
			return err
		}
		only = found.ID.String()
	}
	rota, err := oncall.New(list[0].Composed)
	if err != nil {
		return fmt.Errorf("the schedule %s: %w", list[0].Name, err)
	}
	return export.ICalendar(w, rota, export.ShiftCalendar{
		ID: list[0].ID.String(), From: q.From, To: q.To, Only: only, Now: a.now(),
		Person: func(id string) (string, string) {
			for _, p := range people {
				if p.ID.String() == id {
					return p.Name, p.Email
				}
			}
			return id, ""
		},
	})
}
