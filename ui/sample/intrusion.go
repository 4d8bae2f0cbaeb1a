package sample

import (
	"strings"
	"time"

	"holdfast/model"
)

// Samples of the room that Intrusion makes.
const (
	intrusion = "cloudflare-2023-11-23-intrusion"
	stolen    = "circleci-2023-01-04-secrets"
)

// Intrusion is the night of 23 November 2023 at Cloudflare, some hours in:
// steps, evidence and clocks stand where they stood. Beside it runs GitLab's
// loss of data, taken for a breach and assessed. The room has an escalation of
// its own, and a cadence that two changed apart.
func Intrusion() (Story, error) {
	in, err := Load(intrusion)
	if err != nil {
		return Story{}, err
	}
	now := time.Date(2023, 11, 24, 3, 20, 0, 0, time.UTC)
	r := team(in.Declared().Add(-10 * 24 * time.Hour))
	if err := r.ownPolicy(in.Declared().Add(-9 * 24 * time.Hour)); err != nil {
		return Story{}, err
	}
	if err := r.breach(now); err != nil {
		return Story{}, err
	}
	ana, tom, li := r.Device(0), r.Device(1), r.Device(2)
	done, err := ana.Declare(in)
	if err != nil {
		return Story{}, err
	}
	inc := done.ID.String()
	r.Meet()
	r.step(in.Declared().Add(time.Minute), ana, model.AssignRole{Incident: inc, Role: "ic", Person: people[0]})
	if err := r.Replay(in, inc, now, ana, tom, li); err != nil {
		return Story{}, err
	}
	r.secure(inc, in.Declared(), now)
	r.At(now)
	return Story{Room: r, Now: now, Incident: done.ID}, nil
}

// secure does what was done in the first hours.
func (r *Room) secure(inc string, begun, now time.Time) {
	ana, tom, li := r.Device(0), r.Device(1), r.Device(2)
	for i, step := range []string{"need-to-know", "stop", "team", "attacker"} {
		r.step(begun.Add(time.Duration(10*i)*time.Minute), tom, model.TickSecurityStep{Incident: inc, Step: step})
	}
	r.step(begun.Add(time.Hour), ana, model.SetHold{Incident: inc, Hold: "yes", Privilege: "Privileged: prepared for counsel", Reason: "legal expects questions of customers"})
	for _, i := range []model.AddIndicator{
		{Kind: "ip", Value: "193.142.58.126", Note: "tracker and wiki", Source: "access log"},
		{Kind: "ip", Value: "198.244.174.214", Note: "remote control", Source: "proxy log"},
		{Kind: "domain", Value: "idrive.example", Note: "copies went there", Source: "resolver log"},
	} {
		i.Incident, i.First, i.Last = inc, time.Date(2023, 11, 14, 9, 22, 49, 0, time.UTC), time.Date(2023, 11, 23, 15, 58, 0, 0, time.UTC)
		r.step(begun.Add(70*time.Minute), li, i)
	}
	e := r.step(begun.Add(80*time.Minute), tom, model.AddEvidence{
		Incident: inc, What: "Disk image of the tracker", Kind: "image", System: "tracker-1", Tool: "dd", Size: 137438953472,
		SHA256: strings.Repeat("3f2a9c", 10) + "77e1", File: "tracker-1.img", Store: "safe 2, disk 14", Protected: "yes",
	})
	r.step(begun.Add(95*time.Minute), tom, model.TransferEvidence{Evidence: e.ID.String(), To: people[2], Reason: "analysis"})
	r.step(begun.Add(100*time.Minute), li, model.AddEvidence{Incident: inc, What: "Access log of the wiki, 14 to 23 November", Kind: "log", System: "wiki-1", Store: "safe 2, disk 14"})
	r.step(begun.Add(101*time.Minute), tom, model.Isolate{Incident: inc, System: "tracker-1", How: "VLAN 13, no route out", Effect: "tickets are read only"})
	r.step(begun.Add(102*time.Minute), tom, model.Isolate{Incident: inc, System: "wiki-1", How: "VLAN 13, no route out"})
	token := r.step(begun.Add(110*time.Minute), li, model.AddCredential{Incident: inc, Name: "Service token of the wiki", Kind: "token", Owner: "IT", Reach: "every page and its history"})
	account := r.step(begun.Add(111*time.Minute), li, model.AddCredential{Incident: inc, Name: "Tracker service account", Kind: "password", Owner: "IT", Unused: true})
	r.step(begun.Add(112*time.Minute), li, model.AddCredential{Incident: inc, Name: "Gateway service account", Kind: "password", Owner: "Network"})
	r.step(begun.Add(120*time.Minute), li, model.RotateCredential{Credential: token.ID.String(), Revoked: begun.Add(115 * time.Minute), Issued: begun.Add(118 * time.Minute), Refused: "wiki-1, 401"})
	r.step(begun.Add(121*time.Minute), li, model.RotateCredential{Credential: account.ID.String(), Revoked: begun.Add(116 * time.Minute)})
	r.step(now.Add(-3*time.Hour), ana, model.StartClock{Incident: inc, Clock: "nis2", At: begun.Add(time.Hour), Reason: "An admin account was abused on systems that hold designs"})
	r.step(now.Add(-2*time.Hour), ana, model.DeclineClock{Incident: inc, Clock: "dora", Reason: "No financial entity is served from these systems", Approver: people[3]})
}

