package chime

import (
	"context"
	"syscall"
)

var players [0]struct {
	name string
	args []string
}

var messageBeep = syscall.NewLazyDLL("user32.dll").NewProc("MessageBeep")

// exclamation is the sound of the system for what asks to be heeded:
// MB_ICONEXCLAMATION of MessageBeep.
const exclamation = 0x30

// own plays the sound that the user chose for warnings.
var own = func(context.Context) error {
	if ok, _, err := messageBeep.Call(exclamation); ok == 0 {
		return err
	}
	return nil
}
