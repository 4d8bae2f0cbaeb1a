package main

import (
	"context"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/ui/sample"
	"holdfast/ui/screen/peers"
)

// trustScenes are pictures of what the peers screen says of forks, restores and
// removals.
func trustScenes() []scene {
	return []scene{
		{"peers-forked", onWarned(sample.Typical, 0, func(s *model.State, _ *model.Member) string {
			tom := s.Members[memberNamed(s, "tom-laptop")]
			fork := oplog.Fork{Feed: model.FeedID(tom.Device), Device: tom.Device, Seq: 214, Branches: make([]oplog.Branch, 2)}
			return node.ForkSentence("Device tom-laptop of "+s.PersonName(tom.Person), fork)
		})},
		{"peers-put-back", onWarned(sample.Typical, 0, func(*model.State, *model.Member) string { return node.OlderSentence })},
		{"peers-shut-out", onWarned(sample.Typical, 0, func(*model.State, *model.Member) string {
			return node.ShutOutSentence([]string{"Tom Okafor (tom-laptop)", "Li Wei (li-laptop)"})
		})},
		{"peers-removed", onWarned(sample.Torn, 3, node.RemovedSentence)},
	}
}

func memberNamed(s *model.State, name string) (key model.DeviceKey) {
	for k, m := range s.Members {
		if m.Name == name {
			key = k
		}
	}
	return key
}

// onWarned shows the devices of the room on one of them, with a sentence the node says of its record.
func onWarned(m maker, device int, says func(*model.State, *model.Member) string) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		d := s.story.Room.Device(device)
		s.host.Device = d
		s.host.SetPeers(links(s.story))
		n := still{device: d.Key, story: s.story, warned: []string{says(d.State(), d.State().Members[d.Key])}}
		s.show("peers", peers.New(context.Background(), s.host, n))
		return nil
	}
}
