package screen

import "holdfast/ui/keys"

// Later keeps a command until the screen knows the room as it is now: only the
// screen in front is read, so what another one shows may be of another incident
// or nothing yet. It belongs to the UI goroutine; the zero one waits.
type Later struct {
	fresh   bool
	command keys.ID
}

// Stale says that what the screen shows is old: it came to the front, or is to
// show something else.
func (l *Later) Stale() { l.fresh = false }

// Forget drops what waits: the screen left the front.
func (l *Later) Forget() { l.command = "" }

// Keep keeps a command where the screen is stale; the caller asks for a Read.
func (l *Later) Keep(command keys.ID) (waits bool) {
	if l.fresh {
		return false
	}
	l.command = command
	return true
}

// Fresh says that the room was read and gives the command that waited; "" where
// none did.
func (l *Later) Fresh() keys.ID {
	command := l.command
	l.fresh, l.command = true, ""
	return command
}
