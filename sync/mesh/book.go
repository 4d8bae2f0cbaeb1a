package mesh

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"holdfast/model"
)

const (
	// SourcePeer is the source of an address that a peer named.
	SourcePeer = "peer"
	// maxBook bounds the remembered addresses: peers can name any number.
	maxBook = 256
	// giveUpAfter failures in a row an address that only a peer named is
	// forgotten; that takes about ten minutes.
	giveUpAfter = 25
	// firstBackoff and lastBackoff are the pauses between tries, doubling; each
	// is varied by half, so that a site that comes back does not dial in step.
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 30 * time.Second
	longestPause = lastBackoff * 3 / 2
	// lastBackoffMet is the longest pause for an address that led to a device: what
	// fails there is the network, nobody can say when it heals, and a try costs a
	// dozen packets.
	lastBackoffMet = 4 * time.Second
	// steadyAfter is how long a link must have lived to be redialled at once
	// when it breaks: one that breaks younger has something wrong with it.
	steadyAfter = time.Second
)

// Address is a place where a device of the room may be reached.
type Address struct {
	Address string // host:port
	Source  string
	Device  model.DeviceKey // who was met there last; zero if nobody yet
	Error   string          // of the last try
}

// entry is an address and how trying it goes.
type entry struct {
	Address
	fails int
	next  time.Time
	busy  bool // being dialled, or its link is up
	self  bool // this device listens there
	// asked is when a person gave the address and began to wait for an answer; zero
	// once there is a link. why is the kind of reason of the last try.
	asked time.Time
	why   Failure
}

// book is the remembered addresses. Mesh.mu guards it.
type book struct {
	entries map[string]*entry
	rand    *rand.Rand
}

func newBook(seed uint64) *book {
	return &book{entries: map[string]*entry{}, rand: rand.New(rand.NewPCG(seed, 1))}
}

// add remembers an address; one known already keeps its state, and is worth an
// early try if somebody asks for it.
func (b *book) add(address, source string) bool {
	if e := b.entries[address]; e != nil {
		if source != SourcePeer {
			e.Source, e.next = source, time.Time{}
		}
		return true
	}
	if len(b.entries) >= maxBook && (source == SourcePeer || !b.evict()) {
		return false
	}
	b.entries[address] = &entry{Address: Address{Address: address, Source: source}}
	return true
}

// ask notes that a person waits for an answer of an address.
func (b *book) ask(address string, now time.Time) {
	if e := b.entries[address]; e != nil {
		e.asked, e.Error = now, ""
		if !e.self {
			e.why = ""
		}
	}
}

// answered notes that a link came about: nobody waits to hear why not.
func (b *book) answered(address string) {
	if e := b.entries[address]; e != nil {
		e.asked, e.why = time.Time{}, ""
	}
}

// reason keeps the kind of reason of a try that failed.
func (b *book) reason(address string, why Failure) {
	if e := b.entries[address]; e != nil {
		e.why = why
	}
}

// evict makes room for an address a person gave.
func (b *book) evict() bool {
	for a, e := range b.entries {
		if e.Source == SourcePeer && !e.busy {
			delete(b.entries, a)
			return true
		}
	}
	return false
}

func (b *book) forget(device model.DeviceKey) {
	for a, e := range b.entries {
		if e.Device == device {
			delete(b.entries, a)
		}
	}
}

// list gives the addresses, those that led to a device first.
func (b *book) list() []Address {
	out := make([]Address, 0, len(b.entries))
	for _, e := range b.entries {
		if !e.self {
			out = append(out, e.Address)
		}
	}
	slices.SortFunc(out, func(x, y Address) int {
		if x.Device.Zero() != y.Device.Zero() {
			if y.Device.Zero() {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.Address, y.Address)
	})
	return out
}

// good gives the addresses that lead to a device now or did last.
func (b *book) good() []string {
	var out []string
	for _, a := range b.list() {
		if !a.Device.Zero() && a.Error == "" {
			out = append(out, a.Address)
		}
	}
	return out
}

func (b *book) retryAll() {
	for _, e := range b.entries {
		e.fails, e.next = 0, time.Time{}
	}
}

// due takes up to n addresses that may be dialled now, and gives the time of
// the next (zero: none). Linked tells which devices need no other link. Beside
// the n it takes up to probes addresses where the last try failed, so that those
// where nobody is hold up no other.
func (b *book) due(now time.Time, n, probes int, linked func(model.DeviceKey) bool) ([]string, time.Time) {
	var out []string
	var next time.Time
	for _, a := range b.sorted() {
		e := b.entries[a]
		if e.busy || e.self || (!e.Device.Zero() && linked(e.Device)) {
			continue
		}
		if e.next.After(now) && e.next.Sub(now) <= longestPause { // else the clock was set back
			if next.IsZero() || e.next.Before(next) {
				next = e.next
			}
			continue
		}
		left := &n
		if e.fails > 0 {
			left = &probes
		}
		if *left > 0 {
			*left--
			e.busy = true
			out = append(out, a)
		}
	}
	return out, next
}

// sorted gives the addresses, longest due first.
func (b *book) sorted() []string {
	out := make([]string, 0, len(b.entries))
	for a := range b.entries {
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(b.entries[x].next.Compare(b.entries[y].next), cmp.Compare(x, y))
	})
	return out
}

// met records who answers at an address.
func (b *book) met(address string, device model.DeviceKey, self bool) {
	if e := b.entries[address]; e != nil {
		e.Device, e.self, e.Error = device, self, ""
	}
}

// failed sets the next try after one that gave no link.
func (b *book) failed(address string, now time.Time, reason string) {
	e := b.entries[address]
	if e == nil {
		return
	}
	e.busy, e.Error = false, reason
	if e.fails++; e.fails > giveUpAfter && e.Source == SourcePeer {
		delete(b.entries, address)
		return
	}
	longest := lastBackoff
	if !e.Device.Zero() {
		longest = lastBackoffMet
	}
	pause := min(longest, firstBackoff<<min(e.fails-1, 10))
	e.next = now.Add(pause/2 + time.Duration(b.rand.Int64N(int64(pause))))
}

// free ends a try that found its device linked already.
func (b *book) free(address string) {
	if e := b.entries[address]; e != nil {
		e.busy, e.fails = false, 0
	}
}

// broke sets the next try after a link that was up: at once, by any address its
// device is known at; after a fault only when a pause has passed.
func (b *book) broke(address string, now time.Time, device model.DeviceKey, reason string, fault bool) {
	if e := b.entries[address]; e != nil && fault {
		b.failed(address, now, reason)
		return
	} else if e != nil {
		e.busy = false
	}
	for _, e := range b.entries {
		if e.Device == device {
			e.fails, e.next = 0, now.Add(time.Duration(b.rand.Int64N(int64(firstBackoff))))
		}
	}
}
