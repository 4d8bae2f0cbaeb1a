package replica

import "testing"

func TestWhenAStoreIsWrittenAnewOnClosing(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		what       string
		free, size int64
		rows, held uint64
		want       bool
	}{
		{"a small room", 1 * mb, 2 * mb, 3000, 3000, false},
		{"much of it is free", 20 * mb, 60 * mb, 0, 100_000, true},
		{"little of a large one is free", 20 * mb, 200 * mb, 0, 1_000_000, false},
		{"a day of many people, all of it rows", 0, 7 * mb, 20_000, 20_000, true},
		{"the same beside ten times as many in segments", 0, 40 * mb, 20_000, 220_000, false},
		{"a newcomer that caught up", 0, 200 * mb, 1_000_000, 1_000_000, true},
	} {
		if got := loose(test.free, test.size, test.rows, test.held); got != test.want {
			t.Errorf("%s: %v", test.what, got)
		}
	}
}
