package model

import "testing"

// TestSealedConflictCanBeSettled: versions written apart before the incident
// was sealed are still brought together, by picking one of them.
func TestSealedConflictCanBeSettled(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.do(Declare{Title: "db1 is empty"}).ID
	entry := a.do(Log{Incident: inc.String(), Text: "db1 was wiped"}).ID
	w.meet()
	a.do(EditEntry{Entry: entry.String(), Text: "db2 was wiped"})
	b.do(EditEntry{Entry: entry.String(), Text: "db3 was wiped"})
	w.meet()
	a.do(SetIncident{Incident: inc.String(), Type: "Security Breach"})
	if _, err := a.try(EditEntry{Entry: entry.String(), Text: "db4 was wiped"}); err == nil {
		t.Error("a third version is written into a sealed record")
	}
	a.do(EditEntry{Entry: entry.String(), Text: "db2 was wiped"})
	if n := len(a.incident(inc).Conflicts()); n != 0 {
		t.Errorf("%d conflicts are left", n)
	}
}

func TestCodeNameSaysNothing(t *testing.T) {
	for _, bad := range []string{"", "Quiet", "Quiet Incident", "data leak", "Quiet 7", "Hack-er Man", "Ransom Note"} {
		if name, err := CodeName(bad); err == nil {
			t.Errorf("%q is taken, as %q", bad, name)
		}
	}
	name, err := CodeName("  Quiet   Harbour ")
	if err != nil || name != "Quiet Harbour" || CodeRoom(name) != "proj-quiet-harbour" {
		t.Errorf("it is %q in %q, %v", name, CodeRoom(name), err)
	}
}
