package runbook_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/model"
	. "holdfast/model/runbook"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shipped parses every runbook that ships.
func shipped(t testing.TB) []Runbook {
	t.Helper()
	docs, err := assets.Runbooks()
	if err != nil {
		t.Fatal(err)
	}
	var books []Runbook
	for _, d := range docs {
		b, err := Parse([]byte(d.Text))
		if err != nil {
			t.Fatalf("%s:\n%v", d.ID, err)
		}
		if b.ID != d.ID || b.Title != d.Title {
			t.Errorf("%s is %q, %q inside and %q outside", d.ID, b.ID, b.Title, d.Title)
		}
		books = append(books, b)
	}
	return books
}

func TestShippedRunbooksParse(t *testing.T) {
	books := shipped(t)
	var ids []string
	for _, b := range books {
		ids = append(ids, b.ID)
	}
	if want := []string{"api-error-spike", "backup-restore", "database-connection", "performance", "security", "service-outage"}; !slices.Equal(ids, want) {
		t.Fatalf("shipped are %v, the response plan wants %v", ids, want)
	}
	covered := map[string]bool{}
	for _, b := range books {
		t.Run(b.ID, func(t *testing.T) {
			for _, w := range b.Warnings {
				t.Error(w)
			}
			for _, typ := range b.Types {
				covered[typ] = true
				if !slices.Contains(model.Types[:], typ) {
					t.Errorf("%q is no type of incident", typ)
				}
			}
			if b.Owner == "" || b.Reviewed.IsZero() || b.Edition == "" || len(b.Alerts) == 0 {
				t.Errorf("owner %q, reviewed %v, version %q, %d alerts", b.Owner, b.Reviewed, b.Edition, len(b.Alerts))
			}
			for _, s := range b.Steps {
				if s.Expect == "" && s.Branches == nil {
					t.Errorf("step %s neither expects nor asks anything", s.ID)
				}
				if s.Risk == Destructive && (s.StopIf == "" || len(s.Title) == 0) {
					t.Errorf("destructive step %s has no stop condition", s.ID)
				}
				for _, br := range append(s.Branches, s.Then, s.OnFail) {
					if br.Runbook != "" && !slices.Contains(ids, br.Runbook) {
						t.Errorf("step %s leads to the runbook %q, which does not ship", s.ID, br.Runbook)
					}
				}
			}
			golden(t, b.ID, outline(b))
		})
	}
	for _, typ := range model.Types {
		if !covered[typ] {
			t.Errorf("no runbook suits %s", typ)
		}
	}
}

// outline is a runbook as a commander skims it.
func outline(b Runbook) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s (%s)\nfor %s\n", b.Title, b.ID, strings.Join(b.Types, ", "))
	if len(b.Blanks) > 0 {
		fmt.Fprintf(&w, "to fill in: %s\n", strings.Join(b.Blanks, ", "))
	}
	whole := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&w, "%s: %s\n", label, strings.ReplaceAll(text, "\n", "\n  or: "))
		}
	}
	whole("stop if", b.StopIf)
	whole("escalate", b.Escalate)
	for i, s := range b.Steps {
		fmt.Fprintf(&w, "\n%s. %s [%s]", s.Number, s.Title, s.ID)
		if s.Minutes > 0 {
			fmt.Fprintf(&w, " %d min", s.Minutes)
		}
		if s.Risk != Low {
			fmt.Fprintf(&w, " %s", strings.ToUpper(string(s.Risk)))
		}
		w.WriteString("\n")
		for _, f := range [][2]string{
			{"acts on", s.Target},
			{"only after", strings.Join(s.Requires, ", ")},
			{"who", s.Who},
			{"expect", s.Expect},
			{"stop if", s.StopIf},
			{"roll back", s.RollBack},
			{"escalate", s.Escalate},
		} {
			if f[1] != "" {
				fmt.Fprintf(&w, "   %s: %s\n", f[0], f[1])
			}
		}
		way := func(label string, b Branch) {
			to := b.To
			if b.Runbook != "" {
				to += ", go to the runbook " + b.Runbook
			}
			fmt.Fprintf(&w, "   %s => %s\n", label, to)
		}
		for j, br := range s.Branches {
			way(fmt.Sprintf("%c) %s", 'a'+j, br.If), br)
		}
		if s.Branches == nil && (i+1 == len(b.Steps) || s.Then.To != b.Steps[i+1].ID) {
			way("then", s.Then)
		}
		if s.OnFail.To != "" {
			way("if it fails", s.OnFail)
		}
	}
	return w.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
