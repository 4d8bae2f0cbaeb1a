package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// unread HOME TEXT... demands that none of the texts is in the files of a home, nor
// in the memory of the process that serves it; ! unread that all of them are in
// that memory, which shows that the search finds what is there.
func unread(ts *testscript.TestScript, neg bool, args []string) {
	home, texts := args[0], args[1:]
	pid := 0
	for _, c := range ts.BackgroundCmds() {
		if at := slices.Index(c.Args, "--home"); at >= 0 && c.Args[at+1] == home {
			pid = c.Process.Pid
		}
	}
	if pid == 0 {
		ts.Fatalf("nothing serves %s", home)
	}
	found := map[string]string{}
	if err := inMemory(pid, texts, found); err != nil {
		ts.Fatalf("search the memory of %d: %v", pid, err)
	}
	if !neg {
		ts.Check(filepath.WalkDir(ts.MkAbs(home), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			search(b, "the file "+path, texts, found)
			return err
		}))
	}
	for _, text := range texts {
		switch where, ok := found[text]; {
		case ok && !neg:
			ts.Fatalf("%q is in %s", text, where)
		case !ok && neg:
			ts.Fatalf("%q was not found; the search is blind", text)
		}
	}
}

func search(b []byte, where string, texts []string, found map[string]string) {
	for _, text := range texts {
		if bytes.Contains(b, []byte(text)) {
			found[text] = where
		}
	}
}

// inMemory searches what a process can write to: its heap, stacks and data.
func inMemory(pid int, texts []string, found map[string]string) error {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return err
	}
	defer maps.Close()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return err
	}
	defer mem.Close()
	const step, overlap = 1 << 20, 256 // a text may lie across two reads
	buffer := make([]byte, step+overlap)
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to int64
		var rights string
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); n != 3 || !strings.HasPrefix(rights, "rw") {
			continue
		}
		for at := from; at < to; at += step {
			n, _ := mem.ReadAt(buffer[:min(int64(len(buffer)), to-at)], at) // a page may be gone
			search(buffer[:n], "memory "+lines.Text(), texts, found)
		}
	}
	return lines.Err()
}
