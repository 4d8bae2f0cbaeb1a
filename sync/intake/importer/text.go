package importer

import (
	"fmt"
	"regexp"
	"strings"
)

// maxLines bounds the lines of a text: a row may go on over some.
const maxLines = 4 * MaxEntries

// readText reads a timeline as people paste it: tables and bullets of a wiki, and
// chats, mixed as they come.
func readText(b []byte, o Options) ([]story, error) {
	p := &paste{}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\u200b", "").Replace(string(b))
	if p.lines = strings.Split(text, "\n"); len(p.lines) > maxLines {
		return nil, fmt.Errorf("%w: it has %d lines, the limit is %d", ErrInvalid, len(p.lines), maxLines)
	}
	p.survey()
	for p.at = 0; p.at < len(p.lines); p.at++ {
		p.line(p.lines[p.at])
		if len(p.rows) > 2*MaxEntries {
			return nil, fmt.Errorf("%w: it has more than %d rows", ErrInvalid, MaxEntries)
		}
	}
	p.join()
	if !p.timed {
		return nil, fmt.Errorf("%w: no line of it begins with a time", ErrInvalid)
	}
	p.halves()
	var s story
	s.Declare.Title = p.title
	if p.noise > 0 {
		s.warn("%d marks of the chat's window, such as %q, were left out", p.noise, p.noiseSuch)
	}
	if err := settle(&s, p.rows, o, p.zone); err != nil {
		return nil, err
	}
	return []story{s}, nil
}

// paste is a text that is being read.
type paste struct {
	lines []string
	at    int
	rows  []toldRow
	more  []string // lines that go on with the last row
	timed bool     // a row has a time: a zone named behind it is of something else
	title string
	zone  string
	// open says that the next line without a time goes on with the last row, and
	// bullet that the row is an item of a list, indented so far.
	open   bool
	bullet bool
	indent int

	table columns // of the table the line is in
	inTab bool

	slack     bool // lines of Slack's window are in it
	offsets   bool // the clocks of its meeting chat count from the start
	author    string
	fresh     bool // the text of a message follows its head
	days      bool // Yesterday and Today part the messages
	noise     int
	noiseSuch string
}

// line reads one line.
func (p *paste) line(line string) {
	if strings.TrimSpace(line) == "" {
		p.inTab = false
		return
	}
	if p.fresh && !p.isHead(line) {
		last := &p.rows[len(p.rows)-1]
		last.text, p.fresh = strings.TrimSpace(last.text+"\n"+strings.TrimSpace(p.edited(line))), false
		return
	}
	for _, form := range []func(string) bool{p.tableLine, p.meetingLine, p.noiseLine, p.chatLine, p.dayLine, p.timedLine} {
		if form(line) {
			return
		}
	}
	p.otherLine(line)
}

func (p *paste) where() string { return fmt.Sprintf("line %d", p.at+1) }

// join ends the last row with the lines that go on with it.
func (p *paste) join() {
	if len(p.more) > 0 {
		last := &p.rows[len(p.rows)-1]
		last.text = strings.TrimSpace(last.text + "\n" + strings.Join(p.more, "\n"))
		p.more = p.more[:0]
	}
}

// push adds a row, which lines without a time go on with.
func (p *paste) push(r toldRow) {
	p.join()
	r.where, p.timed = p.where(), p.timed || r.timed && !r.header
	p.rows, p.open, p.bullet, p.fresh = append(p.rows, r), true, false, false
}

var (
	bulletMark = regexp.MustCompile(`^(\s*)([-*•‣◦·–] +)`)
	numberMark = regexp.MustCompile(`^\d{1,3}[.)] +`)
	inBrackets = regexp.MustCompile(`^\(.*\)$`)
	headMark   = regexp.MustCompile(`^\s*(?:#{1,6} +|=+ *|h[1-6]\. +)`)
	lineMark   = regexp.MustCompile(`^\s*(?:[-=_*]{3,}|\{\|.*|\|\}|\|-+(?: +\w+=.*)?)\s*$`)
	afterTime  = regexp.MustCompile("^[*_`\\])]*\\s*(?:(?:-+>?|–|—|:|\\||→|=>)[ \\t*_]*)?")
	dashAfter  = regexp.MustCompile("^[*_`\\])]*\\s*(?:-|–|—|:|→|=>|\\|)")
	spanAfter  = regexp.MustCompile(`^\s*(?:-|–|—|to|bis)\s*\d{1,2}[:.]\d{2}`)
	zoneAtEnd  = regexp.MustCompile(`\(([^() ]+)\)\W*$`)
	zonesTold  = regexp.MustCompile(`(?i)\b(times?|timestamps?|clocks?|zeiten|uhrzeiten|zeitangaben|heures|horaires|horas)\b`)
)

