package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// figures are what one measurement of the common work gives.
type figures struct {
	catchUp  time.Duration
	bytes    float64 // received by B while catching up
	memory   int64   // B's resident set after it, in bytes
	p50, p99 time.Duration
}

const liveEntries = 1000

// catchUp runs the common work once: A filled, B a member that was away.
func catchUp(n int, relay bool) (figures, error) {
	dir, err := os.MkdirTemp("", "holdfast-bench-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir)
	homes := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "r")}
	if err := acquaint(homes); err != nil {
		return figures{}, err
	}
	if err := fill(homes[0], n); err != nil {
		return figures{}, err
	}
	a, err := startPeer("write", homes[0], "", 0)
	if err != nil {
		return figures{}, err
	}
	defer a.stop()
	through := a
	if relay {
		if through, err = startPeer("watch", homes[2], a.address, n); err != nil {
			return figures{}, err
		}
		defer through.stop()
		if _, err := through.wait("caught"); err != nil {
			return figures{}, err
		}
	}
	return measurePeer(a, through, homes[1], n)
}

// measurePeer starts B through a counter of bytes and times it.
func measurePeer(a, through *peer, home string, n int) (figures, error) {
	counter, err := countBytes(through.address)
	if err != nil {
		return figures{}, err
	}
	defer counter.close()
	b, err := startPeer("watch", home, counter.address, n)
	if err != nil {
		return figures{}, err
	}
	defer b.stop()
	at, err := b.wait("caught")
	if err != nil {
		return figures{}, err
	}
	var f figures
	f.catchUp = time.Unix(0, at).Sub(counter.first())
	f.bytes = float64(counter.received.Load())
	f.memory = b.memory()
	fmt.Fprintln(a.in, "write", liveEntries)
	var lives []time.Duration
	for range liveEntries {
		ns, err := b.wait("live")
		if err != nil {
			return f, err
		}
		lives = append(lives, time.Duration(ns))
	}
	slices.Sort(lives)
	f.p50, f.p99 = lives[len(lives)/2], lives[len(lives)*99/100]
	return f, nil
}

// acquaint makes the homes members of one room, and forgets where they met.
func acquaint(homes []string) error {
	a, err := openNode(homes[0], "")
	if err != nil {
		return err
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	room, err := a.Found(ctx, replica.Founding{Name: "Bench", Person: "A"})
	if err != nil {
		return err
	}
	for _, home := range homes[1:] {
		invite, err := room.Invite(ctx, node.Invitation{})
		if err != nil {
			return err
		}
		if err := enter(ctx, home, invite.String()); err != nil {
			return err
		}
	}
	return nil
}

func enter(ctx context.Context, home, invite string) error {
	n, err := openNode(home, "")
	if err != nil {
		return err
	}
	defer n.Close()
	room, err := n.Join(ctx, invite, node.Guest{Person: filepath.Base(home)})
	if err != nil {
		return err
	}
	if err := room.CatchUp(ctx); err != nil {
		return err
	}
	// What is remembered would let B go round the counter and the relay.
	return os.Remove(filepath.Join(n.Home().RoomDir(room.Room()), "peers.json"))
}

// peer is a child process.
type peer struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	lines   *bufio.Scanner
	address string
}

func startPeer(role, home, to string, want int) (*peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &peer{cmd: exec.Command(self, "-role", role, "-home", home, "-peer", to, "-want", strconv.Itoa(want))}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.lines = bufio.NewScanner(out)
	if !p.lines.Scan() {
		return nil, fmt.Errorf("the peer in %s did not start", home)
	}
	p.address = strings.TrimPrefix(p.lines.Text(), "ready ")
	return p, nil
}

// wait gives the number in the next line that begins with word.
func (p *peer) wait(word string) (int64, error) {
	for p.lines.Scan() {
		if text, ok := strings.CutPrefix(p.lines.Text(), word+" "); ok {
			return strconv.ParseInt(text, 10, 64)
		}
	}
	return 0, fmt.Errorf("the peer ended before %q", word)
}

// memory is the resident set, the mapped file included, in bytes.
func (p *peer) memory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

func (p *peer) stop() {
	p.in.Close()
	p.cmd.Wait()
}

// counter is a plain TCP relay that counts what flows to B.
type counter struct {
	ln       net.Listener
	address  string
	received atomic.Int64
	began    atomic.Int64
}

func countBytes(to string) (*counter, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &counter{ln: ln, address: ln.Addr().String()}
	go func() { // ends when the listener closes
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			c.began.CompareAndSwap(0, time.Now().UnixNano())
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go c.pipe(in, out, &c.received)
			go c.pipe(out, in, new(atomic.Int64))
		}
	}()
	return c, nil
}

func (c *counter) pipe(to, from net.Conn, n *atomic.Int64) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		got, err := from.Read(buf)
		n.Add(int64(got))
		if _, werr := to.Write(buf[:got]); err != nil || werr != nil {
			return
		}
	}
}

// first is when B began to connect.
func (c *counter) first() time.Time { return time.Unix(0, c.began.Load()) }

func (c *counter) close() { c.ln.Close() }

// sample is an entry of a real incident.
type sample struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	Kind string    `json:"kind"`
}

// samples are the entries of the real incidents.
func samples() ([]sample, error) {
	names, err := assets.Samples()
	if err != nil {
		return nil, err
	}
	var all []sample
	for _, name := range names {
		b, err := assets.Sample(name)
		if err != nil {
			return nil, err
		}
		var doc struct {
			Entries []sample `json:"entries"`
		}
		if err := json.Unmarshal(b, &doc); err != nil {
			return nil, err
		}
		all = append(all, doc.Entries...)
	}
	return all, nil
}

// entrySize is how long an entry is as JSON, in bytes: what the systems that
// Holdfast is compared with carry for the same entry.
const entrySize = 200

// vary gives an entry that no other equals, of entrySize bytes as JSON.
func vary(all []sample, i int) model.Log {
	e := all[i%len(all)]
	e.Text = strconv.Itoa(i) + " " + e.Text
	asJSON, _ := json.Marshal(e) // a struct of texts always has a JSON form
	if pad := entrySize - len(asJSON); pad > 0 {
		more := all[(i*7+3)%len(all)].Text
		e.Text += " " + more[:min(pad, len(more))]
	}
	return model.Log{Text: strings.ToValidUTF8(e.Text, ""), Kind: e.Kind, At: e.At}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
