package oplog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math"
	"unicode/utf8"

	"holdfast/model"
)

// Version is the commit format this package writes. A reader refuses a higher
// one with ErrNewerVersion. It reads version 1 too, whose sealed bodies begin with a
// nonce of 24 random bytes; those of version 2 with one of 8, see seal.
const (
	Version      = 2
	firstVersion = 1

	// runVersion is that of the record of a run, see AppendRun.
	runVersion = 1
)

// Domain tags keep a hash or signature of one purpose from serving another.
const (
	commitTag = "holdfast/commit/1"
	sigTag    = "holdfast/sig/1"
)

// Commit is one or more ops of one device, written together. Its slices may
// be shared with the log's buffers: a receiver does not change them.
type Commit struct {
	Feed    model.FeedID
	Root    model.FeedID // what it was signed in: Feed, or the forked feed that Feed is a branch of
	Seq     uint64       // from 1, without gaps
	Lamport uint64       // above every commit its author had seen; rises within a feed
	Wall    int64        // milliseconds since 1970 UTC by the author's clock
	Off     int64        // milliseconds the author believed its clock to be ahead
	Epoch   uint32       // of the room key the body is sealed under
	Version uint8        // of the format it was written in
	Open    *FeedOpen
	Sealed  []byte
	Hash    model.Hash // SHA-256(tag | feed | hash of seq-1 | slim form); computed, never carried
	Sig     []byte     // Ed25519 by the feed's device over the hash, 64 bytes; nil where a later one in the feed covers it
}

// FeedOpen is the start of a feed, in the clear in its first commit, so that
// a relay without the room key can check whose feed it is. The id of the feed
// is model.NewFeedID(Room, Device, Nonce).
type FeedOpen struct {
	Room     model.RoomID
	Device   model.DeviceKey
	Nonce    model.Nonce
	PrevFeed model.FeedID // the device's incarnation before this one; zero for its first
	PrevSeq  uint64       // how far the author held PrevFeed
	PrevHash model.Hash   // the chain hash there
	App      string       // program and version, at most MaxApp bytes of UTF-8
}

// Feed gives the feed id the opening proves.
func (o *FeedOpen) Feed() model.FeedID { return model.NewFeedID(o.Room, o.Device, o.Nonce) }

// Head is the place and chain hash of the commit.
func (c *Commit) Head() model.Head { return model.Head{Seq: c.Seq, Hash: c.Hash} }

// Time is the author's wall clock less what it believed to be ahead, in
// milliseconds since 1970 UTC: the best guess of when it was written.
func (c *Commit) Time() int64 { return c.Wall - c.Off }

// cost is what the commit counts towards MaxRunBytes.
func (c *Commit) cost() int {
	n := len(c.Sealed) + commitOverhead
	if c.Open != nil {
		n += openOverhead
	}
	return n
}

// appendSlim writes the form that is hashed and stored:
// [v, seq, lamport, wall, off, epoch, sealed, open?].
func appendSlim(dst []byte, c *Commit) []byte {
	n := uint64(7)
	if c.Open != nil {
		n++
	}
	dst = appendHead(dst, cborArray, n)
	dst = appendUint(dst, uint64(c.Version))
	dst = appendUint(dst, c.Seq)
	dst = appendUint(dst, c.Lamport)
	dst = appendInt(dst, c.Wall)
	dst = appendInt(dst, c.Off)
	dst = appendUint(dst, uint64(c.Epoch))
	dst = appendBytes(dst, c.Sealed)
	if c.Open != nil {
		dst = appendOpen(dst, c.Open)
	}
	return dst
}

func appendOpen(dst []byte, o *FeedOpen) []byte {
	dst = appendHead(dst, cborArray, 7)
	dst = appendBytes(dst, o.Room[:])
	dst = appendBytes(dst, o.Device[:])
	dst = appendBytes(dst, o.Nonce[:])
	dst = appendBytes(dst, o.PrevFeed[:])
	dst = appendUint(dst, o.PrevSeq)
	dst = appendBytes(dst, o.PrevHash[:])
	return appendText(dst, o.App)
}

