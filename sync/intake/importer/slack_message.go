package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/when"
)

type slackUser struct {
	ID      loose `json:"id"`
	Name    loose `json:"name"`
	Real    loose `json:"real_name"`
	Profile struct {
		Real    loose `json:"real_name"`
		Display loose `json:"display_name"`
		Bot     loose `json:"bot_id"`
	} `json:"profile"`
}

func (u slackUser) name() string {
	return strings.TrimSpace(either(string(u.Profile.Real), string(u.Real), string(u.Profile.Display), string(u.Name)))
}

// slackMessage is a message of a channel. Its Ts is its id too.
type slackMessage struct {
	Subtype  loose `json:"subtype"`
	Text     loose `json:"text"`
	User     loose `json:"user"`
	Username loose `json:"username"`
	Bot      loose `json:"bot_id"`
	Ts       loose `json:"ts"`
	Thread   loose `json:"thread_ts"`
	Parent   loose `json:"parent_user_id"`
	Topic    loose `json:"topic"`
	Purpose  loose `json:"purpose"`
	Profile  struct {
		Real loose `json:"real_name"`
	} `json:"user_profile"`
	BotProfile struct {
		Name loose `json:"name"`
	} `json:"bot_profile"`
	Edited      *struct{}         `json:"edited"`
	Reactions   []json.RawMessage `json:"reactions"`
	Files       []slackFile       `json:"files"`
	File        *slackFile        `json:"file"`
	Attachments []slackAttachment `json:"attachments"`
	Blocks      []slackBlock      `json:"blocks"`

	day, where, doubt string
	at                time.Time
	place             time.Time       // at, or that of the message before
	raw               json.RawMessage // of an element that is no message
}

// slackNoise are messages that Slack wrote about the channel, not about what
// happened.
var slackNoise = []string{
	"channel_join", "channel_leave", "channel_archive", "channel_unarchive", "channel_convert_to_private",
	"channel_convert_to_public", "channel_posting_permissions", "group_join", "group_leave", "group_archive",
	"group_unarchive", "bot_add", "bot_remove", "bot_enable", "bot_disable", "app_conversation_join", "pinned_item",
	"unpinned_item", "reminder_add",
}

func newSlackMessage(day string, n int, raw json.RawMessage) slackMessage {
	m := slackMessage{}
	if err := looseObject(raw, &m); err != nil {
		m = slackMessage{raw: raw, doubt: err.Error()}
	} else {
		m.at, m.doubt = slackTime(m.Ts)
	}
	m.day, m.where = day, fmt.Sprintf("%s, message no. %d", day, n)
	if m.Ts != "" {
		m.where = day + ", message " + cut(looseName(m.Ts), 60)
	}
	return m
}

// slackTime reads seconds.microseconds since 1970, as a text: as a number it would
// lose the microseconds, which tell messages of one second apart.
func slackTime(ts loose) (at time.Time, doubt string) {
	whole, part, _ := strings.Cut(strings.TrimSpace(string(ts)), ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	micros, partErr := strconv.ParseUint((part + "000000")[:6], 10, 64)
	switch {
	case ts == "":
		return at, "it has no time"
	case err != nil || partErr != nil || strings.ContainsAny(part, "+-"):
		return at, fmt.Sprintf("its time %.60q is not one of Slack", ts)
	case seconds <= 0 || seconds > 1<<40 || outside(time.Unix(seconds, 0)):
		return at, fmt.Sprintf("its time %.60q is outside the years %d to %d", ts, minYear, maxYear)
	}
	return time.Unix(seconds, int64(micros)*1000).UTC(), ""
}

// ts is the id of the message, as threads name it.
func (m *slackMessage) ts() string { return strings.TrimSpace(string(m.Ts)) }

// tell adds the messages of a channel to its story.
func (x *slackExport) tell(s *story, messages []slackMessage) {
	sortMessages(messages)
	byTs := map[string]*slackMessage{}
	for n := range messages {
		m := &messages[n]
		byTs[m.ts()] = m
		if id := string(m.User); id != "" && m.Profile.Real != "" && x.people[id] == "" {
			x.people[id] = strings.TrimSpace(string(m.Profile.Real))
		}
	}
	delete(byTs, "")
	noise, reactions := 0, 0
	for n := range messages {
		m := &messages[n]
		reactions += len(m.Reactions)
		if slices.Contains(slackNoise, string(m.Subtype)) {
			noise++
			continue
		}
		x.row(s, m, byTs)
	}
	if noise > 0 {
		s.warn("%s of joining, leaving and the like left out", countOf(noise, "notice"))
	}
	if reactions > 0 {
		s.warn("%s not kept", countOf(reactions, "reaction"))
	}
	dayOnly(s, messages)
}

// dayOnly gives rows the day of their file where no message of a channel has a
// time.
func dayOnly(s *story, messages []slackMessage) {
	if slices.ContainsFunc(s.rows, func(r Row) bool { return !r.Log.At.IsZero() }) {
		return
	}
	for n := range s.rows {
		day, _, _ := strings.Cut(s.rows[n].Where, ".json")
		if at, err := time.Parse(time.DateOnly, day); err == nil && !outside(at) {
			s.rows[n].Log.At, s.rows[n].Log.Precision = at, when.Day
		}
	}
}

// row adds the row of a message. Where a person marked it so it is a milestone too:
// a bot that writes Resolved: tells of an alert.
func (x *slackExport) row(s *story, m *slackMessage, byTs map[string]*slackMessage) {
	if m.raw != nil {
		s.unreadElement(m.where, m.raw, m.doubt)
		return
	}
	author := x.author(m)
	body := x.body(m, author)
	text := author + x.to(m, author, byTs) + ": " + body
	kind := kindOf(body)
	if m.Subtype == "tombstone" {
		text, kind = "(a message of "+author+" was deleted)", "note"
		if m.User == "" || m.User == "USLACKBOT" { // who stands in for whom it was of
			text = "(a message was deleted)"
		}
	}
	if m.at.IsZero() {
		s.untimed(m.where, text, m.doubt)
		return
	}
	s.add(m.where, m.at.Truncate(time.Millisecond), when.Exact, kind, text, "")
	if m.Bot == "" && m.Subtype != "bot_message" && marked(body) {
		s.reached(kind, m.at)
	}
}

// name gives the name of a person, a bot or an app by its id.
func (x *slackExport) name(id string) string { return either(x.people[id], id) }

func (x *slackExport) author(m *slackMessage) string {
	bot := strings.TrimSpace(either(string(m.Username), string(m.BotProfile.Name)))
	switch {
	case m.Subtype == "bot_message" && bot != "":
		return bot
	case m.User != "":
		return x.name(string(m.User))
	}
	return either(bot, x.people[string(m.Bot)], "somebody")
}

// to says whom a reply answers, where that is known and another. What was also
// sent to the channel is told to all.
func (x *slackExport) to(m *slackMessage, author string, byTs map[string]*slackMessage) string {
	if m.Thread == "" || m.Thread == m.Ts || m.Subtype == "thread_broadcast" {
		return ""
	}
	other := x.people[string(m.Parent)]
	if parent, ok := byTs[strings.TrimSpace(string(m.Thread))]; ok {
		other = x.author(parent)
	}
	if other == "" || other == author || other == x.people["USLACKBOT"] {
		return ""
	}
	return ", to " + other
}
