package engine

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

// solo is one engine whose peer is played by the test.
type solo struct {
	t     *testing.T
	e     *Engine
	now   time.Time
	codec codec
	peer  model.DeviceKey
}

func newSolo(t *testing.T, heads model.Vector, own model.FeedID) *solo {
	t.Helper()
	e, err := New(Config{Device: model.DeviceKey{1}, Boot: 1, Version: "t", Heads: heads, Own: own})
	if err != nil {
		t.Fatal(err)
	}
	return &solo{t: t, e: e, now: simEpoch, codec: e.codec, peer: model.DeviceKey{2}}
}

func (s *solo) step(ev Event) []Effect { return s.e.Step(s.now, ev) }

func (s *solo) frame(kind byte, body any) []Effect {
	return s.step(FrameReceived{Link: 1, Frame: s.codec.encode(kind, body)})
}

// up makes a link whose peer holds what is given.
func (s *solo) up(holds ...head) []Effect {
	s.step(LinkUp{Link: 1, Peer: s.peer, Address: "a:1"})
	return s.frame(frameHello, helloFrame{Proto: Proto, Boot: 2, Wall: s.now.UnixMilli(), Heads: holds})
}

func (s *solo) run(r Run) []Effect {
	return s.frame(frameRun, runFrame{Feed: r.Feed[:], First: r.First, Count: uint64(r.Count), Bytes: r.Bytes})
}

func pick[T Effect](effects []Effect) []T {
	var out []T
	for _, ef := range effects {
		if x, ok := ef.(T); ok {
			out = append(out, x)
		}
	}
	return out
}

// frames gives the frames of one type that were sent.
func frames[T any](s *solo, effects []Effect) []T {
	var out []T
	for _, ef := range pick[Send](effects) {
		body, err := s.codec.decode(ef.Frame)
		if err != nil {
			s.t.Fatalf("an engine sent a damaged frame: %v", err)
		}
		if x, ok := body.(T); ok {
			out = append(out, x)
		}
	}
	return out
}

func closed(effects []Effect, words string) bool {
	return slices.ContainsFunc(pick[Close](effects), func(c Close) bool { return strings.Contains(c.Reason, words) })
}

func TestHelloOfManyFeedsIsSplit(t *testing.T) {
	heads := model.Vector{}
	for i := range MaxFeeds {
		var f model.FeedID
		binary.BigEndian.PutUint32(f[:], uint32(i+1))
		f[31] = 7
		heads[f] = headOf(f, maxSeq-uint64(i))
	}
	a, b := newSolo(t, heads, model.FeedID{}), newSolo(t, nil, model.FeedID{})
	b.step(LinkUp{Link: 1, Peer: model.DeviceKey{1}})
	var asked int
	for _, ef := range pick[Send](a.step(LinkUp{Link: 1, Peer: model.DeviceKey{2}})) {
		if len(ef.Frame) > MaxHello {
			t.Errorf("a frame of %d bytes", len(ef.Frame))
		}
		out := b.step(FrameReceived{Link: 1, Frame: ef.Frame})
		asked += len(pick[Close](out))
	}
	if asked > 0 {
		t.Fatal("the other side closed the link")
	}
	if got := len(b.e.peers[model.DeviceKey{1}].holds); got != MaxFeeds {
		t.Errorf("%d of %d feeds arrived", got, MaxFeeds)
	}
	if !b.e.link(1).ready {
		t.Error("the link is not ready")
	}
}

