package engine

import (
	"testing"

	"holdfast/model"
)

// A linked device is asked to show what it holds, and answers from its store, one
// question at a time; a device that is not linked is asked nothing.
func TestProof(t *testing.T) {
	feed := make([]byte, 32)
	question := proveFrame{ID: 7, Feed: feed, After: 10, Upto: 10 + MaxProve, Salt: make([]byte, 32)}
	s := newSolo(t, nil, model.FeedID{})
	s.up()
	if got := frames[proveFrame](s, s.step(AskProof{Peer: s.peer, Question: Question{ID: 3, After: 1, Upto: 2}})); len(got) != 1 || got[0].ID != 3 {
		t.Errorf("asked %+v", got)
	}
	if out := s.step(AskProof{Question: Question{ID: 3, After: 1, Upto: 2}}); len(out) != 0 {
		t.Error("a stranger is asked")
	}
	read := pick[ReadProof](s.frame(frameProve, question))
	if len(read) != 1 || read[0].Upto != question.Upto || read[0].Link != 1 {
		t.Fatalf("%+v", read)
	}
	again := s.frame(frameProve, question)
	if got := frames[proofFrame](s, again); len(pick[ReadProof](again)) != 0 || len(got) != 1 || len(got[0].Sum) != 0 {
		t.Error("two at once are read")
	}
	if got := frames[proofFrame](s, s.step(ProofRead{Link: 1, ID: 7, Held: true, Sum: [32]byte{5}})); len(got) != 1 || got[0].ID != 7 || got[0].Sum[0] != 5 || got[0].Wall == 0 {
		t.Errorf("%+v", got)
	}
	if len(pick[ReadProof](s.frame(frameProve, question))) != 1 {
		t.Error("the next is not read")
	}
	if got := frames[proofFrame](s, s.step(ProofRead{Link: 1, ID: 7})); len(got) != 1 || len(got[0].Sum) != 0 {
		t.Errorf("%+v", got)
	}
	told := pick[ProofTold](s.frame(frameProof, proofFrame{ID: 3, Wall: 5, Sum: make([]byte, 32)}))
	if len(told) != 1 || !told[0].Held || told[0].ID != 3 {
		t.Errorf("%+v", told)
	}
	question.Upto++
	if !closed(s.frame(frameProve, question), "damaged") {
		t.Error("any number of commits is read")
	}
}
