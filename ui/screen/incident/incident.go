// Package incident is the screen people work in: the header with its clocks
// and roles, what is down and being changed, the timeline, the box in which
// everything is written down, and beside it five tabs: team, tasks, runbook,
// escalation and clocks. What is asked opens over the box and stops nobody.
package incident

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/due"
	"holdfast/ui/clip"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// Screen is the incident view. All but Read belongs to the UI goroutine.
type Screen struct {
	// Device and Holds stand in for the room where there is none: in the
	// gallery and in tests. Set before the first Read.
	Device model.DeviceKey
	Holds  Holds
	// Files is what keeps the attachments; nil is none. Context ends what is under
	// way with them. Both are set before the first Read.
	Files   Files
	Context context.Context
	// Clip gives the picture on the clipboard as PNG.
	Clip func(ctx context.Context) ([]byte, error)

	host screen.Host
	keys *keys.Map

	// wanted is what Read is to read; the bridge's goroutine asks for it.
	mu     sync.Mutex
	wanted wanted

	content    content
	kept       kept              // Read's
	drawn      []*row            // the rows as they were read
	known      map[string]bool   // rows seen in this incident
	late       map[string]string // what to say of rows that came in among older ones
	marked     map[*row]*row     // those rows as they were read, and as they are drawn
	reveal     string            // a row to select once it is there
	versionsOf string

	mode      mode
	question  question // while it is asked
	subject   row      // what is edited, inserted after, or taken back
	aside     string   // the draft that waits behind another mode
	begun     string   // the line a command was begun with
	loading   bool
	boxHeight float32
	offers    []capture.Suggestion
	last      lastAct

	sideHidden, sideOpen bool // in the wide and in the narrow form

	header      *part.HeaderBar
	disputes    *fyne.Container
	facts       *part.FactStrip
	shown       []part.Fact
	timeline    *part.Timeline
	start       *part.EmptyState
	nothing     *part.EmptyState
	box         *part.Capture
	side        *side
	drawer      *drawer
	files       *files
	exports     *exports
	standing    *part.Standing
	panel       *fyne.Container // versions
	sideTab     *fynex.Button
	top         *fyne.Container // conflicts and facts
	middle      *fyne.Container // the timeline, or how to begin
	low         *fyne.Container // versions and the box
	centre      *fyne.Container
	body        *fyne.Container
	object      *fyne.Container
	settling    []dispute
	firstBanner *part.Banner             // of the first of them
	folded      bool                     // the others have no room
	settler     *fynex.Button            // the first button of the first of them; nil without
	settlers    map[string]*fynex.Button // all of them, by what they settle and how
}

type wanted struct {
	id       model.ID
	versions string
	sheet    bool // the hand-over sheet is in sight
	step     int  // so many incidents further on the board is wanted in place of this one
}

var _ screen.Screen = (*Screen)(nil)

// New makes the screen, with no incident.
func New(h screen.Host) *Screen {
	s := &Screen{
		host: h, Clip: clip.Picture, keys: keys.Default(), known: map[string]bool{}, late: map[string]string{}, header: part.NewHeaderBar(),
		facts: part.NewFactStrip(), timeline: part.NewTimeline(), box: part.NewCapture(), disputes: container.NewVBox(), panel: container.NewStack(),
	}
	s.side, s.drawer, s.standing = newSide(s), newDrawer(s), part.NewStanding()
	s.files, s.exports = newFiles(s), &exports{screen: s}
	s.sideTab = fynex.NewButton("Team and tasks", func() { s.Run("view.panel") })
	s.sideTab.SetHint("Ctrl+B")
	s.start = part.NewEmptyState("",
		part.EmptyAct{Text: "Assign IC", Hint: "a", Do: func() { s.begin("/assign ic @") }},
		part.EmptyAct{Text: "Set impact", Do: func() { s.begin("/impact ") }},
		part.EmptyAct{Text: "Write update", Hint: "u", Do: func() { s.Run("update.write") }})
	s.start.Below = s.timeline.Used
	s.nothing = part.NewEmptyState("No incident is open here. Ctrl+1 shows the board, Ctrl+N declares one.")
	s.bindTimeline()
	s.bindBox()
	s.build()
	return s
}

