package oplog

import (
	"errors"
	"fmt"

	"holdfast/model"
)

// Errors a caller branches on; test with errors.Is.
var (
	// ErrNewerVersion: the commit or run was written by a newer version of
	// this program. It is not damage; an update reads it.
	ErrNewerVersion = errors.New("written by a newer version; update to read it")
	// ErrMalformed: the bytes are not a commit or a run.
	ErrMalformed = errors.New("malformed")
	// ErrTooLarge: a limit of this package was passed.
	ErrTooLarge = errors.New("too large")
	// ErrBadSignature: the device's signature does not cover this run after
	// what is held here. Either it was altered, or the feed was forked
	// earlier; asking for an overlapping run tells which.
	ErrBadSignature = errors.New("signature does not fit")
	// ErrWrongRoom: the feed belongs to another room.
	ErrWrongRoom = errors.New("feed belongs to another room")
	// ErrBranch: the run is of a branch of a forked feed, or comes under the
	// name of one. Graft finds its place.
	ErrBranch = errors.New("run is of a branch of a forked feed")
	// ErrGap: commits between what is held and what was offered are missing.
	ErrGap = errors.New("commits are missing before it")
	// ErrFork: two different commits exist at one place of one feed. The
	// error is a *ForkError.
	ErrFork = errors.New("feed is forked")
	// ErrUnknownFeed: no commit of that feed is held here.
	ErrUnknownFeed = errors.New("feed is not held here")
	// ErrNotHeld: a vector names commits that are not held here, or other
	// ones; what was built on them is out of date.
	ErrNotHeld = errors.New("commits named are not held here")
	// ErrLetGo: the commits were let go here, see LetGo. An archive device has them.
	ErrLetGo = errors.New("commits were let go here; an archive device holds them")
	// ErrTooManyFeeds: the room is at MaxFeeds.
	ErrTooManyFeeds = errors.New("room holds too many feeds")

	// ErrNoKey: the key of that epoch is not on this device.
	ErrNoKey = errors.New("room key of that epoch is not on this device")
	// ErrDamagedBody: a sealed body does not open under its key, or unfolds
	// to something it must not.
	ErrDamagedBody = errors.New("sealed body is damaged")

	// ErrReadOnly: the log was opened without a device key, or to be read only.
	ErrReadOnly = errors.New("log was opened to be read only")
	// ErrDone: the batch was already committed or discarded.
	ErrDone = errors.New("batch is already finished")
	// ErrStale: another batch was committed since this one began.
	ErrStale = errors.New("another batch was committed since this one began")

	// ErrExists: Create found a file at the path and left it alone.
	ErrExists = errors.New("a file exists there")
	// ErrNoStore: Open found no file at the path.
	ErrNoStore = errors.New("no store there")
	// ErrInUse: another process has the store open.
	ErrInUse = errors.New("room is open in another window or program on this machine; close it there, or use it there")
	// ErrDamaged: the file is not a readable store. It was left as it is.
	ErrDamaged = errors.New("store is damaged")
	// ErrNewerStore: the file was written by a newer version. It was left as
	// it is.
	ErrNewerStore = errors.New("store was written by a newer version of this program; the file is untouched; update to open it")
	// ErrDiskFull: nothing of the batch was stored, all before it is safe.
	ErrDiskFull = errors.New("disk is full; nothing of this change was stored, everything before it is safe; free some space and try again")
	// ErrReopen: the disk reported an error that leaves unclear what it
	// keeps. The log takes no more writes until it is opened again.
	ErrReopen = errors.New("disk reported an error while storing; close the room and open it again to see what was kept")
)

// ForkError is the proof of a fork in short: one feed, one seq, two hashes.
// errors.Is(err, ErrFork) holds for it.
type ForkError struct {
	Feed   model.FeedID
	Seq    uint64
	Ours   model.Hash // of the commit held here
	Theirs model.Hash // of the commit that was offered, signed by the same device
}

// Error names the feed and the place.
func (e *ForkError) Error() string {
	return fmt.Sprintf("feed %s has two different commits %d: a device's data was restored or copied; both are kept", e.Feed.Short(), e.Seq)
}

// Is makes every ForkError an ErrFork.
func (e *ForkError) Is(target error) bool { return target == ErrFork }

// DamageError names a stored commit that is not what was written. errors.Is(err,
// ErrDamaged) holds for it.
type DamageError struct {
	Feed model.FeedID
	Seq  uint64
	What string
}

// Error names the feed and the commit.
func (e *DamageError) Error() string {
	return fmt.Sprintf("feed %s commit %d: %s: store is damaged", e.Feed.Short(), e.Seq, e.What)
}

// Is makes every DamageError an ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

func damagedAt(feed model.FeedID, seq uint64, what string) error {
	return &DamageError{Feed: feed, Seq: seq, What: what}
}
