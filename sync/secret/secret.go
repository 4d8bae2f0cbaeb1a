// Package secret is where keys and credentials rest: device keys, room keys,
// mail and API credentials. All of a home's values are kept in one file. What
// protects the file is chosen once, when it is made, and remembered in it:
//
//   - Keyring: the values are encrypted under a key that rests in the operating
//     system's keyring. The keyring holds 32 bytes and no more, so its limits
//     on size (2.5 KB on Windows) do not matter.
//   - Sealed: the values are encrypted under a key that age seals with a passphrase.
//   - KeyFile: the values lie in the file as they are; only file rights protect them.
//
// No name and no value is ever part of an error or a log line.
//
// One process writes a home's secrets: the one that owns the home's store.
// Inside that process a Store may be used from several goroutines.
package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Kind says what protects the values.
type Kind string

// The kinds. Automatic is only ever asked for, never the answer of a Store.
const (
	Automatic Kind = ""
	Keyring   Kind = "keyring"
	Sealed    Kind = "sealed"
	KeyFile   Kind = "keyfile"
)

// Sentence says in plain words, for the screen, what protects the values.
func (k Kind) Sentence() string {
	switch k {
	case Keyring:
		return "Keys rest under this computer's keyring; they open when you are signed in to this account"
	case Sealed:
		return "Keys rest in a file sealed by your passphrase; without it nobody can open them, you neither"
	case KeyFile:
		return "Keys rest in a file only your user can read; anyone with this account can use them"
	default:
		return "Keys have no resting place yet"
	}
}

// Errors a caller branches on. Each is wrapped with the operation, and with
// what to do where a person reads it.
var (
	ErrNotFound    = errors.New("no such secret")
	ErrPassphrase  = errors.New("the passphrase does not open the secrets")
	ErrNeedsPhrase = errors.New("the secrets are sealed by a passphrase and none was given")
	ErrDamaged     = errors.New("the secrets file is damaged")
	ErrKeyring     = errors.New("the keyring of this computer does not give the key to the secrets")
	ErrExposed     = errors.New("the secrets can be reached by other users of this computer")
	ErrLimit       = errors.New("the secret is too large")
)

// Limits. Secrets are keys and passwords; whatever is larger is a mistake.
const (
	// MaxName bounds the length of a name in bytes.
	MaxName = 128
	// MaxValue bounds one value in bytes: room for a certificate chain or a service account file.
	MaxValue = 64 << 10
	// MaxNames bounds how many values a store holds.
	MaxNames = 1024
	// MaxFile bounds the file in bytes, so that a strange file cannot fill memory.
	MaxFile = 8 << 20
)

// FileName is the one file a store consists of, inside its folder.
const FileName = "secrets"

// EnvPassphrase names the environment variable read where Options gives no Passphrase.
const EnvPassphrase = "HOLDFAST_PASSPHRASE"

// Options says how to make a store that does not exist yet, and how to open a
// sealed one. The zero value suits a machine without a person: a passphrase
// from HOLDFAST_PASSPHRASE if there is one, else the key file.
type Options struct {
	// Prefer is the kind to make. Keyring falls back to Sealed where a passphrase
	// can be had and to KeyFile where none can. Sealed and KeyFile are
	// made exactly as asked. Ignored where a store exists.
	Prefer Kind
	// Passphrase asks for the passphrase. It is called at most once by Open, and
	// only when a sealed store is made or opened. An empty answer means
	// none was given.
	Passphrase func() ([]byte, error)
	// Rand gives keys; nil means crypto/rand.
	Rand io.Reader
	// KeyringPatience bounds each call to the keyring; zero means
	// keyringProbe for making and keyringUnlock for opening.
	KeyringPatience time.Duration

	// workFactor is age's scrypt cost as log2; zero means age's own default.
	workFactor int
	// probe bounds the keyring while falling back is still possible.
	probing bool
}

// The keyring library has no time limit of its own and may wait for a dialog
// nobody sees. A probe is short because there is another way; opening waits
// long enough for a person to unlock a keyring.
const (
	keyringProbe  = 5 * time.Second
	keyringUnlock = 30 * time.Second
)

