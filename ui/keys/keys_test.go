package keys_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"holdfast/ui/keys"
)

func TestNothingIsBoundTwiceInAScope(t *testing.T) {
	if clashes := keys.Default().Clashes(); len(clashes) > 0 {
		t.Errorf("bound twice: %v", clashes)
	}
	twice := keys.New([]keys.Entry{
		{ID: "a", Keys: []keys.Press{{Rune: 'x'}}, Scope: keys.Command},
		{ID: "b", Keys: []keys.Press{{Rune: 'x'}}, Scope: keys.Command},
		{ID: "c", Keys: []keys.Press{{Rune: 'x'}}, Scope: keys.Always},
	})
	if got := twice.Clashes(); len(got) != 1 || got[0] != "b" {
		t.Errorf("clashes %v, want only b", got)
	}
}

func TestKeysThatWorkWhileTypingCarryAModifier(t *testing.T) {
	for _, e := range keys.Default().All() {
		for _, p := range e.Keys {
			beyondShift := p.Mod &^ fyne.KeyModifierShift
			if e.Scope == keys.Always && (beyondShift == 0 || p.Rune != 0 || p.Key == "") {
				t.Errorf("%s: %s would be typed into the text", e.ID, p)
			}
			if e.Scope == keys.Command && p.Mod != 0 {
				t.Errorf("%s: command mode keys are single keys, not %s", e.ID, p)
			}
			if p.Mod&fyne.KeyModifierAlt != 0 {
				t.Errorf("%s: Alt opens the menu bar", e.ID)
			}
		}
	}
}

func TestTextEditingKeysAreLeftAlone(t *testing.T) {
	taken := map[fyne.KeyName]bool{
		fyne.KeyA: true, fyne.KeyC: true, fyne.KeyV: true, fyne.KeyX: true, fyne.KeyZ: true, fyne.KeyY: true,
		fyne.KeyLeft: true, fyne.KeyRight: true, fyne.KeyBackspace: true, fyne.KeyDelete: true, fyne.KeyInsert: true,
	}
	for _, e := range keys.Default().All() {
		for _, p := range e.Keys {
			if e.Scope == keys.Always && p.Mod == keys.Main && taken[p.Key] {
				t.Errorf("%s takes %s from text entries", e.ID, p)
			}
		}
	}
}

func TestEveryCommandHasWordsAndAGroup(t *testing.T) {
	groups := map[keys.Group]bool{}
	for _, g := range keys.Groups() {
		groups[g] = true
	}
	for _, e := range keys.Default().All() {
		if e.ID == "" || e.Title == "" || !groups[e.Group] {
			t.Errorf("%+v lacks an id, a title or a known group", e)
		}
	}
}

// The letters of the keyboard map of the design, so that none is lost by an edit of the table.
func TestTheMapHoldsTheDesign(t *testing.T) {
	m := keys.Default()
	for _, r := range "jkgGi/sptaduxmvM[]?" {
		if _, ok := m.Rune(r); !ok {
			t.Errorf("nothing on %q in command mode", r)
		}
	}
	for _, k := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyEscape} {
		if _, ok := m.Key(k); !ok {
			t.Errorf("nothing on %s in command mode", k)
		}
	}
	shift := fyne.KeyModifierShift
	for _, c := range []struct {
		key fyne.KeyName
		mod fyne.KeyModifier
		id  keys.ID
	}{
		{fyne.KeyK, 0, "view.palette"},
		{fyne.KeyN, 0, "incident.declare"},
		{fyne.KeyReturn, 0, "capture.submit"},
		{fyne.KeyEnter, 0, "capture.submit"},
		{fyne.KeyF, 0, "go.find"},
		{fyne.KeyB, 0, "view.panel"},
		{fyne.KeyC, shift, "timeline.copy"},
		{fyne.KeyL, shift, "view.variant"},
		{fyne.Key1, 0, "go.board"},
		{fyne.Key2, 0, "go.incident"},
		{fyne.Key3, 0, "go.due"},
		{fyne.Key4, 0, "go.comms"},
		{fyne.Key6, 0, "go.people"},
		{fyne.Key7, 0, "go.security"},
		{fyne.KeyP, shift, "go.policy"},
		{fyne.Key8, 0, "go.peers"},
		{fyne.Key9, 0, "go.settings"},
		{fyne.KeyL, 0, "capture.focus"},
		{fyne.KeyU, shift, "update.write"},
		{fyne.KeyG, 0, "timeline.goto"},
		{fyne.KeyLeftBracket, 0, "go.previous"},
		{fyne.KeyRightBracket, 0, "go.next"},
		{fyne.KeySlash, 0, "view.help"},
		{fyne.KeyEqual, 0, "view.zoom.in"},
		{fyne.KeyPlus, 0, "view.zoom.in"},
		{fyne.KeyMinus, 0, "view.zoom.out"},
		{fyne.Key0, 0, "view.zoom.reset"},
	} {
		e, ok := m.Global(&desktop.CustomShortcut{KeyName: c.key, Modifier: keys.Main | c.mod})
		if !ok || e.ID != c.id {
			t.Errorf("Ctrl+%v: %q, want %q", c.key, e.ID, c.id)
		}
	}
	if _, ok := m.Rune('J'); ok {
		t.Error("a letter nobody bound does something")
	}
}

func TestActsThatCannotBeTakenBackAskOnceMore(t *testing.T) {
	m := keys.Default()
	for _, id := range []keys.ID{"incident.declare", "incident.resolve", "incident.transfer", "room.remove"} {
		if e, ok := m.Find(id); ok && !e.Confirm {
			t.Errorf("%s acts at once", id)
		}
	}
}

