package plain_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holdfast/model/plain"
)

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "2", "10", "AWS", "carrier 2", "Carrier 10", "Carrier 010 east", "carrier 10b", "Zürich 9", "Zürich 11"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, plain.Natural)
	if !slices.Equal(got, want) {
		t.Errorf("the order is %q", got)
	}
}

// TestNaturalIsAnOrder: it says the opposite the other way round, and is transitive.
func TestNaturalIsAnOrder(t *testing.T) {
	word := rapid.StringMatching(`[aB0-9 ü]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if plain.Natural(a, b) != -plain.Natural(b, a) || (plain.Natural(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q", a, b)
		}
		if plain.Natural(a, b) < 0 && plain.Natural(b, c) < 0 && plain.Natural(a, c) >= 0 {
			t.Fatalf("%q, %q, %q", a, b, c)
		}
	})
}