// Store holds the values of one home.
type Store struct {
	path string
	kind Kind
	rand io.Reader
	env  envelope // how the file is locked; body is filled when written
	key  []byte   // of Keyring and Sealed

	mu     sync.Mutex
	values map[string][]byte
}

// Open opens the store in dir, or makes it. dir is created with mode 0700.
//
// A damaged file is ErrDamaged and stays where it is, untouched. A store under
// the keyring whose keyring does not answer is ErrKeyring: nothing is made
// anew in its place, because that would lose the keys.
func Open(dir string, o Options) (*Store, error) {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Passphrase == nil {
		o.Passphrase = fromEnvironment
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the secrets: %w", err)
	}
	removeLeftovers(dir)
	s := &Store{path: filepath.Join(dir, FileName), rand: o.Rand, values: map[string][]byte{}}
	b, err := readLimited(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := s.create(o); err != nil {
			return nil, fmt.Errorf("make secrets: %w", err)
		}
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	if err := s.load(b, o); err != nil {
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	return s, nil
}

func fromEnvironment() ([]byte, error) { return []byte(os.Getenv(EnvPassphrase)), nil }

// load opens what the file holds.
func (s *Store) load(file []byte, o Options) error {
	env, err := decodeFile(file)
	if err != nil {
		return fmt.Errorf("%w; it was left as it is at %s: restore it from a copy, or move it away to start with new keys", err, s.path)
	}
	s.kind, s.env = env.Kind, env
	if s.kind == KeyFile {
		if err := ownFile(s.path); err != nil {
			return err
		}
	}
	if s.key, err = unlock(env, o); err != nil {
		return err
	}
	if s.values, err = openBody(env, s.key); err != nil {
		return fmt.Errorf("%w; it was left as it is at %s: restore it from a copy, or move it away to start with new keys", err, s.path)
	}
	s.env.Body = nil
	return nil
}

// create chooses a kind and writes the first, empty file, so that the choice
// is durable before any value depends on it.
func (s *Store) create(o Options) error {
	env, key, err := lock(o)
	if err != nil {
		return err
	}
	if env.Kind == KeyFile {
		if err := ownFolder(filepath.Dir(s.path)); err != nil {
			return err
		}
	}
	s.kind, s.env, s.key = env.Kind, env, key
	return s.write(s.values)
}

// Kind says what protects the values.
func (s *Store) Kind() Kind { return s.kind }

// String names the kind alone, so that a store printed by accident shows nothing.
func (s *Store) String() string { return "secrets (" + string(s.kind) + ")" }

// GoString is String, for %#v.
func (s *Store) GoString() string { return s.String() }

// Value gives a copy of the value under name, or ErrNotFound.
func (s *Store) Value(name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[name]
	if !ok {
		return nil, ErrNotFound
	}
	return slices.Clone(v), nil
}

// Put stores a copy of value under name. When it returns nil the value is on
// the disk; when it returns an error the old value stands.
func (s *Store) Put(name string, value []byte) error {
	if name == "" || len(name) > MaxName || len(value) > MaxValue {
		return fmt.Errorf("keep secret: %w: names take 1 to %d bytes, values up to %d", ErrLimit, MaxName, MaxValue)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.values)
	next[name] = slices.Clone(value)
	if len(next) > MaxNames {
		return fmt.Errorf("keep secret: %w: a store holds up to %d", ErrLimit, MaxNames)
	}
	return s.replace(next, "keep secret")
}

// Delete removes name for good; a name that is not there is no error.
func (s *Store) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.values[name]; !ok {
		return nil
	}
	next := maps.Clone(s.values)
	delete(next, name)
	return s.replace(next, "delete secret")
}

// Names gives the names in order.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.values))
}

// replace makes next the values once the disk has them. The lock is held.
func (s *Store) replace(next map[string][]byte, doing string) error {
	if err := s.write(next); err != nil {
		return fmt.Errorf("%s: %w; the secrets kept before are safe", doing, err)
	}
	s.values = next
	return nil
}

func (s *Store) write(values map[string][]byte) error {
	env, err := sealBody(s.env, s.key, values, s.rand)
	if err != nil {
		return err
	}
	b, err := encodeFile(env)
	if err != nil {
		return err
	}
	return writeDurably(s.path, b)
}
