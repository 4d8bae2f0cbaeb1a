package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// Few is the number of incidents below which figures are listed and no
// percentage is given: one more or less would turn them over.
const Few = 5

// Metrics are the figures of a period. An incident counts in the period it was
// declared in; where nobody declared it, when it was detected, else when it
// began. Every figure names its incidents.
type Metrics struct {
	// From is zero for all there ever was; To is not in the period.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Incidents are those counted. Drills, false alarms and those merged under
	// another one are counted apart.
	Incidents   []string `json:"incidents"`
	Drills      []string `json:"drills"`
	FalseAlarms []string `json:"false_alarms"`
	Merged      []string `json:"merged"`
	Reopened    []string `json:"reopened"`

	Durations     []Duration     `json:"durations"`
	Shares        []Share        `json:"shares"`
	Frequency     []Frequency    `json:"frequency"`
	Distributions []Distribution `json:"distributions"`
	Pages         Pages          `json:"pages"`
	Impact        Impact         `json:"impact"`
}

// Duration is how long one step took, over all incidents that have both times.
type Duration struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Formula string `json:"formula"`
	N       int    `json:"n"`
	// Wall counts all time, Support the working hours of the policy's calendar.
	Wall    Stats `json:"wall"`
	Support Stats `json:"support"`
	// Values are the incidents it was computed from, Missing those that lack a
	// time, or have the two the wrong way round.
	Values  []Value  `json:"values"`
	Missing []string `json:"missing"`
}

// Stats are the median (the mean of the middle two where there are two), the
// 90th percentile (nearest rank) and the mean, in seconds.
type Stats struct {
	MedianS int64 `json:"median_s"`
	P90S    int64 `json:"p90_s"`
	MeanS   int64 `json:"mean_s"`
}

// Value is what one incident took.
type Value struct {
	Incident string `json:"incident"`
	WallS    int64  `json:"wall_s"`
	SupportS int64  `json:"support_s"`
}

// durations are the figures of time: one formula each, as it is computed.
var durations = [...]struct {
	name, title, formula string
	of                   func(*subject) ([]model.Outage, bool)
}{
	{"detect", "Time to detect", "detected - started", between("started", "detected")},
	{"acknowledge", "Time to acknowledge", "first human acknowledgement - first page", (*subject).answeredPage},
	{"detect_to_acknowledge", "Detection to acknowledgement", "acknowledged - detected", between("detected", "acknowledged")},
	{"declare", "Time to declare", "declared - detected", between("detected", "declared")},
	{"first_message", "Time to first message", "first message to the public or customers - declared", toldOutside("declared")},
	{"detect_to_message", "Detection to first message", "first message to the public or customers - detected", toldOutside("detected")},
	{"mitigate", "Time to mitigate", "mitigated - started", between("started", "mitigated")},
	{"resolve", "Time to resolve", "resolved - detected; reopened: plus each resolved - reopened", outages("detected")},
	{"resolve_from_start", "Time to resolve, from the start", "resolved - started; reopened: plus each resolved - reopened", outages("started")},
}

// subject is an incident on its way through the figures.
type subject struct {
	*model.Incident
	at       time.Time // when it counts
	severity string
	found    string // the way of detection
	told     bool   // elsewhere, and imported
	level    policy.Severity
	declared time.Time
	attempts []model.Attempt
	outages  []model.Outage
	// Times are those of the milestones the figures read, zero where not known.
	times [len(read)]time.Time
	// taken is when somebody took it up, by whatever way; zero while nobody has.
	taken time.Time
	// signal is when the first alert that was acknowledged came in: what pages
	// where another system calls people.
	signal time.Time
}

// read are the milestones the figures read. Each is read once: most of the work
// is reading times.
var read = [...]string{"started", "detected", "acknowledged", "mitigated", "resolved"}

