package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/sync/outbox/mail/smtptest"
)

// A network of the play's own: each peer in a namespace, a switch for each
// site in one more, and one line between the switches. Nothing of it is in
// this machine's own network, so it can clash with nothing there.
const (
	netnsDir   = "/run/netns"
	netnsBase  = "holdfast-demo-"
	mailHost   = "192.0.2.1" // of TEST-NET-1, RFC 5737, as all addresses here
	peerPort   = "7420"
	giveUpAt   = "4" // retransmissions: 6 s, where Linux waits a quarter of an hour
	closeLimit = 10 * time.Second
)

// lines is a network of namespaces.
type lines struct {
	peers []*peer
	made  []string // namespaces, to be taken away
}

// newWire makes the network, or falls back to the loopback where it may not.
func newWire(ctx context.Context, peers []*peer, onLoopback bool) (wire, error) {
	plain := &loopback{office: peers[0]}
	if onLoopback {
		plain.why = "as asked"
		return plain, nil
	}
	if os.Geteuid() != 0 {
		plain.why = "only root may make networks"
		return plain, nil
	}
	l := &lines{peers: peers}
	err := l.make(ctx)
	if err == nil {
		return l, nil
	}
	err = errors.Join(err, l.close())
	if ctx.Err() != nil {
		return nil, err
	}
	plain.why = "a network could not be made: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	return plain, nil
}

// namespace names the namespace of one part of this run.
func namespace(pid int, part string) string { return netnsBase + strconv.Itoa(pid) + "-" + part }

// owner reads which run a namespace belongs to; 0 is none.
func owner(name string) int {
	rest, ours := strings.CutPrefix(name, netnsBase)
	digits, _, parted := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(digits)
	if !ours || !parted || err != nil || pid <= 0 {
		return 0
	}
	return pid
}

func (l *lines) make(ctx context.Context) error {
	if err := sweep(ctx); err != nil {
		return err
	}
	for _, part := range []string{"net", l.peers[0].key, l.peers[1].key, l.peers[2].key} {
		name := namespace(os.Getpid(), part)
		if err := ip(ctx, "netns", "add", name); err != nil {
			return err
		}
		l.made = append(l.made, name)
	}
	net := namespace(os.Getpid(), "net")
	script := [][]string{
		{"-n", net, "link", "set", "lo", "up"},
		{"-n", net, "link", "add", "office", "type", "bridge"},
		{"-n", net, "link", "add", "centre", "type", "bridge"},
		{"-n", net, "link", "add", "line0", "type", "veth", "peer", "name", "line1"},
		{"-n", net, "link", "set", "line0", "master", "office", "up"},
		{"-n", net, "link", "set", "line1", "master", "centre", "up"},
		{"-n", net, "link", "set", "office", "up"},
		{"-n", net, "link", "set", "centre", "up"},
		{"-n", net, "addr", "add", mailHost + "/24", "dev", "office"},
	}
	for i, p := range l.peers {
		script = append(script, plug(net, p, i)...)
	}
	for _, args := range script {
		if err := ip(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// plug joins a peer's namespace to the switch of its site. The kernel gives up
// on a dead connection within seconds there; a play cannot wait for a quarter
// of an hour.
func plug(net string, p *peer, i int) [][]string {
	ns := namespace(os.Getpid(), p.key)
	bridge := map[string]string{office: "office", centre: "centre"}[p.site]
	return [][]string{
		{"-n", net, "link", "add", p.key, "type", "veth", "peer", "name", "eth0", "netns", ns},
		{"-n", net, "link", "set", p.key, "master", bridge, "up"},
		{"-n", ns, "addr", "add", host(i) + "/24", "dev", "eth0"},
		{"-n", ns, "link", "set", "lo", "up"},
		{"-n", ns, "link", "set", "eth0", "up"},
		{"netns", "exec", ns, "sh", "-c", "echo " + giveUpAt + " > /proc/sys/net/ipv4/tcp_retries2"},
	}
}

func host(i int) string { return "192.0.2." + strconv.Itoa(11+i) }

// endWithUs has a process end even where this one is killed and can end nothing.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }

// sweep takes away what a run left that was killed.
func sweep(ctx context.Context) error {
	names, err := filepath.Glob(filepath.Join(netnsDir, netnsBase+"*"))
	if err != nil {
		return err
	}
	for _, path := range names {
		name := filepath.Base(path)
		pid := owner(name)
		if pid == 0 {
			continue
		}
		if _, err := os.Stat("/proc/" + strconv.Itoa(pid)); errors.Is(err, os.ErrNotExist) || pid == os.Getpid() {
			if err := ip(ctx, "netns", "del", name); err != nil {
				return err
			}
		}
	}
	return nil
}

func ip(ctx context.Context, args ...string) error {
	_, err := output(ctx, func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "ip", args...) })
	return err
}

func (l *lines) says() string {
	return "Each peer has a network namespace of its own; two switches stand for two sites, with one line between them. The cut takes that line down."
}

func (l *lines) command(ctx context.Context, p *peer, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", namespace(os.Getpid(), p.key), program}, args...)...)
}

func (l *lines) address(p *peer) string {
	for i, own := range l.peers {
		if own == p {
			return host(i) + ":" + peerPort
		}
	}
	return ""
}

// mail starts the server inside the office's switch: a socket stays in the
// namespace its thread was in. The thread comes back and lives on, because the
// end of a thread would end the processes it started (see endWithUs).
func (l *lines) mail(opt smtptest.Options) (server *smtptest.Server, err error) {
	opt.Addr, opt.Names = mailHost+":0", []string{mailHost}
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("enter the namespace: %w", err)
	}
	defer here.Close()
	defer func() {
		if back := enter(here); back != nil {
			err = errors.Join(err, fmt.Errorf("leave: %w", back)) // the thread stays locked: it is in the wrong place
			return
		}
		runtime.UnlockOSThread()
	}()
	there, err := os.Open(filepath.Join(netnsDir, namespace(os.Getpid(), "net")))
	if err != nil {
		return nil, fmt.Errorf("enter the namespace: %w", err)
	}
	defer there.Close()
	if err := enter(there); err != nil {
		return nil, err
	}
	return smtptest.New(opt)
}

// enter puts the calling thread into a namespace.
func enter(namespace *os.File) error {
	if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter the namespace %s: %w", namespace.Name(), err)
	}
	return nil
}

func (l *lines) mailPort(port int, _ bool) int { return port }

func (l *lines) cut(ctx context.Context) error {
	return ip(ctx, "-n", namespace(os.Getpid(), "net"), "link", "set", "line0", "down")
}

func (l *lines) heal(ctx context.Context) error {
	return ip(ctx, "-n", namespace(os.Getpid(), "net"), "link", "set", "line0", "up")
}

// close takes the namespaces away, and with them all that was in them.
func (l *lines) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	var errs []error
	for _, name := range l.made {
		errs = append(errs, ip(ctx, "netns", "del", name))
	}
	l.made = nil
	return errors.Join(errs...)
}
