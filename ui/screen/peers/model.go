package peers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// skewed is the difference of clocks worth a warning: below it, times in the
// timeline still read in the right order.
const skewed = 2 * time.Second

// device is one member of the room, as the screen lists it.
type device struct {
	key    model.DeviceKey
	name   string
	person string
	role   string
	added  time.Time
	self   bool
	paper  bool          // the recovery key, which is no machine
	keeps  bool          // it has to keep all history: an archive, or an admin says so
	peer   node.PeerView // zero for this device
	view   model.MemberView
	clock  string             // what was found of it last, where it was wrong
	fix    model.ClockFixView // the last correction of it that counts; no ID where none does
}

// whose names a device with its person: devices are often named alike.
func (d device) whose() string { return model.DeviceTitle(d.person, d.name) }

// does says what the device may do, and whose it is where its name does not.
func (d device) does() string {
	does := d.role
	if d.view.Archive {
		does += ", archive"
	}
	if d.whose() == d.name {
		return does
	}
	return d.person + " · " + does
}

// content is what the screen shows, copied from the room.
type content struct {
	room    string
	self    device
	devices []device // this one first, then by name
	admin   bool     // this device may invite and remove
	removed bool     // this device was
	health  []string // what does not count or waits, a sentence each
	ailing  []node.Ailment
	seen    []string // what ails the record and was put away as seen, by whom and when
	asks    []node.AskView
	aside   []model.QuarantineView
	away    []model.QuarantineView // was put away, and can still be let in
	cards   []model.MembershipCard
	age     time.Duration // after which history may be let go; 0 is never
}

// read copies the devices out of the state. It keeps nothing of it.
func read(in screen.Input, self model.DeviceKey) content {
	c := content{room: text.Line(in.State.Name()), health: ailments(in.State.Summary(in.Now)), asks: in.Asks}
	c.cards, c.age = in.State.MembershipCards(), in.State.HistoryAge()
	for _, q := range in.State.QuarantineViews(true) {
		if q.Discarded {
			c.away = append(c.away, q)
		} else {
			c.aside = append(c.aside, q)
		}
	}
	listed := in.State.MemberViews(self)
	members := make(map[string]model.MemberView, len(listed))
	for _, v := range listed {
		members[v.Device] = v
	}
	clocks, fixes := map[string]string{}, map[string]model.ClockFixView{}
	for _, f := range in.State.ClockFixes() {
		clocks[f.Device] = plain.Capital(f.Text) + "." // the last one is told
		if f.Counts && math.Abs(f.AheadS) > model.ClockTolerated.Seconds() {
			fixes[f.Device] = f
		}
	}
	views := map[model.DeviceKey]node.PeerView{}
	for _, p := range in.Peers {
		views[p.Device] = p
	}
	for key, m := range in.State.Members {
		if !m.Active() && key != self {
			continue
		}
		d := device{
			key: key, name: text.Line(m.Name), person: text.Line(in.State.PersonName(m.Person)), role: m.Role, self: key == self, paper: m.Recovery,
			clock: clocks[key.String()], fix: fixes[key.String()], view: members[key.String()], added: time.UnixMilli(m.Added.Recorded()), peer: views[key], keeps: in.State.Keeps(key),
		}
		if d.name == "" {
			d.name = key.Short()
		}
		if d.self {
			if c.removed = !m.Active(); c.removed {
				d.role = "removed"
			}
			c.self, c.admin = d, m.Role == model.RoleAdmin && !c.removed
		}
		c.devices = append(c.devices, d)
	}
	slices.SortFunc(c.devices, func(a, b device) int {
		if a.self != b.self {
			if a.self {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.name, b.name), cmp.Compare(a.key.String(), b.key.String()))
	})
	return c
}

// ailments says what the room holds that does not count, or not yet.
func ailments(v model.RoomView) []string {
	var all []string
	if v.NewerOps > 0 {
		all = append(all, fmt.Sprintf("%s a newer version of Holdfast: they are kept and passed on, and shown once this one is updated.",
			counted(v.NewerOps, "change needs", "changes need")))
	}
	if v.RefusedOps > 0 {
		all = append(all, fmt.Sprintf("%s by somebody without the right to, which does not count.", counted(v.RefusedOps, "change was made", "changes were made")))
	}
	if v.Quarantined > 0 {
		all = append(all, fmt.Sprintf("%s by a device after its removal, and kept aside.", counted(v.Quarantined, "commit was written", "commits were written")))
	}
	return all
}

