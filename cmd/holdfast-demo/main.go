// Command holdfast-demo plays a real outage, that of GitLab on 31 January 2017,
// with the real programs: the desktop on a virtual display and two headless
// peers. In the middle the network between them is lost. It leaves pictures of
// the window, the incident as a document, and a proof that all three peers
// hold the same state at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// playWithin bounds the whole play; it takes about a minute.
const playWithin = 5 * time.Minute

type options struct {
	out, bin             string
	fast, keep, loopback bool
}

func main() {
	var o options
	flag.StringVar(&o.out, "out", "demo-out", "folder for the pictures, the document and the proof")
	flag.StringVar(&o.bin, "bin", "bin", "folder of holdfast and holdfastctl")
	flag.BoolVar(&o.fast, "fast", false, "make no pauses for the eye")
	flag.BoolVar(&o.keep, "keep", false, "keep the peers' homes and logs")
	flag.BoolVar(&o.loopback, "loopback", false, "make no network, even where it could be made")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, playWithin)
	err := run(ctx, o)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "holdfast-demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	earlier, err := filepath.Glob(filepath.Join(o.out, "[0-9][0-9]-*.png"))
	for _, picture := range earlier {
		err = errors.Join(err, os.Remove(picture))
	}
	if err != nil {
		return fmt.Errorf("take away an earlier play's pictures: %w", err)
	}
	if o.bin, err = filepath.Abs(o.bin); err != nil {
		return err
	}
	report, err := os.Create(filepath.Join(o.out, "proof.txt"))
	if err != nil {
		return fmt.Errorf("make the report: %w", err)
	}
	defer func() { err = errors.Join(err, report.Close()) }()
	p := &play{options: o, teller: &teller{page: io.MultiWriter(os.Stdout, report), from: time.Now()}}
	defer func() { err = errors.Join(err, p.end()) }()
	if err := p.perform(ctx); err != nil {
		return p.failed(ctx, err)
	}
	return nil
}

// teller prints the story with the time since it began.
type teller struct {
	page io.Writer
	from time.Time
}

func (t *teller) say(format string, args ...any) {
	fmt.Fprintf(t.page, "%5.1f s  %s\n", time.Since(t.from).Seconds(), fmt.Sprintf(format, args...))
}

// title begins a part of the story.
func (t *teller) title(words string) { fmt.Fprintf(t.page, "\n%s\n", words) }
