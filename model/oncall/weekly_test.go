package oncall_test

import (
	"testing"
	"time"

	"holdfast/model/oncall"
)

func TestWeeklyScheduleHasTheFirstPersonNow(t *testing.T) {
	for _, c := range []struct {
		handoff, now string
		start        string // empty is a refusal
	}{
		{"Mon 10:00", "2026-11-25T12:00:00Z", "2026-11-23"},
		{"Mon 10:00", "2026-11-23T10:00:00Z", "2026-11-23"},
		{"Mon 10:00", "2026-11-23T09:59:00Z", "2026-11-16"},
		{"sunday 0:30", "2026-11-25T12:00:00Z", "2026-11-22"},
		{"tomorrow", "2026-11-25T12:00:00Z", ""},
		{"Mo 10:00", "2026-11-25T12:00:00Z", ""},
		{"Mon 25:00", "2026-11-25T12:00:00Z", ""},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		s, err := oncall.WeeklySchedule("Platform", "UTC", c.handoff, now, "ana", "ben")
		if (err != nil) != (c.start == "") {
			t.Errorf("%s: %v", c.handoff, err)
		}
		if c.start == "" {
			continue
		}
		if got := s.Layers[0].Rotations[0].Start; got != c.start {
			t.Errorf("%s at %s starts on %s", c.handoff, c.now, got)
		}
		rota, err := oncall.New(s)
		if err != nil {
			t.Fatal(err)
		}
		if d := rota.At(now); d[0].Person != "ana" || d[1].Person != "ben" {
			t.Errorf("%s at %s: %+v", c.handoff, c.now, d)
		}
	}
}
