package discovery

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// DefaultBeaconPort is the UDP port of the beacon: in the range free for private use
// at most systems' defaults, below the ephemeral ports of Linux.
const DefaultBeaconPort = 21413

// air carries datagrams to everyone near and from everyone near.
type air interface {
	// refresh takes up interfaces that came and drops those that went. An
	// error means that nothing can be sent or heard at present.
	refresh() error
	// send sends b on every interface; an error means it left on none.
	send(b []byte) error
	// receive waits for a datagram; it returns an error only once closed.
	receive(b []byte) (n int, from netip.Addr, err error)
	close()
}

// The sentences for a beacon that does not work.
const (
	noListen = "Devices on this network cannot announce themselves to this one; add their addresses, or join by invite"
	noSend   = "This network does not carry announcements; others will not find this device by themselves"
)

func (d *discovery) runBeacon(ctx context.Context, a air) {
	newcomer := make(chan struct{}, 1)
	var listening sync.WaitGroup
	listening.Go(func() { d.listen(a, newcomer) })
	defer listening.Wait()
	defer a.close()

	tick := time.NewTicker(announceEach)
	defer tick.Stop()
	for {
		d.announce(a)
		gap := time.NewTimer(answerGap)
		select {
		case <-gap.C:
		case <-ctx.Done():
			gap.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-newcomer:
		case <-ctx.Done():
			return
		}
	}
}

func (d *discovery) announce(a air) {
	if err := a.refresh(); err != nil {
		d.health(Beacon, noListen)
		return
	}
	b, err := d.announcement().encode()
	if err == nil {
		err = a.send(b)
	}
	if err != nil {
		d.health(Beacon, noSend)
		return
	}
	d.health(Beacon, "")
}

// listen reports what it hears until the air is closed.
func (d *discovery) listen(a air, newcomer chan<- struct{}) {
	var rate budget
	b := make([]byte, maxDatagram+1) // one more, to tell what is too long
	for {
		n, from, err := a.receive(b)
		if err != nil {
			return
		}
		if !rate.allow(d.Now()) {
			continue
		}
		heard, err := decodeAnnouncement(b[:n])
		if err != nil {
			continue
		}
		if !d.ours(heard) {
			if d.Stranger != nil && heard.Name != d.name(heard.Hour) {
				d.Stranger(addressOf(from, heard.Port))
			}
			continue
		}
		if d.report(addressOf(from, heard.Port), heard) {
			select {
			case newcomer <- struct{}{}:
			default:
			}
		}
	}
}

// budget allows maxHeardASecond in each second.
type budget struct {
	second int64
	used   int
}

func (b *budget) allow(now time.Time) bool {
	if s := now.Unix(); s != b.second {
		b.second, b.used = s, 0
	}
	b.used++
	return b.used <= maxHeardASecond
}
