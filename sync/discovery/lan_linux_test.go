package discovery

import (
	"context"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"
)

// loopback is the one network every machine has. Linux gives 127.0.0.0/8 a broadcast address.
func loopback() ([]net.Interface, error) {
	all, err := net.Interfaces()
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return []net.Interface{i}, err
		}
	}
	return nil, err
}

func TestBeaconOnARealNetwork(t *testing.T) {
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	heard := make([]chan string, 2)
	for n := range heard {
		heard[n] = make(chan string, 8)
		all.Go(func() {
			err := Run(ctx, Options{
				Port: 7001 + n, Keys: func() [][]byte { return [][]byte{roomA} }, Found: func(a string) { heard[n] <- a },
				NoMDNS: true, BeaconPort: port, Interfaces: loopback,
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for n, c := range heard {
		select {
		case a := <-c:
			host, p, err := net.SplitHostPort(a)
			if err != nil || !net.ParseIP(host).IsLoopback() || p != strconv.Itoa(7002-n) {
				t.Errorf("device %d found %q", n, a)
			}
		case <-ctx.Done():
			t.Errorf("device %d found nobody", n)
		}
	}
	cancel()
	all.Wait()
}
