package report

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// Periodic is a report of a period. It is the JSON form, too.
type Periodic struct {
	Period
	Room string `json:"room"`
	// Metrics are the figures of the period, Compared those of as much time
	// before it.
	Metrics  Metrics `json:"metrics"`
	Compared Metrics `json:"compared"`
	// New, Open and Closed are incidents declared in the period, open at its end,
	// and resolved in it.
	New    []IncidentLine `json:"new"`
	Open   []IncidentLine `json:"open"`
	Closed []IncidentLine `json:"closed"`
	// Missed are the targets that were missed, a sentence each; MissedBy are the incidents they were
	// missed in.
	Missed   []string   `json:"missed"`
	MissedBy []MissedBy `json:"missed_by"`
	// DueSoon are actions due in the 7 days after the period, Overdue those whose
	// day has passed.
	DueSoon []model.ActionView `json:"actions_due"`
	Overdue []model.ActionView `json:"actions_overdue"`
	OnCall  []string           `json:"on_call"`
	// Trend has six periods of this length, this one last.
	Trend []TrendLine `json:"trend"`
	// Slowest is the step with the greatest median, "" where there is none.
	Slowest string `json:"slowest_step"`
	// Noisy are the alerts that came more than once, by fingerprint, and the
	// titles of incidents without an alert that did; false alarms too.
	Noisy []Counted `json:"noisy"`
	// Factors are those of the period, the most frequent first.
	Factors  []Counted    `json:"factors"`
	Drills   []DrillLine  `json:"drills"`
	Runbooks []Counted    `json:"runbooks"`
	Gaps     []string     `json:"runbook_gaps"`
	Legal    []NoticeLine `json:"legal_notices"`
	// Learned are the post-mortems that were shared, Changed the actions done.
	Learned []Counted          `json:"learned"`
	Changed []model.ActionView `json:"changed"`
	// Proposals are the three weakest figures, as what to work at.
	Proposals []string `json:"proposals"`
}

// IncidentLine is an incident in one line.
type IncidentLine struct {
	Incident  string    `json:"incident"`
	Severity  string    `json:"severity"`
	Title     string    `json:"title"`
	State     string    `json:"state"`
	At        time.Time `json:"at"`
	DurationS int64     `json:"duration_s"`
}

// TrendLine is one period of a trend: medians of all hours, each with the
// number of incidents it is of.
type TrendLine struct {
	From    time.Time `json:"from"`
	N       int       `json:"n"`
	Serious int       `json:"p0_p1"`
	DetectS int64     `json:"detect_median_s"`
	DetectN int       `json:"detect_n"`
	// Answer is from detection to acknowledgement.
	AnswerS   int64    `json:"answer_median_s"`
	AnswerN   int      `json:"answer_n"`
	ResolveS  int64    `json:"resolve_median_s"`
	ResolveN  int      `json:"resolve_n"`
	ImpactS   int64    `json:"impact_s"`
	Incidents []string `json:"incidents"`
}

// Counted is a thing, how often it came, and where.
type Counted struct {
	Name      string   `json:"name"`
	N         int      `json:"n"`
	Incidents []string `json:"incidents"`
}

// DrillLine is an exercise of the period.
type DrillLine struct {
	Incident string `json:"incident"`
	Title    string `json:"title"`
	Points   int    `json:"points"`
	Most     int    `json:"most"`
}

// NoticeLine is a notice to an authority or a contract partner.
type NoticeLine struct {
	Incident string    `json:"incident"`
	Clock    string    `json:"clock"`
	Deadline string    `json:"deadline"`
	DueAt    time.Time `json:"due_at,omitzero"`
	FiledAt  time.Time `json:"filed_at,omitzero"`
}

// trendOf is how many periods a trend shows.
const trendOf = 6

// periodic builds a report.
type periodic struct {
	Periodic
	state  *model.State
	policy *policy.Policy
	now    time.Time
}

// Report computes the report of a period. It names the figures of the whole
// room; what is counted apart (drills, false alarms) it names apart.
func Report(s *model.State, p *policy.Policy, period Period, now time.Time) Periodic {
	b := &periodic{Periodic: Periodic{Period: period, Room: s.Name(), OnCall: []string{}}, state: s, policy: p, now: now}
	b.Metrics, b.Compared = Measure(s, p, period.From, period.To, now), Measure(s, p, period.Before, period.From, now)
	incidents := b.incidents()
	b.lists(incidents)
	b.actions(incidents)
	b.trend()
	b.counted(incidents)
	b.legal(incidents)
	for _, id := range s.Standing(model.RoleOnCall, now) {
		b.OnCall = append(b.OnCall, s.PersonName(id))
	}
	b.slowest()
	b.missed(incidents)
	b.propose()
	return b.Periodic
}

