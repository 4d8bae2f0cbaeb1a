package incident

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// set draws what was read.
func (s *Screen) set(c content, here bool, of string, versions []string, now time.Time) {
	if !here {
		s.nothing.SetText("This incident has not arrived here yet. It shows as soon as it has.")
		s.blank()
		return
	}
	s.content = c
	s.object.Objects[0].Show()
	s.nothing.Hide()
	s.header.Set(c.header(now))
	if !slices.Equal(s.shown, c.facts) {
		s.shown = c.facts
		s.facts.Set(c.facts)
	}
	s.setDisputes(c.disputes)
	s.setStanding(now)
	s.side.set(now)
	s.drawer.set(now)
	s.setRows()
	s.setStart()
	open := s.panel.Visible()
	s.setVersions(of, versions)
	s.askTools(now)
	s.relayout()
	if !open && s.panel.Visible() { // the panel takes room from the row it is about
		s.timeline.Select(s.timeline.Selected())
	}
}

// standingFrom is how many rows of room there must be for what is being
// changed: with fewer it stands among the tasks alone.
const standingFrom = 20

// setStanding shows what stays under the header.
func (s *Screen) setStanding(now time.Time) {
	lines := s.content.standing(now)
	if tall := s.object.Size().Height; tall > 1 && tall < standingFrom*s.standing.Theme().Size(theme.SizeRow) {
		lines = slices.DeleteFunc(lines, func(l part.StandingLine) bool { return l.Kind == part.StandingPlain })
	}
	if s.standing.Set(lines) {
		s.object.Objects[0].Refresh()
	}
}

// relayout places the centre again after the size of a part of it changed.
func (s *Screen) relayout() {
	s.body.Layout.Layout(s.body.Objects, s.body.Size())
	s.low.Layout.Layout(s.low.Objects, s.low.Size())
	for range 2 { // the facts say how tall they are once they were given a width
		s.centre.Layout.Layout(s.centre.Objects, s.centre.Size())
	}
	s.low.Layout.Layout(s.low.Objects, s.low.Size())
}

// lateArrival is how long after it was written an entry counts as late. Links
// are as fast as that; an entry its author dated back is not late.
const lateArrival = time.Minute

// setRows shows the timeline and marks what came in among older rows. Rows that
// are as they were drawn are not looked at.
func (s *Screen) setRows() {
	rows, first := s.content.rows, len(s.known) == 0
	head, tail := alike(s.drawn, rows)
	fresh := rows[head : len(rows)-tail]
	newest := tail > 0 // a row known before stands below
	for _, r := range slices.Backward(fresh) {
		switch {
		case s.known[r.ID]:
			newest = true
		case !first && newest && !r.mine && s.host.Now().Sub(r.recorded) > lateArrival:
			s.late[r.ID] = "arrived late from " + r.Author + ", " + text.Minute(s.host.Now())
		}
	}
	for _, r := range fresh {
		s.known[r.ID] = true
	}
	s.drawn = rows
	s.content.rows = s.markLate(rows, fresh)
	shown := make([]*part.TimelineRow, len(rows))
	for i, r := range s.content.rows {
		shown[i] = &r.TimelineRow
	}
	s.timeline.SetRows(shown)
	if s.reveal != "" && s.known[s.reveal] {
		s.timeline.Select(s.reveal)
		s.reveal = ""
	}
}

// alike counts the rows at the head and at the tail that two lists share.
func alike[T comparable](was, is []T) (head, tail int) {
	most := min(len(was), len(is))
	for head < most && was[head] == is[head] {
		head++
	}
	for tail < most-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	return head, tail
}

// markLate gives the rows with those that came late saying so.
func (s *Screen) markLate(rows, fresh []*row) []*row {
	if len(s.late) == 0 {
		return rows
	}
	marked := make(map[*row]*row, len(s.late))
	for _, r := range fresh {
		if l := s.late[r.ID]; l != "" {
			late := *r
			late.Late = l
			marked[r] = &late
		}
	}
	rows = slices.Clone(rows)
	for i, r := range rows {
		m := marked[r]
		if m == nil {
			m = s.marked[r]
		}
		if m != nil {
			rows[i], marked[r] = m, m
		}
	}
	s.marked = marked
	return rows
}

// setStart says how to begin while there is nothing but the declaration.
func (s *Screen) setStart() {
	empty := len(s.content.rows) <= 1
	setVisible(s.start, empty)
	if empty && len(s.content.rows) == 1 {
		r := s.content.rows[0]
		s.start.SetText("Declared " + text.Minute(r.at) + " by " + r.Author + ". Say what is broken and who is affected.")
	}
}

