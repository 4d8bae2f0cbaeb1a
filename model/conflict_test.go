package model

import (
	"strings"
	"testing"
	"time"
)

// apart is what two people do while their machines do not reach each other.
type apart struct {
	name        string
	before      []Command // done together, first
	here, there Command
	// field is in conflict afterwards, with these values in any order; "" is none.
	field  string
	values []string
}

// split gives a room with one incident and one entry, and the commands to run
// on it: INC and ENTRY in them stand for the two.
func split(t *testing.T) (*world, ID, ID) {
	w := founded(t, RoleMember, RoleMember)
	inc := w.peers[0].do(Declare{Title: "checkout fails", Severity: P1}).ID
	entry := w.peers[0].do(Log{Incident: inc.String(), Text: "errors since the deploy"}).ID
	w.meet()
	return w, inc, entry
}

func fill(c Command, inc, entry ID) Command {
	switch c := c.(type) {
	case AssignRole:
		c.Incident = inc.String()
		return c
	case ReleaseRole:
		c.Incident = inc.String()
		return c
	case SetIncident:
		c.Incident = inc.String()
		return c
	case EditEntry:
		c.Entry = entry.String()
		return c
	case RetractEntry:
		c.Entry = entry.String()
		return c
	case Resolve:
		c.Incident = inc.String()
		return c
	case AddTask:
		c.Incident = inc.String()
		return c
	}
	return c
}

func conflictCases() []apart {
	return []apart{
		{
			name: "two commanders", here: AssignRole{Role: "ic", Person: "Ana"}, there: AssignRole{Role: "ic", Person: "Ben"},
			field: "role.ic", values: []string{"Ana Ruiz", "Ben Okafor"},
		},
		{
			name: "the same commander twice", here: AssignRole{Role: "ic", Person: "Ana"}, there: AssignRole{Role: "ic", Person: "Ana"},
		},
		{
			name: "two experts", here: AssignRole{Role: "sme", Person: "Ana"}, there: AssignRole{Role: "sme", Person: "Ben"},
		},
		{
			name: "severity raised here and lowered there",
			here: SetIncident{Severity: P0, Reason: "all regions"}, there: SetIncident{Severity: P2, Reason: "one customer"},
			field: "severity", values: []string{P0, P2},
		},
		{
			name: "one entry edited twice", here: EditEntry{Text: "errors since 14:02"}, there: EditEntry{Text: "errors since 13:58"},
			field: "entry", values: []string{"errors since 14:02", "errors since 13:58"},
		},
		{name: "an edit against a retraction", here: EditEntry{Text: "errors since 14:02"}, there: RetractEntry{Reason: "another system"}},
		{
			name: "a release against an assignment", before: []Command{AssignRole{Role: "deputy", Person: "Ana"}},
			here: ReleaseRole{Role: "deputy"}, there: AssignRole{Role: "deputy", Person: "Ben"},
			field: "role.deputy", values: []string{"", "Ben Okafor"},
		},
		{
			name: "a task ticked on one side and dropped on the other", before: []Command{AddTask{Text: "roll back", Owner: "Ben"}},
			here: FinishTask{Result: "rolled back at 14:05"}, there: DropTask{Reason: "the pool was the cause"},
			field: "task", values: []string{TaskDone, TaskDropped},
		},
		{
			name: "a task ticked on both sides", before: []Command{AddTask{Text: "roll back", Owner: "Ben"}},
			here: FinishTask{Result: "done"}, there: FinishTask{Result: "done"},
		},
		{
			name: "different fields", here: SetIncident{Phase: "recovery"}, there: SetIncident{Title: "checkout and search fail"},
		},
	}
}

// TestWritesApart does each pair in both directions, and merges both ways.
func TestWritesApart(t *testing.T) {
	for _, c := range conflictCases() {
		for _, turned := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) { writeApart(t, c, turned) })
		}
	}
}

func writeApart(t *testing.T, c apart, turned bool) {
	w, inc, entry := split(t)
	for _, b := range c.before {
		w.peers[0].do(fill(b, inc, entry))
	}
	w.meet()
	a, b := w.peers[0], w.peers[1]
	if turned {
		a, b = b, a
	}
	a.do(fill(w.onTask(c.here, inc), inc, entry))
	b.do(fill(w.onTask(c.there, inc), inc, entry))
	w.meet()
	w.sameEverywhere()
	conflicts := w.peers[2].state.ConflictViews(w.peers[2].incident(inc))
	if brief := w.peers[2].state.Brief(w.peers[2].incident(inc), testNow); brief.Conflicts != len(conflicts) {
		t.Errorf("the brief counts %d conflicts, the list has %d", brief.Conflicts, len(conflicts))
	}
	if c.field == "" {
		if len(conflicts) != 0 {
			t.Fatalf("there should be no conflict, there is %+v", conflicts)
		}
		return
	}
	if len(conflicts) != 1 || conflicts[0].Field != c.field || len(conflicts[0].Values) != len(c.values) {
		t.Fatalf("want one conflict of %s with %q, got %+v", c.field, c.values, conflicts)
	}
	for _, want := range c.values {
		found := false
		for _, v := range conflicts[0].Values {
			found = found || v.Value == want && v.By != ""
		}
		if !found {
			t.Errorf("value %q is missing from %+v", want, conflicts[0].Values)
		}
	}
	settleConflict(t, w, inc, entry, c)
}

