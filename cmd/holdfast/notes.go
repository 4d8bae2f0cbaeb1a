package main

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model/due"
	"holdfast/sync/escalate"
)

// maxWaitingNotes bounds the notes that wait for a slow desktop; more are
// dropped, because the list of dues shows them anyway.
const maxWaitingNotes = 8

// mostNotes is how many deadlines that come together have a note each; of more,
// one note says the number.
const mostNotes = 3

// notes are the notifications of the operating system. The desktop's bus may
// hang, so they are shown by a goroutine that nothing waits for: it ends after
// stop, or with the process.
type notes struct {
	waiting chan *fyne.Notification
	chimes  chan struct{} // a sound that waits; two are one
}

func newNotes() *notes {
	return &notes{waiting: make(chan *fyne.Notification, maxWaitingNotes), chimes: make(chan struct{}, 1)}
}

// show hands notes to the desktop, and sounds to chime, until stop.
func (n *notes) show(send func(*fyne.Notification), chime func()) (stop func()) {
	done := make(chan struct{})
	each(done, n.waiting, send)
	each(done, n.chimes, func(struct{}) { chime() })
	return func() { close(done) }
}

// each starts a goroutine that takes what comes, until done.
func each[T any](done <-chan struct{}, from <-chan T, take func(T)) {
	go func() {
		for {
			select {
			case <-done:
				return
			case v := <-from:
				take(v)
			}
		}
	}()
}

// remind makes notes of what has come due and cannot wait until somebody looks.
// That nobody was reached is never one of a number.
func (n *notes) remind(list []escalate.Reminder) {
	var loud []escalate.Reminder
	for _, r := range list {
		if r.Sounds(time.Now()) {
			select {
			case n.chimes <- struct{}{}:
			default:
			}
		}
		switch {
		case r.Kind == due.Ladder:
			n.add(r.Title, r.Text)
		case r.Loud():
			loud = append(loud, r)
		}
	}
	if len(loud) > mostNotes {
		n.add("Holdfast", fmt.Sprintf("%d deadlines have come", len(loud)))
		return
	}
	for _, r := range loud {
		n.add(r.Title, r.Text)
	}
}

func (n *notes) add(title, text string) {
	select {
	case n.waiting <- fyne.NewNotification(title, text):
	default:
	}
}
