package model

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
)

// FirstEpoch is the epoch of the key a room is founded with. Every member that
// reads holds it.
const FirstEpoch uint32 = 1

// derivedEpoch marks the number of every epoch but the first: it is made from
// the key, so two admins who start epochs apart do not take the same number.
const derivedEpoch uint32 = 1 << 31

// EpochNumber gives the number of the epoch whose key has this check.
func EpochNumber(check Hash) uint32 { return binary.BigEndian.Uint32(check[:]) | derivedEpoch }

// KeyBox is a room key sealed to one device.
type KeyBox struct {
	Device DeviceKey `cbor:"1,keyasint,omitempty"`
	Box    []byte    `cbor:"2,keyasint,omitempty"`
}

// maxKeyBox bounds a sealed key in bytes: an encapsulated key of 32, the key
// and a tag of 16 make 80.
const maxKeyBox = 128

// Keyring is what a planner asks for keys: the record holds them sealed alone,
// and drawing and sealing them is not the model's.
type Keyring interface {
	// Has reports whether this device can open the epoch.
	Has(epoch uint32) bool
	// New draws a key and seals it to each device. It fails where the room has
	// had too many keys.
	New(to []DeviceKey) (check Hash, boxes []KeyBox, err error)
	// Share seals the key of an epoch this device has to further devices.
	Share(epoch uint32, to []DeviceKey) ([]KeyBox, error)
}

// epochStarted brings a new key for what is written from then on.
type epochStarted struct {
	Check Hash     `cbor:"1,keyasint,omitempty"`
	Boxes []KeyBox `cbor:"2,keyasint,omitempty"`
}

// epochShared seals a key to devices that lack it.
type epochShared struct {
	Epoch uint32   `cbor:"1,keyasint,omitempty"`
	Boxes []KeyBox `cbor:"2,keyasint,omitempty"`
}

// Epoch is a key of the room after the first, as the record tells of it.
type Epoch struct {
	// Started is zero where only a share of it has arrived, or the admin that
	// started it had been removed: nobody is to write under it then.
	Started Stamp
	Check   Hash
	// Holders are the devices it was sealed to, in order.
	Holders []DeviceKey
}

// KeyFor gives the sealed key an op brings for a device; false where it brings none.
func KeyFor(op Op, device DeviceKey) (epoch uint32, box []byte, ok bool) {
	var boxes []KeyBox
	switch op.Kind {
	case KindEpochStarted:
		body, err := decode[epochStarted](op)
		if err != nil {
			return 0, nil, false
		}
		epoch, boxes = EpochNumber(body.Check), body.Boxes
	case KindEpochShared:
		body, err := decode[epochShared](op)
		if err != nil {
			return 0, nil, false
		}
		epoch, boxes = body.Epoch, body.Boxes
	}
	for _, b := range boxes {
		if b.Device == device && len(b.Box) <= maxKeyBox {
			return epoch, b.Box, true
		}
	}
	return 0, nil, false
}

// foldEpoch notes who holds which key. Only an admin starts an epoch; whoever
// writes may pass on a key that the room has.
func (s *State) foldEpoch(by *Member, at Stamp, op Op) error {
	if op.Kind == KindEpochShared {
		body, err := decode[epochShared](op)
		if err != nil || !s.mayWriteAt(by, at) || body.Epoch < derivedEpoch {
			return cmp.Or(err, errRefused)
		}
		s.epoch(body.Epoch).hold(body.Boxes)
		return nil
	}
	body, err := decode[epochStarted](op)
	if admin, was := s.adminAt(by, at); err != nil || !admin {
		if was {
			s.voidEpochs([]Op{op}) // others wrote under it before they heard
		}
		return cmp.Or(err, errRefused)
	}
	e := s.epoch(EpochNumber(body.Check))
	if e.Started.zero() || at.Compare(e.Started) < 0 {
		e.Started, e.Check = at, body.Check
	}
	e.hold(body.Boxes)
	return nil
}

// voidEpochs notes the keys a commit in quarantine brought.
func (s *State) voidEpochs(ops []Op) {
	for _, op := range ops {
		if op.Kind != KindEpochStarted {
			continue
		}
		if body, err := decode[epochStarted](op); err == nil {
			s.epoch(EpochNumber(body.Check)).hold(body.Boxes)
		}
	}
}

func (s *State) epoch(number uint32) *Epoch {
	e := s.Epochs[number]
	if e == nil {
		if s.Epochs == nil {
			s.Epochs = map[uint32]*Epoch{}
		}
		e = &Epoch{}
		s.Epochs[number] = e
	}
	return e
}

func (e *Epoch) hold(boxes []KeyBox) {
	for _, b := range boxes {
		if i, held := slices.BinarySearchFunc(e.Holders, b.Device, DeviceKey.Compare); !held {
			e.Holders = slices.Insert(e.Holders, i, b.Device)
		}
	}
}

// reads reports whether the device is given the room's keys.
func (m *Member) reads() bool { return m.Role != RoleRelay }

