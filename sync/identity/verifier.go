package identity

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/argon2"

	"holdfast/model"
)

// MaxVerifier bounds an encoded verifier in bytes; one has about 75.
const MaxVerifier = 256

// How a secret becomes a key. A secret of 128 bits cannot be guessed, so
// stretching it would only cost time. A code that is read aloud has 40 bits; it
// needs a function that makes each guess cost memory and a tenth of a second.
const (
	stretchNone   uint8 = 1 // HKDF-SHA-256
	stretchArgon2 uint8 = 2 // Argon2id, 3 passes over 64 MiB, 2 lanes; then HKDF
)

// Verifier is what the op that issues an invite stores. Every member of the room reads
// it, so it must not be enough to join: a member could turn an admin's invite into
// a device of its own. So it holds two things made from the secret:
//
//   - the key with which an admin's device proves to the joiner that it belongs
//     to the invite. A member who reads it cannot use it: the joiner has
//     pinned the host's device key.
//   - the public half of a key pair; the joiner signs with the private half, which
//     is nowhere but in the invite.
//
// The salt is the invite's id, so no work on one invite helps with another.
type Verifier struct {
	Version uint8    `cbor:"1,keyasint"`
	Stretch uint8    `cbor:"2,keyasint"`
	Host    [32]byte `cbor:"3,keyasint"` // HMAC-SHA-256 key
	Join    [32]byte `cbor:"4,keyasint"` // Ed25519 public key
}

const verifierVersion = 1

// proofKeys are both keys of an invite; only who holds the secret has them.
type proofKeys struct {
	host [32]byte
	join ed25519.PrivateKey
}

func newProofKeys(id model.ID, secret []byte, stretch uint8) proofKeys {
	if stretch == stretchArgon2 {
		secret = argon2.IDKey(secret, id[:], 3, 64<<10, 2, 32)
	}
	return proofKeys{
		host: [32]byte(expand(secret, id, "holdfast/invite/1 proof:host")),
		join: ed25519.NewKeyFromSeed(expand(secret, id, "holdfast/invite/1 proof:join")),
	}
}

// expand is HKDF-SHA-256 (RFC 5869) for the one length of 32 bytes, where it is
// two HMACs and cannot fail.
func expand(secret []byte, salt model.ID, info string) []byte {
	extract := hmac.New(sha256.New, salt[:])
	extract.Write(secret)
	out := hmac.New(sha256.New, extract.Sum(nil))
	out.Write([]byte(info))
	out.Write([]byte{1})
	return out.Sum(nil)
}

func newVerifier(id model.ID, secret []byte, stretch uint8) Verifier {
	k := newProofKeys(id, secret, stretch)
	return Verifier{
		Version: verifierVersion, Stretch: stretch, Host: k.host,
		Join: [32]byte(k.join.Public().(ed25519.PublicKey)),
	}
}

// Encode gives the form for the op.
func (v Verifier) Encode() ([]byte, error) { return marshal(v) }

// DecodeVerifier reads what Encode wrote.
func DecodeVerifier(b []byte) (Verifier, error) {
	var v Verifier
	if err := unmarshalExact(b, MaxVerifier, &v); err != nil {
		return Verifier{}, fmt.Errorf("read verifier: %w", err)
	}
	if v.Version > verifierVersion || v.Stretch > stretchArgon2 {
		return Verifier{}, fmt.Errorf("read verifier: %w", ErrNewer)
	}
	if v.Version == 0 || v.Stretch == 0 {
		return Verifier{}, fmt.Errorf("read verifier: %w", ErrMalformed)
	}
	return v, nil
}

// binding is what both proofs are about: this TLS connection and its two ends. In
// the middle of two connections nobody can use either proof.
type binding struct {
	exported   []byte // exporterSize bytes
	host, join model.DeviceKey
}

func (b binding) message(tag string) []byte {
	m := append([]byte(tag), b.exported...)
	m = append(m, b.host[:]...)
	return append(m, b.join[:]...)
}

func hostProof(key [32]byte, b binding) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write(b.message("holdfast/join/1/host\x00"))
	return h.Sum(nil)
}

func joinProof(key ed25519.PrivateKey, b binding) []byte {
	return ed25519.Sign(key, b.message("holdfast/join/1/join\x00"))
}

func (v Verifier) checkJoin(proof []byte, b binding) bool {
	return ed25519.Verify(v.Join[:], b.message("holdfast/join/1/join\x00"), proof)
}
