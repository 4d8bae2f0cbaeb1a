package main

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen"
	"holdfast/ui/screen/board"
	"holdfast/ui/screen/incident"
	"holdfast/ui/text"
)

// scene is one picture: its set fills a window of the final size.
type scene struct {
	name string
	set  func(w fyne.Window) error
}

// scenes lists every picture. A screen that is added to the desktop is added
// here.
func scenes() []scene {
	return slices.Concat(roomScenes(), archiveScenes(), trustScenes(), reviewScenes(), reportScenes(), chooseScenes(), exportScenes(), byHandScenes(), ticketScenes(), intakeScenes())
}

func roomScenes() []scene {
	empty := func() (sample.Story, error) { return sample.Empty(), nil }
	return []scene{
		{"board-empty", onBoard(empty, nil)},
		{"board-quiet", onBoard(sample.Quiet, nil)},
		{"board-quiet-old", onBoard(sample.Quiet, func(_ *stage, b *board.Screen) { b.ShowOver() })},
		{"board-typical", onBoard(sample.Typical, nil)},
		{"board-unanswered", onBoard(sample.Unanswered, nil)},
		{"board-hearsay", onBoard(empty, hearing)},
		{"board-declare", onBoard(sample.Typical, declaring)},
		{"board-overfull", onBoard(sample.Overfull, nil)},
		{"board-alerts", onBoard(sample.Alerted, atAlerts)},
		{"board-alerts-alone", onBoard(sample.First, nil)},
		{"board-alerts-overfull", onBoard(sample.Stormed, atAlerts)},
		{"board-alert-detail", onBoard(sample.Alerted, telling)},
		{"board-alert-flapping", onBoard(sample.Alerted, flapping)},
		{"board-alert-declare", onBoard(sample.Alerted, declaringFromAlert)},
		{"board-alert-link", onBoard(sample.Alerted, linking)},
		{"incident-none", onIncident(empty, nil)},
		{"incident-fresh", onIncident(sample.Fresh, nil)},
		{"incident-typical", onIncident(sample.Typical, nil)},
		{"incident-unanswered", onIncident(sample.Unanswered, nil)},
		{"incident-typing", onIncident(sample.Typical, typing)},
		{"incident-editing", onIncident(sample.Typical, editing)},
		{"incident-overfull", onIncident(sample.Overfull, nil)},
		{"incident-drill", onIncident(sample.Drill, nil)},
		{"incident-tasks", onIncident(sample.Typical, tab("tasks"))},
		{"incident-runbook", onIncident(sample.Typical, tab("runbook"))},
		{"incident-escalation", onIncident(sample.Typical, tab("escalation"))},
		{"incident-clocks", onIncident(sample.Typical, tab("clocks"))},
		{"incident-overfull-tasks", onIncident(sample.Overfull, tab("tasks"))},
		{"incident-overfull-runbook", onIncident(sample.Overfull, tab("runbook"))},
		{"incident-overfull-escalation", onIncident(sample.Overfull, tab("escalation"))},
		{"incident-overfull-clocks", onIncident(sample.Overfull, tab("clocks"))},
		{"incident-severity", onIncident(sample.Typical, command("incident.severity"))},
		{"incident-handover", onIncident(sample.Typical, command("incident.sheet"))},
		{"incident-attachments", onIncident(sample.Attached, command("incident.files"))},
		{"incident-attached", onIncident(sample.Attached, atFile)},
		{"incident-picture", onIncident(sample.Attached, picturing)},
		{"incident-attaching", onIncident(sample.Attached, attaching)},
		{"incident-overfull-attachments", onIncident(sample.Heaped, command("incident.files"))},
		{"incident-resolving", onIncident(sample.Typical, resolving)},
		{"incident-impact", onIncident(sample.Typical, command("incident.impact"))},
		{"incident-trigger", onIncident(sample.Typical, growing)},
		{"incident-to-come", onIncident(sample.Typical, toCome)},
		{"security-to-come", onSecurity(sample.Intrusion, attackToCome)},
		{"board-drill", onBoard(sample.Drill, nil)},
		{"comms-empty", onComms(empty, nil)},
		{"comms-typical", onComms(sample.Typical, nil)},
		{"comms-review", onComms(sample.Typical, reviewing)},
		{"comms-approval", onCommsOf(2, sample.Typical, outside)},
		{"comms-approved", onCommsOf(2, sample.Typical, approved)},
		{"comms-legal", onComms(sample.Intrusion, outside)},
		{"comms-legal-said", onComms(sample.Intrusion, lawyer)},
		{"comms-overfull", onComms(sample.Overfull, nil)},
		{"oncall-empty", onCall(empty, "")},
		{"oncall-typical", onCall(sample.Typical, "")},
		{"oncall-handoff", onCall(sample.Typical, "list.down")},
		{"oncall-override", onCall(sample.Typical, "oncall.override")},
		{"oncall-swap", onCall(sample.Typical, "oncall.swap")},
		{"oncall-changes", onCall(sample.Typical, "oncall.changes")},
		{"oncall-load", onCall(sample.Typical, "oncall.load")},
		{"oncall-schedule", onCall(sample.Typical, "oncall.schedule.set")},
		{"oncall-calendar", onCall(sample.Typical, "oncall.calendar")},
		{"oncall-leave", onCall(sample.Typical, "oncall.leave")},
		{"oncall-overfull", onCall(sample.Overfull, "")},
		{"oncall-overfull-schedule", onCall(sample.Overfull, "oncall.schedule.set")},
		{"people-empty", onPeople(empty, "")},
		{"people-typical", onPeople(sample.Typical, "")},
		{"people-audiences", onPeople(sample.Typical, "people.audiences")},
		{"people-vendors", onPeople(sample.Typical, "people.vendors")},
		{"people-access", onPeople(sample.Typical, "people.access")},
		{"people-print", onPeople(sample.Typical, "people.print")},
		{"people-overfull", onPeople(sample.Overfull, "")},
		{"people-vendors-overfull", onPeople(sample.Overfull, "people.vendors")},
		{"peers-typical", onPeers(sample.Typical)},
		{"peers-overfull", onPeers(sample.Overfull)},
		{"peers-clock", onPeers(sample.Skewed, "list.down", "list.down")},
		{"peers-ask", onAsked(sample.Torn)},
		{"peers-quarantine", onPeers(sample.Torn, "room.quarantine")},
		{"peers-invite", onPeers(sample.Typical, "room.invite", "capture.submit")},
		{"peers-invite-form", onPeers(sample.Typical, "room.invite")},
		{"peers-spoken", onPeers(sample.Typical, "room.spoken", "capture.submit")},
		{"peers-invites", onPeers(sample.Typical, "room.invites")},
		{"peers-invites-withdraw", onPeers(sample.Typical, "room.invites", "room.invite.withdraw")},
		{"peers-relay", onPeers(sample.Typical, "room.relay")},
		{"peers-role", onPeers(sample.Torn, "list.down", "room.role")},
		{"incident-cards", onIncident(sample.Torn, nil)},
		{"board-cards", onBoard(sample.Torn, nil)},
		{"due-empty", onDue(empty)},
		{"due-typical", onDue(sample.Typical)},
		{"due-overfull", onDue(sample.Overfull)},
		{"settings", onSettings(empty)},
		{"policy-empty", onPolicy(empty, nil)},
		{"policy-typical", onPolicy(sample.Intrusion, nil)},
		{"policy-clocks", onPolicy(sample.Intrusion, reading("clocks"))},
		{"policy-escalation", onPolicy(sample.Intrusion, reading("escalation"))},
		{"policy-conflict", onPolicy(sample.Intrusion, contested)},
		{"policy-history", onPolicy(sample.Intrusion, remembering)},
		{"policy-editing", onPolicy(sample.Intrusion, mistyping)},
		{"policy-overfull", onPolicy(sample.Contested, contested)},
		{"security-empty", onSecurity(empty, nil)},
		{"security-typical", onSecurity(sample.Intrusion, nil)},
		{"security-record", onSecurity(sample.Intrusion, recorded)},
		{"security-breach", onSecurity(sample.Intrusion, assessing)},
		{"security-form", onSecurity(sample.Intrusion, starting)},
		{"security-overfull", onSecurity(sample.Besieged, crowded)},
		{"firstrun", onFirstRun(empty)},
		{"firstrun-spoken", onFirstRun(empty, way("Spoken code"))},
		{"firstrun-near", onFirstRun(empty, way("Ask nearby"))},
		{"firstrun-words", onFirstRun(empty, askingNear)},
		{"firstrun-recovery", onFirstRun(empty, way("Recovery key"))},
		{"firstrun-paper", onFirstRun(empty, founding)},
	}
}

