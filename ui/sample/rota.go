package sample

import (
	"fmt"
	"strings"
	"time"

	"holdfast/model"
)

// directory fills in how people are reached. Numbers are of the range that is
// kept free for fiction.
func (r *Room) directory(at time.Time) {
	for i, fields := range []map[string]string{
		{"phone": "+44 20 7946 0101", "private_phone": "+44 20 7946 0111", "messenger": "Signal +44 20 7946 0111", "zone": "Europe/London", "team": "Platform", "title": "Engineering manager"},
		{"phone": "+44 20 7946 0102", "private_phone": "+44 20 7946 0112", "zone": "America/New_York", "team": "Database", "title": "Support lead"},
		{"phone": "+44 20 7946 0103", "private_phone": "+44 20 7946 0113", "second_phone": "+44 20 7946 0123", "zone": "Asia/Singapore", "team": "Platform", "manager": people[0]},
		{"phone": "+44 20 7946 0104", "private_phone": "+44 20 7946 0114", "second_phone": "+44 20 7946 0124", "messenger": "Signal +44 20 7946 0114", "zone": "Europe/Warsaw", "team": "Database", "skills": "PostgreSQL, restore", "contact_order": "messenger, private phone, phone", "emergency_note": "Ring twice: the phone is in the next room at night"},
	} {
		r.step(at, r.Device(i), model.SetPerson{Person: people[i], Fields: fields})
	}
	for _, i := range []int{0, 2, 3} {
		r.step(at, r.Device(i), model.RecordTestPage{Ways: []string{"phone", "private_phone"}})
	}
	ana := r.Device(0)
	for _, c := range []model.Command{
		model.AddVendor{Fields: map[string]string{
			"name": "Cloud provider", "service": "virtual machines, object storage", "phone": "+44 20 7946 0900", "level": "business", "contract": "B-20417", "customer": "1182-7",
			"accounts": "production 4410, backups 4411", "escalation": "duty manager, +44 20 7946 0909", "hours": "all day",
		}},
		model.AddVendor{Fields: map[string]string{"name": "Registrar", "service": "domains", "portal": "https://registrar.example.com"}},
		model.AddAccess{Fields: map[string]string{"name": "Root account of the cloud", "kind": "break-glass", "where": "Safe in London, envelope 4", "openers": people[0] + ", " + people[3]}},
		model.AddAccess{Fields: map[string]string{"name": "Server room", "kind": "door", "where": "Key at the front desk", "openers": "Facility on duty", "phone": "+44 20 7946 0950"}},
		model.AddAccess{Fields: map[string]string{"name": "Recovery keys of the laptops", "kind": "recovery-key", "where": "Print in the safe in Warsaw", "openers": people[3]}},
		model.TestAccess{Access: "Root account", Result: "signed in and out"},
	} {
		r.step(at, ana, c)
	}
}

// onCall gives the room two schedules: one with an override, a leave and a swap
// that waits for the first person, and one that ends within two weeks.
func (r *Room) onCall(at time.Time) {
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	change := time.Date(at.Year(), at.Month(), at.Day(), 20, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return change.AddDate(0, 0, n) }
	r.step(at, ana, model.AddSchedule{Document: fmt.Sprintf(`{"name": "Platform", "zone": "UTC", "layers": [
		{"name": "primary", "rotations": [{"weekday": %q, "time": "20:00", "start": %q, "people": [%q, %q, %q, %q]}]},
		{"name": "secondary", "follows": "primary"}]}`,
		strings.ToLower(change.Weekday().String()), day(-7).Format(time.DateOnly), people[1], people[3], people[2], people[0])})
	r.step(at, ana, model.AddSchedule{Document: fmt.Sprintf(`{"name": "Database", "zone": "UTC", "layers": [
		{"name": "primary", "rotations": [{"start": %q, "end": %q, "people": [%q]}]}]}`, day(-7).Format(time.DateOnly), day(10).Format(time.DateOnly), people[0])})
	r.step(at, jo, model.AddOverride{Schedule: "Platform", Person: people[0], From: day(3).Add(-2 * time.Hour), To: day(4).Add(-12 * time.Hour), Reason: "Joanna is on a flight"})
	r.step(at, li, model.AddLeave{From: day(9), To: day(11), Note: "family"})
	r.step(at, li, model.AddSwap{Schedule: "Platform", Second: people[0], FirstAt: day(8), SecondAt: day(15), Reason: "away that week"})
	r.step(change.Add(-25*time.Minute), tom, model.WriteHandoff{Schedule: "Platform", Layer: "primary", Notes: map[string]string{
		"open": "none", "muted": "disk alert of db2 until Friday", "risky": "replication of db2 is set up again tonight", "credentials": "root of the cloud, signed in and out",
	}})
	r.step(change.Add(4*time.Minute), jo, model.AcceptHandoff{Schedule: "Platform", Layer: "primary", Checked: model.TakingChecks[:3]})
}

// overbook fills directory and schedules far beyond what anyone should have.
func (r *Room) overbook(at time.Time) {
	d := r.Device(0)
	d.Now = at
	names := make([]string, r.Devices())
	for i := range names {
		names[i] = fmt.Sprintf("%q", r.Device(i).Name)
	}
	for i := range 3 {
		r.must(d, model.AddSchedule{Document: fmt.Sprintf(`{"name": "%d %s", "zone": "Australia/Lord_Howe", "layers": [
			{"name": "primary", "rotations": [{"unit": "hourly", "every": 8, "start": "2026-03-10", "people": [%s]}]},
			{"name": "secondary", "follows": "primary"},
			{"name": "shadow of those who learn", "rotations": [{"start": "2026-03-16", "end": "2026-03-20", "people": [%s]}]}]}`,
			i, string([]rune(hard[i])[:12]), strings.Join(names, ", "), names[4])})
	}
	for i := range 40 {
		r.must(d, model.AddVendor{Fields: map[string]string{"name": fmt.Sprintf("%d %s", i, longTitle[:60]), "service": hard[i%len(hard)], "phone": "+44 20 7946 0900"}})
		r.must(d, model.AddAccess{Fields: map[string]string{"name": fmt.Sprintf("%d %s", i, longTitle[:60]), "where": hard[i%len(hard)], "openers": r.Device(4).Name}})
	}
	r.must(d, model.SetPerson{Person: r.Device(4).Name, Fields: map[string]string{
		"title": longTitle, "emergency_note": strings.Repeat(longTitle+". ", 2), "messenger": hard[3], "private_phone": "+44 20 7946 0199",
	}})
	r.Meet()
}
