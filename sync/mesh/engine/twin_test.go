package engine

import (
	"testing"
	"time"

	"holdfast/model"
)

// twoLinks has a peer link twice, as the processes of two boots, the first link preferred
// or the second, and gives what follows when the preferred one answers its ping.
func twoLinks(t *testing.T, boots [2]uint64, first bool, late int64) []Effect {
	t.Helper()
	s := newSolo(t, nil, model.FeedID{9})
	tags := [2]uint64{1, 2}
	if first {
		tags = [2]uint64{2, 1}
	}
	asked := int64(0)
	for i, boot := range boots {
		s.now = s.now.Add(time.Second)
		s.step(LinkUp{Link: LinkID(i + 1), Peer: s.peer, Tag: tags[i], Address: "a:1"})
		hello := helloFrame{Proto: Proto, Boot: boot, Wall: s.now.UnixMilli()}
		out := s.step(FrameReceived{Link: LinkID(i + 1), Frame: s.codec.encode(frameHello, hello)})
		for _, p := range frames[pingFrame](s, out) {
			asked = p.T1
		}
	}
	id := LinkID(2)
	if first {
		id = 1
	}
	at := s.now.UnixMicro()
	return s.step(FrameReceived{Link: id, Frame: s.codec.encode(framePong, pongFrame{T1: asked - late, T2: at, T3: at})})
}

// A process that answers on its link after another one linked with the same key is not the
// one before it: there are two, and each is told.
func TestTwoHomesOfOneKeyAreTold(t *testing.T) {
	out := twoLinks(t, [2]uint64{5, 6}, true, 0)
	s := newSolo(t, nil, model.FeedID{9})
	twins := pick[Twin](out)
	if len(twins) != 1 || twins[0].Device != s.peer || len(frames[twinFrame](s, out)) != 2 || !closed(out, byeTwin) {
		t.Errorf("twins %v, told %d times, %v", twins, len(frames[twinFrame](s, out)), pick[Close](out))
	}
	told := s.up()
	if told = append(told, s.frame(frameTwin, twinFrame{})...); len(pick[Twin](told)) != 1 || pick[Twin](told)[0].Device != s.e.cfg.Device {
		t.Errorf("who is told of itself says %v", pick[Twin](told))
	}
	for what, out := range map[string][]Effect{
		"one process on two links":           twoLinks(t, [2]uint64{5, 5}, true, 0),
		"the process after it answers":       twoLinks(t, [2]uint64{5, 6}, false, 0),
		"an answer to what was asked before": twoLinks(t, [2]uint64{5, 6}, true, 7),
	} {
		if len(pick[Twin](out)) != 0 || !closed(out, "another connection") {
			t.Errorf("%s: %v, closed %v", what, pick[Twin](out), pick[Close](out))
		}
	}
}
