//go:build network && linux

package node_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A network in user space: each peer stands in a network namespace of its own
// with one TUN device, and this process carries the packets between them. The
// kernel of a test machine may have no netem; this needs none.

// path is what one direction between two peers does to packets.
type path struct {
	down  bool          // nothing passes
	delay time.Duration // one way
	rate  float64       // bits per second, 0 is without limit
	loss  float64       // share of the packets lost
	hole  int           // larger packets are swallowed in silence; 0 is none
}

// queueTime bounds the queue before a slow path, as that of a home router does.
const queueTime = time.Second

// lane is one direction with what is on its way.
type lane struct {
	mu      sync.Mutex
	path    path
	free    time.Time // when the path has sent what waits
	flights chan flight
	random  *rand.Rand
}

type flight struct {
	at     time.Time
	packet []byte
}

// port is one namespace with its device.
type port struct {
	name  string
	space string
	ip    string
	tun   *os.File
}

// shaper owns the namespaces, the devices and the goroutines that carry.
type shaper struct {
	ports []*port
	lanes map[[2]int]*lane
	work  sync.WaitGroup
	ctx   context.Context
}

func newShaper(t *testing.T, names ...string) *shaper {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &shaper{lanes: map[[2]int]*lane{}, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		for _, p := range s.ports {
			_ = p.tun.Close() // ends its reader
		}
		s.work.Wait()
		for _, p := range s.ports {
			_ = exec.Command("ip", "netns", "del", p.space).Run()
		}
	})
	for i, name := range names {
		p, err := newPort(name, i)
		if err != nil {
			t.Fatal(err)
		}
		s.ports = append(s.ports, p)
	}
	for i := range names {
		for j := range names {
			if i == j {
				continue
			}
			l := &lane{flights: make(chan flight, 1<<14), random: rand.New(rand.NewPCG(uint64(i), uint64(j)))}
			s.lanes[[2]int{i, j}] = l
			to := s.ports[j].tun
			s.work.Go(func() { l.deliver(ctx, to) })
		}
	}
	for i := range names {
		s.work.Go(func() { s.carry(i) })
	}
	return s
}

// ports counts those of all shapers: sites stand side by side.
var ports atomic.Int32

// newPort makes a namespace with a device in it. A device stays in the
// namespace its thread was in when it was made.
func newPort(name string, i int) (*port, error) {
	p := &port{name: name, space: fmt.Sprintf("holdfast-net-%d-%d-%s", os.Getpid(), ports.Add(1), name), ip: fmt.Sprintf("192.0.2.%d", 11+i)}
	if out, err := exec.Command("ip", "netns", "add", p.space).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a namespace: %w: %s", err, out)
	}
	fd, err := tunIn(p.space)
	if err != nil {
		return nil, err
	}
	p.tun = os.NewFile(uintptr(fd), "tun")
	for _, args := range [][]string{
		{"addr", "add", p.ip + "/24", "dev", "wan"},
		{"link", "set", "lo", "up"},
		{"link", "set", "wan", "up"},
	} {
		if out, err := exec.Command("ip", append([]string{"-n", p.space}, args...)...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return p, nil
}

// tunIn makes the device of a namespace.
func tunIn(space string) (fd int, err error) {
	err = inside(space, func() error {
		if fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
			return err
		}
		request, err := unix.NewIfreq("wan")
		if err != nil {
			return err
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		return unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	})
	return fd, err
}

// inside has fn run in a namespace. What it opens there stays there.
func inside(space string, fn func() error) (err error) {
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer here.Close()
	defer func() {
		if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
			err = errors.Join(err, back) // the thread stays locked, and ends with its goroutine
			return
		}
		runtime.UnlockOSThread()
	}()
	there, err := os.Open(filepath.Join("/run/netns", space))
	if err != nil {
		return err
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return err
	}
	return fn()
}

// carry reads what a peer sends and puts it on the lane to whom it is for.
func (s *shaper) carry(from int) {
	buf := make([]byte, 1<<16)
	for {
		n, err := s.ports[from].tun.Read(buf)
		if err != nil {
			return // closed
		}
		if n < 20 || buf[0]>>4 != 4 || binary.BigEndian.Uint16(buf[16:]) != 0xC000 || buf[18] != 2 { // 192.0.2.0/24
			continue
		}
		if l := s.lanes[[2]int{from, int(buf[19]) - 11}]; l != nil {
			l.send(time.Now(), append([]byte(nil), buf[:n]...))
		}
	}
}

// send loses a packet or says when it will arrive.
func (l *lane) send(now time.Time, packet []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.path
	if p.down || p.hole > 0 && len(packet) > p.hole || p.loss > 0 && l.random.Float64() < p.loss {
		return
	}
	if l.free.Before(now) {
		l.free = now
	}
	if l.free.Sub(now) > queueTime {
		return
	}
	if p.rate > 0 {
		l.free = l.free.Add(time.Duration(float64(len(packet)*8) / p.rate * float64(time.Second)))
	}
	select {
	case l.flights <- flight{l.free.Add(p.delay), packet}:
	default: // the queue is full
	}
}

func (l *lane) deliver(ctx context.Context, to *os.File) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-l.flights:
			if wait := time.Until(f.at); wait > 0 {
				select {
				case <-ctx.Done():
					return
				case <-time.After(wait):
				}
			}
			_, _ = to.Write(f.packet) // the other end may be gone
		}
	}
}

// set makes one direction so.
func (s *shaper) set(from, to int, p path) {
	l := s.lanes[[2]int{from, to}]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path = p
}

// plug takes the cable of a peer out, or puts it in again: the machine itself sees it.
func (s *shaper) plug(t *testing.T, i int, in bool) {
	t.Helper()
	state := map[bool]string{true: "up", false: "down"}[in]
	if out, err := exec.Command("ip", "-n", s.ports[i].space, "link", "set", "wan", state).CombinedOutput(); err != nil {
		t.Fatalf("plug: %v: %s", err, out)
	}
}

// all makes every direction so.
func (s *shaper) all(p path) {
	for pair := range s.lanes {
		s.set(pair[0], pair[1], p)
	}
}
