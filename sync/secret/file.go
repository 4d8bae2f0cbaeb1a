package secret

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/crypto/chacha20poly1305"
)

// magic opens the file; its digit is the version of the format.
const magic = "holdfast-secrets-1\n"

// envelope is the file after magic and checksum.
type envelope struct {
	Kind Kind `cbor:"1,keyasint"`
	// Lock is the name of the keyring's entry, or the key sealed by age.
	Lock []byte `cbor:"2,keyasint,omitempty"`
	// Body holds the values: plain CBOR for KeyFile, else nonce and ciphertext.
	Body []byte `cbor:"3,keyasint,omitempty"`
}

// decodeFile checks the checksum first: with it right, a lock that does not
// open means a wrong passphrase and never a flipped bit.
func decodeFile(b []byte) (envelope, error) {
	var env envelope
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(rest) < sha256.Size {
		return env, ErrDamaged
	}
	sum := sha256.Sum256(rest[sha256.Size:])
	if !bytes.Equal(sum[:], rest[:sha256.Size]) {
		return env, ErrDamaged
	}
	if err := unmarshal(rest[sha256.Size:], &env); err != nil {
		return envelope{}, ErrDamaged
	}
	switch env.Kind {
	case Keyring, Sealed, KeyFile:
		return env, nil
	default:
		return envelope{}, fmt.Errorf("%w: it may come from a newer version", ErrDamaged)
	}
}

func encodeFile(env envelope) ([]byte, error) {
	body, err := marshal(env)
	if err != nil {
		return nil, err
	}
	if len(magic)+sha256.Size+len(body) > MaxFile {
		return nil, ErrLimit
	}
	sum := sha256.Sum256(body)
	return bytes.Join([][]byte{[]byte(magic), sum[:], body}, nil), nil
}

// sealBody gives env with the values inside.
func sealBody(env envelope, key []byte, values map[string][]byte, rand io.Reader) (envelope, error) {
	plain, err := marshal(values)
	if err != nil || env.Kind == KeyFile {
		env.Body = plain
		return env, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return env, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return env, fmt.Errorf("draw a nonce: %w", err)
	}
	env.Body = aead.Seal(nonce, nonce, plain, []byte(magic))
	return env, nil
}

func openBody(env envelope, key []byte) (map[string][]byte, error) {
	plain := env.Body
	if env.Kind != KeyFile {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil || len(env.Body) < aead.NonceSize() {
			return nil, ErrDamaged
		}
		n := aead.NonceSize()
		if plain, err = aead.Open(nil, env.Body[:n], env.Body[n:], []byte(magic)); err != nil {
			return nil, ErrDamaged
		}
	}
	values := map[string][]byte{}
	if err := unmarshal(plain, &values); err != nil || values == nil {
		return nil, ErrDamaged
	}
	return values, nil
}

func marshal(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(v)
}

// unmarshal reads CBOR within the limits of a secrets file.
func unmarshal(b []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  4,
		MaxMapPairs:      MaxNames,
		MaxArrayElements: 16,
	}.DecMode()
	if err != nil {
		return err
	}
	return mode.Unmarshal(b, v)
}

func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxFile {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrDamaged, MaxFile)
	}
	return b, nil
}

// temporary is the pattern of the names new contents have until they are whole.
const temporary = FileName + ".new-*"

// removeLeftovers deletes what a crash during a write left behind: it may hold
// keys. Only the process that owns the home writes here, so no one's write is lost.
func removeLeftovers(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, temporary)) // fails only for a bad pattern
	for _, name := range left {
		os.Remove(name) // not vital: it has the rights of the file itself
	}
}

// writeDurably puts b at path whole or not at all, readable by its owner alone
// from its first byte on.
func writeDurably(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), temporary) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(b); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
