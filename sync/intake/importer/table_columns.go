package importer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"holdfast/model"
)

// role is what a column tells.
type role uint8

const (
	roleOther role = iota
	roleTime
	roleDate
	roleZone
	roleAuthor
	roleKind
	roleText
	roleMore // a title's longer text
)

// headers name the columns in English, German, French and Spanish.
var headers = map[role][]string{
	roleTime: {
		"time", "timestamp", "at", "when", "datetime", "date time", "time stamp", "clock", "moment", "ts", "date and time",
		"occurred at", "created at", "event date", "event time", "start time", "zeit", "uhrzeit", "zeitpunkt", "zeitstempel", "datum uhrzeit",
		"datum und uhrzeit", "wann", "heure", "horodatage", "date heure", "date et heure", "quand", "hora", "fecha hora", "fecha y hora",
		"marca de tiempo", "cuándo", "cuando",
	},
	roleDate: {"date", "day", "datum", "tag", "jour", "fecha", "día", "dia"},
	roleZone: {"tz", "zone", "timezone", "time zone", "event tz", "zeitzone", "fuseau horaire", "fuseau", "zona horaria"},
	roleAuthor: {
		"who", "author", "user", "by", "name", "person", "owner", "from", "sender", "reporter", "reported by", "actor", "responder", "wer",
		"autor", "benutzer", "von", "verfasser", "qui", "auteur", "utilisateur", "quien", "quién", "usuario",
	},
	roleKind: {"kind", "type", "category", "event type", "entry type", "art", "typ", "kategorie", "catégorie", "tipo", "categoría", "categoria"},
	roleText: {
		"text", "what", "event", "description", "message", "entry", "event title", "what happened", "activity", "details", "detail", "note",
		"notes", "summary", "comment", "title", "action", "was", "ereignis", "beschreibung", "nachricht", "eintrag", "vorgang", "bemerkung",
		"notiz", "kommentar", "titel", "événement", "evenement", "quoi", "commentaire", "texte", "descripción", "descripcion", "evento",
		"qué", "que", "mensaje", "texto", "nota", "comentario",
	},
	roleMore: {"event content", "content"},
}

// columns are the columns of a table by what they tell.
type columns struct {
	names    []string
	role     []role
	roles    map[role]bool
	zone     []string // of times, by column; empty where the header names none
	zoneName string
}

var headWords = regexp.MustCompile(`[^\pL\pN+:]+`)

// columnsFrom reads a header. ok is false where no column of it is a time.
func columnsFrom(cells []string) (c columns, ok bool) {
	c = columns{names: cells, role: make([]role, len(cells)), zone: make([]string, len(cells)), roles: map[role]bool{}}
	for n, cell := range cells {
		r, zone := headerRole(cell)
		if c.roles[r] || r == roleMore && !c.roles[roleText] {
			r = roleOther // the first of two is taken; the other is kept by its name
		}
		c.role[n], c.roles[r] = r, true
		if r == roleTime || r == roleDate {
			c.zone[n], c.zoneName = zone, either(c.zoneName, zone)
		}
	}
	return c, len(cells) > 1 && (c.roles[roleTime] || c.roles[roleDate])
}

