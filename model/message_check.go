package model

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/policy"
	"holdfast/model/template"
)

// RuleRecord marks what a message says against the record of its incident.
const RuleRecord template.Rule = "record"

// inside are the audiences that may read machines, guesses and names.
var inside = []string{AudienceStakeholders, AudienceTeam, audienceResponders, "executives", AudiencePage}

// Remarks says what a person should look at before a message goes: what
// contradicts the record, then words that have no place in an update. It is one
// answer for the terminal and the screen. None keeps the message back: a line
// that quotes an older level is right as it stands. The offsets are those in
// subject, line break and body.
func (s *State) Remarks(inc *Incident, d Draft, now time.Time, zone *time.Location) []template.Warning {
	text := d.Subject + "\n" + d.Body
	found := s.Contradictions(inc, d, now, zone)
	var names []string
	within := slices.Contains(inside, d.Audience)
	if !within {
		for _, person := range s.PersonViews() {
			names = append(names, person.Name)
		}
	}
	for _, w := range template.Lint(text, names...) {
		if within && (w.Rule == template.RuleHost || w.Rule == template.RuleGuess) {
			continue
		}
		if !slices.ContainsFunc(found, func(o template.Warning) bool { return o.Found == w.Found && o.Advice == w.Advice }) {
			found = append(found, w)
		}
	}
	return found
}

// Contradictions says where the text of a message is not what the record of its
// incident says: another level, another state, another incident, another start.
func (s *State) Contradictions(inc *Incident, d Draft, now time.Time, zone *time.Location) []template.Warning {
	if len(d.Body) > MaxText {
		return nil // no message is longer: it is refused elsewhere
	}
	c := contradiction{state: s, inc: inc, text: d.Subject + "\n" + d.Body}
	c.levels()
	c.ended()
	c.goesOn()
	c.status(d.Template)
	c.others()
	c.started(now, zone)
	slices.SortStableFunc(c.found, func(a, b template.Warning) int { return cmp.Compare(a.From, b.From) })
	return c.found
}

