package model

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"holdfast/model/when"
)

// EntryHistory is a timeline entry with all that was ever written in it.
type EntryHistory struct {
	ID       ID     `json:"id"`
	Incident string `json:"incident"`
	// Versions in the order they were written, the first as added.
	Versions    []VersionView `json:"versions"`
	Retractions []ChangeView  `json:"retractions"`
}

// VersionView is the content of an entry at one time.
type VersionView struct {
	At         time.Time      `json:"at,omitzero"`
	Precision  when.Precision `json:"precision"`
	Kind       string         `json:"kind"`
	Text       string         `json:"text"`
	By         string         `json:"by"`
	RecordedAt time.Time      `json:"recorded_at,omitzero"`
	// ClockAt is what the author's clock showed, where it was wrong.
	ClockAt time.Time `json:"clock_at,omitzero"`
	// Current marks what counts now; two are a conflict.
	Current bool `json:"current"`
}

// MemberView is a device of the room.
type MemberView struct {
	Device string `json:"device"`
	Name   string `json:"name"`
	Person string `json:"person"`
	// Role is admin, member, observer or relay.
	Role      string    `json:"role"`
	AddedAt   time.Time `json:"added_at,omitzero"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
	Reason    string    `json:"reason"`
	// Archive marks a device that keeps all of the room's history.
	Archive bool `json:"archive"`
	// You marks the device that answers.
	You bool `json:"you"`
	// Commits counts what is here of what it wrote; LastWroteAt is when it wrote
	// the last of that. LastHeard is when a link last carried something from it,
	// which the record does not know.
	Commits     uint64    `json:"commits"`
	LastWroteAt time.Time `json:"last_wrote_at,omitzero"`
	LastHeard   time.Time `json:"last_heard,omitzero"`
	// Changes are the changes of its role that were made, in order.
	Changes []RoleChangeView `json:"changes"`
}

// RoleChangeView is a change of a device's role.
type RoleChangeView struct {
	Role   string    `json:"role"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason"`
}

