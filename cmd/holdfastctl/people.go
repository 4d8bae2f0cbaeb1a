package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
)

func (a *app) peopleCommand() *cobra.Command {
	return groupCommand("people", "Keep the people of the room, with or without a device",
		a.peopleAddCommand(), a.peopleSetCommand(), a.peopleShowCommand(), a.peopleTestCommand(), a.peopleImportCommand(), a.peoplePrintCommand(),
		&cobra.Command{
			Use: "list", Short: "List the people of the room", Args: takes(0, 0),
			RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
				return query(a, ctx, c, "people", ref{}, func(w io.Writer, people []model.PersonView) {
					t := newTable("NAME", "E-MAIL", "PHONE", "TEAM", "ZONE", "DEVICES", "TITLE")
					for _, p := range people {
						t.add(p.Name, p.Email, p.Phone, p.Team, p.Zone, fmt.Sprint(p.Devices), p.Title)
					}
					t.write(w, "The room's record has not come yet.")
				})
			}),
		})
}

func (a *app) peopleAddCommand() *cobra.Command {
	p := model.AddPerson{}
	details := map[string]*string{}
	c := &cobra.Command{
		Use: "add NAME", Short: "Add a person; prints their id", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			p.Name, p.Fields = args[0], map[string]string{}
			for name, value := range details {
				if *value != "" {
					p.Fields[name] = *value
				}
			}
			return a.do(ctx, c, p, id)
		}),
	}
	c.Flags().StringVar(&p.Email, "email", "", "e-mail address")
	for _, d := range personDetails {
		details[d.field] = c.Flags().String(d.flag, "", d.usage)
	}
	return c
}

// peopleReport is the result of people import.
type peopleReport struct {
	Added   int      `json:"added"`
	Known   int      `json:"known"`
	Refused []string `json:"refused"`
}

func (a *app) peopleImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Add people from a CSV file with a head line",
		Long: "Add people from a CSV file. Its first line names the columns: name is needed; email, phone, private_phone,\n" +
			"second_phone, messenger, second_messenger, private_email, contact_order, team, zone, title, skills, manager and\n" +
			"emergency_note are known; any other is kept under its own name. People known already get what they lack.",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			people, bad, err := readPeople(args[0])
			if err != nil {
				return err
			}
			report := peopleReport{Refused: []string{}}
			for _, b := range bad {
				report.Refused = append(report.Refused, b.String())
			}
			for _, p := range people {
				done, err := c.Do(ctx, p)
				var refused *node.Refused
				switch {
				case errors.As(err, &refused):
					report.Refused = append(report.Refused, p.Name+": "+refused.Text)
				case err != nil:
					return fmt.Errorf("%s: %w; %d before were added", p.Name, err, report.Added)
				case done.Note != "":
					report.Known++
				default:
					report.Added++
				}
			}
			err = a.print(report, func(w io.Writer) {
				fmt.Fprintf(w, "%s added, %d known already.\n", count(report.Added, "person", "people"), report.Known)
			})
			if len(report.Refused) > 0 {
				err = errors.Join(err, fmt.Errorf("not added: %s", strings.Join(report.Refused, "; ")))
			}
			return err
		}),
	}
}

func readPeople(path string) ([]model.AddPerson, []importer.BadRow, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	people, bad, err := importer.PeopleCSV(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return people, bad, err
}
