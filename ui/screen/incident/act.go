package incident

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/ui/text"
)

// lastAct is what /undo takes back.
type lastAct struct {
	command model.Command
	made    model.Done
	before  row
}

// undo takes back the writer's last act by a compensating one.
func (s *Screen) undo(line string) {
	c := s.last.undone()
	if c == nil {
		s.box.Refuse("there is nothing here that can be undone; set the value again to change it")
		return
	}
	s.last = lastAct{}
	s.carryOut(line, plan{commands: []model.Command{c}})
}

// undone gives the command that takes an act back; nil where none does.
func (a lastAct) undone() model.Command {
	const why = "undone by its author"
	id := a.made.ID.String()
	switch l := a.command.(type) {
	case model.Log:
		return model.RetractEntry{Entry: id, Reason: why}
	case model.EditEntry:
		b := a.before
		if b.ID == "" {
			return nil
		}
		precision := b.precision
		return model.EditEntry{Entry: l.Entry, Text: b.raw, Kind: b.kind, At: b.at, Precision: &precision}
	case model.AssignRole:
		return model.ReleaseRole(l)
	case model.Propose:
		return model.Decide{Decision: id, Result: model.Dropped, Reason: why}
	case model.AddHypothesis:
		return model.SetHypothesis{Hypothesis: id, State: model.HypothesisRejected, Reason: why}
	case model.TakeLock:
		return model.ReleaseLock{Incident: l.Incident, Thing: l.Thing, Reason: why}
	case model.TickCheck:
		return model.TickCheck{Incident: l.Incident, Check: l.Check, Open: true}
	}
	return nil
}

// seek selects the first row at or after a time.
func (s *Screen) seek(line string) {
	m, err := when.Options{Start: s.content.brief.Since}.Parse(line, s.host.Now(), time.UTC)
	if err != nil {
		s.box.Refuse(err.Error())
		return
	}
	for _, r := range s.content.rows {
		if !r.at.Before(m.At) {
			s.settled(line)
			s.host.Focus(s.timeline)
			s.timeline.Select(r.ID)
			return
		}
	}
	s.settled(line)
	s.timeline.ScrollToEnd()
}

// find selects the next row that holds the words.
func (s *Screen) find(line string) {
	want := strings.ToLower(strings.TrimSpace(line))
	n, start := len(s.content.rows), 0
	for i, r := range s.content.rows {
		if r.ID == s.timeline.Selected() {
			start = i + 1
		}
	}
	for i := range n {
		r := s.content.rows[(start+i)%n]
		if strings.Contains(strings.ToLower(r.Text+" "+r.Author+" "+r.Kind), want) {
			s.timeline.Select(r.ID)
			s.box.Refuse("") // Enter finds the next one
			s.box.SetHint("Found at "+r.At+" · Enter finds the next one · Esc leaves", false)
			return
		}
	}
	s.box.Refuse("no row holds " + quoted(line))
}

// do carries out a command that was not typed.
func (s *Screen) do(c model.Command, says string) {
	s.host.Do(c, func(_ model.Done, err error) {
		if err != nil {
			s.host.Fail("Nothing was changed", err)
			return
		}
		s.host.Toast(says)
	})
}

// versions shows every version of a row, or all of a message, or hides them again.
func (s *Screen) versions(id string) {
	r, ok := s.content.row(id)
	if f, file := s.content.file(id); file {
		s.files.open(f)
		return
	}
	if ok && r.source == model.FromChange {
		s.host.Toast("This row tells a change; it has no versions")
		id = ""
	}
	if s.versionsOf == id || id == "" {
		s.versionsOf = ""
	} else {
		s.versionsOf = id
	}
	s.want()
	if s.versionsOf == "" {
		setVisible(s.panel, false)
		s.body.Refresh()
	}
	s.host.Refresh()
}

// versionLines are the versions of an entry as the panel shows them.
func versionLines(h model.EntryHistory) []string {
	var out []string
	for i, v := range h.Versions {
		l := fmt.Sprintf("Version %d · %s UTC · %s · at %s · %s", i+1, v.RecordedAt.UTC().Format("2 Jan 15:04:05"), text.Line(v.By),
			when.Format(when.Moment{At: v.At, Precision: v.Precision}, time.UTC), v.Kind)
		if !v.ClockAt.IsZero() {
			l += " · that clock said " + v.ClockAt.UTC().Format("2 Jan 2006 15:04:05")
		}
		if v.Current {
			l += " · current"
		}
		out = append(out, l+"\n"+text.Block(v.Text))
	}
	for _, r := range h.Retractions {
		out = append(out, fmt.Sprintf("Taken back · %s UTC · %s\n%s", r.At.UTC().Format("2 Jan 15:04:05"), text.Line(r.By), text.Block(r.Reason)))
	}
	return out
}

func setVisible(o fyne.CanvasObject, visible bool) bool {
	if visible == o.Visible() {
		return false
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
	return true
}
