package replica_test

import "testing"

// TestNowIsTheWallClocks: two readings must differ by how long the machine slept
// between them, which the timer's part of a time would hide.
func TestNowIsTheWallClocks(t *testing.T) {
	h := openHome(t, t.TempDir())
	defer h.Close()
	if now := found(t, h).Now(); now != now.Round(0) {
		t.Errorf("%s has a reading of the timer", now)
	}
}
