package statuspage

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
)

// refresh is how often a browser asks again, in seconds: an update is promised to
// the minute, and many screens may look.
const refresh = 30

//go:embed page.html
var pageText string

//go:embed page.css
var style string

// policy is the Content-Security-Policy: the style above, and nothing else, from
// nowhere.
var policy = "default-src 'none'; style-src 'sha256-" + hash(style) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page escapes every text by itself; it loads nothing from anywhere and has no
// script.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"line": plain.Line, "lines": plain.Block, "level": level,
	"capital": func(s string) string { return plain.Capital(plain.Line(s)) },
	"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"date":    func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	"seconds": func(s int64) string { return model.SpeakDuration(time.Duration(s) * time.Second) },
	// What depends on now is set for each page.
	"time": func(time.Time) string { return "" }, "late": func(time.Time) bool { return false },
}).Parse(pageText))

// level is the class of a severity; one that a room made up has none.
func level(severity string) string {
	for _, known := range model.Severities {
		if severity == known {
			return strings.ToLower(known)
		}
	}
	return ""
}

// Write writes a status page as HTML. Times are in UTC, and beside it in a zone,
// where one is given.
func Write(w io.Writer, p model.StatusPage, zone *time.Location) error {
	t, err := page.Clone()
	if err != nil {
		return err
	}
	t.Funcs(template.FuncMap{
		"time": func(at time.Time) string { return model.SpeakTime(at, p.At, zone) },
		"late": func(at time.Time) bool { return at.Before(p.At) },
	})
	return t.Execute(w, struct {
		Page    model.StatusPage
		Title   string
		Refresh string
		Style   template.CSS
	}{p, title(p), strconv.Itoa(refresh), template.CSS(style)})
}

// title says in the tab of a browser how many are open.
func title(p model.StatusPage) string {
	open := p.More
	for _, i := range p.Incidents {
		if i.State == model.StateOpen {
			open++
		}
	}
	if open == 0 {
		return p.Room
	}
	return "(" + strconv.Itoa(open) + ") " + p.Room
}