// settleConflict ends the conflict at the third peer; all see it ended, with
// the value chosen.
func settleConflict(t *testing.T, w *world, inc, entry ID, c apart) {
	t.Helper()
	p, chosen := w.peers[2], c.values[0]
	if c.field == FieldTask {
		p.do(w.onTask(FinishTask{}, inc))
	} else if c.field == "entry" {
		p.do(EditEntry{Entry: entry.String(), Text: chosen})
	} else {
		p.do(Settle{Incident: inc.String(), Field: c.field, Value: chosen, Reason: "agreed on the bridge"})
	}
	w.meet()
	w.sameEverywhere()
	s := w.peers[0].state
	if left := s.ConflictViews(w.peers[0].incident(inc)); len(left) != 0 {
		t.Fatalf("settled, but there still is %+v", left)
	}
	if c.field == FieldTask {
		for _, v := range s.TaskViews(w.peers[0].incident(inc)) {
			if v.Dropped || v.Conflict || !v.Done || v.Result != "rolled back at 14:05" {
				t.Fatalf("settled on done, the task is %+v", v)
			}
		}
		return
	}
	if c.field == "entry" {
		if got := w.peers[0].incident(inc).Entries[entry].Now(entry).Text; got != chosen {
			t.Fatalf("settled on %q, the entry says %q", chosen, got)
		}
		return
	}
	if got := s.shown(c.field, w.peers[0].incident(inc).Fields.Text(c.field)); got != chosen {
		t.Fatalf("settled on %q, %s is %q", chosen, c.field, got)
	}
	if _, err := p.try(Settle{Incident: inc.String(), Field: c.field, Value: chosen}); err == nil || !strings.Contains(err.Error(), "not in conflict") {
		t.Fatalf("settling twice: %v", err)
	}
}

// onTask puts the id of the incident's only task into a command.
func (w *world) onTask(c Command, inc ID) Command {
	for id := range w.peers[0].incident(inc).Tasks {
		switch c := c.(type) {
		case FinishTask:
			c.Task = id.String()
			return c
		case DropTask:
			c.Task = id.String()
			return c
		}
	}
	return c
}

// TestSameFileImportedOnBothSides: both are kept, every peer proposes the same
// merge whichever side imported first, and importing it again adds nothing.
func TestSameFileImportedOnBothSides(t *testing.T) {
	for _, turned := range []bool{false, true} {
		w := founded(t, RoleMember, RoleMember)
		a, b := w.peers[0], w.peers[1]
		if turned {
			a, b = b, a
		}
		file := Declare{Title: "GitLab.com: database removed", Source: "gitlab-2017-01-31-database"}
		first := a.do(file)
		b.now = b.now.Add(time.Minute)
		b.do(Declare{Title: "another, so that the Lamport time is later"})
		second := b.do(file)
		w.meet()
		w.sameEverywhere()
		for _, p := range w.peers {
			one, two := p.incident(first.ID), p.incident(second.ID)
			if got := p.state.Twins(two); len(got) != 1 || got[0] != one {
				t.Fatalf("the twins of the second are %v", got)
			}
			if p.state.BySource(file.Source) != one {
				t.Error("the file is not known as the first incident")
			}
			if _, err := p.try(file); err == nil {
				t.Error("it was imported a third time")
			}
		}
		w.peers[2].do(MergeIncident{Incident: second.ID.String(), Into: first.ID.String(), Reason: "the same file"})
		w.meet()
		w.sameEverywhere()
		if got := a.state.Twins(a.incident(first.ID)); len(got) != 0 {
			t.Errorf("merged, and still twins: %v", got)
		}
	}
}

