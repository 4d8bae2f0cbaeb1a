package blob

import (
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"holdfast/model"
)

// Name is the SHA-256 of a sealed chunk.
type Name = model.Hash

const (
	// ChunkSize is what a chunk holds: TLS throughput is flat from there on, and
	// on a line of 20 Mbit/s a chunk takes a tenth of a second.
	ChunkSize = 256 << 10
	// MaxSealed bounds a sealed chunk.
	MaxSealed = ChunkSize + chacha20poly1305.Overhead
	// MaxChunks bounds the chunks of a file, so that their names fit one chunk.
	MaxChunks = ChunkSize / len(Name{})
)

// What a chunk is, as its nonce says.
const (
	partList byte = 1
	partData byte = 2
)

// sealTag binds a sealed chunk to this form.
const sealTag = "holdfast/chunk/1"

// errSealed is a chunk that does not open: it is another one, or the key is.
var errSealed = errors.New("the chunk does not open with the key of the record")

// sealer seals and opens the chunks of one file. The nonce is the place of the
// chunk: a key is used for one file, each place once, and who swaps two chunks is
// found out.
type sealer struct{ aead cipher.AEAD }

func newSealer(key model.Hash) (sealer, error) {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return sealer{}, fmt.Errorf("seal: %w", err)
	}
	return sealer{aead}, nil
}

func nonce(part byte, index int) []byte {
	n := make([]byte, chacha20poly1305.NonceSizeX)
	n[0] = part
	binary.BigEndian.PutUint64(n[1:], uint64(index))
	return n
}

// seal appends the sealed chunk to dst.
func (s sealer) seal(dst []byte, part byte, index int, plain []byte) []byte {
	return s.aead.Seal(dst, nonce(part, index), plain, []byte(sealTag))
}

// open opens a chunk in place.
func (s sealer) open(part byte, index int, sealed []byte) ([]byte, error) {
	plain, err := s.aead.Open(sealed[:0], nonce(part, index), sealed, []byte(sealTag))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

func nameOf(sealed []byte) Name { return sha256.Sum256(sealed) }

// chunks is how many chunks a file of a size has.
func chunks(size int64) int { return int((size + ChunkSize - 1) / ChunkSize) }

func encodeList(names []Name) []byte {
	b := make([]byte, 0, len(names)*len(Name{}))
	for _, n := range names {
		b = append(b, n[:]...)
	}
	return b
}

// decodeNames reads names one after the other.
func decodeNames(b []byte) ([]Name, error) {
	size := len(Name{})
	if len(b) == 0 || len(b)%size != 0 || len(b)/size > MaxChunks {
		return nil, fmt.Errorf("%d bytes are no list of at most %d names", len(b), MaxChunks)
	}
	names := make([]Name, len(b)/size)
	for i := range names {
		copy(names[i][:], b[i*size:])
	}
	return names, nil
}