func TestKeyText(t *testing.T) {
	m := keys.Default()
	for id, want := range map[keys.ID]string{
		"list.down": "j or ↓", "list.open": "Enter", "go.back": "Esc", "room.verify": "",
	} {
		if e, _ := m.Find(id); e.KeyText() != want {
			t.Errorf("%s: %q, want %q", id, e.KeyText(), want)
		}
	}
	e, _ := m.Find("update.write")
	if got := e.KeyText(); !strings.HasSuffix(got, "+Shift+U") {
		t.Errorf("got %q", got)
	}
	if (keys.Press{Mod: fyne.KeyModifierControl | fyne.KeyModifierShift, Key: fyne.KeyU}).String() != "Ctrl+Shift+U" {
		t.Error("order of modifiers")
	}
}

// words is a table of its own, so that the ranking is judged by words that never change.
func words() *keys.Map {
	return keys.New([]keys.Entry{
		{ID: "incident.declare", Title: "Declare incident", Aliases: []string{"open", "new", "create"}},
		{ID: "incident.severity", Title: "Change severity", Aliases: []string{"sev", "p0"}},
		{ID: "incident.handover", Title: "Open handover sheet", Aliases: []string{"ics-201", "briefing"}},
		{ID: "incident.escalate", Title: "Escalate", Aliases: []string{"next rung"}},
		{ID: "timeline.retract", Title: "Retract entry", Aliases: []string{"delete", "remove"}},
		{ID: "update.write", Title: "Write update", Aliases: []string{"status page", "tell"}},
		{ID: "people.page", Title: "Page a person or team", Aliases: []string{"call"}},
		{ID: "go.review", Title: "Go to review", Aliases: []string{"post-mortem", "postmortem"}},
		{ID: "go.peers", Title: "Go to peers", Aliases: []string{"sync"}},
		{ID: "room.export", Title: "Export bundle", Aliases: []string{"stick", "usb"}},
		{ID: "room.verify", Title: "Verify journal"},
		{ID: "room.settings", Title: "Open settings"},
		{ID: "view.zoom.in", Title: "Zoom in"},
		{ID: "view.zoom.out", Title: "Zoom out"},
		{ID: "view.zoom.reset", Title: "Reset zoom"},
		{ID: "view.variant", Title: "Switch dark and light"},
		{ID: "list.down", Title: "Move down"},
		{ID: "update.write.here", Title: "Write update from the list"},
	})
}

func TestRank(t *testing.T) {
	m := words()
	for query, want := range map[string]keys.ID{
		"declare":   "incident.declare",
		"new":       "incident.declare",
		"open":      "incident.declare", // a whole alias of the commonest act
		"open sett": "room.settings",
		"sev":       "incident.severity",
		"dark":      "view.variant",
		"dcl":       "incident.declare",
		"stick exp": "room.export",
		"ZOOM IN":   "view.zoom.in",
		"retract":   "timeline.retract",
		"delete":    "timeline.retract",
		"go pee":    "go.peers",
	} {
		got := m.Rank(query, nil)
		if len(got) == 0 {
			t.Errorf("%q finds nothing, want %s", query, want)
			continue
		}
		if got[0].Entry.ID != want {
			t.Errorf("%q finds %s (%d), want %s", query, got[0].Entry.ID, got[0].Score, want)
		}
	}
	if got := m.Rank("qqqq", nil); len(got) != 0 {
		t.Errorf("nonsense finds %v", got[0].Entry.ID)
	}
	for _, match := range m.Rank("", nil) {
		if strings.HasPrefix(string(match.Entry.ID), "list.") {
			t.Errorf("%s has no place in a palette", match.Entry.ID)
		}
	}
}

func TestRankRecentFirst(t *testing.T) {
	m := words()
	got := m.Rank("", []keys.ID{"room.verify", "update.write"})
	if got[0].Entry.ID != "room.verify" || got[1].Entry.ID != "update.write" {
		t.Errorf("recent commands come first: %s, %s", got[0].Entry.ID, got[1].Entry.ID)
	}
	zoom := m.Rank("zoom", []keys.ID{"view.zoom.reset", "view.zoom.out"})
	if zoom[0].Entry.ID != "view.zoom.out" {
		t.Errorf("%s first: a recent command wins among equals", zoom[0].Entry.ID)
	}
	if got := m.Rank("declare", []keys.ID{"room.verify"}); got[0].Entry.ID != "incident.declare" {
		t.Error("recency must not beat a better fit")
	}
}

func TestRankMarksTheLettersThatMatched(t *testing.T) {
	got := words().Rank("inc dec", nil)[0]
	title := []rune(got.Entry.Title)
	var marked []rune
	for _, i := range got.Marks {
		marked = append(marked, title[i])
	}
	if string(marked) != "Decinc" {
		t.Errorf("marked %q in %q", string(marked), got.Entry.Title)
	}
}

func BenchmarkRank(b *testing.B) {
	m := words()
	for b.Loop() {
		m.Rank("upd", nil)
	}
}

func FuzzRank(f *testing.F) {
	f.Add("declare İ ß \xff")
	m := words()
	f.Fuzz(func(t *testing.T, query string) {
		for _, match := range m.Rank(query, nil) {
			n := len([]rune(match.Entry.Title))
			for _, i := range match.Marks {
				if i < 0 || i >= n {
					t.Fatalf("mark %d outside %q", i, match.Entry.Title)
				}
			}
		}
	})
}