func (s *Screen) bindTimeline() {
	t := s.timeline
	t.Later = fyne.Do
	t.OnOpen = s.openRow
	t.OnPeek = s.versions
	t.OnRune = s.rune
	t.OnKey = func(k *fyne.KeyEvent) { s.sideKey(k) }
	s.header.OnCell = func(cell int) {
		switch cell {
		case part.CellPhase:
			s.begin("/phase ")
		case part.CellUpdate:
			s.Run("update.write")
		case part.CellIC:
			s.begin("/assign ic @")
		case part.CellComms:
			s.begin("/assign comms @")
		case part.CellScribe:
			s.begin("/assign scribe @")
		}
	}
	s.facts.OnFact = func(i int) {
		if i < len(s.shown) {
			s.host.Toast(s.shown[i].Kind + ": " + s.shown[i].Text)
		}
	}
}

func (s *Screen) build() {
	s.facts.Hide()
	s.panel.Hide()
	s.top = container.NewVBox(s.disputes, s.facts)
	s.middle = container.NewStack(s.timeline, s.start)
	s.low = container.NewVBox(s.panel, s.box)
	s.centre = container.NewBorder(s.top, s.low, nil, nil, s.middle)
	s.body = container.New(&split{s}, s.centre, s.side.object, s.sideTab)
	s.object = container.NewStack(container.NewBorder(container.New(&topLayout{}, s.header, s.standing), nil, nil, nil, s.body), s.nothing)
	s.blank()
}

// blank shows that no incident is open.
func (s *Screen) blank() {
	s.object.Objects[0].Hide()
	s.nothing.Show()
}

// Title names the screen.
func (s *Screen) Title() string { return "Incident" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Incident is the incident shown.
func (s *Screen) Incident() model.ID { return s.content.id }

// Open shows an incident, with what was typed for it.
func (s *Screen) Open(id model.ID) {
	if id == s.content.id {
		s.host.Focus(s.box.Focusable())
		return
	}
	if s.mode != logging {
		s.escape()
	}
	s.content = content{id: id}
	s.drawn, s.marked = nil, nil
	s.known, s.late, s.versionsOf, s.last, s.side.task = map[string]bool{}, map[string]string{}, "", lastAct{}, ""
	s.drawer.kind = drawerShut
	setVisible(s.panel, false)
	s.timeline.SetRows(nil)
	s.load(s.host.Drafted(draftName(id)))
	s.want()
	s.host.Refresh()
}

// want tells Read what to read.
func (s *Screen) want() {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := wanted{id: s.content.id, versions: s.versionsOf, sheet: s.drawer.kind == drawerSheet}
	if w.id == s.wanted.id {
		w.step = s.wanted.step
	}
	s.wanted = w
}

// Read copies the incident and gives the step that shows it.
func (s *Screen) Read(in screen.Input) func() {
	s.mu.Lock()
	w := s.wanted
	s.mu.Unlock()
	if w.id.Zero() {
		return nil
	}
	r := reader{device: s.Device, holds: s.Holds, files: s.Files, now: in.Now, sheet: w.sheet, kept: &s.kept}
	if in.Room != nil {
		r.device = in.Room.Device()
		if in.Room.Mesh() != nil {
			r.holds = in.Room.Holds
		}
	}
	c, here := read(in.State, w.id, r)
	var versions []string
	if inc := in.State.Incident(w.id); here && w.versions != "" {
		if id, err := model.ParseID(w.versions); err == nil {
			if h, ok := in.State.History(inc, id); ok {
				versions = versionLines(h)
			} else if r, ok := c.row(w.versions); ok {
				versions = []string{r.At + " · " + r.Kind + " · " + r.Author + "\n" + text.Block(r.raw)}
			}
		}
	}
	now, next := in.Now, neighbour(in.State, w, in.Now)
	return func() {
		if w.step != 0 && c.id == s.content.id {
			s.arrive(w.step, next)
		}
		if c.id == s.content.id {
			s.set(c, here, w.versions, versions, now)
		}
	}
}

// Tick moves the clocks of the header and of tasks.
func (s *Screen) Tick(now time.Time) {
	if len(s.content.rows) == 0 {
		return
	}
	s.header.Set(s.content.header(now))
	s.setStanding(now)
	s.side.set(now)
	if s.drawer.kind == drawerFiles {
		s.drawer.set(now)
	}
}

// Shown puts the keyboard into the box.
func (s *Screen) Shown(front bool) {
	if front && !s.content.id.Zero() {
		s.host.Focus(s.box.Focusable())
	}
}

// sideKey handles keys of the timeline and of the right panel.
func (s *Screen) sideKey(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyDelete, fyne.KeyBackspace:
		return s.Run("timeline.retract")
	case fyne.KeyEscape:
		if s.versionsOf != "" {
			s.versions("")
			return true
		}
		if s.drawer.kind != drawerShut {
			s.drawer.close()
			return true
		}
		return s.pass("go.back")
	}
	return false
}