func (b *periodic) within(t time.Time) bool { return !t.Before(b.From) && t.Before(b.To) }

// incidents lists all that are known, in the order they count.
func (b *periodic) incidents() []*model.Incident {
	var list []*model.Incident
	for inc := range b.state.Incidents() {
		if inc.Known() {
			list = append(list, inc)
		}
	}
	slices.SortFunc(list, func(x, y *model.Incident) int { return cmp.Or(counts(x).Compare(counts(y)), x.ID.Compare(y.ID)) })
	return list
}

func (b *periodic) lists(incidents []*model.Incident) {
	b.New, b.Open, b.Closed, b.Drills = []IncidentLine{}, []IncidentLine{}, []IncidentLine{}, []DrillLine{}
	for _, inc := range incidents {
		at := counts(inc)
		if inc.Drill() {
			if b.within(at) {
				score := b.state.Score(inc, b.now)
				b.Drills = append(b.Drills, DrillLine{Incident: inc.Code, Title: inc.Title(), Points: score.Points, Most: score.Most})
			}
			continue
		}
		if inc.Merged() || inc.FalseAlarm() {
			continue
		}
		resolved, ok := inc.Milestone("resolved")
		closed := ok && !inc.Open() && b.within(resolved)
		open := !closed && at.Before(b.To) && (inc.Open() || ok && !resolved.Before(b.To))
		if !b.within(at) && !closed && !open {
			continue
		}
		brief := b.state.Brief(inc, b.now)
		line := IncidentLine{Incident: inc.Code, Severity: brief.Severity, Title: brief.Title, State: brief.State, At: at, DurationS: brief.ElapsedS}
		for _, part := range []struct {
			list *[]IncidentLine
			in   bool
		}{{&b.New, b.within(at)}, {&b.Closed, closed}, {&b.Open, open}} {
			if part.in {
				*part.list = append(*part.list, line)
			}
		}
	}
}

// soonWithin is how far ahead a report looks for actions that come due.
const soonWithin = 7 * 24 * time.Hour

func (b *periodic) actions(incidents []*model.Incident) {
	b.DueSoon, b.Overdue, b.Changed = []model.ActionView{}, []model.ActionView{}, []model.ActionView{}
	for _, inc := range incidents {
		if inc.Drill() || len(inc.Items) == 0 {
			continue
		}
		for _, a := range b.state.ActionViews(inc) {
			switch {
			case a.State == model.ActionFinished && b.within(a.DoneAt):
				b.Changed = append(b.Changed, a)
			case a.State != model.ActionOpen || a.DueAt.IsZero() || !a.AddedAt.Before(b.To):
			case a.DueAt.Before(b.To):
				b.Overdue = append(b.Overdue, a)
			case a.DueAt.Before(b.To.Add(soonWithin)):
				b.DueSoon = append(b.DueSoon, a)
			}
		}
	}
}

func (b *periodic) trend() {
	for _, p := range b.Period.trend(trendOf) {
		m := b.Metrics
		if p.From != b.From {
			m = Measure(b.state, b.policy, p.From, p.To, b.now)
		}
		detect, answer, resolve := m.Duration("detect"), m.Duration("detect_to_acknowledge"), m.Duration("resolve")
		line := TrendLine{
			From: p.From, N: len(m.Incidents), DetectS: detect.Wall.MedianS, DetectN: detect.N, AnswerS: answer.Wall.MedianS, AnswerN: answer.N,
			ResolveS: resolve.Wall.MedianS, ResolveN: resolve.N, ImpactS: m.Impact.All.ImpactS, Incidents: m.Incidents,
		}
		for _, f := range m.Frequency {
			if f.Severity == model.P0 || f.Severity == model.P1 {
				line.Serious += f.N
			}
		}
		b.Trend = append(b.Trend, line)
	}
}

// tally counts things by name.
type tally map[string][]string

func (t tally) add(name, code string) { t[name] = append(t[name], code) }

