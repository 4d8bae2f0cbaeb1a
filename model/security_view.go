package model

import "time"

// SecurityView is the security record of an incident.
type SecurityView struct {
	Code      string `json:"code"`
	Title     string `json:"title"`
	Hold      bool   `json:"hold"`
	Privilege string `json:"privilege"`
	CodeName  string `json:"code_name"`
	Room      string `json:"room"`
	// Sealed is true where entries are only corrected by new ones.
	Sealed      bool               `json:"sealed"`
	Steps       []SecurityStepView `json:"steps"`
	Never       []string           `json:"never"`
	Attack      AttackView         `json:"attack"`
	Indicators  []IndicatorView    `json:"indicators"`
	Evidence    []EvidenceView     `json:"evidence"`
	Credentials []CredentialView   `json:"credentials"`
	Systems     []SystemView       `json:"systems"`
	Sheets      []SheetView        `json:"decision_sheets"`
	Approvals   []ApprovalView     `json:"approvals"`
}

// ApprovalView is an approval of legal.
type ApprovalView struct {
	ID       ID        `json:"id"`
	Audience string    `json:"audience"`
	Person   string    `json:"person"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"`
}

// SecurityView gives the security record of an incident.
func (s *State) SecurityView(inc *Incident) SecurityView {
	v := SecurityView{
		Code: inc.Code, Title: inc.Title(), Hold: inc.Held(), Privilege: inc.Fields.Text(FieldPrivilege),
		CodeName: inc.Fields.Text(FieldCodeName), Room: inc.Fields.Text(FieldRoom), Sealed: inc.Sealed(s.Policy()),
		Steps: s.stepViews(inc), Never: NeverInSecurity[:], Attack: s.Attack(inc), Indicators: s.indicatorViews(inc),
		Evidence: s.EvidenceViews(inc), Credentials: s.CredentialViews(inc), Systems: s.systemViews(inc), Sheets: s.sheetViews(inc),
		Approvals: []ApprovalView{},
	}
	for _, id := range inc.Items.Of(ClassApproval) {
		f := inc.Items[id].Fields
		v.Approvals = append(v.Approvals, ApprovalView{
			ID: id, Audience: f.Text(ApprovalAudience), Person: s.personText(f, ApprovalPerson), Text: f.Text(ApprovalText), At: inc.Items[id].addedAt(),
		})
	}
	return v
}

// Held reports whether the incident is under a legal hold.
func (i *Incident) Held() bool { return i.Fields.Text(FieldHold) == "yes" }

// Marks are the lines every paper of the incident carries: its legal hold and
// its privilege mark.
func (i *Incident) Marks() []string {
	marks := []string{}
	if mark := i.Fields.Text(FieldPrivilege); mark != "" {
		marks = append(marks, mark)
	}
	if i.Held() {
		marks = append(marks, "LEGAL HOLD: nothing about this incident may be destroyed")
	}
	return marks
}