func TestPeerThatLacksMuchIsToldWhatIsOpenFirst(t *testing.T) {
	f := model.FeedID{9}
	s := newSolo(t, model.Vector{f: headOf(f, briefFrom)}, f)
	out := s.up()
	brief := slices.IndexFunc(out, func(ef Effect) bool { return ef == ReadBrief{Link: 1, Peer: s.peer} })
	read := slices.IndexFunc(out, func(ef Effect) bool { _, ok := ef.(ReadRun); return ok })
	if brief < 0 || read < brief {
		t.Fatalf("the brief is effect %d, the first run effect %d", brief, read)
	}
	if got := frames[briefFrame](s, s.step(BriefRead{Link: 1, Brief: []byte("open")})); len(got) != 1 || string(got[0].Brief) != "open" {
		t.Errorf("sent %v", got)
	}
	for _, nothing := range [][]byte{nil, make([]byte, MaxBrief+1)} {
		if got := frames[briefFrame](s, s.step(BriefRead{Link: 1, Brief: nothing})); len(got) != 0 {
			t.Errorf("a brief of %d bytes was sent", len(nothing))
		}
	}
	few := newSolo(t, model.Vector{f: headOf(f, briefFrom)}, f)
	if got := pick[ReadBrief](few.up(head{Feed: f[:], Seq: 1})); len(got) != 0 {
		t.Error("a brief for a peer that lacks little")
	}
}

func TestBriefIsTakenOncePerLinkAndWithinItsLimit(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	got := pick[BriefTold](s.frame(frameBrief, briefFrame{Brief: make([]byte, MaxBrief)}))
	if len(got) != 1 || got[0].Peer != s.peer || len(got[0].Brief) != MaxBrief {
		t.Fatalf("told %d times", len(got))
	}
	if again := pick[BriefTold](s.frame(frameBrief, briefFrame{Brief: []byte("more")})); len(again) != 0 {
		t.Error("a second brief was taken")
	}
	if !closed(s.frame(frameBrief, briefFrame{Brief: make([]byte, MaxBrief+1)}), "damaged") {
		t.Error("a brief over its limit was taken")
	}
	early := newSolo(t, nil, model.FeedID{9})
	early.step(LinkUp{Link: 1, Peer: early.peer})
	if out := early.frame(frameBrief, briefFrame{Brief: []byte("x")}); len(pick[BriefTold](out)) != 0 || !closed(out, "hello") {
		t.Error("a brief before the hello was taken")
	}
}

// TestWhoIsShutOutIsTold: what one end tells a removed device is what the other end understands.
func TestWhoIsShutOutIsTold(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	byes := frames[byeFrame](s, s.step(Revoked{Device: s.peer}))
	if len(byes) != 1 {
		t.Fatalf("a removed device is told %+v", byes)
	}
	for reason, told := range map[string]bool{byes[0].Reason: true, "end": false} {
		s := newSolo(t, nil, model.FeedID{9})
		s.up()
		out := pick[ShutOut](s.frame(frameBye, byeFrame{Reason: reason}))
		if (len(out) == 1 && out[0].Peer == s.peer) != told {
			t.Errorf("%q: %+v", reason, out)
		}
	}
}

func TestWhatWasReadAheadIsNoRollback(t *testing.T) {
	own := model.FeedID{9}
	s := newSolo(t, model.Vector{own: headOf(own, 3)}, own)
	s.up()
	run := runOf(own, 1, 5) // two more are durable than HeadsChanged has told
	s.step(RunRead{Link: 1, Feed: own, Run: &run})
	out := s.frame(frameAck, ackFrame{Marks: []mark{{Feed: own[:], Seq: 5}}})
	if got := pick[RolledBack](out); len(got) != 0 {
		t.Errorf("a peer that holds what it was sent is taken for one that knows more: %+v", got)
	}
	if got := pick[RolledBack](s.frame(frameAck, ackFrame{Marks: []mark{{Feed: own[:], Seq: 6}}})); len(got) != 1 {
		t.Errorf("a peer that holds more: %+v", got)
	}
}

