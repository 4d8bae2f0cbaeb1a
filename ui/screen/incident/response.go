package incident

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/policy"
	"holdfast/sync/node"
	"holdfast/ui/text"
)

// response is the work on the incident as the right side shows it, copied out
// of the state.
type response struct {
	model.ResponseView
	team   model.TeamView
	runs   []model.RunView
	books  []model.RunbookSuggestion
	ladder node.Escalation
	legal  model.ClocksView
	dues   []due.Due // what is open, the earliest first
	sheet  model.Sheet
	// tickets are those with vendors, in the order they were opened; vendors are
	// those of the register.
	tickets []model.TicketView
	vendors []model.VendorView
	phase   policy.Phase // the lead phase
	asked   bool         // somebody said of a tool how it is
	drill   bool
}

func readResponse(s *model.State, inc *model.Incident, me string, from reader) response {
	p, now := s.Policy(), from.now
	list := due.Of(s, p, inc, now)
	r := response{
		ResponseView: s.Response(inc), team: s.TeamView(inc, now), runs: s.RunViews(inc), books: s.SuggestionViews(inc),
		ladder: node.Ladder(s, inc, list, now), legal: s.ClocksView(inc, now), asked: inc.ToolsAnswered(), drill: inc.Drill(),
		tickets: s.TicketViews(inc, now), vendors: s.VendorViews(),
	}
	r.phase, _ = p.Phase(inc.Phase())
	var promises []string
	for _, d := range list {
		if !d.Open() || d.Kind == due.Elapsed {
			continue
		}
		r.dues = append(r.dues, d)
		if d.Kind == due.Update || d.Kind == due.Clock {
			promises = append(promises, d.What+", due "+model.SpeakTime(d.DueAt, now, nil))
		}
	}
	if from.sheet {
		r.sheet = s.HandoverSheet(inc, me, promises, now)
	}
	return r
}

// nextUpdate is the update that is due first.
func (r response) nextUpdate() (due.Due, bool) {
	i := slices.IndexFunc(r.dues, func(d due.Due) bool { return d.Kind == due.Update })
	if i < 0 {
		return due.Due{}, false
	}
	return r.dues[i], true
}

// down says which tools are down and what takes their place, after a word; all
// is empty where none is.
func (r response) down() (word, says string) {
	var broken, shaky []string
	for _, t := range r.Tools {
		switch t.State {
		case model.ToolDown:
			broken = append(broken, text.Line(t.Name))
		case model.ToolShaky:
			shaky = append(shaky, text.Line(t.Name))
		}
	}
	word, parts := "Down", []string{few(broken, ", ")}
	switch {
	case len(broken) == 0:
		word, parts = "Shaky", []string{few(shaky, ", ")}
	case len(shaky) > 0:
		parts = append(parts, "Shaky: "+few(shaky, ", "))
	}
	for _, f := range r.Fallbacks {
		parts = append(parts, text.Line(f))
	}
	if len(broken)+len(shaky) == 0 {
		return "", ""
	}
	return word, strings.Join(parts, ".  ")
}

// changing says in a line who is changing what; empty where nobody is.
func (r response) changing(code string, now time.Time) string {
	var parts []string
	for _, l := range r.Locks {
		says := text.Line(l.Person) + ": " + text.Line(l.Thing)
		if held := now.Sub(l.Since); held >= time.Minute {
			says += ", " + text.Whole(lasting(held))
		}
		if l.Incident != code {
			says += " (" + l.Incident + ")"
		}
		if l.Conflict {
			says = "CONFLICT: " + says
		}
		parts = append(parts, says)
	}
	return few(parts, "  ·  ")
}

// fewMost is how many things a line under the header names: all of them stand
// in the panel, and what takes their place has to fit too.
const fewMost = 4

// few joins the first of a list and counts the rest.
func few(list []string, between string) string {
	if len(list) <= fewMost+1 {
		return strings.Join(list, between)
	}
	return strings.Join(list[:fewMost], between) + between + "and " + count(len(list)-fewMost) + " more"
}

// lasting writes how long something has lasted, in minutes: what stands beside
// it does not move each second.
func lasting(d time.Duration) string {
	d = max(d, 0)
	switch minutes := int(d / time.Minute); {
	case minutes < 60:
		return text.Count(minutes, "min", "min")
	case minutes < 24*60:
		return text.Count(minutes/60, "h", "h") + " " + text.Count(minutes%60, "min", "min")
	default:
		return text.Count(minutes/60/24, "d", "d") + " " + text.Count(minutes/60%24, "h", "h")
	}
}
