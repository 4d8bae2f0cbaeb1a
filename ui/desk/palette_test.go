package desk_test

import (
	"context"
	"testing"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
)

// A command of the palette, chosen on the board, opens its form on the screen it
// belongs to, with the keyboard in a field: also where that screen was never
// shown, and knows nothing of the room yet.
func TestCommandFromTheBoardOpensItsForm(t *testing.T) {
	n := openNode(t, t.TempDir())
	room := found(t, n, "Payments")
	done, err := room.Do(context.Background(), model.Declare{Title: "strange logins", Severity: model.P1, Type: "Security Breach"})
	if err != nil {
		t.Fatal(err)
	}
	for command, home := range map[keys.ID]string{
		"security.evidence": "Security", "security.hold": "Security", "policy.import": "Policy", "people.vendor.add": "People", "people.access.add": "People",
		"alert.add": "Board", "alert.import": "Board", "incident.import": "Board", "people.import": "People",
	} {
		d, w, l := open(t, n, done.ID.String())
		sh := d.Shell()
		l.until(t, "the incident is shown", func() bool { return shows(d) == done.ID })
		sh.Choose("go.board")
		sh.Choose("view.palette")
		w.Canvas().Focused().TypedRune('x') // the palette has the keyboard
		sh.Choose("view.palette")
		if !sh.Choose(command) || sh.Front().Title() != home {
			t.Fatalf("%s leads to %s", command, sh.Front().Title())
		}
		l.until(t, string(command)+" opens its form", func() bool {
			w.Canvas().Capture() // the loop of a window draws between two steps
			switch w.Canvas().Focused().(type) {
			case *fynex.Entry:
				return true
			default:
				return command == "security.hold" && w.Canvas().Focused() != nil
			}
		})
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
