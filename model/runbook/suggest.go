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
	var alerts []said
	for _, a := range facts.Alerts {
		alerts = append(alerts, read(a))
	}
	for _, label := range b.Alerts {
		w := words(label)
		if n := slices.IndexFunc(alerts, func(a said) bool { return a.says(w) }); n >= 0 {
			s.add(scoreAlert, "an alert says %s", alerts[n].like(label))
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
		w := words(name)
		switch {
		case slices.ContainsFunc(facts.Services, func(o string) bool { return strings.EqualFold(strings.TrimSpace(o), name) }):
			s.add(scoreService, "service is %s", name)
		case slices.ContainsFunc(alerts, func(a said) bool { return a.says(w) }) && !slices.ContainsFunc(b.Alerts, func(o string) bool { return strings.EqualFold(o, name) }):
			s.add(scoreService, "an alert names the service %s", name)
		}
	}
	s.matchTitle(b, read(facts.Title))
	return s
}

// matchTitle counts each word of the incident's title once.
func (s *Suggestion) matchTitle(b Runbook, title said) {
	told := map[string]bool{}
	for _, label := range b.Alerts {
		if w := words(label); title.says(w) && !told[strings.Join(w, " ")] {
			s.add(scoreAlertTitle, "the title says %s", title.like(label))
			for _, one := range append(w, strings.Join(w, " ")) {
				told[one] = true
			}
		}
	}
	for _, w := range words(b.Title) {
		if len(w) > 3 && !told[w] && !slices.Contains(common, w) && title.says([]string{w}) {
			told[w] = true
			s.add(scoreTitleWord, "the title says %q", title.quote([]string{w}))
		}
	}
}

// said is a text people or monitors wrote, and where its words stand.
type said struct {
	text  string
	words []string
	at    [][2]int // where each word begins and ends, in bytes
}

// read cuts a text into small words; KubeNodeNotReady has four.
func read(text string) said {
	s := said{text: text}
	from, lower := -1, false // lower: the rune before was a small letter
	cut := func(end int) {
		if from >= 0 {
			s.words, s.at = append(s.words, strings.ToLower(text[from:end])), append(s.at, [2]int{from, end})
			from = -1
		}
	}
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			cut(i)
			continue
		}
		if unicode.IsUpper(r) && lower {
			cut(i)
		}
		lower = unicode.IsLower(r)
		if from < 0 {
			from = i
		}
	}
	cut(len(text))
	return s
}

func words(text string) []string { return read(text).words }

// find gives the place where the words of a label stand together; -1 where they do not.
func (s said) find(label []string) int {
	for i := 0; len(label) > 0 && i+len(label) <= len(s.words); i++ {
		if slices.EqualFunc(s.words[i:i+len(label)], label, sameWord) {
			return i
		}
	}
	return -1
}

func (s said) says(label []string) bool { return s.find(label) >= 0 }

// quote gives the words of a label as the text has them; it says them.
func (s said) quote(label []string) string {
	first := s.find(label)
	return s.text[s.at[first][0]:s.at[first+len(label)-1][1]]
}

// like quotes the text, and names the label of the runbook where it is written otherwise.
func (s said) like(label string) string {
	quote := s.quote(words(label))
	if strings.EqualFold(quote, label) {
		return fmt.Sprintf("%q", quote)
	}
	return fmt.Sprintf("%q, as the runbook's alert %q does", quote, label)
}

// sameWord takes one and many for the same: backup, backups.
func sameWord(a, b string) bool { return a == b || a == b+"s" || a+"s" == b }
