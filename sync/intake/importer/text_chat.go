package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

var (
	// 00:07:12 <tab> Ben Okafor: <tab> text, counted from the start of a meeting.
	meetingOffset = regexp.MustCompile(`^(\d{1,2}):(\d{2}):(\d{2})\t+([^\t:]{1,80}?)\s*:[\t ]*(.*)$`)
	// 14:45:10 From Dita Novak To Everyone: text, of the wall clock.
	meetingWall = regexp.MustCompile(`^(\d{1,2}:\d{2}:\d{2})\s+(?i:from)\s+(.{1,80}?)(?:\s+(?i:to)\s+(.{1,80}?))?\s*:[\t ]*(.*)$`)

	emojiMark = regexp.MustCompile(`^(?::[a-z0-9_+'-]+:\s*)+`)
	oneLine24 = regexp.MustCompile(`^(\S.{0,78}?)(?:\s{2,}\[?|\t\[?|\s\[)(\d{1,2}:\d{2}(?: ?[AaPp]\.?[Mm]\.?)?)\]?$`)
	bareClock = regexp.MustCompile(`^\[?(\d{1,2}:\d{2}(?: ?[AaPp]\.?[Mm]\.?)?)\]?$`)
	editMark  = regexp.MustCompile(`\s*\(edited\)\s*$`)
	windowRow = regexp.MustCompile(`^(?i:\d+ repl(?:y|ies)|last reply .*|view (?:thread|newer replies)|new(?: messages)?|today|\(edited\)|also sent to the channel|app|:[a-z0-9_+'-]+:)$`)

	relativeDays = map[string]int{"yesterday": -1, "today": 0, "gestern": -1, "heute": 0, "hier": -1, "aujourd'hui": 0, "ayer": -1, "hoy": 0}
)

// longestMeeting is the clock below which a chat's first one is a count. Zoom
// writes both forms, and a chat that begins later at night is told so by Options.
const longestMeeting = 6

// survey finds what chats are in the text.
func (p *paste) survey() {
	counted := false
	for n, line := range p.lines {
		if m := meetingOffset.FindStringSubmatch(line); m != nil && !counted && meetingWall.FindString(line) == "" {
			counted, p.offsets = true, digitsOf(m[1]) < longestMeeting
		}
		if _, _, ok := p.headAt(n); ok {
			p.slack = true
		}
	}
}

// meetingLine reads a line of the chat of a meeting.
func (p *paste) meetingLine(line string) bool {
	line = strings.TrimRight(line, " ")
	if m := meetingWall.FindStringSubmatch(line); m != nil {
		st, _, ok := scanStamp(m[1])
		if m[3] != "" && !strings.EqualFold(m[3], "everyone") {
			m[4] = strings.TrimSpace("(to " + m[3] + ") " + m[4])
		}
		p.push(toldRow{st: st, timed: ok, raw: m[1], author: m[2], text: m[4]})
		p.fresh = m[4] == ""
		return true
	}
	m := meetingOffset.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	row := toldRow{timed: true, raw: line[:strings.IndexByte(line, '\t')], author: m[4], text: m[5]}
	if p.offsets {
		row.st.clock = clockSpan
		for n, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
			row.st.span += time.Duration(digitsOf(m[n+1])) * unit
		}
	} else {
		row.st, _, row.timed = scanStamp(row.raw)
	}
	p.push(row)
	p.fresh = row.text == ""
	return true
}

// isHead reports a line that begins a message, after one without a text.
func (p *paste) isHead(line string) bool {
	line = strings.TrimRight(line, " ")
	_, _, head := p.headAt(p.at)
	return head || meetingWall.MatchString(line) || meetingOffset.MatchString(line) || p.slack && bareClock.MatchString(strings.TrimSpace(line))
}

// headAt reads the head of a message in Slack's window: its author, and its time
// on the same line or a next one. used is how many lines it has.
func (p *paste) headAt(n int) (row toldRow, used int, ok bool) {
	line := strings.TrimRight(p.lines[n], " \t")
	if m := oneLine24.FindStringSubmatch(line); m != nil && looksLikeName(m[1]) {
		if st, _, ok := scanStamp(m[2]); ok {
			return toldRow{st: st, timed: true, raw: m[2], author: nameOf(m[1]), bare: st.isBare(m[2])}, 1, true
		}
	}
	if !looksLikeName(line) || windowRow.MatchString(strings.TrimSpace(line)) {
		return row, 0, false
	}
	next := n + 1
	if next < len(p.lines) && strings.TrimSpace(p.lines[next]) == "APP" {
		next++
	}
	if next >= len(p.lines) {
		return row, 0, false
	}
	clock, indented := windowClock(p.lines[next])
	st, rest, ok := scanStamp(clock)
	first := n == 0 || strings.TrimSpace(p.lines[n-1]) == ""
	if !ok || rest != "" || st.clock != clockFull || st.half == "" && !indented && !first {
		return row, 0, false
	}
	return toldRow{st: st, timed: true, raw: clock, author: nameOf(line), bare: st.isBare(clock)}, next - n + 1, true
}

