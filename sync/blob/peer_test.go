package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"holdfast/model"
)

// pipe is one end of a connection in memory.
type pipe struct {
	in, out chan []byte
	ended   chan struct{} // of both ends
	once    *sync.Once
	reason  *string
}

func pipes() (a, b *pipe) {
	x, y, ended, once, reason := make(chan []byte), make(chan []byte), make(chan struct{}), new(sync.Once), new(string)
	return &pipe{x, y, ended, once, reason}, &pipe{y, x, ended, once, reason}
}

func (p *pipe) Read() ([]byte, error) {
	select {
	case b := <-p.in:
		return b, nil
	case <-p.ended:
		return nil, io.EOF
	}
}

func (p *pipe) Write(b []byte) error {
	select {
	case p.out <- bytes.Clone(b):
		return nil
	case <-p.ended:
		return io.ErrClosedPipe
	}
}

func (p *pipe) Close(reason string) {
	p.once.Do(func() {
		*p.reason = reason
		close(p.ended)
	})
}

func newStore(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// attach keeps a file of so many bytes that no compression helps.
func attach(t testing.TB, s *Store, size int) model.Content {
	t.Helper()
	b := make([]byte, size)
	_, _ = mathrand.NewChaCha8([32]byte{byte(size)}).Read(b) // never fails
	d, err := s.Add(t.Context(), bytes.NewReader(b), rand.Reader, nil, nil)
	if err == nil {
		err = d.Keep()
	}
	if err != nil {
		t.Fatal(err)
	}
	return d.Content
}

// linked joins two stores, and gives each as the other sees it. A relay keeps
// what it is given.
func linked(t testing.TB, ours, theirs *Store, relay bool) (them, us *Peer) {
	t.Helper()
	a, b := pipes()
	them, us = NewPeer(model.DeviceKey{2}, a, ours, false, nil), NewPeer(model.DeviceKey{1}, b, theirs, relay, nil)
	var running sync.WaitGroup
	running.Go(func() { _ = them.Run(t.Context()) }) // ends with the test
	running.Go(func() { _ = us.Run(t.Context()) })
	t.Cleanup(running.Wait)
	return them, us
}

func quiet(Holding)                {}
func silent(int, int)              {}
func of(p ...*Peer) func() []*Peer { return func() []*Peer { return p } }

func TestFetchBringsAFileFromThoseWhoHaveIt(t *testing.T) {
	full, half, mine := newStore(t), newStore(t), newStore(t)
	c := attach(t, full, 9*ChunkSize+1)
	names, err := full.List(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range append(names, c.Root) { // every second chunk, and the list
		if b, err := full.Get(n); err != nil {
			t.Fatal(err)
		} else if i%2 == 0 {
			_, _ = half.Put(b)
		}
	}
	one, _ := linked(t, mine, half, false)
	if err := mine.Fetch(t.Context(), c, of(one), nil, quiet, silent); !errors.Is(err, ErrNobody) || !strings.Contains(err.Error(), "5 of 10 parts") {
		t.Fatalf("from who has half of it: %v, want ErrNobody with the figures", err)
	}
	two, _ := linked(t, mine, full, false)
	var mu sync.Mutex
	var holdings []Holding
	told := 0
	err = mine.Fetch(t.Context(), c, of(one, two), nil, func(h Holding) {
		mu.Lock()
		defer mu.Unlock()
		holdings = append(holdings, h)
	}, func(here, total int) {
		mu.Lock()
		defer mu.Unlock()
		if told = max(told, here); total != 10 {
			t.Errorf("total is %d", total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := mine.Write(t.Context(), c, io.Discard); err != nil {
		t.Error(err)
	}
	if told != 10 || len(holdings) != 2 || holdings[0].Held+holdings[1].Held != 15 {
		t.Errorf("told %d of 10, holdings %+v", told, holdings)
	}
}

func TestFetchAgainWhatIsDamagedAtOnePeer(t *testing.T) {
	bad, good, mine := newStore(t), newStore(t), newStore(t)
	c := attach(t, good, 3*ChunkSize)
	names, err := good.List(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range append(names, c.Root) {
		b, err := good.Get(n)
		if err == nil {
			_, err = bad.Put(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(bad.path(names[1]), 10); err != nil {
		t.Fatal(err)
	}
	one, _ := linked(t, mine, bad, false)
	two, _ := linked(t, mine, good, false)
	if err := mine.Fetch(t.Context(), c, of(one, two), nil, quiet, silent); err != nil {
		t.Fatal(err)
	}
	if err := mine.Write(t.Context(), c, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestFetchGoesOnWhereItBrokeOff(t *testing.T) {
	theirs, mine := newStore(t), newStore(t)
	c := attach(t, theirs, 8*ChunkSize)
	ctx, cancel := context.WithCancel(t.Context())
	them, _ := linked(t, mine, theirs, false)
	err := mine.Fetch(ctx, c, of(them), nil, quiet, func(here, _ int) {
		if here == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	first := -1
	again, _ := linked(t, mine, theirs, false)
	if err := mine.Fetch(t.Context(), c, of(again), nil, quiet, func(here, _ int) {
		if first < 0 {
			first = here
		}
	}); err != nil {
		t.Fatal(err)
	}
	if first < 3 {
		t.Errorf("it began again with %d of 8 chunks", first)
	}
}

func TestRelayKeepsWhatItCannotRead(t *testing.T) {
	ours, relay, mine := newStore(t), newStore(t), newStore(t)
	c := attach(t, ours, 4*ChunkSize+9)
	toRelay, _ := linked(t, ours, relay, true)
	for want := range 2 {
		sent, err := ours.Send(t.Context(), c, toRelay, nil)
		if err != nil || sent != 6*(1-want) {
			t.Fatalf("sent %d chunks, %v", sent, err)
		}
	}
	fromRelay, _ := linked(t, mine, relay, true)
	if err := mine.Fetch(t.Context(), c, of(fromRelay), nil, quiet, silent); err != nil {
		t.Fatal(err)
	}
	if err := mine.Write(t.Context(), c, io.Discard); err != nil {
		t.Error(err)
	}
	member, _ := linked(t, ours, newStore(t), false)
	if _, err := ours.Send(t.Context(), c, member, nil); err == nil || !strings.Contains(err.Error(), errNoRelay.Error()) {
		t.Errorf("a member that is given chunks: %v, want a refusal", err)
	}
}

func TestAskSaysWhoHasHowMuch(t *testing.T) {
	full, none, mine := newStore(t), newStore(t), newStore(t)
	c := attach(t, full, 5*ChunkSize)
	one, _ := linked(t, mine, full, false)
	two, _ := linked(t, mine, none, false)
	want := []Holding{{Device: one.Device, Held: 5, Total: 5}, {Device: two.Device, Total: 5}}
	if got := mine.Ask(t.Context(), c, []*Peer{one, two}); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("without the list: %+v", got)
	}
	if err := mine.fetchList(t.Context(), c, []*Peer{one}, nil); err != nil {
		t.Fatal(err)
	}
	if got := mine.Ask(t.Context(), c, []*Peer{one, two}); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("with the list: %+v", got)
	}
}

// TestHostilePeerIsShownOut plays a peer whose program does what it likes.
func TestHostilePeerIsShownOut(t *testing.T) {
	name := Name{7}
	for what, c := range map[string]struct {
		send [][]byte
		want string
	}{
		"not a frame":          {[][]byte{{1, 2}}, "damaged frame"},
		"unknown kind":         {[][]byte{encodeFrame(77, 1, nil)}, "damaged frame"},
		"above the limit":      {[][]byte{make([]byte, MaxFrame+1)}, "damaged frame"},
		"names cut off":        {[][]byte{encodeFrame(frameHave, 1, make([]byte, 31))}, "damaged frame"},
		"too many names":       {[][]byte{encodeFrame(frameHave, 1, make([]byte, (MaxChunks+1)*32))}, "damaged frame"},
		"half a name":          {[][]byte{encodeFrame(frameGet, 1, make([]byte, 16))}, "damaged frame"},
		"empty chunk":          {[][]byte{encodeFrame(framePut, 1, nil)}, "damaged frame"},
		"answer to nothing":    {[][]byte{encodeFrame(frameChunk, 9, []byte("x"))}, "not asked for"},
		"questions unanswered": {flood(name), "more at once"},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := pipes()
				p := NewPeer(model.DeviceKey{9}, a, newStore(t), false, nil)
				ended := make(chan error, 1)
				go func() { ended <- p.Run(t.Context()) }()
				for _, f := range c.send {
					if b.Write(f) != nil {
						break // shown out
					}
				}
				if err := <-ended; err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("ended with %v, want %q", err, c.want)
				}
				if *a.reason == "" {
					t.Error("the connection is open")
				}
			})
		})
	}
}

// flood asks without ever reading an answer.
func flood(n Name) [][]byte {
	all := make([][]byte, maxAsked+3)
	for i := range all {
		all[i] = encodeFrame(frameGet, uint32(i), n[:])
	}
	return all
}

func TestPeerThatGivesAnotherChunkIsShownOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pipes()
		p := NewPeer(model.DeviceKey{9}, a, newStore(t), false, nil)
		var running sync.WaitGroup
		running.Go(func() { _ = p.Run(t.Context()) }) // its end is what is waited for
		running.Go(func() {
			if q, err := b.Read(); err == nil {
				_ = b.Write(encodeFrame(frameChunk, uint32(q[4]), []byte("something else"))) // it is shown out
			}
		})
		if _, err := p.Get(t.Context(), Name{1}); !errors.Is(err, errOtherChunk) {
			t.Errorf("%v, want errOtherChunk", err)
		}
		running.Wait()
		if *a.reason != errOtherChunk.Error() {
			t.Errorf("the connection ended with %q", *a.reason)
		}
	})
}

func TestPeerThatDoesNotAnswerIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pipes()
		p := NewPeer(model.DeviceKey{9}, a, newStore(t), false, nil)
		var running sync.WaitGroup
		running.Go(func() { _ = p.Run(t.Context()) }) // its end is what is waited for
		running.Go(func() {
			for {
				if _, err := b.Read(); err != nil {
					return
				}
			}
		})
		if _, err := p.Get(t.Context(), Name{1}); !errors.Is(err, errNoAnswer) {
			t.Errorf("%v, want errNoAnswer", err)
		}
		running.Wait()
	})
}

func FuzzFrame(f *testing.F) {
	f.Add(encodeFrame(frameHave, 1, make([]byte, 64)))
	f.Add(encodeFrame(frameHeld, 1, []byte{0xff}))
	f.Add(encodeFrame(frameChunk, 2, []byte("chunk")))
	f.Add(encodeFrame(frameNone, 3, []byte("no")))
	f.Add(flood(Name{1})[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, err := decodeFrame(b)
		if err != nil {
			return
		}
		if !bytes.Equal(encodeFrame(fr.kind, fr.number, fr.body), b) {
			t.Errorf("%x is not what was read", b)
		}
		if names, err := decodeNames(fr.body); err == nil && !bytes.Equal(encodeList(names), fr.body) {
			t.Error("names are not what was read")
		}
		if has, err := decodeHeld(fr.body, 8*len(fr.body)); err != nil || !bytes.Equal(encodeHeld(has), fr.body) {
			t.Errorf("bits are not what was read: %v", err)
		}
	})
}

func FuzzList(f *testing.F) {
	s := newStore(f)
	c := attach(f, s, 2*ChunkSize)
	sealed, err := s.Get(c.Root)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed, int64(c.Size))
	f.Add([]byte{}, int64(1))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		forged := c
		forged.Size = size
		names, err := openList(forged, bytes.Clone(b))
		if err == nil && (!bytes.Equal(b, sealed) || chunks(size) != len(names)) {
			t.Errorf("a list that was never written opens: %d names for %d bytes", len(names), size)
		}
	})
}
