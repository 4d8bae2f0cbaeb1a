package node

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
)

// twinFor is how long two homes of one key are told of after they were last seen to be
// two: each tries its peers more often than that, and is seen again.
const twinFor = 10 * time.Minute

// twins are devices whose key two homes use at once, as the links saw it.
type twins struct {
	mu   sync.Mutex
	last map[model.DeviceKey]time.Time // by this process's clock, which nobody sets
}

func (t *twins) seen(device model.DeviceKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last = map[model.DeviceKey]time.Time{}
	}
	t.last[device] = time.Now()
}

// list gives those seen lately, in the order of their keys.
func (t *twins) list() (devices []model.DeviceKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for device, at := range t.last {
		if time.Since(at) > twinFor {
			delete(t.last, device)
			continue
		}
		devices = append(devices, device)
	}
	slices.SortFunc(devices, model.DeviceKey.Compare)
	return devices
}

// twinAilments tells of the devices whose key two homes use.
func (r *Room) twinAilments() (list []Ailment) {
	for _, device := range r.twins.list() {
		if device == r.Device() {
			fix, admin := FixExport, false
			r.View(func(s *model.State) {
				me, active := s.ActiveMember(device)
				admin = active && me.Role == model.RoleAdmin
			})
			if admin {
				fix = FixInvite
			}
			list = append(list, Ailment{Text: TwinSentence(""), Fix: fix})
			continue
		}
		r.View(func(s *model.State) {
			if m, active := s.ActiveMember(device); active {
				who := plain.Line(model.DeviceTitle(s.PersonName(m.Person), cmp.Or(m.Name, device.Short())))
				list = append(list, Ailment{Text: TwinSentence(who), Fix: FixDevice, Device: device})
			}
		})
	}
	return list
}

// TwinSentence says that two homes use the key of a device: of this one, where it
// names none.
func TwinSentence(whose string) string {
	const safe = "Nothing is lost: each writes a feed of its own, and the others keep both. But one of them at a time can be linked, and they never link to each other."
	if whose != "" {
		return fmt.Sprintf("Two homes use the key of %s at once: its data folder was copied, or a recovery key was entered twice. %s"+
			" Ask its owner to stop one of them, and to enter the room there again as a new device.", whose, safe)
	}
	return "Two homes use this device's key at once, this one and another: its data folder was copied, or a recovery key was entered twice. " + safe +
		" Stop the one you need less, once it shows that peers have all it wrote; to use that computer too, enter the room there again as a new device, with an" +
		" invite and an empty data folder."
}
