package main

import (
	"context"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/peers"
)

// trustScenes are pictures of what the peers screen says of forks, restores and
// removals.
func trustScenes() []scene {
	return []scene{
		{"peers-forked", onWarned(sample.Typical, 0, func(s *model.State, _ *model.Member) node.Ailment {
			tom := s.Members[memberNamed(s, "tom-laptop")]
			fork := oplog.Fork{Feed: model.FeedID(tom.Device), Device: tom.Device, Seq: 214, Branches: make([]oplog.Branch, 2)}
			return node.Ailment{Text: node.ForkSentence("Device tom-laptop of "+s.PersonName(tom.Person), fork), Fix: node.FixDevice, Device: tom.Device, Seen: "fork"}
		})},
		{"peers-unanswered", onUnanswered()},
		{"peers-clock-own", onOwnClock()},
		{"peers-clock-back", onOwnClock("room.clock")},
		{"peers-put-back", onWarned(sample.Typical, 0, func(*model.State, *model.Member) node.Ailment {
			return node.Ailment{Text: node.OlderSentence, Fix: node.FixLink}
		})},
		{"peers-shut-out", onWarned(sample.Typical, 0, func(*model.State, *model.Member) node.Ailment {
			return node.Ailment{Text: node.ShutOutSentence([]string{"Tom Okafor (tom-laptop)", "Li Wei (li-laptop)"}), Fix: node.FixExport}
		})},
		{"peers-twin", onWarned(sample.Typical, 0, func(*model.State, *model.Member) node.Ailment {
			return node.Ailment{Text: node.TwinSentence(""), Fix: node.FixInvite}
		})},
		{"peers-removed", onWarned(sample.Torn, 3, func(s *model.State, me *model.Member) node.Ailment {
			return node.Ailment{Text: node.RemovedSentence(s, me), Fix: node.FixExport}
		})},
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

// onWarned shows the devices of the room on one of them, with what the node says ails its record.
func onWarned(m maker, device int, says func(*model.State, *model.Member) node.Ailment) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		d := s.story.Room.Device(device)
		s.host.Device = d
		s.host.SetPeers(links(s.story))
		n := still{device: d.Key, story: s.story, ailing: []node.Ailment{says(d.State(), d.State().Members[d.Key])}}
		s.show("peers", peers.New(context.Background(), s.host, n))
		return nil
	}
}

// onUnanswered shows the devices of the room, and an address a person gave where nobody listens.
func onUnanswered() func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := maker(sample.Typical).stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		const at = "192.168.1.20:7420"
		n := still{device: s.host.Device.Key, story: s.story, tried: []node.AttemptView{{Address: at, Text: node.UnansweredSentence(mesh.Attempt{Address: at, Why: mesh.Refused})}}}
		s.show("peers", peers.New(context.Background(), s.host, n))
		return nil
	}
}

// onOwnClock shows the devices of a room on the one whose clock was wrong, after some commands.
func onOwnClock(then ...keys.ID) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := maker(sample.Skewed).stage(w)
		if err != nil {
			return err
		}
		s.host.Device = s.story.Room.Device(2)
		s.peers(then)
		return nil
	}
}
