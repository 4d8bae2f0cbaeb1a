package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) attachCommand() *cobra.Command {
	var q node.AttachRequest
	c := &cobra.Command{
		Use:   "attach INC FILE...",
		Short: "Attach files to an incident; prints their ids",
		Long: "Attach files to an incident: screenshots, logs, dumps, up to " + model.SizeText(model.MaxAttachment) + " each. Prints their ids.\n" +
			"A file is sealed here; others fetch it when they ask for it. Up to 1 MiB it goes to them by itself.",
		Args: takes(2, maxAttached+1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			q.Incident = args[0]
			all := []model.Done{}
			for _, file := range args[1:] {
				done, err := a.attach(ctx, c, q, file)
				if err != nil {
					return errors.Join(err, a.print(all, doneIDs(all)))
				}
				all = append(all, done)
			}
			return a.print(all, doneIDs(all))
		}),
	}
	f := c.Flags()
	f.StringVar(&q.Entry, "entry", "", "ENTRY the files belong to")
	f.StringVar(&q.Note, "note", "", "what they show")
	f.StringVar(&q.Source, "source", "", "who or what they were taken from (default: you)")
	f.StringVar(&q.Type, "type", "", "media type, such as image/png (default: found from the content)")
	return c
}

// maxAttached is how many files one command attaches: more is a folder to pack.
const maxAttached = 100

func doneIDs(all []model.Done) func(io.Writer) {
	return func(w io.Writer) {
		for _, d := range all {
			fmt.Fprintln(w, id(d))
		}
	}
}

func (a *app) attach(ctx context.Context, c *node.Client, q node.AttachRequest, file string) (done model.Done, err error) {
	if q.Path, err = filepath.Abs(file); err != nil {
		return done, err
	}
	q.Token = rand.Text()
	end := a.progress(ctx, c, q.Token, "Attaching "+filepath.Base(file))
	err = c.Call(ctx, "attach", q, &done)
	end()
	if ctx.Err() != nil {
		return done, fmt.Errorf("%s: stopped before it was attached; nothing of it is kept", file)
	}
	return done, err
}

func (a *app) attachmentCommand() *cobra.Command {
	return groupCommand("attachment", "Fetch a file that is attached, or take one back",
		a.attachmentGetCommand(), a.attachmentRetractCommand())
}

func (a *app) attachmentGetCommand() *cobra.Command {
	var q node.SaveRequest
	c := &cobra.Command{
		Use:   "get ATTACHMENT [-o FILE]",
		Short: "Fetch an attachment from who has it, and write it to a file; ATTACHMENT is an id, or INC/NAME",
		Args:  takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			q.Attachment, q.Token = args[0], rand.Text()
			if q.Path != "" {
				if q.Path, err = filepath.Abs(q.Path); err != nil {
					return err
				}
			}
			end := a.progress(ctx, c, q.Token, "Fetching")
			var s node.AttachmentStatus
			err = c.Call(ctx, "attachment/save", q, &s)
			end()
			if ctx.Err() != nil {
				return errors.New("stopped; what has arrived is kept, and it goes on when you ask again")
			}
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) {
				if q.Path == "" {
					fmt.Fprintf(w, "%s is here.\n", plain.Line(s.Name))
					return
				}
				fmt.Fprintf(w, "Wrote %s, %s, SHA-256 %s.\n", plain.Line(q.Path), model.SizeText(s.Size), s.SHA256)
			})
		}),
	}
	c.Flags().StringVarP(&q.Path, "output", "o", "", "file to write (default: none; it is only brought here)")
	return c
}

func (a *app) attachmentRetractCommand() *cobra.Command {
	var r model.RetractAttachment
	c := &cobra.Command{
		Use: "retract ATTACHMENT --reason TEXT", Short: "Take an attachment back; that it was there stays readable", Args: takes(1, 1, "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Attachment = args[0]
			return a.do(ctx, c, r, id)
		}),
	}
	c.Flags().StringVar(&r.Reason, "reason", "", "why")
	return c
}

func (a *app) attachmentsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "attachments INC", Short: "List the attachments of an incident and who has them", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "attachments", ref{Ref: args[0]}, func(w io.Writer, all []node.AttachmentStatus) {
				t := newTable("ID", "NAME", "SIZE", "TYPE", "BY", "WHERE", "NOTE")
				for _, s := range all {
					where := s.Where
					if s.Retracted != "" {
						where = "taken back: " + s.Retracted
					}
					t.add(s.ID.Short(idLength), s.Name, model.SizeText(s.Size), s.Type, s.By, where, s.Note)
				}
				t.write(w, "Nothing is attached.")
			})
		}),
	}
}

// progressEvery is how often a person sees how far a piece of work is.
const progressEvery = 250 * time.Millisecond

// progress shows how far a piece of work is, on standard error where a person sits
// at it. The caller ends it.
func (a *app) progress(ctx context.Context, c *node.Client, token, what string) (end func()) {
	terminal, ok := a.err.(*os.File)
	if !ok || a.json || !term.IsTerminal(int(terminal.Fd())) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { // joined by end
		defer close(ended)
		every := time.NewTicker(progressEvery)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				fmt.Fprintf(terminal, "\r%s\r", strings.Repeat(" ", len(what)+len("  100 %")))
				return
			case <-every.C:
			}
			var p node.Progress
			if c.Call(ctx, "work/progress", token, &p) == nil && p.Total > 0 {
				fmt.Fprintf(terminal, "\r%s  %d %%", plain.Line(what), 100*p.Done/p.Total)
			}
		}
	}()
	return func() { cancel(); <-ended }
}
