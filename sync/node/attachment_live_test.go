package node_test

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// lines times lines of text from one device until the other has them durably, until
// stop is closed, and at least so many.
func timeLines(t *testing.T, a, b *node.Room, inc string, least int, stop <-chan struct{}) (took []time.Duration) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer b.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	gap := time.NewTicker(10 * time.Millisecond)
	defer gap.Stop()
	for ended := false; !ended || len(took) < least; {
		select {
		case <-stop:
			ended = true
		case <-gap.C:
		}
		began := time.Now()
		do(t, a, model.Log{Incident: inc, Text: "queue at 40 a second"})
		feed := a.OwnFeed()
		for seq := a.Heads()[feed].Seq; b.Heads()[feed].Seq < seq; {
			select {
			case <-changed:
			case <-time.After(time.Minute):
				t.Fatal("a line did not arrive within a minute")
			}
		}
		took = append(took, time.Since(began))
	}
	return took
}

func quantile(of []time.Duration, q float64) time.Duration {
	return slices.Sorted(slices.Values(of))[int(q*float64(len(of)-1))]
}

// TestLinesDoNotWaitForAFile sends a large file beside lines of text. MIB sets its
// size. The figure is the 99th percentile of a line, from one device until it is
// durable on the other, with and without the file.
func TestLinesDoNotWaitForAFile(t *testing.T) {
	size := 32
	if set, err := strconv.Atoi(os.Getenv("MIB")); err == nil {
		size = set
	}
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	path, _ := dump(t, "heap.hprof", size<<20)
	began := time.Now()
	done := attach(t, a, inc.Code, path)
	adding := time.Since(began)
	same(t, a, b)

	stopped := make(chan struct{})
	close(stopped)
	before := timeLines(t, a, b, inc.Code, 200, stopped)
	fetched := make(chan struct{})
	var took time.Duration
	go func() {
		defer close(fetched)
		began := time.Now()
		if err := b.FetchAttachment(t.Context(), done.ID.String(), nil); err != nil {
			t.Error(err)
		}
		took = time.Since(began)
	}()
	during := timeLines(t, a, b, inc.Code, 50, fetched)
	after := timeLines(t, a, b, inc.Code, 200, stopped)

	alone := slices.Concat(before, after)
	rate := func(d time.Duration) float64 { return float64(size) / d.Seconds() }
	t.Logf("attachments: %d MiB added at %.0f MiB/s, fetched at %.1f MiB/s; a line p50 %s p99 %s (%d lines) beside it, p50 %s p99 %s without",
		size, rate(adding), rate(took), quantile(during, 0.5).Round(10*time.Microsecond), quantile(during, 0.99).Round(10*time.Microsecond), len(during),
		quantile(alone, 0.5).Round(10*time.Microsecond), quantile(alone, 0.99).Round(10*time.Microsecond))
	// On a busy machine single lines wait for the processor in either case, so what
	// must hold is said of most of them, and of all only that none waited for the file.
	if m := quantile(during, 0.5); m > 3*quantile(alone, 0.5)+10*time.Millisecond {
		t.Errorf("half the lines took more than %s beside the file, %s without", m, quantile(alone, 0.5))
	}
	if worst := quantile(during, 0.99); worst > 10*quantile(alone, 0.99)+100*time.Millisecond {
		t.Errorf("p99 of a line is %s beside the file, %s without", worst, quantile(alone, 0.99))
	}
}
