package model

import (
	"slices"
	"strings"
	"time"
)

// Fields of the post-mortem of an incident. Its long texts are ReviewSections.
const (
	FieldReviewOwner       = "pm.owner"       // id of the person who sees it through
	FieldReviewFacilitator = "pm.facilitator" // id of the person who leads the meeting
	FieldReviewStatus      = "pm.status"      // one of ReviewStates; empty is not begun
	FieldReviewMeeting     = "pm.time"        // when the meeting is
	FieldReviewAttendees   = "pm.attendees"   // ids, one a line
	FieldReviewShared      = "pm.shared"      // whom the learnings were shared with
	FieldServices          = "services"       // services it touched, one a line
	FieldFalseAlarm        = "false-alarm"    // yes where nothing was wrong

	reviewPrefix = "review."
)

// States of a post-mortem.
const (
	ReviewDraft    = "draft"
	ReviewInReview = "in review"
	ReviewReviewed = "reviewed"
	ReviewClosed   = "closed"
)

// ReviewStates lists what a post-mortem may be, in its order.
var ReviewStates = [...]string{ReviewDraft, ReviewInReview, ReviewReviewed, ReviewClosed}

// Steps of a post-mortem: see FieldReview.
const (
	StepDraft     = "draft"
	StepBooked    = "booked"
	StepHeld      = "held"
	StepActions   = "actions"
	StepPublished = "published"
)

var reviewSteps = [...]string{StepDraft, StepBooked, StepHeld, StepActions, StepPublished}

// ReviewSection is a long text of the post-mortem.
type ReviewSection struct {
	Name, Title string
	// Ask says what belongs there, as the template puts it.
	Ask string
	// Cause marks the texts that must tell how, and not who.
	Cause bool
}

// ReviewSections lists the texts of a post-mortem in their order. The action
// items, with their owners and deadlines, are items: see ClassAction.
var ReviewSections = [...]ReviewSection{
	{Name: "summary", Title: "Incident summary", Ask: "three sentences: effect on users, span, how it ended"},
	{Name: "timeline", Title: "Timeline of events", Ask: "what the log does not say: each gap over 30 minutes of a P0"},
	{Name: "cause", Title: "Root cause analysis", Ask: "trigger; why it was possible, why it was not noticed, why it took that long", Cause: true},
	{Name: "impact", Title: "Impact assessment", Ask: "users, minutes, requests, data, money, tickets, penalties, staff hours, nights"},
	{Name: "well", Title: "What went well", Ask: "what to keep"},
	{Name: "poorly", Title: "What went poorly", Ask: "declaration, escalation, communication, tools: a line each"},
	{Name: "lucky", Title: "Where we were lucky", Ask: "what could have made it worse and did not"},
	{Name: "helped", Title: "What helped", Ask: "what made it shorter"},
	{Name: "hindered", Title: "What made it harder", Ask: "what made it longer"},
	{Name: "detection", Title: "Detection", Ask: "what told whom, what did not, what would normal look like", Cause: true},
}

// ReviewText gives a section of the post-mortem, which people write together.
func (i *Incident) ReviewText(section string) string { return i.Text(TextReview + section) }

// ReviewAgenda is the meeting of an hour, in its order.
var ReviewAgenda = [...]string{
	"5 min: rules (how, not who; no fixes yet) and the aim",
	"35 min: walk the timeline. What did you see then? What told you that? What else did you consider?",
	"10 min: what we learned",
	"5 min: parked ideas",
	"5 min: next steps, and who settles the actions",
}

// ReviewView is the post-mortem of an incident.
type ReviewView struct {
	Incident    string    `json:"incident"`
	Title       string    `json:"title"`
	Status      string    `json:"status"` // empty where it was not begun
	Owner       string    `json:"owner"`
	Facilitator string    `json:"facilitator"`
	MeetingAt   time.Time `json:"meeting_at,omitzero"`
	Attendees   []string  `json:"attendees"`
	Shared      string    `json:"shared"`
	Services    []string  `json:"services"`
	FalseAlarm  bool      `json:"false_alarm"`
	// Steps tells when each step was done, by its name.
	Steps    map[string]time.Time `json:"steps"`
	Sections []ReviewText         `json:"sections"`
	Factors  []FactorView         `json:"factors"`
	Actions  []ActionView         `json:"actions"`
	// RunbookGaps are the steps of runbooks said to be missing or wrong.
	RunbookGaps []string `json:"runbook_gaps"`
	// Checks are the sentences of CheckReview.
	Checks []string `json:"checks"`
	Agenda []string `json:"agenda"`
}

// ReviewText is a section as it stands.
type ReviewText struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Text  string `json:"text"`
	By    string `json:"by"`
	// Draft marks a text that still holds a TODO.
	Draft bool `json:"draft"`
}

