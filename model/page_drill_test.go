package model

import (
	"strings"
	"testing"
)

func TestPageOfADrillLeavesNothing(t *testing.T) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "Checkout down", Severity: P0}).ID)
	p.write([]Op{p.op(KindIncidentField, inc.ID, fieldSet{Field: FieldDrill, Value: "game day", Pred: inc.Fields.heads(FieldDrill)})})
	var person ID
	for _, m := range p.state.Members {
		person = m.Person
	}
	p.do(Page{Incident: inc.Code, Rung: "p0-on-call", Person: person.String()})
	if n := len(inc.Messages); n != 0 {
		t.Errorf("a drill queues %d messages", n)
	}
	list := inc.Attempts()
	if len(list) != 1 || list[0].Way != "drill" || list[0].Result != Delivered || !strings.HasPrefix(list[0].Detail, "DRILL") {
		t.Errorf("the drill's call is %+v", list)
	}
}
