package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// measureAppend compares one entry logged at a time with one bare commit of
// bbolt, in turns, and times a hundred writers at once.
func measureAppend() error {
	dir, err := os.MkdirTemp("", "holdfast-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := bolt.Open(filepath.Join(dir, "bare.db"), 0o600, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	h, err := replica.OpenHome(filepath.Join(dir, "home"), secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	defer h.Close()
	ctx := context.Background()
	room, err := h.Found(ctx, replica.Founding{Name: "Bench", Person: "A"})
	if err != nil {
		return err
	}
	inc, err := room.Do(ctx, model.Declare{Title: "append"})
	if err != nil {
		return err
	}
	value := make([]byte, 300)
	var bare, ours []time.Duration
	for i := range 2000 {
		from := time.Now()
		if err := put(db, i, value); err != nil {
			return err
		}
		bare = append(bare, time.Since(from))
		from = time.Now()
		if _, err := room.Do(ctx, model.Log{Incident: inc.Code, Text: fmt.Sprintf("%-200d", i) + "."}); err != nil {
			return err
		}
		ours = append(ours, time.Since(from))
	}
	slices.Sort(bare)
	slices.Sort(ours)
	fmt.Printf("append one by one: p50 %.3f ms, p99 %.3f ms; bare bbolt commit p50 %.3f ms; ratio %.2f\n",
		ms(ours[1000]), ms(ours[1980]), ms(bare[1000]), float64(ours[1000])/float64(bare[1000]))
	return measureWriters(room, inc.Code)
}

// bareCommits times commits of bbolt, as far apart as live entries are.
func bareCommits(n int) (took []time.Duration, err error) {
	dir, err := os.MkdirTemp("", "holdfast-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := bolt.Open(filepath.Join(dir, "bare.db"), 0o600, nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	pause := time.NewTicker(betweenLive)
	defer pause.Stop()
	value := make([]byte, 300)
	for i := range n {
		<-pause.C
		from := time.Now()
		if err := put(db, i, value); err != nil {
			return nil, err
		}
		took = append(took, time.Since(from))
	}
	return took, nil
}

func put(db *bolt.DB, i int, value []byte) error {
	return db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("ops"))
		if err != nil {
			return err
		}
		return b.Put(binary.BigEndian.AppendUint64(nil, uint64(i)), value)
	})
}

func measureWriters(room *replica.Replica, code string) error {
	const writers, each = 100, 200
	errs := make(chan error, writers)
	from := time.Now()
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := room.Do(context.Background(), model.Log{Incident: code, Text: fmt.Sprintf("%-200d", i) + "."}); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(from)
	select {
	case err := <-errs:
		return err
	default:
	}
	fmt.Printf("append by %d writers: %.0f entries/s\n", writers, writers*each/took.Seconds())
	return nil
}
