package sample

import (
	"fmt"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
)

// reviewedSample is the incident whose post-mortem is written; facts of it are
// those its makers published.
const reviewedSample = "cloudflare-2025-11-18-bot-file"

// Reviewed is a room that had an incident every few days, and writes the
// post-mortem of one that ended the day before: some of it is done.
func Reviewed() (Story, error) {
	in, err := Load(reviewedSample)
	if err != nil {
		return Story{}, err
	}
	resolved := in.Milestones["resolved"]
	now := resolved.Add(22*time.Hour + 34*time.Minute)
	r := team(now.AddDate(-1, 0, 0))
	if err := r.past(now); err != nil {
		return Story{}, err
	}
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	done, err := ana.Declare(in)
	if err != nil {
		return Story{}, err
	}
	inc := done.Code
	r.Meet()
	r.step(in.Declared().Add(time.Minute), ana, model.AssignRole{Incident: inc, Role: "ic", Person: people[0]})
	r.step(in.Declared().Add(2*time.Minute), jo, model.AssignRole{Incident: inc, Role: "on-call", Person: people[3]})
	if err := r.Replay(in, inc, resolved, ana, jo, tom, li); err != nil {
		return Story{}, err
	}
	r.end(inc, in)
	r.step(resolved.Add(40*time.Minute), ana, model.WriteReviewDraft{Incident: inc, Owner: people[0]})
	r.write(inc, resolved)
	r.At(now)
	return Story{Room: r, Now: now, Incident: done.ID}, nil
}

// end resolves a sample when it was.
func (r *Room) end(inc string, in Incident) {
	jo := r.Device(3)
	known := map[string]time.Time{}
	for _, name := range []string{"acknowledged", "cause-found", "mitigated"} {
		if at, ok := in.Milestones[name]; ok && at.Before(in.Milestones["resolved"]) {
			known[name] = at
		}
	}
	if len(known) > 0 {
		r.step(in.Milestones["resolved"], jo, model.SetIncident{Incident: inc, Milestones: known})
	}
	r.step(in.Milestones["resolved"].Add(time.Second), jo, model.Resolve{Incident: inc, Verification: "error rate normal for 30 minutes", Customers: "sent", Confirm: true})
}

// write is what people made of the draft the next day.
func (r *Room) write(inc string, resolved time.Time) {
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	at := resolved.Add(18 * time.Hour)
	r.step(at, ana, model.BookReview{Incident: inc, At: resolved.Add(40 * time.Hour), Attendees: []string{people[0], people[1], people[3]}})
	r.step(at, ana, model.SetReview{Incident: inc, Facilitator: people[2], Services: []string{"core proxy", "dashboard", "access"}, Texts: map[string]string{
		"summary": "From 11:20 to 14:30 UTC the proxy answered a large share of requests with server errors, and nobody without a live session could log in to the dashboard. A good copy of the bot file ended it; all was normal again at 17:06.",
	}})
	r.step(at.Add(20*time.Minute), jo, model.SetReview{Incident: inc, Texts: map[string]string{
		"cause": "Trigger: a change of permissions in the database let the query behind the bot file see each column twice.\nPossible: the file doubled in size, and the proxy takes memory for at most 200 features; above that it stopped.\nUnnoticed: the file is made anew every five minutes, now good and now bad, so that the errors came and went.\nLong: the pattern looked like an attack, and the status page, hosted elsewhere, happened to be down as well.",
		"well":  "The old file was proven good in a test before it went out.\nThe access products were routed around the new proxy at 13:05, an hour and a half before the end.",
	}})
	r.step(at.Add(30*time.Minute), tom, model.SetReview{Incident: inc, Texts: map[string]string{
		"detection": "An automated test noticed it 11 minutes after the start. No alert watched the size of the file.",
		"poorly":    "The size limit was known to two people. Somebody should have told the dashboard team that a login backlog would follow.",
	}})
	for _, f := range []model.AddFactor{
		{Text: "size of the file is not checked before it spreads", Role: "possible"},
		{Text: "permission change made a query return double rows", Role: "trigger"},
		{Text: "status page down at the same time", Role: "long"},
	} {
		f.Incident = inc
		r.step(at.Add(40*time.Minute), li, f)
	}
	for _, a := range []model.AddAction{
		{Text: "Check the size of configuration files as if people had typed them", Kind: "prevent", Owner: people[1], Priority: true, Ticket: "EDGE-2041", Measure: "a file of 400 features is refused in the test"},
		{Text: "Add a switch that stops the spread of a file everywhere", Kind: "respond", Owner: people[3], Measure: "used in a drill"},
		{Text: "Better limits for core dumps", Kind: "respond"},
	} {
		a.Incident = inc
		r.step(at.Add(50*time.Minute), jo, a)
	}
}

// apart is how far the incidents of the past lie from one another.
const apart = 9 * 24 * time.Hour

// past runs the other samples that have an end, one every few days before now.
func (r *Room) past(now time.Time) error {
	names, err := assets.Samples()
	if err != nil {
		return err
	}
	n := 0
	for i, name := range names {
		in, err := Load(name)
		if err != nil {
			return err
		}
		if _, over := in.Milestones["resolved"]; !over || name == reviewedSample || in.Milestones["resolved"].Sub(in.Declared()) > apart {
			continue
		}
		n++
		in = in.moved(now.Add(-time.Duration(n) * apart).Sub(in.Declared()))
		in.Severity = []string{"P1", "P2", "P0", "P1", "P3"}[i%5]
		d := r.Device(i % 4)
		done, err := d.Declare(in)
		if err != nil {
			return fmt.Errorf("sample %s: %w", name, err)
		}
		r.Meet()
		inc := done.Code
		r.step(in.Declared().Add(time.Duration(3+i%7)*time.Minute), d, model.AssignRole{Incident: inc, Role: "ic", Person: people[i%4]})
		r.end(inc, in)
		r.step(in.Milestones["resolved"].Add(time.Hour), d, model.SetReview{Incident: inc, Owner: people[i%4], Services: []string{[]string{"core proxy", "database", "sign-in"}[i%3]}})
	}
	return nil
}

// Unread is a post-mortem with far more than anyone should read.
func Unread() (Story, error) {
	story, err := Overfull()
	if err != nil {
		return Story{}, err
	}
	r, d := story.Room, story.Room.Device(0)
	inc := story.Incident.String()
	texts := map[string]string{}
	for i, s := range model.ReviewSections {
		texts[s.Name] = strings.Repeat(hard[i%len(hard)]+"\nThe operator failed to notice. "+longTitle+"\n", 20)
	}
	r.step(story.Now, d, model.SetReview{Incident: inc, Owner: r.Device(4).Name, Facilitator: r.Device(5).Name, Attendees: []string{people[0], people[1], people[2], people[3], r.Device(4).Name}, Texts: texts})
	for i := range 40 {
		r.step(story.Now, d, model.AddFactor{Incident: inc, Text: fmt.Sprintf("%d %s", i, []string{longTitle, "الأنصاري", "זמנות נכשלות", "certificate"}[i%4]), Role: model.FactorRoles[i%4]})
		r.step(story.Now, d, model.AddAction{Incident: inc, Text: fmt.Sprintf("%d %s", i, longTitle), Owner: r.Device(i % r.Devices()).Name, Due: story.Now.AddDate(0, 0, i)})
	}
	r.At(story.Now)
	return story, nil
}