// time gives a milestone; when an incident was declared is known without one.
func (s *subject) time(milestone string) (time.Time, bool) {
	at := s.declared
	if milestone != "declared" {
		at = s.times[slices.Index(read[:], milestone)]
	}
	return at, !at.IsZero()
}

// load reads what the figures need.
func (s *subject) load(state *model.State, p *policy.Policy) {
	s.severity, s.attempts, s.outages = s.Severity(), s.Attempts(), s.Outages()
	s.level = p.Severity(s.severity)
	s.found, s.told = s.Fields.Text(model.FieldDetection), s.Fields.Text(model.FieldSource) != ""
	for i, name := range read {
		s.times[i], _ = s.Milestone(name)
	}
	if s.taken, _ = s.time("acknowledged"); s.taken.IsZero() {
		s.taken, _, _ = s.FirstAnswer(s.attempts, s.Team())
	}
	for _, a := range state.AlertsOf(s.ID) {
		if !a.Acknowledged.IsZero() {
			s.signal = a.At
			break
		}
	}
}

func between(from, to string) func(*subject) ([]model.Outage, bool) {
	return func(s *subject) ([]model.Outage, bool) {
		a, okA := s.time(from)
		b, okB := s.time(to)
		return []model.Outage{{From: a, To: b}}, okA && okB && !b.Before(a)
	}
}

// outages adds up the stretches of an incident that was reopened.
func outages(from string) func(*subject) ([]model.Outage, bool) {
	return func(s *subject) ([]model.Outage, bool) {
		list := slices.Clone(s.outages)
		var ok bool
		if list[0].From, ok = s.time(from); !ok {
			return nil, false
		}
		return list, !slices.ContainsFunc(list, func(o model.Outage) bool { return o.To.Before(o.From) })
	}
}

func (s *subject) firstPage() (first time.Time, ok bool) {
	for _, a := range s.attempts {
		if a.Act == "page" && a.Result != model.Skipped && (!ok || a.At.Before(first)) {
			first, ok = a.At, true
		}
	}
	if !ok && !s.signal.IsZero() {
		return s.signal, true
	}
	return first, ok
}

// acknowledged is when somebody answered a page: a role that was taken is none.
func (s *subject) acknowledged() (time.Time, bool) {
	if at, ok := s.time("acknowledged"); ok {
		return at, true
	}
	at, _, ok := s.FirstAnswer(s.attempts, nil)
	return at, ok
}

func (s *subject) answeredPage() ([]model.Outage, bool) {
	page, paged := s.firstPage()
	at, ok := s.acknowledged()
	return []model.Outage{{From: page, To: at}}, paged && ok && !at.Before(page)
}

// toldOutside is the lag from a milestone to the first word outside.
func toldOutside(from string) func(*subject) ([]model.Outage, bool) {
	return func(s *subject) ([]model.Outage, bool) {
		found, known := s.time(from)
		at, ok := s.FirstMessage(model.External)
		return []model.Outage{{From: found, To: at}}, ok && known && !at.Before(found)
	}
}

// meter computes the figures of one period.
type meter struct {
	state    *model.State
	policy   *policy.Policy
	from, to time.Time
	now      time.Time
	open     bool       // to is now, and what a clock ahead of ours wrote is in
	subjects []*subject // counted, in the order they count
	every    []*subject // of any period, without drills and what is counted apart
	out      Metrics
}

// Measure computes the figures of the incidents from one moment to another. A
// zero from is all there was, a zero to is now.
func Measure(s *model.State, p *policy.Policy, from, to, now time.Time) Metrics {
	open := to.IsZero()
	if open {
		to = now
	}
	m := &meter{state: s, policy: p, from: from, to: to, now: now, open: open, out: Metrics{
		From: from, To: to, Incidents: []string{}, Drills: []string{}, FalseAlarms: []string{}, Merged: []string{}, Reopened: []string{},
	}}
	m.collect()
	m.durations()
	m.shares()
	m.frequency()
	m.distributions()
	m.pages()
	m.impact()
	return m.out
}

