package board

import (
	"fmt"
	"strings"

	"holdfast/sync/node"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// maxHearsay is how many incidents are named that the record has not confirmed
// yet: more would push the list away that it is about to fill.
const maxHearsay = 6

// saying is what a peer told of open incidents while the record is on its way, the
// most pressing first. They are no rows of the list: nothing can be done about them yet.
type saying struct{ who, what string }

func hearsay(views []node.HearsayView) (t saying) {
	var who, b strings.Builder
	for _, v := range views {
		name := text.Line(v.Person)
		if name == "" {
			name = "Device " + v.Device.Short()
		}
		fmt.Fprintf(&who, "%s says that %s open. The record is on its way (%d lines to come) and has not confirmed it yet.\n",
			name, text.Count(len(v.Incidents), "incident is", "incidents are"), v.WeLack)
		for i, inc := range v.Incidents {
			if i == maxHearsay {
				fmt.Fprintf(&b, "and %d more\n", len(v.Incidents)-i)
				break
			}
			commander := "nobody commands"
			if len(inc.Commander) > 0 {
				commander = text.Line(strings.Join(inc.Commander, " or ")) + " commands"
			}
			fmt.Fprintf(&b, "%s  %s  %s; %s, %s\n", text.Line(inc.Severity), text.Line(inc.Code), text.Line(inc.Title), text.Line(inc.Phase), commander)
		}
	}
	return saying{strings.TrimSuffix(who.String(), "\n"), strings.TrimSuffix(b.String(), "\n")}
}

// setHearsay shows it over the list, or takes it away.
func (b *Screen) setHearsay(t saying) {
	if t == b.told {
		return
	}
	b.told = t
	b.toldBy.Set(t.who, form.Warn)
	b.toldOf.Set(t.what, form.Plain)
	b.arrange()
}
