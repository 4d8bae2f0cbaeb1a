package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// system is one that does the common work.
type system struct {
	name string
	// durable and signed say what it gives for the time: what is on disk when an
	// entry is acknowledged, and whether an entry proves who wrote it.
	durable, signed string
	// command begins the process; its role and the rest follow. Nil is Holdfast.
	command []string
}

// systems are Holdfast and what it is compared with. The others begin in the
// directory of this source.
func systems() []system {
	yjs := []string{"node", "--max-old-space-size=8192", "compare/node/yjs.mjs"}
	nats := []string{filepath.Join("..", "bin", "bench-nats")}
	return []system{
		{"Holdfast", "both ends", "yes", nil},
		{"Yjs, JSON in an array", "no", "no", append(yjs, "array")},
		{"Yjs, a map per entry", "no", "no", append(yjs[:len(yjs):len(yjs)], "map")},
		{"Automerge", "no", "hash graph", []string{"node", "--max-old-space-size=8192", "compare/node/automerge.mjs"}},
		{"NATS JetStream leaf", "written, flushed later", "no", append(nats, "-sync=false")},
		{"NATS, each flushed", "both ends", "no", append(nats[:len(nats):len(nats)], "-sync=true")},
	}
}

// compare measures each system that is named (all where none is) in turns, and
// prints one table in Markdown.
func compare(out io.Writer, sizes []int, only string) error {
	fmt.Fprintf(out, "%d processors, %s/%s, Go %s. B is caught up when it holds every entry and can read it; bytes are those B received.\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, strings.TrimPrefix(runtime.Version(), "go"))
	fmt.Fprintln(out, "| entries | system | durable | signed | catch-up | by Holdfast's | B's processor | bytes/entry | B's memory | live p50 / p99 | through a relay: catch-up | live p50 / p99 |")
	fmt.Fprintln(out, "|--:|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	var failed []error
	for _, n := range sizes {
		ours := 0.0
		for _, s := range systems() {
			if only != "" && !strings.Contains(strings.ToLower(s.name), strings.ToLower(only)) {
				continue
			}
			direct, err := s.measure(n, false)
			if err != nil {
				failed = append(failed, fmt.Errorf("%s, %d entries: %w", s.name, n, err))
				continue
			}
			relayed, err := s.measure(n, true)
			if err != nil {
				failed = append(failed, fmt.Errorf("%s, %d entries through a relay: %w", s.name, n, err))
				continue
			}
			if s.command == nil {
				ours = direct.catchUp.Seconds()
			}
			fmt.Fprintf(out, "| %d | %s | %s | %s | %s | %.0f ms | %.0f | %d MB | %.2f / %.2f ms | %.0f ms | %.2f / %.2f ms |\n", n, s.name, s.durable, s.signed,
				times(direct.catchUp.Seconds(), ours), ms(direct.cpu), direct.bytes/float64(n), direct.memory>>20, ms(direct.p50), ms(direct.p99),
				ms(relayed.catchUp), ms(relayed.p50), ms(relayed.p99))
		}
	}
	return errors.Join(failed...)
}

// times writes a catch-up and its ratio to Holdfast's.
func times(took, ours float64) string {
	if ours == 0 {
		return fmt.Sprintf("%.0f ms | -", took*1000)
	}
	return fmt.Sprintf("%.0f ms | %.2f", took*1000, took/ours)
}

// measure does the common work with a system.
func (s system) measure(n int, relay bool) (figures, error) {
	if s.command == nil {
		return catchUp(n, relay)
	}
	dir, err := os.MkdirTemp("", "holdfast-bench-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "entries.jsonl")
	if err := entryFile(file, n); err != nil {
		return figures{}, err
	}
	start := func(role, home, to string, want int) (*peer, error) {
		if to == "" {
			to = "-"
		}
		args := append(s.command[1:len(s.command):len(s.command)], role, home, to, strconv.Itoa(want), file)
		cmd := exec.Command(s.command[0], args...)
		cmd.Dir = "bench"
		return startPeer(cmd)
	}
	return common(start, []string{filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "r")}, n, relay)
}
