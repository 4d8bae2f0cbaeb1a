package importer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamp is a time as a file writes it, with what it leaves open.
type stamp struct {
	day dayForm
	// y is 0 where no year is named. a and b are the month and the day, but of
	// dayEither the two numbers as they stand.
	y, a, b int
	rel     int // days from the day of the import, of dayRelative

	clock       clockForm
	h, m, s, ns int
	half        string // "am" or "pm"
	approx      bool
	zone        string // as it is written; empty where none is

	epoch time.Time // of a count of seconds
	span  time.Duration
	wrong string // why no calendar and no clock shows it
	doubt string
}

type dayForm uint8

const (
	dayNone dayForm = iota
	dayKnown
	dayEither   // 3/4/2026
	dayRelative // Today, Yesterday
)

type clockForm uint8

const (
	clockNone clockForm = iota
	clockFull
	clockHour     // 14:??
	clockOpen     // --:--
	clockTemplate // HH:mm
	clockSpan     // counted from a start
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4,5})([-/.])(\d{1,2})([-/.])(\d{1,2})`)
	isoBasic  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?`)
	dotted    = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\.`)
	dotYear   = regexp.MustCompile(`^ ?(\d{4,5}|\d{2})`)
	slashed   = regexp.MustCompile(`^(\d{1,2})([-/])(\d{1,2})([-/])(\d{4,5}|\d{2})`)
	dayMonth  = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|er|\.)?[ -]+(?:of |de )?(\p{L}{3,10})\.?,?(?:[ -]+(?:de |del )?((?:19|20|21)\d{2}))?`)
	monthDay  = regexp.MustCompile(`^(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? ((?:19|20|21)\d{2}))?`)
	weekday   = regexp.MustCompile(`^(\p{L}{2,10})\.?,? +`)

	betweenDateAndClock = regexp.MustCompile(`^(?:[Tt_]|,? +(?:(?:at|um|à|a las|@|-|–|—) +)?|,)`)
	clockFollows        = regexp.MustCompile(`^\.?[T ,]+\d{1,2}[:.]\d{2}`)
	beforeLateDate      = regexp.MustCompile(`^(?:, *| on )`)
	wordGoesOn          = regexp.MustCompile(`^[\p{L}\p{N}/%]`)
	aboutMark           = regexp.MustCompile(`^(?:[~≈] *|(?i:ca\.?|circa|approx\.?|about|around|gegen|vers) +)`)
)

// months and weekdays are in the four languages whose headers are read.
var months, weekdays = calendarNames()

func calendarNames() (map[string]int, map[string]bool) {
	months, days := map[string]int{}, map[string]bool{}
	for _, year := range []string{
		"january february march april may june july august september october november december",
		"jan feb mar apr may jun jul aug sep oct nov dec", "- - - - - - - - sept - - -",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"jänner feber maerz - - - - - - okt - dez", "- - mär - - - - - - - - -", "- - mrz - - - - - - - - -",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"janv févr - avr - - juil aout - - - déc", "- fevrier - - - - - - - - - decembre", "- fév - - - - - - - - - -",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"ene - - abr - - - ago setiembre - - dic",
	} {
		for n, name := range strings.Fields(year) {
			months[name] = n + 1
		}
	}
	delete(months, "-")
	for _, name := range strings.Fields(`monday tuesday wednesday thursday friday saturday sunday
		mon tue tues wed thu thur thurs fri sat sun
		montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
		lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
		lunes martes miércoles miercoles jueves viernes sábado sabado domingo mié jue vie sáb dom`) {
		days[name] = true
	}
	return months, days
}

func isWeekday(word string) bool { return weekdays[strings.ToLower(word)] }

// scanStamp reads a time at the start of a text, and gives what follows it. ok is
// false where none stands there.
func scanStamp(text string) (st stamp, rest string, ok bool) {
	rest = st.about(strings.TrimLeft(text, "*_`[( \t"))
	if m := isoBasic.FindStringSubmatch(rest); m != nil {
		rest = fmt.Sprintf("%s-%s-%sT%s:%s%s", m[1], m[2], m[3], m[4], m[5], strings.TrimSuffix(":"+m[6], ":")) + rest[len(m[0]):]
	}
	rest, dated := st.scanDate(rest)
	next := rest
	if dated {
		next = st.about(betweenDateAndClock.ReplaceAllString(rest, ""))
	}
	if after, clocked := st.scanClock(next); clocked {
		rest = st.dateAfter(st.scanZone(after))
	} else if !dated {
		return stamp{}, text, false
	}
	if bounded(rest) {
		return st, rest, true
	}
	return stamp{}, text, false
}

// bounded reports that a word does not go on: 14:02x is no time.
func bounded(rest string) bool {
	return !wordGoesOn.MatchString(rest)
}

// about reads the mark of a time that is not exact.
func (st *stamp) about(text string) string {
	if mark := aboutMark.FindString(text); mark != "" {
		st.approx = true
		return text[len(mark):]
	}
	return text
}

