package main

import (
	"fmt"

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
type notes struct{ waiting chan *fyne.Notification }

func newNotes() *notes { return &notes{waiting: make(chan *fyne.Notification, maxWaitingNotes)} }

// show hands notes to the desktop until stop.
func (n *notes) show(send func(*fyne.Notification)) (stop func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case note := <-n.waiting:
				send(note)
			}
		}
	}()
	return func() { close(done) }
}

// remind makes notes of what has come due and cannot wait until somebody looks.
func (n *notes) remind(list []escalate.Reminder) {
	var loud []escalate.Reminder
	for _, r := range list {
		switch r.Kind {
		case due.Response, due.Escalation, due.Answer, due.Ladder, due.Update, due.Clock:
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
