package sample

import (
	"testing"

	"holdfast/assets"
	"holdfast/model"
)

func TestEverySampleCanBeReplayed(t *testing.T) {
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		in, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		r := team(in.Declared())
		done, err := r.Device(0).Declare(in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r.Meet()
		last := in.Entries[len(in.Entries)-1].At
		if err := r.Replay(in, done.ID.String(), last, r.Device(0), r.Device(1)); err != nil {
			t.Error(err)
		}
		for i := range r.Devices() {
			s := r.Device(i).State()
			if got := len(s.Incident(done.ID).Entries); got == 0 || got > len(in.Entries) {
				t.Errorf("%s: device %d has %d entries of %d", name, i, got, len(in.Entries))
			}
			if s.Refused != 0 {
				t.Errorf("%s: device %d refused %d ops", name, i, s.Refused)
			}
		}
	}
}

func TestTypicalIsTheSameEachTime(t *testing.T) {
	var hashes [2]model.Hash
	for i := range hashes {
		story, err := Typical()
		if err != nil {
			t.Fatal(err)
		}
		for d := range story.Room.Devices() {
			h, err := story.Room.Device(d).State().Hash()
			if err != nil {
				t.Fatal(err)
			}
			if d > 0 && h != hashes[i] {
				t.Errorf("device %d differs from device 0", d)
			}
			hashes[i] = h
		}
	}
	if hashes[0] != hashes[1] {
		t.Error("two runs differ")
	}
}

func TestTypicalShowsTheHardParts(t *testing.T) {
	story, err := Typical()
	if err != nil {
		t.Fatal(err)
	}
	s := story.Room.Device(0).State()
	v := s.View(s.Incident(story.Incident), story.Now)
	edited, taken := false, false
	for _, r := range s.Rows(s.Incident(story.Incident)) {
		edited, taken = edited || r.Edited > 0, taken || r.Retracted
	}
	if len(v.Conflicts) != 1 || len(v.Commander) != 2 || len(v.Tasks) != 3 || len(v.Messages) != 2 || !edited || !taken {
		t.Errorf("conflicts %d, commanders %d, tasks %d, messages %d, edited %v, retracted %v",
			len(v.Conflicts), len(v.Commander), len(v.Tasks), len(v.Messages), edited, taken)
	}
}

func TestOverfullIsFull(t *testing.T) {
	story, err := Overfull()
	if err != nil {
		t.Fatal(err)
	}
	s := story.Room.Device(0).State()
	if open := len(s.Briefs(false, story.Now)); open != 50 {
		t.Errorf("%d incidents are open", open)
	}
	if rows := len(s.Timeline(s.Incident(story.Incident))); rows < rowsOverfull {
		t.Errorf("%d rows", rows)
	}
}
