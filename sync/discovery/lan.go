package discovery

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// maxInterfaces bounds the interfaces in use: some servers have hundreds of virtual ones.
const maxInterfaces = 16

// group is the IPv6 multicast group of the beacon: link-local scope, transient
// (RFC 4291 2.7), the rest at random.
var group = net.IP{0xff, 0x12, 0, 0, 0, 0, 0, 0, 0x68, 0x6f, 0x6c, 0x64, 0x66, 0x61, 0x73, 0x74}

var errNoAir = errors.New("no interface can be used")

type datagram struct {
	b    []byte
	from netip.Addr
}

// lan is the air of the real network. IPv4 uses one socket and the broadcast
// address of each interface; IPv6 a socket for each interface, joined to group.
// Its readers end when their sockets close, and close waits for them.
type lan struct {
	port       int
	interfaces func() ([]net.Interface, error)

	once    sync.Once
	heard   chan datagram
	done    chan struct{}
	readers sync.WaitGroup

	mu     sync.Mutex
	closed bool
	v4     net.PacketConn
	v6     map[int]*net.UDPConn // by interface index
	out    []net.Addr           // broadcast addresses, of the last refresh
	zones  map[int]string
}

func (l *lan) start() {
	l.once.Do(func() {
		l.heard, l.done = make(chan datagram, 16), make(chan struct{})
		l.v6, l.zones = map[int]*net.UDPConn{}, map[int]string{}
	})
}

func (l *lan) refresh() error {
	l.start()
	interfaces, err := l.interfaces()
	if err != nil {
		return err
	}
	interfaces = interfaces[:min(len(interfaces), maxInterfaces)]
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	if l.v4 == nil {
		config := net.ListenConfig{Control: shareAddress}
		conn, err := config.ListenPacket(context.Background(), "udp4", ":"+strconv.Itoa(l.port))
		if err == nil {
			l.v4 = conn
			l.read(conn)
		}
	}
	l.out = nil
	present := map[int]bool{}
	for _, i := range interfaces {
		present[i.Index] = true
		l.out = append(l.out, broadcasts(i, l.port)...)
		l.join(i)
	}
	for index, conn := range l.v6 {
		if !present[index] {
			conn.Close()
			delete(l.v6, index)
		}
	}
	if l.v4 == nil && len(l.v6) == 0 {
		return errNoAir
	}
	return nil
}

// join listens to the group on an interface. One without IPv6 is left out. The lock is held.
func (l *lan) join(i net.Interface) {
	if l.v6[i.Index] != nil || i.Flags&net.FlagMulticast == 0 {
		return
	}
	conn, err := net.ListenMulticastUDP("udp6", &i, &net.UDPAddr{IP: group, Port: l.port})
	if err != nil {
		return
	}
	l.v6[i.Index], l.zones[i.Index] = conn, i.Name
	l.read(conn)
}

// read starts the reader of a socket. The lock is held.
func (l *lan) read(conn net.PacketConn) {
	l.readers.Go(func() {
		b := make([]byte, maxDatagram+1)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				if errors.Is(err, net.ErrClosed) {
					return
				}
				if !l.pause() {
					return
				}
				continue
			}
			source, ok := from.(*net.UDPAddr)
			if !ok {
				continue
			}
			select {
			case l.heard <- datagram{append([]byte(nil), b[:n]...), source.AddrPort().Addr()}:
			case <-l.done:
				return
			}
		}
	})
}

// pause keeps a socket that fails again and again from spinning.
func (l *lan) pause() bool {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

// broadcasts lists the broadcast addresses of an interface.
func broadcasts(i net.Interface, port int) []net.Addr {
	addresses, err := i.Addrs()
	if err != nil {
		return nil // it went away meanwhile
	}
	var out []net.Addr
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || len(n.Mask) != net.IPv4len {
			continue
		}
		if ones, _ := n.Mask.Size(); ones >= 31 {
			continue // two ends and no broadcast (RFC 3021)
		}
		ip := make(net.IP, net.IPv4len)
		for k, b := range n.IP.To4() {
			ip[k] = b | ^n.Mask[k]
		}
		out = append(out, &net.UDPAddr{IP: ip, Port: port})
	}
	return out
}

func (l *lan) send(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := errNoAir
	if l.v4 != nil {
		for _, to := range l.out {
			if _, e := l.v4.WriteTo(b, to); e == nil {
				err = nil
			}
		}
	}
	for index, conn := range l.v6 {
		to := &net.UDPAddr{IP: group, Port: l.port, Zone: l.zones[index]}
		if _, e := conn.WriteToUDP(b, to); e == nil {
			err = nil
		}
	}
	return err
}

func (l *lan) receive(b []byte) (int, netip.Addr, error) {
	l.start()
	select {
	case d := <-l.heard:
		return copy(b, d.b), d.from, nil
	case <-l.done:
		return 0, netip.Addr{}, net.ErrClosed
	}
}

func (l *lan) close() {
	l.start()
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.done)
		if l.v4 != nil {
			l.v4.Close()
		}
		for _, conn := range l.v6 {
			conn.Close()
		}
	}
	l.mu.Unlock()
	l.readers.Wait()
}
