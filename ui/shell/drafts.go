package shell

import (
	"context"
	"maps"
	"sync"
	"time"
)

// draftPause is how long a draft that could not be kept waits for another try:
// a full disk is not freed in a second, and typing goes on meanwhile.
const draftPause = 5 * time.Second

// draftBox hands drafts to the disk in the order they were typed, the newest
// of each name alone.
type draftBox struct {
	keeper Keeper
	// work runs something off the UI goroutine and its answer on it.
	work func(func(context.Context) error, func(error))
	// kept hears of every round on the UI goroutine, with what went wrong.
	kept func(error)

	mu      sync.Mutex
	pending map[string]string
	saving  bool
	again   time.Time // of the next try after a failure; zero after none
}

func newDraftBox(k Keeper, work func(func(context.Context) error, func(error)), kept func(error)) *draftBox {
	return &draftBox{keeper: k, work: work, kept: kept, pending: map[string]string{}}
}

func (d *draftBox) put(name, text string) {
	d.mu.Lock()
	d.pending[name] = text
	start := !d.saving && d.again.IsZero()
	d.saving = d.saving || start
	d.mu.Unlock()
	if start {
		d.start()
	}
}

// retry tries again what could not be kept. Call it now and then.
func (d *draftBox) retry() {
	d.mu.Lock()
	start := !d.saving && !d.again.IsZero() && time.Now().After(d.again)
	d.saving = d.saving || start
	d.mu.Unlock()
	if start {
		d.start()
	}
}

func (d *draftBox) start() {
	d.work(func(context.Context) error { return d.save() }, d.kept)
}

// save writes until nothing is pending. What could not be written stays
// pending for the next try.
func (d *draftBox) save() error {
	for {
		d.mu.Lock()
		batch := maps.Clone(d.pending)
		if len(batch) == 0 {
			d.saving, d.again = false, time.Time{}
			d.mu.Unlock()
			return nil
		}
		d.mu.Unlock()
		for name, text := range batch {
			err := d.keeper.SaveDraft(name, text)
			d.mu.Lock()
			if err != nil {
				d.saving, d.again = false, time.Now().Add(draftPause)
				d.mu.Unlock()
				return err
			}
			if d.pending[name] == text {
				delete(d.pending, name)
			}
			d.mu.Unlock()
		}
	}
}

func (d *draftBox) get(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if text, ok := d.pending[name]; ok {
		return text
	}
	return d.keeper.Draft(name)
}
