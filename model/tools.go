package model

import (
	"maps"
	"slices"
	"strings"

	"holdfast/model/policy"
)

// States of a tool of the responders.
const (
	ToolUp      = "up"
	ToolShaky   = "shaky"
	ToolDown    = "down"
	ToolUnknown = "unknown"
)

// ToolStates lists what may be said of a tool.
var ToolStates = [...]string{ToolUp, ToolShaky, ToolDown, ToolUnknown}

// Settings of the room that fallbacks name.
const (
	RoomBridge  = "bridge"        // number of the telephone bridge
	RoomMeeting = "meeting-point" // where people meet when nothing else works
)

// SetTools says how the tools of the responders are. Who tested it and when is
// who writes it.
type SetTools struct {
	Incident string
	// Tools by id or name of the policy: up, shaky, down or unknown.
	Tools map[string]string
}

// Plan implements Command.
func (c SetTools) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if len(c.Tools) == 0 {
		return Done{}, refuse("no tool was named; as in chat=down")
	}
	rules, states := p.State.Policy(), map[string]string{}
	for _, text := range slices.Sorted(maps.Keys(c.Tools)) {
		tool, err := findTool(rules, text)
		if err != nil {
			return Done{}, err
		}
		state, err := choose("the state of "+tool.ID, c.Tools[text], ToolStates[:])
		if err != nil {
			return Done{}, err
		}
		if was, twice := states[tool.ID]; twice && was != state {
			return Done{}, refuse("%s is said to be %s and %s; nothing was changed", tool.ID, was, state)
		}
		states[tool.ID] = state
	}
	for _, id := range slices.Sorted(maps.Keys(states)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldTool(id), states[id], "")
	}
	state := func(id string) string {
		if s := states[id]; s != "" {
			return s
		}
		return inc.tool(id)
	}
	return Done{ID: inc.ID, Code: inc.Code, Note: strings.Join(p.State.instead(state), " · ")}, nil
}

func findTool(p *policy.Policy, text string) (policy.Tool, error) {
	var ids []string
	for _, t := range p.Tools {
		if strings.EqualFold(t.ID, strings.TrimSpace(text)) || strings.EqualFold(t.Name, strings.TrimSpace(text)) {
			return t, nil
		}
		ids = append(ids, t.ID)
	}
	return policy.Tool{}, refuse("tool %.60q is not known; the policy has: %s", text, strings.Join(ids, ", "))
}

// tool gives the state of a tool; unknown where nobody said, and the worst
// where it was said apart.
func (i *Incident) tool(id string) string {
	state := i.Fields.Text(FieldTool(id))
	for _, w := range i.Fields.conflict(FieldTool(id)) {
		if w.Value.Text == ToolDown {
			state = ToolDown
		}
	}
	if state == "" {
		return ToolUnknown
	}
	return state
}

// Fallback says what takes the place of a tool that is down, for a purpose
// such as voice or text: what every instruction then names. Empty where no
// tool for it is down.
func (s *State) Fallback(inc *Incident, purpose string) string {
	return s.fallback(inc.tool, purpose)
}

// Fallbacks gives a line for each purpose a tool is down for, as in "Voice:
// bridge of another carrier".
func (s *State) Fallbacks(inc *Incident) []string { return s.instead(inc.tool) }

func (s *State) instead(state func(tool string) string) []string {
	list, seen := []string{}, map[string]bool{}
	for _, t := range s.Policy().Tools {
		if seen[t.For] {
			continue
		}
		seen[t.For] = true
		if use := s.fallback(state, t.For); use != "" {
			list = append(list, strings.ToUpper(t.For[:1])+t.For[1:]+": "+use)
		}
	}
	return list
}

// nothingLeft is the instruction where all that the policy has is down too.
const nothingLeft = "nothing is left in the policy: decide aloud, and write it down here"

func (s *State) fallback(state func(tool string) string, purpose string) string {
	use, down := s.nextWay(state, purpose)
	if use == "" && len(down) > 0 {
		return nothingLeft
	}
	return use
}

// nextWay gives the tools for a purpose that are down and the first fallback of
// the first of them, past fallbacks that are themselves a tool that is down.
func (s *State) nextWay(state func(tool string) string, purpose string) (use string, down []policy.Tool) {
	rules := s.Policy()
	broken := func(text string) bool {
		return slices.ContainsFunc(rules.Tools, func(t policy.Tool) bool {
			low := strings.ToLower(text)
			return state(t.ID) == ToolDown && (strings.HasPrefix(low, t.ID+" ") || low == t.ID || strings.HasPrefix(low, strings.ToLower(t.Name)))
		})
	}
	for _, t := range rules.Tools {
		if t.For != purpose || state(t.ID) != ToolDown {
			continue
		}
		down = append(down, t)
		for _, text := range t.Fallback {
			if use == "" && !broken(text) {
				use = s.placed(text)
			}
		}
	}
	return use, down
}

// placed adds to a fallback the number or the place the room has set for it.
func (s *State) placed(use string) string {
	low := strings.ToLower(use)
	for _, setting := range [...]struct{ word, field string }{{"bridge", RoomBridge}, {"meeting point", RoomMeeting}} {
		if at := s.Fields.Text(setting.field); at != "" && strings.Contains(low, setting.word) {
			use += " (" + at + ")"
		}
	}
	return use
}
