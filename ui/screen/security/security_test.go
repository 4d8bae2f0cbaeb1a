package security

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen"
	"holdfast/ui/theme"
)

// rooms founds nothing and notes what was asked.
type rooms struct {
	device model.DeviceKey
	asked  node.ConfidentialRequest
}

func (r *rooms) Device() model.DeviceKey { return r.device }

func (r *rooms) Confidential(_ context.Context, q node.ConfidentialRequest) (node.ConfidentialReply, error) {
	r.asked = q
	made := node.ConfidentialReply{Name: model.CodeRoom(q.CodeName), CodeName: q.CodeName, Incident: "INC-AAAA"}
	for _, m := range q.Members {
		made.Invites = append(made.Invites, node.ConfidentialInvite{Person: m, Invite: "hf1 key of " + m})
	}
	return made, nil
}

type fixture struct {
	*Screen
	t     *testing.T
	host  *sample.Host
	rooms *rooms
	story sample.Story
}

func show(t *testing.T) *fixture {
	t.Helper()
	story, err := sample.Intrusion()
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	f := &fixture{t: t, host: sample.NewHost(story.Room.Device(0)), story: story}
	f.host.Clock = func() time.Time { return story.Now }
	f.rooms = &rooms{device: f.host.Device.Key}
	f.again()
	return f
}

// again opens the screen anew, as after a crash.
func (f *fixture) again() {
	f.Screen = New(f.t.Context(), f.host, f.rooms)
	w := test.NewTempWindow(f.t, f.Object())
	w.Resize(fyne.NewSize(1200, 680))
	f.host.Attach(f.Screen)
	f.Open(f.story.Incident)
	f.Shown(true)
}

func (f *fixture) line(id string) line {
	f.t.Helper()
	for _, lines := range [][]line{f.content.record, f.content.law} {
		for _, l := range lines {
			if strings.HasPrefix(l.ID, id) || l.Label == id {
				return l
			}
		}
	}
	f.t.Fatalf("there is no row %q", id)
	return line{}
}

// fill opens an act on a row, answers it and presses its button.
func (f *fixture) fill(a act, id string, answers ...string) {
	f.t.Helper()
	f.act(a, f.line(id))
	for i := 0; i < len(answers); i += 2 {
		f.panel.Set(answers[i], answers[i+1])
	}
	f.Run("capture.submit")
}

// wrote is the command asked for last.
func wrote[C model.Command](f *fixture) C {
	f.t.Helper()
	if len(f.host.Commands) == 0 {
		f.t.Fatalf("nothing was asked for; it says %q", f.panel.Said())
	}
	c, ok := f.host.Commands[len(f.host.Commands)-1].(C)
	if !ok {
		f.t.Fatalf("asked for %T; it says %q", f.host.Commands[len(f.host.Commands)-1], f.panel.Said())
	}
	return c
}

func (l line) says(label string) string {
	for _, f := range l.whole {
		if f.label == label {
			return f.text
		}
	}
	return ""
}

func TestRecordShowsWhatIsKnown(t *testing.T) {
	f := show(t)
	bold, required := 0, 0
	for _, l := range f.content.record {
		if strings.HasPrefix(l.ID, "step.") && l.Bold {
			bold++
		}
		if l.Meta == "required" {
			required++
		}
	}
	if bold != 6 || required == 0 {
		t.Errorf("%d steps of the response plan, %d open required ones", bold, required)
	}
	if got := f.line("step.need-to-know"); got.Mark != "done" || got.Meta != "Tom, 17:43" {
		t.Errorf("a ticked step says %q, %q", got.Mark, got.Meta)
	}
	if got := f.line("head.attack"); got.Text != "dwell 9 d 6 h" {
		t.Errorf("the intruder was in for %q", got.Text)
	}
	if got := f.line("attack.Entry").Mark; got != "14 Nov 09:22" {
		t.Errorf("entry is %q", got)
	}
	if got := f.line("193[.]142[.]58[.]126"); got.Mark != "ip" {
		t.Errorf("the indicator is %+v", got.SheetRow)
	}
	e := f.line("Disk image of the tracker")
	if e.Mark != "E1" || e.Meta != "3f2a9c3f…77e1" || len(e.says("SHA-256")) != 64 || !strings.Contains(e.says("Transfer"), "from Tom Okafor to Li Wei") {
		t.Errorf("the evidence is %+v, %v", e.SheetRow, e.whole)
	}
	for label, mark := range map[string]string{"Service token of the wiki": "verified", "Tracker service account": "rotated", "Gateway service account": "live"} {
		if got := f.line(label).Mark; got != mark {
			t.Errorf("%s is %q, want %q", label, got, mark)
		}
	}
	if secured, bare := f.line("tracker-1"), f.line("wiki-1"); secured.Urgent != part.SheetWell || bare.Meta != "NO IMAGE" || bare.Urgent != part.SheetAlarm {
		t.Errorf("systems say %q and %q", secured.Meta, bare.Meta)
	}
	if f.content.banner != "Privileged: prepared for counsel · LEGAL HOLD: destroy nothing" {
		t.Errorf("the banner says %q", f.content.banner)
	}
}

