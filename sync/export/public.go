package export

import (
	"slices"
	"time"

	"holdfast/model"
)

// publicKinds are the kinds of entry that outsiders may read: what happened to
// them and what was done about it. All others are the responders' own.
var publicKinds = []string{"declared", "impact", "detection", "mitigation", "communication", "recovery", "verified", "resolved"}

// BuildPublic is Build for outsiders: what is not meant for them is left out
// before anything is written. They get the facts, the milestones and the public
// kinds of entry; no names, notes, tasks, messages, evidence, and no entry that
// was marked as restricted or taken back.
func BuildPublic(s *model.State, inc *model.Incident, self model.DeviceKey, now time.Time) Document {
	d := Build(s, inc, self, now)
	restricted := inc.Restricted()
	d.Members, d.History = []model.MemberView{}, []model.EntryHistory{}
	rows := []model.TimelineRow{}
	for _, row := range d.Timeline {
		if row.Source == model.FromMessage.String() || row.Retracted || restricted[row.ID] || !slices.Contains(publicKinds, row.Kind) {
			continue
		}
		row.Author, row.Feed, row.Seq, row.Edited = "", "", 0, 0
		rows = append(rows, row)
	}
	d.Timeline = rows
	v := &d.Incident
	v.Commander, v.Roles, v.Notes = []string{}, []model.RoleView{}, ""
	v.Conflicts, v.IncidentBrief.Conflicts = []model.ConflictView{}, 0
	v.SeverityHistory, v.Tasks, v.Messages = []model.ChangeView{}, []model.TaskView{}, []model.MessageView{}
	v.Entries = len(rows)
	v.Response, d.Sheet = v.Response.Public(), model.EmptySheet()
	if date := v.Since; !date.IsZero() {
		v.Title += " (" + date.Format("2 January 2006") + ")" // so that nobody takes an old notice for news
	}
	return d
}
