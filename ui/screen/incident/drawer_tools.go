package incident

import (
	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// toolKeys are the letters of the tools; j and k move.
const toolKeys = "abcdefghilmnopqrstuvwxyz"

// tools asks how each tool of the responders is: a letter a tool.
func (d *drawer) tools() []item.Block {
	tools := d.screen.content.work.Tools
	b, acts := item.Block{Left: toolColumn, Cell: toolCell}, map[rune]func(){}
	for i, t := range tools {
		if i < len(toolKeys) {
			acts[rune(toolKeys[i])] = func() { d.turn(t) }
		}
	}
	rest := quiet("tools.rest", "All others work", 1)
	rest.Left, rest.Hint = "0", "Enter or 0: everything that was not named works"
	rest.Open = func() { d.restWorks(tools) }
	acts['0'] = rest.Open
	rest.Rune = on(acts)
	for i, t := range tools {
		l := d.tool(t)
		l.Rune = on(acts)
		if i < len(toolKeys) {
			l.Left = string(toolKeys[i])
		}
		b.Lines = append(b.Lines, l)
	}
	return []item.Block{b, {Left: toolColumn, Lines: []item.Line{rest}}}
}

// tool is the line of one.
func (d *drawer) tool(t model.ToolView) item.Line {
	l := item.Line{ID: "tool." + t.ID, Content: item.Content{Main: text.Line(t.Name), Right: t.State, Lines: 1}, Open: func() { d.turn(t) }}
	l.Hint = "its letter or Enter turns it down, and up again · 0: all others work"
	switch t.State {
	case model.ToolDown:
		l.RightColor, l.Bold = red(), true
	case model.ToolShaky:
		l.RightColor = amber()
	case model.ToolUnknown:
		l.Right = "not said"
	}
	return l
}

// turn says that a tool is down, or works again.
func (d *drawer) turn(t model.ToolView) {
	next := model.ToolDown
	if t.State == model.ToolDown {
		next = model.ToolUp
	}
	d.screen.do(model.SetTools{Incident: d.screen.content.id.String(), Tools: map[string]string{t.ID: next}}, text.Line(t.Name)+" is "+next)
}

// restWorks answers for the tools nobody named.
func (d *drawer) restWorks(tools []model.ToolView) {
	s, up := d.screen, map[string]string{}
	for _, t := range tools {
		if t.State == model.ToolUnknown {
			up[t.ID] = model.ToolUp
		}
	}
	d.close()
	if len(up) > 0 {
		s.do(model.SetTools{Incident: s.content.id.String(), Tools: up}, "The tools are answered for")
	}
}

// toolColumn holds the letter of a tool, toolCell a tool with its state.
const (
	toolColumn = 16
	toolCell   = 230
)
