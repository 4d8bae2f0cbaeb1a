package oplog

import (
	"cmp"
	"crypto/ed25519"
	"fmt"
	"io"

	"holdfast/model"
)

// Draft is a commit before it has a place.
type Draft struct {
	Body    []byte // at most MaxBody
	Lamport uint64 // raised where the feed is already further; 0 is one more than anything in the log
	Wall    int64  // the device's clock in milliseconds since 1970 UTC; 0 is now
	Off     int64  // milliseconds the device believes its clock to be ahead
	// ForRelays seals the body under model.RelayEpoch instead of the room's key.
	ForRelays bool
}

// Batch gathers what is to be stored together. Nothing of it can be seen
// outside before Commit, and all of it after. It belongs to one goroutine, and
// one batch is in use at a time.
type Batch struct {
	log     *Log
	gen     uint64
	done    bool
	feeds   map[model.FeedID]*pending
	ops     []put
	snaps   []put // value nil: delete
	own     model.FeedID
	open    *FeedOpen // set where own is a feed this batch would open
	opened  bool
	restart bool
	settled bool // all that was let go is held again
	nextNo  uint32
	packed  uint64 // commits stored as segments
	lamport uint64
	tail    tail
}

type put struct{ key, value []byte }

// pending is a feed as it will be after the batch.
type pending struct {
	feedState
	base   uint64       // durable head seq
	hashes []model.Hash // of commits base+1, ...
}

// Begin starts a batch on what is durable now.
func (l *Log) Begin() *Batch {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return &Batch{
		log: l, gen: l.gen, feeds: make(map[model.FeedID]*pending),
		restart: l.restart || l.moved, nextNo: uint32(len(l.feeds)), lamport: l.lamport,
	}
}

// Next tells where the next Append will be: ids of what it creates are derived
// from the place. Both are zero in a log without a device key.
func (b *Batch) Next() (feed model.FeedID, seq uint64) {
	if err := b.plan(); err != nil {
		return model.FeedID{}, 0
	}
	if p, ok := b.state(b.own); ok {
		return b.own, p.head.Seq + 1
	}
	return b.own, 1
}

// Append seals and chains a commit of this device in memory; Commit signs. The
// commit given back has no signature. Errors:
// ErrReadOnly, ErrNoKey, ErrTooLarge, ErrTooManyFeeds; the batch is as before
// then.
func (b *Batch) Append(d Draft) (Commit, error) {
	if b.done {
		return Commit{}, fmt.Errorf("append: %w", ErrDone)
	}
	if err := b.plan(); err != nil {
		return Commit{}, fmt.Errorf("append: %w", err)
	}
	p, err := b.ownState()
	if err != nil {
		return Commit{}, fmt.Errorf("append: %w", err)
	}
	if p.head.Seq >= MaxSeq {
		return Commit{}, fmt.Errorf("append: feed is full: %w", ErrTooLarge)
	}
	c, err := b.sealed(d, p)
	if err != nil {
		return Commit{}, fmt.Errorf("append: %w", err)
	}
	slim := appendSlim(make([]byte, 0, c.cost()), &c)
	c.Hash = chainHash(c.Feed, p.head.Hash, slim)
	b.feeds[c.Feed] = p
	if c.Seq == 1 {
		b.opened = true
		b.nextNo++
	}
	if b.tail.commits == maxUnsigned || b.tail.bytes+len(slim) > maxUnsignedBytes {
		b.sign()
	}
	b.store(p, &c, slim)
	b.tail = tail{commit: c, slim: slim, at: len(b.ops) - 1, commits: b.tail.commits + 1, bytes: b.tail.bytes + len(slim)}
	return c, nil
}

// tail is the newest own commit of a batch, which is signed once it is known
// to be the last, and what its signature will cover.
type tail struct {
	commit  Commit
	slim    []byte
	at      int // its place in Batch.ops
	commits int
	bytes   int
}

// A signature covers the chain before it, and a batch is durable as a whole or
// not at all, so one for its last commit covers all. Runs end at a signature
// and have limits of their own, so there is one at least this often.
const (
	maxUnsigned      = 64
	maxUnsignedBytes = 64 << 10
)

