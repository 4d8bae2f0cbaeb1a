package sample

import (
	"fmt"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/when"
)

// gitLab is the sample the typical room is about.
const gitLab = "gitlab-2017-01-31-database"

// Story is a room at one time, and the incident to look at.
type Story struct {
	Room     *Room
	Now      time.Time
	Incident model.ID
}

// people of the sample rooms; the first two end up in command at once.
var people = [...]string{"Ana Ruiz", "Tom Okafor", "Li Wei", "Joanna Kowalska"}

func team(now time.Time) *Room {
	r := New("Platform on-call", people[0], now)
	for _, name := range people[1:] {
		r.Join(name)
	}
	return r
}

// Empty is a room on its first day.
func Empty() Story {
	now := time.Date(2017, 1, 31, 16, 0, 0, 0, time.UTC)
	return Story{Room: team(now), Now: now}
}

// Fresh is a room in which an incident was declared a minute ago.
func Fresh() (Story, error) { return fresh(70 * time.Second) }

// Unanswered is Fresh 40 minutes after the declaration: everybody was called, and
// nobody has answered.
func Unanswered() (Story, error) {
	story, err := fresh(40 * time.Minute)
	if err != nil {
		return Story{}, err
	}
	d := story.Room.Device(0)
	for _, rung := range []string{"p0-on-call", "p0-manager", "p0-support", "p0-vp", "p0-executives"} {
		if _, err := d.Do(model.RecordAttempt{Incident: story.Incident.String(), Rung: rung, Person: "Ana", Way: "phone", Result: model.NoAnswer}); err != nil {
			return Story{}, err
		}
	}
	story.Now = story.Now.Add(6 * time.Minute)
	story.Room.At(story.Now)
	return story, nil
}

func fresh(after time.Duration) (Story, error) {
	in, err := Load(gitLab)
	if err != nil {
		return Story{}, err
	}
	r := team(in.Declared().Add(-8 * time.Hour))
	done, err := r.Device(0).Declare(in)
	if err != nil {
		return Story{}, err
	}
	now := in.Declared().Add(after)
	r.Meet()
	r.At(now)
	return Story{Room: r, Now: now, Incident: done.ID}, nil
}

// Typical is the night of 31 January 2017 at GitLab, an hour and a half after
// the declaration: a split has just healed and left two commanders, one
// message is out and one waits. Other incidents run beside it.
func Typical() (Story, error) {
	in, err := Load(gitLab)
	if err != nil {
		return Story{}, err
	}
	now := time.Date(2017, 2, 1, 1, 2, 20, 0, time.UTC)
	r := team(in.Declared().Add(-8 * time.Hour))
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	r.directory(in.Declared().Add(-7 * time.Hour))
	r.onCall(in.Declared().Add(-7 * time.Hour))
	r.reach()
	if err := r.beside(now); err != nil {
		return Story{}, err
	}
	done, err := ana.Declare(in)
	if err != nil {
		return Story{}, err
	}
	inc, at := done.Code, in.Declared()
	r.Meet()
	r.step(at.Add(time.Minute), ana, model.AssignRole{Incident: inc, Role: "ic", Person: people[0]})
	r.step(at.Add(2*time.Minute), ana, model.AssignRole{Incident: inc, Role: "comms", Person: people[2]})
	r.step(at.Add(3*time.Minute), li, model.AcceptRole{Incident: inc, Role: "comms"})
	r.step(at.Add(3*time.Minute), ana, model.AssignRole{Incident: inc, Role: "on-call", Person: people[3]})
	r.step(at.Add(4*time.Minute), ana, model.SetIncident{Incident: inc, Phase: "investigation"})
	if err := r.Replay(in, inc, now.Add(-20*time.Minute), ana, jo, tom, li); err != nil {
		return Story{}, err
	}
	r.respond(inc, now)
	r.work(inc, now)
	if err := r.tell(inc, now); err != nil {
		return Story{}, err
	}
	// The split: both take command before they hear of each other.
	r.step(now.Add(-9*time.Minute), ana, model.Log{Incident: inc, Kind: "decision", Text: "Restore from the snapshot of 17:20: six hours of data are lost, every other way is slower or unproven"})
	ana.Now, tom.Now = now.Add(-8*time.Minute), now.Add(-7*time.Minute)
	r.must(tom, model.AssignRole{Incident: inc, Role: "ic", Person: people[1]})
	r.must(tom, model.Log{Incident: inc, Text: "No answer from Ana since 00:53, taking command", Kind: "role"})
	r.must(ana, model.AssignRole{Incident: inc, Role: "ic", Person: people[0]})
	r.must(ana, model.Log{Incident: inc, Text: "Copy of the snapshot to the production primary started, 60 Mbit/s, about 18 hours", Kind: "action"})
	r.Meet()
	r.At(now)
	return Story{Room: r, Now: now, Incident: done.ID}, nil
}

