package node_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// The restore drill: a copy of a store is made, 50 lines are written and reach
// a peer, the copy is put back, 50 others are written before anyone is met, and
// then everybody meets. ROUNDS sets how often each way is tried.

func rounds(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("ROUNDS"))
	if err != nil {
		return 1
	}
	return n
}

// ways are how people put a copy back.
var ways = map[string]func(t *testing.T, home, copied string){
	"the folder replaced by the copy": func(t *testing.T, home, copied string) {
		if err := os.RemoveAll(home); err != nil {
			t.Fatal(err)
		}
		copyTree(t, copied, home)
	},
	"the record overwritten in place": func(t *testing.T, home, copied string) {
		for _, db := range glob(t, filepath.Join(copied, "rooms", "*", "room.db")) {
			rel, err := filepath.Rel(copied, db)
			if err != nil {
				t.Fatal(err)
			}
			copyFile(t, db, filepath.Join(home, rel))
		}
	},
	"every file overwritten in place": func(t *testing.T, home, copied string) { copyTree(t, copied, home) },
}

func TestRestoreDrill(t *testing.T) {
	n, kept := 0, 0
	for name, restore := range ways {
		t.Run(name, func(t *testing.T) {
			for range rounds(t) {
				n++
				if drill(t, restore, name == "every file overwritten in place") {
					kept++
				}
			}
		})
	}
	fmt.Printf("restore drill: %d of %d rounds kept all 100 entries on every peer and told the user\n", kept, n)
}

func drill(t *testing.T, restore func(t *testing.T, home, copied string), forks bool) bool {
	t.Helper()
	root := t.TempDir()
	home, copied := filepath.Join(root, "home"), filepath.Join(root, "copy")
	ana := open(t, home)
	tom, eve := start(t, filepath.Join(root, "tom")), start(t, filepath.Join(root, "eve"))
	a := founded(t, ana)
	b, c := invited(t, a, tom, "Tom Okafor"), invited(t, a, eve, "Eve Lind")
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	for i := range 5 {
		do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("before the copy %d", i)})
	}
	write(t, a, inc.Code, "Six pods restarted.")
	same(t, a, b, c)
	closed(t, ana)
	copyTree(t, home, copied)

	ana = open(t, home)
	a = room(t, ana)
	connect(t, a, b)
	var first model.Done
	for i := range 50 {
		done := do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("old branch %d", i)})
		if i == 0 {
			first = done
		}
	}
	write(t, a, inc.Code, "Six pods restarted. Orders failed for an hour.")
	write(t, a, inc.Code, "Six pods restarted. Orders failed for 12 minutes.")
	same(t, a, b, c)
	// Others build on what the copy does not have.
	do(t, b, model.EditEntry{Entry: first.ID.String(), Text: "old branch 0, as Tom puts it"})
	same(t, a, b, c)
	closed(t, ana)

	restore(t, home, copied)
	alone := openAlone(t, home)
	a = room(t, alone)
	warned := len(a.Warnings()) > 0
	var mine model.Done
	for i := range 50 {
		done := do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("new branch %d", i)})
		if i == 0 {
			mine = done
		}
	}
	write(t, a, inc.Code, "Six payment pods restarted, and again.")
	write(t, a, inc.Code, "Seven payment pods restarted twice.") // takes back of what both branches have, and of its own
	do(t, a, model.EditEntry{Entry: mine.ID.String(), Text: "new branch 0, as Ana puts it"})
	closed(t, alone)

	ana = open(t, home)
	defer closed(t, ana)
	a = room(t, ana)
	connect(t, a, b)
	if forks {
		told(t, a, b, c)
	}
	do(t, a, model.Log{Incident: inc.Code, Text: "after all"})
	do(t, c, model.Log{Incident: inc.Code, Text: "after all, from Eve"})
	same(t, a, b, c)
	spread(t, b, inc.Code)
	for _, r := range []*node.Room{a, b, c} {
		if !holdsAll(t, r, inc.Code) {
			return false
		}
		if _, err := r.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if forks {
		return len(a.Warnings()) > 0 && len(c.Warnings()) > 0
	}
	return len(a.Forks()) == 0 && warned
}