func TestClocksRunOutInSight(t *testing.T) {
	f := show(t)
	l := f.line("deadline.")
	if l.Label != "early warning" || l.Text != "Fri 24 Nov 18:43 UTC" {
		t.Errorf("the first deadline is %q %q", l.Label, l.Text)
	}
	for _, c := range []struct {
		hours float32
		tone  part.SheetTone
	}{{6, part.SheetQuiet}, {13, part.SheetPlain}, {19, part.SheetWarn}, {22, part.SheetAlarm}, {25, part.SheetAlarm}} {
		r := l.row(l.from.Add(time.Duration(c.hours * float32(time.Hour))))
		if r.Urgent != c.tone || (r.Share < c.hours/24-0.01) {
			t.Errorf("%v hours in, the bar is at %v in tone %v", c.hours, r.Share, r.Urgent)
		}
	}
	if got := l.row(l.due.Add(2 * time.Hour)).Meta; got != "OVERDUE 2 h" {
		t.Errorf("past its time it says %q", got)
	}
	f.fill(actStart, "clock.sec-8k", "reason", "material: customers will ask")
	if got := f.line("file"); !strings.Contains(got.Text, "UTC = ") || !strings.Contains(got.says("At the authority"), "EST") {
		t.Errorf("a deadline of New York says %q, %q", got.Text, got.says("At the authority"))
	}
}

func TestStepIsTickedByKey(t *testing.T) {
	f := show(t)
	f.Pick("step.preserve")
	if !f.Run("incident.task.done") {
		t.Fatal("x does nothing on a step")
	}
	if c := wrote[model.TickSecurityStep](f); c.Step != "preserve" || c.State != model.StepDone {
		t.Errorf("it ticks %+v", c)
	}
	if f.line("step.preserve").Mark != "done" || f.says.Text() != "Done." {
		t.Errorf("it says %q", f.says.Text())
	}
	f.Pick("step.eradicate")
	f.record.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !strings.Contains(f.says.Text(), "wiki-1") || f.line("step.eradicate").Mark != "open" {
		t.Errorf("wiping without an image says %q", f.says.Text())
	}
	f.Pick("step.rebuild")
	f.fill(actSkip, "step.rebuild", "note", "nothing was altered")
	if got := f.line("step.rebuild"); got.Mark != model.StepNotNeeded {
		t.Errorf("the step is %q", got.Mark)
	}
	f.record.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if f.host.Focused != f.firstButton() {
		t.Error("Space leads to no act")
	}
}

func TestEvidenceIsHashedFromItsFile(t *testing.T) {
	f := show(t)
	path := filepath.Join(t.TempDir(), "memory.raw")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.fill(actEvidence, "head.evidence", "what", "memory of the wiki", "system", "wiki-1", "file", "memory.raw")
	if !strings.Contains(f.panel.Said(), "whole path") {
		t.Errorf("of half a path it says %q", f.panel.Said())
	}
	f.fill(actEvidence, "head.evidence", "file", path+".gone")
	if n := len(f.host.Commands); n != 0 || !strings.Contains(f.panel.Said(), "Nothing was written") {
		t.Errorf("of a missing file it says %q", f.panel.Said())
	}
	f.fill(actEvidence, "head.evidence", "file", path, "kind", "memory")
	c := wrote[model.AddEvidence](f)
	if c.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || c.Size != 3 || c.File != "memory.raw" || c.Kind != "memory" || c.What != "memory of the wiki" {
		t.Errorf("it adds %+v", c)
	}
	if got := f.line("memory of the wiki"); got.Mark != "E3" {
		t.Errorf("its number is %q", got.Mark)
	}
}

