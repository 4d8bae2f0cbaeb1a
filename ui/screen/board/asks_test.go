package board

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
)

func TestAnAlertIsWrittenDownAsTheTerminalDoes(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	if !b.Run("alert.add") || !b.asks.open() || b.lists.Visible() {
		t.Fatal("no form takes the place of the lists")
	}
	if _, ok := host.Focused.(*fynex.Entry); !ok {
		t.Errorf("the keyboard is on %T", host.Focused)
	}
	b.Run("capture.submit")
	if got := b.asks.panel.Said(); got != "Not done: say what is wrong. What you typed is kept." || len(host.Commands) > 0 {
		t.Fatalf("says %q", got)
	}
	for name, words := range map[string]string{
		"what": "Checkout fails in Spain", "service": "checkout", "class": "critical", "at": "20 min ago", "seen": "Support", "method": "User reports",
	} {
		b.asks.panel.Set(name, words)
	}
	b.Run("capture.submit")
	want := model.TakeAlerts{Via: model.ViaHand, Alerts: []model.AlertFact{{
		What: "Checkout fails in Spain", Service: "checkout", Class: "critical", Source: "by hand", Seen: "Support", Method: "User reports",
		Fingerprint: "checkout checkout fails in spain", At: host.Now().Add(-20 * time.Minute).Truncate(time.Minute),
	}}}
	got := host.Commands[len(host.Commands)-1]
	if take, ok := got.(model.TakeAlerts); ok && len(take.Alerts) == 1 {
		take.Alerts[0].At = take.Alerts[0].At.Truncate(time.Minute)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if b.asks.open() || !b.lists.Visible() || len(b.alerts.lines) != 1 || host.Toasts[0] != "The alert is written down: Checkout fails in Spain" {
		t.Errorf("after it: open %v, %d alerts, says %q", b.asks.open(), len(b.alerts.lines), host.Toasts)
	}
}

// Who wrote an alert down wants to answer it: the keyboard is in the alerts, and on that one.
func TestAnAlertWrittenDownIsTheOneTheNextKeyIsAbout(t *testing.T) {
	story, err := sample.Alerted()
	if err != nil {
		t.Fatal(err)
	}
	b, host, w := show(t, story)
	for range 2 {
		w.Canvas().Capture()
		b.Run("alert.add")
		b.asks.panel.Set("what", "Checkout fails in Spain")
		b.asks.panel.Set("class", "low")
		b.asks.panel.Set("at", "20 min ago")
		b.Run("capture.submit")
		if l := b.alerts.selected(); host.Focused != b.alerts.list || l == nil || l.what != "Checkout fails in Spain" || l.class != "low" {
			t.Errorf("the keyboard is on %T, the alert selected %+v", host.Focused, l)
		}
		b.alerts.list.Step(-100)
	}
	if want := []string{"The alert is written down: Checkout fails in Spain", "The alert is here already: Checkout fails in Spain"}; !slices.Equal(host.Toasts, want) {
		t.Errorf("says %q", host.Toasts)
	}
}

// The class is one of those the policy routes by: a word it does not know would count as high.
func TestTheClassOfAnAlertIsOneOfThePolicy(t *testing.T) {
	b, _, _ := show(t, sample.Empty())
	for _, q := range b.asks.askAlert().Questions {
		if q.Name == "class" && (!slices.Equal(q.Options, []string{"critical", "high", "medium", "low"}) || q.Value != "high") {
			t.Errorf("offers %q, at first %q", q.Options, q.Value)
		}
	}
}

func TestARefusedAlertKeepsWhatWasTyped(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	host.Refuse = errors.New("the disk is full")
	b.Run("alert.add")
	b.asks.panel.Set("what", "Checkout fails")
	b.Run("capture.submit")
	if got := b.asks.panel.Said(); !b.asks.open() || got != "Not done: the disk is full. What you typed is kept." {
		t.Fatalf("says %q", got)
	}
	if !b.Run("go.back") || b.asks.open() || host.Drafts["board.ask.alert.what"] != "Checkout fails" {
		t.Errorf("Escape leaves %v, kept %q", b.asks.open(), host.Drafts)
	}
}

func TestAlertsOfAFileAreShownBeforeTheyAreTakenIn(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	b.Taker = sample.Taker{Device: host.Device}
	path, err := filepath.Abs("../../../sync/intake/alert/testdata/alertmanager-webhook-firing.json")
	if err != nil {
		t.Fatal(err)
	}
	host.Device.Now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	b.Run("alert.import")
	b.asks.panel.Set("file", path)
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "2 alerts read as alertmanager: 2 new would be taken in") || len(b.alerts.lines) > 0 {
		t.Fatalf("%d alerts; the form says\n%s%s", len(b.alerts.lines), got, b.asks.panel.Said())
	}
	b.Run("capture.submit")
	if n := len(host.Toasts); n != 1 || !strings.Contains(host.Toasts[0], "2 new taken in") || b.asks.open() || len(b.alerts.lines) == 0 {
		t.Errorf("says %q, %d lines", host.Toasts, len(b.alerts.lines))
	}
	if len(host.Drafts) > 0 {
		t.Errorf("what is done with is kept: %q", host.Drafts)
	}
	b.Run("alert.import")
	b.asks.panel.Set("file", path+".not")
	b.Run("capture.submit")
	if got := b.asks.panel.Said(); !strings.HasPrefix(got, "Not done: open ") {
		t.Errorf("a file that is not there: %q", got)
	}
}

