package escalate

import (
	"testing"
	"testing/synctest"
	"time"

	"holdfast/model"
)

func (g *group) alert(class, via string) {
	g.t.Helper()
	g.do(ana, model.TakeAlerts{Via: via, Alerts: []model.AlertFact{
		{Source: "alertmanager", Fingerprint: "eu", Group: "checkout", Class: class, What: "Checkout 5xx above 5 %", At: time.Now().Add(-time.Minute)},
		{Source: "alertmanager", Fingerprint: "us", Group: "checkout", Class: class, What: "Checkout 5xx above 5 %", At: time.Now().Add(-time.Minute)},
	}})
}

func (g *group) declared() (codes []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.State.Briefs(true, time.Now()) {
		codes = append(codes, b.Severity+" "+b.Title)
	}
	return codes
}

func TestACriticalAlertPagesByTheMatrix(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(true, ana, ben, chidi)()
		time.Sleep(time.Minute)
		g.alert("critical", model.ViaIntake)
		time.Sleep(4 * time.Minute)
		if list := g.declared(); len(list) != 1 || list[0] != "P0 Checkout 5xx above 5 %" {
			t.Fatalf("declared %q, want one incident for the group", list)
		}
		g.expect("p0-on-call Ben mail")
		g.alert("critical", model.ViaIntake) // the group interval of the source
		time.Sleep(3 * time.Minute)
		g.expect("p0-on-call Ben mail", "p0-on-call Chidi mail")
		if list := g.declared(); len(list) != 1 {
			t.Errorf("declared %q", list)
		}
	})
}

func TestWithoutAWayOutAnAlertIsDeclaredAllTheSame(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(false, ana)()
		g.alert("critical", model.ViaIntake)
		time.Sleep(settle + 3*turnWait)
		if list := g.declared(); len(list) != 1 {
			t.Errorf("declared %q", list)
		}
		g.expect()
	})
}

func TestAlertsThatDeclareNothing(t *testing.T) {
	for _, c := range []struct{ class, via string }{
		{"high", model.ViaIntake}, {"medium", model.ViaIntake}, {"low", model.ViaIntake}, {"critical", model.ViaImport}, {"critical", model.ViaHand},
	} {
		bubble(t, func(t *testing.T, g *group) {
			defer g.run(true, ana)()
			g.alert(c.class, c.via)
			time.Sleep(10 * time.Minute)
			if list := g.declared(); len(list) != 0 {
				t.Errorf("%+v declared %q", c, list)
			}
		})
	}
}

// TestAnAlertThatIsAnsweredFirst: somebody has it before a machine's turn comes.
func TestAnAlertThatIsAnsweredFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup(t)
		g.alert("critical", model.ViaIntake)
		defer g.run(true, ana, ben)()
		time.Sleep(time.Second)
		for _, fingerprint := range []string{"eu", "us"} {
			g.do(ben, model.AckAlert{Alert: fingerprint})
		}
		time.Sleep(time.Hour)
		if list := g.declared(); len(list) != 0 {
			t.Errorf("declared %q", list)
		}
	})
}