func TestNothingIsSentTwiceOrBack(t *testing.T) {
	f := model.FeedID{5}
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	out := s.run(runOf(f, 1, 10))
	if len(pick[Ingest](out)) != 1 || len(frames[ackFrame](s, out)) != 0 {
		t.Fatalf("a new run: %v", out)
	}
	if out = s.run(runOf(f, 1, 10)); len(pick[Ingest](out)) != 0 {
		t.Error("a run on its way to the store was given to it again")
	}
	out = s.step(Ingested{Results: []IngestResult{{1, f, 1, 10, nil}}})
	if acks := frames[ackFrame](s, out); len(acks) != 1 || acks[0].Marks[0].Seq != 10 {
		t.Errorf("acknowledged: %v", acks)
	}
	if len(pick[ReadRun](out)) != 0 {
		t.Error("a feed is sent back to who brought it")
	}
	if out = s.run(runOf(f, 3, 9)); len(pick[Ingest](out)) != 0 || len(frames[ackFrame](s, out)) != 1 {
		t.Error("a run held already must be acknowledged and thrown away")
	}
	if owed := s.e.link(1).owed; len(owed) != 0 {
		t.Errorf("%d runs are still counted as owed", len(owed))
	}
}

func TestWindowBoundsWhatIsSent(t *testing.T) {
	own := model.FeedID{9}
	s := newSolo(t, model.Vector{own: headOf(own, 10_000)}, own)
	out := s.up()
	sent := 0
	for len(pick[ReadRun](out)) == 1 {
		r := pick[ReadRun](out)[0]
		run := runOf(r.Feed, r.After+1, r.After+100)
		out = s.step(RunRead{Link: 1, Feed: r.Feed, After: r.After, Run: &run})
		sent += len(frames[runFrame](s, out))
	}
	if sent != leastWindow-1 {
		t.Errorf("%d runs of history on their way, want %d", sent, leastWindow-1)
	}
	// The last place is for news.
	news := model.FeedID{8}
	out = s.step(HeadsChanged{Heads: model.Vector{own: headOf(own, 10_000), news: headOf(news, 1)}, Own: own})
	if reads := pick[ReadRun](out); len(reads) != 1 || reads[0].Feed != news {
		t.Errorf("news waits behind history: %v", reads)
	}
	out = s.frame(frameAck, ackFrame{Marks: []mark{{Feed: own[:], Seq: 100}}})
	if len(s.e.link(1).flight) != leastWindow-2 {
		t.Errorf("an acknowledgement frees one place: %v", out)
	}
}

func TestPeerBeyondTheWindowIsClosed(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	f := model.FeedID{5}
	for i := range uint64(maxOwed + 1) {
		if out := s.run(runOf(f, i+1, i+1)); closed(out, "window") {
			if i != maxOwed {
				t.Errorf("closed after %d runs", i)
			}
			return
		}
	}
	t.Error("a peer may send without end")
}

// The store says how far it is before it answers for each run, and the peer, told that,
// uses its whole window again.
func TestPeerMaySendOnWhatItIsToldIsHeld(t *testing.T) {
	own, f := model.FeedID{9}, model.FeedID{5}
	s := newSolo(t, nil, own)
	s.up()
	for i := range uint64(4) {
		for k := range uint64(Window) {
			first := (i*Window+k)*10 + 1
			if out := s.run(runOf(f, first, first+9)); len(pick[Close](out)) > 0 {
				t.Fatalf("closed in window %d after %d runs: %v", i, k, pick[Close](out))
			}
		}
		out := s.step(HeadsChanged{Heads: model.Vector{f: headOf(f, (i+1)*Window*10)}, Own: own})
		if acks := frames[ackFrame](s, out); len(acks) != 1 || acks[0].Marks[0].Seq != (i+1)*Window*10 {
			t.Fatalf("acknowledged: %v", acks)
		}
	}
	for k := range uint64(4 * Window) {
		s.step(Ingested{Results: []IngestResult{{1, f, k*10 + 1, 10, nil}}})
	}
	if l := s.e.link(1); len(l.owed) != 0 || len(l.handed) != 0 {
		t.Errorf("%d runs owed and %d with the store once all is answered", len(l.owed), len(l.handed))
	}
}

