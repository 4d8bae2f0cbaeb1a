package mesh

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"holdfast/model"
)

// testIdentity is a device key in a self-signed certificate.
type testIdentity struct {
	key  model.DeviceKey
	cert tls.Certificate
}

func newIdentity(t testing.TB) *testIdentity {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, pub, priv)
	if err != nil {
		t.Fatal(err)
	}
	return &testIdentity{key: model.DeviceKey(pub), cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: priv}}
}

func (i *testIdentity) Key() model.DeviceKey { return i.key }

func (i *testIdentity) ServerTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{i.cert}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
}

func (i *testIdentity) ClientTLS(expect *model.DeviceKey) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{i.cert}, InsecureSkipVerify: true, MinVersion: tls.VersionTLS13,
		VerifyConnection: func(s tls.ConnectionState) error {
			key, err := i.PeerKey(s)
			if err == nil && expect != nil && key != *expect {
				err = errors.New("another device answers")
			}
			return err
		},
	}
}

func (i *testIdentity) PeerKey(s tls.ConnectionState) (model.DeviceKey, error) {
	if len(s.PeerCertificates) == 0 {
		return model.DeviceKey{}, errors.New("no certificate")
	}
	pub, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return model.DeviceKey{}, errors.New("not an ed25519 key")
	}
	return model.DeviceKey(pub), nil
}

// memStore is a log in memory. A commit is its seq and text; the chain hash is
// over both. It can be told to refuse, and to wait before it commits.
type memStore struct {
	mu    sync.Mutex
	own   model.FeedID
	feeds map[model.FeedID][][]byte
	heads model.Vector
	subs  map[int]func()
	next  int

	ingested, copies int   // commits taken, and runs that brought nothing new
	reads            int   // runs read
	broken           error // what Ingest and ReadRun answer, if set
}

func newStore() *memStore {
	s := &memStore{feeds: map[model.FeedID][][]byte{}, heads: model.Vector{}, subs: map[int]func(){}}
	_, _ = rand.Read(s.own[:])
	return s
}

func (s *memStore) put(f model.FeedID, commit []byte) {
	s.feeds[f] = append(s.feeds[f], commit)
	h := s.heads[f]
	sum := sha256.Sum256(append(h.Hash[:], commit...))
	s.heads[f] = model.Head{Seq: h.Seq + 1, Hash: sum}
}

// write appends n commits of size bytes to the own feed.
func (s *memStore) write(n, size int) uint64 {
	s.mu.Lock()
	for range n {
		c := make([]byte, max(size, 8))
		binary.BigEndian.PutUint64(c, s.heads[s.own].Seq+1)
		s.put(s.own, c)
	}
	seq := s.heads[s.own].Seq
	s.mu.Unlock()
	s.tell()
	return seq
}

func (s *memStore) readings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func (s *memStore) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fn := range s.subs {
		fn()
	}
}

func (s *memStore) Heads() model.Vector {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heads.Clone()
}

func (s *memStore) Naming() uint64 { return 0 }

func (s *memStore) Short() Short { return Short{} }

func (s *memStore) Show(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
	return s.Sum(feed, after, upto, salt)
}

func (s *memStore) Sum(model.FeedID, uint64, uint64, [32]byte) (sum [32]byte, err error) {
	return sum, errors.New("this store shows nothing")
}

func (s *memStore) OwnFeed() model.FeedID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own
}

func (s *memStore) Subscribe(fn func()) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.next
	s.next++
	s.subs[id] = fn
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subs, id)
	}
}

func (s *memStore) ReadRun(f model.FeedID, after uint64, maxBytes int) (Run, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return Run{}, false, s.broken
	}
	s.reads++
	r := Run{Feed: f, First: after + 1}
	for _, c := range s.feeds[f][min(after, uint64(len(s.feeds[f]))):] {
		if r.Count > 0 && len(r.Bytes)+len(c) > maxBytes {
			break
		}
		r.Bytes = binary.BigEndian.AppendUint32(r.Bytes, uint32(len(c)))
		r.Bytes = append(r.Bytes, c...)
		r.Count++
	}
	return r, r.Count > 0, nil
}

func (s *memStore) Accept(_ context.Context, runs []Run) (answers func() []error) {
	s.mu.Lock()
	errs := make([]error, len(runs))
	for i, r := range runs {
		errs[i] = s.take(r)
	}
	s.mu.Unlock()
	s.tell()
	return func() []error { return errs }
}

func (s *memStore) take(r Run) error {
	if s.broken != nil {
		return s.broken
	}
	if r.First > s.heads[r.Feed].Seq+1 {
		return ErrGap
	}
	if r.Last() <= s.heads[r.Feed].Seq {
		s.copies++
	}
	b := r.Bytes
	for n := range r.Count {
		if len(b) < 12 || uint32(len(b)-4) < binary.BigEndian.Uint32(b) {
			return fmt.Errorf("short run: %w", ErrInvalid)
		}
		size := binary.BigEndian.Uint32(b)
		c := b[4 : 4+size]
		b = b[4+size:]
		seq := r.First + uint64(n)
		if binary.BigEndian.Uint64(c) != seq {
			return fmt.Errorf("wrong seq: %w", ErrInvalid)
		}
		if held := s.feeds[r.Feed]; seq <= uint64(len(held)) && !bytes.Equal(held[seq-1], c) {
			return fmt.Errorf("other content: %w", ErrFork)
		}
		if seq == s.heads[r.Feed].Seq+1 {
			s.put(r.Feed, c)
			s.ingested++
		}
	}
	return nil
}

// node is a device with one room, running.
type node struct {
	t     testing.TB
	id    *testIdentity
	store *memStore
	mesh  *Mesh
	addr  string
	stop  func()
}

var testRoom = model.RoomID{1, 2, 3}

func allow(model.DeviceKey, []byte) bool { return true }

// newNode starts a device. It is stopped when the test ends.
func newNode(t testing.TB, change ...func(*Config)) *node {
	t.Helper()
	n := &node{t: t, id: newIdentity(t), store: newStore()}
	cfg := Config{Room: testRoom, Identity: n.id, Authorize: allow, Store: n.store, Version: "test"}
	for _, fn := range change {
		fn(&cfg)
	}
	n.id = cfg.Identity.(*testIdentity)
	if s, ok := cfg.Store.(*memStore); ok {
		n.store = s
	}
	m, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	n.mesh = m
	n.serve()
	return n
}

func (n *node) serve() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	n.addr = ln.Addr().String()
	door := NewListener(ln, n.id, nil)
	door.Add(n.mesh)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, run := range []func(context.Context) error{n.mesh.Run, door.Run} {
		wg.Go(func() {
			if err := run(ctx); err != nil {
				n.t.Errorf("run: %v", err)
			}
		})
	}
	var once sync.Once
	n.stop = func() { once.Do(func() { cancel(); wg.Wait() }) }
	n.t.Cleanup(n.stop)
}

func (n *node) join(o *node) {
	n.t.Helper()
	if err := n.mesh.AddAddress(o.addr, "typed"); err != nil {
		n.t.Fatal(err)
	}
}

// await polls until ok: real sockets give no other way to know.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func (n *node) has(f model.FeedID, seq uint64) func() bool {
	return func() bool { return n.store.Heads()[f].Seq >= seq }
}

func (n *node) linked(o *node) func() bool {
	return func() bool {
		for _, p := range n.mesh.Peers() {
			if p.Device == o.id.key {
				return p.Connected
			}
		}
		return false
	}
}
