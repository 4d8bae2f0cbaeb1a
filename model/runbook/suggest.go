package runbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Facts are what is known of an incident when a runbook is looked for.
type Facts struct {
	// Types has the main type first.
	Types    []string
	Services []string
	// Alerts are names, labels or texts of alerts.
	Alerts []string
	Title  string
}

// Suggestion is a runbook that may fit, and why.
type Suggestion struct {
	Runbook Runbook
	Score   int
	// Reasons are short sentences, strongest first.
	Reasons []string
}

// What a match counts. An alert is about this very fault; a type is broad, and
// a word of the title may be chance.
const (
	scoreMainType    = 6
	scoreFurtherType = 4
	scoreService     = 5
	scoreAlert       = 7
	scoreAlertTitle  = 4
	scoreTitleWord   = 2
)

// common are words that stand in so many titles that they tell nothing.
var common = []string{"incident", "service", "services", "failure", "failed", "data", "with", "from", "error", "rate"}

// Suggest ranks the runbooks that have anything to do with the facts, best
// first. Of equal ones the one for fewer types comes first, for it is made for
// this; then the order is that of the ids.
func Suggest(books []Runbook, facts Facts) []Suggestion {
	var out []Suggestion
	for _, b := range books {
		if s := match(b, facts); s.Score > 0 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		if len(a.Runbook.Types) != len(b.Runbook.Types) {
			return len(a.Runbook.Types) - len(b.Runbook.Types)
		}
		return strings.Compare(a.Runbook.ID, b.Runbook.ID)
	})
	return out
}

func (s *Suggestion) add(score int, format string, args ...any) {
	s.Score += score
	s.Reasons = append(s.Reasons, fmt.Sprintf(format, args...))
}

func match(b Runbook, facts Facts) Suggestion {
	s := Suggestion{Runbook: b}
	var alerts [][]string
	for _, a := range facts.Alerts {
		alerts = append(alerts, words(a))
	}
	for _, label := range b.Alerts {
		w := words(label)
		if slices.ContainsFunc(alerts, func(a []string) bool { return says(a, w) }) {
			s.add(scoreAlert, "an alert says %q", label)
		}
	}
	for i, t := range facts.Types {
		switch {
		case !slices.ContainsFunc(b.Types, func(o string) bool { return strings.EqualFold(o, t) }):
		case i == 0:
			s.add(scoreMainType, "type is %s", t)
		default:
			s.add(scoreFurtherType, "a further type is %s", t)
		}
	}
	for _, name := range b.Services {
		if slices.ContainsFunc(facts.Services, func(o string) bool { return strings.EqualFold(strings.TrimSpace(o), name) }) {
			s.add(scoreService, "service is %s", name)
		}
	}
	s.matchTitle(b, words(facts.Title))
	return s
}

// matchTitle counts each word of the incident's title once.
func (s *Suggestion) matchTitle(b Runbook, title []string) {
	told := map[string]bool{}
	for _, label := range b.Alerts {
		if w := words(label); says(title, w) && !told[strings.Join(w, " ")] {
			s.add(scoreAlertTitle, "the title says %q", label)
			for _, one := range append(w, strings.Join(w, " ")) {
				told[one] = true
			}
		}
	}
	for _, w := range words(b.Title) {
		if len(w) > 3 && !told[w] && !slices.Contains(common, w) && says(title, []string{w}) {
			told[w] = true
			s.add(scoreTitleWord, "the title says %q", w)
		}
	}
}

// words cuts a text into small words; KubeNodeNotReady has four.
func words(text string) []string {
	var out []string
	var word strings.Builder
	lower := false // the rune before was a small letter
	cut := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			cut()
			continue
		}
		if unicode.IsUpper(r) && lower {
			cut()
		}
		lower = unicode.IsLower(r)
		word.WriteRune(unicode.ToLower(r))
	}
	cut()
	return out
}

// says reports that the words of a label stand together in a text.
func says(text, label []string) bool {
	for i := 0; len(label) > 0 && i+len(label) <= len(text); i++ {
		if slices.EqualFunc(text[i:i+len(label)], label, sameWord) {
			return true
		}
	}
	return false
}

// sameWord takes one and many for the same: backup, backups.
func sameWord(a, b string) bool { return a == b || a == b+"s" || a+"s" == b }
