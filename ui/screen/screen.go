// Package screen says what a screen of the desktop is, and what the shell
// gives it. Each screen is a package below: a view-model, tested without a
// window, and a view that only draws it.
//
// Data goes one way. A change in the room makes the bridge call Read on its
// own goroutine, with the state locked for reading; Read copies what it needs
// into a view-model and returns the step that puts it on the screen, which the
// bridge runs on the UI goroutine. Nothing on the UI goroutine waits for the
// room, the disk or the network.
package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/keys"
	"holdfast/ui/part"
)

// Screen is one screen of the shell. All methods but Read are called on the UI
// goroutine.
type Screen interface {
	// Title is the word in the rail and the palette.
	Title() string
	// Object is what the shell shows; the same for the screen's life.
	Object() fyne.CanvasObject
	// Read is called on the bridge's goroutine after a change, and when the
	// screen is first shown. It must not keep what it is given. A nil step means
	// that nothing is to be drawn.
	Read(in Input) (step func())
	// Tick is called once a second while the screen is shown: clocks move,
	// nothing else.
	Tick(now time.Time)
	// Shown tells the screen that it came to the front or left it.
	Shown(front bool)
	// Run carries out a command of the keyboard map; false where it is not this
	// screen's.
	Run(command keys.ID) bool
}

// Counter is a screen on which things wait: the rail shows how many. Waiting is
// called as Read is, also while another screen is in front; pressing says that
// the time for one of them has passed.
type Counter interface {
	Waiting(in Input) (n int, pressing bool)
}

// Input is what a screen may read.
type Input struct {
	// State is locked for reading until Read returns.
	State *model.State
	Room  *node.Room
	// Peers are the links, as they were a moment ago.
	Peers []node.PeerView
	// Asks are the devices that ask this one to be let in.
	Asks []node.AskView
	// Hearsay is what peers say is open and the record does not know yet.
	Hearsay []node.HearsayView
	Now     time.Time
	Zone    *time.Location
}

// Host is the shell as a screen sees it. Its methods are called on the UI
// goroutine and return at once.
type Host interface {
	// Do carries out a command of the model off the UI goroutine; done is
	// called on it, after the change is durable or was refused.
	Do(command model.Command, done func(model.Done, error))
	// Task runs work off the UI goroutine and done on it.
	Task(work func() error, done func(error))
	// Preview and Send render and queue a message, as Do does.
	Preview(q node.MessageRequest, done func(node.MessagePreview, error))
	Send(q node.MessageRequest, done func(model.Done, error))
	// Refresh asks for a Read soon; many calls make one.
	Refresh()
	// Open shows an incident; Compose opens the composer for it.
	Open(incident model.ID)
	Compose(incident model.ID, template string)
	// Toast shows a line for a moment. Fail shows what went wrong, what is safe
	// and what to do, until it is dismissed; with a nil error it takes that back, since it went well after all.
	Toast(text string)
	Fail(what string, err error)
	// Confirm asks before something that cannot be taken back.
	Confirm(title, text, yes string, then func())
	// ChooseFile asks for a file. MayReplace reports, once, that the person agreed
	// there to replace one.
	ChooseFile(part.FileAsk)
	MayReplace(path string) bool
	// Focus moves the keyboard to a widget; nil to none.
	Focus(fyne.Focusable)
	// Draft keeps what was typed under a name, durably and soon; Drafted gives
	// it back after a crash. An empty text forgets it.
	Draft(name, text string)
	Drafted(name string) string
	Now() time.Time
	Zone() *time.Location
}
