package ending_test

import (
	"testing"
	"testing/synctest"
	"time"

	"holdfast/cmd/holdfast/ending"
)

func TestALoopThatDoesNotReturnIsEnded(t *testing.T) {
	for _, c := range []struct {
		name             string
		closed, returned time.Duration // 0 is never
		want             bool
		took             time.Duration
	}{
		{"it returns at once", time.Second, time.Second + time.Millisecond, false, time.Second + time.Millisecond},
		{"it returns without being closed", 0, time.Hour, false, time.Hour},
		{"it hangs", time.Hour, 0, true, time.Hour + ending.Patience},
	} {
		synctest.Test(t, func(t *testing.T) {
			closed, returned := after(c.closed), after(c.returned)
			began, late := time.Now(), false
			ending.Watch(closed, returned, ending.Patience, func() { late = true })
			if took := time.Since(began); late != c.want || took != c.took {
				t.Errorf("%s: ended by force %v, after %v", c.name, late, took)
			}
		})
	}
}

// after is closed once a time has passed.
func after(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	if d > 0 {
		time.AfterFunc(d, func() { close(c) })
	}
	return c
}
