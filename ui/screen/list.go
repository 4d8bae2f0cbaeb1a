package screen

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/keys"
)

// Pass hands a command that is not the screen's to the shell.
func Pass(h Host, id keys.ID) {
	if shell, ok := h.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

// ListKeys gives what a list does with a character and with a key it has no use for: the screen carries
// the command out, else the shell.
func ListKeys(h Host, m *keys.Map, run func(keys.ID) bool) (char func(rune), key func(*fyne.KeyEvent)) {
	carry := func(e keys.Entry, ok bool) {
		if ok && !run(e.ID) {
			Pass(h, e.ID)
		}
	}
	return func(r rune) { carry(m.Rune(r)) }, func(k *fyne.KeyEvent) { carry(m.Key(k.Name)) }
}

// Step moves the selection of a list of some rows; false where the command does not.
func Step(list interface{ Step(int) }, rows int, command keys.ID) bool {
	n, ok := map[keys.ID]int{"list.down": 1, "list.up": -1, "list.top": -rows, "list.end": rows}[command]
	if ok {
		list.Step(n)
	}
	return ok
}