// headerRole reads "Time (UTC)", "time_utc", "Uhrzeit [MEZ]" and "UTC time".
func headerRole(cell string) (r role, zone string) {
	words := strings.FieldsFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[],*`_;", r) })
	for n, w := range words {
		name := headWords.ReplaceAllString(strings.ToLower(strings.Join(slices.Concat(words[:n], words[n+1:]), " ")), " ")
		if r := roleOf(strings.TrimSpace(name)); (r == roleTime || r == roleDate) && isZone(w) {
			return r, w
		}
	}
	return roleOf(strings.TrimSpace(headWords.ReplaceAllString(strings.ToLower(strings.Join(words, " ")), " "))), ""
}

func roleOf(name string) role {
	for r, list := range headers {
		if slices.Contains(list, name) {
			return r
		}
	}
	return roleOther
}

// isZone reports a word that names a zone, as headers write it.
func isZone(word string) bool {
	if lower := strings.ToLower(word); word == lower && lower != "utc" && lower != "gmt" && !strings.ContainsAny(word, "/+") {
		return false
	}
	if generic[strings.ToUpper(word)] != "" {
		return true
	}
	_, err := zoneOf(word, nil)
	return err != errNoZone
}

// row reads a row of the table. What no column takes stands behind the text, so
// that nothing is lost; extra cells are parted by delimiter, as they were.
func (c columns) row(r record, delimiter string) toldRow {
	row := toldRow{where: r.where(), doubt: r.doubt}
	var date, clock, text, rest []string
	for n, cell := range r.cells {
		cell = strings.TrimSpace(cell)
		if n >= len(c.role) {
			break
		}
		switch c.role[n] {
		case roleDate:
			date = []string{cell}
			row.zone = either(row.zone, c.zone[n])
		case roleTime:
			clock = []string{cell}
			row.zone = either(c.zone[n], row.zone)
		case roleZone:
			row.zone = cell
		case roleAuthor:
			row.author = cell
		case roleKind:
			row.kind = kindNamed(cell)
			if row.named = row.kind != ""; !row.named && cell != "" {
				rest = append(rest, c.names[n]+": "+cell)
			}
		case roleText, roleMore:
			text = append(text, cell)
		default:
			if name := strings.TrimSpace(c.names[n]); cell != "" && name != "" {
				cell = name + ": " + cell
			}
			rest = append(rest, cell)
		}
	}
	if n := len(c.role); len(r.cells) > n && joinFilled("", r.cells[n:]) != "" {
		c.extra(r.cells[n-1:], delimiter, &text, &rest)
		row.doubt = also(row.doubt, "it has more cells than the header; they were kept together")
	}
	row.text = joinFilled(": ", text)
	row.kind = either(row.kind, kindOf(row.text))
	row.text = joinFilled("; ", append([]string{row.text}, rest...))
	row.times(joinFilled("", date), joinFilled("", clock))
	return row
}

// extra keeps cells beyond the header: of a last column of texts they are the
// same text, which had an unquoted delimiter.
func (c columns) extra(cells []string, delimiter string, text, rest *[]string) {
	if c.role[len(c.role)-1] == roleText && len(*text) > 0 {
		(*text)[len(*text)-1] = strings.TrimSpace(strings.Join(cells, delimiter))
		return
	}
	*rest = append(*rest, strings.TrimSpace(strings.Join(cells[1:], delimiter)))
}

// times reads the cells of the date and the clock. What stands beside a time in
// its cell goes before the text.
func (r *toldRow) times(date, clock string) {
	r.raw = joinFilled(" ", []string{date, clock})
	d, dateRest, dated := looseStamp(date)
	t, clockRest, clocked := looseStamp(clock)
	switch {
	case !dated && !clocked:
		return
	case !dated:
		r.st, dateRest = t, date
	case !clocked:
		r.st, clockRest = d, clock
	case d.clock != clockNone || !d.epoch.IsZero():
		r.st, clockRest = d, clock
	case t.day != dayNone || !t.epoch.IsZero():
		r.st, dateRest = t, date
	default:
		d.join(t)
		r.st = d
	}
	r.timed = true
	if r.st.day != dayNone && dateRest == date {
		dateRest = "" // the other cell has the whole time, and this one the same day
	}
	if beside := joinFilled(" ", []string{dateRest, clockRest}); beside != "" {
		r.text = joinFilled(": ", []string{beside, r.text})
		r.doubt = also(r.doubt, "more stands beside its time: "+cut(beside, model.MaxName))
	}
}

// looseStamp reads a cell that begins with a time, and gives what else is in it.
func looseStamp(cell string) (st stamp, rest string, ok bool) {
	if st, ok := cellStamp(cell); ok {
		return st, "", true
	}
	st, rest, ok = scanStamp(strings.TrimSpace(cell))
	return st, strings.TrimSpace(rest), ok
}

// kindNamed gives the kind a cell names, empty where it names none.
func kindNamed(cell string) string {
	name := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '_'
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(cell))
	if slices.Contains(model.Kinds[:], name) {
		return name
	}
	return ""
}

func joinFilled(with string, parts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" }), with)
}
