package when

import (
	"testing"
	"time"
)

func TestLocal(t *testing.T) {
	for _, c := range []struct {
		zone, wall, at string
		skipped        time.Duration
	}{
		{"Europe/Berlin", "2026-03-28 10:00", "2026-03-28 09:00", 0},
		{"Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", 30 * time.Minute},
		{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", 0}, // the first of two
		{"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", 15 * time.Minute},
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", 12 * time.Hour},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		wall, err := time.Parse("2006-01-02 15:04", c.wall)
		if err != nil {
			t.Fatal(err)
		}
		at, skipped := Local(wall, loc)
		if got := at.UTC().Format("2006-01-02 15:04"); got != c.at || skipped != c.skipped {
			t.Errorf("%s in %s is %s, %s skipped; want %s, %s", c.wall, c.zone, got, skipped, c.at, c.skipped)
		}
	}
}