// What a peer sent of a feed before it heard to stop is out of its window once it has heard.
func TestPeerThatIsStoppedMayUseItsWindowForOtherFeeds(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	stopped, other := model.FeedID{5}, model.FeedID{6}
	s.run(runOf(stopped, 1, 10))
	if out := s.step(Ingested{Results: []IngestResult{{1, stopped, 1, 10, ErrLater}}}); len(frames[stopFrame](s, out)) != 1 {
		t.Fatal("a feed that cannot be judged yet is not stopped")
	}
	for k := range uint64(Window) {
		if out := s.run(runOf(stopped, k*10+1, k*10+10)); len(pick[Ingest](out))+len(pick[Close](out)) > 0 {
			t.Fatalf("run %d of a stopped feed: %v", k, out)
		}
	}
	for k := range uint64(Window) {
		if out := s.run(runOf(other, k*10+1, k*10+10)); len(pick[Ingest](out)) != 1 {
			t.Fatalf("run %d of another feed: %v", k, out)
		}
	}
	s.now = s.now.Add(retryAfter)
	if again := frames[againFrame](s, s.step(Tick{})); len(again) != 1 || again[0].Seq != 0 {
		t.Errorf("asked again for %v", again)
	}
}

func TestCommitBucketDelaysAndDoesNotLose(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	f := model.FeedID{5}
	s.e.peers[s.peer].commits.level = 10
	if out := s.run(runOf(f, 1, 10)); len(pick[Ingest](out)) != 1 {
		t.Fatal("a run within the bucket waits")
	}
	if out := s.run(runOf(f, 11, 1010)); len(pick[Ingest](out)) != 0 || len(pick[Close](out)) != 0 {
		t.Fatal("a run beyond the bucket must wait, and the link stay")
	}
	s.now = s.now.Add(time.Second)
	if out := s.step(Tick{}); len(pick[Ingest](out)) != 1 {
		t.Error("the bucket does not fill")
	}
}

func TestFrameFloodCloses(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	for range frameBurst + 2 {
		if closed(s.frame(framePing, pingFrame{}), "too many frames") {
			return
		}
	}
	t.Error("a flood of pings goes on")
}

func TestRefusals(t *testing.T) {
	f := model.FeedID{5}
	cases := []struct {
		name  string
		err   error
		check func(s *solo, out []Effect) bool
	}{
		{"gap: asks again", ErrGap, func(s *solo, out []Effect) bool {
			a := frames[againFrame](s, out)
			return len(a) == 1 && a[0].Seq == 0 && len(pick[Close](out)) == 0
		}},
		{"fork: stops the feed alone", ErrFork, func(s *solo, out []Effect) bool {
			fs := pick[ForkSuspected](out)
			return len(fs) == 1 && fs[0].Feed == f && fs[0].Peer == s.peer && len(frames[stopFrame](s, out)) == 1 && len(pick[Close](out)) == 0
		}},
		{"later: stops and asks again after a pause", ErrLater, func(s *solo, out []Effect) bool {
			if len(frames[stopFrame](s, out)) != 1 || len(frames[againFrame](s, out)) != 0 {
				return false
			}
			s.now = s.now.Add(retryAfter)
			return len(frames[againFrame](s, s.step(Tick{}))) == 1
		}},
		{"invalid: closes", ErrInvalid, func(_ *solo, out []Effect) bool { return closed(out, "not valid") }},
		{"own trouble: closes and says so", errors.New("disk is full"), func(_ *solo, out []Effect) bool { return closed(out, "disk is full") }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newSolo(t, nil, model.FeedID{9})
			s.up()
			s.run(runOf(f, 1, 10))
			out := s.step(Ingested{Results: []IngestResult{{1, f, 1, 10, c.err}}})
			if !c.check(s, out) {
				t.Errorf("effects: %v", out)
			}
			if len(frames[ackFrame](s, out)) != 0 {
				t.Error("a refused run was acknowledged")
			}
		})
	}
}

