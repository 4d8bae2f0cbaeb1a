package engine

import (
	"testing"

	"holdfast/model"
)

// TestWhatAnOlderPeerWasAboutToSendIsAskedFor: it grew between its Hello and the word not to send
// what it cannot follow on, and tells nothing of that by itself. Then it is neither believed
// behind nor left without what follows.
func TestWhatAnOlderPeerWasAboutToSendIsAskedFor(t *testing.T) {
	f := model.FeedID{5}
	s := newSolo(t, model.Vector{f: headOf(f, 10)}, model.FeedID{9})
	s.e.short.After = map[model.FeedID]uint64{f: 8}
	if out := s.up(head{Feed: f[:], Seq: 4}); len(frames[stopFrame](s, out)) != 1 {
		t.Fatal("an older peer that cannot follow on is not stopped")
	}
	asked := func(seq uint64) {
		t.Helper()
		if early := frames[againFrame](s, s.step(Tick{})); len(early) != 0 {
			t.Errorf("asked at once: %v", early)
		}
		s.now = s.now.Add(retryAfter)
		if again := frames[againFrame](s, s.step(Tick{})); len(again) != 1 || again[0].Seq != seq {
			t.Fatalf("asked for %v, want what follows %d", again, seq)
		}
	}
	asked(4)
	if out := s.run(runOf(f, 5, 6)); len(frames[stopFrame](s, out)) != 1 {
		t.Error("it is not stopped though all it sends is here")
	}
	s.now = s.now.Add(retryAfter / 2)
	s.frame(frameAck, ackFrame{Marks: []mark{{Feed: f[:], Seq: 7}}}) // it tells, so it need not be asked yet
	s.now = s.now.Add(retryAfter / 2)
	asked(7)

	out := s.run(runOf(f, 8, 9))
	if again := frames[againFrame](s, out); len(again) != 1 || again[0].Seq != 10 {
		t.Errorf("now that it can follow on it is told %v, want all that is here", again)
	}
	if reads := pick[ReadRun](out); len(reads) != 1 || reads[0].After != 9 {
		t.Errorf("read %v, want what it lacks", reads)
	}
	if p := s.e.Peers(); p[0].Behind != 1 || p[0].Waits != 0 {
		t.Errorf("believed %d behind, and to wait for %d", p[0].Behind, p[0].Waits)
	}
}

// TestAnOlderPeerHearsTheWholeHelloFirst: until it has, it takes no other frame.
func TestAnOlderPeerHearsTheWholeHelloFirst(t *testing.T) {
	f, forked := model.FeedID{5}, model.FeedID{6}
	s := newSolo(t, model.Vector{f: headOf(f, 10), forked: headOf(forked, 10)}, model.FeedID{9})
	s.e.short.After = map[model.FeedID]uint64{f: 8}
	other := headOf(f, 10)
	out := s.up(head{Feed: forked[:], Seq: 10, Hash: other.Hash[:8]})
	whole := false
	for _, ef := range pick[Send](out) {
		switch body, _ := s.e.codec.decode(ef.Frame); b := body.(type) {
		case headsFrame:
			whole = whole || !b.More
		case againFrame:
			if !whole {
				t.Error("a fork is asked for before the Hello is whole")
			}
		}
	}
	if again := frames[againFrame](s, out); !whole || len(again) != 1 || model.FeedID(again[0].Feed) != forked {
		t.Errorf("asked for %v, the Hello whole: %v", again, whole)
	}
}
