package policy

// Policy is the whole document. Its sections are the unit of change: two
// people who edit different sections do not meet.
type Policy struct {
	Severities []Severity `json:"severities"`
	Questions  []Question `json:"questions"`
	Types      []Type     `json:"types"`
	Routing    []Route    `json:"routing"`
	Escalation []Rung     `json:"escalation"`
	Triggers   []Trigger  `json:"triggers"`
	Cadence    []Cadence  `json:"cadence"`
	Phases     []Phase    `json:"phases"`
	People     People     `json:"people"`
	Review     Review     `json:"review"`
	Clocks     []Clock    `json:"clocks"`
	Calendar   Calendar   `json:"calendar"`
	Tools      []Tool     `json:"tools"`
	Runbooks   Runbooks   `json:"runbooks"`
}

// Severity is one of the four levels and what it asks for.
type Severity struct {
	Level   string `json:"level"` // P0 to P3
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	Measure string `json:"measure"`
	// Respond is how soon somebody must answer.
	Respond After `json:"respond"`
	// Escalate says how an unsolved incident is escalated: automatic, within a
	// time, or not at all ("no").
	Escalate string `json:"escalate"`
	// Inform names who is told, in words.
	Inform string `json:"inform"`
	// Commander and Review are required, optional or no.
	Commander string `json:"commander"`
	Review    string `json:"review"`
	// Watch is how long recurrence is watched for after the resolution.
	Watch After `json:"watch"`
	// Reassess is how often the level is questioned while the incident runs.
	Reassess After `json:"reassess"`
	// Quiet is after how long without a progress entry people are asked.
	Quiet After `json:"quiet"`
	// Roles are those that must be filled; Sensitive are added where data, an
	// intruder or privacy is possible.
	Roles     []string `json:"roles"`
	Sensitive []string `json:"sensitive"`
}

// Question is one of the questions that suggest a level, asked in order; the
// first answered as named decides.
type Question struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Yes is the level a yes means; Unknown the level of "we do not know"; No
	// that of a no. Empty asks the next question.
	Yes     string `json:"yes"`
	Unknown string `json:"unknown"`
	No      string `json:"no"`
}

// Type is a type of incident and the first question it brings.
type Type struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	// Security and Privacy switch on the security steps and the breach
	// assessment; Data says that data may be harmed.
	Security bool `json:"security"`
	Privacy  bool `json:"privacy"`
	Data     bool `json:"data"`
	// Vendor says that another company must act.
	Vendor bool `json:"vendor,omitempty"`
}

// Route is how an alert of one class reaches people, and the second path where
// the first is down.
type Route struct {
	Class    string   `json:"class"` // critical, high, medium, low
	Severity string   `json:"severity"`
	Ways     []string `json:"ways"`
	Fallback string   `json:"fallback"`
	// Acknowledge is after how long without an answer the next person is tried.
	Acknowledge After `json:"acknowledge"`
	// Then are the targets that are asked to acknowledge, one after the other;
	// the last of them stays asked.
	Then []string `json:"then,omitempty"`
	// Names are what other systems call the class, in either case.
	Names []string `json:"names,omitempty"`
	// Declare has an alert of the class that comes in by itself declare an
	// incident, so that the escalation matrix pages.
	Declare bool `json:"declare,omitempty"`
}

// Rung is one step of the escalation matrix.
type Rung struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	After    After  `json:"after"`
	// Target is who is called: a role, or a named target of the room such as
	// engineering-manager; see the targets of the people directory.
	Target string `json:"target"`
	// Name is the target in words.
	Name string `json:"name"`
	// Act is page, notify, message, confirm or ticket.
	Act string `json:"act"`
	// Text is the rung in one line.
	Text string `json:"text"`
	// When is always, sensitive (data, an intruder or privacy is possible) or
	// needed (somebody decides and records it).
	When string `json:"when"`
	// Audience is whom a message of this rung is for; once one was sent to it,
	// the rung is done.
	Audience string `json:"audience,omitempty"`
	// Deputy is who is tried where nobody answers.
	Deputy string `json:"deputy,omitempty"`
	// Proposed marks rungs that are put forward to a person and never done by
	// themselves.
	Proposed bool `json:"proposed,omitempty"`
}

