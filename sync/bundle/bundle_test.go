package bundle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/identity"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

func home(t testing.TB) *replica.Home {
	t.Helper()
	h, err := replica.OpenHome(t.TempDir(), secret.Options{Prefer: secret.KeyFile}, replica.Options{App: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return h
}

// found makes a room with an incident and some entries.
func found(t testing.TB) (*replica.Home, *replica.Replica) {
	t.Helper()
	h := home(t)
	r, err := h.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Device: "laptop"})
	if err != nil {
		t.Fatal(err)
	}
	do(t, r, model.Declare{Title: "Checkout down"})
	write(t, r, 8)
	// Each incarnation is a feed of its own, and so a record of its own.
	for range 2 {
		r.RolledBack()
		write(t, r, 6)
	}
	return h, r
}

// held counts the commits a replica holds.
func held(r *replica.Replica) (n int) {
	for _, head := range r.Heads() {
		n += int(head.Seq)
	}
	return n
}

func do(t testing.TB, r *replica.Replica, c model.Command) {
	t.Helper()
	if _, err := r.Do(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, r *replica.Replica, n int) {
	t.Helper()
	for i := range n {
		do(t, r, model.Log{Incident: "Checkout down", Text: fmt.Sprintf("step %d %s", i, strings.Repeat("x", 50*i))})
	}
}

// guest makes an empty copy of a room on a device of its own.
func guest(t testing.TB, host *replica.Home, r *replica.Replica) *replica.Replica {
	t.Helper()
	h := home(t)
	w := identity.Welcome{Room: r.Room(), Keys: r.Keys()}
	r.View(func(s *model.State) { w.RoomName, w.Founder, w.Nonce = s.Name(), s.Founder, s.Nonce })
	w.Certificate = identity.NewCertificate(r.Room(), h.Device().Key(), model.RoleMember, model.ID{}, time.Now())
	if err := w.Certificate.Sign(host.Device().Private()); err != nil {
		t.Fatal(err)
	}
	g, err := h.Enter(w)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func export(t testing.TB, r *replica.Replica, since model.Vector) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := bundle.Export(&b, r, since); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func same(t testing.TB, a, b *replica.Replica) {
	t.Helper()
	x, err := a.Hash()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if x != y {
		t.Fatalf("states differ: %s and %s", x, y)
	}
}

func TestBundleCarriesTheWholeRoom(t *testing.T) {
	host, r := found(t)
	g := guest(t, host, r)
	b := export(t, r, nil)
	s, err := bundle.Import(t.Context(), bytes.NewReader(b), g, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.New != 22 || s.Commits != 22 || s.Feeds != 3 {
		t.Errorf("imported %+v, want 22 new commits of 3 feeds", s)
	}
	same(t, r, g)
	again, err := bundle.Import(t.Context(), bytes.NewReader(b), g, nil)
	if err != nil || again.New != 0 || again.Commits != 22 {
		t.Errorf("imported again: %+v, %v; want 22 commits, none new", again, err)
	}
	if !bytes.Equal(b, export(t, g, nil)) {
		t.Error("the guest's own bundle is another one")
	}
}

func TestBundleGoesOnFromAnEarlierOne(t *testing.T) {
	host, r := found(t)
	first := export(t, r, nil)
	h, err := bundle.ReadHeader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	write(t, r, 3)
	second := export(t, r, h.Reaches)
	if len(second)*2 > len(first) {
		t.Errorf("the second bundle has %d bytes, the first %d: it repeats what the first holds", len(second), len(first))
	}
	early := guest(t, host, r)
	if _, err := bundle.Import(t.Context(), bytes.NewReader(second), early, nil); !errors.Is(err, bundle.ErrEarlier) {
		t.Errorf("second without the first: %v, want ErrEarlier", err)
	}
	for _, b := range [][]byte{first, second} {
		if _, err := bundle.Import(t.Context(), bytes.NewReader(b), early, nil); err != nil {
			t.Fatal(err)
		}
	}
	same(t, r, early)
	h2, err := bundle.ReadHeader(bytes.NewReader(second))
	if err != nil || !maps.Equal(h2.Reaches, r.Heads()) {
		t.Errorf("the second bundle reaches %+v (%v), want %+v", h2.Reaches, err, r.Heads())
	}
}

func TestBundleOfAnotherRoomIsRefused(t *testing.T) {
	_, r := found(t)
	_, other := found(t)
	before := held(other)
	_, err := bundle.Import(t.Context(), bytes.NewReader(export(t, r, nil)), other, nil)
	if !errors.Is(err, bundle.ErrWrongRoom) {
		t.Errorf("import: %v, want ErrWrongRoom", err)
	}
	if held(other) != before {
		t.Error("a feed of another room was taken")
	}
}

func TestCutBundleKeepsWhatIsComplete(t *testing.T) {
	host, r := found(t)
	b := export(t, r, nil)
	last := 0
	for _, at := range records(t, b) {
		for _, n := range []int{at, at + 3, at + 5} {
			if n >= len(b) {
				continue
			}
			cut := guest(t, host, r)
			s, err := bundle.Import(t.Context(), bytes.NewReader(b[:n]), cut, nil)
			if !errors.Is(err, bundle.ErrCut) && !errors.Is(err, bundle.ErrNotBundle) {
				t.Fatalf("cut at %d of %d: %v, want ErrCut", n, len(b), err)
			}
			if got := held(cut); got != int(s.New) || got < last {
				t.Errorf("cut at %d: %d commits held, %d said, %d from a shorter piece", n, got, s.New, last)
			} else {
				last = got
			}
			if _, err := bundle.Import(t.Context(), bytes.NewReader(b), cut, nil); err != nil {
				t.Fatalf("whole after cut at %d: %v", n, err)
			}
			same(t, r, cut)
		}
	}
	if last != 22 {
		t.Errorf("the longest piece gave %d commits, want all 22: only its end was missing", last)
	}
}

// records gives where each record of a bundle begins, and where the last ends.
func records(t testing.TB, b []byte) []int {
	t.Helper()
	at := []int{8}
	for pos := 8; ; {
		n := int(binary.BigEndian.Uint32(b[pos:]))
		pos += 4 + n
		at = append(at, pos)
		if n == 0 {
			return at
		}
	}
}

func TestAlteredBundleIsNeverTakenForGood(t *testing.T) {
	host, r := found(t)
	g := guest(t, host, r)
	b := export(t, r, nil)
	for i := 0; i < len(b); i += 1 + len(b)/150 {
		bad := bytes.Clone(b)
		bad[i] ^= 0x10
		if _, err := bundle.Import(t.Context(), bytes.NewReader(bad), g, nil); err == nil {
			t.Fatalf("byte %d of %d altered, and no word of it", i, len(b))
		}
	}
	if _, err := bundle.Import(t.Context(), bytes.NewReader(append(bytes.Clone(b), 'x')), g, nil); !errors.Is(err, bundle.ErrDamaged) {
		t.Errorf("with something behind its end: %v, want ErrDamaged", err)
	}
	if _, err := bundle.Import(t.Context(), bytes.NewReader(b), g, nil); err != nil {
		t.Fatal(err)
	}
	same(t, r, g)
}

func TestNewerBundleIsLeftAlone(t *testing.T) {
	host, r := found(t)
	b := export(t, r, nil)
	// The header is the CBOR array [version, room, heads]: its second byte is
	// the version.
	b[8+4+1] = 2
	_, err := bundle.Import(t.Context(), bytes.NewReader(b), guest(t, host, r), nil)
	if !errors.Is(err, bundle.ErrNewer) {
		t.Errorf("import: %v, want ErrNewer", err)
	}
}

func TestGarbageIsNoBundle(t *testing.T) {
	_, r := found(t)
	for _, text := range []string{"", "x", "PK\x03\x04 a zip file of some kind", strings.Repeat("\x00", 100)} {
		if _, err := bundle.Import(t.Context(), strings.NewReader(text), r, nil); !errors.Is(err, bundle.ErrNotBundle) {
			t.Errorf("%.10q: %v, want ErrNotBundle", text, err)
		}
	}
}

func FuzzImport(f *testing.F) {
	host, r := found(f)
	b := export(f, r, nil)
	f.Add(b)
	for _, at := range records(f, b) {
		f.Add(b[:at])
	}
	f.Add(append(bytes.Clone(b[:12]), 0xff, 0xff, 0xff, 0xff))
	g := guest(f, host, r)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := bundle.Import(t.Context(), bytes.NewReader(data), g, nil)
		if err == nil && s.Room != r.Room().String() {
			t.Errorf("took a bundle of %s", s.Room)
		}
		for feed, head := range g.Heads() {
			if ours := r.Heads()[feed]; head.Seq > ours.Seq {
				t.Errorf("feed %s grew to %d, its author wrote %d", feed.Short(), head.Seq, ours.Seq)
			}
		}
	})
}

// TestBundleOfOneIncident: who has nothing of the room but its keys reads the
// whole incident from it, and takes the rest later like anyone.
func TestBundleOfOneIncident(t *testing.T) {
	host, r := found(t)
	do(t, r, model.Declare{Title: "Mail stuck"})
	for i := range 300 {
		do(t, r, model.Log{Incident: "Mail stuck", Text: fmt.Sprintf("queue at %d messages %s", i, strings.Repeat("and rising ", i%20))})
	}
	var id model.ID
	var want []model.Row
	rows := func(r *replica.Replica) (rows []model.Row) {
		r.View(func(s *model.State) {
			inc, err := s.FindIncident("Checkout down")
			if err != nil {
				t.Fatal(err)
			}
			id, rows = inc.ID, s.Timeline(inc)
		})
		return rows
	}
	want = rows(r)
	var one bytes.Buffer
	s, err := bundle.ExportIncident(&one, r, nil, id)
	if err != nil {
		t.Fatal(err)
	}
	all := export(t, r, nil)
	if one.Len()*2 > len(all) {
		t.Errorf("%d bytes for the incident of %d for all", one.Len(), len(all))
	}
	g := guest(t, host, r)
	if took, err := bundle.Import(t.Context(), bytes.NewReader(one.Bytes()), g, nil); err != nil || took.New != s.Commits {
		t.Fatalf("%+v %v", took, err)
	}
	if got := rows(g); !reflect.DeepEqual(got, want) {
		t.Errorf("%d rows of %d", len(got), len(want))
	}
	if took, err := bundle.Import(t.Context(), bytes.NewReader(all), g, nil); err != nil || took.New == 0 {
		t.Fatalf("%+v %v", took, err)
	}
	same(t, r, g)
	do(t, r, model.Log{Incident: "Checkout down", Text: "and once more"})
	h, err := bundle.ReadHeader(bytes.NewReader(all))
	if err != nil {
		t.Fatal(err)
	}
	one.Reset()
	if s, err := bundle.ExportIncident(&one, r, h.Reaches, id); err != nil || s.Commits != 1 {
		t.Errorf("since the whole: %+v %v", s, err)
	}
}
