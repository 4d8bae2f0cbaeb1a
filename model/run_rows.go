package model

import (
	"strings"

	"holdfast/model/plain"
	"holdfast/model/runbook"
)

// toldRun tells the start of a run and the values it was given; its steps are
// told by stepRows, for what they come to is known only in their order.
func toldRun(_ *State, i *Item, field string) (kind, text string) {
	title := plain.Line(i.Initial(RunTitle))
	if field == "" {
		return "runbook", title + ": started"
	}
	if blank, ok := strings.CutPrefix(field, runValuePrefix); ok {
		return "runbook", title + ": " + plain.Line(blank) + " is " + plain.Line(i.Fields.Text(field))
	}
	return "", ""
}

// stepRows tells the results of the runs of an incident, where each left the
// text, and how each run ended.
func (s *State) stepRows(inc *Incident) []Row {
	var rows []Row
	for _, r := range s.Runs(inc) {
		p := r.Progress()
		odd := map[int]string{}
		for _, d := range p.Deviations {
			odd[d.Result] = strings.TrimPrefix(odd[d.Result]+"; "+plain.Line(d.Text), "; ")
		}
		for i, step := range r.Steps {
			row := s.stepRow(r, step, odd[i])
			if p.Over != "" && i == r.ended() {
				row.Text += "; the run is " + over(p)
			}
			rows = append(rows, row)
		}
		for _, step := range r.Pending {
			rows = append(rows, s.stepRow(r, step, "waits for "+plain.Line(s.PersonName(step.Second))+" to confirm"))
		}
	}
	return rows
}

// ended gives the place of the result that ended the run.
func (r Run) ended() int {
	part := r.Run
	for n := range r.Results {
		if part.Results = r.Results[:n+1]; part.Progress().Over != "" {
			return n
		}
	}
	return len(r.Results) - 1
}

func over(p runbook.Progress) string {
	switch {
	case p.Over == runbook.End:
		return "finished"
	case p.Runbook != "":
		return "stopped; go on with the runbook " + plain.Line(p.Runbook)
	}
	return "stopped"
}

func (s *State) stepRow(r Run, step RunStep, odd string) Row {
	row := s.newRow(step.ID, step.By, FromChange)
	res := step.Result
	row.At = res.At
	name := res.Step
	if known, ok := r.Book.Step(res.Step); ok {
		name = known.Number + ". " + known.Title
	}
	parts := []string{plain.Line(name), string(res.Outcome)}
	if res.Branch != "" {
		parts[1] += " (" + plain.Line(res.Branch) + ")"
	}
	if step.Person != step.author(s) {
		parts = append(parts, "by "+plain.Line(s.PersonName(step.Person)))
	}
	if text := s.witness(step); text != "" {
		parts = append(parts, text)
	}
	row.Kind, row.Text = "runbook", plain.Line(r.Title)+": "+strings.Replace(strings.Join(parts, ", "), "?, ", "? ", 1)
	if res.Note != "" {
		row.Text += ": " + plain.Block(res.Note)
	}
	if odd != "" {
		row.Text += " [" + odd + "]"
	}
	return row
}

func (r RunStep) author(s *State) ID {
	id, _ := s.personAt(r.By)
	return id
}

// witness says in words how the second person stands for a result.
func (s *State) witness(step RunStep) string {
	name := plain.Line(s.PersonName(step.Second))
	switch step.Witness {
	case WitnessPresent:
		return "second person present: " + name
	case WitnessConfirmed:
		return "confirmed by " + name
	}
	return ""
}
