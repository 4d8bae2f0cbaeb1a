package node

import (
	"fmt"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// ReadOnlySentence is what a person should know of a home on a disk that takes no
// writes.
const ReadOnlySentence = "The disk of this home takes no writes: all that is on it can be read and exported, nothing can be changed or received." +
	" Make it writable, or copy the folder to another disk, and start Holdfast there."

// ReadOnly tells that the home can be read only.
func (n *Node) ReadOnly() bool { return n.home.ReadOnly() }

// Warnings says what a person should know of the rooms, those that could not
// be opened first.
func (n *Node) Warnings() []string {
	warnings := []string{}
	if n.home.ReadOnly() {
		warnings = append(warnings, ReadOnlySentence)
	}
	for _, s := range n.home.Shut() {
		warnings = append(warnings, s.Sentence())
	}
	for _, r := range n.Rooms() {
		for _, w := range r.Warnings() {
			warnings = append(warnings, "Room "+r.label()+": "+w)
		}
	}
	return warnings
}

func listWarnings(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.Warnings(), nil
}

// Ailment is what a person should know of the room's record: what happened, what
// is safe and what to do, and the one act that goes on from there.
type Ailment struct {
	Text string
	Fix  Fix
	// Device is whom FixDevice and FixArchive are about.
	Device model.DeviceKey
	// Seen names what a person may put away as seen: a fork, with the branches it has
	// by now; "" is what stays until it is mended.
	Seen string
}

// Fix is an act on an ailment.
type Fix int

// Fixes: linking to a peer, exporting what is here, importing what was carried here,
// looking at a device, inviting one, marking one as an archive, and reading the record over.
const (
	NoFix Fix = iota
	FixLink
	FixExport
	FixImport
	FixDevice
	FixInvite
	FixArchive
	FixVerify
)

// Warnings are the texts of the ailments.
func (r *Room) Warnings() []string {
	warnings := []string{}
	for _, a := range r.Ailments() {
		warnings = append(warnings, a.Text)
	}
	return warnings
}

// Ailments tells what is not as it should be, the gravest first.
func (r *Room) Ailments() []Ailment {
	list, forks := append(r.removals(), r.twinAilments()...), r.Forks()
	for _, f := range forks {
		list = append(list, Ailment{Text: r.forkSentence(f), Fix: FixDevice, Device: f.Device, Seen: fmt.Sprintf("fork.%s.%d.%d", f.Feed, f.Seq, len(f.Branches))})
	}
	switch older, moved := r.PutBack(); {
	case len(forks) > 0:
	case older:
		list = append(list, Ailment{Text: OlderSentence, Fix: FixLink})
	case moved:
		list = append(list, Ailment{Text: MovedSentence, Fix: FixLink})
	}
	return append(list, r.historyAilments()...)
}

// OlderSentence and MovedSentence are what a person should know of a record that was
// put back.
const (
	OlderSentence = "This device's record was put back to an older copy of itself. What it had written since comes back from the first" +
		" peer that holds it, and new lines go to a new feed; link it to a peer before you rely on it."
	MovedSentence = "This device's record was restored, copied or moved since it was last open here. New lines go to a new feed, so nothing is" +
		" mixed up; use only one of the copies, and link it to a peer to get what it lacks."
)

func (r *Room) forkSentence(f oplog.Fork) string {
	whose := "This device"
	if f.Device != r.Device() {
		r.View(func(s *model.State) {
			whose = "Device " + f.Device.Short()
			if m := s.Members[f.Device]; m != nil && m.Name != "" {
				whose = fmt.Sprintf("Device %s of %s", m.Name, s.PersonName(m.Person))
			}
		})
	}
	return ForkSentence(whose, f)
}

// ForkSentence says what a person should know of a fork of a device's feed.
func ForkSentence(whose string, f oplog.Fork) string {
	return fmt.Sprintf("%s was put back to an older copy and written on, or copied, so its feed %s goes on in %d ways from commit %d: all are kept and shown,"+
		" and it writes on in a new feed. Read its entries once for what is there twice; if nobody put back a copy, its key is used elsewhere: remove the device.",
		whose, f.Feed.Short(), len(f.Branches), f.Seq)
}
