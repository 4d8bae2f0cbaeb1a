package crdt

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTextsMadeApartMeet(t *testing.T) {
	for _, c := range []struct {
		name, base, mine, other, want string
		at, is                        int
	}{
		{"nothing typed, the other writes above", "two\nthree", "two\nthree", "one\ntwo\nthree", "one\ntwo\nthree", 3, 7},
		{"typed below what the other writes", "two", "two and", "one two", "one two and", 7, 11},
		{"typed above what the other writes", "two", "one two", "two three", "one two three", 4, 4},
		{"both write at the end", "The cause", "The cause is disk", "The cause was found", "", 17, -1},
		{"the other deletes what the cursor is in", "a slow long day", "a slow long day", "a day", "a day", 7, 2},
		{"the other changes nothing", "x", "xy", "x", "xy", 2, 2},
		{"both write the same", "x", "xy", "xy", "xy", 2, 2},
		{"the start is kept", "x", "x", "axe", "axe", 0, 0},
		{"beyond one byte a character", "größer", "größer 👩‍👩‍👧", "viel größer", "viel größer 👩‍👩‍👧", 6, 11},
	} {
		got, at := Meet(c.base, c.mine, c.other, c.at)
		if c.want != "" && got != c.want || c.is >= 0 && at != c.is {
			t.Errorf("%s: %q at %d", c.name, got, at)
		}
		if c.want == "" && !(strings.Contains(got, "is disk") && strings.Contains(got, "was found")) {
			t.Errorf("%s: %q has not both", c.name, got)
		}
	}
}

// What either wrote is there, whatever both did, and the character before the
// cursor is the one that was there, where the other left it.
func TestMeetingLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.StringMatching(`[abc \n]{0,40}`).Draw(t, "base")
		grow := func(name, mark string) string {
			at := rapid.IntRange(0, len(base)).Draw(t, name)
			return base[:at] + mark + base[at:]
		}
		mine, other := grow("mine", "XYZ"), grow("other", "123")
		at := rapid.IntRange(1, len(mine)).Draw(t, "cursor")
		got, is := Meet(base, mine, other, at)
		if strings.Count(got, "XYZ") != 1 || strings.Count(got, "123") != 1 || len(got) != len(base)+6 {
			t.Fatalf("%q and %q come to %q", mine, other, got)
		}
		if got[is-1] != mine[at-1] {
			t.Fatalf("the cursor behind %q of %q is behind %q of %q", mine[at-1], mine, got[is-1], got)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     uint64
	}{{"", "", 0}, {"", "abc", 3}, {"one two", "one", 4}, {"one two", "one three two", 6}} {
		if got := Distance(c.from, c.to); got != c.want {
			t.Errorf("from %q to %q are %d characters", c.from, c.to, got)
		}
	}
}