// windowClock gives the clock of a line below an author, without the emoji of a
// status and the words for today.
func windowClock(line string) (clock string, marked bool) {
	clock = strings.TrimSpace(line)
	plain := emojiMark.ReplaceAllString(clock, "")
	if low := strings.ToLower(plain); strings.HasPrefix(low, "today at ") {
		plain = plain[len("today at "):]
	}
	return plain, plain != clock || strings.TrimLeft(line, " \t") != line
}

// chatLine reads the head of a message, or the clock of one more message of the
// same author.
func (p *paste) chatLine(line string) bool {
	if row, used, ok := p.headAt(p.at); ok {
		if emojiMark.MatchString(strings.TrimSpace(p.lines[p.at+used-1])) {
			p.drop(emojiMark.FindString(strings.TrimSpace(p.lines[p.at+used-1])))
		}
		p.author = row.author
		p.push(row)
		p.at, p.fresh = p.at+used-1, true
		return true
	}
	m := bareClock.FindStringSubmatch(strings.TrimSpace(line))
	if !p.slack || m == nil {
		return false
	}
	clock := m[1]
	st, _, ok := scanStamp(clock)
	if ok {
		p.push(toldRow{st: st, timed: true, raw: clock, author: p.author, bare: st.isBare(clock)})
		p.fresh = true
	}
	return ok
}

// noiseLine leaves out what Slack's window shows beside the messages.
func (p *paste) noiseLine(line string) bool {
	body := strings.TrimSpace(line)
	if !p.slack || !windowRow.MatchString(body) {
		if plain := p.edited(line); plain != line {
			p.line(plain)
			return true
		}
		return false
	}
	if strings.EqualFold(body, "today") && slices.ContainsFunc(p.rows, func(r toldRow) bool { return r.st.day == dayRelative }) {
		return false // the messages before it are of another day
	}
	p.drop(body)
	return true
}

// edited leaves out the mark of an edited message.
func (p *paste) edited(line string) string {
	if !p.slack || !editMark.MatchString(line) {
		return line
	}
	p.drop("(edited)")
	return editMark.ReplaceAllString(line, "")
}

func (p *paste) drop(mark string) {
	p.noise++
	p.noiseSuch = either(p.noiseSuch, strings.TrimSpace(mark))
}

// looksLikeName tells the name of an author from a line of a message.
func looksLikeName(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 60 || len(strings.Fields(line)) > 6 || strings.ContainsAny(line[len(line)-1:], ".!?:,;)") {
		return false
	}
	if strings.Contains(line, ": ") || strings.ContainsAny(line[:1], "|-*#•>:") {
		return false
	}
	first := []rune(line)[0]
	return unicode.IsLetter(first) && !bareClock.MatchString(line)
}

// nameOf drops the mark that Slack's window hangs on the name of an app.
func nameOf(line string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "APP"))
}

// isBare reports a clock that may leave out its AM or PM; 09:58 is of 24 hours.
func (st *stamp) isBare(written string) bool {
	return st.half == "" && st.h <= 12 && !strings.HasPrefix(written, "0")
}

// halves reads clocks of a window that leaves out AM and PM: the half of the day
// that follows the clock before it sooner, or stands sooner before the one after.
func (p *paste) halves() {
	if !slices.ContainsFunc(p.rows, func(r toldRow) bool { return r.st.half != "" && r.author != "" }) {
		return
	}
	clock := func(n int) int { return p.rows[n].st.h*60 + p.rows[n].st.m }
	known := func(r toldRow) bool { return r.timed && !r.bare && r.st.clock == clockFull }
	before := -1
	for n := range p.rows {
		r := &p.rows[n]
		if !r.bare {
			if known(*r) {
				before = n
			}
			continue
		}
		r.st.h %= 12
		apart := 0
		if before >= 0 {
			apart = clock(n) - clock(before)
		} else if after := slices.IndexFunc(p.rows[n:], known); after >= 0 {
			apart = clock(n+after) - clock(n)
		}
		if (apart+2*halfDay)%(2*halfDay) >= halfDay {
			r.st.h += 12
		}
		r.doubt = also(r.doubt, fmt.Sprintf("%s names neither AM nor PM; it was read as %02d:%02d by the clocks around it", r.raw, r.st.h, r.st.m))
		r.bare, before = false, n
	}
}
