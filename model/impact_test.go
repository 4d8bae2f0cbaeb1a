package model

import (
	"strings"
	"testing"
	"time"
)

func TestImpactIsSaidInFiguresAndItsGrowthIsSeen(t *testing.T) {
	a := founded(t).peers[0]
	inc := a.incident(a.do(Declare{Title: "checkout fails", Severity: P1}).ID)
	for given, want := range map[string]string{"12": "12 %", "12%": "12 %", " 5-10 % ": "5-10 %", "0.5": "0.5 %", "Unknown": "unknown"} {
		a.do(AssessImpact{Incident: inc.Code, Share: given})
		if got := inc.Fields.Text(FieldShare); got != want {
			t.Errorf("%q is kept as %q, want %q", given, got, want)
		}
	}
	for given, want := range map[string]string{"101": "is not read", "-1": "is not read", "10-5": "is not read", "half": "is not read", "NaN": "is not read"} {
		if said := a.refused(AssessImpact{Incident: inc.Code, Share: given}); !strings.Contains(said, want) {
			t.Errorf("%q: %s", given, said)
		}
	}
	if said := a.refused(AssessImpact{Incident: inc.Code}); !strings.Contains(said, "nothing to set") {
		t.Error(said)
	}
	inc = a.incident(a.do(Declare{Title: "search fails", Severity: P1}).ID)
	a.now = a.now.Add(time.Minute)
	a.do(AssessImpact{Incident: inc.Code, Share: "5", Regions: []string{"EU"}, Services: []string{"checkout"}, Who: "card payers", Money: "EUR 20 000 an hour"})
	if _, _, grew := inc.ImpactGrew(); grew {
		t.Error("the first word is no growth")
	}
	a.now = a.now.Add(time.Minute)
	if done := a.do(AssessImpact{Incident: inc.Code, Regions: []string{"EU", "US"}}); !strings.Contains(done.Note, "is P1 still right?") {
		t.Errorf("%q", done.Note)
	}
	if at, what, grew := inc.ImpactGrew(); !grew || what != "more regions" || a.now.Sub(at).Abs() > 2*time.Second {
		t.Errorf("%s %s %v", at, what, grew)
	}
	facts := Facts(a.state, inc, a.now, nil)
	if facts["impact.share"] != "5 %" || facts["impact.regions"] != "EU, US" || facts["impact.who"] != "card payers" || facts["money"] != "EUR 20 000 an hour" {
		t.Errorf("a message reads %v", facts)
	}
	a.now = a.now.Add(time.Minute)
	a.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"data": "no", "all": "no", "core": "yes"}, Apply: true})
	if _, _, grew := inc.ImpactGrew(); grew {
		t.Error("the level was looked at since, and it still grows")
	}
	a.do(AssessImpact{Incident: inc.Code, Share: "3"})
	if _, _, grew := inc.ImpactGrew(); grew {
		t.Error("fewer users are growth")
	}
}
