package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/blob"
)

// holdersFile remembers which device has which attachment.
const holdersFile = "attachments.json"

// Bounds of what is remembered: the newest attachments of a busy month, each with
// the devices of a large room.
const (
	maxRemembered  = 1024
	maxHoldersFile = 16 << 20
)

// holding is what a device answered when it was asked.
type holding struct {
	Held  int       `json:"held"`
	Total int       `json:"total"`
	At    time.Time `json:"at"`
}

func (h holding) whole() bool { return h.Total > 0 && h.Held == h.Total }

// holders is who has which attachment, as they answered last: a cache outside the
// record, which only costs questions when it is lost. Safe for concurrent use.
type holders struct {
	path    string
	mu      sync.Mutex
	of      map[model.ID]map[model.DeviceKey]holding
	changed bool
}

func loadHolders(path string) (*holders, error) {
	h := &holders{path: path, of: map[model.ID]map[model.DeviceKey]holding{}}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil || info.Size() > maxHoldersFile {
		return h, errors.Join(err, fmt.Errorf("read %s: too large or unreadable", path))
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &h.of)
	}
	if err != nil {
		h.of = map[model.ID]map[model.DeviceKey]holding{}
		return h, fmt.Errorf("read %s: %w", path, err)
	}
	return h, nil
}

// note remembers an answer.
func (h *holders) note(id model.ID, said blob.Holding, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of[id] == nil {
		h.of[id] = map[model.DeviceKey]holding{}
	}
	h.of[id][said.Device] = holding{Held: said.Held, Total: said.Total, At: at.UTC().Truncate(time.Second)}
	h.changed = true
}

// all gives what is remembered of an attachment.
func (h *holders) all(id model.ID) map[model.DeviceKey]holding {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.of[id])
}

// keep writes down what is remembered of the attachments named, and forgets the
// others.
func (h *holders) keep(ids map[model.ID]bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.changed {
		return nil
	}
	maps.DeleteFunc(h.of, func(id model.ID, _ map[model.DeviceKey]holding) bool { return !ids[id] })
	b, err := json.Marshal(h.of)
	if err == nil {
		err = replaceFile(h.path, b)
	}
	h.changed = err != nil
	return err
}