func TestSilentPeerIsGivenUp(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	pings := 0
	for range DeadAfter / TickEvery {
		s.now = s.now.Add(TickEvery)
		out := s.step(Tick{})
		pings += len(frames[pingFrame](s, out))
		if closed(out, "silent") {
			if pings < 2 {
				t.Errorf("given up after %d pings", pings)
			}
			return
		}
	}
	t.Error("a silent peer is kept")
}

func TestNoHelloIsGivenUp(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.step(LinkUp{Link: 1, Peer: s.peer})
	s.now = s.now.Add(helloWithin)
	if !closed(s.step(Tick{}), "hello") {
		t.Error("a peer that says no hello is kept")
	}
}

func TestUnknownFramesAreIgnored(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	s.up()
	if out := s.step(FrameReceived{Link: 1, Frame: []byte{200, 1, 2, 3}}); len(out) != 0 {
		t.Errorf("a frame of a newer version: %v", out)
	}
}

func TestClocksOfLinkedPeersAreMeasured(t *testing.T) {
	s := newSolo(t, nil, model.FeedID{9})
	// Three peers: one agrees with us, two say we are 3 h ahead.
	for i, off := range []time.Duration{0, -3 * time.Hour, -3*time.Hour + time.Second} {
		id := LinkID(i + 1)
		peer := model.DeviceKey{byte(10 + i)}
		s.step(LinkUp{Link: id, Peer: peer})
		hello := helloFrame{Proto: Proto, Boot: 2, Wall: s.now.Add(off).UnixMilli()}
		s.step(FrameReceived{Link: id, Frame: s.codec.encode(frameHello, hello)})
		t1 := s.e.link(id).pinged
		there := t1.Add(off).Add(20 * time.Millisecond).UnixMicro()
		s.now = t1.Add(40 * time.Millisecond)
		s.step(FrameReceived{Link: id, Frame: s.codec.encode(framePong, pongFrame{T1: t1.UnixMicro(), T2: there, T3: there})})
	}
	want := []time.Duration{0, 3 * time.Hour, 3*time.Hour - time.Second}
	near := func(a, b time.Duration) bool { return (a - b).Abs() < time.Millisecond }
	if got := s.e.Clocks(); !slices.EqualFunc(got, want, near) {
		t.Errorf("ahead by %v, want %v", got, want)
	}
	s.step(LinkDown{Link: 2})
	if got := s.e.Clocks(); !slices.EqualFunc(got, slices.Delete(want, 1, 2), near) {
		t.Errorf("without the second link ahead by %v", got)
	}
}

func TestRevokedIsForgotten(t *testing.T) {
	f := model.FeedID{5}
	s := newSolo(t, nil, model.FeedID{9})
	s.up(head{Feed: f[:], Seq: 4})
	if s.e.Holds(f, 4) != 1 {
		t.Fatal("what a peer says it holds is not counted")
	}
	if out := s.step(Revoked{Device: s.peer}); len(pick[Close](out)) != 1 || s.e.Holds(f, 4) != 0 || len(s.e.Peers()) != 0 {
		t.Error("a revoked device is still there")
	}
}

func FuzzDecodeFrame(f *testing.F) {
	c, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	for i, body := range theFrames() {
		f.Add(c.encode(byte(i+1), body))
	}
	f.Add([]byte{frameHello, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := c.decode(b)
		if err != nil || body == nil {
			return
		}
		// What was accepted can be written and read again, the same.
		again := c.encode(b[0], body)
		body2, err := c.decode(again)
		if err != nil {
			t.Fatalf("accepted, written and then refused: %v", err)
		}
		if third := c.encode(b[0], body2); !slices.Equal(again, third) {
			t.Fatal("written twice, differently")
		}
	})
}

