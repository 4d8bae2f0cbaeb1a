package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen"
)

// alerted shows the night with alerts beside it, the keyboard in their list.
func alerted(t *testing.T) (*Screen, *sample.Host, fyne.Window) {
	t.Helper()
	story, err := sample.Alerted()
	if err != nil {
		t.Fatal(err)
	}
	b, host, w := show(t, story)
	w.Canvas().Capture() // a list that was never drawn takes no focus
	b.Run("alert.list")
	if w.Canvas().Focused() != b.alerts.list {
		t.Fatal("the keyboard does not go to the alerts")
	}
	return b, host, w
}

// says are the titles of the alerts from the top.
func says(b *Screen) (all []string) {
	for _, r := range b.alerts.list.Rows() {
		all = append(all, r.Title)
	}
	return all
}

func TestAlertsThatWaitStandOverThoseThatAreAnswered(t *testing.T) {
	b, _, _ := alerted(t)
	want := []string{
		"Checkout 5xx above 5 %", "Disk alarm in the high-priority channel", "Write-block alarm", "Reports: cloud console sign-in fails",
		"Many timeout alerts", "Spam users seen hammering the database",
	}
	if got := says(b); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	rows := b.alerts.list.Rows()
	if r := rows[0]; r.Alerts != 2 || r.Severity != 0 || r.Code != "critical" || r.Update != "in 02:10" || r.Phase != "alertmanager" || r.Answered {
		t.Errorf("two regions of one alert: %+v", r)
	}
	if !rows[2].Flapping || rows[1].Flapping {
		t.Error("what comes and goes is not marked, or what stays is")
	}
	if r := rows[4]; r.IC != "Joanna Kowalska" || !r.Answered {
		t.Errorf("answered: %+v", r)
	}
	if r := rows[5]; !strings.HasPrefix(r.IC, "INC-") || !r.Answered {
		t.Errorf("linked: %+v", r)
	}
	if got := b.alerts.title.Text(); got != "5 alerts wait: 2 critical, 1 high, 1 medium, 1 low · 2 answered" {
		t.Error(got)
	}
}

// TestTheSectionSaysHowMoreAlertsComeIn: by the keys that work there, where there is room for all of it.
func TestTheSectionSaysHowMoreAlertsComeIn(t *testing.T) {
	b, _, w := alerted(t)
	more := b.alerts.more
	if !more.Visible() || more.Size().Width < more.Wanted() {
		t.Fatalf("the keys are not shown: visible %v, %v of %v", more.Visible(), more.Size().Width, more.Wanted())
	}
	for hint := range strings.SplitSeq(more.Text(), " · ") {
		key, _ := utf8.DecodeRuneInString(hint)
		if e, ok := keys.Default().AlertRune(key); !ok || e.ID != "alert.add" && e.ID != "alert.import" {
			t.Errorf("%q says a key that is %q", hint, e.ID)
		}
	}
	w.Resize(fyne.NewSize(300, 700))
	if more.Visible() {
		t.Errorf("in a narrow window the keys stand over %q", b.alerts.title.Text())
	}
	w.Resize(fyne.NewSize(1200, 700))
	if !more.Visible() {
		t.Error("the keys do not come back")
	}
}

func TestWithoutAlertsTheBoardShowsNothingOfThem(t *testing.T) {
	b, host, _ := show(t, typical(t))
	for _, o := range b.alerts.objects() {
		if o.Visible() {
			t.Errorf("%T is seen", o)
		}
	}
	b.Run("alert.ack")
	if !slices.Equal(host.Toasts, []string{"No alert waits for a decision"}) || len(host.Commands) > 0 {
		t.Errorf("said %q, did %v", host.Toasts, host.Commands)
	}
}

// routed passes on by chat.
type routed struct {
	host *sample.Host
	err  error
}

