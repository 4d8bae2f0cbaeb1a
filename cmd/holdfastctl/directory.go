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
	"holdfast/sync/export"
	"holdfast/sync/node"
)

// personDetails are the details of a person that have a flag.
var personDetails = [...]struct{ field, flag, usage string }{
	{model.PersonPhone, "phone", "telephone number of work, such as \"+44 20 7946 0101\""},
	{model.PersonPrivatePhone, "private-phone", "private telephone number"},
	{model.PersonSecondPhone, "second-phone", "number with another carrier"},
	{model.PersonMessenger, "messenger", "messenger on a private phone, with the name there"},
	{model.PersonMessenger2, "second-messenger", "another messenger"},
	{model.PersonPrivateEmail, "private-email", "e-mail address outside the company"},
	{model.PersonOrder, "order", "how they want to be reached, first to last: " + strings.Join(model.Ways[:], ", ")},
	{model.PersonTeam, "team", "team"},
	{model.PersonTitle, "title", "what they are or do"},
	{model.PersonZone, "lives-in", "their time zone, such as Europe/Madrid"},
	{model.PersonSkills, "skills", "what they can do"},
	{model.PersonManager, "manager", "their manager, a person of the room"},
	{model.PersonNote, "emergency-note", "what who calls must know"},
	{model.PersonLeft, "left", "the day they left, as 2026-11-25"},
}

func (a *app) peopleSetCommand() *cobra.Command {
	var email, name string
	values := make([]string, len(personDetails))
	c := &cobra.Command{
		Use: "set PERSON", Short: "Change details of a person; an empty value takes one out", Args: takes(1, 1),
	}
	c.Flags().StringVar(&name, "name", "", "name")
	c.Flags().StringVar(&email, "email", "", "e-mail address")
	for i, d := range personDetails {
		c.Flags().StringVar(&values[i], d.flag, "", d.usage)
	}
	c.RunE = a.through(func(ctx context.Context, client *node.Client, args []string) error {
		s := model.SetPerson{Person: args[0], Fields: map[string]string{}}
		given := func(field, flag, value string) {
			if c.Flags().Changed(flag) {
				s.Fields[field] = value
			}
		}
		given(model.PersonName, "name", name)
		given(model.PersonEmail, "email", email)
		for i, d := range personDetails {
			given(d.field, d.flag, values[i])
		}
		if len(s.Fields) == 0 {
			return misused("name at least one detail; `%s --help` lists them", c.CommandPath())
		}
		return a.do(ctx, client, s, id)
	})
	return c
}

func (a *app) peopleTestCommand() *cobra.Command {
	var t model.RecordTestPage
	var at, acknowledged string
	c := &cobra.Command{
		Use: "tested [PERSON]", Short: "Note that a test page reached a person (default: you)", Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) > 0 {
				t.Person = args[0]
			}
			var err error
			if t.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			if t.Acknowledged, err = a.when(ctx, c, "acknowledged", acknowledged); err != nil {
				return err
			}
			return a.do(ctx, c, t, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when it came (default: now)")
	c.Flags().StringVar(&acknowledged, "acknowledged", "", "TIME when they said that they have it")
	c.Flags().StringVar(&t.Text, "text", "", "what was sent")
	c.Flags().StringArrayVar(&t.Ways, "way", nil, "by which way it came; two are tried: "+strings.Join(model.Ways[:], ", "))
	return c
}

func (a *app) peopleShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show PERSON", Short: "Show how a person is reached, and what is wrong with that", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "person", ref{Ref: args[0]}, a.personText)
		}),
	}
}

func (a *app) personText(w io.Writer, v node.Person) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%-16s %s\n", name, plain.Line(text))
		}
	}
	line("Name", v.Name)
	for _, x := range v.Ways {
		text := x.Value
		if x.Own {
			text += " (outside company systems)"
		}
		line(strings.ReplaceAll(x.Way, "_", " "), text)
	}
	line("Team", v.Team)
	line("Title", v.Title)
	line("Zone", v.Zone)
	if zone, err := time.LoadLocation(v.Zone); err == nil && v.Zone != "" {
		line("Local time", a.now().In(zone).Format("15:04 MST"))
	}
	line("Skills", v.Skills)
	line("Manager", v.Manager)
	line("Emergency note", v.Note)
	line("Left", v.Left)
	line("Last test page", testPage(v.PersonView))
	for _, text := range v.Warnings {
		line("Warning", text)
	}
}

// testPage tells the last test page: when it came, by which way, what it said, and
// when it was acknowledged.
func testPage(v model.PersonView) string {
	if v.TestPageAt.IsZero() {
		return ""
	}
	text := stamp(v.TestPageAt)
	if v.TestPageWays != "" {
		text += " by " + strings.ReplaceAll(v.TestPageWays, "_", " ")
	}
	if v.TestPageAcknowledged.IsZero() {
		text += ", not acknowledged"
	} else {
		text += ", acknowledged " + stamp(v.TestPageAcknowledged)
	}
	if v.TestPageText != "" {
		text += ": " + v.TestPageText
	}
	return text
}

