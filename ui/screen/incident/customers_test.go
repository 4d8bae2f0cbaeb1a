package incident

import (
	"testing"

	"fyne.io/fyne/v2"

	"holdfast/model"
)

// resolving is a P0 about to be resolved, with nobody's word on the message to customers.
func resolving(t *testing.T) *scene {
	sc := open(t)
	sc.enter("/resolve error rate normal for 30 min")
	if len(sc.host.Commands) != 0 || sc.screen.drawer.kind != drawerCustomers || sc.screen.box.Text() == "" {
		t.Fatalf("resolved without the decision, or the line is lost: %+v", sc.host.Commands)
	}
	sc.window.Canvas().Capture()
	return sc
}

func TestResolvingAsksWhatCustomersAreTold(t *testing.T) {
	t.Run("send", func(t *testing.T) {
		sc := resolving(t)
		sc.screen.drawer.list.Select("customers.send")
		sc.press(fyne.KeyReturn)
		c, ok := sc.last().(model.Resolve)
		if !ok || c.Verification != "error rate normal for 30 min" || c.Customers != "to be sent by Ana Ruiz" || sc.host.Composed != templateResolved {
			t.Errorf("command %+v, composed %q", sc.last(), sc.host.Composed)
		}
		if sc.screen.box.Text() != "" || sc.screen.drawer.kind != drawerShut {
			t.Errorf("the box still says %q", sc.screen.box.Text())
		}
	})
	t.Run("not needed", func(t *testing.T) {
		sc := resolving(t)
		sc.screen.drawer.list.Select("customers.send")
		sc.char('n')
		sc.enter("because the site was down for us alone")
		c, ok := sc.last().(model.Resolve)
		if !ok || c.Customers != "not needed because the site was down for us alone" || sc.screen.content.owesCustomers() {
			t.Errorf("command %+v", sc.last())
		}
		if sc.screen.box.Text() != "" {
			t.Errorf("the box still says %q", sc.screen.box.Text())
		}
	})
	t.Run("neither", func(t *testing.T) {
		sc := resolving(t)
		sc.screen.drawer.list.Select("customers.send")
		sc.press(fyne.KeyEscape)
		if len(sc.host.Commands) != 0 || sc.screen.drawer.kind != drawerShut || sc.screen.box.Text() != "/resolve error rate normal for 30 min" {
			t.Errorf("leaving it does %+v, the box says %q", sc.host.Commands, sc.screen.box.Text())
		}
	})
}

// TestClosingAsksToo: one that was resolved from a terminal may have no decision.
func TestClosingAsksToo(t *testing.T) {
	sc := open(t)
	inc := sc.screen.content.id.String()
	for _, task := range sc.screen.content.tasks {
		if !task.Done {
			sc.host.Do(model.FinishTask{Task: task.ID.String(), Result: "answered"}, func(model.Done, error) {})
		}
	}
	sc.host.Do(model.Resolve{Incident: inc, Verification: "error rate normal for 30 min"}, func(model.Done, error) {})
	sc.screen.Run("incident.close")
	if sc.screen.drawer.kind != drawerCustomers || len(sc.host.Asked) != 0 {
		t.Fatalf("closing asks %q", sc.host.Asked)
	}
	sc.window.Canvas().Capture()
	sc.screen.drawer.list.Select("customers.none")
	sc.press(fyne.KeyReturn)
	sc.enter("nobody outside saw it")
	if _, ok := sc.last().(model.Close); !ok || sc.screen.content.brief.State != model.StateClosed {
		t.Errorf("command %+v, it is %s", sc.last(), sc.screen.content.brief.State)
	}
}

// TestTheDeadlineLeadsToTheDecision: what is owed after the resolution is met
// from its line, and the incident stays resolved.
func TestTheDeadlineLeadsToTheDecision(t *testing.T) {
	sc := open(t)
	sc.host.Do(model.Resolve{Incident: sc.screen.content.id.String(), Verification: "error rate normal for 30 min"}, func(model.Done, error) {})
	sc.onLine(tabClocks, "What are customers told?")
	sc.press(fyne.KeyReturn)
	if sc.screen.drawer.kind != drawerCustomers {
		t.Fatal("the line of the deadline asks nothing")
	}
	sc.window.Canvas().Capture()
	sc.screen.drawer.list.Select("customers.none")
	sc.press(fyne.KeyReturn)
	sc.enter("nobody outside saw it")
	if c, ok := sc.last().(model.RecordFacts); !ok || c.Customers != "not needed because nobody outside saw it" || sc.screen.content.brief.State != model.StateResolved {
		t.Errorf("command %+v, it is %s", sc.last(), sc.screen.content.brief.State)
	}
}
