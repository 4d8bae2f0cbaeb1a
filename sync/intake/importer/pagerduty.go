package importer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
)

// pdEntry is a log entry of PagerDuty.
type pdEntry struct {
	ID        loose    `json:"id"`
	Type      loose    `json:"type"`
	Summary   loose    `json:"summary"`
	CreatedAt loose    `json:"created_at"`
	Note      loose    `json:"note"`
	Agent     looseRef `json:"agent"`
	Channel   struct {
		Type         loose           `json:"type"`
		Summary      loose           `json:"summary"`
		Details      json.RawMessage `json:"details"`
		Notification struct {
			Type    loose `json:"type"`
			Address loose `json:"address"`
			Status  loose `json:"status"`
		} `json:"notification"`
	} `json:"channel"`
	Event struct {
		Description loose `json:"description"`
	} `json:"event_details"`
	Incident struct {
		looseRef
		Title loose `json:"title"`
		URL   loose `json:"html_url"`
	} `json:"incident"`
	Contexts []json.RawMessage `json:"contexts"`

	where, doubt string
	at           time.Time
	place        time.Time       // at, or that of the entry before
	raw          json.RawMessage // of an element that is no log entry
}

// pdKinds are the kinds of the types of log entry. A type that is not here is a
// note.
var pdKinds = map[string]string{
	"trigger": "page", "acknowledge": "page", "unacknowledge": "page", "notify": "page",
	"assign": "role", "delegate": "role",
	"escalate": "escalation", "exhaust_escalation_path": "escalation", "repeat_escalation_path": "escalation",
	"resolve": "resolved", "snooze": "action", "urgency_change": "action",
	"reach_ack_limit": "action", "reach_trigger_limit": "action",
	"field_value_change": "action", "custom_field_value_change": "action",
}

// pdNumber is what the summary of an incident has before its title.
var pdNumber = regexp.MustCompile(`^\[#\d+\]\s*`)

