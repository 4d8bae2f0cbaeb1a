package engine

import (
	"testing"
	"time"

	"holdfast/model"
)

// tellsAlike has the engine and its peer hold a feed equally far, which the engine was
// brought by another, and gives what it says with the next ping.
func tellsAlike(t *testing.T, knows model.Hash) (*solo, []Effect) {
	t.Helper()
	own, eve := model.FeedID{9}, model.FeedID{3}
	s := newSolo(t, model.Vector{own: headOf(own, 1)}, own)
	s.up(head{Feed: own[:], Seq: 1})
	s.step(HeadsChanged{Heads: model.Vector{own: headOf(own, 1), eve: {Seq: 3, Hash: knows}}, Own: own})
	s.frame(frameAck, ackFrame{Marks: []mark{{Feed: eve[:], Seq: 3}}})
	s.now = s.now.Add(PingEvery)
	return s, s.step(Tick{})
}

// Two peers that were each told another history of a feed, of one length, find that
// out though nothing more is written in it and their link lasts.
func TestPeersCompareWhatWasToldToEach(t *testing.T) {
	eve := model.FeedID{3}
	s, out := tellsAlike(t, model.Hash{1, 1})
	said := frames[alikeFrame](s, out)
	if len(said) != 1 || len(said[0].Heads) != 1 || model.FeedID(said[0].Heads[0].Feed) != eve || said[0].Heads[0].Seq != 3 {
		t.Fatalf("said %v", said)
	}
	s.now = s.now.Add(PingEvery)
	if more := frames[alikeFrame](s, s.step(Tick{})); len(more) != 0 {
		t.Errorf("said again: %v", more)
	}

	other, _ := tellsAlike(t, model.Hash{2, 2})
	again := frames[againFrame](other, other.frame(frameAlike, said[0]))
	if len(again) != 1 || model.FeedID(again[0].Feed) != eve || again[0].Seq != 0 {
		t.Errorf("asked for %v, want the feed from its first commit", again)
	}
	out = other.frame(frameAlike, said[0])
	if len(pick[Close](out)) != 0 || len(frames[againFrame](other, out)) != 0 {
		t.Error("asked twice, or the link closed, while the feed is on its way")
	}

	for what, h := range map[string]head{
		"the same":        {Feed: eve[:], Seq: 3, Hash: []byte{1, 1, 0, 0, 0, 0, 0, 0}},
		"another length":  {Feed: eve[:], Seq: 2, Hash: []byte{2, 2, 0, 0, 0, 0, 0, 0}},
		"without a hash":  {Feed: eve[:], Seq: 3},
		"an unknown feed": {Feed: make([]byte, 32), Seq: 3, Hash: make([]byte, 8)},
	} {
		alike, _ := tellsAlike(t, model.Hash{1, 1})
		if out := alike.frame(frameAlike, alikeFrame{Heads: []head{h}}); len(frames[againFrame](alike, out)) != 0 {
			t.Errorf("%s: asked for the feed", what)
		}
	}
}

// A peer that holds less or more than this device is told no hash: it would say nothing.
func TestOnlyWhatBothHoldIsCompared(t *testing.T) {
	s, _ := tellsAlike(t, model.Hash{1})
	eve := model.FeedID{3}
	s.step(HeadsChanged{Heads: model.Vector{{9}: headOf(model.FeedID{9}, 1), eve: {Seq: 5, Hash: model.Hash{7}}}, Own: model.FeedID{9}})
	s.frame(framePing, pingFrame{})
	s.now = s.now.Add(PingEvery + time.Second)
	if said := frames[alikeFrame](s, s.step(Tick{})); len(said) != 0 {
		t.Errorf("said %v", said)
	}
}