func (r routed) RouteAlert(_ context.Context, alert string, with ...string) (model.Done, error) {
	if r.err != nil {
		return model.Done{}, r.err
	}
	return r.host.Device.Do(model.RouteAlert{Alert: alert, With: with, Ways: []string{"chat", "pager"}})
}

func TestAnAnsweredAlertIsLeftAlone(t *testing.T) {
	b, host, _ := alerted(t)
	b.Router = routed{host: host}
	b.alerts.list.Step(4) // Joanna Kowalska has it
	b.Run("alert.route")
	b.Run("alert.ack")
	if !slices.Equal(host.Toasts, []string{"It is answered already; nothing was passed on", "Joanna Kowalska has it already; nothing was changed"}) || len(host.Fails) > 0 {
		t.Errorf("says %q, fails %q", host.Toasts, host.Fails)
	}
}

// of is the alert that says something, as the model has it.
func of(t *testing.T, host *sample.Host, what string) model.AlertView {
	t.Helper()
	for _, v := range host.Device.State().AlertViews(true) {
		if v.What == what {
			return v
		}
	}
	t.Fatalf("no alert says %q", what)
	return model.AlertView{}
}

func TestEachKeyActsOnTheSelectedAlert(t *testing.T) {
	const disk = "Disk alarm in the high-priority channel"
	for _, c := range []struct {
		key  rune
		then func(t *testing.T, b *Screen, host *sample.Host, w fyne.Window)
	}{
		{'a', func(t *testing.T, _ *Screen, host *sample.Host, _ fyne.Window) {
			if v := of(t, host, disk); v.AcknowledgedBy != "Ana Ruiz" || v.AcknowledgeS == nil || *v.AcknowledgeS != 22*60 {
				t.Errorf("acknowledged by %q after %v", v.AcknowledgedBy, v.AcknowledgeS)
			}
		}},
		{'d', func(t *testing.T, b *Screen, host *sample.Host, w fyne.Window) {
			if got := b.declare.entry.Text; got != "P1 "+disk || w.Canvas().Focused() != b.declare.entry {
				t.Fatalf("the line says %q", got)
			}
			test.Type(w.Canvas().Focused(), " since 00:30; nobody can build")
			press(w, fyne.KeyReturn)
			c, ok := host.Commands[0].(model.DeclareAlert)
			if !ok || c.Title != disk || c.Severity != "P1" || c.Impact != "nobody can build" || c.Started.IsZero() || host.Opened.Zero() {
				t.Errorf("declared %+v, opened %v", host.Commands, host.Opened)
			}
			if v := of(t, host, disk); len(v.Incidents) != 1 || v.AcknowledgedBy != "Ana Ruiz" {
				t.Errorf("the alert is in %v, had by %q", v.Incidents, v.AcknowledgedBy)
			}
			if host.Drafts[draftDeclare] != "" {
				t.Errorf("kept as a draft: %q", host.Drafts[draftDeclare])
			}
		}},
		{'l', func(t *testing.T, _ *Screen, host *sample.Host, w fyne.Window) {
			test.Type(w.Canvas().Focused(), "fifth of the disk")
			press(w, fyne.KeyReturn)
			v := of(t, host, disk)
			inc, err := host.Device.State().FindIncident(strings.Join(v.Incidents, " "))
			if err != nil || inc.Title() != "MoJ: new nodes with a fifth of the disk" {
				t.Errorf("linked to %v: %v", v.Incidents, err)
			}
		}},
		{'r', func(t *testing.T, _ *Screen, host *sample.Host, _ fyne.Window) {
			if v := of(t, host, disk); v.Route != "chat" {
				t.Errorf("passed on by %q, said %q %q", v.Route, host.Toasts, host.Fails)
			}
		}},
		{'e', func(t *testing.T, b *Screen, host *sample.Host, _ fyne.Window) {
			if v := of(t, host, disk); v.State != model.AlertOver {
				t.Errorf("is %s", v.State)
			}
			if slices.Contains(says(b), disk) {
				t.Error("what is over is still shown")
			}
		}},
	} {
		t.Run(string(c.key), func(t *testing.T) {
			b, host, w := alerted(t)
			b.Router = routed{host: host}
			press(w, fyne.KeyDown)
			w.Canvas().Focused().TypedRune(c.key)
			c.then(t, b, host, w)
			if len(host.Fails) > 0 {
				t.Errorf("failed: %q", host.Fails)
			}
		})
	}
}