// sign signs the newest own commit.
func (b *Batch) sign() {
	t := b.tail
	if t.commits == 0 {
		return
	}
	b.tail = tail{}
	op := &b.ops[t.at]
	op.value = encodeRecord(op.key, sign(b.log.opts.Device, t.commit.Hash), t.commit.Hash, t.commit.Seq, t.slim)
}

// sealed gives a draft its numbers and seals it; chain and signature follow.
func (b *Batch) sealed(d Draft, p *pending) (Commit, error) {
	l := b.log
	c := Commit{
		Version: Version, Feed: b.own, Root: b.own, Seq: p.head.Seq + 1, Wall: d.Wall, Off: d.Off,
		Lamport: max(d.Lamport, p.lamport+1), Epoch: l.Epoch(),
	}
	if d.ForRelays {
		c.Epoch = model.RelayEpoch
	}
	if d.Lamport == 0 {
		c.Lamport = b.lamport + 1
	}
	if d.Wall == 0 {
		c.Wall = l.opts.Now().UnixMilli()
	}
	if c.Lamport > MaxLamport {
		return Commit{}, fmt.Errorf("lamport %d: %w", c.Lamport, ErrTooLarge)
	}
	if c.Seq == 1 {
		open := *b.open
		c.Open = &open
	}
	var err error
	c.Sealed, err = l.codec.seal(l.opts.Keys, c.Feed, c.Seq, c.Epoch, d.Body)
	return c, err
}

// store adds a checked commit to the batch.
func (b *Batch) store(p *pending, c *Commit, slim []byte) {
	key := opKey(p.no, c.Seq)
	b.ops = append(b.ops, put{key, encodeRecord(key, c.Sig, c.Hash, c.Seq, slim)})
	p.head, p.lamport = c.Head(), c.Lamport
	p.hashes = append(p.hashes, c.Hash)
	b.lamport = max(b.lamport, c.Lamport)
}

// storeRun adds a verified run to the batch as it came: as a segment.
func (b *Batch) storeRun(p *pending, v *VerifiedRun) {
	head, first := v.Head(), v.commits[0].Seq
	key := opKey(p.no, head.Seq)
	s := segment{
		prev: v.prev.Hash, last: head.Hash, run: Run{First: first, Count: len(v.commits), Payload: v.payload},
		seals: []seal{{head.Seq, v.commits[len(v.commits)-1].Sig}},
	}
	b.ops = append(b.ops, put{key, s.encode(key)})
	b.packed += uint64(len(v.commits))
	p.head, p.lamport = head, v.commits[len(v.commits)-1].Lamport
	for i := range v.commits {
		p.hashes = append(p.hashes, v.commits[i].Hash)
	}
	b.lamport = max(b.lamport, p.lamport)
}

// plan settles which feed own commits of this batch go to.
func (b *Batch) plan() error {
	if b.done {
		return ErrDone
	}
	if b.own != (model.FeedID{}) {
		return nil
	}
	l := b.log
	if l.opts.Device == nil || l.opts.ReadOnly {
		return ErrReadOnly
	}
	device := model.DeviceKey(l.opts.Device.Public().(ed25519.PublicKey))
	last := l.OwnFeed()
	p, ok := b.state(last)
	ok = ok && p.open.Device == device // the store may have come from another device
	if ok && !b.restart {
		b.own = last
		return nil
	}
	if len(l.opts.App) > MaxApp {
		return fmt.Errorf("program name of %d bytes, of at most %d: %w", len(l.opts.App), MaxApp, ErrTooLarge)
	}
	nonce, err := l.feedNonce()
	if err != nil {
		return err
	}
	b.open = &FeedOpen{Room: l.room, Device: device, Nonce: nonce, App: l.opts.App}
	if ok {
		b.open.PrevFeed, b.open.PrevSeq, b.open.PrevHash = last, p.head.Seq, p.head.Hash
	}
	b.own = b.open.Feed()
	return nil
}

// feedNonce gives the nonce of the feed to open; it stays the same until that
// feed is durable, so that a batch tried again has the same ids.
func (l *Log) feedNonce() (model.Nonce, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.nonce == nil {
		var n model.Nonce
		if _, err := io.ReadFull(l.opts.Rand, n[:]); err != nil {
			return n, fmt.Errorf("random source: %w", err)
		}
		l.nonce = &n
	}
	return *l.nonce, nil
}

