package security

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
)

func TestStartingAClockAsksTimeReasonAndPerson(t *testing.T) {
	f := show(t)
	f.fill(actStart, "clock.sec-8k")
	if !f.panel.IsOpen() || !strings.Contains(f.panel.Said(), "rests on") {
		t.Errorf("without a reason it says %q", f.panel.Said())
	}
	f.fill(actStart, "clock.sec-8k", "at", "soonish", "reason", "material")
	if !strings.Contains(f.panel.Said(), "not a time") {
		t.Errorf("of a bad time it says %q", f.panel.Said())
	}
	f.fill(actStart, "clock.sec-8k", "at", "2023-11-24 02:00 UTC", "reason", "material", "person", "Nobody Here")
	if !strings.Contains(f.panel.Said(), "Nobody Here") {
		t.Errorf("of a stranger it says %q", f.panel.Said())
	}
	f.again() // a crash: what was typed is there
	f.fill(actStart, "clock.sec-8k", "person", "Li Wei")
	c := wrote[model.StartClock](f)
	if c.Clock != "sec-8k" || c.Reason != "Decided by Li Wei: material" || !c.At.Equal(time.Date(2023, 11, 24, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("it starts %+v", c)
	}
	if f.line("clock.sec-8k").Mark != "runs" || f.panel.IsOpen() || len(f.host.Drafts) != 0 {
		t.Errorf("it says %q, drafts %v", f.panel.Said(), f.host.Drafts)
	}
}

func TestClockIsFiledOrDeclined(t *testing.T) {
	f := show(t)
	f.fill(actFile, "clock.nis2", "receipt", "BSI-2023-117", "phase", model.NoticeFirst)
	c := wrote[model.FileNotice](f)
	if c.Label != "early warning" || c.Receipt != "BSI-2023-117" || c.Phase != model.NoticeFirst {
		t.Errorf("it files %+v", c)
	}
	if got := f.line("deadline."); !strings.HasPrefix(got.Meta, "filed") || got.row(f.story.Now).Share != 0 {
		t.Errorf("a filed deadline says %q", got.Meta)
	}
	f.fill(actDecline, "clock.cert-in", "reason", "no users in India")
	if !f.panel.IsOpen() || !strings.Contains(f.panel.Said(), "approves") {
		t.Errorf("without an approver it says %q", f.panel.Said())
	}
	f.fill(actDecline, "clock.cert-in", "approver", "Li Wei")
	if got := f.line("clock.cert-in"); got.Mark != "no notice" || got.says("No notice, because") != "no users in India" {
		t.Errorf("a declined clock says %+v", got.whole)
	}
}

func TestBreachIsAssessed(t *testing.T) {
	f := show(t)
	f.Run("go.next.here")
	if !strings.Contains(f.title.Text(), "GitLab") {
		t.Fatalf("] goes to %q", f.title.Text())
	}
	at := func(id string) int {
		for i, l := range f.content.law {
			if strings.HasPrefix(l.ID, id) {
				return i
			}
		}
		return -1
	}
	if !(at("clock.") < at("missing.") && at("missing.") < at("field.") && at("field.") < at("risk.") && at("risk.") < at("paper.") && at("paper.") < at("register.")) {
		t.Error("what is missing does not stand first")
	}
	if l := f.line("missing.authority"); l.Tone != part.SheetAlarm || l.Meta != "Art. 33(1)" {
		t.Errorf("it is missing as %+v", l.SheetRow)
	}
	f.fill(actAssess, "field.people", "low", "700", "high", "900")
	f.fill(actAssess, "field.encrypted", "value", "no")
	f.fill(actAssess, "field.kind", "value", "integrity")
	f.fill(actAssess, "field.authority", "value", "unknown")
	for name, want := range map[string]string{"people": "700-900", "encrypted": "no", "kind": "integrity, availability", "authority": "unknown"} {
		if got := f.line("field." + name).Text; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if l := f.line("missing.authority"); l.Mark != "unknown" || l.Tone != part.SheetWarn {
		t.Errorf("what is said to be unknown is %+v", l.SheetRow)
	}
}

func TestRiskIsProposedByTheSheetAndDecidedByAPerson(t *testing.T) {
	f := show(t)
	f.Run("go.next.here")
	f.fill(actFactor, "risk.severity", "level", "high", "reason", "work of hours is gone")
	if got := f.line("head.risk").Text; got != "the sheet proposes: high risk" {
		t.Errorf("the sheet says %q", got)
	}
	f.fill(actDecideRisk, "head.risk", "result", "risk", "reason", "no disclosure")
	if got := f.line("risk.decision"); got.Text != "risk" || got.Mark != "decided" {
		t.Errorf("the decision is %+v", got.SheetRow)
	}
	f.fill(actPlanned, "plan.team")
	if got := f.line("plan.team").Mark; got != "done" {
		t.Errorf("the minute plan says %q", got)
	}
}

func TestPaperIsReadAndExported(t *testing.T) {
	f := show(t)
	f.Run("go.next.here")
	f.Pick("paper.art33")
	if f.content.paper == nil || len(f.content.paper.Missing) == 0 {
		t.Fatal("the draft of the notice is not shown with what it lacks")
	}
	path := filepath.Join(t.TempDir(), "notice.html")
	f.fill(actExport, "paper.art33", "file", path, "format", "Web page (.html)")
	page, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(page), "<!doctype html>") || !strings.Contains(string(page), "MISSING: ") {
		t.Errorf("the file holds %.60q, %v; it says %q", page, err, f.panel.Said())
	}
	f.host.No = true
	f.fill(actExport, "paper.art33", "file", path)
	if !strings.Contains(f.panel.Said(), "is there already") {
		t.Errorf("over a file that is there it says %q", f.panel.Said())
	}
	f.host.No = false
	f.panel.Close()
	f.Pick("head.register")
	if f.content.paperName != paperRegister || f.content.paper == nil {
		t.Error("the register is not shown")
	}
}

// Where one list at a time has room, what is done with a draft stands below it, in view.
func TestTheActsOfADraftStayInViewInASmallWindow(t *testing.T) {
	f := show(t)
	f.Object().Resize(fyne.NewSize(640, 340)) // as small as large text makes it
	f.Pick("paper.art33")
	f.object.Refresh()
	b, ok := f.firstButton().(*fynex.Button)
	if !ok || f.content.paper == nil {
		t.Fatal("the draft has no button")
	}
	y := fyne.CurrentApp().Driver().AbsolutePositionForObject(b).Y
	if y <= 0 || y+b.Size().Height > 340 || b.Size().Height < b.MinSize().Height {
		t.Errorf("it stands at %v, %v high", y, b.Size().Height)
	}
	f.Object().Resize(fyne.NewSize(1200, 680))
	if f.ends.Visible() || f.firstButton() == b {
		t.Error("in a wide window it stands below the draft too")
	}
}
