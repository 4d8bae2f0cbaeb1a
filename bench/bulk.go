package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// bulkEntries is how many entries each row of measureBulk writes.
const bulkEntries = 4000

// measureBulk tells what an entry costs on a link and in the store, by how many
// are written in one commit: alone, as people write, and together, as an import of
// a file does. There are 410 real texts: more of them in a commit would repeat, and
// cost less than real ones.
func measureBulk() error {
	for _, each := range []int{1, 10, 100, 400} {
		if err := bulk(each); err != nil {
			return err
		}
	}
	return nil
}

func bulk(each int) error {
	dir, err := os.MkdirTemp("", "holdfast-bulk-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := openHistorian(filepath.Join(dir, "home"))
	if err != nil {
		return err
	}
	defer w.log.Close()
	before, err := used(w.log)
	if err != nil {
		return err
	}
	feed, seq := w.log.OwnFeed(), w.log.Heads()[w.log.OwnFeed()].Seq
	if err := w.together(bulkEntries, each); err != nil {
		return err
	}
	after, err := used(w.log)
	if err != nil {
		return err
	}
	wire, err := onWire(w.log, feed, seq)
	if err != nil {
		return err
	}
	if _, err := w.log.Compact(); err != nil {
		return err
	}
	compact, err := used(w.log)
	if err != nil {
		return err
	}
	per := func(n int64) float64 { return float64(n) / bulkEntries }
	fmt.Printf("%3d entries a commit, of %d B as JSON: %.1f B an entry on a link, %.1f in the store as written, %.1f once it is written anew\n",
		each, entrySize, per(wire), per(after-before), per(compact-before))
	return nil
}

// together writes n entries, so many in a commit.
func (w *historian) together(n, each int) error {
	all, err := samples()
	if err != nil {
		return err
	}
	inc, err := w.do(model.Declare{Title: "One by one"})
	if err != nil {
		return err
	}
	for i := 0; i < n && err == nil; i += each {
		if each == 1 {
			_, err = w.do(vary(all, i).command(inc.Code))
		} else {
			c := model.Declare{Title: fmt.Sprintf("Import %d", i)}
			for k := range each {
				c.Entries = append(c.Entries, vary(all, i+k).command(""))
			}
			_, err = w.do(c)
		}
		// Each is durable on its own, and signed.
		err = errors.Join(err, w.flush())
	}
	return err
}

// used is how much of the file of a log holds something.
func used(log *oplog.Log) (int64, error) {
	size, err := log.Size()
	if err != nil {
		return 0, err
	}
	free, err := log.Free()
	return size - free, err
}

// onWire is how many bytes the runs after a place take on a link.
func onWire(log *oplog.Log, feed model.FeedID, after uint64) (n int64, err error) {
	for {
		run, ok, err := log.ReadRun(feed, after, oplog.MaxRunCommits, oplog.MaxRunBytes)
		if err != nil || !ok {
			return n, err
		}
		n += int64(len(oplog.AppendRun(nil, run)))
		after = run.Last()
	}
}