func TestRegistersAreWritten(t *testing.T) {
	f := show(t)
	f.fill(actIndicator, "head.indicators", "kind", "domain", "value", "evil[.]example", "note", "beacon")
	f.fill(actCredential, "head.credentials", "name", "VPN key", "kind", "key", "owner", "IT", "unused", "yes")
	f.fill(actRotate, "VPN key", "refused", "vpn-1")
	if got := f.line("VPN key"); got.Mark != "verified" || !strings.Contains(got.says("Used"), "rotated all the same") {
		t.Errorf("the key is %+v", got.whole)
	}
	f.fill(actAttack, "head.attack", "at", "2023-11-22 10:00 UTC", "text", "Read the page about the network")
	if got := f.line("Read the page about the network").Mark; got != "22 Nov 10:00" {
		t.Errorf("the act was at %q", got)
	}
	f.fill(actAttackTimes, "head.attack", "spread", "2023-11-16 14:36 UTC")
	if got := f.line("attack.Spread").Mark; got != "16 Nov 14:36" {
		t.Errorf("spread is %q", got)
	}
	f.fill(actEvidenceOf, "wiki-1", "what", "disk of the wiki", "store", "safe 2")
	if got := f.line("wiki-1"); got.Urgent != part.SheetWell {
		t.Errorf("a system with an image says %q", got.Meta)
	}
	f.fill(actCustody, "Disk image of the tracker", "to", "police", "reason", "asked for", "act", model.Released)
	if got := f.line("Disk image of the tracker").says("Custody"); got != "police has it" {
		t.Errorf("custody: %q", got)
	}
	f.fill(actHold, "head.steps", "mark", "none", "hold", "no", "reason", "claim is settled")
	if f.content.banner != "" {
		t.Errorf("without hold the banner says %q", f.content.banner)
	}
}

func TestConfidentialRoomShowsItsInvites(t *testing.T) {
	f := show(t)
	f.act(actRoom, f.line("head.steps"))
	f.panel.Set("name", "Quiet Harbour")
	f.panel.Set("members", "Li Wei")
	f.Run("capture.submit")
	if q := f.rooms.asked; q.CodeName != "Quiet Harbour" || len(q.Members) != 1 || q.Members[0] != "Li Wei" || q.Incident != f.story.Incident.String() {
		t.Errorf("it asks for %+v", q)
	}
	if len(f.invites) != 4 || !strings.Contains(f.panel.Said(), "proj-quiet-harbour") {
		t.Errorf("%d objects about invites; it says %q", len(f.invites), f.panel.Said())
	}
}

func TestRefusedFormKeepsWhatWasTyped(t *testing.T) {
	f := show(t)
	f.host.Refuse = errors.New("the disk is full")
	f.fill(actIndicator, "head.indicators", "kind", "domain", "value", "evil.example")
	if !f.panel.IsOpen() || f.panel.Said() != "Not done: the disk is full. What you typed is kept." {
		t.Errorf("it says %q", f.panel.Said())
	}
	if !f.Run("go.back") || f.panel.IsOpen() || f.host.Focused != f.list() {
		t.Error("Escape does not lead back to the list")
	}
	f.host.Refuse = nil
	f.fill(actIndicator, "head.indicators")
	if c := wrote[model.AddIndicator](f); c.Value != "evil.example" || c.Kind != "domain" {
		t.Errorf("what was typed became %+v", c)
	}
	if f.Run("capture.submit") {
		t.Error("Ctrl+Enter does something where no form is open")
	}
}

func TestRoomWithoutSecurityIncidentsSaysSo(t *testing.T) {
	test.NewTempApp(t)
	story := sample.Empty()
	host := sample.NewHost(story.Room.Device(0))
	s := New(t.Context(), host, &rooms{device: host.Device.Key})
	test.NewTempWindow(t, s.Object()).Resize(fyne.NewSize(1200, 680))
	host.Attach(s)
	s.Shown(true)
	if s.body.Visible() || !s.empty.Visible() {
		t.Error("an empty room shows lists")
	}
	s.Run("go.next")
	s.Run("list.open")
}

func TestDraftsOfAPaperAreBounded(t *testing.T) {
	story, err := sample.Besieged()
	if err != nil {
		t.Fatal(err)
	}
	d := story.Room.Device(0)
	c := read(screen.Input{State: d.State(), Now: story.Now}, d.Key, story.Incident, "security")
	if n := len(preview(c.paper)); n > maxPreview+1 {
		t.Errorf("%d lines of the draft are drawn", n)
	}
	if c.shown.id != story.Incident || len(c.all) < 10 {
		t.Errorf("%d incidents", len(c.all))
	}
}
