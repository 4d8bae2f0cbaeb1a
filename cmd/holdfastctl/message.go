package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/template"
	"holdfast/sync/node"
)

func (a *app) messageCommand() *cobra.Command {
	preview := a.composing("preview INC --template NAME", "Show a message as it would be sent, and what it still lacks", takes(1, 1, "template"),
		func(ctx context.Context, c *node.Client, q node.MessageRequest) error {
			return query(a, ctx, c, "message/preview", q, a.writePreview)
		})
	var approver string
	send := a.composing("send INC --template NAME", "Put a message into the outbox; prints its id", takes(1, 1, "template"),
		func(ctx context.Context, c *node.Client, q node.MessageRequest) error {
			q.Approver = approver
			return a.message(ctx, c, "message/send", q)
		})
	send.Flags().StringVar(&approver, "approved-by", "", "who said that it may go")
	return groupCommand("message", "Tell people about an incident", preview, send, a.toldCommand())
}

// toldCommand records what no channel of this device carries.
func (a *app) toldCommand() *cobra.Command {
	var q node.ToldRequest
	var approver string
	c := a.composing("told INC --audience A --where PLACE", "Record what you posted or said yourself; prints its id", takes(1, 1, "audience", "where"),
		func(ctx context.Context, c *node.Client, m node.MessageRequest) error {
			if (m.Template == "") == (q.Text == "") {
				return misused("give --template NAME or --text TEXT: what was told")
			}
			m.Approver = approver
			q.MessageRequest = m
			var err error
			if q.Text, err = a.text(q.Text); err != nil {
				return err
			}
			return a.message(ctx, c, "message/told", q)
		})
	c.Long = "Record what you posted or said yourself: on a status page, a second messenger, the phone. It counts as an update of\n" +
		"its audience: what was promised is kept, and the next one runs from now."
	c.Flags().StringVar(&q.Where, "where", "", "where it stands, or who was told")
	c.Flags().StringVar(&q.Text, "text", "", "what was told, in place of a template; - reads standard input")
	c.Flags().StringVar(&q.Proof, "proof", "", "what shows it: a link, a copy, the name of an attachment")
	c.Flags().StringVar(&q.Unreached, "unreached", "", "who could not be told")
	c.Flags().StringVar(&approver, "approved-by", "", "who said that it may go")
	return c
}

// message has a message put into the record, and prints its id.
func (a *app) message(ctx context.Context, c *node.Client, method string, q any) error {
	var done model.Done
	if err := c.Call(ctx, method, q, &done); err != nil {
		return err
	}
	if done.Note != "" && !a.json {
		fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(done.Note))
	}
	return a.print(done, func(w io.Writer) { fmt.Fprintln(w, id(done)) })
}

// composing makes a command that renders a message.
func (a *app) composing(use, short string, args cobra.PositionalArgs, fn func(context.Context, *node.Client, node.MessageRequest) error) *cobra.Command {
	var q node.MessageRequest
	var fields []string
	var next string
	c := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			q.Incident, q.Fields = args[0], map[string]string{}
			for _, field := range fields {
				name, text, ok := strings.Cut(field, "=")
				if !ok {
					return misused("--field is written NAME=TEXT, not %q", field)
				}
				q.Fields[name] = text
			}
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			promised, err := k.ahead("next", next)
			if err != nil {
				return err
			}
			if next != "" {
				q.Fields["next_update"] = promised.UTC().Format(time.RFC3339)
			}
			q.Zone = k.zone.String()
			return fn(ctx, c, q)
		}),
	}
	c.Flags().StringVar(&q.Template, "template", "", "template; \"templates list\" names them")
	c.Flags().StringVar(&q.Audience, "audience", "", "stakeholders (default), team, or one that the room has set")
	c.Flags().StringVar(&q.Channel, "channel", "", "way out: mail, chat or ticket (default mail); others are told by hand")
	c.Flags().StringArrayVar(&fields, "field", nil, "NAME=TEXT for a variable of the template")
	c.Flags().StringVar(&next, "next", "", "TIME promised for the next update: 15:00, or 30m from now")
	return c
}