// version takes the version off an array; one above ours is ErrNewerVersion whatever follows.
func (r *reader) version(what string, ours uint64) uint8 {
	v := r.uint(math.MaxUint64, what+" version")
	switch {
	case r.err != nil:
	case v > ours:
		r.err = newerVersion(what, v)
		r.buf = nil
	case v < firstVersion:
		r.fail(what + " version")
	}
	return uint8(v)
}

func newerVersion(what string, v uint64) error {
	return fmt.Errorf("%s version %d: %w", what, v, ErrNewerVersion)
}

// decodeSlim reads what appendSlim wrote, and nothing else: a second encoding
// of the same commit would give it a second hash. Sealed aliases b. Feed, Hash
// and Sig are left to the caller.
func decodeSlim(b []byte) (Commit, error) {
	r := reader{buf: b}
	var c Commit
	n := r.array(math.MaxInt32, "commit")
	c.Version = r.version("commit", Version)
	if r.err == nil && n != 7 && n != 8 {
		r.fail("commit length")
	}
	c.Seq = r.uint(MaxSeq, "seq")
	c.Lamport = r.uint(MaxLamport, "lamport")
	c.Wall = r.int("wall")
	c.Off = r.int("off")
	c.Epoch = uint32(r.uint(math.MaxUint32, "epoch"))
	c.Sealed = r.bytes(MaxSealed, "sealed")
	if c.Off < -MaxOff || c.Off > MaxOff {
		r.fail("off: out of range")
	}
	if n == 8 && r.err == nil {
		c.Open = r.open()
	}
	if err := r.done(); err != nil {
		return Commit{}, err
	}
	if (c.Seq == 1) != (c.Open != nil) {
		return Commit{}, fmt.Errorf("commit %d: opening belongs to the first commit alone: %w", c.Seq, ErrMalformed)
	}
	if c.Seq == 0 || c.Lamport == 0 {
		return Commit{}, fmt.Errorf("commit numbers start at 1: %w", ErrMalformed)
	}
	return c, nil
}

func (r *reader) open() *FeedOpen {
	o := new(FeedOpen)
	if n := r.array(7, "opening"); r.err == nil && n != 7 {
		r.fail("opening length")
	}
	r.fixed(o.Room[:], "room")
	r.fixed(o.Device[:], "device")
	r.fixed(o.Nonce[:], "nonce")
	r.fixed(o.PrevFeed[:], "previous feed")
	o.PrevSeq = r.uint(MaxSeq, "previous seq")
	r.fixed(o.PrevHash[:], "previous hash")
	o.App = r.text(MaxApp, "app")
	if r.err == nil && !utf8.ValidString(o.App) {
		r.fail("app: not UTF-8")
	}
	return o
}

func decodeOpen(b []byte) (*FeedOpen, error) {
	r := reader{buf: b}
	o := r.open()
	return o, r.done()
}

// chainHash links a slim form to the commit before it.
func chainHash(feed model.FeedID, prev model.Hash, slim []byte) model.Hash {
	h := sha256.New()
	h.Write([]byte(commitTag))
	h.Write(feed[:])
	h.Write(prev[:])
	h.Write(slim)
	var sum model.Hash
	h.Sum(sum[:0])
	return sum
}

func sigMessage(h model.Hash) []byte { return append([]byte(sigTag), h[:]...) }

func sign(key ed25519.PrivateKey, h model.Hash) []byte { return ed25519.Sign(key, sigMessage(h)) }

func verifySig(device model.DeviceKey, h model.Hash, sig []byte) bool {
	return len(sig) == ed25519.SignatureSize && ed25519.Verify(device[:], sigMessage(h), sig)
}

// checkOpen tells whether a feed may start like this in this room. Whatever name
// it comes under, the feed is the one its opening gives: branches of a forked
// feed begin alike.
func checkOpen(o *FeedOpen, room model.RoomID) error {
	if o.Room != room {
		return ErrWrongRoom
	}
	return nil
}
