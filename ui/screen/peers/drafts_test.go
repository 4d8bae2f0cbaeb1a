package peers

import (
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// fields are those of the forms whose text is kept, by what a person calls them.
func (f *fixture) fields() map[string]*form.Input {
	a := f.acts
	return map[string]*form.Input{
		"whose device": a.inviting.person, "addresses of an invite": a.inviting.address, "address": a.connect.address,
		"export": a.export.fields[0].(*form.Input), "import": a.imported.fields[0].(*form.Input),
		"request": a.request.request, "code": a.request.code, "answer": a.request.answer,
		"why another role": a.role.fields[2].(*form.Input), "why an archive": a.archive.reason,
	}
}

// TestWhatIsTypedIntoTheFormsOutlivesACrash: the next start has it in the field.
func TestWhatIsTypedIntoTheFormsOutlivesACrash(t *testing.T) {
	f := open(t)
	for what, i := range f.fields() {
		i.Entry.SetText("half of " + what)
	}
	again := &fixture{Screen: New(t.Context(), f.host, f.link), host: f.host}
	for what, i := range again.fields() {
		if got := i.Text(); got != "half of "+what {
			t.Errorf("%s: after a start it is %q", what, got)
		}
	}
}

// TestTheAgeThatIsOfferedIsNotWhatWasTyped: the field comes back with what a person typed over it, and else
// with what the room has.
func TestTheAgeThatIsOfferedIsNotWhatWasTyped(t *testing.T) {
	f := open(t)
	f.Run("room.history")
	if len(f.host.Drafts) != 0 {
		t.Fatalf("kept %v, and nothing was typed", f.host.Drafts)
	}
	f.acts.age.first.(*fynex.Entry).SetText("180")
	again := New(t.Context(), f.host, f.link)
	f.host.Attach(again)
	again.Run("room.history")
	if got := again.acts.age.first.(*fynex.Entry).Text; got != "180" {
		t.Errorf("after a start it is %q", got)
	}
}

// TestKeysAndConfirmationsAreNotKept: an invite that was made is a key, and what confirms a removal is typed
// anew each time.
func TestKeysAndConfirmationsAreNotKept(t *testing.T) {
	f := open(t)
	f.list.Select(f.room.Device(2).Key.String())
	f.Run("room.remove")
	f.acts.remove.fields[0].(*form.Input).Entry.SetText("Li Wei (li-laptop)")
	f.acts.inviting.person.Entry.SetText("Li Wei")
	f.Run("room.invite")
	f.Run("capture.submit")
	if f.acts.inviting.text == "" || len(f.host.Drafts) != 0 {
		t.Errorf("kept %v after %q was made", f.host.Drafts, f.acts.inviting.text)
	}
}

// TestAnAddressIsKeptUntilItLinks: it is tried only while Holdfast runs.
func TestAnAddressIsKeptUntilItLinks(t *testing.T) {
	f := open(t)
	f.acts.connect.address.Entry.SetText("192.0.2.9:7420")
	f.link.tried = []node.AttemptView{{Address: "192.0.2.9:7420"}}
	f.acts.connect.connect()
	f.Tick(start)
	if f.host.Drafts["peers.connect"] == "" {
		t.Fatal("forgotten before it linked")
	}
	f.link.tried = nil
	f.Tick(start)
	if len(f.host.Drafts) != 0 {
		t.Errorf("kept %v", f.host.Drafts)
	}
}

// TestARulingIsKeptForItsFeed: another feed's form does not begin with it.
func TestARulingIsKeptForItsFeed(t *testing.T) {
	s, host, l := torn(t)
	q := s.content.aside[0]
	s.openQuarantine(q)
	s.acts.quarantine.reason.Entry.SetText("he wrote it on the train")
	other := q
	other.Feed = model.FeedID{9}
	s.openQuarantine(other)
	if got := s.acts.quarantine.reason.Text(); got != "" {
		t.Errorf("another feed begins with %q", got)
	}
	again := New(t.Context(), host, l)
	host.Attach(again)
	again.openQuarantine(q)
	if got := again.acts.quarantine.reason.Text(); got != "he wrote it on the train" {
		t.Errorf("after a start it is %q", got)
	}
	again.Run("capture.submit")
	if len(host.Drafts) != 0 {
		t.Errorf("kept %v after the ruling", host.Drafts)
	}
}
