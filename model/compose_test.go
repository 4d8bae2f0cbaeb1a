package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const investigation = `---
id: investigation
name: Investigation in progress
audience: stakeholders
channel: mail
subject: [{{severity}}] update {{update.number}} - {{incident.id}}
---

State: {{impact.what}} since {{started}}. Bridge {{bridge}}. Commander {{ic}}. Next update {{next_update}}.
`

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// composing is a room in which a message can be written.
func composing(t *testing.T) (*peer, *Incident) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P0, Milestones: map[string]time.Time{
		"started": testNow.Add(-30 * time.Minute), "detected": testNow.Add(-20 * time.Minute), "declared": testNow.Add(-10 * time.Minute),
	}}).ID)
	p.do(SetIncident{Incident: inc.Code, Impact: "payments fail"})
	p.do(AssignRole{Incident: inc.Code, Role: "ic", Person: "Ben"})
	return p, inc
}

func TestAMessageIsRendered(t *testing.T) {
	p, inc := composing(t)
	draft, missing, err := Compose(p.state, inc, investigation, ComposeOptions{
		Now: testNow, Zone: berlin(t), Fields: map[string]string{"bridge": "+49 30 5550"},
	})
	if err != nil || missing != nil {
		t.Fatalf("missing %q, %v", missing, err)
	}
	want := "State: payments fail since 13:30 UTC (14:30 Berlin). Bridge +49 30 5550. Commander Ben Okafor. Next update 14:30 UTC (15:30 Berlin)."
	if draft.Body != want || draft.Subject != "[P0] update 1 - "+inc.Code {
		t.Errorf("draft is\n%s\n%s, want\n%s", draft.Subject, draft.Body, want)
	}
	if draft.Template != "investigation" || draft.Audience != "stakeholders" || draft.Channel != "mail" || draft.Number != 1 ||
		draft.Next != testNow.Add(30*time.Minute).UnixMilli() {
		t.Errorf("draft is %+v", draft)
	}
	// Ana has an address, Ben has none.
	if len(draft.Recipients) != 1 || draft.Recipients[0] != (Recipient{"Ana Ruiz", "ana@example.com"}) {
		t.Errorf("recipients are %+v", draft.Recipients)
	}
	p.do(QueueMessage{Incident: inc.Code, Draft: draft, Next: time.UnixMilli(draft.Next)})
	again, _, err := Compose(p.state, inc, investigation, ComposeOptions{Now: testNow, Fields: map[string]string{"bridge": "x"}})
	if err != nil || again.Number != 2 || !strings.HasPrefix(again.Subject, "[P0] update 2") {
		t.Errorf("the next one is %+v, %v", again, err)
	}
	if next, _ := p.state.NextUpdate(inc); !next.Equal(testNow.Add(30 * time.Minute)) {
		t.Errorf("promised for %s", next)
	}
}