func counted(n uint64, one, many string) string {
	return text.Count(int(min(n, math.MaxInt32)), one, many)
}

// sentence says in one line whether what was written is safe.
func (c content) sentence(online bool) (string, form.Tone) {
	var others, holding int
	var lacking []string
	for _, d := range c.devices {
		if d.self || d.paper {
			continue
		}
		others++
		switch {
		case d.peer.LastHeard == nil:
			lacking = append(lacking, d.whose()+" was never heard")
		case d.peer.TheyLack > 0:
			lacking = append(lacking, d.whose()+" lacks "+counted(d.peer.TheyLack, "commit", "commits"))
		default:
			holding++
		}
	}
	switch {
	case c.removed:
		return "This device was removed from the room. What is here can be read and exported.", form.Warn
	case others == 0:
		return "This is the only copy of the room. Invite somebody, or a second device of your own.", form.Warn
	case !online:
		return fmt.Sprintf("Links are cut here. What was written before is on %d of %s.", holding, peersWord(others)), form.Warn
	case holding == others:
		return fmt.Sprintf("Everything you wrote is on %d of %s.", holding, peersWord(others)), form.Well
	}
	return fmt.Sprintf("Everything you wrote is on %d of %s: %s.", holding, peersWord(others), some(lacking)), form.Plain
}

// fix is the act on what the sentence says; empty where it asks for none.
func (c content) fix(online bool) keys.ID {
	others, apart := 0, false
	for _, d := range c.devices {
		if !d.self && !d.paper {
			others++
			apart = apart || !d.peer.Connected && (d.peer.LastHeard == nil || d.peer.TheyLack > 0)
		}
	}
	switch {
	case c.removed:
		return "room.export"
	case others == 0:
		return "room.invite"
	case !online:
		return "room.cut"
	case apart:
		return actConnect
	}
	return ""
}

func peersWord(n int) string { return text.Count(n, "peer", "peers") }

// maxNamed is how many devices a sentence names.
const maxNamed = 3

func some(list []string) string {
	if len(list) <= maxNamed {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:maxNamed], ", "), len(list)-maxNamed)
}

// rows are the devices as the list draws them.
func (c content) rows(address string, online bool, now time.Time) []part.PeerRow {
	rows := make([]part.PeerRow, len(c.devices))
	for i, d := range c.devices {
		rows[i] = d.row(now)
		if d.self {
			rows[i].Path, rows[i].Version = "at "+port(address), "v"+node.Version
			if !online {
				rows[i].Path, rows[i].Health = "links cut", part.Stale
			}
		}
	}
	return rows
}

// port shortens an address that stands for all of this computer's.
func port(address string) string {
	if p, any := strings.CutPrefix(address, "[::]"); any {
		return p
	}
	return address
}

func (d device) row(now time.Time) part.PeerRow {
	r := part.PeerRow{ID: d.key.String(), Name: d.name, About: d.does()}
	if d.self {
		r.About += " · this device"
		return r
	}
	if d.paper {
		r.Path, r.Heard = "on paper", ""
		return r
	}
	p := d.peer
	r.Path, r.Heard = "no link", "never heard"
	if p.Connected {
		r.Path = p.Address
	}
	if p.LastHeard != nil {
		r.Heard = "last heard " + text.Ago(now.Sub(*p.LastHeard))
	}
	if !p.Connected {
		r.Health = part.Stale
	}
	if p.LastHeard == nil {
		return r
	}
	r.Lacks, r.WeLack = theyHold(p), weHold(p)
	r.Offset, r.Skewed = offset(p.ClockAhead), math.Abs(p.ClockAhead) > skewed.Seconds()
	if p.Version != "" {
		r.Version = "v" + text.Line(p.Version)
	}
	return r
}