// breach is GitLab's loss of data as a breach of availability, two days on.
func (r *Room) breach(now time.Time) error {
	in, err := Load(gitLab)
	if err != nil {
		return err
	}
	in = in.moved(now.Add(-50 * time.Hour).Sub(in.Declared()))
	ana, jo := r.Device(0), r.Device(3)
	done, err := ana.Declare(in)
	if err != nil {
		return err
	}
	inc, aware := done.ID.String(), in.Declared().Add(30*time.Minute)
	r.Meet()
	r.step(aware, jo, model.SetIncident{Incident: inc, Type: "Data Privacy Incident"})
	r.step(aware.Add(time.Minute), jo, model.StartClock{Incident: inc, Clock: "gdpr33", At: aware, Reason: "Accounts created in six hours are gone from the only good copy"})
	r.step(aware.Add(time.Hour), jo, model.SetBreach{Incident: inc, Fields: map[string]string{
		"role": "controller", "kind": "availability", "nature": "The data directory of the production database was removed by hand; the last good copy is six hours old",
		"groups": "users of GitLab.com", "people": "700", "records": "5000-6000", "data": "user names, comments, issues, snippets", "data-not": "repositories, passwords",
		"special": "no", "encrypted": "unknown", "cause": "accidental", "measures": "Restore from the copy of 17:20; list of users created since",
	}, Reason: "from the database team"})
	for factor, level := range map[string]string{"kind": "low", "sensitivity": "low", "volume": "medium"} {
		r.step(aware.Add(2*time.Hour), jo, model.AssessRisk{Incident: inc, Factor: factor, Level: level, Reason: "loss, no disclosure"})
	}
	return nil
}

// ownPolicy has the room change its escalation, and two people its cadence
// while apart.
func (r *Room) ownPolicy(at time.Time) error {
	ana, tom := r.Device(0), r.Device(1)
	p := ana.State().Policy()
	escalation := strings.Replace(p.Section("escalation"), `"after": "5m"`, `"after": "3m"`, 1)
	r.step(at, ana, model.SetPolicy{Section: "escalation", Text: escalation, Reason: "The manager asked to hear of a P0 sooner"})
	ana.Now, tom.Now = at.Add(time.Hour), at.Add(time.Hour+time.Minute)
	cadence := p.Section("cadence")
	r.must(ana, model.SetPolicy{Section: "cadence", Text: strings.Replace(cadence, `"first": "10m"`, `"first": "5m"`, 1), Reason: "The team wants to hear at once"})
	r.must(tom, model.SetPolicy{Section: "cadence", Text: strings.Replace(cadence, `"then": "10m"`, `"then": "15m"`, 1), Reason: "Every ten minutes is too often"})
	r.Meet()
	return nil
}

// Besieged is far more than one security team should have: many incidents, and
// in one of them long and odd names in every register.
func Besieged() (Story, error) {
	story, err := Intrusion()
	if err != nil {
		return Story{}, err
	}
	r := story.Room
	in, err := Load(stolen)
	if err != nil {
		return Story{}, err
	}
	in.Severity, in.Type = "P0", "Security Breach"
	d := r.Device(0)
	for i := range 9 {
		if _, err := d.Declare(in.moved(story.Now.Add(-time.Duration(i+1) * 5 * time.Hour).Sub(in.Declared()))); err != nil {
			return Story{}, err
		}
	}
	r.At(story.Now)
	inc := story.Incident.String()
	for i := range 40 {
		name := hard[i%len(hard)]
		name, _, _ = strings.Cut(name, "\n")
		r.must(d, model.Log{Incident: inc, Kind: model.KindAttacker, Text: hard[i%len(hard)], At: story.Now.Add(-time.Duration(i) * time.Hour)})
		r.must(d, model.AddIndicator{Incident: inc, Kind: "url", Value: "https://" + strings.Repeat("long.", 12) + string(rune('a'+i%26)) + strings.Repeat("b", i/26) + ".example/path", Note: name})
		r.must(d, model.AddEvidence{Incident: inc, What: longTitle, System: "a-host-with-a-very-long-name." + strings.Repeat("sub.", 10) + "example"})
		r.must(d, model.AddCredential{Incident: inc, Name: longTitle, Kind: "key", Owner: "The owner of many things"})
	}
	r.must(d, model.SetBreach{Incident: inc, Fields: map[string]string{"nature": strings.Repeat(longTitle+". ", 4), "people": "1000000-25000000", "countries": strings.Repeat("Germany, France, ", 20)}, Reason: longTitle})
	r.Meet()
	r.At(story.Now)
	return story, nil
}

// Contested is the room of Intrusion after many changes of its cadence, with
// long reasons and three versions that were written apart.
func Contested() (Story, error) {
	story, err := Intrusion()
	if err != nil {
		return Story{}, err
	}
	r := story.Room
	for i := range 40 {
		d := r.Device(i % r.Devices())
		text := strings.ReplaceAll(d.State().Policy().Section("cadence"), `"10m"`, `"11m"`)
		if i%2 > 0 {
			text = strings.ReplaceAll(text, `"11m"`, `"10m"`)
		}
		r.must(d, model.SetPolicy{Section: "cadence", Text: text, Reason: hard[i%len(hard)]})
		r.Meet()
	}
	for i := range 3 {
		d := r.Device(i)
		text := d.State().Policy().Section("cadence")
		for _, minutes := range []string{"10m", "15m", "30m", "60m", "1h", "2h"}[i:] {
			text = strings.ReplaceAll(text, `"`+minutes+`"`, `"`+string(rune('3'+i))+`5m"`)
		}
		r.must(d, model.SetPolicy{Section: "cadence", Text: text, Reason: longTitle})
	}
	r.Meet()
	r.At(story.Now)
	return story, nil
}