func (a *app) peoplePrintCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "print", Short: "Write contacts, vendors, access and on call as one file to print", Args: takes(0, 0),
		Long: "Write the pack for the day when everything is down, as Markdown: who is on call, the shifts of the next\n" +
			"14 days, how to reach people and vendors, how to get in, a phone tree and a blank activity log. No secret\n" +
			"is in it, only where one is sealed.",
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			var p export.Pack
			if err := c.Call(ctx, "people/pack", ref{}, &p); err != nil {
				return err
			}
			if file == "" {
				return a.print(p, func(w io.Writer) { _ = export.WritePack(w, p) })
			}
			report, err := writeFile(file, func(w io.Writer) error { return export.WritePack(w, p) })
			if err != nil {
				return fmt.Errorf("print: %w", err)
			}
			report.Format = export.Markdown
			return a.print(report, func(io.Writer) {})
		}),
	}
	c.Flags().StringVarP(&file, "output", "o", "", "file to write (default: standard output)")
	return c
}

// factFlags gives a command a flag for each field but the name, which is its
// argument; the function tells which were given.
func factFlags(c *cobra.Command, fields []model.FactField) func() map[string]string {
	values := map[string]*string{}
	for _, f := range fields {
		if f.Name != model.VendorName {
			values[f.Name] = c.Flags().String(f.Name, "", strings.ToLower(f.Title))
		}
	}
	return func() map[string]string {
		given := map[string]string{}
		for name, value := range values {
			if c.Flags().Changed(name) {
				given[name] = *value
			}
		}
		return given
	}
}

func (a *app) vendorCommand() *cobra.Command {
	add := &cobra.Command{Use: "add NAME", Short: "Add a vendor; prints its id", Args: takes(1, 1)}
	added := factFlags(add, model.VendorFields[:])
	add.RunE = a.through(func(ctx context.Context, c *node.Client, args []string) error {
		f := added()
		f[model.VendorName] = args[0]
		return a.do(ctx, c, model.AddVendor{Fields: f}, id)
	})
	var s model.SetVendor
	set := &cobra.Command{Use: "set VENDOR", Short: "Change what is known of a vendor; an empty value takes one out", Args: takes(1, 1)}
	changed := factFlags(set, model.VendorFields[:])
	set.Flags().StringVar(&s.Retire, "retire", "", "take it out of use, for this reason")
	set.RunE = a.through(func(ctx context.Context, c *node.Client, args []string) error {
		s.Vendor, s.Fields = args[0], changed()
		return a.do(ctx, c, s, id)
	})
	list := &cobra.Command{
		Use: "list", Short: "List the vendors", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "vendors", ref{}, func(w io.Writer, list []model.VendorView) {
				t := newTable("NAME", "SERVICE", "PHONE", "CONTRACT", "CUSTOMER", "ESCALATION", "MISSING")
				for _, v := range list {
					t.add(v.Name, v.Service, v.Phone, v.Contract, v.Customer, v.Escalation, strings.Join(v.Warnings, "; "))
				}
				t.write(w, "No vendor is recorded.")
			})
		}),
	}
	return groupCommand("vendor", "Keep the vendors: support numbers that need no portal, and the tickets opened with them", add, set, list,
		a.ticketCommand(), a.answerCommand(), a.ticketsCommand())
}

const longAccess = `Keep how things are got at when sign-in, doors and directory are down: break-glass accounts, keys of doors,
the registrar, recovery keys of disks. Write where a thing is sealed and who opens it. Never write a password,
a pin or a key: the record of the room is on every device of it and forgets nothing.`

func (a *app) accessCommand() *cobra.Command {
	add := &cobra.Command{Use: "add NAME", Short: "Add an access fact; prints its id", Long: longAccess, Args: takes(1, 1)}
	added := factFlags(add, model.AccessFields[:])
	add.RunE = a.through(func(ctx context.Context, c *node.Client, args []string) error {
		f := added()
		f[model.AccessName] = args[0]
		return a.do(ctx, c, model.AddAccess{Fields: f}, id)
	})
	var s model.SetAccess
	set := &cobra.Command{Use: "set ACCESS", Short: "Change an access fact; an empty value takes one out", Args: takes(1, 1)}
	changed := factFlags(set, model.AccessFields[:])
	set.Flags().StringVar(&s.Retire, "retire", "", "take it out of use, for this reason")
	set.RunE = a.through(func(ctx context.Context, c *node.Client, args []string) error {
		s.Access, s.Fields = args[0], changed()
		return a.do(ctx, c, s, id)
	})
	list := &cobra.Command{
		Use: "list", Short: "List the access facts, with the last test of each", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "access", ref{}, func(w io.Writer, list []model.AccessView) {
				t := newTable("NAME", "KIND", "WHERE", "OPENERS", "TESTED", "WARNINGS")
				for _, v := range list {
					t.add(v.Name, v.Kind, v.Where, v.Openers, stamp(v.TestedAt), strings.Join(v.Warnings, "; "))
				}
				t.write(w, "No access fact is recorded.")
			})
		}),
	}
	g := groupCommand("access", "Keep how to get in when all is down, and when that was tried", add, set, a.accessTestCommand(), list)
	g.Long = longAccess
	return g
}

func (a *app) accessTestCommand() *cobra.Command {
	var t model.TestAccess
	var at string
	c := &cobra.Command{
		Use: "test ACCESS", Short: "Note that it was tried and works", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			if t.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			t.Access = args[0]
			return a.do(ctx, c, t, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when it was tried (default: now)")
	c.Flags().BoolVar(&t.Failed, "failed", false, "it did not work; it stays due")
	c.Flags().StringVar(&t.Result, "result", "", "what was tried and came of it")
	return c
}
