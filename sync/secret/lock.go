package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
	"github.com/zalando/go-keyring"
	"golang.org/x/crypto/chacha20poly1305"
)

// keyringService is the name under which the operating system shows the entry.
const keyringService = "holdfast"

// maxWorkFactor bounds what opening a sealed file may cost (2^20: 1 GiB, a few
// seconds): the file says its own cost, and it may come from anywhere.
const maxWorkFactor = 20

// lock makes a key and the envelope that keeps it, in the order of Options.Prefer.
func lock(o Options) (envelope, []byte, error) {
	switch o.Prefer {
	case Keyring:
		o.probing = true
		if env, key, err := lockKeyring(o); err == nil {
			return env, key, nil
		}
		return lockSealedOrFile(o)
	case Automatic:
		return lockSealedOrFile(o)
	case Sealed:
		env, key, err := lockSealed(o)
		if errors.Is(err, ErrNeedsPhrase) {
			return envelope{}, nil, fmt.Errorf("%w: set %s or choose the key file", err, EnvPassphrase)
		}
		return env, key, err
	case KeyFile:
		return envelope{Kind: KeyFile}, nil, nil
	default:
		return envelope{}, nil, errors.New("no such kind of resting place")
	}
}

func lockSealedOrFile(o Options) (envelope, []byte, error) {
	env, key, err := lockSealed(o)
	if errors.Is(err, ErrNeedsPhrase) {
		return envelope{Kind: KeyFile}, nil, nil
	}
	return env, key, err
}

func lockSealed(o Options) (envelope, []byte, error) {
	phrase, err := askPhrase(o)
	if err != nil {
		return envelope{}, nil, err
	}
	key, err := newKey(o.Rand)
	if err != nil {
		return envelope{}, nil, err
	}
	to, err := age.NewScryptRecipient(string(phrase))
	if err != nil {
		return envelope{}, nil, err
	}
	if o.workFactor != 0 {
		to.SetWorkFactor(o.workFactor)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return envelope{}, nil, err
	}
	if _, err := w.Write(key); err != nil {
		return envelope{}, nil, err
	}
	if err := w.Close(); err != nil {
		return envelope{}, nil, err
	}
	return envelope{Kind: Sealed, Lock: out.Bytes()}, key, nil
}

// lockKeyring stores a key in the keyring and reads it back: some keyrings
// accept and forget.
func lockKeyring(o Options) (envelope, []byte, error) {
	key, err := newKey(o.Rand)
	if err != nil {
		return envelope{}, nil, err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(o.Rand, id); err != nil {
		return envelope{}, nil, err
	}
	user := hex.EncodeToString(id)
	_, err = bounded(o, func() (string, error) {
		return "", keyring.Set(keyringService, user, hex.EncodeToString(key))
	})
	if err != nil {
		return envelope{}, nil, err
	}
	env := envelope{Kind: Keyring, Lock: []byte(user)}
	back, err := unlock(env, o)
	if err != nil || !bytes.Equal(back, key) {
		return envelope{}, nil, ErrKeyring
	}
	return env, key, nil
}

// unlock gives the key of the envelope.
func unlock(env envelope, o Options) ([]byte, error) {
	switch env.Kind {
	case KeyFile:
		return nil, nil
	case Sealed:
		return unlockSealed(env, o)
	case Keyring:
		text, err := bounded(o, func() (string, error) {
			return keyring.Get(keyringService, string(env.Lock))
		})
		if err != nil {
			return nil, fmt.Errorf("%w: unlock it, or sign in as the user who made this home, and start again", ErrKeyring)
		}
		key, err := hex.DecodeString(text)
		if err != nil || len(key) != chacha20poly1305.KeySize {
			return nil, fmt.Errorf("%w: its entry is not a key of this program", ErrKeyring)
		}
		return key, nil
	default:
		return nil, ErrDamaged
	}
}

func unlockSealed(env envelope, o Options) ([]byte, error) {
	phrase, err := askPhrase(o)
	if errors.Is(err, ErrNeedsPhrase) {
		return nil, fmt.Errorf("%w: set %s", err, EnvPassphrase)
	}
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(string(phrase))
	if err != nil {
		return nil, ErrPassphrase
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(env.Lock), id)
	if err != nil {
		// The checksum of the whole file was right, so it is the passphrase.
		return nil, ErrPassphrase
	}
	key, err := io.ReadAll(io.LimitReader(r, chacha20poly1305.KeySize+1))
	if err != nil || len(key) != chacha20poly1305.KeySize {
		return nil, ErrDamaged
	}
	return key, nil
}

func askPhrase(o Options) ([]byte, error) {
	phrase, err := o.Passphrase()
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase: %w", err)
	}
	if len(phrase) == 0 {
		return nil, ErrNeedsPhrase
	}
	return phrase, nil
}

func newKey(rand io.Reader) ([]byte, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return key, nil
}

// bounded runs a keyring call and leaves it behind when it takes too long. The
// library offers no way to end such a call; its goroutine ends when the keyring
// answers or the process does, and it holds no lock of ours meanwhile.
func bounded(o Options, call func() (string, error)) (string, error) {
	patience := o.KeyringPatience
	switch {
	case patience > 0:
	case o.probing:
		patience = keyringProbe
	default:
		patience = keyringUnlock
	}
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := call()
		done <- answer{text, err}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.text, a.err
	case <-timer.C:
		return "", ErrKeyring
	}
}