// dayLine reads a line that names the day of those after it.
func (p *paste) dayLine(line string) bool {
	head := headMark.FindString(line)
	body := line[len(head):]
	body = strings.Trim(strings.TrimSpace(body[len(bulletMark.FindString(body)):]), "=*_: ")
	if rel, ok := relativeDays[strings.ToLower(body)]; ok && head == "" && p.slack {
		p.push(toldRow{header: true, timed: true, st: stamp{day: dayRelative, rel: rel}})
		p.open, p.days = false, true
		return true
	}
	st, rest, ok := scanStamp(strings.TrimSpace(body))
	if !ok || st.day == dayNone || st.clock != clockNone {
		return false
	}
	rest = strings.Trim(afterTime.ReplaceAllString(rest, ""), "=*_ ")
	if rest != "" && head == "" && !inBrackets.MatchString(rest) {
		return false
	}
	if st.wrong != "" {
		p.push(toldRow{text: body, doubt: st.wrong})
		p.open = false
		return true
	}
	p.push(toldRow{header: true, timed: true, st: st})
	p.open = false
	if rest != "" && !p.zoneTold(rest) {
		p.heading(rest)
	}
	return true
}

// timedLine reads a line that begins with a time, behind a bullet or not.
func (p *paste) timedLine(line string) bool {
	mark := bulletMark.FindStringSubmatch(line)
	body := strings.TrimSpace(line)
	if mark != nil {
		body = strings.TrimSpace(line[len(mark[0]):])
	}
	st, rest, ok := scanStamp(body)
	if number := numberMark.FindString(body); number != "" && !ok {
		body = body[len(number):]
		st, rest, ok = scanStamp(body)
	}
	if !ok || st.clock == clockOpen && st.day == dayNone {
		return false
	}
	// "14.09 GB" and "2 May be late" are no times; a dash makes them such.
	clear := st.day != dayNone && (st.y != 0 || st.clock != clockNone) || st.clock != clockNone && strings.ContainsAny(body[:len(body)-len(rest)], ":hUaApP?")
	if !clear && !dashAfter.MatchString(rest) {
		return false
	}
	row := toldRow{st: st, timed: true, raw: body[:len(body)-len(rest)]}
	if spanAfter.MatchString(rest) {
		row.text, row.doubt = strings.TrimSpace(rest), "it names a span of time; its start was taken"
	} else {
		row.text = strings.TrimSpace(afterTime.ReplaceAllString(rest, ""))
	}
	if st.wrong != "" {
		row.text, row.raw = body, ""
	}
	p.push(row)
	if mark != nil {
		p.bullet, p.indent = true, len(mark[1])
	}
	return true
}

// otherLine reads a line without a time: it goes on with the row before it, or is
// the title, or a row whose time is not known.
func (p *paste) otherLine(line string) {
	body := strings.TrimSpace(line)
	if lineMark.MatchString(line) {
		return
	}
	head := headMark.MatchString(line)
	zoned := p.zoneTold(body)
	item := bulletMark.FindStringSubmatch(line)
	own := head || p.bullet && item != nil && len(item[1]) <= p.indent
	if p.open && !own && p.goesOn() {
		p.more = append(p.more, body)
		return
	}
	if head {
		p.heading(strings.Trim(line[len(headMark.FindString(line)):], "=*_# "))
		return
	}
	if p.title == "" && !zoned && item == nil && len(p.rows) == 0 && looksLikeTitle(body) {
		p.heading(strings.Trim(body, "*_ "))
		return
	}
	if item != nil {
		body = strings.TrimSpace(line[len(item[0]):])
	}
	bullet, indent := p.bullet, p.indent
	p.push(toldRow{text: body})
	p.open, p.bullet, p.indent = p.open && bullet, bullet, indent
}

// goesOn reports that the last row is one that a line can go on with.
func (p *paste) goesOn() bool {
	return len(p.rows) > 0 && !p.rows[len(p.rows)-1].header
}

// heading takes the first heading before any row as the title; another is a row,
// so that it is not lost.
func (p *paste) heading(text string) {
	p.open, p.bullet = false, false
	if text == "" {
		return
	}
	p.dayIn(text)
	if p.title == "" && !p.hasRows() {
		p.title = text
		return
	}
	p.push(toldRow{text: text})
	p.open = false
}

// dayIn reads the day in a heading such as "Outage of 17 March 2026". It may be
// that of the paper, so it counts only where nothing else names one.
func (p *paste) dayIn(text string) {
	for n := range text {
		if n > 0 && text[n-1] != ' ' && text[n-1] != '(' {
			continue
		}
		if st, _, ok := scanStamp(text[n:]); ok && st.day != dayNone && st.y != 0 && st.wrong == "" {
			p.push(toldRow{header: true, weak: true, timed: true, st: st})
			p.open = false
			return
		}
	}
}

func (p *paste) hasRows() bool {
	for _, r := range p.rows {
		if !r.header {
			return true
		}
	}
	return false
}

func looksLikeTitle(body string) bool {
	return len(body) <= 120 && !isWeekday(body) && !strings.HasSuffix(body, ".") && !strings.HasSuffix(body, ",") && !strings.HasSuffix(body, ";")
}

// zoneTold reads "All times are in UTC" and "Timeline (UTC)".
func (p *paste) zoneTold(body string) bool {
	if m := zoneAtEnd.FindStringSubmatch(body); m != nil && p.zone == "" && isZone(m[1]) && !p.timed {
		p.zone = m[1]
		return strings.HasPrefix(body, "(")
	}
	if p.zone != "" || !zonesTold.MatchString(body) || p.timed {
		return false
	}
	for _, word := range strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune(" ()[].,:;*_", r) }) {
		if len(word) > 1 && isZone(word) {
			p.zone = word
			return true
		}
	}
	return false
}
