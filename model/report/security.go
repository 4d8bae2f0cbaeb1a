package report

import (
	"strconv"
	"time"

	"holdfast/model"
)

// SecurityRecord writes the security record of an incident for the file:
// intruder, evidence with its chain of custody, credentials, indicators and
// decisions.
func SecurityRecord(s *model.State, inc *model.Incident, now time.Time) Document {
	v := s.SecurityView(inc)
	d := Document{
		Title: "Security record of " + inc.Code + " " + inc.Title(), Marks: inc.Marks(), Missing: []string{}, Blocks: []Block{},
	}
	for _, step := range v.Steps {
		if step.Required && step.State == model.StepOpen {
			d.Missing = append(d.Missing, step.Text)
		}
	}
	d.fields(Field{Label: "Written", Value: day(now)}, Field{Label: "Code name", Value: v.CodeName})
	d.steps(v)
	d.attack(v.Attack)
	d.evidence(v.Evidence)
	d.credentials(v.Credentials)
	rows := [][]string{}
	for _, i := range v.Indicators {
		rows = append(rows, []string{i.Kind, i.Shown, day(i.First), day(i.Last), i.Source, i.Note})
	}
	d.table("Indicators", "None.", []string{"Kind", "Value", "First seen", "Last seen", "Source", "Note"}, rows)
	rows = [][]string{}
	for _, x := range v.Systems {
		rows = append(rows, []string{x.Act, x.System, day(x.At), either(x.How, x.Reason), either(x.Person, x.By), day(x.Lifted)})
	}
	d.table("Systems", "None.", []string{"Act", "System", "At", "How or why", "By", "Connected again"}, rows)
	rows = [][]string{}
	for _, x := range v.Sheets {
		rows = append(rows, []string{x.Topic, x.Options, x.Advice, x.Choice, x.Person, day(x.At)})
	}
	d.table("Decisions", "None.", []string{"Topic", "Options", "Advice", "Decided", "By", "At"}, rows)
	return d
}

func (d *Document) steps(v model.SecurityView) {
	rows := [][]string{}
	for _, s := range v.Steps {
		required := ""
		if s.Required {
			required = "required"
		}
		rows = append(rows, []string{s.Text, required, s.State, s.By, day(s.At), s.Note})
	}
	d.table("Steps", "", []string{"Step", "", "State", "By", "At", "Note"}, rows)
}

func (d *Document) attack(a model.AttackView) {
	rows := [][]string{}
	for _, r := range a.Rows {
		text := r.Text
		if r.Retracted {
			text += " (taken back: " + r.Reason + ")"
		}
		rows = append(rows, []string{r.At.Format("2006-01-02 15:04:05"), r.Precision.String(), text})
	}
	d.table("Timeline of the intruder (UTC, true time)", "Nothing is known yet.", []string{"At", "Precision", "What"}, rows)
	d.fields(
		Field{Label: "Entry", Value: day(a.Entered)}, Field{Label: "Spread", Value: day(a.Spread)}, Field{Label: "Last seen", Value: day(a.LastSeen)},
		Field{Label: "Dwell time before detection", Value: model.DwellText(a.DwellS)},
		Field{Label: "Clock the times were read from, ahead by", Value: strconv.FormatFloat(a.OffsetS, 'f', -1, 64) + " s"},
	)
}

func (d *Document) evidence(list []model.EvidenceView) {
	rows, chain := [][]string{}, [][]string{}
	for _, e := range list {
		size := ""
		if e.SHA256 != "" {
			size = strconv.FormatInt(e.Size, 10)
		}
		rows = append(rows, []string{
			e.Number, e.What, e.Kind, e.System, e.Collector, e.Tool, day(e.Began), day(e.Ended), e.ClockOffset, size, e.SHA256, e.Store, e.Protected, e.Copies, e.Access,
		})
		for _, c := range e.Custody {
			chain = append(chain, []string{e.Number, c.Act, c.From, c.To, day(c.At), c.Reason, c.By})
		}
		for _, n := range e.Notes {
			chain = append(chain, []string{e.Number, "correction", "", "", day(n.At), n.Value, n.By})
		}
	}
	d.table("Evidence", "None.", []string{
		"No.", "What", "Kind", "System", "Collected by", "Tool", "Start", "End", "Clock offset (s)", "Size", "SHA-256", "Kept at", "Write-protected", "Copies", "Access",
	}, rows)
	d.table("Chain of custody", "No transfer.", []string{"No.", "Act", "From", "To", "At", "Reason", "Written by"}, chain)
}

func (d *Document) credentials(list []model.CredentialView) {
	rows := [][]string{}
	for _, c := range list {
		used := c.Used
		if c.Unused {
			used = "believed unused"
		}
		rows = append(rows, []string{c.Name, c.Kind, c.Owner, used, c.Reach, day(c.Exposed), day(c.Revoked), day(c.Issued), c.Refused, c.Effect})
	}
	d.table("Credentials", "None.", []string{
		"Name", "Kind", "Owner", "Used", "Reach", "Exposed since", "Revoked", "New issued", "Old refused by", "Effect",
	}, rows)
}

// Of makes the paper of a name; false where there is none.
func Of(name string, s *model.State, inc *model.Incident, now time.Time) (Document, bool) {
	switch name {
	case Art33:
		return Art33Form(s, inc, now), true
	case Art34:
		return Art34Letter(s, inc, now), true
	case Security:
		return SecurityRecord(s, inc, now), true
	case Review:
		return PostMortem(s, inc, now), true
	}
	return Document{}, false
}
