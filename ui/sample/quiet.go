package sample

import (
	"fmt"
	"time"

	"holdfast/assets"
	"holdfast/model"
)

// Quiet is a room in which nothing is open: what happened over the year is closed, and
// all but those closed last are put away, as after a start.
func Quiet() (Story, error) {
	now := time.Date(2026, 3, 17, 14, 5, 0, 0, time.UTC)
	r := team(now.AddDate(-2, 0, 0))
	names, err := assets.Samples()
	if err != nil {
		return Story{}, err
	}
	for i, name := range names {
		in, err := Load(name)
		if err != nil {
			return Story{}, err
		}
		if err := r.over(in.moved(now.Add(-time.Duration(len(names)-i)*2*apart).Sub(in.Declared())), i); err != nil {
			return Story{}, fmt.Errorf("sample %s: %w", name, err)
		}
	}
	r.At(now)
	return Story{Room: r, Now: now}, r.Device(0).putAway()
}

// over declares an incident, and closes it two hours later.
func (r *Room) over(in Incident, i int) error {
	in.Severity, in.Milestones = []string{"P2", "P3"}[i%2], map[string]time.Time{"declared": in.Declared()}
	d := r.Device(i % r.Devices())
	done, err := d.Declare(in)
	if err != nil {
		return err
	}
	r.Meet()
	r.step(in.Declared().Add(3*time.Minute), d, model.AssignRole{Incident: done.Code, Role: "ic", Person: people[i%len(people)]})
	r.step(in.Declared().Add(2*time.Hour), d, model.Resolve{Incident: done.ID.String(), Verification: "normal for 30 minutes", Customers: "sent", Confirm: true})
	r.step(in.Declared().Add(3*time.Hour), d, model.Close{Incident: done.ID.String()})
	return nil
}

// putAway writes the state down and reads it again, as a start does.
func (d *Device) putAway() error {
	snap, err := d.state.Encode()
	if err != nil {
		return err
	}
	s, err := model.DecodeState(snap.State)
	if err != nil {
		return err
	}
	s.KeepPacks(func(key model.Hash) ([]byte, error) { return snap.Closed[key], nil })
	d.state = s
	return nil
}
