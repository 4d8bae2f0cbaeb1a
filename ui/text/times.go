package text

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Tone says how pressing a time is; parts choose colours by it and always show the words as well.
type Tone int

const (
	// Quiet needs no attention.
	Quiet Tone = iota
	// Soon is due within five minutes.
	Soon
	// Late is past its time.
	Late
)

// soonWithin is when a countdown starts to press.
const soonWithin = 5 * time.Minute

// longHaul is from when on days are told and seconds are not: the digits have room for 99 hours.
const longHaul = 100 * time.Hour

// Elapsed writes the time since the start of an incident: "T+00:47:12", "T+12d 04h" from a hundred
// hours on, and "T+9y 300d" from a year on. It takes at most ten characters for the first ten years.
func Elapsed(d time.Duration) string {
	d = max(d, 0)
	if d >= longHaul {
		hours := int(d / time.Hour)
		if d >= year {
			return fmt.Sprintf("T+%dy %dd", d/year, d%year/(24*time.Hour))
		}
		return fmt.Sprintf("T+%dd %02dh", hours/24, hours%24)
	}
	s := int(d / time.Second)
	return fmt.Sprintf("T+%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Due writes how long until a deadline, "in 03:48", or how long past it, "OVERDUE 11 min", with its
// tone. An hour or more is written in words, since nobody counts those seconds; so is what is overdue,
// since digits behind that word read as the time of day it was due.
func Due(left time.Duration) (string, Tone) {
	if left < 0 {
		return "OVERDUE " + past(-left), Late
	}
	tone := Quiet
	if left <= soonWithin {
		tone = Soon
	}
	return "in " + span(left), tone
}

// DueCell is Due in the room of a column, fourteen characters: from an hour on, what is overdue is
// said in whole hours, days or years, and from a hundred days on, what is to come in whole days or years.
func DueCell(left time.Duration) (string, Tone) {
	words, tone := Due(left)
	switch late := -left; {
	case late >= year:
		words = fmt.Sprintf("OVERDUE %d y", late/year)
	case late >= 24*time.Hour:
		words = fmt.Sprintf("OVERDUE %d d", late/(24*time.Hour))
	case late >= time.Hour:
		words = fmt.Sprintf("OVERDUE %d h", late/time.Hour)
	case left >= year:
		words = fmt.Sprintf("in %d y", left/year)
	case left >= 100*24*time.Hour:
		words = fmt.Sprintf("in %d d", left/(24*time.Hour))
	}
	return words, tone
}

// Nobody counts the hours of something that is weeks away, or its days after a year, and no leap day.
const (
	week = 7 * 24 * time.Hour
	year = 365 * 24 * time.Hour
)

// past writes how long ago something was due.
func past(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return span(d)
}

func span(d time.Duration) string {
	s := int(d / time.Second)
	switch {
	case s < 3600:
		return fmt.Sprintf("%02d:%02d", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%d h %02d m", s/3600, s/60%60)
	case d >= year:
		return fmt.Sprintf("%d y", d/year)
	case d >= week:
		return fmt.Sprintf("%d d", s/86400)
	default:
		return fmt.Sprintf("%d d %d h", s/86400, s/3600%24)
	}
}

// spans are the lengths of time of a policy, as it keeps them, and spanPart is a part of one.
var (
	spans    = regexp.MustCompile(`\b(\d+[dhm])+\b`)
	spanPart = regexp.MustCompile(`(\d+)([dhm])`)
)

// Spans writes the lengths of time in words of the policy as people say them: "20m" as "20 min", "1h30m"
// as "1 h 30 min". What is part of a name, as in "60m-db1" or "/2h", stays.
func Spans(words string) string {
	var out strings.Builder
	from := 0
	for _, at := range spans.FindAllStringIndex(words, -1) {
		if at[0] > 0 && strings.ContainsRune(ofNames, rune(words[at[0]-1])) || at[1] < len(words) && strings.ContainsRune(ofNames, rune(words[at[1]])) {
			continue
		}
		var said []string
		for _, m := range spanPart.FindAllStringSubmatch(words[at[0]:at[1]], -1) {
			unit := m[2]
			if unit == "m" {
				unit = "min"
			}
			said = append(said, m[1]+" "+unit)
		}
		out.WriteString(words[from:at[0]])
		out.WriteString(strings.Join(said, " "))
		from = at[1]
	}
	return out.String() + words[from:]
}

// ofNames joins what stands before or after it to a name.
const ofNames = "-_/@#"

// Ago writes how long something is past: "now", "12 s ago", "6 min ago", "3 h ago", "3 d ago".
func Ago(d time.Duration) string {
	switch {
	case d < 2*time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	default:
		return fmt.Sprintf("%d d ago", d/(24*time.Hour))
	}
}

// Clock writes the time of day in UTC: "12:04:31".
func Clock(t time.Time) string { return t.UTC().Format("15:04:05") }

// Minute writes the time of day in UTC without seconds: "12:04".
func Minute(t time.Time) string { return t.UTC().Format("15:04") }

// Day writes a day rule in UTC: "Today, Mon 23 Nov (UTC)", with the year where it is not this one.
func Day(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	ty, tm, td := t.Date()
	y, m, d := now.Date()
	words := t.Format("Mon 2 Jan")
	if ty != y {
		words = t.Format("Mon 2 Jan 2006")
	}
	switch time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(ty, tm, td, 0, 0, 0, 0, time.UTC)) {
	case 0:
		words = "Today, " + words
	case 24 * time.Hour:
		words = "Yesterday, " + words
	}
	return words + " (UTC)"
}

// Count writes a number with its noun: "1 person", "12 people".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Signed writes who did something and when in the room of a column: the first name, with the time of
// day within 24 hours and the day after: "Ana, 12:04", "Ana, 23 Nov".
func Signed(by string, at, now time.Time) string {
	first, _, _ := strings.Cut(Line(by), " ")
	if now.Sub(at) < 24*time.Hour {
		return first + ", " + Minute(at)
	}
	return first + ", " + at.UTC().Format("2 Jan")
}
