package escalate

import (
	"testing"
	"time"

	"holdfast/model/due"
)

// TestAClockOfTheLawSaysWhatIsLeft at each of its reminders, and not once it has run out.
func TestAClockOfTheLawSaysWhatIsLeft(t *testing.T) {
	end := time.Date(2021, 10, 7, 15, 44, 0, 0, time.UTC)
	d := due.Due{
		ID: "x", Kind: due.Clock, What: "Notify the supervisory authority", Who: "Data protection officer", DueAt: end,
		RemindAt: []time.Time{end.Add(-36 * time.Hour), end.Add(-18 * time.Hour)},
	}
	var r reminders
	var told []string
	r.watchers = map[int]func([]Reminder){0: func(list []Reminder) {
		for _, one := range list {
			told = append(told, one.Text)
		}
	}}
	for _, before := range []time.Duration{40 * time.Hour, 36 * time.Hour, 18 * time.Hour, 0} {
		r.look([]due.Due{d}, end.Add(-before))
	}
	want := []string{
		"Notify the supervisory authority (Data protection officer): 1 day 12 h left",
		"Notify the supervisory authority (Data protection officer): 18 h left",
		"Notify the supervisory authority (Data protection officer)",
	}
	if len(told) != len(want) {
		t.Fatalf("told %q", told)
	}
	for n := range want {
		if told[n] != want[n] {
			t.Errorf("told %q, want %q", told[n], want[n])
		}
	}
}
