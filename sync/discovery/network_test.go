package discovery

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAChangeOfTheNetworkIsNoticed, by what the machine has now; what stays as it
// is says nothing.
func TestAChangeOfTheNetworkIsNoticed(t *testing.T) {
	home, office := netip.MustParseAddr("192.168.1.14"), netip.MustParseAddr("10.20.0.7")
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		has, asleep := []netip.Addr{home}, time.Duration(0)
		list := func() map[netip.Addr]bool {
			mu.Lock()
			defer mu.Unlock()
			here := map[netip.Addr]bool{}
			for _, a := range has {
				here[a] = true
			}
			return here
		}
		told := []int{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			watch(ctx, list, func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(asleep)
			}, func(gone map[netip.Addr]bool) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, len(gone))
			})
		}()
		for _, c := range []struct {
			what string
			do   func()
			want []int // how many addresses were gone, each time it was told
		}{
			{"nothing", func() {}, []int{}},
			{"the cable is out", func() { has = nil }, []int{1}},
			{"the cable stays out", func() {}, []int{}},
			{"two networks", func() { has = []netip.Addr{home, office} }, []int{0}},
			{"the other network", func() { has = []netip.Addr{office} }, []int{1}},
			{"a sleep in the same network", func() { asleep += time.Hour }, []int{0}},
			{"awake", func() {}, []int{}},
		} {
			synctest.Wait()
			mu.Lock()
			told = told[:0]
			c.do()
			mu.Unlock()
			time.Sleep(3 * lookEvery)
			synctest.Wait()
			mu.Lock()
			if !slices.Equal(told, c.want) {
				t.Errorf("%s: told of %v, want %v", c.what, told, c.want)
			}
			mu.Unlock()
		}
		stop()
		<-done
	})
}

func BenchmarkLookAtTheNetwork(b *testing.B) {
	for b.Loop() {
		liveAddresses()
	}
}
