package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) responseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "response INC", Short: "Show the work: phases, causes, decisions, locks, facts, and what is missing", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "response", ref{Ref: args[0]}, a.writeResponse)
		}),
	}
}

func (a *app) factsCommand() *cobra.Command {
	var f model.RecordFacts
	var deployed string
	c := &cobra.Command{
		Use: "facts INC", Short: "Write down what was done to contain and to repair", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var err error
			if f.Deployed, err = a.when(ctx, c, "deployed", deployed); err != nil {
				return err
			}
			f.Incident = args[0]
			return a.do(ctx, c, f, code)
		}),
	}
	c.Flags().StringVar(&f.Containment, "containment", "", "what keeps the damage from growing, or \"not needed because ...\"")
	c.Flags().StringArrayVar(&f.Isolated, "isolated", nil, "system that is taken off; name all of them")
	c.Flags().StringVar(&f.Workaround, "workaround", "", "what users can do meanwhile")
	c.Flags().StringVar(&f.Fix, "fix", "", "what repairs it")
	c.Flags().StringVar(&deployed, "deployed", "", "TIME when the fix went live")
	c.Flags().StringVar(&f.Verification, "verification", "", "what shows that it works again")
	c.Flags().StringVar(&f.Customers, "customers", "", "decision on the message to customers: \"sent\", or \"not needed because ...\"")
	return c
}

func (a *app) writeResponse(w io.Writer, v model.ResponseView) {
	var b strings.Builder
	writeRelated(&b, v)
	section(&b, "Phases (UTC)", len(v.Phases))
	for _, p := range v.Phases {
		name := p.Phase
		if !p.Lead {
			name += " (beside)"
		}
		fmt.Fprintf(&b, "  %s  %s  %s\n", pad(name, 24), stamp(p.EnteredAt), stamp(p.LeftAt))
	}
	a.writeBoard(&b, v)
	writeFacts(&b, v.Facts)
	section(&b, "Missing", len(v.Missing))
	for _, m := range v.Missing {
		word := "asked"
		if m.Refuses {
			word = "needed"
		}
		fmt.Fprintf(&b, "  %s before %s: %s; %s\n", word, m.Act, plain.Line(m.What), plain.Line(m.How))
	}
	fmt.Fprintln(w, strings.TrimSpace(b.String()))
}

// writeRelated is what everybody must see first: who changes what, what takes
// the place of tools that are down, and where else people work on this.
func writeRelated(b *strings.Builder, v model.ResponseView) {
	section(b, "Being changed", len(v.Locks))
	for _, l := range v.Locks {
		fmt.Fprintf(b, "  %s is changing %s since %s, %s", plain.Line(l.Person), plain.Line(l.Thing), stamp(l.Since), l.Incident)
		fmt.Fprintln(b, apart(l.Conflict))
	}
	section(b, "Tools are down; use", len(v.Fallbacks))
	for _, use := range v.Fallbacks {
		fmt.Fprintf(b, "  %s\n", plain.Line(use))
	}
	if v.Parent != "" {
		fmt.Fprintf(b, "\nMerged under %s\n", v.Parent)
	}
	if len(v.Children) > 0 {
		fmt.Fprintf(b, "\nWith %s merged under it\n", strings.Join(v.Children, ", "))
	}
}

func (a *app) writeBoard(b *strings.Builder, v model.ResponseView) {
	section(b, "Hypotheses", len(v.Hypotheses))
	for _, h := range v.Hypotheses {
		owner := "nobody"
		if h.Owner != "" {
			owner = plain.Line(h.Owner)
		}
		age := ""
		if h.State == model.HypothesisOpen {
			age = ", for " + seconds(int64(a.now().Sub(h.AddedAt)/time.Second))
		}
		fmt.Fprintf(b, "  %s  %s  %s (%s%s)\n", h.ID.Short(idLength), pad(h.State, 9), plain.Line(h.Text)+apart(h.Conflict), owner, age)
		for _, i := range h.Indications {
			sign, chance := "+", ""
			if i.Against {
				sign = "-"
			}
			if i.Coincidence {
				chance = ", may be chance"
			}
			fmt.Fprintf(b, "    %s %s (%s%s)\n", sign, plain.Line(i.Text), i.Strength, chance)
		}
	}
	section(b, "Options", len(v.Options))
	for _, o := range v.Options {
		fmt.Fprintf(b, "  %s  %s; risk: %s; way back: %s\n", o.ID.Short(idLength), plain.Line(o.Text), orNobody(o.Risk), orNobody(o.WayBack))
	}
	section(b, "Decisions", len(v.Decisions))
	for _, d := range v.Decisions {
		fmt.Fprintf(b, "  %s  %s  %s", d.ID.Short(idLength), pad(d.Result, 8), plain.Line(d.Proposal)+apart(d.Conflict))
		if d.Objections != "" {
			fmt.Fprintf(b, "; objections: %s", plain.Line(d.Objections))
		}
		fmt.Fprintln(b)
	}
}

// apart marks what two people wrote apart.
func apart(conflict bool) string {
	if conflict {
		return "  [conflict]"
	}
	return ""
}

func orNobody(text string) string {
	if text == "" {
		return "nobody said"
	}
	return plain.Line(text)
}

func writeFacts(b *strings.Builder, f model.FactsView) {
	writeRows(b, "Facts", append(reach(f), [][2]string{
		{"containment", f.Containment},
		{"isolated", strings.Join(f.Isolated, ", ")},
		{"workaround", f.Workaround},
		{"fix", f.Fix},
		{"deployed", stamp(f.DeployedAt)},
		{"verification", f.Verification},
		{"customers", f.Customers},
	}...))
}

// reach says how far the damage goes.
func reach(f model.FactsView) [][2]string {
	return [][2]string{
		{"users hit", f.Share},
		{"who", f.Who},
		{"regions", strings.Join(f.Regions, ", ")},
		{"services", strings.Join(f.Services, ", ")},
		{"money", f.Money},
	}
}

// writeRows writes what is known, below a title; nothing where nothing is.
func writeRows(b *strings.Builder, title string, rows [][2]string) {
	if !slices.ContainsFunc(rows, func(row [2]string) bool { return row[1] != "" }) {
		return
	}
	section(b, title, 1)
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(b, "  %s  %s\n", pad(row[0], 12), plain.Line(row[1]))
		}
	}
}