// rune carries out the command of a character typed in the timeline. With a
// row selected, e corrects it and o puts an entry after it.
func (s *Screen) rune(r rune) {
	switch selected := s.timeline.Selected(); {
	case r == 'e' && selected != "":
		s.edit(selected)
		return
	case r == 'o' && selected != "":
		s.insert(selected)
		return
	}
	s.command(r)
}

// pass hands a command that is not this screen's to the shell.
func (s *Screen) pass(command keys.ID) bool {
	shell, ok := s.host.(interface{ Run(keys.ID) bool })
	return ok && shell.Run(command)
}

// insert begins an entry right after a row.
func (s *Screen) insert(id string) {
	if r, ok := s.content.row(id); ok {
		s.enter(inserting, r, promptInsert, "")
	}
}

// retract asks for the reason to take an entry back.
func (s *Screen) retract(id string) {
	r, ok := s.content.row(id)
	if _, file := s.content.file(id); file {
		s.files.retract(id)
		return
	}
	if why := r.fixed("take back"); !ok || why != "" {
		s.host.Toast(sentence(why))
		return
	}
	s.enter(retracting, r, promptRetract, "")
}

// openRow opens a row: an attachment is shown, all else is corrected.
func (s *Screen) openRow(id string) {
	if f, ok := s.content.file(id); ok {
		s.files.open(f)
		return
	}
	s.edit(id)
}

// copyRow puts a row on the clipboard, as Markdown with its time in UTC.
func (s *Screen) copyRow(id string) {
	r, ok := s.content.row(id)
	if !ok {
		return
	}
	fynex.CopyText(fyne.CurrentApp().Clipboard(), fmt.Sprintf("- **%s UTC** %s, %s: %s", r.at.UTC().Format("2006-01-02 15:04:05"), r.Kind, r.Author, r.raw))
	s.host.Toast("Copied the row of " + r.At)
}

// neighbour opens the incident before or after this one on the board, which Read
// is to find: the order of the board takes more to tell than all that is shown here.
func (s *Screen) neighbour(step int) {
	if s.content.id.Zero() {
		return
	}
	s.mu.Lock()
	s.wanted.step += step
	s.mu.Unlock()
	s.host.Refresh()
}

// arrive opens the incident found so many steps further.
func (s *Screen) arrive(steps int, at model.ID) {
	s.mu.Lock()
	s.wanted.step -= steps
	s.mu.Unlock()
	if !at.Zero() {
		s.host.Open(at)
	}
}

// neighbour finds the open incident that is wanted; zero where there is none.
func neighbour(s *model.State, w wanted, now time.Time) model.ID {
	if w.step == 0 {
		return model.ID{}
	}
	briefs := due.Briefs(s, false, now)
	if len(briefs) == 0 {
		return model.ID{}
	}
	i := slices.IndexFunc(briefs, func(b model.IncidentBrief) bool { return b.ID == w.id })
	n := (max(i, 0) + w.step) % len(briefs)
	return briefs[(n+len(briefs))%len(briefs)].ID
}