// step has a device do something at a time, and everyone hear of it.
func (r *Room) step(at time.Time, d *Device, c model.Command) model.Done {
	d.Now = at
	done := r.must(d, c)
	r.Meet()
	return done
}

// work gives out tasks, corrects an entry and takes one back.
func (r *Room) work(inc string, now time.Time) {
	ana, tom, jo := r.Device(0), r.Device(1), r.Device(3)
	r.step(now.Add(-30*time.Minute), ana, model.AddTask{Incident: inc, Text: "Find every copy of the database, with its age", Owner: people[3], Due: now.Add(-9 * time.Minute)})
	r.step(now.Add(-28*time.Minute), ana, model.AddTask{Incident: inc, Text: "Check whether disk snapshots can be used", Owner: people[1], Due: now.Add(4 * time.Minute)})
	told := r.step(now.Add(-27*time.Minute), ana, model.AddTask{Incident: inc, Text: "Stop the removal on the primary", Owner: people[1]})
	r.step(now.Add(-26*time.Minute), tom, model.FinishTask{Task: told.ID.String(), Result: "stopped, 4.5 GB left"})
	r.step(now.Add(-24*time.Minute), ana, model.SetIncident{Incident: inc, Phase: "containment"})
	r.step(now.Add(-23*time.Minute), ana, model.SetIncident{Incident: inc, Impact: "GitLab.com is offline; about six hours of issues, comments and users may be lost"})
	slip := r.step(now.Add(-22*time.Minute), jo, model.Log{Incident: inc, Kind: "finding", Text: "db2 holds a good copy"})
	r.step(now.Add(-19*time.Minute), jo, model.RetractEntry{Entry: slip.ID.String(), Reason: "db2 was wiped at 22:00"})
	fix := r.step(now.Add(-18*time.Minute), tom, model.Log{Incident: inc, Kind: "finding", Text: "Staging snapshot is six hours old"})
	r.step(now.Add(-17*time.Minute), tom, model.EditEntry{Entry: fix.ID.String(), Text: "Staging holds a full copy from 17:20, six hours old and without webhooks"})
}

// tell queues two messages: one is out, one waits for the mail server.
func (r *Room) tell(inc string, now time.Time) error {
	li := r.Device(2)
	fields := map[string]string{
		"impact.who": "everyone who uses GitLab.com", "bridge": "meet.example.com/inc", "product": "the database cluster",
		"known": "a data directory was removed by hand; copies are being compared", "user_task": "use GitLab.com",
	}
	for i, step := range []struct {
		at      time.Time
		outcome model.Outcome
		detail  string
	}{
		{now.Add(-75 * time.Minute), model.Sent, ""},
		{now.Add(-16 * time.Minute), model.Deferred, "mail.example.com:587 did not answer; the next try is at 01:04 UTC"},
	} {
		li.Now = step.at
		source, err := templateSource("incident-detected")
		if err != nil {
			return err
		}
		i0, err := li.state.FindIncident(inc)
		if err != nil {
			return err
		}
		draft, _, err := model.Compose(li.state, i0, source, model.ComposeOptions{Fields: fields, Now: step.at})
		if err != nil {
			return fmt.Errorf("sample message %d: %w", i, err)
		}
		done := r.must(li, model.QueueMessage{Incident: inc, Draft: draft, Next: now.Add(4*time.Minute + 12*time.Second)})
		r.must(li, model.RecordResult{Message: done.ID.String(), Outcome: step.outcome, Detail: step.detail})
		r.Meet()
	}
	return nil
}

func templateSource(id string) (string, error) {
	all, err := assets.Templates()
	if err != nil {
		return "", err
	}
	for _, t := range all {
		if t.ID == id {
			return t.Source, nil
		}
	}
	return "", fmt.Errorf("sample: no template %s", id)
}

