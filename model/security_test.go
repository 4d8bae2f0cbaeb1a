package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/when"
)

const (
	ana = "Ana Ruiz"
	ben = "Ben Okafor"
)

// told is a real incident as the samples tell it.
type told struct {
	Title      string `json:"title"`
	Severity   string `json:"severity_guess"`
	Type       string
	Milestones map[string]time.Time
	Entries    []struct {
		At        time.Time
		Text      string
		Kind      string
		Precision string
	}
}

// lived declares a real incident as one of the room's own, so that its
// deadlines run.
func lived(t *testing.T, r *modeltest.Room, name string) string {
	t.Helper()
	raw, err := assets.Sample(name)
	if err != nil {
		t.Fatal(err)
	}
	var in told
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatal(err)
	}
	d := model.Declare{Title: in.Title, Severity: in.Severity, Type: in.Type, Milestones: map[string]time.Time{}}
	for name, at := range in.Milestones {
		if name = strings.TrimSuffix(name, "_at"); name != "resolved" && name != "closed" {
			d.Milestones[name] = at
		}
	}
	for _, e := range in.Entries {
		precision := when.Exact
		if e.Precision != "" {
			if precision, err = when.ParsePrecision(e.Precision); err != nil {
				t.Fatal(err)
			}
		}
		d.Entries = append(d.Entries, model.Log{Text: e.Text, Kind: e.Kind, At: e.At, Precision: precision})
	}
	return r.As(ana, d).Code
}

func wants(t *testing.T, sentence string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(sentence, w) {
			t.Errorf("%q does not say %q", sentence, w)
		}
	}
}

func security(r *modeltest.Room, inc string) model.SecurityView {
	return r.State.SecurityView(r.Incident(inc))
}

// TestIntruderHasATimelineOfHisOwn holds the dwell time of the Cloudflare
// intrusion to what was published: 9 days and 6 hours before the alert.
func TestIntruderHasATimelineOfHisOwn(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
	v := security(r, inc).Attack
	if len(v.Rows) != 8 || model.DwellText(v.DwellS) != "9 d 6 h" {
		t.Fatalf("%d rows, dwell %s", len(v.Rows), model.DwellText(v.DwellS))
	}
	if want := time.Date(2023, 11, 24, 10, 44, 0, 0, time.UTC); !v.LastSeen.Equal(want) {
		t.Errorf("last seen %s, want %s", v.LastSeen, want)
	}
	for _, row := range v.Rows {
		if row.Kind != model.KindAttacker {
			t.Errorf("%q is the responders'", row.Text)
		}
	}

	// The clock of the tracker was three minutes ahead: his times move, the
	// responders' do not.
	ahead := 3 * time.Minute
	r.As(ana, model.SetAttack{Incident: inc, ClockOffset: &ahead, Spread: time.Date(2023, 11, 16, 14, 36, 37, 0, time.UTC)})
	moved := security(r, inc).Attack
	if got := v.Rows[0].At.Sub(moved.Rows[0].At); got != ahead {
		t.Errorf("the first trace moved by %s, want %s", got, ahead)
	}
	if moved.DwellS-v.DwellS != 180 {
		t.Errorf("dwell moved by %d s, want 180", moved.DwellS-v.DwellS)
	}
	r.As(ana, model.SetAttack{Incident: inc, Entered: time.Date(2023, 10, 18, 0, 0, 0, 0, time.UTC), Reason: "the supplier's breach"})
	if got := model.DwellText(security(r, inc).Attack.DwellS); got != "36 d 16 h" {
		t.Errorf("from the supplier's breach it is %s", got)
	}
}

func TestSecurityRecordIsSwitchedOnByItsType(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "gitlab-2017-01-31-database")
	wants(t, r.Refused(ana, model.AddEvidence{Incident: inc, What: "disk", System: "db1"}), "no security type", "Nothing was written")
	r.As(ana, model.SetIncident{Incident: inc, Type: "Security Breach"})
	r.As(ana, model.AddEvidence{Incident: inc, What: "disk", System: "db1"})
}

