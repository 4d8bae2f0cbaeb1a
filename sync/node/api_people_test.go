package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
)

// TestPeopleAreImportedOnceAndABadRowKeepsNobodyOut: who is known already is
// counted as such, and a row that is wrong is named.
func TestPeopleAreImportedOnceAndABadRowKeepsNobodyOut(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	path := filepath.Join(t.TempDir(), "people.csv")
	const list = "name,email\nChen Wei,chen.wei@example.com\n,nobody@example.com\nDita Novak,dita.novak@example.com\n"
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []node.PeopleReport{{Added: 2}, {Known: 2}} {
		got, err := r.ImportPeople(t.Context(), node.PeopleImport{Path: path})
		if err != nil || got.Added != want.Added || got.Known != want.Known || len(got.Refused) != 1 || !strings.HasPrefix(got.Refused[0], "line 3") {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	r.View(func(s *model.State) {
		if n := len(s.PersonViews()); n != 3 {
			t.Errorf("%d people", n)
		}
	})
	if _, err := r.ImportPeople(t.Context(), node.PeopleImport{Path: "people.csv"}); err == nil || !strings.Contains(err.Error(), "absolute") {
		t.Errorf("a path without a root: %v", err)
	}
}