func (s *Screen) setDisputes(all []dispute) {
	if slices.EqualFunc(all, s.settling, func(a, b dispute) bool { return a.says == b.says && len(a.choices) == len(b.choices) }) {
		s.settling = all
		return
	}
	was := s.settlers
	s.settling, s.settlers, s.settler, s.folded = all, map[string]*fynex.Button{}, nil, false
	s.disputes.Objects, s.firstBanner = nil, part.NewBanner()
	for i, d := range all {
		if i == maxBanners {
			more := part.NewBanner()
			more.Set(part.BannerRow{Text: text.Count(len(all)-i, "more conflict", "more conflicts") + " below this one.", Tone: part.NoticeAlarm})
			s.disputes.Add(more)
			break
		}
		banner := s.firstBanner
		if i > 0 {
			banner = part.NewBanner()
		}
		banner.Set(part.BannerRow{Text: d.says, Tone: part.NoticeAlarm})
		buttons := container.NewHBox()
		for _, c := range d.choices {
			b := fynex.NewButton(c.word, func() { s.settle(d, c) })
			s.settlers[d.says+"\n"+c.word] = b
			if s.settler == nil {
				s.settler = b
				b.SetHint("=")
			}
			buttons.Add(b)
		}
		s.disputes.Add(container.NewBorder(nil, nil, nil, container.NewCenter(buttons), banner))
	}
	s.disputes.Refresh()
	for of, b := range was {
		if b.Focused() { // it is drawn no more
			s.leaveSettler(s.settlers[of])
		}
	}
}

// leaveSettler passes the keyboard on from a button of a conflict: to the same one where it is still there,
// else to the timeline. On to the next conflict a second Enter would settle what nobody has read.
func (s *Screen) leaveSettler(same *fynex.Button) {
	if same != nil {
		s.host.Focus(same)
		return
	}
	s.host.Focus(s.timeline)
}

// sayFirst shows the first conflict, with the number of all where it stands alone.
func (s *Screen) sayFirst() {
	if len(s.settling) == 0 {
		return
	}
	says := s.settling[0].says
	if s.folded {
		says = "1 of " + strconv.Itoa(len(s.settling)) + ": " + says
	}
	s.firstBanner.Set(part.BannerRow{Text: says, Tone: part.NoticeAlarm})
}

// maxBanners is how many conflicts are shown at once: three lines leave the
// timeline its room.
const maxBanners = 3

// goSettle puts the keyboard on the first way to end a conflict.
func (s *Screen) goSettle() {
	if s.settler == nil {
		s.host.Toast("Nothing is in conflict here")
		return
	}
	s.host.Focus(s.settler)
}

// settle ends a conflict.
func (s *Screen) settle(d dispute, c choice) {
	if !slices.ContainsFunc(s.settling, func(o dispute) bool { return o.says == d.says }) {
		return // it is settled already
	}
	s.do(c.command, cmp.Or(d.done, "Settled: "+c.word))
}

func (s *Screen) setVersions(of string, versions []string) {
	if of != s.versionsOf {
		return
	}
	if len(versions) == 0 {
		setVisible(s.panel, s.drawer.kind != drawerShut)
		return
	}
	s.drawer.kind = drawerShut
	title := item.NewNote(base.ColorNameForeground, base.SizeNameText, true, false)
	title.Set(text.Count(len(versions), "version", "versions")+" of this entry", base.ColorNameForeground)
	words := form.Stack(2 * base.InnerPadding())
	for _, v := range versions {
		about, said, _ := strings.Cut(v, "\n")
		words.Add(form.Stack(1, form.NewWords(about, form.Quiet), form.NewWords(said, form.Plain)))
	}
	pad := base.InnerPadding()
	shut := fynex.NewButton("Close", func() { s.versions("") })
	shut.SetHint("v")
	s.panel.Objects = []fyne.CanvasObject{container.New(&versionsLayout{s}, container.NewBorder(nil, nil, title, shut), container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, pad, pad, pad), words)))}
	setVisible(s.panel, true)
	s.panel.Refresh()
}

// versionsLayout gives the versions of an entry the room they need, at most a
// third of the screen; in a low window all that is above the box.
type versionsLayout struct{ s *Screen }

const versionsShare = 0.34

func (l *versionsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, words := objects[0].MinSize().Height, objects[1].(*container.Scroll).Content.MinSize().Height
	return fyne.NewSize(320, head+max(min(words, l.s.panelRoom(versionsShare)-head), 0))
}

func (l *versionsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, head))
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-head, 0)))
}
