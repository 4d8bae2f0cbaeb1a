package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/when"
)

// Log adds a timeline entry.
type Log struct {
	Incident string
	Text     string
	Kind     string    // empty is a note
	At       time.Time // zero is now
	// Precision is how well At is known.
	Precision when.Precision
	// Counted tells that At was counted from now, as -12m is: where the clock turns
	// out to be wrong, it is corrected with it.
	Counted bool
	// Confirm takes a time that is still to come.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c Log) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c Log) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	id := OpID(p.feed, p.seq, len(p.ops))
	if err := c.add(p, inc.ID); err != nil {
		return Done{}, err
	}
	return Done{ID: id, Code: inc.Code}, nil
}

func (c Log) add(p *Planner, incident ID) error {
	text, err := prose("the text", c.Text)
	if err != nil {
		return err
	}
	kind, err := entryKind(c.Kind)
	if err != nil {
		return err
	}
	if c.Precision > when.After {
		return refuse("precision %d is not known", c.Precision)
	}
	body := entryAdded{Precision: c.Precision, Kind: kind, Text: text}
	if !c.At.IsZero() {
		if err := p.happened("the time of the entry", c.At, c.Confirm); err != nil {
			return err
		}
		at := c.At
		if c.Counted {
			at = p.fromNow(at)
		}
		body.After = at.UnixMilli() - p.Now.UnixMilli()
	}
	p.add(KindEntryAdded, incident, body)
	return nil
}

// happened refuses a time of what was that is still to come: what is planned is
// a task, and an entry of tomorrow would stand last until then.
func (p *Planner) happened(what string, at time.Time, confirmed bool) error {
	if confirmed || at.Sub(p.Now) <= ClocksApart {
		return nil
	}
	return doubt("%s, %s, is still to come: it is %s now; nothing was changed. Correct the time, or confirm it (--confirm) if it is so",
		what, stampText(at), stampText(p.Now))
}

func entryKind(text string) (string, error) {
	kind := strings.ToLower(strings.TrimSpace(text))
	if kind == "" {
		return Kinds[0], nil
	}
	if !slices.Contains(Kinds[:], kind) {
		return "", refuse("kind %q is not known; it is one of: %s", text, strings.Join(Kinds[:], ", "))
	}
	return kind, nil
}

// EditEntry corrects an entry: the old version stays in its history. Empty
// members keep what the entry has.
type EditEntry struct {
	Entry     string
	Text      string
	Kind      string
	At        time.Time
	Precision *when.Precision
	// Confirm takes a time that is still to come.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c EditEntry) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c EditEntry) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindEntry(c.Entry)
	if err != nil {
		return Done{}, err
	}
	e := inc.Entry(id)
	if !e.Known() {
		return Done{}, refuse("entry %s has not arrived here yet", id)
	}
	now := e.Now(id)
	body := entryEdited{Entry: id, At: now.At, Precision: now.Precision, Kind: now.Kind, Text: now.Text}
	for _, w := range e.current(id) {
		body.Pred = append(body.Pred, w.Key)
	}
	if c.Text != "" {
		if body.Text, err = prose("the text", c.Text); err != nil {
			return Done{}, err
		}
	}
	if c.Kind != "" {
		if body.Kind, err = entryKind(c.Kind); err != nil {
			return Done{}, err
		}
	}
	if !c.At.IsZero() {
		if err := p.happened("the time of the entry", c.At, c.Confirm || c.At.UnixMilli() == now.At); err != nil {
			return Done{}, err
		}
		body.At, body.Precision = c.At.UnixMilli(), when.Exact
	}
	if c.Precision != nil {
		if body.Precision = *c.Precision; body.Precision > when.After {
			return Done{}, refuse("precision %d is not known", body.Precision)
		}
	}
	if body.Text == now.Text && body.Kind == now.Kind && body.At == now.At && body.Precision == now.Precision && len(body.Pred) == 1 {
		return Done{ID: id, Code: inc.Code, Note: "nothing changed"}, nil
	}
	if !e.settles(id, body) {
		if err := p.unsealed(inc, id); err != nil {
			return Done{}, err
		}
	}
	p.add(KindEntryEdited, inc.ID, body)
	return Done{ID: id, Code: inc.Code}, nil
}

// settles reports whether a correction only picks one of the versions that
// compete: it ends a conflict and writes nothing new.
func (e *Entry) settles(id ID, body entryEdited) bool {
	versions := e.current(id)
	return len(versions) > 1 && slices.ContainsFunc(versions, func(w crdt.Write[ID, Version]) bool {
		v := w.Value
		return v.At == body.At && v.Precision == body.Precision && v.Kind == body.Kind && v.Text == body.Text
	})
}

// RetractEntry takes an entry back; it stays readable, with the reason.
type RetractEntry struct {
	Entry  string
	Reason string
}

// Plan implements Command.
func (c RetractEntry) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindEntry(c.Entry)
	if err != nil {
		return Done{}, err
	}
	if err := p.unsealed(inc, id); err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if inc.Entry(id).Retracted() {
		return Done{}, refuse("entry %s was taken back already", id.Short(8))
	}
	p.add(KindEntryRetracted, inc.ID, entryRetracted{Entry: id, Reason: reason})
	return Done{ID: id, Code: inc.Code}, nil
}
