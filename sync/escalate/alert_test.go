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

// routed gives the way an alert took and the messages that carry it.
func (g *group) routed() (route string, messages []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.State.MessageViews(nil) {
		messages = append(messages, m.Channel+" "+m.Subject)
	}
	return g.State.Alerts()[0].Route, messages
}

func TestAlertsArePassedOnByTheirRouting(t *testing.T) {
	for _, c := range []struct {
		class string
		over  ways
		want  string
		n     int
	}{
		{"high", open("chat", "mail", "ticket", "pager"), "chat, mail", 4},
		{"high", open("mail"), "mail", 2},
		{"medium", open("chat", "mail"), "chat", 2},
		{"medium", open("mail"), "", 0},
		{"low", open("chat", "ticket"), "ticket", 2},
	} {
		bubble(t, func(t *testing.T, g *group) {
			defer g.runOver(c.over, ana, ben)()
			g.alert(c.class, model.ViaIntake)
			time.Sleep(settle + 5*turnWait)
			route, messages := g.routed()
			if route != c.want || len(messages) != c.n {
				t.Errorf("%+v took %q: %q", c, route, messages)
			}
			if len(g.declared()) != 0 {
				t.Errorf("%s declared %q", c.class, g.declared())
			}
		})
	}
}

func TestThePagerComesBeforeMailAndReachesWhoHasNoAddress(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		eva := g.do(ana, model.AddPerson{Name: "Eva Lind"})
		g.do(ana, model.SetTarget{Target: "on-call", People: []string{"Eva Lind"}})
		defer g.runOver(open("pager", "mail"), ana)()
		g.declare(model.P0)
		time.Sleep(settle + 3*turnWait)
		g.expect("p0-on-call Eva pager")
		g.mu.Lock()
		defer g.mu.Unlock()
		for inc := range g.State.Incidents() {
			for _, m := range inc.Messages {
				if m.Draft.Channel != "pager" || m.Draft.Recipients[0].Address != eva.ID.String() {
					t.Errorf("%+v", m.Draft)
				}
			}
		}
	})
}

func TestADrillPagesNobodyByPager(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.runOver(open("pager", "mail", "chat"), ana)()
		g.do(ana, model.StartDrill{Scenario: "fastly-2021-06-08-cdn"})
		time.Sleep(settle + 3*turnWait)
		g.mu.Lock()
		defer g.mu.Unlock()
		if n := len(g.State.MessageViews(nil)); n != 0 {
			t.Errorf("%d messages of a drill", n)
		}
	})
}
