package policy

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWorkedCountsSupportHours(t *testing.T) {
	berlin := Calendar{Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Begin: "09:00", End: "17:00", Holidays: []string{"2025-10-03"}}
	for _, c := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"within a day", "2025-09-29T08:00:00Z", "2025-09-29T10:00:00Z", 2 * time.Hour},
		{"begins before work", "2025-09-29T05:00:00Z", "2025-09-29T08:00:00Z", time.Hour},
		{"over a night", "2025-09-29T14:00:00Z", "2025-09-30T08:00:00Z", 2 * time.Hour},
		{"a weekend", "2025-09-27T00:00:00Z", "2025-09-28T22:00:00Z", 0},
		{"over a holiday", "2025-10-02T14:00:00Z", "2025-10-06T08:00:00Z", 2 * time.Hour},
		{"over the change of the clock", "2025-10-24T14:00:00Z", "2025-10-27T09:00:00Z", 2 * time.Hour},
		{"backwards", "2025-09-29T10:00:00Z", "2025-09-29T08:00:00Z", 0},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		to, _ := time.Parse(time.RFC3339, c.to)
		if got := berlin.Worked(from, to); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestWorkedAddsUp: a span is worth what its parts are, and never more than its
// length.
func TestWorkedAddsUp(t *testing.T) {
	c := USFederal()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(rapid.Int64Range(1.6e9, 1.9e9).Draw(t, "start"), 0)
		mid := start.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "hours")) * time.Hour)
		end := mid.Add(time.Duration(rapid.IntRange(0, 40000).Draw(t, "minutes")) * time.Minute)
		whole := c.Worked(start, end)
		if parts := c.Worked(start, mid) + c.Worked(mid, end); parts != whole || whole > end.Sub(start) {
			t.Fatalf("parts %s, whole %s of %s", parts, whole, end.Sub(start))
		}
	})
}