func (a *app) writePreview(w io.Writer, p node.MessagePreview) {
	var to []string
	for _, r := range p.Draft.Recipients {
		to = append(to, r.Address)
	}
	if len(to) == 0 {
		to = []string{"nobody yet; `config set audience." + p.Draft.Audience + " ADDRESSES` sets who"}
	}
	fmt.Fprintf(w, "To:      %s (%s)\nSubject: %s\n\n%s\n", plain.Line(p.Draft.Audience), plain.Line(strings.Join(to, ", ")),
		plain.Line(p.Draft.Subject), strings.TrimRight(plain.Block(p.Draft.Body), "\n"))
	if p.Blocked != "" || len(p.Warnings) > 0 || p.Next != nil {
		fmt.Fprintln(w)
	}
	if p.Blocked != "" {
		fmt.Fprintf(w, "Not to be sent yet: %s.\n", plain.Line(p.Blocked))
	}
	if len(p.Missing) > 0 {
		fmt.Fprintln(w, "Give each with --field NAME=TEXT.")
	}
	for _, warning := range p.Warnings {
		fmt.Fprintf(w, "Mind: %s\n", plain.Line(warning))
	}
	if p.Next != nil {
		fmt.Fprintf(w, "Promises the next update for %s UTC.\n", stamp(*p.Next))
	}
}

func (a *app) outboxCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "outbox", Short: "List the messages and what became of them",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return group(c, args)
			}
			return nil
		},
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "outbox", ref{}, writeOutbox)
		}),
	}
	c.AddCommand(&cobra.Command{
		Use: "run", Short: "Try to deliver now what waits", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "outbox/run", nil, writeOutbox)
		}),
	})
	return c
}

func writeOutbox(w io.Writer, messages []model.MessageView) {
	t := newTable("MESSAGE", "QUEUED", "INCIDENT", "STATUS", "TO", "AUDIENCE", "SUBJECT")
	for _, m := range messages {
		subject := m.Subject
		if m.Detail != "" && m.Status != model.Sent.String() {
			subject += " (" + m.Detail + ")"
		}
		t.add(m.ID.Short(idLength), stamp(m.QueuedAt), m.Incident, m.Status, fmt.Sprint(m.Recipients), m.Audience, subject)
	}
	t.write(w, "No messages.")
}

// templateView is one shipped template.
type templateView struct {
	ID       string `json:"id"`
	Audience string `json:"audience"`
	Channel  string `json:"channel"`
	// Fields are what a person fills in; the facts of the incident are not
	// among them.
	Fields []string `json:"fields"`
}

func (a *app) templatesCommand() *cobra.Command {
	return groupCommand("templates", "Name the message templates", &cobra.Command{
		Use: "list", Short: "List the shipped templates and what each asks for", Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			views, err := templateViews()
			return errors.Join(err, a.print(views, func(w io.Writer) {
				t := newTable("TEMPLATE", "AUDIENCE", "CHANNEL", "ASKS FOR")
				for _, v := range views {
					t.add(v.ID, v.Audience, v.Channel, strings.Join(v.Fields, ", "))
				}
				t.write(w, "No templates.")
			}))
		},
	})
}

func templateViews() ([]templateView, error) {
	sources, err := assets.Templates()
	if err != nil {
		return nil, err
	}
	views := []templateView{}
	for _, source := range sources {
		t, err := template.Parse(source.Source)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", source.ID, err)
		}
		v := templateView{ID: source.ID, Audience: t.Audience, Channel: t.Channel, Fields: []string{}}
		for _, f := range t.Fields() {
			if f.Typed && !f.Optional && f.Default == "" {
				v.Fields = append(v.Fields, f.Name)
			}
		}
		views = append(views, v)
	}
	return views, nil
}