func TestWhatIsMissingBlocksAndIsNamed(t *testing.T) {
	p, inc := composing(t)
	draft, missing, err := Compose(p.state, inc, investigation, ComposeOptions{Now: testNow})
	if !errors.Is(err, ErrRefused) || len(missing) != 1 || missing[0] != "bridge" || !strings.Contains(err.Error(), "fill in bridge") {
		t.Fatalf("missing %q, %v", missing, err)
	}
	if !strings.Contains(draft.Body, "Bridge {{bridge}}") || !strings.Contains(draft.Body, "payments fail") {
		t.Errorf("the preview is %q", draft.Body)
	}
	p.do(SetRoom{Field: "room.bridge", Value: "+49 30 5550"}) // the room knows its bridge
	if _, missing, err := Compose(p.state, inc, investigation, ComposeOptions{Now: testNow}); err != nil {
		t.Errorf("missing %q, %v", missing, err)
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	p, inc := composing(t)
	p.do(SetRoom{Field: "audience.vip", Value: "Ana <ana@example.com>\nnot an address, ben@example.com; x@\nö@example.com"})
	for _, c := range []struct {
		name, source string
		o            ComposeOptions
		want         string
	}{
		{"a template with a slip", "{{incident.titel}}", ComposeOptions{}, "did you mean incident.title?"},
		{"a template that does not end", "{{severity", ComposeOptions{}, "{{ without }}"},
		{"a field no template has", "x", ComposeOptions{Fields: map[string]string{"colour": "red"}}, "no template has a field colour"},
		{"a time that is none", "{{next_update}}", ComposeOptions{Fields: map[string]string{"next_update": "soon"}}, "the time of the next update is not read"},
		{"a time that is past", "{{next_update}}", ComposeOptions{Fields: map[string]string{"next_update": "-5m"}}, "would have been due already, at 13:55 UTC"},
		{"bad addresses", "x", ComposeOptions{Audience: "vip"}, `audience vip has entries that are no address: line 2 "not an address", line 2 "x@", line 3 "ö@example.com"`},
		{"a post that is too long", strings.Repeat("x", 281), ComposeOptions{Channel: "social"}, "281 of 280 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Now = testNow
			_, _, err := Compose(p.state, inc, c.source, c.o)
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

func TestTheTimePromised(t *testing.T) {
	p, inc := composing(t)
	for _, c := range []struct {
		name, source, typed string
		want                time.Time
	}{
		{"typed", "{{next_update}}", "+20m", testNow.Add(20 * time.Minute)},
		{"typed as a clock time", "{{next_update}}", "14:05", testNow.Add(5 * time.Minute)},
		{"typed in a template without it", "x", "15:00", testNow.Add(time.Hour)},
		{"from the cadence", "{{next_update}}", "", testNow.Add(30 * time.Minute)},
		{"not named by the template", "x", "", time.Time{}},
	} {
		fields := map[string]string{}
		if c.typed != "" {
			fields["next_update"] = c.typed
		}
		draft, _, err := Compose(p.state, inc, c.source, ComposeOptions{Now: testNow, Fields: fields})
		want := int64(0)
		if !c.want.IsZero() {
			want = c.want.UnixMilli()
		}
		if err != nil || draft.Next != want {
			t.Errorf("%s: promised %s, %v; want %s", c.name, time.UnixMilli(draft.Next).UTC(), err, c.want)
		}
	}
	p.do(Resolve{Incident: inc.Code, Verification: "quiet"})
	draft, missing, err := Compose(p.state, inc, "{{next_update}}", ComposeOptions{Now: testNow})
	if err == nil || draft.Next != 0 || len(missing) != 1 {
		t.Errorf("after the resolution: %+v, missing %q", draft, missing)
	}
}

func TestAudiences(t *testing.T) {
	p, inc := composing(t)
	p.do(AddPerson{Name: "Zoe Hart", Email: "zoe@example.com"})
	p.do(AssignRole{Incident: inc.Code, Role: "comms", Person: "Zoe"})
	p.do(SetRoom{Field: "audience.vip", Value: "\"Ruiz, Ana\" <ana@example.com>, ben@example.com\n\nANA@example.com\nCarl <carl@example.com>"})
	for audience, want := range map[string]string{
		"stakeholders": "Ana Ruiz <ana@example.com> Zoe Hart <zoe@example.com>",
		"team":         "Zoe Hart <zoe@example.com>", "responders": "Zoe Hart <zoe@example.com>",
		"vip":    "Ruiz, Ana <ana@example.com>  <ben@example.com> Carl <carl@example.com>",
		"nobody": "",
	} {
		list, bad := p.state.Recipients(inc, audience)
		var got []string
		for _, r := range list {
			got = append(got, fmt.Sprintf("%s <%s>", r.Name, r.Address))
		}
		if bad != nil || !sameSet(got, want) {
			t.Errorf("%s is %q (bad %q), want %q", audience, got, bad, want)
		}
	}
	p.do(SetRoom{Field: "audience.team", Value: "sre@example.com"})
	if list, _ := p.state.Recipients(inc, "team"); len(list) != 1 || list[0].Address != "sre@example.com" {
		t.Errorf("the room's own list does not go first: %+v", list)
	}
}

func sameSet(got []string, want string) bool {
	for _, g := range got {
		if !strings.Contains(want, g) {
			return false
		}
		want = strings.Replace(want, g, "", 1)
	}
	return strings.TrimSpace(want) == ""
}

func TestFactsOfAnIncident(t *testing.T) {
	p, inc := composing(t)
	p.do(Log{Incident: inc.Code, Text: "pool is exhausted", Kind: "hypothesis"})
	p.do(Log{Incident: inc.Code, Text: "older", Kind: "hypothesis", At: testNow.Add(-time.Hour)})
	wrong := p.do(Log{Incident: inc.Code, Text: "taken back", Kind: "finding", At: testNow.Add(time.Hour), Confirm: true})
	p.do(RetractEntry{Entry: wrong.ID.String(), Reason: "x"})
	p.do(SetIncident{Incident: inc.Code, Milestones: map[string]time.Time{"mitigated": testNow.Add(25 * time.Hour), "acknowledged": testNow.Add(-17 * time.Minute)}, Confirm: true})
	facts := Facts(p.state, inc, testNow, berlin(t))
	for name, want := range map[string]string{
		"incident.id": inc.Code, "severity": "P0", "impact.what": "payments fail", "cause.current": "pool is exhausted",
		"started": "13:30 UTC (14:30 Berlin)", "mitigated": "18 Mar 15:00 UTC (16:00 Berlin)", "duration": "30 min", "ttd": "10 min",
		"ttdec": "10 min", "tta": "3 min", "ttm": "1 day 1 h", "ic": "Ben Okafor", "tz": "Europe/Berlin", "next_update": "14:05 UTC (15:05 Berlin)",
		"channel": "inc-20260317-" + strings.ToLower(strings.TrimPrefix(inc.Code, "INC-")) + "-checkout-fails",
	} {
		if facts[name] != want {
			t.Errorf("%s is %q, want %q", name, facts[name], want)
		}
	}
	for _, name := range []string{"bridge", "resolved", "ttr", "comms", "impact.who"} {
		if got, ok := facts[name]; ok {
			t.Errorf("%s is not known, and given as %q", name, got)
		}
	}
}

func TestTimesAreSpokenInTwoZones(t *testing.T) {
	kolkata := time.FixedZone("+0530", 5*3600+1800)
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		t    time.Time
		zone *time.Location
		want string
	}{
		{testNow, nil, "14:00 UTC"},
		{testNow, time.UTC, "14:00 UTC"},
		{testNow, london, "14:00 UTC"}, // London keeps UTC until the end of March
		{testNow, berlin(t), "14:00 UTC (15:00 Berlin)"},
		{testNow, kolkata, "14:00 UTC (19:30 +0530)"},
		{testNow.AddDate(0, 0, -1), nil, "16 Mar 14:00 UTC"},
		{testNow.AddDate(-9, 0, 0), berlin(t), "17 Mar 2017 14:00 UTC (15:00 Berlin)"},
	} {
		if got := SpeakTime(c.t, testNow, c.zone); got != c.want {
			t.Errorf("%s is spoken %q, want %q", c.t, got, c.want)
		}
	}
}

func FuzzParseRecipients(f *testing.F) {
	f.Add("Ana <ana@example.com>\nben@example.com, \"Novak, Dita\" <dita@example.com>")
	f.Add("=?utf-8?q?a=0d=0aBcc:_x@y.z?= <a@b.c>;x@,,\n<>")
	f.Fuzz(func(t *testing.T, text string) {
		list, _ := ParseRecipients(text)
		for _, r := range list {
			if strings.ContainsAny(r.Name+r.Address, "\r\n\x00") || strings.Count(r.Address, "@") != 1 || strings.ContainsAny(r.Address, " <>,;\"") {
				t.Fatalf("%q gave %+v", text, r)
			}
		}
	})
}
