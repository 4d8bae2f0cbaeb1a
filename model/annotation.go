package model

import "strings"

// ClassAnnotation is a remark on an entry or on a register item that may not be
// changed: a correction, or what came to light later.
const ClassAnnotation = "annotation"

// ClassRestriction marks an entry that outsiders are never shown.
const ClassRestriction = "restriction"

// Fields of an annotation and of a restriction.
const (
	NoteOf   = "of" // id of the entry or item
	NoteText = "text"
)

// Annotate adds a correction beside an entry or a register item. What it is
// about stays as it was written.
type Annotate struct {
	Of   string // id of the entry or item, the start of it, or INC/E1
	Text string
}

// Plan implements Command.
func (c Annotate) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.noted(c.Of)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(formField{NoteText, "the correction", c.Text, true, 0})
	if err != nil {
		return Done{}, err
	}
	fields[NoteOf] = id.String()
	return Done{ID: p.addItem(inc.ID, ClassAnnotation, fields), Code: inc.Code}, nil
}

// noted finds what a correction is about: INC/E1, or the id of an entry or a
// register item, or the start of it.
func (s *State) noted(text string) (*Incident, ID, error) {
	if strings.Contains(text, "/") {
		return s.FindEvidence(text)
	}
	inc, id, err := s.FindEntry(text)
	if err == nil {
		return inc, id, nil
	}
	if inc, id, itemErr := s.FindItem(text, "register item", annotated...); itemErr == nil {
		return inc, id, nil
	}
	return nil, ID{}, err
}

// annotated are the classes of register items that are never changed.
var annotated = []string{
	ClassEvidence, ClassCustody, ClassIndicator, ClassCredential, ClassIsolation, ClassWipe, ClassWaiver, ClassSheet, ClassClock, ClassFiling,
}

// Restrict marks an entry as one that never leaves the room in an export for
// outsiders.
type Restrict struct {
	Entry  string
	Reason string
}

// Plan implements Command.
func (c Restrict) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindEntry(c.Entry)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(formField{NoteText, "the reason", c.Reason, true, 0})
	if err != nil {
		return Done{}, err
	}
	fields[NoteOf] = id.String()
	return Done{ID: p.addItem(inc.ID, ClassRestriction, fields), Code: inc.Code}, nil
}

// Restricted tells the entries that outsiders are not shown.
func (i *Incident) Restricted() map[ID]bool {
	marked := map[ID]bool{}
	for _, item := range i.Items {
		if item.Known() && item.Class == ClassRestriction {
			if id, err := ParseID(item.Fields.Text(NoteOf)); err == nil {
				marked[id] = true
			}
		}
	}
	return marked
}

// annotations gives the corrections of an entry or item, in the order they
// were written.
func (s *State) annotations(inc *Incident, of ID) []ChangeView {
	var views []ChangeView
	for _, id := range inc.Items.Of(ClassAnnotation) {
		if item := inc.Items[id]; item.Fields.Text(NoteOf) == of.String() {
			views = append(views, ChangeView{Value: item.Fields.Text(NoteText), By: s.AuthorName(item.Added), At: item.addedAt()})
		}
	}
	return views
}