// state gives a feed as it is inside the batch.
func (b *Batch) state(feed model.FeedID) (*pending, bool) {
	if p, ok := b.feeds[feed]; ok {
		return p, true
	}
	s, ok := b.log.feed(feed)
	if !ok {
		return nil, false
	}
	return &pending{feedState: *s, base: s.head.Seq}, true
}

// ownState gives the feed plan chose, new where it is to be opened.
func (b *Batch) ownState() (*pending, error) {
	if p, ok := b.state(b.own); ok {
		return p, nil
	}
	return b.newFeed(b.open)
}

// newFeed gives an empty feed with the next number; the caller counts it.
func (b *Batch) newFeed(open *FeedOpen) (*pending, error) {
	if b.nextNo >= MaxFeeds {
		return nil, fmt.Errorf("feed %d of at most %d: %w", b.nextNo+1, MaxFeeds, ErrTooManyFeeds)
	}
	return &pending{feedState: feedState{no: b.nextNo, open: *open, root: open.Feed()}}, nil
}

func (b *Batch) hashAt(feed model.FeedID, seq uint64) (model.Hash, error) {
	if p, ok := b.feeds[feed]; ok && seq > p.base {
		return p.hashes[seq-p.base-1], nil
	}
	return b.log.HashAt(feed, seq)
}

// Ingest adds a verified run of any device; what is already held is skipped.
// Where the run belongs to the own feed, someone knows more of it than this
// store did, and the next own write opens a new feed. Errors: ErrGap,
// *ForkError and ErrBranch, for which there is Graft, ErrWrongRoom, ErrTooManyFeeds, ErrTooLarge, ErrMalformed;
// nothing of the run is added then and the batch is as before.
func (b *Batch) Ingest(v *VerifiedRun) (accepted int, err error) {
	if b.done {
		return 0, fmt.Errorf("ingest: %w", ErrDone)
	}
	if v.open.Room != b.log.room {
		return 0, fmt.Errorf("ingest feed %s: %w", v.feed.Short(), ErrWrongRoom)
	}
	p, held := b.state(v.feed)
	if !held && (v.feed != v.root || b.log.forked(v.root)) {
		return 0, fmt.Errorf("ingest feed %s: %w", v.feed.Short(), ErrBranch)
	}
	if !held {
		if p, err = b.newFeed(v.open); err != nil {
			return 0, fmt.Errorf("ingest feed %s: %w", v.feed.Short(), err)
		}
	}
	if v.refills {
		accepted, err = b.refill(v, p)
		if accepted > 0 && v.feed == b.log.OwnFeed() {
			b.leave()
		}
		return accepted, err
	}
	skip, err := b.skip(v, p)
	if err != nil || skip == len(v.commits) {
		return 0, err
	}
	if !held {
		b.nextNo++
	}
	b.feeds[v.feed] = p
	if skip == 0 && v.payload != nil && len(v.commits) >= cmp.Or(b.log.opts.minSegment, minSegmentCommits) {
		b.storeRun(p, v)
	} else {
		for i := skip; i < len(v.commits); i++ {
			b.store(p, &v.commits[i], v.slim(i))
		}
	}
	if v.feed == b.log.OwnFeed() {
		b.leave()
	}
	return len(v.commits) - skip, nil
}

// leave has the next own commit open a new feed.
func (b *Batch) leave() {
	b.sign()
	b.restart, b.own, b.open = true, model.FeedID{}, nil
}

// skip tells how many commits of the run are already there, or why the run
// does not fit.
func (b *Batch) skip(v *VerifiedRun, p *pending) (int, error) {
	if v.prev.Seq > p.head.Seq {
		return 0, fmt.Errorf("ingest feed %s from %d, held to %d: %w", v.feed.Short(), v.prev.Seq+1, p.head.Seq, ErrGap)
	}
	if p.head.Seq > 0 {
		if err := compare(v, p.head, b.hashAt); err != nil {
			return 0, fmt.Errorf("ingest: %w", err)
		}
	}
	skip := min(int(p.head.Seq-v.prev.Seq), len(v.commits))
	if skip < len(v.commits) && v.commits[skip].Lamport <= p.lamport {
		return 0, fmt.Errorf("ingest feed %s commit %d: lamport does not rise: %w", v.feed.Short(), v.commits[skip].Seq, ErrMalformed)
	}
	return skip, nil
}
