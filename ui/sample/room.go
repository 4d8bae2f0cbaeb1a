// Package sample makes rooms in memory for the gallery and for tests of
// screens: real, public incidents replayed minute by minute, several devices,
// a split, and a room far too full. Nothing here touches the disk, the network
// or the clock of the machine.
package sample

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// Room is a room and the devices of it. It belongs to one goroutine.
type Room struct {
	id      model.RoomID
	nonce   model.Nonce
	devices []*Device
	guests  int
}

// Device is one device with its own copy of the room, as a replica holds it.
type Device struct {
	// Now is the device's clock; every commit moves it on by a millisecond.
	Now  time.Time
	Key  model.DeviceKey
	Name string // of its person

	room    *Room
	feed    model.FeedID
	seq     uint64
	lamport uint64
	state   *model.State
	log     map[model.FeedID][]model.Commit
}

// New founds a room with one person.
func New(room, person string, now time.Time) *Room {
	r := &Room{nonce: model.Nonce{7}}
	r.id = model.NewRoomID(key(0), r.nonce)
	d := r.device(person, now)
	r.must(d, model.FoundRoom{Name: room, Person: person, Email: address(person), Device: laptop(person), Nonce: r.nonce})
	return r
}

// key is as good as one that was drawn by lot, and the same on every run.
func key(i int) model.DeviceKey {
	return model.DeviceKey(sha256.Sum256([]byte("sample device " + strconv.Itoa(i))))
}

// address makes an e-mail address of a name.
func address(person string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z':
			return r
		case r == ' ' || r == '-':
			return '.'
		}
		return -1
	}
	local := strings.Trim(strings.Map(keep, person), ".")
	if local == "" {
		local = "responder"
	}
	return local + "@example.com"
}

// laptop is what a person's device calls itself: the name of the computer.
func laptop(person string) string {
	first, _, _ := strings.Cut(address(person), ".")
	first, _, _ = strings.Cut(first, "@")
	return first + "-laptop"
}

func (r *Room) device(person string, now time.Time) *Device {
	n := len(r.devices)
	d := &Device{
		Now: now, Key: key(n), Name: person, room: r, feed: model.NewFeedID(r.id, key(n), model.Nonce{byte(n)}),
		state: model.NewState(r.id, nil), log: map[model.FeedID][]model.Commit{},
	}
	r.devices = append(r.devices, d)
	return d
}

// Device gives a device by its number; the founder's is 0.
func (r *Room) Device(i int) *Device { return r.devices[i] }

// Devices is how many there are.
func (r *Room) Devices() int { return len(r.devices) }

// Join admits a person with a device of their own, through the founder.
func (r *Room) Join(person string) *Device { return r.JoinAs(person, laptop(person)) }

// JoinAs is Join for a device of a name, such as a person's second one.
func (r *Room) JoinAs(person, name string) *Device {
	host := r.devices[0]
	d := r.device(person, host.Now)
	r.guests++
	invite := model.OpID(host.feed, host.seq, 1000+r.guests)
	r.must(host, model.IssueInvite{
		Invite: invite, Role: model.RoleMember, Expires: host.Now.Add(time.Hour), Uses: 1, Verifier: []byte("sample"),
	})
	r.must(host, model.AdmitMember{Device: d.Key, Invite: invite, Person: person, Email: address(person), Name: name})
	r.Meet()
	return d
}

// must is for what a sample is made of: a refusal is a fault of the sample.
func (r *Room) must(d *Device, c model.Command) model.Done {
	done, err := d.Do(c)
	if err != nil {
		panic(fmt.Sprintf("sample: %T: %v", c, err))
	}
	return done
}

// Meet brings every device up to date with every other.
func (r *Room) Meet() {
	for range 2 {
		for _, a := range r.devices {
			for _, b := range r.devices {
				a.Pull(b)
			}
		}
	}
}

// At sets the clock of every device.
func (r *Room) At(now time.Time) {
	for _, d := range r.devices {
		d.Now = now
	}
}

// State is the device's copy, to read.
func (d *Device) State() *model.State { return d.state }

// Do plans a command and folds what it makes.
func (d *Device) Do(c model.Command) (model.Done, error) {
	p := model.NewPlanner(d.state, d.Now, d.Key, d.feed, d.seq+1)
	done, err := p.Plan(c)
	if err != nil {
		return done, err
	}
	ops, err := p.Ops()
	if err != nil || len(ops) == 0 {
		return done, err
	}
	d.seq++
	commit := model.Commit{
		Feed: d.feed, Seq: d.seq, Lamport: d.lamport + 1, Wall: d.Now.UnixMilli(), Device: d.Key, Ops: ops,
	}
	d.Now = d.Now.Add(time.Millisecond)
	return done, d.take(commit)
}

// Pull takes from another device what this one lacks.
func (d *Device) Pull(from *Device) {
	for feed, commits := range from.log {
		have := len(d.log[feed])
		for _, c := range commits[min(have, len(commits)):] {
			if err := d.take(c); err != nil {
				panic("sample: " + err.Error())
			}
		}
	}
}

func (d *Device) take(c model.Commit) error {
	d.log[c.Feed] = append(d.log[c.Feed], c)
	d.lamport = max(d.lamport, c.Lamport)
	if err := d.state.Apply(c); err != nil {
		return fmt.Errorf("fold: %w", err)
	}
	return d.settle()
}

// maxFolds bounds folding again, as in a replica.
const maxFolds = 16

// settle folds again from the first commit where a change of membership reaches
// back.
func (d *Device) settle() error {
	for range maxFolds {
		if !d.state.Stale() {
			return nil
		}
		var all []model.Commit
		for _, commits := range d.log {
			all = append(all, commits...)
		}
		slices.SortFunc(all, func(a, b model.Commit) int {
			return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), a.Feed.Compare(b.Feed))
		})
		d.state = model.NewState(d.room.id, d.state.Cuts)
		for _, c := range all {
			if err := d.state.Apply(c); err != nil {
				return fmt.Errorf("fold again: %w", err)
			}
		}
	}
	return fmt.Errorf("fold again: the membership does not settle")
}

// Holds counts the other devices that hold a commit, as the links would say.
func (d *Device) Holds(feed model.FeedID, seq uint64) int {
	n := 0
	for _, o := range d.room.devices {
		if o != d && uint64(len(o.log[feed])) >= seq {
			n++
		}
	}
	return n
}
