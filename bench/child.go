package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"
)

// peer is a child process.
type peer struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	lines   *bufio.Scanner
	address string
}

// starter starts a process in a role: "write" holds want entries and takes more,
// "relay" and "watch" catch up from an address, to another or to be measured.
type starter func(role, home, to string, want int) (*peer, error)

// self starts this program.
func self(role, home, to string, want int) (*peer, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startPeer(exec.Command(path, "-role", role, "-home", home, "-peer", to, "-want", strconv.Itoa(want), "-profile", profiles))
}

// profiles is the folder profiles go to; none are made where it is empty.
var profiles string

// profile profiles this process until stop, into a file named by its role and number.
func profile(folder, role string) (stop func() error, err error) {
	if profiles = folder; folder == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%d.pprof", cmp.Or(role, "main"), os.Getpid())))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// startPeer starts a process that says on its output what happens, in lines of
// words: "ready ADDRESS", "caught UNIXNANO", "committed NANOSECONDS", "live NANOSECONDS".
func startPeer(cmd *exec.Cmd) (*peer, error) {
	p := &peer{cmd: cmd}
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
		return nil, fmt.Errorf("%s did not start", strings.Join(cmd.Args, " "))
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

// processor is the time the process has had on a processor, in user and kernel.
func (p *peer) processor() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// After the name in brackets; the 12th and 13th word from there are ticks.
	words := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(words[11])
	kernel, _ := strconv.Atoi(words[12])
	return time.Duration(user+kernel) * tick
}

// tick is the unit Linux counts processor time in, for programs to read.
const tick = 10 * time.Millisecond

func (p *peer) stop() {
	p.in.Close()
	p.cmd.Wait()
}
