package bridge_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/ui/bridge"
)

func TestAStormOfPokesIsAHandfulOfReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads, drawn atomic.Int64
		b := bridge.New(func(f func()) { f() }, func() func() {
			reads.Add(1)
			return func() { drawn.Add(1) }
		})
		defer b.Close()
		for range 5000 {
			b.Poke()
			time.Sleep(100 * time.Microsecond) // half a second in all
		}
		synctest.Wait()
		if n := reads.Load(); n < 2 || n > 12 {
			t.Errorf("%d readings for 5000 changes in half a second", n)
		}
		if drawn.Load() != reads.Load() {
			t.Errorf("%d drawn of %d", drawn.Load(), reads.Load())
		}
	})
}

func TestTheLastChangeIsDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var state, seen atomic.Int64
		b := bridge.New(func(f func()) { f() }, func() func() {
			v := state.Load()
			return func() { seen.Store(v) }
		})
		defer b.Close()
		for i := range int64(1000) {
			state.Store(i + 1)
			b.Poke()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if seen.Load() != 1000 {
			t.Errorf("drew %d, the last is 1000", seen.Load())
		}
	})
}

func TestABusyWindowGetsTheNewestStepAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queue []func()
		var n, drawn int
		b := bridge.New(func(f func()) { queue = append(queue, f) }, func() func() {
			n++
			v := n
			return func() { drawn = v }
		})
		defer b.Close()
		for range 5 {
			b.Poke()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if len(queue) != 1 {
			t.Fatalf("%d steps queued on a window that draws nothing", len(queue))
		}
		queue[0]()
		if drawn != 5 {
			t.Errorf("drew step %d, the newest is 5", drawn)
		}
	})
}

// What a person does is drawn without the pause that lets a storm pass, and in
// one reading.
func TestWorkIsDrawnWithoutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var state, seen, reads int
		b := bridge.New(func(f func()) { f() }, func() func() {
			reads++
			v := state
			return func() { seen = v }
		})
		defer b.Close()
		b.Poke() // somebody else's change
		synctest.Wait()
		time.Sleep(10 * time.Millisecond)
		b.Work(func(context.Context) error {
			state = 1
			b.Poke()
			return nil
		}, func(error) {})
		synctest.Wait()
		if seen != 1 || reads != 2 {
			t.Errorf("drew %d after %d readings", seen, reads)
		}
		time.Sleep(time.Second)
		b.Work(func(context.Context) error {
			state = 2
			b.Poke()
			synctest.Wait() // it was read meanwhile
			return nil
		}, func(error) {})
		time.Sleep(time.Second)
		synctest.Wait()
		if seen != 2 || reads != 3 {
			t.Errorf("drew %d after %d readings", seen, reads)
		}
	})
}

func TestCloseJoinsWork(t *testing.T) {
	b := bridge.New(func(f func()) { f() }, func() func() { return nil })
	var ended atomic.Bool
	answered := make(chan error, 1)
	b.Work(func(ctx context.Context) error {
		<-ctx.Done()
		ended.Store(true)
		return ctx.Err()
	}, func(err error) { answered <- err })
	b.Close()
	if !ended.Load() {
		t.Error("Close returned before the work had ended")
	}
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("answer %v", err)
	}
	b.Go(func(context.Context) { t.Error("work started after Close") })
}
