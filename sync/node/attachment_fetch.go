package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/blob"
	"holdfast/sync/export"
)

const (
	// fetchUnasked is up to which size a file is fetched without being asked for:
	// screenshots and pieces of logs, which are there then when the links are not.
	fetchUnasked = 1 << 20
	// lookEvery is how often peers are asked again who has what.
	lookEvery = time.Minute
	// lookPause gathers changes of the record before peers are asked.
	lookPause = 500 * time.Millisecond
	// comesBack is how long a fetch that was under way waits for a peer after the
	// last one is gone, and greets how long one does that begins with none.
	comesBack = 10 * time.Second
	greets    = 2 * time.Second
)

// fetchJob is a file that is being fetched; who asks for it meanwhile waits for
// the same.
type fetchJob struct {
	mu          sync.Mutex
	here, total int
	told        []func(here, total int)
	done        chan struct{} // closed after err is set
	err         error
}

func (j *fetchJob) progress() (here, total int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.here, j.total
}

func (j *fetchJob) moved(here, total int) {
	j.mu.Lock()
	j.here, j.total = max(j.here, here), total
	told := j.told
	j.mu.Unlock()
	for _, fn := range told {
		fn(here, total)
	}
}

// FetchAttachment brings an attachment to this device and returns when it is
// here whole. Told hears of parts here, from any goroutine; it may be nil. What has
// arrived is kept where ctx ends.
func (r *Room) FetchAttachment(ctx context.Context, text string, told func(here, total int)) error {
	h, err := r.find(text)
	if err != nil {
		return err
	}
	return r.files.fetch(ctx, h, told)
}

func (a *attachments) fetch(ctx context.Context, h held, told func(here, total int)) error {
	for {
		j, mine := a.job(h.id, told)
		if mine {
			j.err = a.bring(ctx, h, j)
			a.mu.Lock()
			delete(a.jobs, h.id)
			a.mu.Unlock()
			close(j.done)
			a.tell()
			return j.err
		}
		select {
		case <-j.done:
			gaveUp := errors.Is(j.err, context.Canceled) || errors.Is(j.err, context.DeadlineExceeded)
			if ctx.Err() != nil || !gaveUp {
				return j.err
			} // who had asked for it gave up, and this caller has not
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// job gives the fetch of a file that is under way, or a new one for the caller to do.
func (a *attachments) job(id model.ID, told func(here, total int)) (j *fetchJob, mine bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j = a.jobs[id]
	if mine = j == nil; mine {
		j = &fetchJob{done: make(chan struct{})}
		j.told = []func(int, int){func(int, int) { a.tell() }}
		a.jobs[id] = j
	}
	if told != nil {
		j.mu.Lock()
		j.told = append(j.told[:len(j.told):len(j.told)], told)
		j.mu.Unlock()
	}
	return j, mine
}

// bring fetches until the file is whole, and waits a moment for peers that were
// there and are gone.
func (a *attachments) bring(ctx context.Context, h held, j *fetchJob) error {
	if missing, total, err := a.store.Missing(h.content); err != nil || len(missing) == 0 {
		if err == nil {
			j.moved(total, total)
		}
		return err
	}
	if a.room.mesh == nil {
		return a.nobody(h, errNoLinks)
	}
	for {
		before, _ := j.progress()
		had := len(a.linked()) > 0
		err := a.store.Fetch(ctx, h.content, a.linked, a.in,
			func(said blob.Holding) { a.known.note(h.id, said, a.room.Now()) }, j.moved)
		if !errors.Is(err, blob.ErrNobody) {
			return err
		}
		after, _ := j.progress()
		wait := greets
		if had || after > before {
			wait = comesBack
		}
		if had && len(a.linked()) > 0 && after == before || !a.awaitPeer(ctx, wait) {
			return a.nobody(h, err)
		}
	}
}

// awaitPeer waits for a peer to be there.
func (a *attachments) awaitPeer(ctx context.Context, limit time.Duration) bool {
	moved := make(chan struct{}, 1)
	defer a.room.WatchAttachments(func() {
		select {
		case moved <- struct{}{}:
		default:
		}
	})()
	late := time.NewTimer(limit)
	defer late.Stop()
	for len(a.linked()) == 0 {
		select {
		case <-moved:
		case <-late.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// nobody says where a file is that cannot be had now.
func (a *attachments) nobody(h held, why error) error {
	where := a.statusIn(h, nil).Where
	if errors.Is(why, errNoLinks) {
		return fmt.Errorf("%s is not here whole: %s; %w", h.view.Name, where, why)
	}
	return fmt.Errorf("%s cannot be had now: %s. What has arrived is kept; try again when a device that has it is linked", h.view.Name, where)
}

// SaveAttachment writes an attachment to a file, fetching it first where it is not
// here. The file appears whole, checked against the record, or not at all.
func (r *Room) SaveAttachment(ctx context.Context, text, path string, told func(here, total int)) (AttachmentStatus, error) {
	h, err := r.find(text)
	if err != nil {
		return AttachmentStatus{}, err
	}
	_, err = export.File(path, func(w io.Writer) error { return r.files.write(ctx, h, w, told) })
	if err != nil {
		return AttachmentStatus{}, fmt.Errorf("save %s: %w", h.view.Name, err)
	}
	return r.files.status(h), nil
}

// ReadAttachment gives an attachment that is here, if it has at most limit bytes.
func (r *Room) ReadAttachment(ctx context.Context, text string, limit int64) ([]byte, error) {
	h, err := r.find(text)
	if err != nil {
		return nil, err
	}
	if h.view.Size > limit {
		return nil, fmt.Errorf("%s has %s, and %s is the most that is shown here; save it to a file", h.view.Name, model.SizeText(h.view.Size), model.SizeText(limit))
	}
	var b bytes.Buffer
	err = r.files.store.Write(ctx, h.content, &b)
	return b.Bytes(), err
}

// seekable is what a file is written to: it can be begun anew.
type seekable interface {
	io.WriteSeeker
	Truncate(size int64) error
}

// write writes a file out, fetching what is missing. Where damage is found while it
// is written, all of it is looked for and fetched, and the file begun anew.
func (a *attachments) write(ctx context.Context, h held, w io.Writer, told func(here, total int)) error {
	if err := a.fetch(ctx, h, told); err != nil {
		return err
	}
	err := a.store.Write(ctx, h.content, w)
	again, ok := w.(seekable)
	if !errors.Is(err, blob.ErrMissing) || !ok {
		return err
	}
	a.mu.Lock()
	delete(a.whole, h.id)
	a.mu.Unlock()
	if err := a.store.Check(ctx, h.content); err != nil {
		return err
	}
	if err := a.fetch(ctx, h, told); err != nil {
		return err
	}
	if _, err := again.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := again.Truncate(0); err != nil {
		return err
	}
	return a.store.Write(ctx, h.content, w)
}
