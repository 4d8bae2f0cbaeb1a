package report

import (
	"strconv"
	"time"

	"holdfast/model"
)

// BreachRegister writes the register of breaches (GDPR Art. 33(5)): every
// breach of the room, notified or not.
func BreachRegister(s *model.State, now time.Time) Document {
	d := Document{
		Title: "Register of personal data breaches (GDPR Art. 33(5))", Marks: []string{model.NoLegalAdvice}, Missing: []string{}, Blocks: []Block{},
	}
	register := s.BreachRegister(now)
	rows := make([][]string, len(register))
	for i, e := range register {
		rows[i] = []string{strconv.Itoa(e.Number), e.Incident, e.Title, day(e.Aware), e.Risk, e.Notified, e.PeopleTold}
	}
	d.table("Overview", "No breach was recorded.", []string{"No.", "Incident", "Title", "Aware", "Risk", "Authority", "People"}, rows)
	for _, e := range register {
		d.heading(strconv.Itoa(e.Number) + " " + e.Incident + " " + e.Title)
		fields := []Field{
			{Label: "Began", Value: e.Began},
			{Label: "Detected", Value: day(e.Detected)},
			{Label: "Aware", Value: day(e.Aware)},
			{Label: "Contained", Value: day(e.Contained)},
			{Label: "Role", Value: e.Role},
			{Label: "Facts", Value: e.Facts, Missing: e.Facts == ""},
			{Label: "Cause", Value: e.Cause},
			{Label: "Kinds of data", Value: e.Data},
			{Label: "People", Value: e.People},
			{Label: "Records", Value: e.Records},
			{Label: "Countries", Value: e.Countries},
			{Label: "Effects", Value: e.Effects, Missing: e.Effects == ""},
			{Label: "Risk", Value: e.Risk},
			{Label: "Reasons", Value: e.RiskReason},
			{Label: "Decided by", Value: e.DecidedBy},
			{Label: "Authority notified", Value: e.Notified},
			{Label: "People told", Value: e.PeopleTold},
			{Label: "Measures", Value: e.Measures, Missing: e.Measures == ""},
			{Label: "Processor", Value: e.Processor},
			{Label: "Lessons", Value: e.Lessons},
			{Label: "Documents", Value: e.Documents},
			{Label: "Reviewed on", Value: e.Reviewed},
		}
		// The law asks for facts, effects and remedial action of each breach.
		for _, f := range fields {
			if f.Missing {
				d.Missing = append(d.Missing, e.Incident+": "+f.Label)
			}
		}
		d.fields(fields...)
	}
	return d
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampForm)
}
