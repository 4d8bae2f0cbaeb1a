package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
)

// The entries of a pack are in the log as well. Where a log is at hand, a pack
// names their places there and has no bytes of its own: that saves a third of the
// time a fold takes, and the store the entries a second time. Reading one opens its
// commits again, in about two milliseconds, so packs of open incidents, which are
// read all day, get bytes once there is time for it (Packing.Write).

// Commits gives the commits from..to of a feed out of the log, as they were applied.
// It is called while the state is read, from several goroutines at once. What it
// cannot give is missing from what readers see, as with Packs.
type Commits func(feed FeedID, from, to uint64, fn func(Commit) error) error

// placeGap is how many commits of others are read over, rather than looking for what
// comes after them: opening one costs ten times as much.
const placeGap = 64

// places are consecutive commits of a feed, of each of which the same ops are meant.
type places struct {
	feed FeedID
	// from and to are commits, first and last the numbers of ops in each.
	from, to    uint64
	first, last uint16
}

// placesOf gives where entries are.
func placesOf(list []*Version) []places {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b *Version) int {
		return cmp.Or(a.Stamp.Feed.Compare(b.Stamp.Feed), cmp.Compare(a.Stamp.Seq, b.Stamp.Seq), cmp.Compare(a.Stamp.N, b.Stamp.N))
	})
	var out []places
	for _, v := range sorted {
		at := places{v.Stamp.Feed, v.Stamp.Seq, v.Stamp.Seq, v.Stamp.N, v.Stamp.N}
		if len(out) > 0 && out[len(out)-1].within(at) {
			out[len(out)-1].last++
			continue
		}
		out = mergeLast(out)
		out = append(out, at)
	}
	return mergeLast(out)
}

// within reports whether an op follows the last one of a commit.
func (p places) within(at places) bool {
	return p.feed == at.feed && p.from == at.from && p.last+1 == at.first
}

// mergeLast puts the last of a list together with the one before, where it says the
// same of the next commit.
func mergeLast(list []places) []places {
	n := len(list)
	if n < 2 {
		return list
	}
	a, b := &list[n-2], list[n-1]
	if a.feed != b.feed || a.to+1 != b.from || a.first != b.first || a.last != b.last {
		return list
	}
	a.to = b.to
	return list[:n-1]
}

// appendPlaces writes places: each feed once, then numbers as differences.
func appendPlaces(b []byte, list []places) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	var feed FeedID
	at := uint64(0)
	for _, p := range list {
		if p.feed != feed {
			b, feed, at = append(append(b, 1), p.feed[:]...), p.feed, 0
		} else {
			b = append(b, 0)
		}
		b = binary.AppendUvarint(b, p.from-at)
		b = binary.AppendUvarint(b, p.to-p.from)
		b = binary.AppendUvarint(b, uint64(p.first))
		b = binary.AppendUvarint(b, uint64(p.last-p.first))
		at = p.to
	}
	return b
}

// errPlaces marks bytes that name no places.
var errPlaces = errors.New("no places of entries")

// readPlaces reads what appendPlaces wrote; they name n entries.
func readPlaces(b []byte, n int) ([]places, error) {
	r := packReader{b: b}
	list := make([]places, r.count(maxPack))
	var feed FeedID
	at, entries := uint64(0), uint64(0)
	for i := range list {
		if r.count(1) == 1 {
			copy(feed[:], r.bytes(len(feed)))
			at = 0
		}
		p := places{feed: feed, from: at + r.uint()}
		each := uint64(r.count(maxPack))
		p.to = p.from + each
		p.first = uint16(r.count(MaxOps))
		p.last = p.first + uint16(r.count(maxPack))
		if p.from < at || p.to < p.from {
			return nil, errPlaces
		}
		entries += (each + 1) * (uint64(p.last-p.first) + 1)
		list[i], at = p, p.to
	}
	if r.bad || len(r.b) > 0 || entries != uint64(n) {
		return nil, errPlaces
	}
	return list, nil
}

// fromLog reads the entries of a pack where they are in the log.
func (a *attic) fromLog(p *Pack, named []byte) ([]Version, error) {
	list, err := readPlaces(named, p.N)
	if err != nil || a.commits == nil {
		return nil, cmp.Or(err, errPlaces)
	}
	out := make([]Version, 0, p.N)
	for len(list) > 0 {
		n := near(list)
		out, err = a.readNear(out, list[:n])
		if err != nil {
			return nil, err
		}
		list = list[n:]
	}
	slices.SortFunc(out, func(a, b Version) int { return a.Stamp.Compare(b.Stamp) })
	if sumOf(out) != p.Sum {
		return nil, errPlaces
	}
	return out, nil
}

// near counts the places that are best read together: of one feed, with little
// between them.
func near(list []places) int {
	n := 1
	for n < len(list) && list[n].feed == list[0].feed && list[n].from <= list[n-1].to+placeGap {
		n++
	}
	return n
}

func (a *attic) readNear(out []Version, list []places) ([]Version, error) {
	err := a.commits(list[0].feed, list[0].from, list[len(list)-1].to, func(c Commit) error {
		for len(list) > 0 && list[0].to < c.Seq {
			list = list[1:]
		}
		for _, p := range list { // several may name one commit
			if c.Seq < p.from || c.Seq > p.to {
				break
			}
			for n := int(p.first); n <= int(p.last); n++ {
				v, err := c.entry(n)
				if err != nil {
					return err
				}
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

// entry gives the entry that an op of a commit adds, as the fold does.
func (c *Commit) entry(n int) (Version, error) {
	if n >= len(c.Ops) || c.Ops[n].Kind != KindEntryAdded {
		return Version{}, errPlaces
	}
	return newEntry(Stamp{Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Feed: c.Feed, Seq: c.Seq, N: uint16(n)}, c.Ops[n])
}

func sumOf(list []Version) (s Sum) {
	var form []byte
	for n := range list {
		form = list[n].form(form[:0])
		s.add(sha256.Sum256(form))
	}
	return s
}

// place gives a pack its place in an incident instead of bytes.
func (i *Incident) place(key Hash, named []byte) {
	if i.Places == nil {
		i.Places = map[Hash][]byte{}
	}
	i.Places[key] = named
}
