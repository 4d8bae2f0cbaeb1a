package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// maxReviewNames bounds the attendees and the services of one incident: more is
// a mailing list, or a slip of paste.
const maxReviewNames = 100

// SetReview writes the head or the texts of a post-mortem. Empty members are
// left alone.
type SetReview struct {
	Incident    string
	Owner       string
	Facilitator string
	Status      string // one of ReviewStates
	Attendees   []string
	Shared      string // whom the learnings were shared with
	// Texts by the name of their section; an empty one takes the text away.
	Texts map[string]string
	// Services it touched; FalseAlarm is yes or no.
	Services   []string
	FalseAlarm string
	Reason     string
}

// Plan implements Command.
func (c SetReview) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	values, err := c.head(p)
	if err != nil {
		return Done{}, err
	}
	texts, err := reviewTexts(c.Texts)
	if err != nil {
		return Done{}, err
	}
	if len(values)+len(texts) == 0 {
		return Done{}, refuse("nothing to set; name a field or a section")
	}
	p.setReview(inc, values, reason)
	if err := p.writeSections(inc, texts); err != nil {
		return Done{}, err
	}
	note := ""
	if id, err := ParseID(values[FieldReviewFacilitator]); err == nil && inc.worked(id) {
		note = p.State.PersonName(id) + " worked on the incident; a facilitator who did not finds it easier to ask"
	}
	return Done{ID: inc.ID, Code: inc.Code, Note: note}, nil
}

// head reads all but the texts.
func (c SetReview) head(p *Planner) (values map[string]string, err error) {
	values = map[string]string{}
	put := func(field, value string, e error) {
		if err == nil {
			err = e
		}
		if value != "" {
			values[field] = value
		}
	}
	owner, e := p.owner(c.Owner)
	put(FieldReviewOwner, owner, e)
	facilitator, e := p.owner(c.Facilitator)
	put(FieldReviewFacilitator, facilitator, e)
	if c.Status != "" {
		status, e := choose("status", c.Status, ReviewStates[:])
		put(FieldReviewStatus, status, e)
	}
	attendees, e := p.attendees(c.Attendees)
	put(FieldReviewAttendees, attendees, e)
	shared, e := remark("whom it was shared with", c.Shared)
	put(FieldReviewShared, shared, e)
	services, e := services(c.Services)
	put(FieldServices, services, e)
	if c.FalseAlarm != "" {
		alarm, e := choose("false alarm", c.FalseAlarm, []string{yes, "no"})
		put(FieldFalseAlarm, alarm, e)
	}
	return values, err
}

func services(names []string) (string, error) {
	if len(names) > maxReviewNames {
		return "", refuse("%d services were named; the limit is %d", len(names), maxReviewNames)
	}
	var list []string
	for _, name := range names {
		name, err := line("the service", name, MaxName)
		if err != nil {
			return "", err
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return strings.Join(list, "\n"), nil
}

// attendees reads people by name.
func (p *Planner) attendees(names []string) (string, error) {
	if len(names) > maxReviewNames {
		return "", refuse("%d people were named; the limit is %d", len(names), maxReviewNames)
	}
	if len(names) == 0 {
		return "", nil
	}
	return p.people(names)
}

// reviewTexts reads sections by name.
func reviewTexts(given map[string]string) (map[string]string, error) {
	texts := map[string]string{}
	var names []string
	for _, s := range ReviewSections {
		names = append(names, s.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		section, err := choose("section", name, names)
		if err != nil {
			return nil, err
		}
		texts[section] = strings.TrimSpace(given[name])
	}
	return texts, nil
}

// setReview plans writes to what is new. A post-mortem that somebody writes at
// has begun.
func (p *Planner) setReview(inc *Incident, values map[string]string, reason string) {
	if inc.Fields.Text(FieldReviewStatus) == "" && values[FieldReviewStatus] == "" {
		values[FieldReviewStatus] = ReviewDraft
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, field, values[field], reason)
	}
}

// writeSections plans the texts of a post-mortem as they should be; what others
// wrote apart meanwhile stays.
func (p *Planner) writeSections(inc *Incident, texts map[string]string) error {
	for _, section := range slices.Sorted(maps.Keys(texts)) {
		edit := EditText{Incident: inc.ID.String(), Field: TextReview + section, Text: texts[section]}
		if _, err := edit.Plan(p); err != nil {
			return err
		}
	}
	return nil
}

// worked reports whether a person holds a role of the response.
func (i *Incident) worked(person ID) bool {
	return slices.ContainsFunc(i.Team(), func(h Holder) bool { return h.Person == person && h.Role != "observer" })
}

// WriteReviewDraft fills the empty sections from the log: see State.ReviewDraft.
// What people wrote already stays.
type WriteReviewDraft struct {
	Incident string
	Owner    string // who sees it through; may be empty
}

// Plan implements Command.
func (c WriteReviewDraft) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	owner, err := p.owner(c.Owner)
	if err != nil {
		return Done{}, err
	}
	values := map[string]string{FieldReview(StepDraft): FormatTime(p.Now)}
	if owner != "" {
		values[FieldReviewOwner] = owner
	}
	texts := p.State.ReviewDraft(inc)
	maps.DeleteFunc(texts, func(section, _ string) bool { return inc.ReviewText(section) != "" })
	for section, text := range texts {
		texts[section] = cut(text, MaxText)
	}
	p.setReview(inc, values, "")
	if err := p.writeSections(inc, texts); err != nil {
		return Done{}, err
	}
	return Done{ID: inc.ID, Code: inc.Code, Note: "people remember it now: ask for their notes, and fill what is marked TODO"}, nil
}

// BookReview books the meeting.
type BookReview struct {
	Incident  string
	At        time.Time
	Attendees []string
	// Confirm takes a time that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c BookReview) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c BookReview) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if c.At.IsZero() {
		return Done{}, refuse("say when the meeting is; nothing was changed")
	}
	if err := p.moved("the meeting would be", inc.Fields.Text(FieldReviewMeeting), c.At, c.Confirm); err != nil {
		return Done{}, err
	}
	values := map[string]string{FieldReviewMeeting: FormatTime(c.At), FieldReview(StepBooked): FormatTime(p.Now)}
	if people, err := p.attendees(c.Attendees); err != nil {
		return Done{}, err
	} else if people != "" {
		values[FieldReviewAttendees] = people
	}
	p.setReview(inc, values, "")
	done := Done{ID: inc.ID, Code: inc.Code}
	meet := p.State.Policy().Review.Meet
	if resolved, ok := inc.Milestone("resolved"); ok && c.At.After(p.State.Policy().Calendar.Add(resolved, meet)) {
		done.Note = "this is more than " + meet.String() + " after the resolution, which is when the policy wants it held"
	}
	return done, nil
}

