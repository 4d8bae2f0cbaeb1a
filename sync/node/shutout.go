package node

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
)

// shutOut keeps that a peer closed its link because this device was removed. The
// removal itself may not have arrived before, and whoever knows of it answers no
// more: nothing else may tell its person that they write to nobody.
func (r *Room) shutOut(peer model.DeviceKey) {
	if err := r.known.shut(peer, true); err != nil {
		r.node.log.Warn("that a peer shut this device out was not kept", "error", err)
	}
}

// shutOutBy names the devices of members that shut this one out and have not linked
// since.
func (r *Room) shutOutBy() []string {
	said := slices.DeleteFunc(r.known.all(), func(k acquaintance) bool { return !k.Shut })
	if len(said) == 0 {
		return nil
	}
	linked := map[model.DeviceKey]bool{}
	for _, p := range r.Peers() {
		linked[p.Device] = p.Connected
	}
	var by []string
	r.View(func(s *model.State) {
		if _, member := s.ActiveMember(r.Device()); !member {
			return
		}
		for _, k := range said {
			if m, member := s.ActiveMember(k.Device); member && !linked[k.Device] {
				by = append(by, plain.Line(model.DeviceTitle(s.PersonName(m.Person), cmp.Or(m.Name, k.Device.Short()))))
			}
		}
	})
	return by
}

// Removed says that this device was removed, as the record has it or as members said; "" where it was not.
func (r *Room) Removed() string {
	if list := r.removals(); len(list) > 0 {
		return list[0].Text
	}
	return ""
}

// removals tells that this device was removed, as the record has it or as members
// said.
func (r *Room) removals() (list []Ailment) {
	r.View(func(s *model.State) {
		if me := s.Members[r.Device()]; me != nil && !me.Active() {
			list = append(list, Ailment{Text: RemovedSentence(s, me), Fix: FixExport})
		}
	})
	if by := r.shutOutBy(); len(by) > 0 {
		list = append(list, Ailment{Text: ShutOutSentence(by), Fix: FixExport})
	}
	return list
}

// ShutOutSentence says that members shut this device out.
func ShutOutSentence(by []string) string {
	return fmt.Sprintf("%s said that this device was removed from the room, and shut it out. What is written here now"+
		" reaches nobody who knows of that; what is here can be read and exported. Ask an admin whether it is meant.", strings.Join(by, " and "))
}

// RemovedSentence says that this device was removed, by whom and why.
func RemovedSentence(s *model.State, me *model.Member) string {
	why := ""
	if me.Reason != "" {
		why = ": " + plain.Line(me.Reason)
	}
	return fmt.Sprintf("This device was removed from the room by %s, %s%s. What is here can be read and exported; nothing can be written. Its key does not come back:"+
		" to take part again, join with another data folder or computer.", plain.Line(s.AuthorName(me.Removed)),
		time.UnixMilli(me.Removed.Recorded()).UTC().Format("2 Jan 15:04 UTC"), why)
}
