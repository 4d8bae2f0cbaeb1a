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
	full := Build(s, inc, self, now)
	restricted := inc.Restricted()
	rows := []model.TimelineRow{}
	for _, row := range full.Timeline {
		if row.Source == model.FromMessage.String() || row.Retracted || restricted[row.ID] || !slices.Contains(publicKinds, row.Kind) {
			continue
		}
		rows = append(rows, model.TimelineRow{ID: row.ID, At: row.At, Precision: row.Precision, RecordedAt: row.RecordedAt, Kind: row.Kind, Text: row.Text, Source: row.Source})
	}
	of := full.Incident
	// What may go out is named; a field that a later version adds stays inside.
	v := model.IncidentView{
		IncidentBrief: model.IncidentBrief{
			ID: of.ID, Code: of.Code, Title: of.Title, Severity: of.Severity, Type: of.Type, Types: of.Types, Detection: of.Detection, Phase: of.Phase,
			State: of.State, DeclaredAt: of.DeclaredAt, Since: of.Since, ElapsedS: of.ElapsedS, Commander: []string{}, Entries: len(rows), Drill: of.Drill,
		},
		Milestones: of.Milestones, Roles: []model.RoleView{}, Conflicts: []model.ConflictView{}, Impact: of.Impact, Marks: of.Marks, Zone: of.Zone,
		SeverityHistory: []model.ChangeView{}, Tasks: []model.TaskView{}, Messages: []model.MessageView{},
		Response: of.Response.Public(), Texts: []model.TextView{},
	}
	if !v.Since.IsZero() {
		v.Title += " (" + v.Since.Format("2 January 2006") + ")" // so that nobody takes an old notice for news
	}
	return Document{
		Version: full.Version, ExportedAt: full.ExportedAt, Room: full.Room, Incident: v, Timeline: rows,
		History: []model.EntryHistory{}, Members: []model.MemberView{}, Sheet: model.EmptySheet(),
	}
}
