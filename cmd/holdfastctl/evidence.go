package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/sync/node"
)

func (a *app) evidenceCommand() *cobra.Command {
	return groupCommand("evidence", "Keep the register of evidence and its chain of custody",
		a.evidenceAddCommand(), a.evidenceTransferCommand(), a.evidenceListCommand())
}

func (a *app) evidenceAddCommand() *cobra.Command {
	var e model.AddEvidence
	var began, ended, offset string
	c := &cobra.Command{
		Use: "add INC [FILE] --what TEXT --system NAME", Short: "Register evidence; a file is fingerprinted here and stays where it is",
		Args: takes(1, 2, "what", "system"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			e.Incident = args[0]
			if e.Began, err = a.when(ctx, c, "start", began); err != nil {
				return err
			}
			if e.Ended, err = a.when(ctx, c, "end", ended); err != nil {
				return err
			}
			if e.ClockOffset, err = clockOffset(offset); err != nil {
				return err
			}
			if len(args) == 2 {
				if e.SHA256, e.Size, err = export.Fingerprint(ctx, args[1]); err != nil {
					return fmt.Errorf("fingerprint the evidence: %w; nothing was registered", err)
				}
				e.File = filepath.Base(args[1])
			}
			return a.do(ctx, c, e, id)
		}),
	}
	f := c.Flags()
	f.StringVar(&e.What, "what", "", "what it is")
	f.StringVar(&e.Kind, "kind", "", "kind: image, memory, log, cloud audit, ticket, file, note, other (default)")
	f.StringVar(&e.System, "system", "", "the system it comes from")
	f.StringVar(&e.Collector, "collected-by", "", "who collected it (default: you)")
	f.StringVar(&e.Tool, "tool", "", "the tool it was collected with")
	f.StringVar(&began, "start", "", "TIME when the collection began")
	f.StringVar(&ended, "end", "", "TIME when it ended")
	f.StringVar(&offset, "clock-offset", "", "how far the clock of the system was ahead: 3m20s, -1.5s")
	f.StringVar(&e.Store, "store", "", "where it is kept")
	f.StringVar(&e.Protected, "write-protected", "", "yes or no")
	f.StringVar(&e.Copies, "copies", "", "copies and where they are")
	f.StringVar(&e.Access, "access", "", "who may open it")
	f.StringVar(&e.Attachment, "attachment", "", "the attachment of INC that is the evidence, instead of FILE")
	return c
}

func (a *app) evidenceTransferCommand() *cobra.Command {
	var t model.TransferEvidence
	var at string
	c := &cobra.Command{
		Use: "transfer EVIDENCE --to WHO --reason TEXT", Short: "Add a link to the chain of custody; EVIDENCE is an id, or INC/E1",
		Args: takes(1, 1, "to", "reason"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			t.Evidence = args[0]
			if t.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, t, id)
		}),
	}
	f := c.Flags()
	f.StringVar(&t.Act, "act", "", "transfer (default), copy or release")
	f.StringVar(&t.From, "from", "", "who gives it (default: who has it by the chain)")
	f.StringVar(&t.To, "to", "", "who takes it")
	f.StringVar(&t.Reason, "reason", "", "why")
	f.StringVar(&at, "at", "", "TIME when (default: now)")
	return c
}

func (a *app) evidenceListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list INC", Short: "List the evidence with its chain of custody", Args: takes(1, 1),
		RunE: a.part(func(v model.SecurityView) any { return v.Evidence }, func(w io.Writer, v model.SecurityView) {
			t := newTable("NO.", "KIND", "SYSTEM", "SIZE", "SHA-256", "HELD BY", "KEPT AT", "WHAT")
			for _, e := range v.Evidence {
				size := ""
				if e.SHA256 != "" {
					size = strconv.FormatInt(e.Size, 10)
				}
				t.add(e.Number, e.Kind, e.System, size, e.SHA256, e.Holder, e.Store, e.What)
				for _, l := range e.Custody {
					t.add("", l.Act, "", "", stamp(l.At), l.To, "from "+l.From, l.Reason)
				}
				for _, n := range e.Notes {
					t.add("", "correction", "", "", stamp(n.At), n.By, "", n.Value)
				}
			}
			t.write(w, "No evidence is registered.")
		}),
	}
}

// part shows one part of the security record.
func (a *app) part(of func(model.SecurityView) any, text func(io.Writer, model.SecurityView)) func(*cobra.Command, []string) error {
	return a.through(func(ctx context.Context, c *node.Client, args []string) error {
		var v model.SecurityView
		if err := c.Call(ctx, "security", ref{Ref: args[0]}, &v); err != nil {
			return err
		}
		return a.print(of(v), func(w io.Writer) { text(w, v) })
	})
}