// TestSealedRecordIsOnlyAddedTo is the rule of evidence: what was written of a
// security incident stays as it was, also after its type was changed.
func TestSealedRecordIsOnlyAddedTo(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "circleci-2023-01-04-secrets")
	entry := r.As(ana, model.Log{Incident: inc, Text: "Token of one customer stolen"}).ID
	for _, again := range []string{"Security Breach", "Service Outage"} {
		r.As(ana, model.SetIncident{Incident: inc, Type: again})
		wants(t, r.Refused(ana, model.EditEntry{Entry: entry.String(), Text: "Tokens of all"}), "log correct", "Nothing was changed")
		wants(t, r.Refused(ana, model.RetractEntry{Entry: entry.String(), Reason: "wrong"}), "log correct")
	}
	r.As(ana, model.Annotate{Of: entry.String(), Text: "Tokens of all customers"})
	rows := r.State.Rows(r.Incident(inc))
	is := func(kind, text string) bool {
		return slices.ContainsFunc(rows, func(row model.TimelineRow) bool { return row.Kind == kind && strings.Contains(row.Text, text) })
	}
	if !is("note", "Token of one customer stolen") || !is("correction", "Tokens of all customers") {
		t.Error("the timeline does not show both the entry and its correction")
	}

	// A legal hold does the same to any incident, until it is lifted.
	outage := lived(t, r, "gitlab-2017-01-31-database")
	note := r.As(ana, model.Log{Incident: outage, Text: "db1 was wiped"}).ID
	r.As(ana, model.SetHold{Incident: outage, Hold: "yes", Privilege: "Privileged: prepared for counsel", Reason: "claim expected"})
	wants(t, r.Refused(ana, model.EditEntry{Entry: note.String(), Text: "db2 was wiped"}), "under hold")
	if marks := r.Incident(outage).Marks(); len(marks) != 2 || !strings.Contains(marks[1], "LEGAL HOLD") {
		t.Errorf("marks are %q", marks)
	}
}

func TestWipingWaitsForEvidence(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
	r.As(ana, model.Isolate{Incident: inc, System: "wiki-1", How: "VLAN 13"})
	wants(t, r.Refused(ana, model.RecordWipe{Incident: inc, System: "wiki-1", How: "reinstalled"}), "no image", "waiver", "Nothing was written")
	wants(t, r.Refused(ana, model.TickSecurityStep{Incident: inc, Step: "eradicate"}), "wiki-1")
	r.As(ana, model.AddEvidence{Incident: inc, What: "access log", Kind: "log", System: "wiki-1", Store: "safe"})
	if r.Incident(inc).EvidenceSecured("wiki-1") {
		t.Error("a log is taken for an image")
	}
	r.As(ana, model.AddEvidence{Incident: inc, What: "disk", Kind: "image", System: "wiki-1"})
	wants(t, r.Refused(ana, model.RecordWipe{Incident: inc, System: "wiki-1", How: "reinstalled"}), "no image", "where it is kept", "Nothing was written")
	r.As(ana, model.AddEvidence{Incident: inc, What: "disk", Kind: "image", System: "WIKI-1 ", Store: "safe"})
	if !r.Incident(inc).EvidenceSecured("wiki-1") {
		t.Error("an image does not secure its system")
	}
	r.As(ana, model.RecordWipe{Incident: inc, System: "wiki-1", How: "reinstalled"})
	r.As(ana, model.TickSecurityStep{Incident: inc, Step: "eradicate", Note: "all at 22:00"})

	wants(t, r.Refused(ana, model.WaiveEvidence{Incident: inc, System: "printer", Reason: "no disk"}), "who decides")
	r.As(ana, model.WaiveEvidence{Incident: inc, System: "printer", Reason: "no disk", Person: ben})
	r.As(ana, model.RecordWipe{Incident: inc, System: "printer", How: "factory reset"})
}

