package incident

import (
	"strings"

	"holdfast/model"
)

// draftName is the name under which what is typed for an incident is kept.
func draftName(id model.ID) string { return "incident." + id.String() }

// editDraftName keeps an unfinished correction.
func editDraftName(entry string) string { return "entry." + entry }

// leave goes back to logging and restores the draft.
func (s *Screen) leave() {
	s.mode, s.subject, s.box.Blank = logging, row{}, false
	s.box.SetPlaceHolder(promptLog)
	s.load(s.aside)
	s.aside = ""
}

// load puts text into the box without taking it for typed.
func (s *Screen) load(line string) {
	s.loading = true
	s.box.SetText(line)
	s.loading = false
	s.changed(line)
}

// keep stores what is typed: a correction under its entry, all else under the
// incident, in front of the draft that waits, so that a crash loses neither.
func (s *Screen) keep(line string) {
	if s.loading || s.content.id.Zero() {
		return
	}
	switch s.mode {
	case logging:
		s.host.Draft(draftName(s.content.id), line)
	case editing:
		if line == s.subject.editText() {
			line = ""
		}
		s.host.Draft(editDraftName(s.subject.ID), line)
	case commanding, inserting, retracting, asking:
		s.host.Draft(draftName(s.content.id), both(line, s.aside))
	case seeking, finding:
	}
}

// both joins two texts, each on lines of its own.
func both(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	if strings.TrimSpace(b) == "" {
		return a
	}
	return a + "\n" + b
}

// unfinished is what is typed in the present mode and kept nowhere else.
func (s *Screen) unfinished() string {
	switch line := s.box.Text(); {
	case s.mode == inserting, s.mode == retracting, (s.mode == commanding || s.mode == asking) && line != s.begun:
		return line
	}
	return ""
}

// enter changes the mode, putting the draft aside.
func (s *Screen) enter(m mode, subject row, prompt, line string) {
	if s.mode == logging {
		s.aside = s.box.Text()
	} else {
		s.aside = both(s.unfinished(), s.aside)
		s.host.Draft(draftName(s.content.id), s.aside)
	}
	s.mode, s.subject, s.begun, s.box.Blank = m, subject, line, false
	s.box.SetPlaceHolder(prompt)
	s.load(line)
	s.host.Focus(s.box.Focusable())
}

// begin starts a command in the box.
func (s *Screen) begin(line string) {
	if s.content.id.Zero() {
		return
	}
	s.enter(commanding, row{}, promptLog, line)
}

// edit loads an entry for correcting, with what was typed of an earlier try.
func (s *Screen) edit(id string) {
	r, ok := s.content.row(id)
	if why := r.fixed("correct"); !ok || why != "" {
		if why != "" {
			s.host.Toast(sentence(why))
		}
		return
	}
	line := r.editText()
	kept := s.host.Drafted(editDraftName(id))
	if kept != "" {
		line = kept
	}
	s.enter(editing, r, "", line)
	if kept != "" {
		s.box.SetHint("Your unsaved correction is back · Enter saves · Esc leaves", false)
	}
}

// editLast takes up the writer's newest entry.
func (s *Screen) editLast() {
	for i := len(s.content.rows) - 1; i >= 0; i-- {
		if r := s.content.rows[i]; r.mine && r.fixed("correct") == "" {
			s.timeline.Select(r.ID)
			s.edit(r.ID)
			return
		}
	}
}

// escape backs out one level: to the draft that waited, with what was typed,
// then to the list.
func (s *Screen) escape() {
	if s.mode != logging {
		s.keep(s.box.Text())
		s.aside = both(s.unfinished(), s.aside)
		s.host.Draft(draftName(s.content.id), s.aside)
		s.leave()
	}
	s.host.Focus(s.timeline)
}
