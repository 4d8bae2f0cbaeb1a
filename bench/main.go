// Command bench measures Holdfast's common work: N timeline entries are
// written on A while B is away, B connects over loopback and catches up, then
// a thousand more are written one by one and timed until B has folded them.
// Each peer is a process of its own; everything is sealed, signed, durable and
// folded on both ends. The figures are for comparing in one run, as ratios;
// with -compare other systems do the same work in the same run. With -many a
// line is timed on its way through rooms of many peers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	role := flag.String("role", "", "internal: run as a peer of a measurement")
	home := flag.String("home", "", "internal: home of the peer")
	peer := flag.String("peer", "", "internal: address to link to")
	want := flag.Int("want", 0, "internal: entries to wait for")
	sizes := flag.String("n", "10000,100000", "numbers of entries, with commas between")
	history := flag.Int("history", 0, "measure a start with so many entries of history instead")
	beside := flag.Bool("compare", false, "measure other systems too (see the Makefile: bench-compare)")
	many := flag.Int("many", 0, "measure rooms of so many peers instead (at least 10)")
	only := flag.String("only", "", "measure this alone: append, bulk, A-B or A-R-B; with -compare, systems whose name holds it; with -many, crowd, hub, fan-out or processes")
	folder := flag.String("profile", "", "put a processor profile of each process of a measurement into this folder")
	flag.Parse()
	stop, err := profile(*folder, *role)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	switch counts, bad := numbers(*sizes); {
	case *role == "history":
		err = writeHistory(*home, *want)
	case *role == "start":
		err = runStart(*home)
	case *role == "hub":
		err = runHub(*home)
	case *role != "":
		err = runPeer(*role, *home, *peer, *want)
	case bad != nil:
		err = bad
	case *history > 0:
		err = measureHistory(*history)
	case *many > 0:
		err = measureMany(max(*many, 10), *only)
	case *beside:
		err = compare(os.Stdout, counts, *only)
	default:
		err = measure(counts, *only)
	}
	if err = errors.Join(err, stop()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads numbers with commas between.
func numbers(text string) (list []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-n %q: %q is not a number of entries", text, part)
		}
		list = append(list, n)
	}
	return list, nil
}

// measure does the common work: all of it, or what is named append, bulk, A-B or A-R-B.
func measure(sizes []int, only string) error {
	if only == "" || only == "bulk" {
		if err := measureBulk(); err != nil || only != "" {
			return err
		}
	}
	if only == "" || only == "append" {
		if err := measureAppend(); err != nil || only != "" {
			return err
		}
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "entries\tpath\tcatch-up\tentries/s\tbytes/entry\tB's memory\tB's processor\tlive p50\tp99\tonce committed p50\tp99\tin bare commits\t")
	for _, n := range sizes {
		for _, relay := range []bool{false, true} {
			path := "A-B"
			if relay {
				path = "A-R-B"
			}
			if only != "" && only != path {
				continue
			}
			r, err := catchUp(n, relay)
			if err != nil {
				return errors.Join(err, out.Flush())
			}
			fmt.Fprintf(out, "%d\t%s\t%d ms\t%.0f\t%.0f\t%d MB\t%d ms\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f ms\t%.1f\t\n", n, path, r.catchUp.Milliseconds(),
				float64(n)/r.catchUp.Seconds(), r.bytes/float64(n), r.memory>>20, r.cpu.Milliseconds(), ms(r.p50), ms(r.p99),
				ms(r.ours.p50), ms(r.ours.p99), float64(r.ours.p50)/float64(r.ours.bare))
		}
	}
	return out.Flush()
}
