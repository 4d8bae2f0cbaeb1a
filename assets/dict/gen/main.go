// Command gen builds the dictionary of commit bodies from corpus.tsv: it lays
// the texts out as the ops a room writes and trains on them. Two trainings give
// different bytes, so a released dictionary is never built again in place: give a
// new one a new file.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/dict"
	"github.com/klauspost/compress/zstd"
)

//go:embed corpus.tsv
var corpus string

func main() {
	out := flag.String("o", "commit-1.zdict", "file to write")
	id := flag.Uint("id", 1, "dictionary id inside zstd frames")
	size := flag.Int("size", 24<<10, "size of the dictionary's history in bytes")
	hash := flag.Int("hash", 6, "shortest repeated piece that counts, in bytes")
	flag.Parse()
	if err := run(*out, uint32(*id), *size, *hash); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string, id uint32, size, hash int) error {
	samples, err := bodies(corpus)
	if err != nil {
		return err
	}
	d, err := dict.BuildZstdDict(samples, dict.Options{
		MaxDictSize: size,
		HashBytes:   hash,
		ZstdDictID:  id,
		ZstdLevel:   zstd.SpeedFastest, // the level bodies are written at
	})
	if err != nil {
		return fmt.Errorf("train on %d bodies: %w", len(samples), err)
	}
	return os.WriteFile(out, d, 0o644)
}

// op has the shape of one op in a body: kind, what it is about, payload.
type op struct {
	_    struct{} `cbor:",toarray"`
	Kind uint16
	On   []byte
	Body map[int]any
}

// Kinds of ops, as package model numbers them.
const (
	declared     = 20
	incidentSet  = 21
	entryAdded   = 22
	entryEdited  = 23
	taskAdded    = 25
	messageQueue = 40
)

// bodies lays every text out as the bodies it would appear in. Ids are random,
// as they are in a room, so that none is learnt.
func bodies(tsv string) ([][]byte, error) {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	fresh := func() []byte {
		id := make([]byte, 16)
		for i := range id {
			id[i] = byte(rng.Uint32())
		}
		return id
	}
	var all [][]byte
	add := func(ops ...op) {
		b, encErr := enc.Marshal(ops)
		if encErr != nil {
			err = encErr
		}
		all = append(all, b)
	}
	for line := range strings.Lines(tsv) {
		kind, text, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		switch kind {
		case "title":
			add(op{Kind: declared, Body: map[int]any{1: "INC-7K2M", 2: map[string]string{
				"title": text, "severity": "P1", "type": "Service Outage", "detection": "Monitoring alert", "phase": "detection",
			}}})
		case "type", "detection":
			add(op{Kind: incidentSet, On: fresh(), Body: map[int]any{1: kind, 2: text, 4: [][]byte{fresh()}}})
		case "text":
			add(op{Kind: taskAdded, On: fresh(), Body: map[int]any{1: map[string]string{"text": text, "owner": "", "state": "open"}}})
			add(op{Kind: messageQueue, On: fresh(), Body: map[int]any{1: "stakeholders", 2: "mail", 3: text}})
		default:
			add(op{Kind: entryAdded, On: fresh(), Body: map[int]any{3: kind, 4: text}})
			add(op{Kind: entryEdited, On: fresh(), Body: map[int]any{1: fresh(), 2: [][]byte{fresh()}, 4: "approx", 5: kind, 6: text}})
			js, jsErr := json.Marshal(map[string]string{"at": "2026-11-23T14:05:00Z", "author": "", "kind": kind, "text": text})
			if jsErr != nil {
				return nil, jsErr
			}
			add(op{Kind: entryAdded, On: fresh(), Body: map[int]any{3: "note", 4: string(bytes.TrimSpace(js))}})
		}
	}
	return all, err
}
