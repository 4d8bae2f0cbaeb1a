package blob

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"holdfast/model"
)

const (
	// askedAhead is how many chunks of a file are asked of one peer at a time: one
	// is on the way while the one before it is stored.
	askedAhead = 2
	// slowChunk is how long a chunk may take before only one is asked for at a
	// time: on such a line each chunk under way holds up a line of text.
	slowChunk = 100 * time.Millisecond
)

// Holding says how much of a file a device holds.
type Holding struct {
	Device      model.DeviceKey
	Held, Total int // chunks
}

// ErrNobody: none of the devices linked holds what is missing. What has arrived
// is kept.
var ErrNobody = errors.New("no device that is linked now holds what is missing")

// Fetch brings the chunks of a file that are not here from the peers that hold
// them, several at once, and ends when all are here. What arrives is kept, so that a
// fetch that broke off goes on. peers gives those linked now. Holdings and progress
// in chunks are told as they are learnt, from any goroutine.
func (s *Store) Fetch(ctx context.Context, c model.Content, peers func() []*Peer, pace *Pace, held func(Holding), told func(here, total int)) error {
	if err := s.fetchList(ctx, c, peers(), pace); err != nil {
		return err
	}
	for {
		names, err := s.List(c)
		if err != nil {
			return err
		}
		f := &fetching{store: s, pace: pace, held: held, told: told, want: names, taken: make([]bool, len(names))}
		for i, n := range names {
			if f.taken[i] = s.Has(n); f.taken[i] {
				f.here++
			}
		}
		before := f.here
		told(before, len(names))
		if before == len(names) {
			return nil
		}
		if err := errors.Join(f.round(ctx, peers()), ctx.Err()); err != nil {
			return err
		}
		if f.here == before {
			return fmt.Errorf("%w: %d of %d parts are here", ErrNobody, before, len(names))
		}
	}
}

// fetchList brings the list of a file's chunks.
func (s *Store) fetchList(ctx context.Context, c model.Content, peers []*Peer, pace *Pace) error {
	if _, err := s.List(c); !errors.Is(err, ErrMissing) {
		return err
	}
	for _, p := range peers {
		has, err := p.Have(ctx, []Name{c.Root})
		if err != nil || !has[0] {
			continue
		}
		sealed, err := p.Get(ctx, c.Root)
		if err != nil {
			continue
		}
		if _, err := s.Put(sealed); err != nil {
			return err
		}
		return pace.Wait(ctx, len(sealed))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fmt.Errorf("%w: not even the list of its parts is here", ErrNobody)
}

// Ask asks peers how much of a file they hold.
func (s *Store) Ask(ctx context.Context, c model.Content, peers []*Peer) []Holding {
	names, err := s.List(c)
	if err != nil {
		names = []Name{c.Root} // who has the list began with it, and most have all
	}
	out := make([]Holding, 0, len(peers))
	for _, p := range peers {
		if has, err := p.Have(ctx, names); err == nil {
			h := Holding{Device: p.Device, Held: count(has), Total: len(names)}
			if len(names) == 1 && names[0] == c.Root {
				h.Total = chunks(c.Size)
				h.Held *= h.Total
			}
			out = append(out, h)
		}
	}
	return out
}

func count(has []bool) (n int) {
	for _, yes := range has {
		if yes {
			n++
		}
	}
	return n
}

// fetching is one round of Fetch: each chunk is asked of one peer after the other
// until one gives it.
type fetching struct {
	store *Store
	pace  *Pace
	held  func(Holding)
	told  func(here, total int)
	want  []Name

	mu    sync.Mutex
	taken []bool // by index of want: on its way, or here
	here  int
	err   error // of this device: its disk
}

// round asks who has what and brings it. Its error is this device's own.
func (f *fetching) round(ctx context.Context, peers []*Peer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var working sync.WaitGroup
	for _, p := range peers {
		working.Go(func() {
			has, err := p.Have(ctx, f.want)
			if err != nil {
				return
			}
			f.held(Holding{Device: p.Device, Held: count(has), Total: len(f.want)})
			for ahead := range askedAhead {
				working.Go(func() {
					if err := f.bring(ctx, p, has, ahead > 0); err != nil {
						f.fail(err)
						cancel()
					}
				})
			}
		})
	}
	working.Wait()
	return f.err
}

func (f *fetching) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// bring takes from one peer what nobody else brings, until there is nothing
// left or the peer fails. One that runs beside another ends on a slow line.
func (f *fetching) bring(ctx context.Context, p *Peer, has []bool, beside bool) error {
	for {
		i := f.next(has)
		if i < 0 || f.pace.Wait(ctx, ChunkSize) != nil {
			f.giveBack(i)
			return nil
		}
		began := time.Now()
		sealed, err := p.Get(ctx, f.want[i])
		var refused *Refusal
		if errors.As(err, &refused) {
			f.giveBack(i)
			f.lacks(has, i)
			continue
		}
		if err != nil {
			f.giveBack(i)
			return nil
		}
		slow := time.Since(began) > slowChunk
		if _, err := f.store.Put(sealed); err != nil {
			return err
		}
		f.arrived()
		if beside && slow {
			return nil
		}
	}
}

func (f *fetching) next(has []bool) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, yes := range has {
		if yes && !f.taken[i] {
			f.taken[i] = true
			return i
		}
	}
	return -1
}

func (f *fetching) giveBack(i int) {
	if i < 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken[i] = false
}

// lacks notes that a peer does not have what it said it had: its disk says
// otherwise.
func (f *fetching) lacks(has []bool, i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	has[i] = false
}

func (f *fetching) arrived() {
	f.mu.Lock()
	f.here++
	here := f.here
	f.mu.Unlock()
	f.told(here, len(f.want))
}

// Send gives a relay the chunks of a file that it lacks, as far as they are
// here.
func (s *Store) Send(ctx context.Context, c model.Content, relay *Peer, pace *Pace) (sent int, err error) {
	names, err := s.List(c)
	if err != nil {
		return 0, err
	}
	names = append(names, c.Root)
	for first := 0; first < len(names); first += MaxChunks {
		part := names[first:min(first+MaxChunks, len(names))]
		has, err := relay.Have(ctx, part)
		if err != nil {
			return sent, err
		}
		for i, n := range part {
			if has[i] {
				continue
			}
			sealed, err := s.Get(n)
			if errors.Is(err, ErrMissing) {
				continue
			}
			if err == nil {
				err = errors.Join(pace.Wait(ctx, len(sealed)), relay.Put(ctx, sealed))
			}
			if err != nil {
				return sent, err
			}
			sent++
		}
	}
	return sent, nil
}