// beside runs other real incidents in the same room, moved in time so that
// they fall near now.
func (r *Room) beside(now time.Time) error {
	for _, o := range []struct {
		name     string
		age      time.Duration
		phase    string
		ic       int // who commands; -1 is nobody
		resolved time.Duration
	}{
		{"github-2018-10-21-split-brain", 26 * time.Hour, "recovery", 2, 0},
		{"cloudflare-2022-06-21-bgp", 42 * time.Minute, "triage", -1, 0},
		{"dfds-2022-01-25-metrics-down", 3 * time.Hour, "investigation", 3, 0},
		{"moj-2023-09-18-disk", 5*time.Hour + 12*time.Minute, "resolution", 1, 0},
		{"posthog-2025-09-29-flags", 95 * time.Minute, "containment", 0, 0},
		{"fastly-2021-06-08-cdn", 80 * time.Hour, "", 1, 72 * time.Hour},
		{"slack", 0, "", 0, 0},
		{"dfds-2021-03-31-sso-certificate", 13 * 24 * time.Hour, "", 3, 12 * 24 * time.Hour},
	} {
		in, err := Load(o.name)
		if err != nil {
			continue // a name that is not shipped any more costs a row, not the room
		}
		d := r.Device(max(o.ic, 0))
		done, err := d.Declare(in.moved(now.Add(-o.age).Sub(in.Declared())))
		if err != nil {
			return fmt.Errorf("sample %s: %w", o.name, err)
		}
		r.Meet()
		if o.ic >= 0 {
			r.step(d.Now.Add(time.Minute), d, model.AssignRole{Incident: done.Code, Role: "ic", Person: people[o.ic]})
		}
		if o.phase == "resolution" { // it asks for the containment first
			r.step(d.Now, d, model.RecordFacts{Incident: done.Code, Containment: "New nodes drained"})
		}
		if o.phase != "" {
			r.step(d.Now.Add(time.Minute), d, model.SetIncident{Incident: done.Code, Phase: o.phase, NextUpdate: now.Add(o.age / 7)})
		}
		if o.resolved != 0 {
			d.Now = now.Add(-o.resolved)
			r.must(d, model.Resolve{Incident: done.Code, Verification: "normal for 30 minutes"})
		}
	}
	r.Meet()
	return nil
}

// moved gives the sample by a length of time later.
func (in Incident) moved(by time.Duration) Incident {
	out := in
	out.Milestones = map[string]time.Time{}
	for k, at := range in.Milestones {
		out.Milestones[k] = at.Add(by)
	}
	out.Entries = make([]Entry, len(in.Entries))
	for i, e := range in.Entries {
		e.At = e.At.Add(by)
		out.Entries[i] = e
	}
	return out
}

// Texts that break layouts: very long, right to left, combining, unbroken.
var (
	longTitle = strings.TrimSpace(strings.Repeat("Payments and checkout fail for all customers in every region since the release ", 2))
	hard      = [...]string{
		"הזמנות נכשלות מאז 13:58 בכל האזורים, הצוות בודק את מסד הנתונים",
		"قاعدة البيانات الرئيسية لا تستجيب للطلبات منذ ساعة",
		"Zalgo t̵̢̛̫͎e̶̡̧͔x̴̛͓͠t̶̢̛ with combining marks, and a family 👩‍👩‍👧 of joiners",
		"https://dashboards.example.com/d/" + strings.Repeat("a1b2c3d4", 24) + "?orgId=1&from=now-1h",
		"支払いが失敗しています。データベースの主系が応答しません。\n第二行目。",
		"panic: runtime error: index out of range [5] with length 5\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:42 +0x1d",
	}
)