// told waits until everybody knows of the fork.
func told(t *testing.T, rooms ...*node.Room) {
	t.Helper()
	ctx := within(t)
	for _, r := range rooms {
		for len(r.Forks()) == 0 {
			select {
			case <-ctx.Done():
				t.Fatalf("no fork is known; heads %v", r.Heads())
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// spread waits until a room knows of every row that both of its peers hold it, whatever
// branch it was written on.
func spread(t *testing.T, r *node.Room, code string) {
	t.Helper()
	ctx := within(t)
	for {
		var lacks []string
		r.View(func(s *model.State) {
			inc, _ := s.FindIncident(code)
			for _, row := range s.Timeline(inc) {
				if n := r.Holds(row.Feed, row.Seq); n != 2 {
					lacks = append(lacks, fmt.Sprintf("%q on %d of 2", row.Text, n))
				}
			}
		})
		if lacks == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not known of %d rows that others have them: %s", len(lacks), lacks[0])
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func holdsAll(t *testing.T, r *node.Room, code string) bool {
	t.Helper()
	texts := map[string]int{}
	r.View(func(s *model.State) {
		inc, err := s.FindIncident(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range s.Rows(inc) {
			texts[row.Text]++
		}
	})
	ok := true
	r.View(func(s *model.State) {
		inc, _ := s.FindIncident(code)
		if got, want := inc.Text(model.TextSummary), "Seven payment pods restarted twice. Orders failed for 12 minutes."; got != want {
			t.Errorf("the summary reads %q, want %q", got, want)
			ok = false
		}
	})
	want := []string{"old branch 0, as Tom puts it", "new branch 0, as Ana puts it", "after all", "after all, from Eve"}
	for i := 1; i < 50; i++ {
		want = append(want, fmt.Sprintf("old branch %d", i), fmt.Sprintf("new branch %d", i))
	}
	for _, text := range want {
		if texts[text] != 1 {
			t.Errorf("%q is there %d times", text, texts[text])
			ok = false
		}
	}
	return ok
}

// write makes the summary another one, as an editor does that has it open.
func write(t *testing.T, r *node.Room, code, text string) {
	t.Helper()
	do(t, r, model.EditText{Incident: code, Field: model.TextSummary, Text: text})
}

func open(t *testing.T, home string) *node.Node { return openWith(t, home, true) }

// openAlone opens a home as a terminal command does, without links.
func openAlone(t *testing.T, home string) *node.Node { return openWith(t, home, false) }

func openWith(t *testing.T, home string, links bool) *node.Node {
	t.Helper()
	n, err := node.Open(node.Options{
		Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: links, Listen: "127.0.0.1:0", Quiet: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func closed(t *testing.T, n *node.Node) {
	t.Helper()
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}

func room(t *testing.T, n *node.Node) *node.Room {
	t.Helper()
	rooms := n.Rooms()
	if len(rooms) != 1 {
		t.Fatalf("%d rooms", len(rooms))
	}
	return rooms[0]
}

func connect(t *testing.T, from, to *node.Room) {
	t.Helper()
	if err := from.Mesh().AddAddress(to.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(list), err)
	}
	return list
}

// copyFile writes into the file that is there, as cp does.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if d.Type().IsRegular() && filepath.Ext(path) != ".reserve" {
			copyFile(t, path, filepath.Join(to, rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A room with a fork goes by stick to where no network reaches.
func TestForkedRoomTravelsInABundle(t *testing.T) {
	root := t.TempDir()
	home, copied := filepath.Join(root, "home"), filepath.Join(root, "copy")
	ana := open(t, home)
	tom, eve := start(t, filepath.Join(root, "tom")), open(t, filepath.Join(root, "eve"))
	a := founded(t, ana)
	b, c := invited(t, a, tom, "Tom Okafor"), invited(t, a, eve, "Eve Lind")
	inc := do(t, a, model.Declare{Title: "Checkout down"})
	same(t, a, b, c)
	closed(t, ana)
	closed(t, eve)
	copyTree(t, home, copied)
	ana = open(t, home)
	a = room(t, ana)
	connect(t, a, b)
	do(t, a, model.Log{Incident: inc.Code, Text: "on the first branch"})
	same(t, a, b)
	first := filepath.Join(root, "first.holdfast")
	if _, err := a.ExportBundle(first, nil); err != nil {
		t.Fatal(err)
	}
	closed(t, ana)
	copyTree(t, copied, home)
	ana = openAlone(t, home)
	defer func() { closed(t, ana) }()
	a = room(t, ana)
	do(t, a, model.Log{Incident: inc.Code, Text: "on the second branch"})

	// Eve has neither branch; the stick brings her one, and then both.
	eve = openAlone(t, filepath.Join(root, "eve"))
	defer func() { closed(t, eve) }()
	c = room(t, eve)
	if _, err := c.ImportBundle(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if s, err := a.ImportBundle(t.Context(), first); err != nil || s.New == 0 || len(a.Forks()) != 1 {
		t.Fatalf("the device itself: %+v, %d forks, %v", s, len(a.Forks()), err)
	}
	do(t, a, model.Log{Incident: inc.Code, Text: "in the new feed"})
	both := filepath.Join(root, "both.holdfast")
	if _, err := a.ExportBundle(both, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time changes nothing
		if _, err := c.ImportBundle(t.Context(), both); err != nil {
			t.Fatal(err)
		}
		x, err1 := a.Hash()
		y, err2 := c.Hash()
		if x != y || err1 != nil || err2 != nil || len(c.Forks()) != 1 {
			t.Errorf("state %s and %s, %d forks", x, y, len(c.Forks()))
		}
	}
}