// stage is a screen in the frame of the shell.
type stage struct {
	host   *sample.Host
	window fyne.Window
	story  sample.Story
	status *part.StatusLine
}

type maker func() (sample.Story, error)

func (m maker) stage(w fyne.Window) (*stage, error) {
	story, err := m()
	if err != nil {
		return nil, err
	}
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	return &stage{host: host, window: w, story: story, status: part.NewStatusLine()}, nil
}

// show puts a screen into the frame.
func (s *stage) show(id string, sc screen.Screen) {
	s.status.Set(statusAt(s.story.Now, s.story.Room.Devices()-1))
	waits, pressing := 0, false
	if c, ok := sc.(screen.Counter); ok {
		waits, pressing = c.Waiting(s.host.Input())
	}
	s.window.SetContent(frame(id, sc.Object(), s.status, waits, pressing))
	s.host.Attach(sc)
	sc.Shown(true)
}

// settle draws what was just opened and gives it the keyboard, as the shell does with the next frame.
func (s *stage) settle() {
	s.window.Canvas().Capture() // a field that was never drawn takes no focus
	s.host.Focus(s.host.Focused)
}

// frame is what the shell draws around a screen; waits is how much waits on the
// board.
func frame(id string, content, status fyne.CanvasObject, waits int, pressing bool) fyne.CanvasObject {
	rail := part.NewRail()
	rail.Set([]part.RailItem{
		{ID: "board", Key: "1", Word: "Board", Badge: waits, Alarm: pressing},
		{ID: "incident", Key: "2", Word: "Incident"},
		{ID: "due", Key: "3", Word: "Due"},
		{ID: "comms", Key: "4", Word: "Comms"},
		{ID: "oncall", Key: "5", Word: "On call"},
		{ID: "people", Key: "6", Word: "People"},
		{ID: "security", Key: "7", Word: "Security"},
		{ID: "review", Word: "Review"},
		{ID: "reports", Word: "Reports"},
		{ID: "peers", Key: "8", Word: "Peers"},
		{ID: "settings", Key: "9", Word: "Settings"},
		{ID: "policy", Word: "Policy"},
	}, id)
	return container.NewBorder(nil, status, rail, nil, content)
}