// holds reports whether a device was given the key of an epoch.
func (s *State) holds(m *Member, epoch uint32) bool {
	if !m.reads() {
		return false
	}
	if epoch == FirstEpoch || slices.Contains(m.Keys, epoch) {
		return true
	}
	e := s.Epochs[epoch]
	if e == nil {
		return false
	}
	_, held := slices.BinarySearchFunc(e.Holders, m.Device, DeviceKey.Compare)
	return held
}

// leaks reports whether a removed device holds the key of an epoch.
func (s *State) leaks(epoch uint32) bool {
	for _, m := range s.Members {
		if !m.Active() && s.holds(m, epoch) {
			return true
		}
	}
	return false
}

// WritingEpochs lists the epochs to write under, best first: those no removed
// device can open before the others, and of these the latest. All devices that
// hold the same commits choose the same.
func (s *State) WritingEpochs() []uint32 {
	leaks := map[uint32]int{FirstEpoch: 0}
	for number, e := range s.Epochs {
		if !e.Started.zero() {
			leaks[number] = 0
		}
	}
	for number := range leaks {
		if s.leaks(number) {
			leaks[number] = 1
		}
	}
	return slices.SortedFunc(maps.Keys(leaks), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(leaks[a], leaks[b]), s.epochStarted(b).Compare(s.epochStarted(a)), cmp.Compare(b, a))
	})
}

func (s *State) epochStarted(number uint32) Stamp {
	if e := s.Epochs[number]; e != nil {
		return e.Started
	}
	return Stamp{}
}

// KeyDue reports that every key of the room is in the hands of a removed
// device, so that an admin must start a new one.
func (s *State) KeyDue() bool { return s.leaks(s.WritingEpochs()[0]) }

// KeysMissing lists the active devices that were not given the key of an epoch,
// because who admitted them did not know it. That counts for keys of removed
// admins too: others wrote under them before they heard.
func (s *State) KeysMissing() map[uint32][]DeviceKey {
	missing := map[uint32][]DeviceKey{}
	for number := range s.Epochs {
		for _, m := range s.Members {
			if m.Active() && m.reads() && !s.holds(m, number) {
				missing[number] = append(missing[number], m.Device)
			}
		}
		slices.SortFunc(missing[number], DeviceKey.Compare)
		if len(missing[number]) == 0 {
			delete(missing, number)
		}
	}
	return missing
}

// KeyTurn tells in which place a device tends the room's keys, from 0: admins
// first, the most senior before the others, so that not all do it at once.
// False where it may not.
func (s *State) KeyTurn(device DeviceKey) (turn int, ok bool) {
	me, ok := s.ActiveMember(device)
	if !ok || !me.MayWrite() {
		return 0, false
	}
	for _, m := range s.Members {
		first := cmp.Or(cmp.Compare(b2i(m.Role != RoleAdmin), b2i(me.Role != RoleAdmin)), m.Added.Compare(me.Added)) < 0
		if m.Active() && m.MayWrite() && first && !m.Recovery {
			turn++
		}
	}
	return turn, true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// knownEpochs lists the epochs whose keys this device can hand to a new member.
func (p *Planner) knownEpochs() []uint32 {
	if p.Keyring == nil {
		return nil
	}
	var known []uint32
	for _, number := range slices.Sorted(maps.Keys(p.State.Epochs)) {
		if p.Keyring.Has(number) {
			known = append(known, number)
		}
	}
	return known
}

// rekey starts a new epoch for everyone who reads, without one device. It says
// why it could not: a removal is not to fail for it.
func (p *Planner) rekey(without DeviceKey) (note string) {
	if p.Keyring == nil {
		return ""
	}
	var to []DeviceKey
	for _, m := range p.State.Members {
		if m.Active() && m.reads() && m.Device != without {
			to = append(to, m.Device)
		}
	}
	slices.SortFunc(to, DeviceKey.Compare)
	check, boxes, err := p.Keyring.New(to)
	if err != nil {
		return "the room's key could not be changed: " + err.Error()
	}
	p.add(KindEpochStarted, ID{}, epochStarted{Check: check, Boxes: boxes})
	return ""
}

// RenewKey starts a new key for the room where a removed device holds every
// key there is, as after removals made apart.
type RenewKey struct{}

// Plan implements Command.
func (RenewKey) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	if !p.State.KeyDue() {
		return Done{Note: "no removed device holds the room's key"}, nil
	}
	return Done{Note: p.rekey(DeviceKey{})}, nil
}

// ShareKeys gives members the keys they lack, as far as this device has them.
type ShareKeys struct{}

// Plan implements Command.
func (ShareKeys) Plan(p *Planner) (Done, error) {
	missing := p.State.KeysMissing()
	for _, number := range slices.Sorted(maps.Keys(missing)) {
		if p.Keyring == nil || !p.Keyring.Has(number) {
			continue
		}
		boxes, err := p.Keyring.Share(number, missing[number])
		if err != nil {
			return Done{}, err
		}
		if len(boxes) > 0 {
			p.add(KindEpochShared, ID{}, epochShared{Epoch: number, Boxes: boxes})
		}
	}
	return Done{}, nil
}
