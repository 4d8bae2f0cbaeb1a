package main

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/sample"
	"holdfast/ui/screen/firstrun"
	"holdfast/ui/screen/peers"
)

// byHandScenes are the pictures of joining by files.
func byHandScenes() []scene {
	empty := func() (sample.Story, error) { return sample.Empty(), nil }
	return []scene{
		{"firstrun-files", onFirstRun(empty, way("By files"))},
		{"firstrun-files-written", onFirstRun(empty, requesting)},
		{"firstrun-files-refused", onFirstRun(empty, returning)},
		{"peers-answer", onPeers(sample.Typical, "room.answer")},
		{"peers-answered", answering("/media/stick/join.hfq", "7K2M-9QXD-4TVB-80HC")},
		{"peers-answer-refused", answering("/media/stick/join.hfq", "7K2M")},
	}
}

func (s still) RequestByHand(q node.ByHand) (node.ByHandReply, error) {
	return node.ByHandReply{File: q.Request}, nil
}

func (s still) EnterByHand(context.Context, string) (*node.Room, node.ByHandReply, error) {
	return nil, node.ByHandReply{}, fmt.Errorf("enter: %w", identity.ErrNotForUs)
}

func (s still) AnswerByHand(_ context.Context, q node.ByHand) (node.ByHandReply, identity.Wishes, error) {
	if len(q.Code) < len(identity.Code(s.device)) {
		return node.ByHandReply{}, identity.Wishes{}, identity.ErrWrongCode
	}
	return node.ByHandReply{File: q.Answer, Code: identity.Code(s.device)}, identity.Wishes{Person: "Joanna Kowalska"}, nil
}

// requesting has written the request.
func requesting(f *firstrun.FirstRun) {
	f.Choose("By files")
	f.Request("Joanna Kowalska", "/media/stick/join.hfq")
}

// returning came with an answer that is for another device.
func returning(f *firstrun.FirstRun) {
	f.Choose("By files")
	f.Answer("/media/stick/join.hfa")
}

// answering types into the form that answers a request, a field each, and presses Enter.
func answering(words ...string) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := maker(sample.Typical).stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		p := peers.New(context.Background(), s.host, still{device: s.host.Device.Key, story: s.story})
		s.show("peers", p)
		p.Run("room.answer")
		w.Canvas().Capture() // a field that was never drawn takes no focus
		s.host.Focus(s.host.Focused)
		for i, word := range words {
			if i > 0 {
				w.Canvas().FocusNext() // the button beside the path
				w.Canvas().FocusNext()
				s.host.Focused = w.Canvas().Focused()
			}
			typeInto(s, word)
		}
		p.Run("capture.submit")
		return nil
	}
}
