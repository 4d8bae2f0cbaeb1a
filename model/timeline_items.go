package model

import (
	"maps"
	"strings"

	"holdfast/model/crdt"
)

// told says how an item shows in the timeline: the kind of its row, and what it
// says of a field when that is written later; "" tells nothing. The row of the
// item itself is told with the field "".
var told = map[string]func(s *State, i *Item, field string) (kind, text string){
	ClassAttempt: toldAttempt, ClassTeam: toldTeam,
	ClassHypothesis: toldHypothesis, ClassIndication: toldIndication,
	ClassOption: toldOption, ClassDecision: toldDecision, ClassLock: toldLock,
	ClassEvidence: toldEvidence, ClassCustody: toldCustody, ClassIndicator: toldIndicator, ClassCredential: toldCredential,
	ClassIsolation: toldSystem, ClassWaiver: toldSystem, ClassWipe: toldSystem, ClassSheet: toldSheet, ClassApproval: toldApproval,
	ClassAnnotation: toldAnnotation, ClassClock: toldClock, ClassFiling: toldFiling,
	ClassRun: toldRun, ClassAction: toldAction, ClassFactor: toldFactor,
	ClassAttachment: toldAttachment, ClassTicket: toldTicket,
}

// itemRows tells the items of an incident a reader of the timeline looks for.
func (s *State) itemRows(inc *Incident) []Row {
	var rows []Row
	for id, item := range inc.Items {
		tell := told[item.Class]
		if tell == nil || !item.Known() {
			continue
		}
		add := func(item *Item, id ID, at Stamp, field string) {
			if kind, text := tell(s, item, field); text != "" {
				row := s.newRow(id, at, FromChange)
				row.Kind, row.Text = kind, text
				if field == "" && item.Class == ClassAttachment {
					row.Retracted = item.Fields.Text(AttachmentRetracted)
					row.Taken = row.Retracted != ""
				}
				rows = append(rows, row)
			}
		}
		add(item, id, item.Added, "")
		for name, r := range item.Fields {
			history := r.History()
			for n, w := range history {
				if w.Value.Stamp != item.Added {
					add(item.when(name, history[:n+1]), w.Key, w.Value.Stamp, name)
				}
			}
		}
	}
	return append(rows, s.stepRows(inc)...)
}

// when is the item as a write to a field left it: an answer that was followed by
// another is told as it was.
func (i *Item) when(name string, history []crdt.Write[ID, Value]) *Item {
	if len(history) == len(i.Fields[name].History()) {
		return i
	}
	was := Item{Added: i.Added, Class: i.Class, Fields: maps.Clone(i.Fields)}
	was.Fields[name] = &crdt.Register[ID, Value]{Writes: history}
	return &was
}

func toldAttempt(s *State, i *Item, field string) (kind, text string) {
	f, said := i.Fields, i.Fields.Text
	if field == "" {
		said = i.Initial // what it came to later has a row of its own
	}
	who := f.Text(AttemptTarget)
	if id, err := ParseID(f.Text(AttemptPerson)); err == nil {
		who = s.PersonName(id)
	}
	parts := []string{who}
	for _, name := range []string{AttemptWay, AttemptResult, AttemptDetail} {
		if t := said(name); t == NoAnswer {
			parts = append(parts, "no answer")
		} else if t != "" {
			parts = append(parts, t)
		}
	}
	switch field {
	case "", AttemptResult:
		return "escalation", strings.Join(parts, ", ")
	}
	return "", ""
}
