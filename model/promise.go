package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Promise is an update an audience was promised, and what became of it.
type Promise struct {
	Audience string    `json:"audience"`
	Made     time.Time `json:"made_at"`
	Promised time.Time `json:"promised_at"`
	// Kept is when the next message came; zero while none has.
	Kept time.Time `json:"kept_at,omitzero"`
	// State is kept, late, missed (the time has passed, and none came) or open.
	State string `json:"state"`
}

// Promises lists the updates that messages of an incident promised, in the
// order they were made.
func (i *Incident) Promises(now time.Time) []Promise {
	list := []Promise{}
	sent := map[string][]*Message{}
	for _, m := range i.Messages {
		if o, _ := m.Outcome(); m.Known() && o != Withdrawn {
			sent[m.Draft.Audience] = append(sent[m.Draft.Audience], m)
		}
	}
	for audience, messages := range sent {
		slices.SortFunc(messages, func(a, b *Message) int { return a.Queued.Compare(b.Queued) })
		for n, m := range messages {
			if m.Draft.Next == 0 {
				continue
			}
			p := Promise{Audience: audience, Made: viewMilli(m.Queued.Recorded()), Promised: viewMilli(m.Draft.Next), State: "open"}
			if n+1 < len(messages) {
				p.Kept = viewMilli(messages[n+1].Queued.Recorded())
			}
			switch {
			case !p.Kept.IsZero() && !p.Kept.After(p.Promised):
				p.State = "kept"
			case !p.Kept.IsZero():
				p.State = "late"
			case now.After(p.Promised) && i.Open():
				p.State = "missed"
			}
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Promise) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.Audience, b.Audience)) })
	return list
}

// SetRhythm announces the slower rhythm of a long incident, or ends it.
type SetRhythm struct {
	Incident string
	Long     bool
}

// longNotBefore is the least age of an incident whose rhythm is slowed: that is
// not decided in the first hour.
const longNotBefore = time.Hour

// Plan implements Command.
func (c SetRhythm) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	word := "no"
	if c.Long {
		if err := inc.over("no rhythm was announced", ""); err != nil {
			return Done{}, err
		}
		if age := p.Now.Sub(inc.declaredAt()); age < longNotBefore {
			return Done{}, refuse("%s runs for %s; the slower rhythm is not decided in the first hour", inc.Code, speakDuration(age))
		}
		word = "yes"
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldLong, word, "")
	return Done{ID: inc.ID, Code: inc.Code, Note: "announce it in the next update of each audience"}, nil
}

// AskAudience says whether an audience is to be told that is told only where a
// person says so: executives of a P1, customers who see it.
type AskAudience struct {
	Incident string
	Audience string
	No       bool
}

// Plan implements Command.
func (c AskAudience) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !c.No {
		if err := inc.over("nobody is to be told by its cadence", `or write to them: message send INC --audience `+c.Audience); err != nil {
			return Done{}, err
		}
	}
	var names []string
	for _, row := range p.State.Policy().Cadence {
		if row.Audience == c.Audience {
			word := "yes"
			if c.No {
				word = "no"
			}
			p.set(KindIncidentField, inc.ID, inc.Fields, FieldAsk(c.Audience), word, "")
			return Done{ID: inc.ID, Code: inc.Code}, nil
		}
		if !slices.Contains(names, row.Audience) {
			names = append(names, row.Audience)
		}
	}
	return Done{}, refuse("the policy has no audience %.40q; it has: %s", c.Audience, strings.Join(names, ", "))
}