// HoldReview records that the meeting was held.
type HoldReview struct {
	Incident  string
	At        time.Time // zero is now
	Attendees []string
}

// Plan implements Command.
func (c HoldReview) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	if at.After(p.Now) {
		return Done{}, refuse("%s is to come; book the meeting (review book), and record it once it was held. Nothing was changed", stampText(at))
	}
	values := map[string]string{FieldReview(StepHeld): FormatTime(at), FieldReviewStatus: ReviewInReview}
	if inc.Fields.Text(FieldReviewMeeting) == "" {
		values[FieldReviewMeeting], values[FieldReview(StepBooked)] = FormatTime(at), FormatTime(at)
	}
	if people, err := p.attendees(c.Attendees); err != nil {
		return Done{}, err
	} else if people != "" {
		values[FieldReviewAttendees] = people
	}
	p.setReview(inc, values, "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// SettleActions ends the choice of the action items: there are those recorded,
// or none for a reason.
type SettleActions struct {
	Incident string
	None     string // why there is none, where there is none
}

// Plan implements Command.
func (c SettleActions) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.None)
	if err != nil {
		return Done{}, err
	}
	if len(inc.Items.Of(ClassAction)) == 0 && reason == "" {
		return Done{}, refuse("%s has no action; add one, or say why none is needed (--none). Nothing was changed", inc.Code)
	}
	for _, v := range p.State.ActionViews(inc) {
		if v.State == ActionOpen && v.Owner == "" {
			return Done{}, refuse("action %s has no owner: %s. One person sees it through; nothing was changed", v.ID.Short(8), cut(v.Text, 80))
		}
	}
	p.setReview(inc, map[string]string{FieldReview(StepActions): FormatTime(p.Now)}, reason)
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// PublishReview ends the review: the post-mortem is shared. What CheckReview
// finds is said before, and published only with Confirm.
type PublishReview struct {
	Incident string
	Shared   string // with whom
	Confirm  bool
}

// Confirmed implements Doubtful.
func (c PublishReview) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c PublishReview) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	shared, err := prose("whom it is shared with", c.Shared)
	if err != nil {
		return Done{}, err
	}
	done := Done{ID: inc.ID, Code: inc.Code}
	if found := p.State.CheckReview(inc); len(found) > 0 {
		text := strings.Join(found, "; ")
		if !c.Confirm {
			return Done{}, refuse("%s before it is published: %s. Nothing was changed; correct it, or confirm it (--confirm) as it is", count(len(found), "thing"), text)
		}
		done.Note = "published as it is: " + text
	}
	p.setReview(inc, map[string]string{FieldReviewStatus: ReviewReviewed, FieldReview(StepPublished): FormatTime(p.Now), FieldReviewShared: shared}, "")
	return done, nil
}
