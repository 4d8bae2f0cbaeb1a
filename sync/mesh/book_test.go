package mesh

import (
	"testing"
	"time"

	"holdfast/model"
)

// TestAClockSetBackKeepsNoAddressWaiting: a pause is of seconds, whatever a clock that
// was a year ahead made of it.
func TestAClockSetBackKeepsNoAddressWaiting(t *testing.T) {
	const year = 365 * 24 * time.Hour
	nobody := func(model.DeviceKey) bool { return false }
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	b := newBook(1)
	b.add("192.0.2.7:7420", "typed")
	for range giveUpAfter {
		b.failed("192.0.2.7:7420", now.Add(year), "connection refused")
	}
	due, next := b.due(now.Add(year), 1, nobody)
	if pause := next.Sub(now.Add(year)); len(due) > 0 || pause <= 0 || pause > longestPause {
		t.Fatalf("right after a failure: %v due, the next try after %s, want one within %s", due, pause, longestPause)
	}
	if due, _ = b.due(now, 1, nobody); len(due) != 1 {
		t.Error("the clock was set back, and the address waits for a year")
	}
}