// counts is when an incident counts.
func counts(inc *model.Incident) time.Time { return countsAt(inc, inc.DeclaredAt()) }

func countsAt(inc *model.Incident, declared time.Time) time.Time {
	if !declared.IsZero() {
		return declared
	}
	if t, ok := inc.Milestone("detected"); ok {
		return t
	}
	return inc.Since()
}

func (m *meter) within(t time.Time) bool { return !t.Before(m.from) && (m.open || t.Before(m.to)) }

func (m *meter) collect() {
	m.every = make([]*subject, 0, m.state.Count())
	for inc := range m.state.Incidents() {
		if inc.Known() {
			declared := inc.DeclaredAt()
			m.every = append(m.every, &subject{Incident: inc, declared: declared, at: countsAt(inc, declared)})
		}
	}
	slices.SortFunc(m.every, func(a, b *subject) int { return cmp.Or(a.at.Compare(b.at), a.ID.Compare(b.ID)) })
	kept := m.every[:0]
	for _, s := range m.every {
		in := m.within(s.at)
		switch {
		case s.Drill():
			note(&m.out.Drills, s.Code, in)
		case s.Merged():
			note(&m.out.Merged, s.Code, in)
		case s.FalseAlarm():
			note(&m.out.FalseAlarms, s.Code, in)
		default:
			s.load(m.state, m.policy)
			kept = append(kept, s)
			note(&m.out.Incidents, s.Code, in)
			note(&m.out.Reopened, s.Code, in && len(s.outages) > 1)
			if in {
				m.subjects = append(m.subjects, s)
			}
		}
	}
	m.every = kept
}

func note(list *[]string, code string, on bool) {
	if on {
		*list = append(*list, code)
	}
}

func (m *meter) durations() {
	for _, figure := range durations {
		d := Duration{Name: figure.name, Title: figure.title, Formula: figure.formula, Values: []Value{}, Missing: []string{}}
		for _, s := range m.subjects {
			stretches, ok := figure.of(s)
			if !ok {
				d.Missing = append(d.Missing, s.Code)
				continue
			}
			wall, support := lengths(stretches, m.policy)
			d.Values = append(d.Values, Value{Incident: s.Code, WallS: int64(wall / time.Second), SupportS: int64(support / time.Second)})
		}
		d.N = len(d.Values)
		d.Wall = stats(d.Values, func(v Value) int64 { return v.WallS })
		d.Support = stats(d.Values, func(v Value) int64 { return v.SupportS })
		m.out.Durations = append(m.out.Durations, d)
	}
}

// lengths adds up stretches: all time, and the working hours in it.
func lengths(list []model.Outage, p *policy.Policy) (wall, support time.Duration) {
	for _, o := range list {
		wall += o.To.Sub(o.From)
		support += p.Calendar.Worked(o.From, o.To)
	}
	return wall, support
}

func stats(values []Value, of func(Value) int64) Stats {
	n := len(values)
	if n == 0 {
		return Stats{}
	}
	list := make([]int64, n)
	sum := 0.0
	for i, v := range values {
		list[i] = of(v)
		sum += float64(list[i])
	}
	slices.Sort(list)
	median := list[n/2]
	if n%2 == 0 {
		median = list[n/2-1] + (list[n/2]-list[n/2-1])/2
	}
	return Stats{MedianS: median, P90S: list[(9*n+9)/10-1], MeanS: int64(math.Round(sum / float64(n)))}
}

// Duration gives a figure of time by its name.
func (m Metrics) Duration(name string) Duration {
	for _, d := range m.Durations {
		if d.Name == name {
			return d
		}
	}
	return Duration{}
}

// Share gives a share by its name.
func (m Metrics) Share(name string) Share {
	for _, s := range m.Shares {
		if s.Name == name {
			return s
		}
	}
	return Share{}
}