func statusAt(now time.Time, peers int) part.StatusRow {
	return part.StatusRow{
		Mode: "Commands", Journal: "All you wrote is on this disk", Store: part.Good, Peers: text.Count(peers, "peer", "peers") + ", last heard 2 s ago", Sync: part.Good,
		UTC: now.UTC().Format("15:04:05 UTC"),
	}
}

// setMode says what the keys mean, as the shell does; a scene with no frame says nothing.
func setMode(w fyne.Window) {
	framed, ok := w.Content().(*fyne.Container)
	if !ok || fynex.CommandMode(w.Canvas()) {
		return
	}
	for _, o := range framed.Objects {
		if line, ok := o.(*part.StatusLine); ok {
			row := line.Row()
			row.Mode = fynex.Mode(w.Canvas())
			line.Set(row)
		}
	}
}

func onBoard(m maker, then func(*stage, *board.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		b := board.New(s.host)
		s.show("board", b)
		if then != nil {
			then(s, b)
		}
		return nil
	}
}

// hearing is a board whose record is on its way, with what a peer says is in it.
func hearing(s *stage, _ *board.Screen) {
	story, err := sample.Typical()
	if err != nil {
		return
	}
	host := story.Room.Device(0)
	s.host.Clock = func() time.Time { return story.Now }
	s.host.SetHearsay([]node.HearsayView{{Person: "Li Wei", WeLack: 86_412, Incidents: due.Briefs(host.State(), false, story.Now)}})
	s.host.Refresh()
}

func declaring(s *stage, b *board.Screen) {
	b.Run("incident.declare")
	typeInto(s, "P0 checkout down for all since 00:41")
}

