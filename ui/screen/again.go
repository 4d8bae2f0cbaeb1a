package screen

import (
	"errors"
	"strings"

	"holdfast/model"
	"holdfast/model/plain"
)

// Refusal is what the model refused, in words for a screen: it asks by itself what the
// terminal wants a flag for.
func Refusal(err error) string {
	if errors.Is(err, model.ErrUnconfirmed) {
		return doubt(err) + "; nothing was changed. Correct the time, or say that it is so when you are asked"
	}
	return err.Error()
}

// doubt is what is unlikely about the command; what follows is for the terminal.
func doubt(err error) string {
	why, _, _ := strings.Cut(err.Error(), "; nothing was changed")
	return why
}

// AskAgain asks about a command that the model took for a slip, such as one with a
// time that is still to come: it goes through once a person says that it is so.
// False, and nothing is asked, where it was refused for something else.
func AskAgain(h Host, c model.Command, err error, then func(model.Command)) bool {
	doubtful, ok := c.(model.Doubtful)
	if !ok || !errors.Is(err, model.ErrUnconfirmed) {
		return false
	}
	h.Confirm("Write it with that time?", plain.Capital(doubt(err))+". Is the day right? What you typed is kept.", "Write it", func() { then(doubtful.Confirmed()) })
	return true
}