func TestButtonsDoWhatTheKeysDo(t *testing.T) {
	b, host, _ := alerted(t)
	test.Tap(b.alerts.acts.Objects[0].(fyne.Tappable))
	if c, ok := host.Commands[0].(model.AckAlert); !ok || len(c.With) != 1 {
		t.Fatalf("%+v", host.Commands)
	}
	for _, v := range host.Device.State().AlertViews(true) {
		if v.What == "Checkout 5xx above 5 %" && v.AcknowledgedBy != "Ana Ruiz" {
			t.Errorf("%s waits", v.Fingerprint)
		}
	}
	if want := "You have it: Checkout 5xx above 5 % and 1 more alert"; !slices.Contains(host.Toasts, want) {
		t.Errorf("said %q", host.Toasts)
	}
}

func TestDetailsFollowTheSelection(t *testing.T) {
	b, _, w := alerted(t)
	press(w, fyne.KeyReturn)
	if !b.alerts.open() || b.list.Visible() {
		t.Fatal("Enter does not open the details")
	}
	facts := fmt.Sprint(b.alerts.detail.about.facts)
	for _, want := range []string{"[Labels alertname=CheckoutErrorRateHigh]", "[ region=eu-west-1]", "[Told with it Checkout 5xx above 5 %: 5xx ratio 0.12 in us-east-1]"} {
		if !strings.Contains(facts, want) {
			t.Errorf("%s is not in %s", want, facts)
		}
	}
	press(w, fyne.KeyDown)
	press(w, fyne.KeyDown)
	about := b.alerts.detail.about
	if about.what != "Write-block alarm" || len(about.history) != 5 {
		t.Errorf("two rows down: %s, %q", about.what, about.history)
	}
	press(w, fyne.KeyEscape)
	if b.alerts.open() || !b.list.Visible() || w.Canvas().Focused() != b.alerts.list {
		t.Error("Escape does not lead back to the board")
	}
}

// TestAnAlertThatComesInMovesNothing: under the keyboard the next key would meet
// another alert than the one that was read.
func TestAnAlertThatComesInMovesNothing(t *testing.T) {
	b, host, w := alerted(t)
	press(w, fyne.KeyDown)
	before, selected, top := says(b), b.alerts.list.Selected(), b.alerts.list.Position()
	peer := host.Device
	f := model.AlertFact{Source: "grafana", Fingerprint: "new", Class: "critical", What: "Alarms on record reads and writes", At: host.Now().Add(-time.Second)}
	if _, err := peer.Do(model.TakeAlerts{Alerts: []model.AlertFact{f}, Via: model.ViaImport}); err != nil {
		t.Fatal(err)
	}
	host.Refresh()
	if got := says(b); !slices.Equal(got, append(slices.Clone(before), f.What)) {
		t.Errorf("under the keyboard: %q", got)
	}
	if b.alerts.list.Selected() != selected || b.alerts.list.Position() != top {
		t.Error("the selection or the list moved")
	}
	if got := b.alerts.title.Text(); !strings.HasSuffix(got, " · 1 new line at the end") {
		t.Error(got)
	}
	host.Focus(b.list)
	b.Tick(host.Now())
	if got := says(b); got[0] != f.What {
		t.Errorf("once nobody is at the list: %q", got)
	}
}

