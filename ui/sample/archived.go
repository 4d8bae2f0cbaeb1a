package sample

import (
	"time"

	"holdfast/model"
)

// Archived is the typical room with two machines that keep all of its history,
// the last two of its devices, so that the others need not.
func Archived() (Story, error) {
	st, err := Typical()
	if err != nil {
		return Story{}, err
	}
	r, ana := st.Room, st.Room.Device(0)
	at := st.Now.Add(-20 * time.Hour)
	ana.Now = at
	for i, a := range []struct{ owner, name string }{{people[0], "bastion-1"}, {people[2], "archive-2"}} {
		d := r.JoinAs(a.owner, a.name)
		r.step(at.Add(time.Duration(i+1)*time.Minute), ana, model.MarkArchive{Device: d.Key.String(), Reason: "a server that always runs, with a mirrored disk"})
	}
	r.step(at.Add(5*time.Minute), ana, model.SetHistoryAge{Days: 90, Reason: "laptops are small"})
	r.At(st.Now)
	return st, nil
}

// Lone is the room of Archived with one archive alone.
func Lone() (Story, error) {
	st, err := Archived()
	if err != nil {
		return Story{}, err
	}
	ana := st.Room.Device(0)
	st.Room.step(st.Now.Add(-time.Hour), ana, model.MarkArchive{Device: "archive-2", Not: true, Reason: "its disk is being replaced"})
	st.Room.At(st.Now)
	return st, nil
}
