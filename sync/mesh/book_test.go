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
	due, next := b.due(now.Add(year), 1, 1, nobody)
	if pause := next.Sub(now.Add(year)); len(due) > 0 || pause <= 0 || pause > longestPause {
		t.Fatalf("right after a failure: %v due, the next try after %s, want one within %s", due, pause, longestPause)
	}
	if due, _ = b.due(now, 1, 1, nobody); len(due) != 1 {
		t.Error("the clock was set back, and the address waits for a year")
	}
}

// TestAnAddressThatFailedTakesNoPlace: places are for those that may lead somewhere.
func TestAnAddressThatFailedTakesNoPlace(t *testing.T) {
	nobody := func(model.DeviceKey) bool { return false }
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	b := newBook(1)
	for _, a := range []string{"192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1"} {
		b.add(a, "typed")
		b.failed(a, now, "no answer")
	}
	b.add("192.0.2.9:1", "typed")
	later := now.Add(longestPause)
	if due, _ := b.due(later, 0, 2, nobody); len(due) != 2 {
		t.Errorf("without a place %v are tried, want two that failed", due)
	}
	if due, _ := b.due(later, 1, 0, nobody); len(due) != 1 || due[0] != "192.0.2.9:1" {
		t.Errorf("with one place %v are tried, want the new one", due)
	}
}

// TestWhereADeviceWasMetIsTriedOften, however long nobody has answered there.
func TestWhereADeviceWasMetIsTriedOften(t *testing.T) {
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	b := newBook(1)
	for _, a := range []string{"192.0.2.1:1", "192.0.2.2:1"} {
		b.add(a, "typed")
	}
	b.met("192.0.2.1:1", model.DeviceKey{1}, false)
	for range 100 {
		b.failed("192.0.2.1:1", now, "no answer")
		b.failed("192.0.2.2:1", now, "no answer")
		if pause := b.entries["192.0.2.1:1"].next.Sub(now); pause > lastBackoffMet*3/2 {
			t.Fatalf("the next try comes after %s", pause)
		}
	}
	if pause := b.entries["192.0.2.2:1"].next.Sub(now); pause < lastBackoff/2 {
		t.Errorf("where nobody was met the next try comes after %s", pause)
	}
}