func TestAnIncidentOfAFileIsShownBeforeItIsWritten(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	file, err := assets.Sample("aws-2017-02-28-s3")
	if err != nil {
		t.Fatal(err)
	}
	const path = "/media/stick/s3.json"
	b.Taker = sample.Taker{Device: host.Device, Files: map[string][]byte{path: file}}
	b.Run("incident.import")
	b.asks.panel.Set("file", path)
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "Would declare “") || len(b.content.open)+len(b.content.past) > 0 {
		t.Fatalf("the form says\n%s%s", got, b.asks.panel.Said())
	}
	b.Run("capture.submit")
	if len(b.content.open)+len(b.content.past) != 1 || host.Opened.Zero() || !strings.Contains(host.Toasts[0], "written, 0 here already.") {
		t.Errorf("says %q, opened %v", host.Toasts, host.Opened)
	}
}

// What a file leaves open is asked for in the form, first and with what was typed
// kept; what it brings is shown row by row, with those to look at.
func TestWhatAFileLeavesOpenIsAskedFor(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	b.Taker = sample.Taker{Device: host.Device}
	b.Run("incident.import")
	b.Run("capture.submit")
	if got := b.asks.panel.Said(); got != "Not done: name a file, or paste what is to be read. What you typed is kept." {
		t.Errorf("nothing to read: %q", got)
	}
	b.asks.panel.Set("pasted", "22:15 - lag on the replica\n23:00 - wrong host, DECISION: stop\nno time at all\n")
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "The times of the file name no day.") {
		t.Fatalf("the form does not ask for the day; it says\n%s%s", got, b.asks.panel.Said())
	}
	b.asks.panel.Set("day", "2017-01-31")
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "The times of the file name no zone.") { // this device's is filled in
		t.Fatalf("the form does not ask for the zone; it says\n%s%s", got, b.asks.panel.Said())
	}
	if zone, ok := host.Focused.(*fynex.Entry); !ok || zone.Text != "UTC" {
		t.Errorf("the keyboard is not where the new question is: %#v", host.Focused)
	}
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "Would declare “Imported” with 2 entries. Times are UTC.") {
		t.Fatalf("the form says\n%s%s", got, b.asks.panel.Said())
	}
	b.asks.panel.Set("title", "Wrong database removed")
	b.asks.panel.Set("severity", "P0")
	b.Run("capture.submit")
	if n := len(b.content.open); n != 1 || b.content.open[0].title != "Wrong database removed" || b.content.open[0].severity != 0 || len(host.Drafts) > 0 {
		t.Errorf("%+v open, kept %q", b.content.open, host.Drafts)
	}
}

// Of a file with several incidents the form asks which; all of them stay on the
// board.
func TestAFileOfSeveralIncidentsAsksWhich(t *testing.T) {
	b, host, _ := show(t, sample.Empty())
	const path = "/media/stick/status.json"
	update := `"incident_updates": [{"id": "1", "status": "investigating", "body": "Slow.", "display_at": "2026-03-17T14:12:30Z"}]`
	b.Taker = sample.Taker{Device: host.Device, Files: map[string][]byte{
		path: []byte(`{"page": {}, "incidents": [{"id": "a", "name": "Search slow", ` + update + `}, {"id": "b", "name": "Checkout errors", ` + update + `}]}`),
	}}
	b.Run("incident.import")
	b.asks.panel.Set("file", path)
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "The file tells of 2 incidents; nothing was imported.") || !strings.Contains(got, "statuspage:b  Checkout errors") {
		t.Fatalf("the form says\n%s%s", got, b.asks.panel.Said())
	}
	b.asks.panel.Set("only", "all")
	b.Run("capture.submit")
	if got := words(b.asks); !strings.Contains(got, "2 incidents, 2 entries would be written.") {
		t.Fatalf("the form says\n%s%s", got, b.asks.panel.Said())
	}
	b.Run("capture.submit")
	if len(b.content.open) != 2 || !host.Opened.Zero() || !strings.Contains(host.Toasts[0], "2 incidents, 2 entries written.") {
		t.Errorf("%d open, says %q, opened %v", len(b.content.open), host.Toasts, host.Opened)
	}
}

func TestADeviceWithoutIntakeSaysSo(t *testing.T) {
	b, _, _ := show(t, sample.Empty())
	for _, command := range []keys.ID{"alert.import", "incident.import"} {
		b.Run(command)
		b.asks.panel.Set("file", "/media/stick/x.json")
		b.Run("capture.submit")
		if got := b.asks.panel.Said(); got != "Not done: this device takes no files in." {
			t.Errorf("%s says %q", command, got)
		}
		b.Run("go.back")
	}
}

// words are what a form says beside its fields.
func words(a *asks) string {
	var all []string
	for _, o := range a.panel.Object.Objects {
		if w, ok := o.(*form.Words); ok {
			all = append(all, w.Text())
		}
	}
	return strings.Join(all, "\n")
}