func TestChainOfCustody(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
	bad := model.AddEvidence{Incident: inc, What: "disk", System: "wiki-1", SHA256: "abc"}
	wants(t, r.Refused(ana, bad), "64 hexadecimal digits")
	offset := -90 * time.Second
	id := r.As(ana, model.AddEvidence{
		Incident: inc, What: "disk of the wiki", Kind: "image", System: "wiki-1", Tool: "dd", ClockOffset: &offset, Size: 7,
		SHA256: strings.Repeat("aB", 32), Store: "safe 2", Protected: "yes",
	}).ID.String()
	wants(t, r.Refused(ana, model.TransferEvidence{Evidence: id, To: ben}), "reason")
	r.Wait(time.Minute)
	r.As(ana, model.TransferEvidence{Evidence: inc + "/e1", To: ben, Reason: "analysis"})
	r.Wait(time.Minute)
	r.As(ben, model.TransferEvidence{Evidence: id, Act: "copy", To: "outside forensics", Reason: "second opinion"})
	r.Wait(time.Minute)
	r.As(ben, model.TransferEvidence{Evidence: id, Act: "release", To: "police", Reason: "seized"})
	wants(t, r.Refused(ana, model.TransferEvidence{Evidence: id, To: ana, Reason: "back"}), "released to police")

	e := security(r, inc).Evidence[0]
	if e.Number != "E1" || e.Holder != "police" || !e.Released || e.SHA256 != strings.Repeat("ab", 32) || e.ClockOffset != "-90" {
		t.Errorf("the item is %+v", e)
	}
	var chain []string
	for _, c := range e.Custody {
		chain = append(chain, c.From+">"+c.To)
	}
	if got := strings.Join(chain, " "); got != "Ana Ruiz>Ben Okafor Ben Okafor>outside forensics Ben Okafor>police" {
		t.Errorf("the chain is %s", got)
	}
}

// TestUnusedCredentialsAreRotatedToo is the lesson of the intrusion that began
// with four credentials that were believed unused.
func TestUnusedCredentialsAreRotatedToo(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
	done := r.As(ana, model.AddCredential{Incident: inc, Name: "tracker service account", Kind: "token", Owner: "IT", Unused: true})
	wants(t, done.Note, "rotated all the same")
	id := done.ID.String()
	wants(t, r.Refused(ana, model.RotateCredential{Credential: id, Refused: "tracker"}), "not revoked")
	wants(t, r.Refused(ana, model.RotateCredential{Credential: id}), "say what was done")
	wants(t, r.As(ana, model.RotateCredential{Credential: id, Revoked: r.Now, Issued: r.Now}).Note, "refused")
	wants(t, r.Refused(ana, model.RotateCredential{Credential: id, Revoked: r.Now.Add(-time.Hour)}), "log correct")
	if c := security(r, inc).Credentials[0]; c.Done || c.Revoked.IsZero() {
		t.Errorf("a revoked credential nobody tested is %+v", c)
	}
	r.As(ana, model.RotateCredential{Credential: id, Refused: "tracker, 401"})
	if !security(r, inc).Credentials[0].Done {
		t.Error("a tested one is not done")
	}
}