// PersonView is a human of the room.
type PersonView struct {
	ID    ID     `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
	Team  string `json:"team"`
	Zone  string `json:"zone"`
	Title string `json:"title"`
	// The rest of the directory; Ways are all ways to reach them, in the order
	// they asked for.
	PrivatePhone    string    `json:"private_phone"`
	SecondPhone     string    `json:"second_phone"`
	Messenger       string    `json:"messenger"`
	SecondMessenger string    `json:"second_messenger"`
	PrivateEmail    string    `json:"private_email"`
	Order           string    `json:"contact_order"`
	Skills          string    `json:"skills"`
	Manager         string    `json:"manager"`
	Note            string    `json:"emergency_note"`
	Left            string    `json:"left"`
	TestPageAt      time.Time `json:"test_page_at,omitzero"`
	// By which ways the last test page came, what it said, and when the person
	// acknowledged it.
	TestPageWays         string    `json:"test_page_ways"`
	TestPageText         string    `json:"test_page_text"`
	TestPageAcknowledged time.Time `json:"test_page_acknowledged_at,omitzero"`
	Ways                 []WayView `json:"ways"`
	// Devices counts the person's devices that are members now.
	Devices int `json:"devices"`
}

// MessageView is a message of the outbox.
type MessageView struct {
	ID       ID     `json:"id"`
	Incident string `json:"incident"`
	Template string `json:"template"`
	Audience string `json:"audience"`
	Channel  string `json:"channel"`
	Subject  string `json:"subject"`
	// Recipients is their number.
	Recipients int `json:"recipients"`
	// Status is waiting, sent, deferred, failed, unknown or withdrawn.
	Status  string    `json:"status"`
	Detail  string    `json:"detail"`
	Refused []Refusal `json:"refused"`

	QueuedAt time.Time `json:"queued_at,omitzero"`
	By       string    `json:"by"`
	// Number counts the updates to this audience, from 1.
	Number       int       `json:"number"`
	NextUpdateAt time.Time `json:"next_update_at,omitzero"`
	Body         string    `json:"body"`
	// ApprovedBy is who said that it may go; left out where nobody was asked.
	ApprovedBy string `json:"approved_by,omitempty"`
}

// Waits reports whether the message is still to be sent.
func (m MessageView) Waits() bool {
	return m.Status == Outcome(0).String() || m.Status == Deferred.String()
}

// RoomView is a room in one line.
type RoomView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Devices counts members that were not removed.
	Devices   int `json:"devices"`
	People    int `json:"people"`
	Open      int `json:"open"`
	Incidents int `json:"incidents"`
	// Overdue counts the open incidents whose next update is late.
	Overdue int `json:"overdue"`
	// NewerOps need a newer version, RefusedOps their author had no right to,
	// Quarantined are commits a device wrote after its removal, on which no
	// admin has ruled.
	NewerOps    uint64 `json:"newer_ops"`
	RefusedOps  uint64 `json:"refused_ops"`
	Quarantined uint64 `json:"quarantined"`
	// HistoryDays is after how many days devices that are no archive may let go of
	// history; 0 is never.
	HistoryDays int `json:"history_days"`
}

// Summary gives the room in one line.
func (s *State) Summary(now time.Time) RoomView {
	v := RoomView{
		ID: s.Room.String(), Name: s.Name(), NewerOps: s.Newer, RefusedOps: s.Refused,
		HistoryDays: int(s.HistoryAge().Hours() / 24),
	}
	for feed, a := range s.Aside {
		_, n := s.waiting(feed, a)
		v.Quarantined += n
	}
	for _, m := range s.Members {
		if m.Active() && !m.Recovery {
			v.Devices++
		}
	}
	for _, p := range s.People {
		if !p.Added.zero() {
			v.People++
		}
	}
	v.Incidents = s.Declared()
	for inc := range s.Unclosed() {
		if inc.Open() {
			v.Open++
		}
		if next, ok := s.NextUpdate(inc); ok && next.Before(now) {
			v.Overdue++
		}
	}
	return v
}

// History gives an entry with its versions; false where it is not here.
func (s *State) History(inc *Incident, entry ID) (EntryHistory, bool) {
	h := EntryHistory{ID: entry, Incident: inc.Code, Versions: []VersionView{}, Retractions: []ChangeView{}}
	e := inc.Entry(entry)
	if e == nil || !e.Known() {
		return h, false
	}
	current := map[Stamp]bool{}
	for _, w := range e.current(entry) {
		current[w.Value.Stamp] = true
	}
	for _, v := range e.Versions(entry) {
		h.Versions = append(h.Versions, VersionView{
			At: viewTime(v.Time()), Precision: v.Precision, Kind: v.Kind, Text: v.Text, By: s.AuthorName(v.Stamp),
			RecordedAt: viewMilli(v.Stamp.Recorded()), ClockAt: v.Stamp.OwnClock(), Current: current[v.Stamp],
		})
	}
	for _, r := range e.Retractions {
		h.Retractions = append(h.Retractions, ChangeView{
			By: s.AuthorName(r.Stamp), At: viewMilli(r.Stamp.Recorded()), Reason: r.Reason,
		})
	}
	return h, true
}

// MemberViews lists the devices of the room in the order they were admitted,
// the removed ones too. self is the device that answers.
func (s *State) MemberViews(self DeviceKey) []MemberView {
	members := slices.SortedFunc(maps.Values(s.Members), func(a, b *Member) int { return a.Added.Compare(b.Added) })
	written := map[DeviceKey]Mark{}
	for _, mark := range s.Applied {
		w := written[mark.Device]
		written[mark.Device] = Mark{Seq: w.Seq + mark.Seq, At: max(w.At, mark.At)}
	}
	views := make([]MemberView, len(members))
	for i, m := range members {
		views[i] = MemberView{
			Device: m.Device.String(), Name: m.Name, Role: m.Role, AddedAt: viewMilli(m.Added.Recorded()),
			Reason: m.Reason, Archive: s.Archive(m.Device), You: m.Device == self, Commits: written[m.Device].Seq, Changes: []RoleChangeView{},
		}
		if at := written[m.Device].At; at != 0 {
			views[i].LastWroteAt = viewMilli(at)
		}
		for _, c := range m.Changes {
			views[i].Changes = append(views[i].Changes, RoleChangeView{
				Role: c.Role, By: s.AuthorName(c.At), At: viewMilli(c.At.Recorded()), Reason: c.Reason,
			})
		}
		if !m.Person.Zero() {
			views[i].Person = s.PersonName(m.Person)
		}
		if !m.Active() {
			views[i].RemovedAt = viewMilli(m.Removed.Recorded())
		}
	}
	return views
}

// PersonViews lists the people of the room by name.
func (s *State) PersonViews() []PersonView {
	devices := map[ID]int{}
	for _, m := range s.Members {
		if m.Active() && !m.Recovery {
			devices[m.Person]++
		}
	}
	views := []PersonView{}
	for id, p := range s.People {
		if p.Added.zero() {
			continue
		}
		views = append(views, s.personView(id, p.Fields, devices[id]))
	}
	slices.SortFunc(views, func(a, b PersonView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.ID.Compare(b.ID)) })
	return views
}

func (s *State) personView(id ID, f Fields, devices int) PersonView {
	v := PersonView{
		ID: id, Name: f.Text(PersonName), Email: f.Text(PersonEmail), Phone: f.Text(PersonPhone), Team: f.Text(PersonTeam), Zone: f.Text(PersonZone),
		Title: f.Text(PersonTitle), PrivatePhone: f.Text(PersonPrivatePhone), SecondPhone: f.Text(PersonSecondPhone), Messenger: f.Text(PersonMessenger),
		SecondMessenger: f.Text(PersonMessenger2), PrivateEmail: f.Text(PersonPrivateEmail), Order: f.Text(PersonOrder), Skills: f.Text(PersonSkills),
		Note: f.Text(PersonNote), Left: f.Text(PersonLeft), TestPageAt: s.TestPage(id),
		TestPageWays: f.Text(PersonTestWays), TestPageText: f.Text(PersonTestText), TestPageAcknowledged: f.Time(PersonTestAck), Ways: s.WaysOf(id), Devices: devices,
	}
	v.Manager = f.Text(PersonManager) // a name, where a list of people had one
	if manager, err := ParseID(v.Manager); err == nil {
		v.Manager = s.PersonName(manager)
	}
	return v
}

// MessageViews lists the messages of an incident, or of all incidents where it
// is nil, in the order they were queued.
func (s *State) MessageViews(inc *Incident) []MessageView {
	type queued struct {
		at   Stamp
		view MessageView
	}
	var found []queued
	collect := func(inc *Incident) {
		for id, m := range s.messagesOf(inc) {
			if !m.Queued.zero() {
				found = append(found, queued{m.Queued, s.messageView(inc, id, m)})
			}
		}
	}
	if inc != nil {
		collect(inc)
	} else {
		collect(nil)
		for inc := range s.Incidents() {
			collect(inc)
		}
	}
	slices.SortFunc(found, func(a, b queued) int { return a.at.Compare(b.at) })
	views := make([]MessageView, len(found))
	for i, f := range found {
		views[i] = f.view
	}
	return views
}

func (s *State) messageView(inc *Incident, id ID, m *Message) MessageView {
	outcome, result := m.Outcome()
	_, code := inc.named()
	v := MessageView{
		ID: id, Incident: code, Template: m.Draft.Template, Audience: m.Draft.Audience, Channel: m.Draft.Channel,
		Subject: m.Draft.Subject, Recipients: len(m.Draft.Recipients), Status: outcome.String(), Detail: result.Detail,
		Refused: []Refusal{}, QueuedAt: viewMilli(m.Queued.Recorded()), By: s.AuthorName(m.Queued), Number: m.Draft.Number,
		Body: m.Draft.Body,
	}
	v.ApprovedBy = s.nameOf(m.Draft.Approver)
	v.Refused = append(v.Refused, result.Refused...)
	if m.Draft.Next != 0 {
		v.NextUpdateAt = viewMilli(m.Draft.Next)
	}
	return v
}
