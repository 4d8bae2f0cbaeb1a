package identity

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"holdfast/model"
)

// maxTriesFile bounds the file of wrong proofs in bytes. A line has 33 and an invite
// five lines, so it holds those of 25,000 invites that were guessed at.
const maxTriesFile = 4 << 20

// triesTitle is the first line of the file. For an invite that does not exist it is
// written again, so that the time a wrong proof takes tells nobody which exist.
const triesTitle = "holdfast wrong proofs\n"

// Tries counts the wrong proofs of invites in a file of the home, a line each: a host
// that is started again goes on counting. The count is this device's alone, and no
// matter of the record. The zero Tries counts in memory.
type Tries struct {
	path string

	mu   sync.Mutex
	of   map[model.ID]int
	file *os.File // open from the first wrong proof on
	owed string   // lines that could not be kept: until they are, no proof is taken
}

// OpenTries reads what was counted before; the file need not exist.
func OpenTries(path string) (*Tries, error) {
	t := &Tries{path: path, of: map[model.ID]int{}}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read wrong proofs: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTriesFile+1))
	if err != nil {
		return nil, fmt.Errorf("read wrong proofs: %w", err)
	}
	if len(b) > maxTriesFile {
		return nil, fmt.Errorf("read wrong proofs: %s is larger than %d bytes", path, maxTriesFile)
	}
	for line := range strings.Lines(string(b)) {
		// A line that was cut off by a crash was of a proof nobody was answered.
		if id, err := hex.DecodeString(strings.TrimSuffix(line, "\n")); err == nil && len(id) == len(model.ID{}) {
			t.of[model.ID(id)]++
		}
	}
	return t, nil
}

// Close lets the file go.
func (t *Tries) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}

func (t *Tries) count(id model.ID) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.owed != "" {
		return maxWrongProofs
	}
	return t.of[id]
}

// exhausted lists the invites that stand no more wrong proofs.
func (t *Tries) exhausted() (ids []model.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, n := range t.of {
		if n >= maxWrongProofs {
			ids = append(ids, id)
		}
	}
	return ids
}

// judge looks at one proof at a time, so that many made at once are no more tries than
// one after the other, and counts a wrong one durably before anybody can know that it
// is wrong. closes tells that it was the last the invite stands.
func (t *Tries) judge(id model.ID, known bool, right func() bool) (ok, closes bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if right() {
		t.settle() // the disk may have room again
		return true, false
	}
	if known && t.of[id] < maxWrongProofs {
		t.owed += hex.EncodeToString(id[:]) + "\n"
		if t.of == nil {
			t.of = map[model.ID]int{}
		}
		t.of[id]++
		closes = t.of[id] == maxWrongProofs
	}
	if t.owed != "" {
		t.settle()
	} else {
		_ = t.keep(triesTitle) // nothing to lose
	}
	return false, closes
}

// settle keeps the lines that are owed. Where it cannot, this device would not know
// of the proofs once it is started again.
func (t *Tries) settle() {
	if t.owed != "" && t.keep(t.owed) == nil {
		t.owed = ""
	}
}

// keep writes lines durably: the title in its place, others at the end.
func (t *Tries) keep(line string) error {
	if t.path == "" {
		return nil
	}
	if t.file == nil {
		if err := t.create(); err != nil {
			return err
		}
	}
	at := int64(0)
	if line != triesTitle {
		end, err := t.file.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		last := make([]byte, 1)
		if _, err := t.file.ReadAt(last, end-1); err != nil {
			return err
		}
		if at = end; last[0] != '\n' {
			line = "\n" + line
		}
	}
	if _, err := t.file.WriteAt([]byte(line), at); err != nil {
		return err
	}
	return t.file.Sync()
}

func (t *Tries) create() error {
	f, err := os.OpenFile(t.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte(triesTitle), 0); err != nil {
		return errors.Join(err, f.Close())
	}
	if dir, err := os.Open(filepath.Dir(t.path)); err == nil {
		_ = dir.Sync() // not every system can; the name is durable there all the same
		_ = dir.Close()
	}
	t.file = f
	return nil
}
