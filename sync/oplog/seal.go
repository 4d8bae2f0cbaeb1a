package oplog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/chacha20poly1305"

	"holdfast/assets/dict"
	"holdfast/model"
)

// Keys gives the room key of an epoch, if this device has it. It is called
// from any goroutine.
type Keys interface {
	Key(epoch uint32) (key [32]byte, ok bool)
}

const (
	keyTag     = "holdfast/seal/1"
	snapKeyTag = "holdfast/snap/1"

	// sealOverhead is what sealing adds: nonce and tag.
	sealOverhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

	// zstdMagic starts every zstd frame. It says nothing inside a body, so
	// the four bytes are left out there.
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// The first byte of an opened body says how the rest is compressed. A new
// dictionary takes the next number; a number is never used again.
const (
	packRaw   = 0
	packDict1 = 1
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

// codec holds the zstd coders of a log; EncodeAll and DecodeAll are safe for
// concurrent use.
type codec struct {
	bodyEnc *zstd.Encoder
	bodyDec *zstd.Decoder
	runEnc  *zstd.Encoder
	runDec  *zstd.Decoder
}

func newCodec() (*codec, error) {
	var (
		c   codec
		err error
	)
	if c.bodyEnc, err = zstd.NewWriter(nil, encoderOptions(MaxBody, zstd.WithEncoderDict(dict.Commit1()))...); err != nil {
		return nil, fmt.Errorf("body encoder: %w", err)
	}
	if c.bodyDec, err = zstd.NewReader(nil, decoderOptions(MaxBody, zstd.WithDecoderDicts(dict.Commit1()))...); err != nil {
		return nil, fmt.Errorf("body decoder: %w", err)
	}
	if c.runEnc, err = zstd.NewWriter(nil, encoderOptions(MaxRunDecoded)...); err != nil {
		return nil, fmt.Errorf("run encoder: %w", err)
	}
	if c.runDec, err = zstd.NewReader(nil, decoderOptions(MaxRunDecoded)...); err != nil {
		return nil, fmt.Errorf("run decoder: %w", err)
	}
	return &c, nil
}

func encoderOptions(window int, more ...zstd.EOption) []zstd.EOption {
	return append([]zstd.EOption{
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1), // one writer seals; more would only hold memory
		zstd.WithEncoderCRC(false),     // the seal and the chain already tell damage
		zstd.WithWindowSize(window),
		zstd.WithLowerEncoderMem(true),
	}, more...)
}

func decoderOptions(limit uint64, more ...zstd.DOption) []zstd.DOption {
	return append([]zstd.DOption{
		zstd.WithDecoderConcurrency(2), // the fold and one reader beside it
		zstd.WithDecoderMaxMemory(limit),
		zstd.WithDecoderLowmem(true),
	}, more...)
}

// pack puts the packing byte before the body and compresses it if it shrinks.
func (c *codec) pack(body []byte) []byte {
	out := c.bodyEnc.EncodeAll(body, make([]byte, 0, len(body)+64))
	// The packing byte takes the place of the last byte of the magic.
	if len(out) > packRoom && len(out)-packRoom < len(body)+1 {
		out[packRoom] = packDict1
		return out[packRoom:]
	}
	return append([]byte{packRaw}, body...)
}

// packRoom is what unpack needs in front of a packed body: the bytes of the
// magic that pack left out.
const packRoom = len(zstdMagic) - 1

// unpack reverses pack into dst. The packed body starts at buf[packRoom]; buf is
// overwritten.
func (c *codec) unpack(dst, buf []byte) ([]byte, error) {
	if len(buf) <= packRoom {
		return nil, fmt.Errorf("empty: %w", ErrDamagedBody)
	}
	switch buf[packRoom] {
	case packRaw:
		return append(dst, buf[packRoom+1:]...), nil
	case packDict1:
		copy(buf, zstdMagic)
		body, err := c.bodyDec.DecodeAll(buf, dst)
		if err != nil || len(body) > MaxBody {
			return nil, fmt.Errorf("body does not unfold within %d bytes: %w", MaxBody, ErrDamagedBody)
		}
		return body, nil
	}
	return nil, fmt.Errorf("body packed as %d: %w", buf[packRoom], ErrNewerVersion)
}

// seal compresses and encrypts a body for its place in a feed.
func (c *codec) seal(rand io.Reader, keys Keys, feed model.FeedID, seq uint64, epoch uint32, body []byte) ([]byte, error) {
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
	return sealWith(rand, CommitKey(epochKey, feed, seq), commitAD(nil, feed, seq, epoch), packed)
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
	packed, err := openWith(m.packed[:packRoom], key, m.ad, of.Sealed)
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

// sealWith gives nonce | ciphertext | tag. The nonce is random: a nonce made
// from the place would repeat where a feed is forked.
func sealWith(rand io.Reader, key [32]byte, ad, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := make([]byte, chacha20poly1305.NonceSizeX, sealOverhead+len(plain))
	if _, err := io.ReadFull(rand, out); err != nil {
		return nil, fmt.Errorf("seal: random source: %w", err)
	}
	return aead.Seal(out, out, plain, ad), nil
}

// openWith appends the plain text to dst.
func openWith(dst []byte, key [32]byte, ad, sealed []byte) ([]byte, error) {
	if len(sealed) < sealOverhead {
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