// remarks says of a message that goes what nobody may have looked at before: that
// it has no approval, and what was found in it. Each is said once: the subject of
// a post by hand is the first line of its text.
func (p *Planner) remarks(inc *Incident, d Draft, next time.Time, found []template.Warning) string {
	var parts []string
	if text := p.unapproved(inc, d); text != "" {
		parts = append(parts, text)
	}
	if text := p.farPromise(inc, d.Audience, next); text != "" {
		parts = append(parts, text)
	}
	for _, w := range found {
		part := "mind " + strconv.Quote(w.Found) + ": " + w.Advice
		if len(parts) < maxNamed && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

// farPromise says of an update that is promised for later than the policy ever
// lets its audience wait: a time of day that has passed is read as tomorrow's.
func (p *Planner) farPromise(inc *Incident, audience string, next time.Time) string {
	for _, row := range p.State.Policy().Cadence {
		if row.Audience != audience || row.Severity != inc.Severity() || !row.Then.Set {
			continue
		}
		latest := p.Now
		for _, wait := range []policy.After{row.First, row.Then, row.Long} {
			if end := p.State.Policy().Calendar.Add(p.Now, wait); wait.Set && end.After(latest) {
				latest = end
			}
		}
		if longest := latest.Sub(p.Now); next.After(latest) {
			return "the next update is promised for " + SpeakTime(next, p.Now, time.UTC) + "; the policy lets " + row.Name + " wait " + speakDuration(longest) + " at the most"
		}
	}
	return ""
}

type contradiction struct {
	state *State
	inc   *Incident
	text  string
	found []template.Warning
}

func (c *contradiction) tell(at []int, advice string) {
	c.found = append(c.found, template.Warning{Rule: RuleRecord, Found: c.text[at[0]:at[1]], Advice: advice, From: at[0], To: at[1]})
}

var (
	levelPattern = regexp.MustCompile(`(?i)\bP-?([0-3])\b`)
	// sevPattern is the other usual count. Some begin it at 0 and some at 1, so
	// each number may mean two levels.
	sevPattern   = regexp.MustCompile(`(?i)\bSEV(?:erity)?[- ]?([0-5])\b`)
	namedPattern = regexp.MustCompile(`(?i)\b(critical|high|medium|low)[- ](?:severity|priority)\b|\b(?:severity|priority)(?: is)?:? (critical|high|medium|low)\b`)
	smallPattern = regexp.MustCompile(`(?i)\b(?:minor|cosmetic|negligible)\b`)
	largePattern = regexp.MustCompile(`(?i)\b(?:critical|major|complete|total) (?:incident|outage|disruption|failure)\b`)
)

// levels looks for another level than that of the incident.
func (c *contradiction) levels() {
	rank := severityRank(c.inc.Severity())
	level := c.state.Policy().Severity(c.inc.Severity())
	advice := "the incident is " + level.Level + ", " + strings.ToLower(level.Name)
	for _, at := range levelPattern.FindAllStringSubmatchIndex(c.text, -1) {
		if int(c.text[at[2]]-'0') != rank && !c.past(at[0]) {
			c.tell(at, advice)
		}
	}
	for _, at := range sevPattern.FindAllStringSubmatchIndex(c.text, -1) {
		if n := int(c.text[at[2]] - '0'); n != rank && n != rank+1 && !c.past(at[0]) {
			c.tell(at, advice)
		}
	}
	for _, at := range namedPattern.FindAllStringSubmatchIndex(c.text, -1) {
		word := at[2:4]
		if word[0] < 0 {
			word = at[4:6]
		}
		if !strings.EqualFold(c.text[word[0]:word[1]], level.Name) && !c.past(at[0]) {
			c.tell(at, advice)
		}
	}
	size, odd := largePattern, rank >= severityRank(P2)
	if rank <= severityRank(P1) {
		size, odd = smallPattern, true
	}
	for _, at := range size.FindAllStringIndex(c.text, -1) {
		if odd && !c.hedged(at[0]) {
			c.tell(at, advice)
		}
	}
}

var (
	overPattern  = regexp.MustCompile(`(?i)\b(?:resolved|all[- ]clear|solved|is over|closed)\b`)
	worksPattern = regexp.MustCompile(`(?i)\b(?:fixed|repaired|works? again|working again|works? as usual|back to normal|(?:fully|completely) (?:restored|recovered|operational))\b`)
	worksOn      = regexp.MustCompile(`(?i)\b(?:investigating|looking into|work continues|still (?:down|failing|affected|unavailable|broken)|ongoing|working on (?:it|a fix|the repair))\b`)
)

// ended looks for an end that the record does not have: "resolved" while the
// incident is open, and "works again" before recovery where nothing says that
// the harm has stopped.
func (c *contradiction) ended() {
	if !c.inc.Open() {
		return
	}
	for _, at := range overPattern.FindAllStringIndex(c.text, -1) {
		if !c.hedged(at[0]) {
			c.tell(at, c.open())
		}
	}
	if c.stopped() {
		return
	}
	for _, at := range worksPattern.FindAllStringIndex(c.text, -1) {
		if !c.hedged(at[0]) {
			c.tell(at, c.harmful())
		}
	}
}

// goesOn looks for work on what the record says is over.
func (c *contradiction) goesOn() {
	if c.inc.Open() {
		return
	}
	advice := c.over()
	for _, at := range worksOn.FindAllStringIndex(c.text, -1) {
		if !c.hedged(at[0]) {
			c.tell(at, advice)
		}
	}
}

// statusPattern finds a status as pages head a post with it: alone on a line, in
// brackets, before a colon or a dash, or after "Status:".
var statusPattern = regexp.MustCompile(`(?im)(?:^|\[|status(?: is)?: ?)(investigating|identified|monitoring|resolved)(?:\]|$|[.:]|\s[-–—])`)

// status looks for the name of another status than that of the template, and for a
// template whose status the record does not have: an end that has not come, or work
// on what is over. What the text itself was told of is not told twice.
func (c *contradiction) status(id string) {
	own := c.state.templateStatus(id)
	if own == "" {
		return
	}
	if advice := c.tooEarly(own); advice != "" && !slices.ContainsFunc(c.found, func(w template.Warning) bool { return w.Advice == advice }) {
		c.found = append(c.found, template.Warning{Rule: RuleRecord, Found: id, Advice: advice})
	}
	for _, at := range statusPattern.FindAllStringSubmatchIndex(c.text, -1) {
		if !strings.EqualFold(c.text[at[2]:at[3]], own) {
			c.tell(at[2:4], "the template is "+id)
		}
	}
}

// tooEarly says why the record does not have a status; empty where it may.
func (c *contradiction) tooEarly(status string) string {
	switch status {
	case template.StatusInvestigating, template.StatusIdentified:
		if !c.inc.Open() {
			return c.over()
		}
	case template.StatusMonitoring:
		if c.inc.Open() && !c.stopped() {
			return c.harmful()
		}
	case template.StatusResolved:
		if c.inc.Open() {
			return c.open()
		}
	}
	return ""
}

// open, over and harmful are what the record says of the incident.
func (c *contradiction) open() string { return "the record says that it is open, in " + c.inc.Phase() }

func (c *contradiction) over() string {
	advice := "the record says that it is " + c.inc.State()
	if at, ok := c.inc.Milestone("resolved"); ok {
		advice += " since " + at.Format("15:04 UTC")
	}
	return advice
}

func (c *contradiction) harmful() string {
	return "the record says that it is in " + c.inc.Phase() + ", and not that the harm has stopped"
}

// stopped reports whether the record says that the harm has stopped.
func (c *contradiction) stopped() bool {
	_, mitigated := c.inc.Milestone("mitigated")
	return mitigated || slices.Index(Phases[:], c.inc.Phase()) >= slices.Index(Phases[:], "recovery")
}

var codePattern = regexp.MustCompile(`(?i)\bINC-[0-9A-Z]{4,26}\b`)

// others looks for the code of another incident. One that was merged with this
// is the same to its readers; the name of its chat room begins as a code does.
func (c *contradiction) others() {
	room := c.inc.channelName()
	for _, at := range codePattern.FindAllStringIndex(c.text, -1) {
		if begin := at[0] - strings.Index(room, "inc-"); room != "" && begin >= 0 && strings.HasPrefix(strings.ToLower(c.text[begin:]), room) {
			continue
		}
		code := strings.ToUpper(c.text[at[0]:at[1]])
		other := c.state.coded(code)
		switch {
		case code == c.inc.Code || strings.HasPrefix("INC-"+c.inc.ID.String(), code):
		case other == nil:
			c.tell(at, "the room has no such incident; this one is "+c.inc.Code)
		case other.Fields.Text(FieldParent) != c.inc.ID.String() && c.inc.Fields.Text(FieldParent) != other.ID.String():
			c.tell(at, "that is another incident; this one is "+c.inc.Code)
		}
	}
}

// coded gives the incident of a code; nil where there is none.
func (s *State) coded(code string) *Incident {
	for inc := range s.Incidents() {
		if inc.Known() && inc.Code == code {
			return inc
		}
	}
	return nil
}

// startPattern finds a time that something began: its word, whether it is about
// that time, hour, minute, am or pm, and zone.
var startPattern = regexp.MustCompile(`(?i)\b(since|from|started(?: at)?|start(?:ed)?:|began(?: at)?|beginning(?: at)?) (about |around |approximately |~)?` +
	`(?:\d{1,2} [a-z]{3,9} (?:\d{4} )?)?(\d{1,2}):(\d{2})(?: ?(am|pm)\b)?(?: ([A-Z]{1,5})\b)?`)

// aboutTime is how far "about 14:00" may be from the time of the record.
const aboutTime = 15 * time.Minute

// started looks for another start than that of the record. "Since" may also tell
// of what was reached later: it agrees with any milestone.
func (c *contradiction) started(now time.Time, zone *time.Location) {
	start, ok := c.inc.Milestone("started")
	if !ok {
		return
	}
	for _, at := range startPattern.FindAllStringSubmatchIndex(c.text, -1) {
		part := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return strings.ToLower(c.text[at[2*n]:at[2*n+1]])
		}
		hour, _ := strconv.Atoi(part(3))
		minute, _ := strconv.Atoi(part(4))
		if part(5) == "pm" && hour < 12 {
			hour += 12
		}
		said := said{minutes: hour*60 + minute, zone: part(6)}
		if part(2) != "" {
			said.about = aboutTime
		}
		agrees := said.fits(start, c.inc, zone)
		if word := part(1); word == "since" || word == "from" {
			for _, name := range Milestones {
				t, ok := c.inc.Milestone(name)
				agrees = agrees || ok && said.fits(t, c.inc, zone)
			}
		}
		if !agrees {
			c.tell(at, "the record says that it started "+SpeakTime(start, now, zone))
		}
	}
}

// said is a time of day as a text names it.
type said struct {
	minutes int
	zone    string // in small letters; "" where none is named
	about   time.Duration
}

// fits reports whether a time is meant, in UTC, in the zone of the writer or in
// that of the incident; a zone that is none of these is taken to fit, because its
// letters do not say which it is.
func (a said) fits(t time.Time, inc *Incident, writer *time.Location) bool {
	zones := []*time.Location{time.UTC}
	if writer != nil {
		zones = append(zones, writer)
	}
	if own, err := time.LoadLocation(inc.Fields.Text(FieldZone)); err == nil && inc.Fields.Text(FieldZone) != "" {
		zones = append(zones, own)
	}
	known := false
	for _, zone := range zones {
		local := t.In(zone)
		name, _ := local.Zone()
		if a.zone != "" && !strings.EqualFold(a.zone, name) && (zone != time.UTC || a.zone != "gmt" && a.zone != "z") {
			continue
		}
		known = true
		apart := time.Duration((a.minutes-local.Hour()*60-local.Minute()+24*60)%(24*60)) * time.Minute
		if min(apart, 24*time.Hour-apart) <= a.about {
			return true
		}
	}
	return !known
}

// hedges are words before which an end or a size is none: "not yet resolved",
// "until it is fixed".
var hedges = []string{
	"not", "no", "never", "until", "till", "when", "once", "if", "before", "after", "to", "be", "being", "yet", "soon", "how", "get", "getting", "why", "whether",
}

// hedged reports whether one of the words before a place, within its sentence,
// takes the word back.
func (c *contradiction) hedged(at int) bool {
	words := c.before(at)
	return slices.ContainsFunc(words[max(0, len(words)-maxHedge):], func(w string) bool {
		return slices.Contains(hedges, w) || strings.HasSuffix(w, "n't")
	})
}

// maxHedge is how many words before a word may take it back.
const maxHedge = 6

// past reports whether a level is named as that of before: "raised from P2", "it was
// P2".
func (c *contradiction) past(at int) bool {
	words := c.before(at)
	return len(words) > 0 && slices.Contains([]string{"from", "was", "were", "earlier", "former", "previously", "before", "not", "no"}, words[len(words)-1])
}

// before gives the words of the sentence before a place, in small letters.
func (c *contradiction) before(at int) []string {
	sentence := c.text[:at]
	if i := strings.LastIndexAny(sentence, ".!?;:\n"); i >= 0 {
		sentence = sentence[i+1:]
	}
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(sentence, "’", "'")), func(r rune) bool { return r == ' ' || r == ',' || r == '(' || r == '\t' })
}
