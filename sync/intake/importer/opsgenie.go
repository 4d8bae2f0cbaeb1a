package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/model/when"
)

// maxAlertMessage is where Opsgenie cuts the message of an alert.
const maxAlertMessage = 130

// ogAlert is an alert of Opsgenie.
type ogAlert struct {
	ID          loose `json:"id"`
	Tiny        loose `json:"tinyId"`
	Message     loose `json:"message"`
	Description loose `json:"description"`
	Status      loose `json:"status"`
	Count       loose `json:"count"`
	CreatedAt   loose `json:"createdAt"`
	LastAt      loose `json:"lastOccurredAt"`
	Priority    loose `json:"priority"`
	Source      loose `json:"source"`
	Owner       loose `json:"owner"`
	Integration struct {
		Name loose `json:"name"`
	} `json:"integration"`
	Report struct {
		AckTime   loose `json:"ackTime"`
		CloseTime loose `json:"closeTime"`
		AckedBy   loose `json:"acknowledgedBy"`
		ClosedBy  loose `json:"closedBy"`
	} `json:"report"`
}

// ogLog is a line of the log of an alert, or a note, which the API lists alike.
type ogLog struct {
	Log       loose `json:"log"`
	Note      loose `json:"note"`
	Owner     loose `json:"owner"`
	CreatedAt loose `json:"createdAt"`
	Offset    loose `json:"offset"`

	at    time.Time
	doubt string
	where string
	raw   json.RawMessage // of an element that is no line
}

// readOpsgenie reads what its API gives of alerts, or the log of one alert.
func readOpsgenie(b []byte, o Options) ([]story, error) {
	if err := wellFormed(b); err != nil {
		return nil, err
	}
	var f struct {
		Data   json.RawMessage `json:"data"`
		Paging struct {
			Next loose `json:"next"`
		} `json:"paging"`
	}
	if err := looseObject(b, &f); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	if bytes.HasPrefix(f.Data, []byte("{")) {
		f.Data = slices.Concat([]byte("["), f.Data, []byte("]"))
	}
	if f.Data == nil {
		return nil, fmt.Errorf("%w: it has no data", ErrInvalid)
	}
	read := readAlerts
	if isAlertLog(f.Data) {
		read = readAlertLog
	}
	stories, err := read(f.Data, o)
	if err != nil {
		return nil, err
	}
	stories = gatherTimeless(stories)
	for n := range stories {
		if f.Paging.Next != "" {
			stories[n].warn("the file holds only a part: ask Opsgenie for the rest at the address in paging.next, and import that file too")
		}
	}
	return stories, nil
}

// isAlertLog reports a list of lines, which name no alert, by its first one.
func isAlertLog(data []byte) bool {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		return false
	}
	for _, raw := range list {
		var keys map[string]json.RawMessage
		if json.Unmarshal(raw, &keys) == nil && len(keys) > 0 {
			_, log := keys["log"]
			_, note := keys["note"]
			_, message := keys["message"]
			return (log || note) && !message
		}
	}
	return false
}

func readAlerts(b []byte, o Options) ([]story, error) {
	var stories []story
	err := looseList("data", b, func(n int, raw json.RawMessage) error {
		var a ogAlert
		var s story
		if err := looseObject(raw, &a); err != nil {
			s.unreadElement(fmt.Sprintf("alert no. %d", n), raw, err.Error())
		} else if err := s.alert(n, a, o.Zone); err != nil {
			return err
		}
		stories = append(stories, s)
		return nil
	})
	return stories, err
}

func (s *story) alert(n int, a ogAlert, zone *time.Location) error {
	id := looseName(a.ID)
	d := &s.Declare
	if id != "" {
		d.Source = "opsgenie:" + id
	}
	d.Title = maskPhones(plainPhone, string(a.Message))
	d.Origin = cut("Opsgenie alert "+either(looseName(a.Tiny), id), model.MaxText)
	d.Notes = cut(string(a.Description), model.MaxText)
	s.grade("Opsgenie", string(a.Priority))
	if utf8.RuneCountInString(string(a.Message)) == maxAlertMessage {
		s.warn("the message has %d characters, where Opsgenie cuts it: the title may lack its end", maxAlertMessage)
	}
	where := "alert " + either(id, fmt.Sprintf("no. %d", n))
	row := strings.TrimSuffix("Alert created: "+strings.TrimSpace(d.Title), ": ")
	if from := either(string(a.Source), string(a.Integration.Name)); from != "" {
		row += " (" + from + ")"
	}
	at, doubt, err := looseTime(a.CreatedAt, zone)
	switch {
	case err != nil:
		return err
	case at.IsZero():
		s.untimed(where, row, doubt)
		return nil
	}
	s.sourceless("opsgenie", at)
	s.add(where, at, when.Exact, "page", row, "")
	s.milestone("detected", at)
	s.alertReport(where, at, a)
	return s.alertCount(where, at, a, zone)
}

