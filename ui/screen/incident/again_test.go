package incident

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

// TestATimeToComeIsAskedFor: a typed day that is not here yet, or a task due before now, is a slip more often than not; it is written once
// somebody says that it is so, and what is of now goes through.
func TestATimeToComeIsAskedFor(t *testing.T) {
	st := open(t)
	tomorrow := st.host.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	for _, c := range []struct {
		line string
		asks bool
	}{
		{"restarted db-2", false},
		{"/at " + tomorrow + " restarted db-2", true},
		{"/milestone detected " + tomorrow, true},
		{"/task @tom -5m call the vendor", true},
	} {
		for _, no := range []bool{true, false} {
			st.host.Asked, st.host.No = nil, no
			wrote := len(st.host.Commands)
			st.screen.box.SetText("")
			st.enter(c.line)
			if asked := len(st.host.Asked) == 1; asked != c.asks {
				t.Errorf("%q asks %q, fails %v", c.line, st.host.Asked, st.host.Fails)
			}
			if c.asks && no && (len(st.host.Commands) != wrote+1 || st.screen.box.Text() != c.line) {
				t.Errorf("%q: after no %d commands, and the box holds %q", c.line, len(st.host.Commands)-wrote, st.screen.box.Text())
			}
			if c.asks && !no {
				switch l := st.host.Commands[len(st.host.Commands)-1].(type) {
				case model.Log:
					if !l.Confirm {
						t.Errorf("written as %+v", l)
					}
				case model.AddTask:
					if !l.Confirm {
						t.Errorf("written as %+v", l)
					}
				case model.SetIncident:
					if !l.Confirm {
						t.Errorf("written as %+v", l)
					}
				default:
					t.Errorf("wrote %T", l)
				}
			}
			if !c.asks {
				break
			}
		}
	}
}

// TestALineHasRoomForWhatItSaysOfATime: what the question says in full is cut in the line under the box.
func TestALineHasRoomForWhatItSaysOfATime(t *testing.T) {
	const most = 90 // characters of a caption in the smallest window, at 200 percent
	doubted := fmt.Errorf("it: %w", model.ErrUnconfirmed)
	if says := unwritten(doubted); len(says) > most || !strings.Contains(says, "your text is kept") {
		t.Errorf("it says %q, %d characters", says, len(says))
	}
	if says := unwritten(errors.New("the disk is full")); says != "Not written: the disk is full. Your text is kept; Enter tries again." {
		t.Errorf("of a full disk it says %q", says)
	}
}