// atAlerts has the keyboard in the list of alerts.
func atAlerts(s *stage, b *board.Screen) {
	s.window.Canvas().Capture() // a list that was never drawn takes no focus
	b.Run("alert.list")
}

func pressKey(s *stage, keys ...fyne.KeyName) {
	for _, k := range keys {
		if f := s.window.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
}

// telling looks at what is known of an alert.
func telling(s *stage, b *board.Screen) {
	atAlerts(s, b)
	pressKey(s, fyne.KeyReturn)
}

// flapping looks at one that comes and goes.
func flapping(s *stage, b *board.Screen) {
	telling(s, b)
	pressKey(s, fyne.KeyDown, fyne.KeyDown)
}

func declaringFromAlert(s *stage, b *board.Screen) {
	atAlerts(s, b)
	b.Run("alert.declare")
}

func linking(s *stage, b *board.Screen) {
	atAlerts(s, b)
	b.Run("alert.link")
	typeInto(s, "data")
}

func onIncident(m maker, then func(*stage, *incident.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		i := incident.New(s.host)
		i.Device, i.Holds, i.Files = s.host.Device.Key, s.host.Device.Holds, &sample.Files{Device: s.host.Device}
		s.show("incident", i)
		if !s.story.Incident.Zero() {
			i.Open(s.story.Incident)
		}
		if then != nil {
			then(s, i)
		}
		return nil
	}
}

// atFile selects an attachment in the timeline.
func atFile(s *stage, i *incident.Screen) {
	i.Run("go.find")
	typeInto(s, "db1-remains")
	i.Run("capture.submit")
}

// picturing shows an attachment that is a picture.
func picturing(s *stage, i *incident.Screen) {
	i.Run("go.find")
	typeInto(s, "connections-db1")
	i.Run("capture.submit")
	pressKey(s, fyne.KeyEscape) // from the search to the row that was found
	i.Run("list.peek")
}

// attaching has typed the path of a file.
func attaching(s *stage, i *incident.Screen) {
	s.host.Chooser = part.NewChooser(s.window.Canvas(), s.host.Task, sample.NewDisk())
	i.Run("incident.attach")
	typeInto(s, "/var/log/postgresql/post")
}

func typing(s *stage, i *incident.Screen) {
	s.host.Focus(nil)
	i.Run("capture.focus")
	typeInto(s, "/assign ic @")
}

func editing(s *stage, i *incident.Screen) {
	i.Run("go.find")
	typeInto(s, "Staging holds a full")
	i.Run("capture.submit")
	i.Run("timeline.versions")
	i.Run("timeline.edit")
}

// resolving is about to resolve, with nobody's word on the message to customers.
func resolving(s *stage, i *incident.Screen) {
	s.window.Canvas().Capture() // a line that was never drawn takes no focus
	i.Run("incident.resolve")
	typeInto(s, "error rate normal for 30 min")
	i.Run("capture.submit")
}

// growing found more users hit than before, so that the escalation asks.
func growing(s *stage, i *incident.Screen) {
	for _, share := range []string{"30", "60"} {
		s.host.Do(model.AssessImpact{Incident: s.story.Incident.String(), Share: share}, func(model.Done, error) {})
	}
	command("incident.trigger")(s, i)
}

// toCome has typed an entry of tomorrow, and is asked whether it is so.
func toCome(s *stage, i *incident.Screen) {
	s.host.Canvas = s.window.Canvas()
	i.Run("capture.focus")
	typeInto(s, "/at 2017-02-02T00:54:00Z copy of the snapshot begun")
	i.Run("capture.submit")
}

func typeInto(s *stage, text string) {
	f := s.window.Canvas().Focused()
	if f == nil {
		return
	}
	for _, r := range text {
		f.TypedRune(r)
	}
}

// tab shows a tab of the right panel, with its first line in focus.
func tab(name string) func(*stage, *incident.Screen) { return command("panel." + name) }

func command(id string) func(*stage, *incident.Screen) {
	return func(s *stage, i *incident.Screen) {
		s.window.Canvas().Capture() // a line that was never drawn takes no focus
		i.Run(keys.ID(id))
	}
}