// FuzzFrames lets a peer say anything, in any order: the engine must keep its
// bounds and never panic.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{3, 0, 1, 1, 2, 9}, true)
	f.Add([]byte{4, 0, 0xff, 9, 0, 0, 10, 0, 3, 11, 0, 1}, false)
	f.Fuzz(func(t *testing.T, script []byte, durable bool) {
		own := model.FeedID{1}
		s := newSolo(t, model.Vector{own: headOf(own, 500)}, own)
		out := s.up()
		script = script[:min(len(script), 1500)] // 500 frames: more shows nothing new
		for len(script) >= 3 && s.e.link(1) != nil {
			kind, feed, n := script[0]%(frameLast+1), model.FeedID{script[1] % 4}, uint64(script[2])
			script = script[3:]
			out = append(out, s.say(kind, feed, n)...)
			out = s.serve(out, durable)
			s.now = s.now.Add(time.Duration(n) * 10 * time.Millisecond)
		}
		if l := s.e.link(1); l != nil && (len(l.flight) > Window || len(l.owed) > maxOwed || len(l.parked)+len(l.waiting) > len(l.owed)) {
			t.Fatalf("%d in flight, %d owed, %d parked, %d waiting", len(l.flight), len(l.owed), len(l.parked), len(l.waiting))
		}
	})
}

func (s *solo) say(kind byte, feed model.FeedID, n uint64) []Effect {
	switch kind {
	case frameHeads:
		return s.frame(kind, headsFrame{Heads: []head{{Feed: feed[:], Seq: n}}})
	case frameRun:
		return s.run(runOf(feed, n+1, n+1+n%5))
	case frameAck:
		return s.frame(kind, ackFrame{Marks: []mark{{Feed: feed[:], Seq: n}}})
	case frameAgain:
		return s.frame(kind, againFrame{Feed: feed[:], Seq: n})
	case frameStop:
		return s.frame(kind, stopFrame{Feed: feed[:]})
	case frameHold:
		return s.frame(kind, holdFrame{Feeds: [][]byte{feed[:]}, On: n%2 == 0})
	case frameProve:
		return s.frame(kind, proveFrame{ID: n, Feed: feed[:], After: n, Upto: n * 33, Salt: make([]byte, 32)})
	case frameAlike:
		return s.frame(kind, alikeFrame{Heads: []head{{Feed: feed[:], Seq: n, Hash: make([]byte, 8)}}})
	case frameProof:
		return s.frame(kind, proofFrame{ID: n, Wall: int64(n) << 40, Sum: feed[:n%33]})
	case framePong:
		return s.frame(kind, pongFrame{T1: int64(n), T2: int64(n) << 40, T3: int64(n) << 41})
	}
	return s.step(Tick{})
}

// serve answers what the engine asked of its store.
func (s *solo) serve(out []Effect, durable bool) []Effect {
	var next []Effect
	for _, r := range pick[ReadRun](out) {
		run := runOf(r.Feed, r.After+1, r.After+3)
		next = append(next, s.step(RunRead{Link: 1, Feed: r.Feed, After: r.After, Run: &run})...)
	}
	for _, r := range pick[ReadProof](out) {
		if r.Upto-r.After > MaxProve {
			s.t.Fatal("more is read than a question may ask for")
		}
		next = append(next, s.step(ProofRead{Link: 1, ID: r.ID, Held: durable})...)
	}
	for _, in := range pick[Ingest](out) {
		var err error
		if !durable {
			err = []error{ErrGap, ErrLater, ErrFork}[in.Run.First%3]
		}
		r := IngestResult{1, in.Run.Feed, in.Run.First, in.Run.Count, err}
		next = append(next, s.step(Ingested{Results: []IngestResult{r}})...)
	}
	return next
}

