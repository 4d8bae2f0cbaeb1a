package oncall

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/intake/importer"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// calendarForm makes a schedule of an on-call calendar.
type calendarForm struct {
	act
	file, name, layer *form.Input
	left              *form.Words
	object            *fyne.Container
}

func newCalendarForm(s *Screen) *calendarForm {
	f := &calendarForm{left: form.NewWords("", form.Warn)}
	send := func() { f.submit() }
	f.act = newAct(s, "Import calendar", send)
	f.file = form.NewPath(s.host, "File", "An .ics file. "+form.PathHelp, part.FileAsk{Kind: "calendar", Title: "Import calendar from", Types: []string{".ics"}})
	s.bind(f.file, send)
	f.name, f.layer = s.input("Name", "Empty: that of the calendar", send), s.input("Layer", "Where an event names none. Empty: primary", send)
	f.object = form.Stack(8, form.NewWords("Makes a schedule of an on-call calendar (iCalendar), as PagerDuty, Opsgenie, Grafana and calendar programs write it. People are found by e-mail or name: add them first. Half a year ahead is read.", form.Quiet),
		f.file, form.Beside(0.5, f.name, f.layer))
	f.putBelow(form.Buttons(f.button), f.says, f.left)
	return f
}

func (f *calendarForm) content() fyne.CanvasObject { return f.object }
func (f *calendarForm) first() fyne.Focusable      { return f.file.Entry }
func (f *calendarForm) draw()                      {}

// importAhead is how far ahead a calendar is read that repeats for ever.
const importAhead = 180 * 24 * time.Hour

func (f *calendarForm) submit() bool {
	path, ok := f.file.Path()
	if !ok {
		f.screen.host.Focus(f.file.Entry)
		return true
	}
	now := f.screen.host.Now()
	options := importer.OnCallOptions{
		From: now, To: now.Add(importAhead), Zone: f.screen.host.Zone(), Layer: strings.TrimSpace(f.layer.Text()), Person: importer.Finder(f.screen.content.people),
	}
	var doc, left string
	f.button.Disable()
	f.screen.host.Task(func() (err error) {
		doc, left, err = readCalendar(path, options)
		return err
	}, func(err error) {
		f.button.Enable()
		f.left.Set("", form.Warn)
		if err != nil {
			f.says.Set("Not done: "+text.Line(err.Error())+". Nothing was changed.", form.Wrong)
			f.screen.object.Refresh()
			return
		}
		f.do(model.AddSchedule{Document: doc, Name: f.name.Text()}, "The schedule is in the room.", func() {
			f.left.Set(left, form.Warn)
			f.name.Fill("")
		})
	})
	return true
}

// maxLeft is how many of what was left out are told.
const maxLeft = 6

// readCalendar makes the document of a schedule, and says what was left out.
func readCalendar(path string, options importer.OnCallOptions) (doc, left string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer file.Close() // it was only read
	cal, err := importer.OnCallICS(file, options)
	if err != nil {
		return "", "", err
	}
	schedule, notes, err := cal.Schedule(options.From, options.To)
	if err != nil {
		return "", "", err
	}
	var lines []string
	if len(cal.Unknown) > 0 {
		lines = append(lines, "Left out, for they are not in the room: "+text.Line(strings.Join(cal.Unknown, ", ")))
	}
	for _, list := range [][]importer.BadRow{cal.Left, cal.Notes, notes} {
		for _, b := range list {
			lines = append(lines, text.Line(b.String()))
		}
	}
	if n := len(lines) - maxLeft; n > 0 {
		lines = append(lines[:maxLeft], fmt.Sprintf("… and %d more.", n))
	}
	b, err := json.Marshal(schedule)
	return string(b), strings.Join(lines, "\n"), err
}
