package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// alert is one line of the section of alerts: those that one decision takes.
type alert struct {
	key       string   // id of the first of them
	with      []string // ids of the others
	stage     int
	class     string
	severity  int
	what      string
	source    string
	at        time.Time // first signal
	by        time.Time // when it is to be acknowledged; zero where no time is set
	who       string    // who has it
	incidents []string  // codes
	flapping  bool
	words     string // what the filter looks in
}

// readAlerts copies the alerts that are not over out of the state.
func readAlerts(s *model.State) []alert {
	policy := s.Policy()
	var lines []alert
	for _, set := range s.OpenAlerts() {
		first := set.Alerts[0]
		v := s.AlertView(first)
		l := alert{
			key: first.ID.String(), stage: set.Stage, class: text.Line(v.Class), severity: severity(v.Severity), what: text.Line(v.What),
			source: text.Line(v.Source), at: first.At, who: text.Line(v.AcknowledgedBy), incidents: v.Incidents,
		}
		words := []string{l.class, v.Severity, l.who, strings.Join(l.incidents, " "), "alert"}
		for i, a := range set.Alerts {
			if i > 0 {
				l.with = append(l.with, a.ID.String())
			}
			if by := due.AcknowledgeBy(policy, a); set.Stage == model.StageWaits && !by.IsZero() && (l.by.IsZero() || by.Before(l.by)) {
				l.by = by
			}
			l.flapping = l.flapping || a.Flaps > 0
			words = append(words, a.What, a.Source, a.Service, a.Labels)
		}
		if l.flapping {
			words = append(words, "flaps")
		}
		l.words = strings.ToLower(strings.Join(words, " "))
		lines = append(lines, l)
	}
	return lines
}

// withOf are the alerts that go along with the first of a line.
func withOf(lines []alert, key string) []string {
	for i := range lines {
		if lines[i].key == key {
			return lines[i].with
		}
	}
	return nil
}

// count is how many alerts the line stands for.
func (l *alert) count() int { return 1 + len(l.with) }

// said is what the line is called in a sentence.
func (l *alert) said() string {
	if len(l.with) == 0 {
		return l.what
	}
	return l.what + " and " + text.Count(len(l.with), "more alert", "more alerts")
}

// row is the line as it is drawn at a time.
func (l *alert) row(now time.Time) part.BoardRow {
	r := part.BoardRow{
		ID: l.key, Code: l.class, Severity: l.severity, Title: l.what, Phase: l.source, Elapsed: text.Elapsed(now.Sub(l.at)),
		Alerts: l.count(), Flapping: l.flapping, Answered: l.stage != model.StageWaits,
	}
	switch {
	case len(l.incidents) > 0:
		r.IC, r.Conflict = strings.Join(l.incidents, " / "), len(l.incidents) > 1
	case l.who != "":
		r.IC = l.who
	}
	if !l.by.IsZero() {
		r.Update, r.UpdateTone = text.DueCell(l.by.Sub(now))
	}
	return r
}

// filteredAlerts keeps the lines that hold every word of a query.
func filteredAlerts(lines []alert, query string) []alert {
	return form.Matching(lines, query, func(l alert) string { return l.words })
}

// inPlace puts lines into the order their reader has before them: those he knows
// stay, and others come in at the end.
func inPlace(lines []alert, order []string) []alert {
	place := make(map[string]int, len(order))
	for i, key := range order {
		place[key] = i - len(order)
	}
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b alert) int { return cmp.Compare(place[a.key], place[b.key]) })
	return lines
}

// alertSummary says how it stands in one line: what waits, by class, and what is
// answered. fresh is how many came in at the end.
func alertSummary(lines []alert, fresh int) string {
	waiting, answered := 0, 0
	var classes []string
	of := map[string]int{}
	for i := range lines {
		l := &lines[i]
		if l.stage != model.StageWaits {
			answered += l.count()
			continue
		}
		waiting += l.count()
		if of[l.class] == 0 {
			classes = append(classes, l.class)
		}
		of[l.class] += l.count()
	}
	says := "No alert waits"
	if waiting > 0 {
		says = text.Count(waiting, "alert waits", "alerts wait")
		for i, class := range classes {
			sep := ": "
			if i > 0 {
				sep = ", "
			}
			says += sep + text.Count(of[class], class, class)
		}
	}
	if answered > 0 {
		says += " · " + text.Count(answered, "answered", "answered")
	}
	if fresh > 0 {
		says += " · " + text.Count(fresh, "new line", "new lines") + " at the end"
	}
	return says
}
