package discovery

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"time"
)

const (
	// lookEvery is how soon a cable that is plugged in or a network that is joined is
	// noticed; to look costs a fraction of a millisecond.
	lookEvery = 2 * time.Second
	// sleptFor is how much more than lookEvery must have passed by the wall clock to be
	// taken for a sleep: then the network is another, whatever the addresses are.
	sleptFor = 10 * time.Second
)

// WatchNetwork calls changed after this machine's addresses have changed, or after
// it slept, until ctx ends. Gone are the addresses it had and has no more: by their
// networks nothing passes.
func WatchNetwork(ctx context.Context, changed func(gone map[netip.Addr]bool)) {
	watch(ctx, liveAddresses, time.Now, changed)
}

func watch(ctx context.Context, list func() map[netip.Addr]bool, now func() time.Time, changed func(map[netip.Addr]bool)) {
	looked, had := now().Round(0), list()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		at, have := now().Round(0), list()
		slept := at.Sub(looked) > lookEvery+sleptFor
		if slept || !maps.Equal(had, have) {
			maps.DeleteFunc(had, func(a netip.Addr, _ bool) bool { return have[a] })
			changed(had)
		}
		looked, had = at, have
	}
}

// liveAddresses are those of the interfaces that are up and have a carrier: one
// whose cable is out keeps its addresses.
func liveAddresses() map[netip.Addr]bool {
	here := map[netip.Addr]bool{}
	interfaces, err := usableInterfaces()
	if err != nil {
		return here // as without a network
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagRunning == 0 {
			continue
		}
		for _, ip := range addressesOf(i) {
			if a, ok := netip.AddrFromSlice(ip); ok {
				here[a.Unmap()] = true
			}
		}
	}
	return here
}
