package node

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"holdfast/sync/secret"
)

// Names and bounds of the drafts.
const (
	draftsFile = "drafts"
	draftsKey  = "drafts"
	// maxDrafts bounds the file: a page of text for each of a hundred incidents.
	maxDrafts = 4 << 20
)

// drafts holds what was typed and not yet written to the record: per field of
// the desktop, sealed on disk, so that a crash at 03:00 costs no sentence.
type drafts struct {
	path string
	key  []byte

	mu  sync.Mutex
	set map[string]string
}

func (n *Node) loadDrafts() error {
	secrets := n.home.Secrets()
	key, err := secrets.Value(draftsKey)
	if errors.Is(err, secret.ErrNotFound) {
		key = make([]byte, chacha20poly1305.KeySize)
		if _, err = rand.Read(key); err == nil && !n.home.ReadOnly() {
			err = secrets.Put(draftsKey, key)
		}
	}
	if err != nil {
		return fmt.Errorf("open drafts: %w", err)
	}
	n.drafts = &drafts{path: filepath.Join(n.home.Dir(), draftsFile), key: key, set: map[string]string{}}
	if err := n.drafts.load(); err != nil {
		// A draft is worth less than a start: the file is kept beside.
		n.log.Warn("drafts set aside", "error", err, "moved", os.Rename(n.drafts.path, n.drafts.path+".damaged") == nil)
	}
	return nil
}

func (d *drafts) load() error {
	b, err := os.ReadFile(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	aead, err := chacha20poly1305.NewX(d.key)
	if err != nil {
		return err
	}
	if len(b) < aead.NonceSize() || len(b) > maxDrafts {
		return fmt.Errorf("%s is no file of drafts", d.path)
	}
	plain, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], nil)
	if err != nil {
		return fmt.Errorf("%s is damaged: %w", d.path, err)
	}
	return json.Unmarshal(plain, &d.set)
}

// Draft gives what was typed under a name, or "".
func (n *Node) Draft(name string) string {
	n.drafts.mu.Lock()
	defer n.drafts.mu.Unlock()
	return n.drafts.set[name]
}

// SaveDraft keeps what is being typed under a name, durably; an empty text
// forgets it.
func (n *Node) SaveDraft(name, text string) error {
	d := n.drafts
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.set[name] == text {
		return nil
	}
	if d.set[name] = text; text == "" {
		delete(d.set, name)
	}
	plain, err := json.Marshal(d.set)
	if err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	aead, err := chacha20poly1305.NewX(d.key)
	if err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	if err := replaceFile(d.path, aead.Seal(nonce, nonce, plain, nil)); err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	return nil
}
