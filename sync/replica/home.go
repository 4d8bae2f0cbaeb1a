package replica

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/oplog"
	"holdfast/sync/secret"
)

// ErrHomeInUse says another process owns the home; work goes through it.
var ErrHomeInUse = errors.New("another Holdfast has this home open")

// ErrReadOnly is the answer to every change of a home on a disk that takes no
// writes.
var ErrReadOnly = errors.New("the disk of this home takes no writes, so nothing was changed; all that is on it can be read and exported." +
	" Make it writable, or copy the folder to another disk, and start Holdfast there")

// Names inside a home.
const (
	lockFile    = "lock"
	roomsDir    = "rooms"
	logFile     = "room.db"
	certFile    = "certificate"
	roomSecret  = "room/"
	homeMode    = 0o700
	dirNameSize = 8 // bytes of the room id in a directory's name: enough for one home
)

// Home is one device's data folder: its key, its secrets and its rooms. One
// process owns it at a time.
type Home struct {
	dir      string
	lock     *flock.Flock
	secrets  *secret.Store
	device   atomic.Pointer[identity.Device] // another one once the home has recovered
	opts     Options
	readOnly bool

	mu    sync.Mutex
	rooms map[model.RoomID]*Replica
	shut  []Shut
}

// Shut is a room of the home that could not be opened. Its files were left as
// they are; the other rooms are open.
type Shut struct {
	Room model.RoomID
	Path string // of the record
	Err  error
}

// Sentence says what happened, what is safe and what to do.
func (s Shut) Sentence() string {
	id := s.Room.String()[:dirNameSize]
	why := strings.TrimSuffix(strings.TrimPrefix(s.Err.Error(), "open store "+s.Path+": "), "; the file was left as it is")
	if !errors.Is(s.Err, oplog.ErrDamaged) {
		return fmt.Sprintf("Room %s could not be opened: %s. Its files are untouched and the other rooms work.", id, why)
	}
	return fmt.Sprintf("Room %s is damaged on this disk: %s. Its keys, the other rooms and every other member's copy are safe. Move %s away and start"+
		" again: the room is then filled by its peers, or by `bundle import`.", id, strings.TrimPrefix(why, oplog.ErrDamaged.Error()+": "), s.Path)
}

