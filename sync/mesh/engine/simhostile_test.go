package engine

import (
	"encoding/binary"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"holdfast/model"
)

// Of age 9: rooms of up to 50 devices; a member whose program lies; a bit of a store that
// turns. They draw from a random source of their own. What is asked of the rest stays: they
// become alike, and none of them is taken for one that misbehaves.

var errFlipped = errors.New("the record is damaged here")

func ninthOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 85)) }

// crowd is how many devices a room has that is to have n, or now and then many more.
func (s *sim) crowd(n int) int {
	if s.age < 9 || s.ninth.IntN(32) > 0 {
		return n
	}
	s.stats["large rooms"]++
	return 13 + s.ninth.IntN(38)
}

// corrupt chooses a member that lies, in a quarter of the seeds.
func (s *sim) corrupt() {
	if s.age < 9 || len(s.nodes) < 3 || s.ninth.IntN(4) > 0 {
		return
	}
	if n := s.nodes[s.ninth.IntN(len(s.nodes))]; n != s.keeper && !n.old {
		s.liar = n
	}
}

// lie is what a frame becomes that a liar is about to send: itself, nothing, damaged, or
// something else.
func (n *simNode) lie(frame []byte) []byte {
	r := n.s.ninth
	if k := r.IntN(16); k > 4 {
		return frame
	} else if n.s.stats["lied"]++; k == 0 {
		return nil
	} else if k == 1 && len(frame) > 1 {
		return frame[:1+r.IntN(len(frame)-1)]
	} else if k == 2 {
		frame = slices.Clone(frame)
		frame[r.IntN(len(frame))] ^= 1 << r.IntN(8)
		return frame
	}
	return n.falsehood()
}

// slander has a liar say something on a link that nobody asked for.
func (n *simNode) slander() {
	if n != n.s.liar || n.engine == nil {
		return
	}
	n.plan(time.Duration(50+n.s.ninth.IntN(1500))*time.Millisecond, n.slander)
	ids := slices.Sorted(maps.Keys(n.links))
	if len(ids) == 0 {
		return
	}
	link := ids[n.s.ninth.IntN(len(ids))]
	if n.s.ninth.IntN(32) == 0 {
		n.flood(link)
		return
	}
	n.sendFrame(Send{Link: link, Frame: n.falsehood()})
}

// flood sends more than a window, all of it right: a feed made for it.
func (n *simNode) flood(link LinkID) {
	n.s.stats["flooded"]++
	f := model.FeedID{0: 0xFF, 1: byte(n.n), 2: byte(n.s.stats["flooded"])}
	for seq := range uint64(2 * maxOwed) {
		run := runOf(f, seq+1, seq+1)
		n.transmit(n.links[link], Send{Link: link, Frame: n.s.codec.encode(frameRun, runFrame{Feed: f[:], First: run.First, Count: 1, Bytes: run.Bytes})})
	}
}

// falsehood is a frame that claims, asks or brings what it should not. It cannot sign for
// others: what it brings of their feeds is never right.
func (n *simNode) falsehood() []byte {
	s, r := n.s, n.s.ninth
	f, seq := n.someFeed(), r.Uint64N(2500)
	if r.IntN(8) == 0 {
		seq = r.Uint64N(maxSeq)
	}
	marks := []mark{{Feed: f[:], Seq: seq}}
	heads := []head{{Feed: f[:], Seq: seq, Hash: binary.BigEndian.AppendUint64(nil, r.Uint64())}}
	switch kind := byte(1 + r.IntN(int(frameLast))); kind {
	case frameHello:
		return s.codec.encode(kind, helloFrame{Proto: Proto, Boot: r.Uint64(), Heads: heads, Knows: uint64(r.IntN(40))})
	case frameHeads:
		return s.codec.encode(kind, headsFrame{Heads: heads, More: r.IntN(2) == 0})
	case frameRun:
		run := runOf(f, seq+1, seq+1+r.Uint64N(50))
		run.Bytes[r.IntN(len(run.Bytes))] ^= 1
		return s.codec.encode(kind, runFrame{Feed: f[:], First: run.First, Count: uint64(run.Count) + r.Uint64N(2), Bytes: run.Bytes})
	case frameAck:
		return s.codec.encode(kind, ackFrame{Marks: marks})
	case frameAgain:
		return s.codec.encode(kind, againFrame{Feed: f[:], Seq: seq * r.Uint64N(2)})
	case frameStop:
		return s.codec.encode(kind, stopFrame{Feed: f[:]})
	case frameHold:
		return s.codec.encode(kind, holdFrame{Feeds: [][]byte{f[:]}, On: r.IntN(2) == 0})
	case frameSpare:
		return s.codec.encode(kind, spareFrame{On: r.IntN(2) == 0})
	case frameShort:
		return s.codec.encode(kind, shortFrame{Marks: marks, Archives: [][]byte{n.key[:]}})
	case frameProve:
		return s.codec.encode(kind, proveFrame{ID: seq, Feed: f[:], After: seq, Upto: seq * 2, Salt: make([]byte, 32)})
	case frameAlike:
		return s.codec.encode(kind, alikeFrame{Heads: heads})
	case frameTwin:
		return s.codec.encode(kind, twinFrame{})
	default:
		return []byte{kind, byte(r.IntN(256)), byte(r.IntN(256))}
	}
}