func TestTheFilterLooksInAlertsToo(t *testing.T) {
	b, _, _ := alerted(t)
	for query, want := range map[string]int{"checkout": 1, "eu-west-1": 1, "joanna": 1, "flaps": 1, "alertmanager": 3, "nothing such": 0, "": 6} {
		b.filter.Entry.SetText(query)
		if got := len(b.alerts.list.Rows()); got != want {
			t.Errorf("%q keeps %d, want %d", query, got, want)
		}
	}
}

func TestRefusalsAboutAlertsAreSaid(t *testing.T) {
	b, host, w := alerted(t)
	b.Router = routed{err: errors.New("none of pager has an account here")}
	w.Canvas().Focused().TypedRune('r')
	host.Refuse = errors.New("write the journal: disk full")
	w.Canvas().Focused().TypedRune('a')
	w.Canvas().Focused().TypedRune('e')
	want := []string{"Not passed on: none of pager has an account here", "Not acknowledged: write the journal: disk full", "Not changed: write the journal: disk full"}
	if !slices.Equal(host.Fails, want) {
		t.Errorf("said %q", host.Fails)
	}
}

func TestADraftOutlivesADeclarationFromAnAlert(t *testing.T) {
	b, host, w := alerted(t)
	b.Run("incident.declare")
	test.Type(w.Canvas().Focused(), "P0 half a sen")
	press(w, fyne.KeyEscape)
	b.Run("alert.list")
	w.Canvas().Focused().TypedRune('d')
	press(w, fyne.KeyEscape)
	if host.Drafts[draftDeclare] != "P0 half a sen" || w.Canvas().Focused() != b.alerts.list {
		t.Errorf("the draft is %q", host.Drafts[draftDeclare])
	}
	b.Run("incident.declare")
	if b.declare.entry.Text != "P0 half a sen" {
		t.Errorf("the line is %q", b.declare.entry.Text)
	}
}

// TestACommandOfThePaletteActsOnNothingUnseen: chosen on another screen, it leads
// to the list, where the next key acts.
func TestACommandOfThePaletteActsOnNothingUnseen(t *testing.T) {
	b, host, w := alerted(t)
	b.Shown(false)
	host.Focus(nil)
	b.Shown(true)
	if !b.Run("alert.ack") || len(host.Commands) > 0 {
		t.Errorf("did %v", host.Commands)
	}
	if w.Canvas().Focused() != b.alerts.list {
		t.Error("the keyboard is not in the list")
	}
}

func TestWaitingIsCountedForTheRail(t *testing.T) {
	story, err := sample.Alerted()
	if err != nil {
		t.Fatal(err)
	}
	b, host, _ := show(t, story)
	if n, pressing := b.Waiting(host.Input()); n != 5 || !pressing {
		t.Errorf("%d wait, pressing %v", n, pressing)
	}
	var _ screen.Counter = b
	for _, id := range []keys.ID{"alert.ack", "alert.declare", "alert.link", "alert.route", "alert.end"} {
		e, ok := keys.Default().Find(id)
		if found, is := keys.Default().AlertRune(e.Keys[0].Rune); !ok || !is || found.ID != id {
			t.Errorf("%s is not found by its key", id)
		}
	}
}

func TestHundredsOfAlertsTakeALineForWhatIsToldTogether(t *testing.T) {
	story, err := sample.Stormed()
	if err != nil {
		t.Fatal(err)
	}
	b, host, _ := show(t, story)
	n, _ := b.Waiting(host.Input())
	counted := 0
	for _, r := range b.alerts.list.Rows() {
		counted += r.Alerts
	}
	if rows := len(b.alerts.list.Rows()); n != 420 || counted != n || rows > 320 {
		t.Errorf("%d alerts wait, %d are on %d rows", n, counted, rows)
	}
}

func BenchmarkReadHundredsOfAlerts(b *testing.B) {
	story, err := sample.Stormed()
	if err != nil {
		b.Fatal(err)
	}
	s := story.Room.Device(0).State()
	for b.Loop() {
		readAlerts(s)
	}
}