func TestIndicatorsAreDefanged(t *testing.T) {
	for _, c := range []struct{ kind, given, kept, shown string }{
		{"ip", "193.142.58.126", "193.142.58.126", "193[.]142[.]58[.]126"},
		{"ip", "2001:db8::1", "2001:db8::1", "2001[:]db8[:][:]1"},
		{"url", "hxxps://evil[.]example/a", "https://evil.example/a", "hxxps://evil[.]example/a"},
		{"domain", "idrive(.)example", "idrive.example", "idrive[.]example"},
		{"email", "a@evil.example", "a@evil.example", "a[@]evil[.]example"},
		{"file", "C:\\a.exe", "C:\\a.exe", "C:\\a.exe"},
	} {
		r := modeltest.New(t, ana)
		inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
		id := r.As(ana, model.AddIndicator{Incident: inc, Kind: c.kind, Value: c.given}).ID.String()
		if v := security(r, inc).Indicators[0]; v.Value != c.kept || v.Shown != c.shown {
			t.Errorf("%s is kept as %q and shown as %q", c.given, v.Value, v.Shown)
		}
		wants(t, r.Refused(ana, model.AddIndicator{Incident: inc, Kind: c.kind, Value: c.shown}), "there already")
		for _, row := range r.State.Rows(r.Incident(inc)) {
			if c.kept != c.shown && strings.Contains(row.Text, c.kept) {
				t.Errorf("the timeline shows %q as it is", c.kept)
			}
		}
		early, late := r.Now.Add(-48*time.Hour), r.Now.Add(-time.Hour)
		r.As(ana, model.SeeIndicator{Indicator: id, At: late})
		r.As(ana, model.SeeIndicator{Indicator: id, At: early, Where: "proxy log"})
		if v := security(r, inc).Indicators[0]; !v.First.Equal(early) || !v.Last.Equal(late) {
			t.Errorf("seen from %s to %s", v.First, v.Last)
		}
	}
}

// TestIndicatorsThatCanBeNoneAreRefused: nobody finds a trace by an address that
// is none, or by half of a hash.
func TestIndicatorsThatCanBeNoneAreRefused(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "cloudflare-2023-11-23-intrusion")
	for _, c := range []struct{ kind, value, says string }{
		{"ip", "999.1.1.1", "is no address"},
		{"ip", "evil.example", "is no address"},
		{"sha256", strings.Repeat("ab", 31), "64 hexadecimal digits, and this is 62"},
		{"md5", strings.Repeat("xy", 16), "32 hexadecimal digits"},
	} {
		wants(t, r.Refused(ana, model.AddIndicator{Incident: inc, Kind: c.kind, Value: c.value}), c.says)
	}
	for kind, value := range map[string]string{"ip": "203.0.113[.]0/24", "sha1": strings.Repeat("0F", 20)} {
		r.As(ana, model.AddIndicator{Incident: inc, Kind: kind, Value: value})
	}
}

// TestOutsidersAreToldOnlyWithLegal keeps a security incident among those who
// work on it: one approval lets one message go.
func TestOutsidersAreToldOnlyWithLegal(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := lived(t, r, "circleci-2023-01-04-secrets")
	to := func(audience string) model.QueueMessage {
		return model.QueueMessage{Incident: inc, Draft: model.Draft{
			Audience: audience, Channel: "mail", Subject: "Rotate your secrets", Body: "Rotate every secret stored with us.",
			Recipients: []model.Recipient{{Address: "x@example.org"}},
		}}
	}
	r.As(ana, to("team"))
	for _, audience := range []string{"stakeholders", "customers"} {
		wants(t, r.Refused(ana, to(audience)), "approval of legal", audience)
	}
	r.As(ana, model.ApproveMessage{Incident: inc, Audience: "customers", Person: ben, Text: "first notice as of 21:00"})
	r.Refused(ana, to("stakeholders"))
	r.As(ana, to("customers"))
	wants(t, r.Refused(ana, to("customers")), "approval of legal")
}

func TestDecisionSheetNamesWhoDecided(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := lived(t, r, "circleci-2023-01-04-secrets")
	d := model.DecideSheet{Incident: inc, Topic: "tell public", Options: "tonight; after rotation", Advice: "legal: tonight", Choice: "tonight"}
	wants(t, r.Refused(ana, d), "who decided")
	d.Person = ben
	r.As(ana, d)
	if v := security(r, inc).Sheets; len(v) != 1 || v[0].Person != ben || !r.Incident(inc).Decided("tell public") {
		t.Errorf("the sheets are %+v", v)
	}
	wants(t, r.Refused(ana, model.DecideSheet{Incident: inc, Topic: "lunch", Options: "a", Advice: "b", Choice: "c", Person: ben}), "pay", "police")
}
