package peers

import "holdfast/ui/screen/form"

// draftPeers begins the names under which what is typed into the forms is kept.
const draftPeers = "peers."

// keep has what is typed into a field outlive the program, until the act is carried out. The word that
// confirms a removal is typed anew each time, and an invite that was made is a key: neither is kept.
func (a *act) keep(name string, i *form.Input) {
	name = draftPeers + name
	a.kept = append(a.kept, name)
	i.Fill(a.screen.host.Drafted(name))
	i.Entry.OnChanged = func(typed string) {
		i.Wrong("")
		if typed == i.Entry.Given { // it stands there anyway
			typed = ""
		}
		a.screen.host.Draft(name, typed)
	}
}

// forget lets go of what was typed for an act that was carried out. The fields stay as they are, for the next.
func (a *act) forget() {
	for _, name := range a.kept {
		a.screen.host.Draft(name, "")
	}
}
