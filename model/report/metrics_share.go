package report

import (
	"math"
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// Share is how many of some things went as they should.
type Share struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Formula string `json:"formula"`
	// Hit of N. What is counted are incidents, or promises, rungs and actions
	// of incidents.
	Hit int `json:"hit"`
	N   int `json:"n"`
	// Percent is left out below Few.
	Percent *float64 `json:"percent,omitempty"`
	// Hits and Missed name the incidents, once for each thing counted; Missing
	// those it cannot be said of.
	Hits    []string `json:"hits"`
	Missed  []string `json:"missed"`
	Missing []string `json:"missing"`
}

func (s *Share) add(code string, hit bool) {
	s.N++
	if hit {
		s.Hit++
		s.Hits = append(s.Hits, code)
		return
	}
	s.Missed = append(s.Missed, code)
}

func (s *Share) skip(code string) { s.Missing = append(s.Missing, code) }

func percent(part, of int) *float64 {
	if of < Few {
		return nil
	}
	p := math.Round(1000*float64(part)/float64(of)) / 10
	return &p
}

// callGrace is how late a call may be that a machine makes on time: it looks at
// each deadline in its turn.
const callGrace = time.Minute

// shares are the figures of what went as it should: one formula each.
var shares = [...]struct {
	name, title, formula string
	count                func(*meter, *Share)
}{
	{"user_detected", "Detected by users", "incidents found by user reports or support tickets / incidents with a known detection", (*meter).userDetected},
	{"acknowledged", "Acknowledged in time", "first acknowledgement - first page within the policy's time / pages acknowledged or not", (*meter).acknowledged},
	{"response", "Response within target", "first answer - declared within the time of the final level / declared incidents", (*meter).responded},
	{"promises", "Promised updates kept", "next update at or before its promised time / updates promised", (*meter).promised},
	{"escalations", "Escalations on time", "rungs that page, called at or before their time and 1 min / rungs due while nobody had answered", (*meter).escalated},
	{"post_mortem", "Post-mortem in time", "meeting held within the policy's time after the resolution / resolved incidents that need one and are due", (*meter).reviewed},
	{"actions", "Actions on time", "actions done at or before their date / actions due in the period", (*meter).acted},
	{"repeats", "Repeats", "incidents with a factor another one had in the 90 days before / incidents with a named factor", (*meter).repeated},
}

func (m *meter) shares() {
	for _, figure := range shares {
		s := Share{Name: figure.name, Title: figure.title, Formula: figure.formula, Hits: []string{}, Missed: []string{}, Missing: []string{}}
		figure.count(m, &s)
		s.Percent = percent(s.Hit, s.N)
		m.out.Shares = append(m.out.Shares, s)
	}
}

func (m *meter) userDetected(out *Share) {
	for _, s := range m.subjects {
		if s.found == "" {
			out.skip(s.Code)
			continue
		}
		out.add(s.Code, s.found == "User reports" || s.found == "Support tickets")
	}
}

func (m *meter) acknowledged(out *Share) {
	limit := m.policy.People.Acknowledge.Duration
	for _, s := range m.subjects {
		page, paged := s.firstPage()
		if !paged {
			out.skip(s.Code)
			continue
		}
		at, ok := s.acknowledged()
		if !ok && m.now.Sub(page) <= limit {
			continue // it may still be
		}
		out.add(s.Code, ok && at.Sub(page) <= limit)
	}
}

func (m *meter) responded(out *Share) {
	for _, s := range m.subjects {
		if s.declared.IsZero() || !s.level.Respond.Set {
			out.skip(s.Code)
			continue
		}
		limit := m.policy.Calendar.Add(s.declared, s.level.Respond)
		if soonest := s.declared.Add(callGrace); limit.Before(soonest) {
			limit = soonest // at once is within the minute
		}
		switch {
		case !s.taken.IsZero():
			out.add(s.Code, !s.taken.After(limit))
		case s.told:
			out.skip(s.Code) // who told of it says nothing of an answer
		case m.now.After(limit):
			out.add(s.Code, false)
		}
	}
}

func (m *meter) promised(out *Share) {
	for _, s := range m.subjects {
		if len(s.Messages) == 0 {
			continue
		}
		for _, p := range s.Promises(m.now) {
			if p.State != "open" {
				out.add(s.Code, p.State == "kept")
			}
		}
	}
}

func (m *meter) escalated(out *Share) {
	for _, s := range m.subjects {
		if s.declared.IsZero() || s.told {
			continue
		}
		until, over := s.time("resolved")
		if !over {
			until = m.now
		}
		if !s.taken.IsZero() && s.taken.Before(until) {
			until = s.taken
		}
		if !until.After(s.declared.Add(callGrace)) {
			continue
		}
		raised := s.declared
		if levels := s.Levels(); len(levels) > 1 {
			raised = levels[len(levels)-1].From
		}
		for n := range m.policy.Escalation {
			rung := &m.policy.Escalation[n]
			if rung.Severity != s.level.Level || rung.Act != "page" || rung.Proposed || rung.When != "always" {
				continue
			}
			due := m.policy.Calendar.Add(s.declared, rung.After)
			if due.Before(raised) {
				due = raised
			}
			if due.Add(callGrace).After(until) {
				continue // somebody had answered, or it was over
			}
			out.add(s.Code, slices.ContainsFunc(s.attempts, func(a model.Attempt) bool {
				return (a.Rung == rung.ID || a.Target == rung.Target) && a.Result != model.Skipped && !a.At.After(due.Add(callGrace))
			}))
		}
	}
}

func (m *meter) reviewed(out *Share) {
	for _, s := range m.subjects {
		resolved, ok := s.time("resolved")
		if !ok || s.level.Review != "required" || s.Open() || s.told {
			continue
		}
		limit := m.policy.Calendar.Add(resolved, m.policy.Review.Meet)
		if held, ok := s.ReviewStep(model.StepHeld); ok {
			out.add(s.Code, !held.After(limit))
		} else if m.now.After(limit) {
			out.add(s.Code, false)
		}
	}
}

func (m *meter) acted(out *Share) {
	for _, s := range m.every {
		for _, a := range s.Actions() {
			if a.Dropped == "" && !a.Due.IsZero() && m.within(a.Due) && !a.Due.After(m.now) {
				out.add(s.Code, !a.Done.IsZero() && !a.Done.After(a.Due))
			}
		}
	}
}

// repeatWithin is how long after an incident the same factor makes the next one
// a repeat.
const repeatWithin = 90 * 24 * time.Hour

func (m *meter) repeated(out *Share) {
	last := map[string]time.Time{}
	for _, s := range m.every {
		factors := factorsOf(s.Incident)
		again := false
		for _, f := range factors {
			before, known := last[f]
			again = again || known && s.at.Sub(before) <= repeatWithin
		}
		for _, f := range factors {
			last[f] = s.at
		}
		switch {
		case !m.within(s.at):
		case len(factors) == 0:
			out.skip(s.Code)
		default:
			out.add(s.Code, again)
		}
	}
}

// factorsOf lists the factors of an incident, in the one form in which they are
// compared.
func factorsOf(inc *model.Incident) []string {
	var list []string
	for _, item := range inc.Items {
		if item.Class == model.ClassFactor && item.Known() && item.Fields.Text(model.FactorDrop) == "" {
			list = append(list, strings.ToLower(strings.Join(strings.Fields(item.Fields.Text(model.FactorText)), " ")))
		}
	}
	return list
}