// list gives the most frequent first; those below the least are left out.
func (t tally) list(least int) []Counted {
	list := []Counted{}
	for name, codes := range t {
		if len(codes) >= least {
			list = append(list, Counted{Name: name, N: len(codes), Incidents: codes})
		}
	}
	slices.SortFunc(list, func(a, b Counted) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list
}

func (b *periodic) counted(incidents []*model.Incident) {
	titles, factors, runbooks, learned := tally{}, tally{}, tally{}, tally{}
	b.Gaps = []string{}
	for _, inc := range incidents {
		if !b.within(counts(inc)) || inc.Drill() {
			continue
		}
		if len(b.state.AlertsOf(inc.ID)) == 0 {
			titles.add(inc.Title(), inc.Code)
		}
		for _, f := range factorsOf(inc) {
			factors.add(f, inc.Code)
		}
		for _, run := range b.state.Runs(inc) {
			runbooks.add(run.Book.Title, inc.Code)
		}
		for _, gap := range b.state.RunbookGaps(inc) {
			b.Gaps = append(b.Gaps, inc.Code+": "+gap)
		}
	}
	for _, inc := range incidents {
		if at, ok := inc.ReviewStep(model.StepPublished); ok && b.within(at) && !inc.Drill() {
			learned.add(either(inc.ReviewText("summary"), inc.Title()), inc.Code)
		}
	}
	b.Noisy, b.Factors, b.Runbooks, b.Learned = append(b.alerts(2), titles.list(2)...), factors.list(1), runbooks.list(1), learned.list(1)
}

// alerts counts the alerts of the period by fingerprint: the text of one that
// fires again often has another figure in it. Exercises are left out.
func (b *periodic) alerts(least int) []Counted {
	type key struct{ source, fingerprint string }
	found := map[key]*Counted{}
	for _, a := range b.state.Alerts() { // the last first: it gives the name
		if !b.within(a.At) || b.drilled(a) {
			continue
		}
		k := key{a.Source, a.Fingerprint}
		if found[k] == nil {
			found[k] = &Counted{Name: a.What + " (" + a.Source + ")", Incidents: []string{}}
		}
		found[k].N++
		for _, id := range a.Incidents {
			if inc := b.state.Incident(id); inc != nil && inc.Known() && !slices.Contains(found[k].Incidents, inc.Code) {
				found[k].Incidents = append(found[k].Incidents, inc.Code)
			}
		}
	}
	list := []Counted{}
	for _, c := range found {
		if c.N >= least {
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(a, b Counted) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list
}

func (b *periodic) drilled(a *model.Alert) bool {
	return slices.ContainsFunc(a.Incidents, func(id model.ID) bool {
		inc := b.state.Incident(id)
		return inc != nil && inc.Drill()
	})
}

func (b *periodic) legal(incidents []*model.Incident) {
	b.Legal = []NoticeLine{}
	for _, inc := range incidents {
		if inc.Drill() {
			continue
		}
		for _, c := range inc.Clocks(b.policy) {
			for _, d := range c.Deadlines {
				if b.within(d.Filed) || d.Filed.IsZero() && !d.At.IsZero() && b.within(d.At) {
					b.Legal = append(b.Legal, NoticeLine{Incident: inc.Code, Clock: c.Name, Deadline: d.Label, DueAt: d.At, FiledAt: d.Filed})
				}
			}
		}
	}
}

// steps are the figures that follow one another, from the start to the end.
var steps = [...]string{"detect", "declare", "acknowledge", "first_message", "mitigate", "resolve"}

func (b *periodic) slowest() {
	most := int64(0)
	for _, name := range steps[:4] { // to mitigate and to resolve have the others in them
		if d := b.Metrics.Duration(name); d.Wall.MedianS > most {
			most, b.Slowest = d.Wall.MedianS, d.Title
		}
	}
}

// propose names what is weakest: where targets were missed most, then what came
// again.
func (b *periodic) propose() {
	b.Proposals = []string{}
	weak := slices.DeleteFunc(slices.Clone(b.Metrics.Shares), func(s Share) bool { return !wanted(s) || s.N == 0 || s.Hit == s.N })
	slices.SortStableFunc(weak, func(x, y Share) int {
		return cmp.Compare(float64(x.Hit)/float64(x.N), float64(y.Hit)/float64(y.N))
	})
	for _, f := range b.Factors {
		if f.N > 1 {
			b.Proposals = append(b.Proposals, "Take away what came more than once: "+f.Name+" ("+codes(f.Incidents)+")")
		}
	}
	for _, s := range weak {
		b.Proposals = append(b.Proposals, "Work at \""+s.Title+"\": "+ratio(s.Hit, s.N)+" went as they should")
	}
	if b.Slowest != "" {
		b.Proposals = append(b.Proposals, "Shorten \""+b.Slowest+"\", the slowest step")
	}
	b.Proposals = b.Proposals[:min(3, len(b.Proposals))]
}
