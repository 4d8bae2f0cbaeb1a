package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// maxEpisodes is how many other alerts of its fingerprint the history of an
// alert tells: what flaps does so for days.
const maxEpisodes = 20

// AlertDetail is an alert with what became of it.
type AlertDetail struct {
	AlertView
	History []AlertEvent `json:"history"`
}

// AlertEvent is one thing that became of an alert; By is a person, or the source.
type AlertEvent struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Text string    `json:"text"`
}

// AlertDetail gives one alert for people, with its history.
func (s *State) AlertDetail(a *Alert) AlertDetail {
	v := AlertDetail{AlertView: s.AlertView(a), History: []AlertEvent{}}
	for _, row := range s.AlertHistory(a) {
		v.History = append(v.History, AlertEvent{At: row.At, By: row.Author, Text: row.Text})
	}
	return v
}

// AlertHistory tells what became of an alert, the first first: its signal, who
// did what about it and when, and the other times it fired.
func (s *State) AlertHistory(a *Alert) []Row {
	first := s.newRow(a.ID, a.added, FromChange)
	first.At, first.Author = a.At, a.Source // a machine's word, whoever took it in
	first.Text = "First signal"
	taken := s.newRow(a.ID, a.added, FromChange)
	taken.Text = viaText[a.Via]
	rows := []Row{first, taken}
	for _, id := range a.Items {
		item := s.Items[id]
		for _, name := range alertTold {
			field := item.Fields[name]
			if field == nil {
				continue
			}
			for _, w := range field.History() {
				row := s.newRow(w.Key, w.Value.Stamp, FromChange)
				if row.At, row.Text = s.alertChange(name, w.Value, row.At, w.Value.Stamp == item.Added); row.Text != "" {
					rows = append(rows, row)
				}
			}
		}
	}
	rows = append(rows, s.otherTimes(a)...)
	for i := range rows {
		rows[i].Kind = "detection"
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Or(a.At.Compare(b.At), a.stamp.Compare(b.stamp)) })
	return slices.CompactFunc(rows, func(a, b Row) bool { return a.At.Equal(b.At) && a.Text == b.Text }) // each item of it tells the same
}

// viaText tells how an alert came in.
var viaText = map[string]string{ViaIntake: "Came in by itself", ViaImport: "Taken in from a file", ViaHand: "Written down"}

// alertTold are the fields whose changes the history tells.
var alertTold = [...]string{AlertAck, AlertIncident, AlertEnded, AlertRoute, AlertRouteResult, AlertClass, AlertWhat}

// alertChange writes a change of a field and when it was; initial is what the
// alert was taken in with. Empty words are not told.
func (s *State) alertChange(name string, v Value, at time.Time, initial bool) (time.Time, string) {
	words := ""
	switch name {
	case AlertAck:
		text, who, _ := strings.Cut(v.Text, " ")
		if t, ok := v.Stamp.timeOf(text); ok {
			at, words = t, "Acknowledged by "+either(s.whoIs(who), "somebody")
		}
	case AlertEnded:
		if t, ok := v.Time(); ok {
			at, words = t, "Over"
		}
	case AlertIncident:
		words = "Taken out of the incident"
		if v.Text != "" {
			words = "Linked to " + s.codeOf(v.Text)
		}
	case AlertRoute:
		words = "Passed on by " + v.Text
	case AlertRouteResult:
		words = "Passing on: " + v.Text
	case AlertClass, AlertWhat:
		if !initial {
			words = "Corrected: " + v.Text
		}
	}
	if words != "" && v.Reason != "" {
		words += ", " + v.Reason
	}
	return at, words
}

// otherTimes tells the other alerts of a fingerprint, the latest of them.
func (s *State) otherTimes(a *Alert) []Row {
	made := s.alerts.made[alertKey(a.Source, a.Fingerprint)]
	var rows []Row
	for _, other := range made[max(0, len(made)-1-maxEpisodes):] {
		if other == a {
			continue
		}
		row := s.newRow(other.ID, other.added, FromChange)
		row.At, row.Author, row.Text = other.At, other.Source, "Fired before"
		if other.At.After(a.At) {
			row.Text = "Fired again"
		}
		if !other.Ended.IsZero() {
			row.Text += ", over after " + SpeakDuration(other.Ended.Sub(other.At))
		}
		rows = append(rows, row)
	}
	return rows
}