// someFeed is one that is there, of anybody.
func (n *simNode) someFeed() model.FeedID {
	s := n.s
	o := s.nodes[s.ninth.IntN(len(s.nodes))]
	feeds := slices.SortedFunc(maps.Keys(o.log), model.FeedID.Compare)
	if len(feeds) == 0 || s.ninth.IntN(3) == 0 {
		return o.own
	}
	return feeds[s.ninth.IntN(len(feeds))]
}

// honest tells whether a link ends at two devices that do not lie.
func (l *simLink) honest() bool {
	return l.ends[0] != l.ends[0].s.liar && l.ends[1] != l.ends[1].s.liar
}

// misbehaviour is for what an honest device never closes the link of another.
var misbehaviour = []string{
	beyondWindow, "the peer sent a damaged frame", "the peer said hello twice", "the peer did not say hello first",
	"the peer sent too many frames", "the peer named too many feeds", "the peer sent a run that is not valid",
}

// mayClose checks why a device closes a link.
func (n *simNode) mayClose(l *simLink, reason string) {
	if l.honest() && slices.Contains(misbehaviour, reason) {
		n.s.fail("node %d closes the link of an honest peer: %s", n.n, reason)
	}
}

// flipMischief turns a bit of a store now and then, in a quarter of the seeds.
func (s *sim) flipMischief() {
	if s.calm {
		return
	}
	s.after(time.Duration(2000+s.ninth.IntN(10_000))*time.Millisecond, s.flipMischief)
	n := s.nodes[s.ninth.IntN(len(s.nodes))]
	feeds := slices.SortedFunc(maps.Keys(n.log), model.FeedID.Compare)
	if n == s.keeper || n.late || len(feeds) == 0 || n.flipped.seq > 0 {
		return // who relies on an archive relies on its disk
	}
	f := feeds[s.ninth.IntN(len(feeds))]
	if n.log[f] == 0 {
		return
	}
	s.stats["flipped"]++
	n.flipped = damage{f, 1 + s.ninth.Uint64N(n.log[f])}
	s.after(time.Duration(500+s.ninth.IntN(6000))*time.Millisecond, n.fillAgain)
}

// damage is a commit that can no more be read.
type damage struct {
	feed model.FeedID
	seq  uint64
}

// hits tells whether a read finds the damage.
func (n *simNode) hits(r ReadRun, last uint64) bool {
	hit := n.flipped.seq > 0 && n.flipped.feed == r.Feed && n.flipped.seq > r.After && n.flipped.seq <= last
	if hit {
		n.s.stats["damage found by a read"]++
	}
	return hit
}

// fillAgain is what a person does whose store is found damaged: it is put aside, and the
// record comes anew from peers.
func (n *simNode) fillAgain() {
	if n.flipped.seq == 0 {
		return
	}
	n.s.stats["filled again"]++
	if n.engine != nil {
		n.crash()
	}
	n.load(copied{
		log: map[model.FeedID]uint64{}, sides: map[model.FeedID]side{},
		begins: map[model.FeedID]uint64{}, filled: map[model.FeedID]uint64{},
	})
	n.newFeed()
}
