// Package ending brings a program to its end whose toolkit does not. Fyne 2.8 can lose what it has
// to run on the UI goroutine just as its loop stops, and then waits for it for ever: the window is
// gone, and the process keeps the data folder to itself.
package ending

import "time"

// Patience is how long the loop may take to return once the window is closed: it takes milliseconds.
const Patience = 2 * time.Second

// Watch carries out late where the window was closed and its loop has not returned within a patience. It
// returns once the loop has, or late has.
func Watch(closed, returned <-chan struct{}, patience time.Duration, late func()) {
	select {
	case <-returned:
		return
	case <-closed:
	}
	select {
	case <-returned:
	case <-time.After(patience):
		late()
	}
}