// scanDate reads a date; without one the text is given back.
func (st *stamp) scanDate(text string) (string, bool) {
	bodies := []string{text}
	if m := weekday.FindStringSubmatch(text); m != nil && isWeekday(m[1]) {
		bodies = append(bodies, text[len(m[0]):]) // last, as "Mar 17" is a Tuesday in Spanish
	}
	for _, body := range bodies {
		for _, form := range []func(string) (string, bool){st.dateOfYear, st.dateOfDots, st.dateOfSlashes, st.dateOfName} {
			if rest, ok := form(body); ok {
				st.checkDate()
				return rest, true
			}
		}
	}
	return text, false
}

func (st *stamp) set(form dayForm, y, a, b int) { st.day, st.y, st.a, st.b = form, y, a, b }

func (st *stamp) dateOfYear(text string) (string, bool) {
	m := yearFirst.FindStringSubmatch(text)
	if m == nil || m[2] != m[4] {
		return "", false
	}
	rest := text[len(m[0]):]
	// 2026.11.3 is the name of a release as often as a day.
	if m[2] == "." && rest != "" && !clockFollows.MatchString(rest) {
		return "", false
	}
	st.set(dayKnown, digitsOf(m[1]), digitsOf(m[3]), digitsOf(m[5]))
	return rest, !strings.HasPrefix(rest, "-")
}

// dateOfDots reads 17.03.2026 and 17.03., which are day first wherever they are
// written.
func (st *stamp) dateOfDots(text string) (string, bool) {
	m := dotted.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	rest, y := text[len(m[0]):], 0
	if m := dotYear.FindStringSubmatch(rest); m != nil && strings.IndexAny(rest[len(m[0]):], ":.0123456789") != 0 {
		y, rest = fullYear(m[1]), rest[len(m[0]):]
	} else if strings.HasPrefix(rest, ".") || startsWithDigit(rest) {
		return "", false // 10.0.0.1
	}
	st.set(dayKnown, y, digitsOf(m[2]), digitsOf(m[1]))
	return rest, true
}

func (st *stamp) dateOfSlashes(text string) (string, bool) {
	m := slashed.FindStringSubmatch(text)
	if m == nil || m[2] != m[4] || startsWithDigit(text[len(m[0]):]) {
		return "", false
	}
	st.set(dayEither, fullYear(m[5]), digitsOf(m[1]), digitsOf(m[3]))
	return text[len(m[0]):], true
}

func (st *stamp) dateOfName(text string) (string, bool) {
	if m := dayMonth.FindStringSubmatch(text); m != nil {
		if mo := months[strings.ToLower(m[2])]; mo > 0 {
			st.set(dayKnown, digitsOf(m[3]), mo, digitsOf(m[1]))
			return text[len(m[0]):], true
		}
	}
	if m := monthDay.FindStringSubmatch(text); m != nil {
		if mo := months[strings.ToLower(m[1])]; mo > 0 {
			st.set(dayKnown, digitsOf(m[3]), mo, digitsOf(m[2]))
			return text[len(m[0]):], true
		}
	}
	return "", false
}

// dateAfter reads the date of "14:02, 17 March 2026", which stands behind its
// clock; it must name its year, so that "14:02, 3/4 of buyers" is none.
func (st *stamp) dateAfter(rest string) string {
	m := beforeLateDate.FindString(rest)
	if st.day != dayNone || m == "" {
		return rest
	}
	behind := *st
	after, ok := behind.scanDate(rest[len(m):])
	if !ok || behind.y == 0 || !bounded(after) {
		return rest
	}
	*st = behind
	if st.zone == "" {
		after = st.scanZone(after)
	}
	return after
}

// checkDate says why a calendar does not show the date. Of a/b/y it is known when
// the order is.
func (st *stamp) checkDate() {
	switch {
	case st.y != 0 && (st.y < minYear || st.y > maxYear):
		st.wrong = fmt.Sprintf("the year %d is outside %d to %d", st.y, minYear, maxYear)
	case st.day == dayEither && !inCalendar(st.y, st.a, st.b) && !inCalendar(st.y, st.b, st.a),
		st.day == dayKnown && !inCalendar(st.y, st.a, st.b):
		st.wrong = "the calendar has no such day"
	}
}

func inCalendar(y, mo, d int) bool {
	if y == 0 {
		y = 2024 // a leap year: the year of a 29 February may follow
	}
	return mo >= 1 && mo <= 12 && d >= 1 && d <= 31 && dayOf(y, mo, d).Day() == d
}

// dayOf is a day as midnight of UTC, of which only the date counts.
func dayOf(y, mo, d int) time.Time { return time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC) }

// fullYear reads 26 as 2026, as strptime does.
func fullYear(text string) int {
	y := digitsOf(text)
	switch {
	case len(text) > 2:
		return y
	case y < 69:
		return 2000 + y
	}
	return 1900 + y
}

// digitsOf reads the few digits of a match; none are 0.
func digitsOf(text string) int { n, _ := strconv.Atoi(text); return n }

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