// alertReport tells when the alert was acknowledged and closed, which the report
// has as milliseconds since it was created.
func (s *story) alertReport(where string, at time.Time, a ogAlert) {
	by := func(who loose) string { return strings.TrimSuffix(" by "+string(who), " by ") }
	if ack, ok := looseLater(at, a.Report.AckTime, time.Millisecond); ok {
		s.add(where, ack, when.Exact, "page", "Acknowledged"+by(a.Report.AckedBy), "")
		s.milestone("acknowledged", ack)
	}
	ended, ok := looseLater(at, a.Report.CloseTime, time.Millisecond)
	switch {
	case ok && a.Status == "open":
		s.add(where, ended, when.Exact, "note", "Closed"+by(a.Report.ClosedBy), "the alert is open again")
	case ok:
		s.add(where, ended, when.Exact, "resolved", "Closed"+by(a.Report.ClosedBy), "")
		s.milestone("resolved", ended)
	case a.Status == "closed":
		s.warn("it is closed, and the file does not say when")
	}
}

// alertCount tells how often the alert came, and when it came last.
func (s *story) alertCount(where string, at time.Time, a ogAlert, zone *time.Location) error {
	last, _, err := looseTime(a.LastAt, zone)
	if err != nil || !last.After(at) {
		return err
	}
	s.add(where, last, when.Exact, "note", strings.TrimSpace("Last alert "+strings.TrimSuffix("of "+string(a.Count), "of ")), "")
	return nil
}

func readAlertLog(b []byte, o Options) ([]story, error) {
	var lines []ogLog
	err := looseList("data", b, func(n int, raw json.RawMessage) (err error) {
		l := ogLog{where: fmt.Sprintf("log no. %d", n)}
		if err := looseObject(raw, &l); err != nil {
			l.raw, l.doubt = raw, err.Error()
		} else if l.at, l.doubt, err = looseTime(l.CreatedAt, o.Zone); err != nil {
			return err
		}
		if l.Offset != "" {
			l.where = "log " + looseName(l.Offset)
		}
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	timed := slices.DeleteFunc(slices.Clone(lines), func(l ogLog) bool { return l.at.IsZero() })
	if len(timed) > 1 && timed[0].at.After(timed[len(timed)-1].at) { // the API gives the newest first
		slices.Reverse(lines)
	}
	s := story{Declare: model.Declare{Origin: "the log of an alert of Opsgenie"}}
	var closed time.Time
	for _, l := range lines {
		s.alertLog(l)
		if l.at.After(closed) && l.word() == "closed" {
			closed = l.at
		}
	}
	s.milestone("resolved", closed)
	return []story{s}, nil
}

func (s *story) alertLog(l ogLog) {
	if l.raw != nil {
		s.unreadElement(l.where, l.raw, l.doubt)
		return
	}
	text, kind := l.text()
	if l.at.IsZero() {
		s.untimed(l.where, text, l.doubt)
		return
	}
	s.add(l.where, l.at, when.Exact, kind, text, "")
	switch l.word() {
	case "created":
		s.milestone("detected", l.at)
	case "acknowledged":
		s.milestone("acknowledged", l.at)
	}
}

// text gives the row of a line, with who it is from where that is a person.
func (l ogLog) text() (text, kind string) {
	text = strings.TrimSpace(string(l.Log))
	kind = either(ogKinds[l.word()], "note")
	switch {
	case l.Note != "" && text == "":
		text = strings.TrimSpace(string(l.Note))
		kind = kindOf(text)
	case l.word() == "note":
		note := text
		if _, after, ok := strings.Cut(text, ":"); ok {
			note = after
		}
		kind = kindOf(strings.TrimSpace(note))
	}
	if kind == "page" {
		text = maskPhones(widePhone, text)
	}
	text = either(text, "a line without a text")
	if l.Owner != "" && !strings.EqualFold(string(l.Owner), "system") {
		text = string(l.Owner) + ": " + text
	}
	return text, kind
}

// ogKinds are the kinds of lines by the word that says what happened.
var ogKinds = map[string]string{
	"created": "page", "acknowledged": "page", "unacknowledged": "page", "sent": "page", "notified": "page", "notification": "page",
	"escalated": "escalation", "escalation": "escalation", "closed": "resolved", "note": "note",
}

// word is the word that says what happened. It stands at the start: further on the
// line may quote a note or a name.
func (l ogLog) word() string {
	words := strings.FieldsFunc(strings.ToLower(cut(string(l.Log), 200)), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words[:min(len(words), 4)] {
		if _, ok := ogKinds[w]; ok {
			return w
		}
	}
	return ""
}