// offset writes how far a clock is ahead: "+0.2 s", "-3 min".
func offset(seconds float64) string {
	switch abs := math.Abs(seconds); {
	case abs < 0.05:
		return "±0.0 s"
	case abs < 100:
		return fmt.Sprintf("%+.1f s", seconds)
	case abs < 100*60:
		return fmt.Sprintf("%+.0f min", seconds/60)
	case abs < 100*3600:
		return fmt.Sprintf("%+.0f h", seconds/3600)
	}
	return fmt.Sprintf("%+.0f days", seconds/86400)
}

// details says of a device what the list has no room for.
func (d device) details(now time.Time) []string {
	since := ", since "
	if len(d.view.Changes) > 0 { // it came with another role
		since = ", in the room since "
	}
	if at := d.view.RemovedAt; !at.IsZero() {
		since = at.UTC().Format(" 2 Jan 2006 15:04 UTC") + ", in the room since "
	}
	lines := []string{plain.Capital(d.role) + since + d.added.UTC().Format("2 Jan 2006 15:04 UTC")}
	if n := len(d.view.Changes); n > 0 {
		c := d.view.Changes[n-1]
		lines = append(lines, text.Line("Made "+c.Role+" by "+c.By+", "+c.At.UTC().Format("2 Jan 15:04 UTC")+reasonOf(c.Reason)))
	}
	lines = append(lines, wrote(d.view))
	if d.clock != "" {
		lines = append(lines, d.clock)
		if d.fix.ID != "" && !d.self {
			lines[len(lines)-1] += " If that is wrong, it is taken back on that device alone."
		}
	}
	if d.view.Archive {
		lines = append(lines, "An archive: it keeps all of the room's history.")
	}
	if n := d.peer.LetGo; n > 0 {
		lines = append(lines, "It let go of "+counted(n, "commit", "commits")+" that an archive holds.")
	}
	if d.self {
		return append(lines, "This device.")
	}
	if d.paper {
		return append(lines, "The key that was printed at the founding. It outranks every admin: a new home becomes it, and nobody can remove it.")
	}
	p := d.peer
	switch {
	case p.Connected:
		lines = append(lines, "Linked at "+p.Address)
	case p.Error != "":
		lines = append(lines, "No link: "+text.Line(p.Error))
	default:
		lines = append(lines, "No link, and no address of it has answered yet.")
	}
	if p.LastHeard == nil {
		return append(lines, "Never heard here.")
	}
	lines = append(lines, fmt.Sprintf("Last heard %s. It %s, %s.", text.Ago(now.Sub(*p.LastHeard)), theyHold(p), weHold(p)))
	lines = append(lines, fmt.Sprintf("Its clock is %s from this one.", offset(p.ClockAhead)))
	if math.Abs(p.ClockAhead) > skewed.Seconds() {
		lines[len(lines)-1] = "Its clock is " + offset(p.ClockAhead) + " from this one. Times it writes are corrected where three clocks agree, those from before too" +
			" where nobody set it since, and the original is kept; nothing is reordered. Check which is right."
	}
	return lines
}

// theyHold says how much of this record a device has.
func theyHold(p node.PeerView) string {
	if p.TheyLack == 0 {
		return "has all"
	}
	return "lacks " + text.Number(int(min(p.TheyLack, math.MaxInt32)))
}

// weHold says how much of a device's record is here.
func weHold(p node.PeerView) string {
	if p.WeLack == 0 {
		return "we have all"
	}
	return "we lack " + text.Number(int(min(p.WeLack, math.MaxInt32)))
}

func reasonOf(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// wrote says how much of what a device wrote is here.
func wrote(v model.MemberView) string {
	if v.Commits == 0 {
		return "Nothing it wrote is here."
	}
	return fmt.Sprintf("%s it wrote are here, the last of %s.", counted(v.Commits, "commit", "commits"), v.LastWroteAt.UTC().Format("2 Jan 15:04 UTC"))
}

// find gives a device by the ID of its row.
func (c content) find(id string) (device, bool) {
	for _, d := range c.devices {
		if d.key.String() == id {
			return d, true
		}
	}
	return device{}, false
}