// readPagerDuty reads what its API gives of log entries or of incidents, and the
// table of its analytics.
func readPagerDuty(b []byte, o Options) ([]story, error) {
	if isAnalytics(b) {
		return readAnalytics(b, o)
	}
	if err := wellFormed(b); err != nil {
		return nil, err
	}
	var f struct {
		Entries   json.RawMessage `json:"log_entries"`
		Incidents json.RawMessage `json:"incidents"`
		More      loose           `json:"more"`
	}
	if err := looseObject(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	var stories []story
	var err error
	switch {
	case f.Entries != nil:
		stories, err = readLogEntries(f.Entries, o)
	case f.Incidents != nil:
		stories, err = readIncidents(f.Incidents, o)
	default:
		err = fmt.Errorf("%w: it has neither log_entries nor incidents", ErrInvalid)
	}
	if err != nil {
		return nil, err
	}
	stories = gatherTimeless(stories)
	for n := range stories {
		if f.More == "true" {
			stories[n].warn("the file holds only a part: ask PagerDuty for the rest with a higher offset, and import that file too")
		}
	}
	return stories, nil
}

func readLogEntries(b []byte, o Options) ([]story, error) {
	var entries []pdEntry
	err := looseList("log_entries", b, func(n int, raw json.RawMessage) (err error) {
		e := pdEntry{where: fmt.Sprintf("log entry no. %d", n)}
		if err := looseObject(raw, &e); err != nil {
			e.raw, e.doubt = raw, err.Error()
		} else {
			e.at, e.doubt, err = looseTime(e.CreatedAt, o.Zone)
			if err != nil {
				return err
			}
		}
		if e.ID != "" {
			e.where = "log entry " + looseName(e.ID)
		}
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	sortEntries(entries)
	return entryStories(entries), nil
}

// sortEntries puts the oldest first; the API gives the newest first. What has no
// time stays behind what it stood behind, and of one second a trigger comes first.
func sortEntries(entries []pdEntry) {
	timed := slices.DeleteFunc(slices.Clone(entries), func(e pdEntry) bool { return e.at.IsZero() })
	if len(timed) > 1 && timed[0].at.After(timed[len(timed)-1].at) {
		slices.Reverse(entries)
	}
	var last time.Time
	for n := range entries {
		if at := entries[n].at; !at.IsZero() {
			last = at
		}
		entries[n].place = last
	}
	rank := func(e pdEntry) int {
		if e.kind() == "trigger" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(entries, func(a, b pdEntry) int { return cmp.Or(a.place.Compare(b.place), rank(a)-rank(b)) })
}

// kind is the type without what all types have.
func (e pdEntry) kind() string {
	return strings.TrimSuffix(strings.TrimSuffix(string(e.Type), "_reference"), "_log_entry")
}

// entryStories gives a story for each incident, in the order they began.
func entryStories(entries []pdEntry) []story {
	var stories []story
	byID := map[string]int{}
	details := map[int]int{}
	resolved := map[int]time.Time{}
	last := 0
	for _, e := range entries {
		id := looseName(e.Incident.ID)
		n, ok := byID[id]
		switch {
		case e.raw != nil && len(stories) > 0:
			n = last // what cannot be read names no incident
		case !ok:
			n = len(stories)
			byID[id] = n
			stories = append(stories, e.story())
		}
		s := &stories[n]
		s.logEntry(e)
		last = n
		if e.kind() == "resolve" && e.at.After(resolved[n]) {
			resolved[n] = e.at
		}
		if d := string(e.Channel.Details); len(e.Contexts) > 0 || d != "" && d != "null" && d != "{}" {
			details[n]++
		}
	}
	for n := range stories {
		stories[n].milestone("resolved", resolved[n])
		if details[n] > 0 {
			stories[n].warn("the details, links and images of %s are not kept", countOf(details[n], "trigger"))
		}
	}
	return stories
}

func (e pdEntry) story() (s story) {
	id := looseName(e.Incident.ID)
	title := either(string(e.Incident.Title), pdNumber.ReplaceAllString(string(e.Incident.Summary), ""))
	s.pagerDuty(id, title, string(e.Incident.URL))
	return s
}

// pagerDuty names the story. Log entries, incidents and analytics of one incident
// have the same source.
func (s *story) pagerDuty(id, title, link string) {
	if id != "" {
		s.Declare.Source = "pagerduty:" + id
	}
	s.Declare.Title = maskPhones(plainPhone, title)
	s.Declare.Origin = strings.TrimSpace(cut("PagerDuty "+either(link, id), model.MaxText))
}

func (s *story) logEntry(e pdEntry) {
	if e.raw != nil {
		s.unreadElement(e.where, e.raw, e.doubt)
		return
	}
	text, kind := e.text()
	if e.at.IsZero() {
		s.untimed(e.where, text, e.doubt)
		return
	}
	s.add(e.where, e.at, when.Exact, kind, text, "")
	switch e.kind() {
	case "trigger":
		s.milestone("detected", e.at)
		switch e.Channel.Type {
		case "api", "nagios", "email", "events_api_v2":
			s.Declare.Detection = model.Detections[0]
		}
	case "acknowledge":
		s.milestone("acknowledged", e.at)
	}
}

// text gives the row of a log entry and its kind.
func (e pdEntry) text() (text, kind string) {
	kind = either(pdKinds[e.kind()], "note")
	phone := plainPhone
	if e.kind() == "notify" {
		phone = widePhone
	}
	text = strings.TrimSpace(maskPhones(phone, string(e.Summary)))
	if text == "" {
		text = either(strings.ReplaceAll(e.kind(), "_", " "), "an entry without a text")
		if e.Agent.Summary != "" {
			text += " by " + string(e.Agent.Summary)
		}
	}
	switch e.kind() {
	case "annotate":
		if note := strings.TrimSpace(either(string(e.Note), string(e.Channel.Summary))); note != "" {
			return strings.TrimPrefix(string(e.Agent.Summary)+": "+note, ": "), kindOf(note)
		}
	case "trigger":
		text = triggered(text, either(string(e.Channel.Summary), string(e.Event.Description)))
	case "notify":
		text += e.notified(text)
	}
	return text, kind
}

// triggered is the row of a trigger, the same from log entries and incidents.
func triggered(summary, what string) string {
	what = strings.TrimSpace(maskPhones(plainPhone, what))
	if what == "" || strings.Contains(summary, what) {
		return summary
	}
	return summary + ": " + what
}

// notified tells where a notification went, and whether it failed to.
func (e pdEntry) notified(text string) (tail string) {
	n := e.Channel.Notification
	address := maskPhones(widePhone, string(n.Address))
	if address != "" && !strings.Contains(text, address) {
		if !strings.Contains(address, "@") {
			address = "phone " + address
		}
		tail = " (" + address + ")"
	}
	if n.Status != "" && n.Status != "success" {
		tail += ", " + strings.ReplaceAll(string(n.Status), "_", " ")
	}
	return tail
}

// isAnalytics reports the table of PagerDuty's analytics, by its header.
func isAnalytics(b []byte) bool {
	header, _, _ := bytes.Cut(bytes.TrimSpace(b), []byte("\n"))
	return bytes.Contains(header, []byte(analyticsMark)) && !bytes.HasPrefix(header, []byte("{")) && !bytes.HasPrefix(header, []byte("["))
}
