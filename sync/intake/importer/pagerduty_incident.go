package importer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
)

// pdIncident is an incident of PagerDuty.
type pdIncident struct {
	ID         loose    `json:"id"`
	Summary    loose    `json:"summary"`
	Title      loose    `json:"title"`
	URL        loose    `json:"html_url"`
	Status     loose    `json:"status"`
	CreatedAt  loose    `json:"created_at"`
	ResolvedAt loose    `json:"resolved_at"`
	ChangedAt  loose    `json:"last_status_change_at"`
	ChangedBy  looseRef `json:"last_status_change_by"`
	Service    looseRef `json:"service"`
	Priority   looseRef `json:"priority"`
	Trigger    looseRef `json:"first_trigger_log_entry"`
	Acks       []struct {
		At  loose    `json:"at"`
		Who looseRef `json:"acknowledger"`
	} `json:"acknowledgements"`
	Bridge struct {
		Number loose `json:"conference_number"`
		URL    loose `json:"conference_url"`
	} `json:"conference_bridge"`
}

func readIncidents(b []byte, o Options) ([]story, error) {
	var stories []story
	err := looseList("incidents", b, func(n int, raw json.RawMessage) error {
		var i pdIncident
		var s story
		if err := looseObject(raw, &i); err != nil {
			s.unreadElement(fmt.Sprintf("incident no. %d", n), raw, err.Error())
		} else if err := s.pdIncident(n, i, o.Zone); err != nil {
			return err
		}
		stories = append(stories, s)
		return nil
	})
	return stories, err
}

// pdIncident tells an incident. Its rows are those that its log entries have with
// the same words, so that importing these too tells nothing twice.
func (s *story) pdIncident(n int, i pdIncident, zone *time.Location) error {
	title := strings.TrimSpace(either(string(i.Title), pdNumber.ReplaceAllString(string(i.Summary), "")))
	id := looseName(i.ID)
	s.pagerDuty(id, title, string(i.URL))
	where := "incident " + either(id, fmt.Sprintf("no. %d", n))
	s.grade("PagerDuty", string(i.Priority.Summary))
	s.Declare.Notes = i.notes()
	row := triggered(either(string(i.Trigger.Summary), "Triggered"), title)
	at, doubt, err := looseTime(i.CreatedAt, zone)
	switch {
	case err != nil:
		return err
	case at.IsZero():
		s.untimed(where, row, doubt)
	default:
		s.sourceless("pagerduty", at)
		s.add(where, at, when.Exact, "page", row, "")
		s.milestone("detected", at)
	}
	if err := s.pdAcks(where, i, zone); err != nil || i.Status != "resolved" {
		return err
	}
	ended := either(string(i.ResolvedAt), string(i.ChangedAt))
	if at, _, err = looseTime(loose(ended), zone); err != nil {
		return err
	}
	by := ""
	if strings.HasPrefix(string(i.ChangedBy.Type), "user") { // a service resolves with other words
		by = string(i.ChangedBy.Summary)
	}
	s.pdResolved(where, at, by)
	return nil
}

// sourceless gives a source to one of several incidents that names no id: that of
// the file would make them one.
func (s *story) sourceless(system string, at time.Time) {
	if s.Declare.Source == "" {
		s.Declare.Source = system + ":" + at.Format(time.RFC3339) + " " + looseName(loose(s.Declare.Title))
	}
}

// pdAcks tells the acknowledgements, which PagerDuty keeps until it is resolved.
func (s *story) pdAcks(where string, i pdIncident, zone *time.Location) error {
	for _, a := range i.Acks {
		at, doubt, err := looseTime(a.At, zone)
		if err != nil {
			return err
		}
		text := "Acknowledged by " + either(string(a.Who.Summary), "somebody")
		if at.IsZero() {
			s.untimed(where, text, doubt)
			continue
		}
		s.milestone("acknowledged", at)
		s.add(where, at, when.Exact, "page", text, "")
	}
	return nil
}

func (s *story) pdResolved(where string, at time.Time, by string) {
	if at.IsZero() {
		s.warn("it is resolved, and when cannot be read")
		return
	}
	s.milestone("resolved", at)
	if by != "" {
		s.add(where, at, when.Exact, "resolved", "Resolved by "+by, "")
	}
}

func (i pdIncident) notes() string {
	var lines []string
	for _, l := range [][2]string{
		{"Service: ", string(i.Service.Summary)}, {"Bridge: ", string(i.Bridge.Number)}, {"Bridge: ", string(i.Bridge.URL)},
	} {
		if l[1] != "" {
			lines = append(lines, l[0]+l[1])
		}
	}
	return cut(strings.Join(lines, "\n"), model.MaxText)
}

// analyticsMark is a column that only the table of the analytics has.
const analyticsMark = "seconds_to_first_ack"

// readAnalytics reads the table, by the names of its columns.
func readAnalytics(b []byte, o Options) ([]story, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimSpace(b)))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	columns := map[string]int{}
	var stories []story
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
		}
		if len(columns) == 0 {
			for n, name := range record {
				columns[strings.ToLower(strings.TrimSpace(name))] = n
			}
			continue
		}
		if len(stories) == MaxEntries {
			return nil, fmt.Errorf("%w: it has more than %d rows", ErrInvalid, MaxEntries)
		}
		line, _ := r.FieldPos(0)
		var s story
		err = s.analytics(fmt.Sprintf("line %d", line), func(name string) loose {
			if n, ok := columns[name]; ok && n < len(record) {
				return loose(strings.TrimSpace(record[n]))
			}
			return ""
		}, o.Zone)
		if err != nil {
			return nil, err
		}
		stories = append(stories, s)
	}
	return gatherTimeless(stories), nil
}

// analytics tells the incident of a row. How it was triggered stands in its log
// entries in other words, so it is a row only where there is no other.
func (s *story) analytics(where string, cell func(string) loose, zone *time.Location) error {
	title := string(cell("description"))
	s.pagerDuty(looseName(cell("id")), title, "")
	s.grade("PagerDuty", string(cell("priority_name")))
	if service := cell("service_name"); service != "" {
		s.Declare.Notes = cut("Service: "+string(service), model.MaxText)
	}
	s.warn("of the row its times, title, priority, service and who resolved it are kept, its counts are not")
	at, doubt, err := looseTime(cell("created_at"), zone)
	if err != nil {
		return err
	}
	if !at.IsZero() {
		s.sourceless("pagerduty", at)
		s.milestone("detected", at)
	}
	if ack, ok := looseLater(at, cell("seconds_to_first_ack"), time.Second); ok {
		s.milestone("acknowledged", ack)
	}
	ended, _, err := looseTime(cell("resolved_at"), zone)
	if err != nil {
		return err
	}
	if ended.IsZero() {
		ended, _ = looseLater(at, cell("seconds_to_resolve"), time.Second)
	}
	if !ended.IsZero() {
		s.pdResolved(where, ended, string(cell("resolved_by_user_name")))
	}
	row := triggered("Triggered", title)
	switch {
	case at.IsZero():
		s.untimed(where, row, doubt)
	case len(s.rows) == 0:
		s.add(where, at, when.Exact, "page", row, "")
	}
	return nil
}