// ReviewView gives the post-mortem of an incident.
func (s *State) ReviewView(inc *Incident) ReviewView {
	f := inc.Fields
	v := ReviewView{
		Incident: inc.Code, Title: inc.Title(), Status: f.Text(FieldReviewStatus), Owner: s.fieldPerson(f, FieldReviewOwner),
		Facilitator: s.fieldPerson(f, FieldReviewFacilitator), Attendees: s.fieldPeople(f, FieldReviewAttendees), Shared: f.Text(FieldReviewShared),
		Services: lines(f.Text(FieldServices)), FalseAlarm: inc.FalseAlarm(), Steps: map[string]time.Time{}, Sections: []ReviewText{},
		Factors: s.FactorViews(inc), Actions: s.ActionViews(inc), RunbookGaps: s.RunbookGaps(inc), Checks: s.CheckReview(inc), Agenda: ReviewAgenda[:],
	}
	v.MeetingAt, _ = f.when(FieldReviewMeeting)
	for _, step := range reviewSteps {
		if at, ok := inc.ReviewStep(step); ok {
			v.Steps[step] = at
		}
	}
	for _, section := range ReviewSections {
		t := ReviewText{Name: section.Name, Title: section.Title, Text: inc.ReviewText(section.Name)}
		t.By = strings.Join(s.textBrief(inc, TextReview+section.Name).Writers, ", ")
		t.Draft = strings.Contains(t.Text, ReviewTodo)
		v.Sections = append(v.Sections, t)
	}
	return v
}

// ReviewStep tells when a step of the post-mortem was done.
func (i *Incident) ReviewStep(step string) (time.Time, bool) {
	return i.Fields.when(FieldReview(step))
}

// ReviewOwner gives the person who sees the post-mortem through.
func (i *Incident) ReviewOwner() (ID, bool) {
	id, err := ParseID(i.Fields.Text(FieldReviewOwner))
	return id, err == nil
}

// FalseAlarm reports whether the review found that nothing was wrong: figures
// count it apart.
func (i *Incident) FalseAlarm() bool { return i.Fields.Text(FieldFalseAlarm) == yes }

// Services lists the services an incident touched.
func (i *Incident) Services() []string { return lines(i.Fields.Text(FieldServices)) }

// Merged reports whether the incident was merged under another one.
func (i *Incident) Merged() bool { return i.Fields.Text(FieldParent) != "" }

// RunbookGaps lists the steps of runbooks that people said are missing or
// wrong while they followed them.
func (s *State) RunbookGaps(inc *Incident) []string {
	gaps := []string{}
	for _, run := range s.RunViews(inc) {
		for _, gap := range run.Gaps {
			gaps = append(gaps, run.Title+": "+gap)
		}
	}
	return gaps
}

func (s *State) fieldPerson(f Fields, name string) string {
	if id, err := ParseID(f.Text(name)); err == nil {
		return s.PersonName(id)
	}
	return ""
}

func (s *State) fieldPeople(f Fields, name string) []string {
	names := []string{}
	for _, text := range lines(f.Text(name)) {
		if id, err := ParseID(text); err == nil {
			names = append(names, s.PersonName(id))
		}
	}
	return names
}

// reviewFacts adds what the post-mortem says to what a message may use.
func (s *State) reviewFacts(inc *Incident, facts map[string]string, zone *time.Location, now time.Time) {
	for fact, section := range map[string]string{"summary": "summary", "helped": "helped", "hindered": "hindered"} {
		if text := inc.ReviewText(section); text != "" && !strings.Contains(text, ReviewTodo) {
			facts[fact] = text
		}
	}
	var factors []string
	for _, v := range s.FactorViews(inc) {
		factors = append(factors, v.Text)
	}
	if len(factors) > 0 {
		facts["factors"] = strings.Join(factors, "; ")
	}
	if name := s.fieldPerson(inc.Fields, FieldReviewOwner); name != "" {
		facts[FieldReviewOwner] = name
	}
	if at, ok := inc.Fields.when(FieldReviewMeeting); ok {
		facts[FieldReviewMeeting] = SpeakTime(at, now, zone)
	}
	var list []string
	for _, v := range s.ActionViews(inc) {
		if v.State != ActionDropped {
			list = append(list, "- "+v.Text+" ("+either(v.Owner, "no owner")+", "+v.DueAt.Format(time.DateOnly)+")")
		}
	}
	if len(list) > 0 {
		facts["followups"] = strings.Join(list, "\n")
	}
}

// isReview reports whether a field is of the post-mortem and told in the
// timeline: its texts are read in the document.
func isReview(field string) bool {
	step, ok := strings.CutPrefix(field, reviewPrefix)
	return field == FieldReviewStatus || field == FieldFalseAlarm || ok && slices.Contains(reviewSteps[:], step)
}

func reviewText(field, text string) string {
	switch field {
	case FieldReviewStatus:
		return "Post-mortem: " + text
	case FieldFalseAlarm:
		return "False alarm: " + text
	}
	words := map[string]string{
		StepDraft: "Draft of the post-mortem is written", StepBooked: "Post-mortem meeting is booked", StepHeld: "Post-mortem meeting was held",
		StepActions: "Actions are settled", StepPublished: "Post-mortem is published",
	}
	return words[strings.TrimPrefix(field, reviewPrefix)]
}
