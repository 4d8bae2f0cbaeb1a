package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
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

func (a *app) peopleImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Add people from a CSV file with a head line",
		Long: "Add people from a CSV file. Its first line names the columns: name is needed; email, phone, private_phone,\n" +
			"second_phone, messenger, second_messenger, private_email, contact_order, team, zone, title, skills, manager and\n" +
			"emergency_note are known; any other is kept under its own name. People known already get what they lack.",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			var report node.PeopleReport
			if err := c.Call(ctx, "people/import", node.PeopleImport{Path: path}, &report); err != nil {
				return err
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
