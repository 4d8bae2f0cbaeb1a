package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Bounds of processes.
const (
	// endWithin is what a peer may take to close its home before it is killed.
	endWithin = 10 * time.Second
	// askWithin bounds one terminal command: joining tries several addresses.
	askWithin = 30 * time.Second
	// pollEvery is the pause between looks at what other processes do.
	pollEvery = 50 * time.Millisecond
	// tailLines is how much of a process's log is shown when something fails.
	tailLines = 8
	// crashLines is how much of a crash is shown: the reason and the top of the stack.
	crashLines = 30
)

// child is a process that runs during the play. stop ends and joins it.
type child struct {
	name string
	log  string // path of what it wrote
	cmd  *exec.Cmd
	done chan struct{} // closed when it ended
	err  error         // set before done is closed
}

func start(name string, cmd *exec.Cmd, log string) (*child, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the process has its own
	cmd.Stderr = f
	if cmd.Stdout == nil {
		cmd.Stdout = f
	}
	endWithUs(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	c := &child{name: name, log: log, cmd: cmd, done: make(chan struct{})}
	go func() { // joined by stop
		c.err = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// ended gives an error where the process has ended, which none does by itself.
func (c *child) ended() error {
	select {
	case <-c.done:
		return fmt.Errorf("%s has ended: %v", c.name, c.err)
	default:
		return nil
	}
}

// stop asks the process to end, waits for it, and kills it where it does not.
func (c *child) stop() error {
	select {
	case <-c.done:
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end %s: %w", c.name, err)
	}
	timer := time.NewTimer(endWithin)
	defer timer.Stop()
	select {
	case <-c.done:
		return nil
	case <-timer.C:
	}
	err := c.cmd.Process.Kill()
	<-c.done
	return errors.Join(fmt.Errorf("%s did not end within %s and was killed", c.name, endWithin), err)
}

// tail is the end of what the process wrote, or where it crashed, for a
// failure's report.
func (c *child) tail() string {
	b, err := os.ReadFile(c.log)
	if err != nil || len(b) == 0 {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	from := max(len(lines)-tailLines, 0)
	if i := slices.IndexFunc(lines, crash); i >= 0 {
		from = i
	}
	return "  " + strings.Join(lines[from:min(len(lines), from+crashLines)], "\n  ")
}

// crash reports the first line of what a Go program says when it crashes.
func crash(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "SIG")
}

// output runs a program to its end and gives what it printed.
func output(ctx context.Context, cmd func(context.Context) *exec.Cmd) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	c := cmd(ctx)
	var said, complained strings.Builder
	c.Stdout, c.Stderr = &said, &complained
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = endWithin
	if err := c.Run(); err != nil {
		return said.String(), fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, strings.TrimSpace(complained.String()))
	}
	return strings.TrimSpace(said.String()), nil
}

// await looks until ok says so. A real process or a real network decides when,
// so there is nothing to wait on but the looking.
func await(ctx context.Context, within time.Duration, what string, ok func() (bool, error)) error {
	from := time.Now()
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	again := time.NewTicker(pollEvery)
	defer again.Stop()
	for {
		done, err := ok()
		if err == nil && done {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s: waited %s in vain", what, time.Since(from).Round(time.Second)), err)
		case <-again.C:
		}
	}
}
