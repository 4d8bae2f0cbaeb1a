package node_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest/fewer"
	"holdfast/sync/node"
)

// TestTwoLongHistoriesOfOneLength: a copy with all its files is put back and written on as far as the peers
// hold what was lost. Both see by its hash that it is another history, and ask for all of it at once: more than
// is on its way on a link before it is acknowledged.
func TestTwoLongHistoriesOfOneLength(t *testing.T) {
	lines := fewer.Cases(12_000, 600)
	root := t.TempDir()
	home, copied := filepath.Join(root, "home"), filepath.Join(root, "copy")
	ana := open(t, home)
	a := founded(t, ana)
	b := invited(t, a, start(t, filepath.Join(root, "tom")), "Tom Okafor")
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	log := func(n int, text string) {
		t.Helper()
		for i := range n {
			do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("%s %d", text, i)})
		}
	}
	log(lines, "Replica rebuilt to table")
	same(t, a, b)
	closed(t, ana)
	copyTree(t, home, copied)

	ana = open(t, home)
	a = room(t, ana)
	connect(t, a, b)
	log(5, "Seen by Tom")
	same(t, a, b)
	closed(t, ana)

	copyTree(t, copied, home)
	alone := openAlone(t, home)
	a = room(t, alone)
	log(5, "Written on the copy")
	closed(t, alone)

	ana = open(t, home)
	defer closed(t, ana)
	a = room(t, ana)
	connect(t, a, b)
	told(t, a, b)
	same(t, a, b)
	for i, r := range []*node.Room{a, b} {
		kept := 0
		r.View(func(s *model.State) {
			inc, err := s.FindIncident(inc.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range s.Rows(inc) {
				if strings.HasPrefix(row.Text, "Seen by Tom") || strings.HasPrefix(row.Text, "Written on the copy") {
					kept++
				}
			}
		})
		if kept != 10 {
			t.Errorf("peer %d shows %d lines of 10 that were written apart", i, kept)
		}
	}
}
