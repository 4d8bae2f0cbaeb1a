package oplog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"holdfast/model"
)

// Keys gives the room key of an epoch, if this device has it. It is called
// from any goroutine.
type Keys interface {
	Key(epoch uint32) (key [32]byte, ok bool)
}

const (
	keyTag     = "holdfast/seal/1"
	nonceTag   = "holdfast/nonce/1"
	snapKeyTag = "holdfast/snap/1"

	// sealOverhead is what sealing a body adds: nonce and tag.
	sealOverhead = nonceSize + chacha20poly1305.Overhead
	nonceSize    = 8
)

// CommitKey derives the key one commit's body is sealed under from the room
// key of its epoch: SHA-256(tag | epoch key | feed | seq). All parts have fixed
// lengths, so the plain hash is as good as HMAC here, in a third of the time.
// Given away, the key opens that commit and no other.
func CommitKey(epochKey [32]byte, feed model.FeedID, seq uint64) [32]byte {
	var b [len(keyTag) + 32 + 32 + 8]byte
	n := copy(b[:], keyTag)
	n += copy(b[n:], epochKey[:])
	n += copy(b[n:], feed[:])
	binary.BigEndian.PutUint64(b[n:], seq)
	return sha256.Sum256(b[:])
}

// commitAD appends what binds a sealed body to its place.
func commitAD(b []byte, feed model.FeedID, seq uint64, epoch uint32) []byte {
	b = binary.BigEndian.AppendUint64(append(b, feed[:]...), seq)
	return binary.BigEndian.AppendUint32(b, epoch)
}

// seal compresses and encrypts a body for its place in a feed: nonce | ciphertext |
// tag of ChaCha20-Poly1305 (RFC 8439).
func (c *codec) seal(keys Keys, feed model.FeedID, seq uint64, epoch uint32, body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, fmt.Errorf("body of %d bytes, of at most %d: %w", len(body), MaxBody, ErrTooLarge)
	}
	epochKey, ok := keyOf(keys, epoch)
	if !ok {
		return nil, fmt.Errorf("seal under epoch %d: %w", epoch, ErrNoKey)
	}
	packed := c.pack(body)
	if len(packed)+sealOverhead > MaxSealed {
		return nil, fmt.Errorf("body of %d bytes once compressed, of at most %d: %w", len(packed), MaxSealed-sealOverhead, ErrTooLarge)
	}
	return sealCommit(CommitKey(epochKey, feed, seq), commitAD(nil, feed, seq, epoch), packed)
}

func sealCommit(key [32]byte, ad, packed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	nonce := commitNonce(key, packed)
	out := append(make([]byte, 0, sealOverhead+len(packed)), nonce[:nonceSize]...)
	return aead.Seal(out, nonce[:], packed, ad), nil
}

// commitNonce is made of what is sealed, as in SIV (RFC 5297): a key seals one place
// of one feed, and another body there, which only a feed that is forked has, has
// another nonce. 64 bits are enough for so few, and unlike random ones they differ
// also between two copies of a machine that was stopped and go on alike. The rest of
// the nonce is zero and not carried.
func commitNonce(key [32]byte, packed []byte) (nonce [chacha20poly1305.NonceSize]byte) {
	h := sha256.New()
	h.Write([]byte(nonceTag))
	h.Write(key[:])
	h.Write(packed)
	copy(nonce[:nonceSize], h.Sum(nil))
	return nonce
}

// signedIn is the feed a commit was sealed for.
func (c *Commit) signedIn() model.FeedID {
	if c.Root != (model.FeedID{}) {
		return c.Root
	}
	return c.Feed
}

// scratch is memory for opening commits one after the other.
type scratch struct{ ad, packed, body []byte }

// open gives a commit's body, which lasts as long as nothing else is opened in m.
func (c *codec) open(m *scratch, keys Keys, of *Commit) ([]byte, error) {
	epochKey, ok := keyOf(keys, of.Epoch)
	if !ok {
		return nil, noKey{of.Feed, of.Seq, of.Epoch}
	}
	return c.openWith(m, CommitKey(epochKey, of.signedIn(), of.Seq), of)
}

func (c *codec) openWith(m *scratch, key [32]byte, of *Commit) ([]byte, error) {
	m.ad = commitAD(m.ad[:0], of.signedIn(), of.Seq, of.Epoch)
	if n := packRoom + len(of.Sealed); cap(m.packed) < n {
		m.packed = make([]byte, packRoom, n)
	}
	packed, err := openCommit(m.packed[:packRoom], key, m.ad, of)
	if err != nil {
		return nil, fmt.Errorf("open commit %d of feed %s: %w", of.Seq, of.Feed.Short(), err)
	}
	body, err := c.unpack(m.body[:0], packed)
	if err != nil {
		return nil, fmt.Errorf("open commit %d of feed %s: %w", of.Seq, of.Feed.Short(), err)
	}
	m.body = body
	return body, nil
}

// openCommit appends the packed body to dst.
func openCommit(dst []byte, key [32]byte, ad []byte, of *Commit) ([]byte, error) {
	if of.Version == firstVersion {
		return openWith(dst, key, ad, of.Sealed)
	}
	if len(of.Sealed) < sealOverhead {
		return nil, ErrDamagedBody
	}
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	var nonce [chacha20poly1305.NonceSize]byte
	packed, err := aead.Open(dst, nonce[:], of.Sealed[copy(nonce[:nonceSize], of.Sealed):], ad)
	if err != nil {
		return nil, ErrDamagedBody
	}
	return packed, nil
}

// noKey is ErrNoKey for one commit. A relay gets it for nearly every commit and reads
// none of them, so it is put into words only when asked.
type noKey struct {
	feed  model.FeedID
	seq   uint64
	epoch uint32
}

func (e noKey) Error() string {
	return fmt.Sprintf("open commit %d of feed %s, epoch %d: %v", e.seq, e.feed.Short(), e.epoch, ErrNoKey)
}

func (e noKey) Unwrap() error { return ErrNoKey }

func keyOf(keys Keys, epoch uint32) ([32]byte, bool) {
	if keys == nil {
		return [32]byte{}, false
	}
	return keys.Key(epoch)
}

// sealWith gives nonce | ciphertext | tag of XChaCha20-Poly1305, with a random nonce: what
// snapshots, and bodies of the first version, are sealed with.
func sealWith(rand io.Reader, key [32]byte, ad, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead+len(plain))
	if _, err := io.ReadFull(rand, out); err != nil {
		return nil, fmt.Errorf("seal: random source: %w", err)
	}
	return aead.Seal(out, out, plain, ad), nil
}

// openWith appends the plain text to dst.
func openWith(dst []byte, key [32]byte, ad, sealed []byte) ([]byte, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrDamagedBody
	}
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	nonce, box := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	plain, err := aead.Open(dst, nonce, box, ad)
	if err != nil {
		return nil, ErrDamagedBody
	}
	return plain, nil
}
