package due

import (
	"strconv"
	"time"

	"holdfast/model"
)

// reports asks for the word that was agreed on: of the owner of a hypothesis at
// the time given with it, and of the leader of a team every so many minutes.
func (b *builder) reports() {
	if !b.open {
		return
	}
	for _, id := range b.inc.Items.Of(model.ClassHypothesis) {
		b.hypothesis(id, b.inc.Items[id])
	}
	for _, id := range b.inc.Items.Of(model.ClassTeam) {
		b.teamReport(id, b.inc.Items[id])
	}
}

// hypothesis asks its owner; an indication written since is the word, and so is
// an end.
func (b *builder) hypothesis(id model.ID, item *model.Item) {
	at := item.Fields.Time(model.HypothesisDue)
	if at.IsZero() {
		return
	}
	d := Due{
		Kind: Report, Key: id.String(), From: recorded(item.Added), DueAt: at, What: "Word on: " + firstLine(item.Fields.Text(model.HypothesisText)),
		Why: "the time given with the hypothesis",
	}
	if owner, err := model.ParseID(item.Fields.Text(model.HypothesisOwner)); err == nil {
		d.WhoIDs = []model.ID{owner}
	}
	d.Who = b.names(d.WhoIDs, "nobody")
	if state := item.Fields.Text(model.HypothesisState); state == model.HypothesisConfirmed || state == model.HypothesisRejected {
		b.done(&d, state)
		return
	}
	b.add(&d)
}

func recorded(s model.Stamp) time.Time { return time.UnixMilli(s.Recorded()).UTC() }

// teamReport asks the leader of a team for the next report.
func (b *builder) teamReport(id model.ID, item *model.Item) {
	f := item.Fields
	minutes, _ := strconv.Atoi(f.Text(model.TeamReport))
	if minutes <= 0 || f.Text(model.TeamClosed) != "" {
		return
	}
	every, from := time.Duration(minutes)*time.Minute, recorded(item.Added)
	if word := f[model.TeamWord]; word != nil {
		v, _ := word.Value()
		from = recorded(v.Stamp)
	}
	d := Due{
		Kind: Report, Key: id.String(), From: from, DueAt: from.Add(every), What: "Team " + f.Text(model.TeamName) + " reports: condition, actions, needs",
		Why: "agreed with the team",
	}
	if leader, err := model.ParseID(f.Text(model.TeamLeader)); err == nil {
		d.WhoIDs = []model.ID{leader}
	}
	d.Who = b.names(d.WhoIDs, "Team "+f.Text(model.TeamName))
	b.add(&d)
}
