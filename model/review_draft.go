package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/when"
)

// ReviewTodo marks in a draft what a person has to fill in.
const ReviewTodo = "TODO"

// ReviewGapLimit is how long the timeline of a P0 may be silent before the
// post-mortem has to say why.
const ReviewGapLimit = 30 * time.Minute

// ReviewGap is a silence of the timeline.
type ReviewGap struct{ From, To time.Time }

// String writes the gap: "14:05 to 15:25 UTC (1 h 20 min)".
func (g ReviewGap) String() string {
	form := "15:04"
	if g.From.UTC().Format(time.DateOnly) != g.To.UTC().Format(time.DateOnly) {
		form = "2006-01-02 15:04"
	}
	return g.From.UTC().Format(form) + " to " + g.To.UTC().Format(form) + " UTC (" + speakDuration(g.To.Sub(g.From)) + ")"
}

// ReviewGaps lists the silences longer than ReviewGapLimit in an incident that
// was a P0 at any time, from its start to its resolution. Rows of which only the
// day or the order is known tell nothing about a minute.
func (s *State) ReviewGaps(inc *Incident) []ReviewGap {
	if !slices.ContainsFunc(inc.Levels(), func(l Span) bool { return l.Level == P0 }) {
		return nil
	}
	end, ok := inc.Milestone("resolved")
	if !ok {
		return nil
	}
	last := inc.Since()
	var gaps []ReviewGap
	see := func(at time.Time) {
		if at.Sub(last) > ReviewGapLimit {
			gaps = append(gaps, ReviewGap{last, at})
		}
		if at.After(last) {
			last = at
		}
	}
	for _, row := range s.Timeline(inc) {
		if !row.Taken && row.Precision != when.Day && row.Precision != when.After && !row.At.Before(inc.Since()) && !row.At.After(end) {
			see(row.At)
		}
	}
	see(end)
	return gaps
}

// Between gives the time from one milestone to another; false where either is
// not known, or they stand the other way round.
func (i *Incident) Between(from, to string) (time.Duration, bool) {
	a, okA := i.Milestone(from)
	b, okB := i.Milestone(to)
	if !okA || !okB || b.Before(a) {
		return 0, false
	}
	return b.Sub(a), true
}

// ReviewDraft fills the sections of a post-mortem from the log, by the name of
// the section. What a machine cannot know is marked TODO.
func (s *State) ReviewDraft(inc *Incident) map[string]string {
	d := map[string]string{
		"summary": s.draftSummary(inc), "timeline": draftGaps(s.ReviewGaps(inc)), "cause": s.draftCause(inc), "impact": s.draftImpact(inc),
		"well": todo("well"), "poorly": s.draftPoorly(inc), "lucky": todo("lucky"), "helped": todo("helped"), "hindered": draftHindered(s, inc),
		"detection": draftDetection(inc),
	}
	maps.DeleteFunc(d, func(_, text string) bool { return text == "" })
	return d
}

func todo(section string) string {
	for _, s := range ReviewSections {
		if s.Name == section {
			return ReviewTodo + ": " + s.Ask
		}
	}
	return ReviewTodo
}

func (s *State) draftSummary(inc *Incident) string {
	text := inc.Title() + "."
	if impact := inc.Fields.Text(FieldImpact); impact != "" {
		text += " " + impact
	} else {
		text += " " + ReviewTodo + ": effect on users."
	}
	text += "\nFrom " + stampText(inc.Since())
	if end, ok := inc.Milestone("resolved"); ok {
		text += " to " + stampText(end) + ": " + speakDuration(end.Sub(inc.Since())) + "."
	} else {
		text += "; it is not resolved."
	}
	if n := inc.reopened(); n > 0 {
		text += " Reopened " + times(n) + "."
	}
	if fix := either(inc.Fields.Text(FieldFix), inc.latest("mitigation", "recovery")); fix != "" {
		return text + "\nIt ended with: " + fix
	}
	return text + "\n" + ReviewTodo + ": how it ended."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func draftGaps(gaps []ReviewGap) string {
	var b strings.Builder
	for _, g := range gaps {
		b.WriteString(ReviewTodo + ": what happened from " + g.String() + "?\n")
	}
	return strings.TrimSpace(b.String())
}

func (s *State) draftCause(inc *Incident) string {
	var b strings.Builder
	for _, part := range []struct{ title, kind string }{{"Trigger", "trigger"}, {"Found", "finding"}} {
		for _, v := range inc.standing(part.kind) {
			fmt.Fprintf(&b, "%s: %s\n", part.title, v.Text)
		}
	}
	for _, h := range s.hypothesisViews(inc) {
		switch h.State {
		case HypothesisConfirmed:
			fmt.Fprintf(&b, "Confirmed: %s\n", h.Text)
		case HypothesisRejected:
			fmt.Fprintf(&b, "Rejected: %s. %s: what made it plausible?\n", h.Text, ReviewTodo)
		}
	}
	return b.String() + todo("cause")
}

func (s *State) draftImpact(inc *Incident) string {
	var b strings.Builder
	if impact := inc.Fields.Text(FieldImpact); impact != "" {
		b.WriteString(impact + "\n")
	}
	for _, v := range inc.standing("impact") {
		b.WriteString(v.Text + "\n")
	}
	end, resolved := inc.Milestone("resolved")
	for _, l := range inc.Levels() {
		to := l.To
		if to.IsZero() {
			to = end
		}
		if resolved && to.After(l.From) {
			fmt.Fprintf(&b, "%s for %s\n", l.Level, speakDuration(to.Sub(l.From)))
		}
	}
	return b.String() + todo("impact")
}

// longDeclare is how long the plan allows from noticing to declaring.
const longDeclare = declareWithin

func (s *State) draftPoorly(inc *Incident) string {
	var b strings.Builder
	if d, ok := inc.Between("detected", "declared"); ok && d > longDeclare {
		fmt.Fprintf(&b, "Declaration: %s after the detection.\n", speakDuration(d))
	}
	for _, v := range inc.standing("failed_action") {
		fmt.Fprintf(&b, "Did not work: %s\n", v.Text)
	}
	for _, gap := range s.RunbookGaps(inc) {
		fmt.Fprintf(&b, "Runbook %s\n", gap)
	}
	return b.String() + todo("poorly")
}

// draftHindered names the tools that were down.
func draftHindered(s *State, inc *Incident) string {
	var down []string
	for _, t := range s.toolViews(inc) {
		if t.State == "down" || t.State == "shaky" {
			down = append(down, t.Name+" was "+t.State)
		}
	}
	if len(down) == 0 {
		return todo("hindered")
	}
	return "Tools: " + strings.Join(down, ", ") + ".\n" + todo("hindered")
}

func draftDetection(inc *Incident) string {
	var b strings.Builder
	if how := inc.Fields.Text(FieldDetection); how != "" {
		b.WriteString("Found by: " + how + ".\n")
	}
	if d, ok := inc.Between("started", "detected"); ok {
		b.WriteString("Detected " + speakDuration(d) + " after the start.\n")
	}
	return b.String() + todo("detection")
}
