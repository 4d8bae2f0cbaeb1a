package main

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

// TestAClockTimeAheadIsSaidToBeOfTheDayBefore: 12:50 typed at 12:40 is yesterday's,
// and whoever typed it reads so with the result.
func TestAClockTimeAheadIsSaidToBeOfTheDayBefore(t *testing.T) {
	const want = "12:50 is still to come today, so it is read as that of the day before: 25 Nov 12:50 UTC; if another day is meant, write the date"
	for name, read := range map[string]func(clock, string) error{
		"log --at": func(k clock, at string) error {
			_, err := k.past("at", at)
			return err
		},
		"set --milestone": func(k clock, at string) error {
			_, err := k.milestones([]string{"started=" + at})
			return err
		},
		"declare --started": func(k clock, at string) error {
			return k.declareTimes(&model.Declare{Milestones: map[string]time.Time{}}, map[string]string{"started": at, "detected": ""})
		},
		"declare LINE": func(k clock, at string) error {
			k.declareLine(&model.Declare{Milestones: map[string]time.Time{}}, "P0 checkout down since "+at)
			return nil
		},
	} {
		for at, want := range map[string]string{"12:50": want, "12:30": "", "12:43": "", "yesterday 12:50": "", "2026-11-25 12:50": ""} {
			a := app{}
			k := clock{zone: time.UTC, now: time.Date(2026, 11, 26, 12, 40, 0, 0, time.UTC), remarks: &a.remarks}
			if err := read(k, at); err != nil {
				t.Fatalf("%s %s: %v", name, at, err)
			}
			if got := a.noted(""); got != want {
				t.Errorf("%s %s says %q, want %q", name, at, got, want)
			}
			if got := a.noted("Ana commands"); want != "" && !strings.HasSuffix(got, "; Ana commands") {
				t.Errorf("%s %s: the note of the model is lost: %q", name, at, got)
			}
		}
	}
}
