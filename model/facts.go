package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Facts gives what the incident says of itself, under the names a template may
// use. A fact that is not known is left out. Times stand as
// "14:30 UTC (15:30 Berlin)", with the date where it is not that of now; nil is
// UTC alone.
func Facts(s *State, inc *Incident, now time.Time, zone *time.Location) map[string]string {
	f := map[string]string{
		"incident.id": inc.Code, "incident.title": inc.Title(), "severity": inc.Severity(),
		"type": inc.Fields.Text(FieldType), "phase": inc.Phase(), "detection": inc.Fields.Text(FieldDetection),
		"duration": speakDuration(inc.end(now).Sub(inc.Since())), "tz": "UTC", "channel": inc.channelName(),
		"impact.what": inc.Fields.Text(FieldImpact),
		"actions.now": inc.latest("action", "mitigation"), "responders": s.responders(inc),
	}
	if f["impact.what"] == "" {
		f["impact.what"] = inc.latest("impact")
	}
	if cause, since := inc.cause(); cause != "" {
		f["cause.current"], f["cause.age"] = cause, speakDuration(now.Sub(since))
	}
	if zone != nil {
		f["tz"] = zone.String()
	}
	if next, ok := s.NextUpdate(inc); ok {
		f["next_update"] = SpeakTime(next, now, zone)
	}
	for _, name := range []string{"started", "detected", "declared", "mitigated", "resolved"} {
		if t, ok := inc.Milestone(name); ok {
			f[name] = SpeakTime(t, now, zone)
		}
	}
	for _, name := range []string{RoleCommander, RoleComms} {
		role, _ := FindRole(name)
		var names []string
		for _, h := range inc.Holders(role) {
			names = append(names, s.PersonName(h.Person))
		}
		f[name] = strings.Join(names, " and ")
	}
	inc.spans(f)
	s.settings(inc, f)
	s.known(inc, f)
	s.reviewFacts(inc, f, zone, now)
	maps.DeleteFunc(f, func(_, text string) bool { return strings.TrimSpace(text) == "" })
	return f
}

// spans adds the times from one milestone to the next.
func (i *Incident) spans(facts map[string]string) {
	for _, span := range []struct{ name, from, to string }{
		{"ttd", "started", "detected"},
		{"ttdec", "detected", "declared"},
		{"tta", "detected", "acknowledged"},
		{"ttm", "started", "mitigated"},
		{"ttr", "started", "resolved"},
	} {
		if d, ok := i.Between(span.from, span.to); ok {
			facts[span.name] = speakDuration(d)
		}
	}
}

// settings adds what the incident, or else the room, has set under the name of
// a fact, such as the bridge.
func (s *State) settings(inc *Incident, facts map[string]string) {
	for _, name := range [...]string{
		"bridge", "channel", "contact", "data_loss", "impact.regions", "impact.share", "impact.who", "money", "needs", "org",
		"pm.owner", "pm.time", "product", "status_url", "workaround",
	} {
		for _, text := range []string{inc.Fields.Text(name), s.Fields.Text("room." + name), s.Fields.Text(name)} {
			if text != "" {
				facts[name] = strings.ReplaceAll(text, "\n", ", ")
				break
			}
		}
	}
}

// responders names who holds a role, or, where nobody does, who wrote.
func (s *State) responders(inc *Incident) string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, h := range inc.Team() {
		add(s.PersonName(h.Person))
	}
	if names == nil {
		wrote := map[FeedID]bool{}
		for _, e := range inc.All() {
			if at := e.First.Stamp; !wrote[at.Feed] {
				wrote[at.Feed] = true
				add(s.AuthorName(at))
			}
		}
		slices.Sort(names)
	}
	return strings.Join(names, ", ")
}

// Limits of the name of a chat room: Slack takes 80 characters, and four words
// are what people still read.
const (
	maxChannelName  = 80
	maxChannelWords = 4
)

// channelName is the agreed name of the incident's chat room:
// inc-YYYYMMDD-id-slug, by the UTC date of the declaration.
func (i *Incident) channelName() string {
	at := i.declaredAt()
	if at.IsZero() {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(i.Title()), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	parts := append(
		[]string{i.channelPrefix(), at.Format("20060102"), strings.ToLower(strings.TrimPrefix(i.Code, "INC-"))},
		words[:min(len(words), maxChannelWords)]...,
	)
	name := strings.Join(parts, "-")
	return strings.TrimRight(name[:min(len(name), maxChannelName)], "-")
}

func (i *Incident) channelPrefix() string {
	if i.Drill() {
		return strings.ToLower(DrillMark) + "-inc"
	}
	return "inc"
}

// SpeakTime writes a time for people in several zones: "14:30 UTC (15:30
// Berlin)", and "31 Jan 14:30 UTC" where that is not the day of now.
func SpeakTime(t, now time.Time, zone *time.Location) string {
	u, today := t.UTC(), now.UTC()
	text := u.Format("15:04 UTC")
	switch {
	case u.Year() != today.Year():
		text = u.Format("2 Jan 2006 ") + text
	case u.YearDay() != today.YearDay():
		text = u.Format("2 Jan ") + text
	}
	if zone == nil {
		return text
	}
	local := t.In(zone)
	abbreviation, offset := local.Zone()
	if offset == 0 {
		return text
	}
	place := abbreviation
	if name := zone.String(); strings.Contains(name, "/") {
		place = strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
	}
	return text + local.Format(" (15:04 ") + place + ")"
}

// SpeakDuration writes a length of time in words: "45 min", "1 h 12 min",
// "3 days 4 h".
func SpeakDuration(d time.Duration) string { return speakDuration(d) }

// speakDuration writes a length of time in words: "45 min", "1 h 12 min",
// "3 days 4 h".
func speakDuration(d time.Duration) string {
	d = max(d, 0).Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%s %d h", count(days, "day"), hours)
	case days > 0:
		return count(days, "day")
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}
