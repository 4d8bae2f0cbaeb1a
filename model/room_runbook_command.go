package model

import (
	"strings"
	"time"

	"holdfast/model/runbook"
)

// checkRunbook reads a text that a person gave for a runbook of the room.
func checkRunbook(text string) (runbook.Runbook, error) {
	if len(text) > MaxText {
		return runbook.Runbook{}, refuse("the runbook has %d bytes, and a room keeps at most %d (about ten pages) of one; cut it in two. Nothing was changed", len(text), MaxText)
	}
	b, err := runbook.Parse([]byte(text))
	if err != nil {
		return b, refuse("the runbook cannot be read; nothing was changed: %s", err)
	}
	return b, nil
}

// MaxRunbooks bounds the runbooks of a room, the shipped ones too: they are
// chosen from one list at night.
const MaxRunbooks = 200

// maxTold bounds the warnings of a text that one note tells.
const maxTold = 5

// remarks tells the warnings of a text in one line.
func remarks(b runbook.Runbook, first string) string {
	var parts []string
	if first != "" {
		parts = append(parts, first)
	}
	for i, w := range b.Warnings {
		if i == maxTold {
			parts = append(parts, "and "+count(len(b.Warnings)-i, "more remark"))
			break
		}
		parts = append(parts, w.String())
	}
	return strings.Join(parts, "; ")
}

// AddRunbook gives the room a runbook of its own.
type AddRunbook struct {
	Text string // Markdown, at most MaxText bytes
}

// Plan implements Command.
func (c AddRunbook) Plan(p *Planner) (Done, error) {
	b, err := checkRunbook(c.Text)
	if err != nil {
		return Done{}, err
	}
	note := ""
	switch r, known := p.State.shelved(b.ID); {
	case r.Items != nil:
		return Done{}, refuse("the room has a runbook %s already; revise it, with the reason. Nothing was changed", b.ID)
	case known:
		note = "it takes the place of the shipped " + b.ID
	}
	if len(p.State.library()) >= MaxRunbooks {
		return Done{}, refuse("the room has %d runbooks, and nobody finds one among more; retire some first. Nothing was changed", MaxRunbooks)
	}
	id := p.addItem(ID{}, ClassRunbook, map[string]string{RunbookID: b.ID, RunbookText: c.Text})
	return Done{ID: id, Code: b.ID, Note: remarks(b, note)}, nil
}

// ownRunbook finds a runbook of the room's own.
func (p *Planner) ownRunbook(id string) (RoomRunbook, error) {
	r, known := p.State.shelved(id)
	switch {
	case !known:
		return RoomRunbook{}, refuse("the room has no runbook %.60q; add it. Nothing was changed", id)
	case r.Items == nil:
		return RoomRunbook{}, refuse("%s is shipped and stays as it is; add one with the same id, and it takes its place. Nothing was changed", id)
	}
	return r, nil
}

// ReviseRunbook writes a runbook of the room anew; the text says which by its
// id. It also settles texts that were written apart. Runs go on with the text
// they began with.
type ReviseRunbook struct {
	Text   string
	Reason string
}

// Plan implements Command.
func (c ReviseRunbook) Plan(p *Planner) (Done, error) {
	b, err := checkRunbook(c.Text)
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	own, err := p.ownRunbook(b.ID)
	if err != nil {
		return Done{}, err
	}
	if own.Book.Text == c.Text && own.Conflict == nil {
		return Done{ID: own.Items[0], Code: b.ID, Note: "it is so already"}, nil
	}
	p.setItem(ID{}, own.Items[0], p.State.Items[own.Items[0]], RunbookText, c.Text, reason)
	for _, twin := range own.Items[1:] {
		p.setItem(ID{}, twin, p.State.Items[twin], RunbookRetired, "added twice", reason)
	}
	return Done{ID: own.Items[0], Code: b.ID, Note: remarks(b, "")}, nil
}

// RetireRunbook takes a runbook of the room out of use. A shipped one with its
// id comes back.
type RetireRunbook struct {
	Runbook string
	Reason  string
}

// Plan implements Command.
func (c RetireRunbook) Plan(p *Planner) (Done, error) {
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	found, err := p.State.FindRunbook(c.Runbook)
	if err != nil {
		return Done{}, err
	}
	own, err := p.ownRunbook(found.Book.ID)
	if err != nil {
		return Done{}, err
	}
	for _, id := range own.Items {
		p.setItem(ID{}, id, p.State.Items[id], RunbookRetired, reason, "")
	}
	return Done{ID: own.Items[0], Code: own.Book.ID}, nil
}

// ReviewRunbook says that somebody looked through a runbook, or tried it.
type ReviewRunbook struct {
	Runbook   string
	Exercised bool // tried, not only looked through
	// On is the day; zero is today.
	On   time.Time
	Note string
}

// Plan implements Command.
func (c ReviewRunbook) Plan(p *Planner) (Done, error) {
	r, err := p.State.FindRunbook(c.Runbook)
	if err != nil {
		return Done{}, err
	}
	note, err := remark("the note", c.Note)
	if err != nil {
		return Done{}, err
	}
	on := c.On.UTC()
	if c.On.IsZero() {
		on = p.Now
	}
	if on.After(p.Now) {
		return Done{}, refuse("%s is still to come; give the day on which it was done. Nothing was changed", on.Format(time.DateOnly))
	}
	field, word := FieldReviewed(r.Book.ID), "reviewed"
	if c.Exercised {
		field, word = FieldExercised(r.Book.ID), "exercised"
	}
	p.set(KindRoomField, ID{}, p.State.Fields, field, on.Format(time.DateOnly), note)
	done := Done{Code: r.Book.ID, Note: r.Book.Title + " counts as " + word + " on " + on.Format("2 Jan 2006")}
	if r.Items != nil {
		done.ID = r.Items[0]
	}
	return done, nil
}