func TestSeverityCountsTheWorseUntilSettled(t *testing.T) {
	w, inc, _ := split(t)
	w.peers[0].do(SetIncident{Incident: inc.String(), Severity: P3, Reason: "seems small"})
	w.peers[1].do(SetIncident{Incident: inc.String(), Severity: P0, Reason: "all regions"})
	w.meet()
	for i, p := range w.peers {
		if got := p.incident(inc).Severity(); got != P0 {
			t.Errorf("peer %d: severity %q counts, want P0", i, got)
		}
	}
	// An empty value is no severity, and never the worse one.
	op := w.peers[0].op(KindIncidentField, inc, fieldSet{Field: FieldSeverity, Value: ""})
	w.peers[0].write([]Op{op})
	if got := w.peers[0].incident(inc).Severity(); got != P0 {
		t.Errorf("an empty write made the severity %q", got)
	}
}

func TestEntryEditedAndRetractedKeepsBoth(t *testing.T) {
	w, inc, entry := split(t)
	w.peers[0].do(EditEntry{Entry: entry.String(), Text: "errors since 14:02"})
	w.peers[1].do(RetractEntry{Entry: entry.String(), Reason: "another system"})
	w.meet()
	for _, row := range w.peers[2].state.Rows(w.peers[2].incident(inc)) {
		if row.ID != entry {
			continue
		}
		if !row.Retracted || row.Reason != "another system" || row.Text != "errors since 14:02" || row.Edited != 1 {
			t.Fatalf("row is %+v", row)
		}
		return
	}
	t.Fatal("the entry is gone")
}

func TestCommandersOfASplitAreOnTheFront(t *testing.T) {
	w, inc, entry := split(t)
	w.peers[0].do(EditEntry{Entry: entry.String(), Text: "a"})
	w.peers[1].do(EditEntry{Entry: entry.String(), Text: "b"})
	w.peers[0].do(SetIncident{Incident: inc.String(), Title: "one", Severity: P0, Reason: "r"})
	w.peers[1].do(SetIncident{Incident: inc.String(), Title: "two", Severity: P2, Reason: "r"})
	w.peers[0].do(AssignRole{Incident: inc.String(), Role: "ic", Person: "Ana"})
	w.peers[1].do(AssignRole{Incident: inc.String(), Role: "ic", Person: "Ben"})
	w.meet()
	v := w.peers[2].state.View(w.peers[2].incident(inc), testNow)
	var fields []string
	for _, c := range v.Conflicts {
		fields = append(fields, c.Field)
	}
	if got := strings.Join(fields, " "); got != "role.ic severity entry title" && got != "role.ic severity title entry" {
		t.Errorf("conflicts come as %q", got)
	}
	if len(v.Commander) != 2 || len(v.Roles) != 2 {
		t.Errorf("commanders %q, roles %+v", v.Commander, v.Roles)
	}
}

// TestSettlingKeepsTheYesOfACommander: who took command apart said yes to it, whoever
// settles; who settles on themselves says it then.
func TestSettlingKeepsTheYesOfACommander(t *testing.T) {
	for name, c := range map[string]struct {
		took     bool // each took command; otherwise the third gave it to both
		by       int
		accepted bool
	}{
		"settled by who keeps it":   {true, 0, true},
		"settled by a third":        {true, 2, true},
		"asked only, and settles":   {false, 0, true},
		"asked only, and a third's": {false, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			w, inc, _ := split(t)
			for n, person := range []string{"Ana Ruiz", "Ben Okafor"} {
				by := 1 - n
				if c.took {
					by = n
				}
				w.peers[by].do(AssignRole{Incident: inc.String(), Role: "ic", Person: person})
			}
			w.meet()
			w.peers[c.by].do(Settle{Incident: inc.String(), Field: "role.ic", Value: "Ana Ruiz", Reason: "agreed on the bridge"})
			w.meet()
			w.sameEverywhere()
			role, _ := FindRole(RoleCommander)
			held := w.peers[1].incident(inc).Holders(role)
			if len(held) != 1 || held[0].Accepted != c.accepted {
				t.Fatalf("commanders %+v, want one, accepted %v", held, c.accepted)
			}
		})
	}
}

func TestReleaseWhileAnotherHolds(t *testing.T) {
	w, inc, _ := split(t)
	w.peers[0].do(AssignRole{Incident: inc.String(), Role: "scribe", Person: "Ben"})
	_, err := w.peers[0].try(ReleaseRole{Incident: inc.String(), Role: "scribe", Person: "Chen Wei"})
	if err == nil || !strings.Contains(err.Error(), "Chen Wei does not hold Scribe") {
		t.Fatalf("released another person's role: %v", err)
	}
	w.peers[0].do(ReleaseRole{Incident: inc.String(), Role: "scribe", Person: "Ben"})
	if team := w.peers[0].incident(inc).Team(); len(team) != 0 {
		t.Fatalf("team is %+v", team)
	}
}
