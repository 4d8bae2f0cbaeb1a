// Command bench measures Holdfast's common work: N timeline entries are
// written on A while B is away, B connects over loopback and catches up, then
// a thousand more are written one by one and timed until B has folded them.
// Each peer is a process of its own; everything is sealed, signed, durable and
// folded on both ends. The figures are for comparing in one run, as ratios.
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
	flag.Parse()
	var err error
	switch {
	case *history > 0:
		err = measureHistory(*history)
	case *role == "":
		err = measure(*sizes)
	case *role == "history":
		err = writeHistory(*home, *want)
	case *role == "start":
		err = runStart(*home)
	default:
		err = runPeer(*role, *home, *peer, *want)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(sizes string) error {
	if err := measureAppend(); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "entries\tpath\tcatch-up\tentries/s\tbytes/entry\tB's memory\tlive p50\tp99\t")
	for text := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		for _, relay := range []bool{false, true} {
			r, err := catchUp(n, relay)
			if err != nil {
				return errors.Join(err, out.Flush())
			}
			path := "A-B"
			if relay {
				path = "A-R-B"
			}
			fmt.Fprintf(out, "%d\t%s\t%d ms\t%.0f\t%.0f\t%d MB\t%.2f ms\t%.2f ms\t\n", n, path, r.catchUp.Milliseconds(),
				float64(n)/r.catchUp.Seconds(), r.bytes/float64(n), r.memory>>20, ms(r.p50), ms(r.p99))
		}
	}
	return out.Flush()
}