// Overfull is far more than anyone should have: 50 open incidents, one with
// 5,000 rows, long titles and names, writing from right to left, and a list of
// a thousand addressees.
func Overfull() (Story, error) {
	start := time.Date(2026, 3, 17, 2, 0, 0, 0, time.UTC)
	now := start.Add(20 * time.Hour)
	r := team(start)
	r.Join("Maximiliane Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh III")
	r.Join("محمد عبد الرحمن الأنصاري")
	r.overbook(start)
	names, err := assets.Samples()
	if err != nil {
		return Story{}, err
	}
	d := r.Device(0)
	for i := range 49 {
		in, err := Load(names[i%len(names)])
		if err != nil {
			return Story{}, err
		}
		if i%5 == 0 {
			in.Title = hard[i/5%len(hard)]
			in.Title, _, _ = strings.Cut(in.Title, "\n")
			in.Title = strings.ToValidUTF8(in.Title[:min(len(in.Title), model.MaxTitle)], "")
		}
		in = in.moved(now.Add(-time.Duration(i*i) * time.Minute).Sub(in.Declared()))
		done, err := d.Declare(in)
		if err != nil {
			return Story{}, fmt.Errorf("sample %s: %w", names[i%len(names)], err)
		}
		if i%3 > 0 {
			who := r.Device(i % r.Devices())
			r.must(d, model.AssignRole{Incident: done.ID.String(), Role: "ic", Person: who.Name})
		}
	}
	d.Now = start
	done, err := d.Do(model.Declare{Title: longTitle, Severity: "P1", Type: "Service Outage", Milestones: map[string]time.Time{"started": start}})
	if err != nil {
		return Story{}, err
	}
	r.Meet()
	if err := r.fill(done.ID.String(), start, now); err != nil {
		return Story{}, err
	}
	r.At(now)
	return Story{Room: r, Now: now, Incident: done.ID}, nil
}

// rowsOverfull is the timeline of the overfull incident.
const rowsOverfull = 5000

func (r *Room) fill(inc string, start, now time.Time) error {
	names, err := assets.Samples()
	if err != nil {
		return err
	}
	var real []Entry
	for _, name := range names {
		in, err := Load(name)
		if err != nil {
			return err
		}
		real = append(real, in.Entries...)
	}
	gap := now.Sub(start) / (rowsOverfull + 20)
	for i := range rowsOverfull {
		d := r.Device(i % r.Devices())
		d.Now = start.Add(time.Duration(i+1) * gap)
		e := real[i%len(real)]
		words, kind, p := e.Text, knownKind(e.Kind), when.Exact
		if i%17 == 0 {
			words = hard[i/17%len(hard)]
		}
		if _, err := d.Do(model.Log{Incident: inc, Text: words, Kind: kind, Precision: p}); err != nil {
			return fmt.Errorf("sample row %d: %w", i, err)
		}
	}
	r.Meet()
	var list []string
	for i := range 1000 {
		list = append(list, fmt.Sprintf("A Reader with a rather long name %d <reader.with.a.long.address.%d@department.division.example.com>", i, i))
	}
	d := r.Device(0)
	d.Now = now
	for _, c := range []model.Command{
		model.SetRoom{Field: "audience.stakeholders", Value: strings.Join(list[:200], "\n")},
		model.SetRoom{Field: "audience.executives", Value: strings.Join(list[200:212], "\n")},
		model.SetRoom{Field: "audience.customers-in-every-region-of-the-world", Value: strings.Join(list[300:500], "\n")},
		model.SetIncident{Incident: inc, Impact: strings.Repeat(longTitle+". ", 3), Phase: "post-incident"},
		model.AssignRole{Incident: inc, Role: "ic", Person: r.Device(4).Name},
		model.AssignRole{Incident: inc, Role: "comms", Person: r.Device(5).Name},
		model.AssignRole{Incident: inc, Role: "sme", Person: r.Device(1).Name},
		model.AssignRole{Incident: inc, Role: "sme", Person: r.Device(4).Name},
		model.AddTask{Incident: inc, Text: longTitle, Owner: r.Device(4).Name, Due: now.Add(-3 * time.Hour), Confirm: true},
	} {
		if _, err := d.Do(c); err != nil {
			return fmt.Errorf("sample: %T: %w", c, err)
		}
	}
	for i := range 24 {
		r.must(d, model.AddTask{Incident: inc, Text: hard[i%len(hard)], Owner: r.Device(i % r.Devices()).Name, Due: now.Add(time.Duration(i-6) * time.Minute), Confirm: true})
	}
	if err := r.crowd(inc, now); err != nil {
		return err
	}
	for i, sev := range []string{"P2", "P0"} {
		w := r.Device(i + 1)
		w.Now = now
		r.must(w, model.SetIncident{Incident: inc, Severity: sev, Reason: "set while apart"})
	}
	r.Meet()
	return nil
}
