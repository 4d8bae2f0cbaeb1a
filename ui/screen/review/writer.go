package review

import (
	"encoding/json"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/crdt"
	"holdfast/model/plain"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// pause is how long nobody types before what was typed goes to everybody; longest
// is how long it may take where somebody types on and on.
const (
	pause   = 2 * time.Second
	longest = 20 * time.Second
)

// draft is what was typed and is not in the room yet, as it outlives a crash.
type draft struct {
	Seen string `json:"seen"` // what it was typed on
	Text string `json:"text"`
	Sent string `json:"sent,omitempty"` // what was on its way to the disk
}

// writer is one text of the post-mortem, which people write together. What is
// typed goes to everybody in short whiles; what others write appears where they
// wrote it, and the cursor stays beside its character. It belongs to the UI
// goroutine.
type writer struct {
	screen   *Screen
	incident model.ID
	section  string
	by       string // who wrote at it

	base, seen string // version and text that the typing is on; a base of "" is not known
	loading    bool   // the field is filled by the screen
	sending    bool
	refused    string
	typed      time.Time // of the last key; zero where all is in the room
	first      time.Time // of the first key that is not

	area         *form.Area
	title, ask   *form.Words
	says, stands *form.Words
	object       *fyne.Container
}

// writerLines is the least of a text that is seen at once.
const writerLines = 5

func newWriter(s *Screen) *writer {
	w := &writer{
		screen: s, area: form.NewArea(writerLines), title: form.Caption(""), ask: form.NewWords("", form.Quiet),
		says: form.NewWords("", form.Quiet), stands: form.NewWords("", form.Quiet),
	}
	w.area.OnKey = func(k fyne.KeyName) bool {
		if k == fyne.KeyEscape {
			w.screen.host.Focus(w.screen.list)
		}
		return k == fyne.KeyEscape
	}
	w.area.OnChanged = w.changed
	w.area.OnFocus = func(in bool) {
		if !in {
			w.save()
		}
		w.screen.writing = in
		w.screen.object.Refresh()
	}
	w.object = container.NewBorder(form.Stack(4, w.title, w.ask), form.Stack(4, w.says, w.stands), nil, nil, w.area)
	return w
}

func (w *writer) name() string { return "review." + w.incident.String() + "." + w.section }

// open shows a text. What was typed at the one before is kept, and goes to the
// room.
func (w *writer) open(incident model.ID, section string) {
	if w.incident == incident && w.section == section {
		return
	}
	w.save()
	w.incident, w.section, w.base, w.seen, w.sending, w.refused, w.typed, w.first = incident, section, "", "", false, "", time.Time{}, time.Time{}
	w.area.Disable() // until it was read
	w.put("", 0)
	w.stand()
}

// put fills the field without taking it for typing.
func (w *writer) put(words string, cursor int) {
	w.loading = true
	if w.area.Text != words {
		w.area.SetText(words)
	}
	w.area.SetCursor(cursor)
	w.loading = false
}

// follow takes the text as the room has it now. What was typed meanwhile is
// brought in; a selection is not moved under the hand.
func (w *writer) follow(v model.TextView, about model.ReviewSection) {
	w.title.Set(about.Title, form.Plain)
	w.ask.Set(plain.Capital(about.Ask)+".", form.Quiet)
	w.by = strings.Join(v.Writers, ", ")
	defer w.stand()
	switch {
	case w.sending || w.base == v.Version || w.area.SelectedText() != "" && w.base != "":
		return
	case w.area.Disabled():
		w.area.Enable()
		w.restore(v)
		return
	}
	mine := w.area.Text
	words, at := crdt.Meet(w.seen, mine, v.Text, w.area.Cursor())
	w.base, w.seen = v.Version, v.Text
	w.put(words, at)
	if words == v.Text {
		w.done()
	} else {
		w.keep("")
	}
}

// restore brings in what was typed before a crash or a refusal. What was on its
// way then may have arrived, and is not brought in twice.
func (w *writer) restore(v model.TextView) {
	w.base, w.seen = v.Version, v.Text
	var d draft
	if kept := w.screen.host.Drafted(w.name()); kept == "" || json.Unmarshal([]byte(kept), &d) != nil {
		w.put(v.Text, 0)
		return
	}
	if d.Sent != "" && crdt.Distance(d.Sent, v.Text) < crdt.Distance(d.Seen, v.Text) {
		d.Seen = d.Sent
	}
	words, at := crdt.Meet(d.Seen, d.Text, v.Text, len([]rune(d.Text)))
	w.put(words, at)
	if words != v.Text {
		w.typed, w.first = w.screen.host.Now(), w.screen.host.Now()
		w.keep("")
	} else {
		w.done()
	}
}

func (w *writer) changed(string) {
	if w.loading {
		return
	}
	w.refused = ""
	if w.area.Text == w.seen && !w.sending {
		w.done()
	} else {
		w.typed = w.screen.host.Now()
		if w.first.IsZero() {
			w.first = w.typed
		}
		w.keep("")
	}
	w.stand()
}

// done says that the room has all that was typed.
func (w *writer) done() {
	w.typed, w.first = time.Time{}, time.Time{}
	w.screen.host.Draft(w.name(), "")
}

// keep keeps what was typed for after a crash.
func (w *writer) keep(sent string) {
	b, err := json.Marshal(draft{Seen: w.seen, Text: w.area.Text, Sent: sent})
	if err == nil {
		w.screen.host.Draft(w.name(), string(b))
	}
}

// tick sends what was typed once nobody types for a moment.
func (w *writer) tick(now time.Time) {
	if !w.typed.IsZero() && w.refused == "" && (now.Sub(w.typed) >= pause || now.Sub(w.first) >= longest) {
		w.save()
	}
}

// unsaved tells whether the room lacks what is in the field.
func (w *writer) unsaved() bool { return w.base != "" && w.area.Text != w.seen }

// save sends what was typed. It ends even where another text is shown by then.
func (w *writer) save() {
	if w.sending || !w.unsaved() {
		return
	}
	sent, name, incident, section := w.area.Text, w.name(), w.incident, w.section
	w.keep(sent)
	w.sending = true
	c := model.EditText{Incident: incident.String(), Field: model.TextReview + section, Base: w.base, Seen: w.seen, Text: sent}
	w.stand()
	w.screen.host.Do(c, func(_ model.Done, err error) {
		w.screen.answers.Add(1)
		if w.incident != incident || w.section != section {
			if err != nil {
				w.screen.host.Fail("A text of the post-mortem is not saved; what you typed is kept", err)
			} else {
				w.screen.host.Draft(name, "")
			}
			w.screen.host.Refresh()
			return
		}
		w.answered(sent, err)
	})
}

// answered takes up what became of a text that was sent. The room has it now;
// its new version is read next.
func (w *writer) answered(sent string, err error) {
	w.sending = false
	if err != nil {
		w.refused = err.Error()
		w.typed = time.Time{}
		w.keep("")
	} else {
		w.base, w.seen = "", sent
		if w.area.Text == sent {
			w.done()
		} else {
			w.keep("")
		}
	}
	w.stand()
	w.screen.host.Refresh()
}

// stand says whether everybody has what is in the field, and who wrote at it.
func (w *writer) stand() {
	switch {
	case w.area.Disabled():
		w.says.Set("Reading …", form.Quiet)
	case w.refused != "":
		w.says.Set("Not saved: "+text.Line(w.refused)+". What you typed is kept on this device; Ctrl+Enter tries again.", form.Wrong)
	case w.sending || w.unsaved() || w.base == "" && w.area.Text != w.seen:
		w.says.Set("Kept on this device; the room has it in a moment.", form.Quiet)
	case w.area.Text == "":
		w.says.Set("Nothing is written yet. What you type is saved by itself.", form.Quiet)
	default:
		w.says.Set("Saved: the room has it.", form.Well)
	}
	by := ""
	if w.by != "" {
		by = "Written by " + text.Line(w.by) + ". Others can write at the same time."
	}
	w.stands.Set(by, form.Quiet)
}