// OpenHome takes the folder, making it where it is not there, and opens every
// room in it that can be opened: Shut tells of the others. A room whose record
// is gone is begun anew with the keys that are here, to be filled by its peers or
// a bundle. A home on a disk that takes no writes is opened to be read. ErrHomeInUse
// where another process owns it.
func OpenHome(dir string, secrets secret.Options, opts Options) (*Home, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(filepath.Join(dir, roomsDir), homeMode); err != nil {
		return nil, fmt.Errorf("open home %s: %w", dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	taken, err := lock.TryLock()
	readOnly := TakesNoWrites(err) || err == nil && TakesNoWrites(writable(lock.Path()))
	switch {
	case readOnly && (taken || err != nil): // where no file can be made, nobody writes who could be in the way
	case err != nil:
		return nil, fmt.Errorf("open home %s: %w", dir, err)
	case !taken:
		return nil, fmt.Errorf("open home %s: %w", dir, ErrHomeInUse)
	}
	h := &Home{dir: dir, lock: lock, opts: opts, readOnly: readOnly, rooms: map[model.RoomID]*Replica{}}
	if err := h.load(secrets); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// writable tries whether a file can be written, and leaves it as it is.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// TakesNoWrites tells of an error that says that nothing can be written where it
// was tried.
func TakesNoWrites(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission)
}

// ReadOnly tells that the disk of the home takes no writes: everything can be
// read, and every change is refused with ErrReadOnly.
func (h *Home) ReadOnly() bool { return h.readOnly }

// Writable tries whether the home can be written to now; the disk may have turned
// read-only since it was opened.
func (h *Home) Writable() bool { return !h.readOnly && writable(h.lock.Path()) == nil }

func (h *Home) load(options secret.Options) error {
	var err error
	if h.secrets, err = secret.Open(h.dir, options); err != nil {
		return fmt.Errorf("open home %s: %w", h.dir, err)
	}
	device, err := identity.LoadOrCreate(h.secrets, h.opts.Rand)
	if err != nil {
		return fmt.Errorf("open home %s: %w", h.dir, err)
	}
	h.device.Store(device)
	for _, name := range h.secrets.Names() {
		room, ok := roomOf(name)
		if !ok {
			continue
		}
		r, err := h.openRoom(room)
		if err != nil {
			shut := Shut{Room: room, Path: filepath.Join(h.RoomDir(room), logFile), Err: err}
			h.opts.Log.Error(shut.Sentence())
			h.shut = append(h.shut, shut)
			continue
		}
		h.rooms[room] = r
	}
	return nil
}

// Shut lists the rooms that could not be opened.
func (h *Home) Shut() []Shut { return h.shut }

func roomOf(name string) (model.RoomID, bool) {
	var room model.RoomID
	text, ok := strings.CutPrefix(name, roomSecret)
	if !ok {
		return room, false
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(room) {
		return room, false
	}
	copy(room[:], b)
	return room, true
}

// RoomDir is where a room's files are.
func (h *Home) RoomDir(room model.RoomID) string {
	return filepath.Join(h.dir, roomsDir, hex.EncodeToString(room[:dirNameSize]))
}

func (h *Home) openRoom(room model.RoomID) (*Replica, error) {
	stored, err := h.secrets.Value(roomSecret + room.String())
	if err != nil {
		return nil, err
	}
	keys, err := identity.UnmarshalRoomKeys(stored)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(h.RoomDir(room), logFile)
	watched, err := h.readRelay(room)
	if err != nil {
		return nil, err
	}
	log, err := oplog.Open(path, h.logOptions(room, keys))
	if errors.Is(err, oplog.ErrNoStore) && !h.readOnly {
		h.opts.Log.Warn("the record of a room is gone; it begins anew, to be filled by a peer or a bundle", "room", room.String())
		if err = os.MkdirAll(h.RoomDir(room), homeMode); err == nil {
			log, err = oplog.Create(path, oplog.CreateOptions{Options: h.logOptions(room, keys), Room: room})
		}
	}
	if err != nil {
		return nil, err
	}
	r, err := open(log, keys, h.keeps(room, keys), watched, h.Device(), room, h.opts)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return r, nil
}

// keeps gives what makes a room's keys durable. The log has all but the first
// as well, sealed, but a start from a snapshot does not read that far back.
func (h *Home) keeps(room model.RoomID, keys *identity.RoomKeys) func() error {
	return func() error {
		stored, err := keys.Marshal()
		if err != nil {
			return err
		}
		return h.secrets.Put(roomSecret+room.String(), stored)
	}
}

func (h *Home) logOptions(room model.RoomID, keys *identity.RoomKeys) oplog.Options {
	return oplog.Options{
		Keys: identity.LogKeys{RoomKeys: keys, Room: room}, Device: h.Device().Private(),
		Now: h.opts.Now, Rand: h.opts.Rand, App: h.opts.App, ReadOnly: h.readOnly,
	}
}

// Dir is the home's folder.
func (h *Home) Dir() string { return h.dir }

// Device is this device's identity.
func (h *Home) Device() *identity.Device { return h.device.Load() }

// Secrets is where keys and credentials rest.
func (h *Home) Secrets() *secret.Store { return h.secrets }

// Rooms lists the open rooms by name.
func (h *Home) Rooms() []*Replica {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*Replica, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	slices.SortFunc(rooms, func(a, b *Replica) int {
		return strings.Compare(a.name()+a.room.String(), b.name()+b.room.String())
	})
	return rooms
}

func (r *Replica) name() (name string) {
	r.View(func(s *model.State) { name = s.Name() })
	return name
}

// Founding says what a new room begins with.
type Founding struct {
	Name, Person, Email, Device string
	// Recovery, where it is not nil, is filled with the room's recovery key, which
	// is nowhere else.
	Recovery *identity.Recovery
}

// Found makes a new room with this device as its first admin.
func (h *Home) Found(ctx context.Context, f Founding) (*Replica, error) {
	if h.readOnly {
		return nil, ErrReadOnly
	}
	var nonce model.Nonce
	if _, err := io.ReadFull(h.opts.Rand, nonce[:]); err != nil {
		return nil, fmt.Errorf("found a room: %w", err)
	}
	keys, err := identity.NewRoomKeys(h.opts.Rand)
	if err != nil {
		return nil, fmt.Errorf("found a room: %w", err)
	}
	command := model.FoundRoom{Name: f.Name, Person: f.Person, Email: f.Email, Device: f.Device, Nonce: nonce}
	var paper identity.Recovery
	if f.Recovery != nil {
		if paper, err = identity.NewRecovery(h.opts.Rand, h.Device().Key(), nonce); err != nil {
			return nil, fmt.Errorf("found a room: %w", err)
		}
		keys, command.Recovery = paper.Keys(), paper.Device()
	}
	room := model.NewRoomID(h.Device().Key(), nonce)
	// Try it on an empty state first: a refused name must leave no files.
	if _, err := model.NewPlanner(model.NewState(room, nil), h.opts.Now(), h.Device().Key(), model.FeedID{}, 1).Plan(command); err != nil {
		return nil, err
	}
	r, err := h.add(room, keys, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("found a room: %w", err)
	}
	if _, err := r.Do(ctx, command); err != nil {
		return nil, fmt.Errorf("found a room: %w", err)
	}
	if f.Recovery != nil {
		*f.Recovery = paper
	}
	return r, nil
}

// Enter makes the store of a room this device was admitted to. Its commits
// come over the first link.
func (h *Home) Enter(w identity.Welcome) (*Replica, error) {
	if h.readOnly {
		return nil, ErrReadOnly
	}
	if model.NewRoomID(w.Founder, w.Nonce) != w.Room {
		return nil, errors.New("enter the room: its id does not fit its founder; the invite may be forged")
	}
	certificate, err := w.Certificate.Encode()
	if err != nil {
		return nil, fmt.Errorf("enter the room: %w", err)
	}
	keys, watched := w.Keys, (*model.Watch)(nil)
	if w.Certificate.Role == model.RoleRelay {
		keys, watched = &identity.RoomKeys{}, model.NewWatch(w.Founder)
		if err := h.writeRelay(w.Room, w.Founder); err != nil {
			return nil, fmt.Errorf("enter the room: %w", err)
		}
	}
	r, err := h.add(w.Room, keys, certificate, watched)
	if err != nil {
		return nil, fmt.Errorf("enter the room: %w", err)
	}
	return r, nil
}

// add makes a room's files. The key is kept first: a key without a store costs
// nothing, a store without its key would be lost.
func (h *Home) add(room model.RoomID, keys *identity.RoomKeys, certificate []byte, watched *model.Watch) (*Replica, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[room] != nil {
		return nil, errors.New("this device is in the room already")
	}
	keep := h.keeps(room, keys)
	if err := keep(); err != nil {
		return nil, err
	}
	dir := h.RoomDir(room)
	if err := os.MkdirAll(dir, homeMode); err != nil {
		return nil, err
	}
	if certificate != nil {
		if err := os.WriteFile(filepath.Join(dir, certFile), certificate, 0o600); err != nil {
			return nil, err
		}
	}
	log, err := oplog.Create(filepath.Join(dir, logFile), oplog.CreateOptions{Options: h.logOptions(room, keys), Room: room})
	if err != nil {
		return nil, err
	}
	r, err := open(log, keys, keep, watched, h.Device(), room, h.opts)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	h.rooms[room] = r
	return r, nil
}

// Certificate is what this device shows to a peer that has not heard of its
// admission; nil for a founder.
func (h *Home) Certificate(room model.RoomID) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(h.RoomDir(room), certFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// Close closes every room and lets the home go.
func (h *Home) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, r := range h.rooms {
		errs = append(errs, r.Close())
	}
	h.rooms = nil
	return errors.Join(append(errs, h.lock.Unlock())...)
}
