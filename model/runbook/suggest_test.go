package runbook_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	. "holdfast/model/runbook"
)

// told is what Suggest says, a line each.
func told(list []Suggestion) string {
	var w strings.Builder
	for _, s := range list {
		fmt.Fprintf(&w, "  %d %s: %s\n", s.Score, s.Runbook.ID, strings.Join(s.Reasons, ", "))
	}
	return w.String()
}

// The file shows what would have been suggested in the sample incidents, by
// their title and type alone.
func TestSuggestionsForTheSampleIncidents(t *testing.T) {
	books := shipped(t)
	backwards := slices.Clone(books)
	slices.Reverse(backwards)
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	var w strings.Builder
	for _, name := range names {
		src, err := assets.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		var inc struct{ Title, Type string }
		if err := json.Unmarshal(src, &inc); err != nil {
			t.Fatal(err)
		}
		facts := Facts{Types: []string{inc.Type}, Title: inc.Title}
		got := told(Suggest(books, facts))
		if got == "" {
			t.Errorf("%s: nothing is suggested", name)
		}
		if got != told(Suggest(backwards, facts)) {
			t.Errorf("%s: the order of the runbooks matters", name)
		}
		fmt.Fprintf(&w, "%s (%s)\n%s", inc.Title, inc.Type, got)
	}
	golden(t, "suggestions", w.String())
}

func TestSuggestSaysWhy(t *testing.T) {
	books := shipped(t)
	for _, c := range []struct {
		name  string
		facts Facts
		want  string // the first line
	}{
		{"type", Facts{Types: []string{"data loss or corruption"}}, "6 backup-restore: type is data loss or corruption"},
		{"made for this type alone", Facts{Types: []string{"Service Outage"}}, "6 service-outage: type is Service Outage"},
		{"one for many", Facts{Title: "Backups are old"}, `4 backup-restore: the title says "Backups", as the runbook's alert "backup" does`},
		{"a further type counts less", Facts{Types: []string{"Security Breach", "Service Outage"}}, "6 security: type is Security Breach"},
		{"service", Facts{Services: []string{" Database"}}, "5 database-connection: service is database"},
		{"the name of an alert", Facts{Types: []string{"Service Outage"}, Alerts: []string{"PostgresTooManyConnections severity=critical"}}, `20 database-connection: an alert says "TooManyConnections", as the runbook's alert "too many connections" does, an alert says "Postgres", type is Service Outage`},
		{"words of an alert in the title", Facts{Title: "Disk full on db1"}, `4 database-connection: the title says "Disk full"`},
		{"a word of the title", Facts{Title: "Strange performance since noon"}, `2 performance: the title says "performance"`},
		{"half a word is none", Facts{Title: "Downtown office"}, ""},
		{"a short word says nothing", Facts{Title: "Rain and wind"}, ""},
		{"nothing known", Facts{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, _ := strings.Cut(told(Suggest(books, c.facts)), "\n")
			if strings.TrimSpace(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAReasonQuotesWhatStandsThere: the runbook's own alert is never told as if the
// title had its spelling.
func TestAReasonQuotesWhatStandsThere(t *testing.T) {
	book := []Runbook{{ID: "ledger", Title: "Ledger is behind", Alerts: []string{"LedgerLag"}}}
	for title, want := range map[string]string{
		"Ledger lags in the EU": `the title says "Ledger lags", as the runbook's alert "LedgerLag" does`,
		"LedgerLag fires again": `the title says "LedgerLag"`,
		"Größe: ledger/lag 5 s": `the title says "ledger/lag", as the runbook's alert "LedgerLag" does`,
		"Our ledgers are slow":  `the title says "ledgers"`,
	} {
		got := Suggest(book, Facts{Title: title})
		if len(got) != 1 || len(got[0].Reasons) != 1 || got[0].Reasons[0] != want {
			t.Errorf("%q: %v, want %s", title, got, want)
		}
	}
}