// Trigger is one reason to ask whether to escalate.
type Trigger struct {
	ID   string `json:"id"` // sla, quiet, impact, people, vendor, legal, fatigue
	Text string `json:"text"`
	// Off switches the trigger off.
	Off bool `json:"off,omitempty"`
}

// Cadence is how often one audience hears of incidents of one level.
type Cadence struct {
	Audience string `json:"audience"`
	Name     string `json:"name"`
	Severity string `json:"severity"`
	First    After  `json:"first"`
	// Then is the time between updates; none is none further.
	Then After `json:"then"`
	// Long is the rhythm of an incident older than two hours, once it was
	// announced; none keeps Then.
	Long After `json:"long"`
	// Asked marks an audience that is told only where a person says so: see
	// When, such as "if visible".
	Asked bool   `json:"asked,omitempty"`
	When  string `json:"when,omitempty"`
}

// Phase is one of the six phases: its limits, checklist and exit.
type Phase struct {
	Name string `json:"name"`
	// Begin and Limit bound the phase in minutes after the declaration; a
	// limit of none is open.
	Begin After `json:"begin"`
	Limit After `json:"limit"`
	// Limits stand in for Limit at a level that is not answered at once.
	Limits map[string]After `json:"limits,omitempty"`
	Exit   string           `json:"exit"`
	// Checks are ticked off by people; the id is what the record keeps.
	Checks []Check `json:"checks"`
}

// LimitAt is when the phase is over at a level; a span that is not set is open.
func (ph *Phase) LimitAt(level string) After {
	if own, ok := ph.Limits[level]; ok {
		return own
	}
	return ph.Limit
}

// Check is one line of a checklist.
type Check struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Required must be ticked, or answered with a reason, before the phase ends.
	Required bool `json:"required,omitempty"`
	// Proof asks for a text of what shows it: a tick alone is remarked.
	Proof bool `json:"proof,omitempty"`
	// Security marks lines that only incidents of a security type have.
	Security bool `json:"security,omitempty"`
}

// People bounds what people are asked to carry.
type People struct {
	// Fill is how soon after the declaration a required role must be filled.
	Fill After `json:"fill"`
	// Accept is how soon an assigned role must be accepted.
	Accept After `json:"accept"`
	// Span is the most direct reports of one leader.
	Span int `json:"span"`
	// Command is how long one person commands before relief is planned, by
	// level; Awake how long anybody works.
	Command map[string]After `json:"command"`
	Awake   After            `json:"awake"`
	// Rest is the shortest pause that ends a stretch of work: after a shorter one
	// the hours go on from where the stretch began. None ends it with every pause.
	Rest After `json:"rest"`
	// NightFrom and NightTo bound the night in local hours.
	NightFrom int `json:"night_from"`
	NightTo   int `json:"night_to"`
	// Elapsed is how often the elapsed time is called out.
	Elapsed After `json:"elapsed"`
	// Task is the time a task gets where nobody names one.
	Task After `json:"task"`
	// Acknowledge is how soon a page must be answered.
	Acknowledge After `json:"acknowledge"`
}

// Night reports whether an hour of the local day is night.
func (p People) Night(hour int) bool {
	if p.NightFrom > p.NightTo {
		return hour >= p.NightFrom || hour < p.NightTo
	}
	return hour >= p.NightFrom && hour < p.NightTo
}

// Review is the post-mortem's time table, counted from the resolution.
type Review struct {
	Draft   After `json:"draft"`
	Book    After `json:"book"`
	Meet    After `json:"meet"`
	Actions After `json:"actions"`
	Publish After `json:"publish"`
	// Priority and Other are the default deadlines of action items.
	Priority After `json:"priority"`
	Other    After `json:"other"`
}

// Tool is a system responders use, and what to do when it is down.
type Tool struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// For is what it is needed for: voice, text, public, paging and the like.
	For string `json:"for"`
	// Fallback lists what takes its place, in order.
	Fallback []string `json:"fallback"`
}

// Runbooks says how fresh a runbook must be.
type Runbooks struct {
	ReviewMonths   int `json:"review_months"`
	ExerciseMonths int `json:"exercise_months"`
}