func TestFeedThatDivergesIsAskedForFromItsStart(t *testing.T) {
	f := model.FeedID{5}
	ours := model.Vector{f: headOf(f, 10)}
	other := headOf(model.FeedID{6}, 10)
	for name, begin := range map[string]func(s *solo) []Effect{
		"the heads differ": func(s *solo) []Effect { return s.up(head{Feed: f[:], Seq: 10, Hash: other.Hash[:8]}) },
		"a run does not follow": func(s *solo) []Effect {
			s.up(head{Feed: f[:], Seq: 12})
			s.run(runOf(f, 11, 12))
			return s.step(Ingested{Results: []IngestResult{{1, f, 11, 2, ErrDiverged}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSolo(t, ours, model.FeedID{9})
			out := begin(s)
			if a := frames[againFrame](s, out); len(a) != 1 || a[0].Seq != 0 || len(pick[Close](out)) != 0 {
				t.Fatalf("asked %v, effects %v", a, out)
			}
			if out = s.run(runOf(f, 13, 14)); len(pick[Ingest](out)) != 0 {
				t.Error("a run from before the question was taken")
			}
			// What is held is given to the store too: it alone can compare.
			if out = s.run(runOf(f, 1, 8)); len(pick[Ingest](out)) != 1 {
				t.Fatalf("the first run again: %v", out)
			}
			s.step(Ingested{Results: []IngestResult{{1, f, 1, 8, nil}}})
			s.run(runOf(f, 9, 12))
			out = s.step(Ingested{Results: []IngestResult{{1, f, 9, 4, ErrElsewhere}}})
			if acks := frames[ackFrame](s, out); len(acks) != 1 || acks[0].Marks[0].Seq != 12 {
				t.Errorf("a branch that is kept is acknowledged: %v", acks)
			}
			// The store names its feeds anew: links begin again, on what it holds now.
			a, b := model.FeedID{20}, model.FeedID{21}
			heads := model.Vector{a: headOf(a, 10), b: headOf(b, 12)}
			out = s.step(HeadsChanged{Heads: heads, Own: model.FeedID{9}, Naming: 2})
			if !closed(out, "anew") {
				t.Fatalf("effects %v", out)
			}
			hello := frames[helloFrame](s, s.step(LinkUp{Link: 2, Peer: s.peer}))
			if len(hello) != 1 || len(hello[0].Heads) != 2 || hello[0].Boot == 1 {
				t.Errorf("hello %+v", hello)
			}
			if s.e.heads[f].Seq != 0 {
				t.Error("the old name is still offered")
			}
		})
	}
}

// TestTwoWhoDoubtAFeedSendAllOfTheirs: each asks the other from the first commit on, and what the
// other sends says nothing of what it has of ours.
func TestTwoWhoDoubtAFeedSendAllOfTheirs(t *testing.T) {
	f := model.FeedID{5}
	s := newSolo(t, model.Vector{f: headOf(f, 10)}, model.FeedID{9})
	other := headOf(model.FeedID{6}, 10)
	s.up(head{Feed: f[:], Seq: 10, Hash: other.Hash[:8]})
	out := s.frame(frameAgain, againFrame{Feed: f[:]})
	if r := pick[ReadRun](out); len(r) != 1 || r[0].After != 0 {
		t.Fatalf("asked from the first commit on, it reads %v", r)
	}
	s.run(runOf(f, 1, 8)) // theirs, while ours is read
	r := runOf(f, 1, 4)
	out = s.step(RunRead{Link: 1, Feed: f, Run: &r})
	if sent := frames[runFrame](s, out); len(sent) != 1 || sent[0].First != 1 {
		t.Fatalf("sent %v", sent)
	}
	if r := pick[ReadRun](out); len(r) != 1 || r[0].After != 4 {
		t.Errorf("and then reads %v", r)
	}
}

func TestFalseRunClosesTheLinkOnceAskedFor(t *testing.T) {
	f := model.FeedID{5}
	s := newSolo(t, model.Vector{f: headOf(f, 10)}, model.FeedID{9})
	s.up(head{Feed: f[:], Seq: 14})
	s.run(runOf(f, 11, 12))
	s.run(runOf(f, 13, 14))
	s.step(Ingested{Results: []IngestResult{{1, f, 11, 2, ErrDiverged}}})
	out := s.step(Ingested{Results: []IngestResult{{1, f, 13, 2, ErrDiverged}}})
	if len(pick[Close](out)) != 0 {
		t.Fatal("closed for a run that was sent before the question")
	}
	s.run(runOf(f, 1, 10))
	s.step(Ingested{Results: []IngestResult{{1, f, 1, 10, nil}}})
	s.run(runOf(f, 11, 14))
	if out = s.step(Ingested{Results: []IngestResult{{1, f, 11, 4, ErrDiverged}}}); !closed(out, "not valid") {
		t.Errorf("effects %v", out)
	}
}

// A peer that says again and again that it holds more of our own feed, and
// never shows it, costs a few new feeds and no more.
func TestEmptyClaimsToOurFeedAreBounded(t *testing.T) {
	own := model.FeedID{9}
	s := newSolo(t, model.Vector{own: headOf(own, 1)}, own)
	s.up()
	reports := 0
	for i := range 40 {
		out := s.frame(frameAck, ackFrame{Marks: []mark{{Feed: own[:], Seq: 1000}}})
		reports += len(pick[RolledBack](out))
		own = model.FeedID{9, byte(i + 1)}
		s.step(HeadsChanged{Heads: model.Vector{own: headOf(own, 1)}, Own: own})
	}
	if reports == 0 || reports > maxClaims {
		t.Errorf("%d empty claims were believed", reports)
	}
}

// A run that many links are sent is framed once, and what came between is not
// taken for it.
func TestARunForManyLinksIsFramedOnce(t *testing.T) {
	f := model.FeedID{9}
	s := newSolo(t, model.Vector{f: headOf(f, 3)}, f)
	for id := LinkID(1); id <= 3; id++ {
		s.step(LinkUp{Link: id, Peer: model.DeviceKey{byte(id + 1)}, Address: "a:1"})
		s.step(FrameReceived{Link: id, Frame: s.codec.encode(frameHello, helloFrame{Proto: Proto, Boot: 2, Wall: s.now.UnixMilli()})})
	}
	r := runOf(f, 1, 3)
	var sent []Send
	for id := LinkID(1); id <= 2; id++ {
		sent = append(sent, pick[Send](s.step(RunRead{Link: id, Feed: f, Run: &r}))...)
	}
	s.step(Tick{})
	r.Bytes = []byte("other")
	sent = append(sent, pick[Send](s.step(RunRead{Link: 3, Feed: f, Run: &r}))...)
	if len(sent) != 3 {
		t.Fatalf("%d frames for 3 links", len(sent))
	}
	if &sent[0].Frame[0] != &sent[1].Frame[0] {
		t.Error("the second link has a frame of its own")
	}
	if slices.Equal(sent[1].Frame, sent[2].Frame) {
		t.Error("another run went out in the frame of one before")
	}
}

// TestWindowFitsTheLink: runs that are acknowledged at once let more be on their way, up
// to a bound; where the word takes its time, they are as few as at first.
func TestWindowFitsTheLink(t *testing.T) {
	own := model.FeedID{9}
	s := newSolo(t, model.Vector{own: headOf(own, 1_000_000)}, own)
	out := s.up()
	last := uint64(0)
	send := func() {
		for len(pick[ReadRun](out)) == 1 {
			r := pick[ReadRun](out)[0]
			run := runOf(r.Feed, r.After+1, r.After+100)
			out = s.step(RunRead{Link: 1, Feed: r.Feed, After: r.After, Run: &run})
		}
	}
	acknowledge := func(after time.Duration, times int) {
		for range times {
			send()
			s.now = s.now.Add(after)
			last += 100
			out = s.frame(frameAck, ackFrame{Marks: []mark{{Feed: own[:], Seq: last}}})
		}
		send()
	}
	inFlight := func(when string, want int) {
		t.Helper()
		if n := len(s.e.link(1).flight); n != want {
			t.Errorf("%s: %d runs on their way, want %d", when, n, want)
		}
	}
	acknowledge(time.Millisecond, 50)
	inFlight("within a site", Window-1)
	acknowledge(200*time.Millisecond, 50)
	inFlight("over a slow link", leastWindow-1)
	acknowledge(5*time.Millisecond, 50)
	inFlight("when it is quick again", Window-1)
}
