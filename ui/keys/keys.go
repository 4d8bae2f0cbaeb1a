// Package keys is the keyboard map as data: every command of the desktop with its words, its keys
// and where they work. Menus, the palette, the help sheet and the key dispatcher read the same table,
// so none of them can disagree.
package keys

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// ID names a command; it is stable, since settings and recent lists hold it.
type ID string

// Scope says where the keys of a command work.
type Scope int

const (
	// Always works also while typing. Such keys are main-menu items, because a focused entry
	// swallows canvas shortcuts, and they carry a modifier other than Shift.
	Always Scope = iota
	// Command works when nothing or a list is focused and no overlay is open.
	Command
	// Alert works in the list of alerts, before what the same key does elsewhere.
	Alert
	// Form works on the buttons and chips of a form, before what the same key does elsewhere; in a
	// field it is typed.
	Form
)

// Group gathers commands under one heading of menu, palette and help.
type Group string

// The groups, in the order they are shown.
const (
	Incident Group = "Incident"
	Alerts   Group = "Alerts"
	Timeline Group = "Timeline"
	Tell     Group = "Tell people"
	Go       Group = "Go to"
	Room     Group = "Room"
	Security Group = "Security"
	Review   Group = "Post-mortem"
	Reports  Group = "Reports"
	Policy   Group = "Policy"
	View     Group = "View"
)

// Groups returns the groups in the order they are shown.
func Groups() []Group {
	return []Group{Incident, Alerts, Timeline, Tell, Go, Room, Security, Review, Reports, Policy, View}
}

// Press is one key press. Printable single keys are runes, because their place on the keyboard
// differs between layouts; everything else is a key name.
type Press struct {
	Mod  fyne.KeyModifier
	Key  fyne.KeyName
	Rune rune
}

// Main is Ctrl, and Cmd on macOS.
const Main = fyne.KeyModifierShortcutDefault

// Entry is one command of the map.
type Entry struct {
	ID      ID
	Title   string   // starts with a verb where it acts
	Aliases []string // other words people look for
	Keys    []Press  // none for commands of the palette alone; the first is the one shown
	Scope   Scope
	Group   Group
	Confirm bool // asks once more before it acts
}

// Shortcut returns the first key of a command as a menu shortcut, or nil where it has none or
// works in command mode only.
func (e Entry) Shortcut() fyne.Shortcut {
	if e.Scope != Always || len(e.Keys) == 0 {
		return nil
	}
	return e.Keys[0].Shortcut()
}

// Shortcut returns the press as a Fyne shortcut.
func (p Press) Shortcut() fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: p.Key, Modifier: p.Mod}
}

// KeyText returns the keys of a command for people: "Ctrl+Shift+U", "j or ↓".
func (e Entry) KeyText() string {
	words := make([]string, len(e.Keys))
	for i, p := range e.Keys {
		words[i] = p.String()
	}
	return strings.Join(words, " or ")
}

// String writes the press for people, with Cmd for Ctrl on macOS.
func (p Press) String() string {
	var parts []string
	for _, m := range []struct {
		mod  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl"},
		{fyne.KeyModifierSuper, "Cmd"},
		{fyne.KeyModifierAlt, "Alt"},
		{fyne.KeyModifierShift, "Shift"},
	} {
		if p.Mod&m.mod != 0 {
			parts = append(parts, m.name)
		}
	}
	return strings.Join(append(parts, p.keyName()), "+")
}

func (p Press) keyName() string {
	if p.Rune != 0 {
		return string(p.Rune)
	}
	switch p.Key {
	case fyne.KeyReturn:
		return "Enter"
	case fyne.KeyEscape:
		return "Esc"
	case fyne.KeyUp:
		return "↑"
	case fyne.KeyDown:
		return "↓"
	case fyne.KeyMinus:
		return "−"
	default:
		return string(p.Key)
	}
}

// Map is the table of commands with its look-ups. It never changes after New.
type Map struct {
	entries []Entry
	byID    map[ID]int
	byPress map[scoped]int
}

type scoped struct {
	scope Scope
	press Press
}

// New builds a map from a table. Where two commands claim one key in a scope, the first keeps it;
// Clashes names them.
func New(entries []Entry) *Map {
	m := &Map{entries: slices.Clone(entries), byID: map[ID]int{}, byPress: map[scoped]int{}}
	for i, e := range m.entries {
		m.byID[e.ID] = i
		for _, p := range e.Keys {
			at := scoped{e.Scope, p}
			if _, taken := m.byPress[at]; !taken {
				m.byPress[at] = i
			}
		}
	}
	return m
}

// Default returns the map of the desktop.
func Default() *Map { return New(table()) }

// All returns every command in the order of the table.
func (m *Map) All() []Entry { return slices.Clone(m.entries) }

// In returns the commands of a group in the order of the table.
func (m *Map) In(g Group) []Entry {
	var in []Entry
	for _, e := range m.entries {
		if e.Group == g {
			in = append(in, e)
		}
	}
	return in
}

// Find returns the command with an ID.
func (m *Map) Find(id ID) (Entry, bool) {
	i, ok := m.byID[id]
	if !ok {
		return Entry{}, false
	}
	return m.entries[i], true
}

// Rune returns the command a typed character means in command mode.
func (m *Map) Rune(r rune) (Entry, bool) { return m.at(scoped{Command, Press{Rune: r}}) }

// AlertRune returns the command a typed character means in the list of alerts.
func (m *Map) AlertRune(r rune) (Entry, bool) {
	if e, ok := m.at(scoped{Alert, Press{Rune: r}}); ok {
		return e, true
	}
	return m.Rune(r)
}

// FormRune returns the command a typed character means on the buttons of a form.
func (m *Map) FormRune(r rune) (Entry, bool) {
	if e, ok := m.at(scoped{Form, Press{Rune: r}}); ok {
		return e, true
	}
	return m.Rune(r)
}

// Key returns the command a key without modifier means in command mode.
func (m *Map) Key(k fyne.KeyName) (Entry, bool) {
	if k == fyne.KeyEnter {
		k = fyne.KeyReturn
	}
	return m.at(scoped{Command, Press{Key: k}})
}

// Global returns the command of a shortcut that works everywhere.
func (m *Map) Global(s fyne.Shortcut) (Entry, bool) {
	k, ok := s.(fyne.KeyboardShortcut)
	if !ok {
		return Entry{}, false
	}
	name := k.Key()
	if name == fyne.KeyEnter {
		name = fyne.KeyReturn
	}
	return m.at(scoped{Always, Press{Mod: k.Mod(), Key: name}})
}

func (m *Map) at(s scoped) (Entry, bool) {
	i, ok := m.byPress[s]
	if !ok {
		return Entry{}, false
	}
	return m.entries[i], true
}

// Clashes returns the IDs of commands whose key another command already has in the same scope, and
// of commands that share their ID.
func (m *Map) Clashes() []ID {
	var out []ID
	for i, e := range m.entries {
		if m.byID[e.ID] != i {
			out = append(out, e.ID)
		}
		for _, p := range e.Keys {
			if m.byPress[scoped{e.Scope, p}] != i {
				out = append(out, e.ID)
			}
		}
	}
	return out
}
