package node_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/replica"
)

// dbOf is where a room's record lies.
func dbOf(home string, r interface{ Room() model.RoomID }) string {
	return filepath.Join(home, "rooms", r.Room().String()[:16], "room.db")
}

func TestDamagedRoomLeavesTheOthersOpen(t *testing.T) {
	home := t.TempDir()
	n := openAlone(t, home)
	sound := founded(t, n)
	bad, err := n.Found(t.Context(), replica.Founding{Name: "Search", Person: "Ana Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	inc := do(t, bad, model.Declare{Title: "Index stale"})
	for i := range 300 {
		do(t, bad, model.Log{Incident: inc.Code, Text: fmt.Sprintf("shard %d is behind", i)})
	}
	path := dbOf(home, bad)
	closed(t, n)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := 0 // the file is longer than what is in it
	for i, b := range whole {
		if b != 0 {
			used = i
		}
	}
	refusals := 0
	for at := 0; at < used; at += 4096 {
		torn := append([]byte(nil), whole...)
		for i := at; i < min(at+4096, len(torn)); i++ {
			torn[i] ^= byte(i*7 + 1)
		}
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		n := openAlone(t, home)
		var names []string
		for _, r := range n.Rooms() {
			names = append(names, r.Name())
		}
		if !strings.Contains(strings.Join(names, " "), sound.Name()) {
			t.Fatalf("page %d damaged: the sound room is not open, only %q", at/4096, names)
		}
		for _, w := range n.Warnings() {
			if strings.Contains(w, "runtime error") || strings.Contains(w, "panic") {
				t.Errorf("page %d damaged: %q", at/4096, w)
			}
		}
		if len(n.Home().Shut()) > 0 {
			refusals++
			if w := n.Warnings()[0]; !strings.Contains(w, "is damaged") || !strings.Contains(w, path) || !strings.Contains(w, "bundle import") {
				t.Errorf("page %d damaged: %q", at/4096, w)
			}
		}
		closed(t, n)
	}
	if refusals == 0 {
		t.Error("no damage was found")
	}
}

func TestRoomWhoseRecordWasMovedAwayIsFilledAgain(t *testing.T) {
	homes := []string{t.TempDir(), t.TempDir()}
	ana, tom := open(t, homes[0]), start(t, homes[1])
	a := founded(t, ana)
	b := invited(t, a, tom, "Tom Okafor")
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	do(t, a, model.Log{Incident: inc.Code, Text: "from Ana"})
	same(t, a, b)
	carried := filepath.Join(t.TempDir(), "room.holdfast")
	if _, err := b.ExportBundle(carried, nil); err != nil {
		t.Fatal(err)
	}
	gone := func() {
		closed(t, ana)
		if err := os.Rename(dbOf(homes[0], a), filepath.Join(t.TempDir(), "aside.db")); err != nil {
			t.Fatal(err)
		}
	}
	gone()
	ana = openAlone(t, homes[0])
	a = room(t, ana)
	if _, err := a.ImportBundle(t.Context(), carried); err != nil {
		t.Fatal(err)
	}
	if a.Name() != "Payments" {
		t.Errorf("the bundle gave the room %q", a.Name())
	}
	do(t, a, model.Log{Incident: inc.Code, Text: "from Ana, after the bundle"})

	gone()
	ana = open(t, homes[0])
	defer func() { closed(t, ana) }()
	a = room(t, ana)
	connect(t, a, b)
	same(t, a, b)
	do(t, a, model.Log{Incident: inc.Code, Text: "from Ana, after the peer"})
	same(t, a, b)
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	n := openAlone(t, t.TempDir())
	defer closed(t, n)
	for key, values := range map[string]struct{ good, bad []string }{
		"mail.port":      {[]string{"587", "25"}, []string{"x", "0", "65536", "-1", "587 "}},
		"mail.tls":       {[]string{"starttls", "none"}, []string{"yes", "TLS"}},
		"mail.mechanism": {[]string{"auto", "PLAIN"}, []string{"magic"}},
		"listen":         {[]string{":7420", "127.0.0.1:0", "[::1]:7420"}, []string{"7420", "host", "host:http", "::1:70000"}},
		"zone":           {[]string{"Europe/Berlin", "UTC"}, []string{"Berlin", "Local", "+02:00"}},
	} {
		for _, v := range append(values.good, "") {
			if err := n.SetSetting(key, v); err != nil {
				t.Errorf("%s %q: %v", key, v, err)
			}
		}
		for _, v := range values.bad {
			if err := n.SetSetting(key, v); err == nil || n.Setting(key) != "" {
				t.Errorf("%s %q was taken: %v", key, v, err)
			}
		}
	}
}
