package people

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/ui/keys"
)

func TestVendorsAndAccessAreAddedByThePalette(t *testing.T) {
	f := open(t)
	f.Shown(true)
	for command, p := range map[keys.ID]*factPanel{"people.vendor.add": f.panels.vendors, "people.access.add": f.panels.access} {
		if !f.Run(command) || f.host.Focused != p.fields[0].Entry {
			t.Errorf("%s leads elsewhere", command)
		}
	}
	f.do(t, model.AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	p := f.panels.vendors
	p.fill(fact{})
	f.host.Refresh()
	f.Run("people.vendor.add")
	if !p.at.Zero() || p.fields[0].Text() != "" || f.host.Focused != p.fields[0].Entry {
		t.Fatalf("the fields hold %q", p.fields[0].Text())
	}
	p.fields[0].Fill("Registrar")
	f.host.Focus(f.list)
	f.Run("people.vendor.add")
	if p.fields[0].Text() != "Registrar" || f.host.Focused != p.fields[0].Entry {
		t.Error("what was typed for a new one is gone")
	}
	f.Run("capture.submit")
	p.fields[1].Fill("names")
	f.Run("people.vendor.add")
	if n := len(f.host.Toasts); p.fields[1].Text() != "names" || n == 0 || !strings.HasPrefix(f.host.Toasts[n-1], "Save what you changed in Registrar first") {
		t.Errorf("a change that is not saved: %q", f.host.Toasts)
	}
	f.Run("capture.submit")
	f.Run("people.vendor.retire")
	if len(f.host.Asked) != 1 || f.host.Asked[0] != "Take Registrar out of use?" || len(p.list()) != 1 {
		t.Errorf("asked %q; %d are left", f.host.Asked, len(p.list()))
	}
}

func TestCommandsWithNothingToWorkOnSayWhy(t *testing.T) {
	f := open(t)
	f.Shown(true)
	for command, want := range map[keys.ID]string{
		"people.vendor.retire": "No vendor is chosen", "people.access.retire": "No access fact is chosen", "people.access.tested": "No access fact is chosen",
	} {
		f.host.Toasts = nil
		if !f.Run(command) || len(f.host.Toasts) != 1 || !strings.HasPrefix(f.host.Toasts[0], want) {
			t.Errorf("%s says %q", command, f.host.Toasts)
		}
	}
	f.Run("people.audience.add")
	if f.host.Focused != f.audience.other.Entry {
		t.Error("no field for another audience has the keyboard")
	}
}

func TestAccessAndTestPagesAreNotedForWhoIsInSight(t *testing.T) {
	f := open(t)
	f.do(t, model.AddAccess{Fields: map[string]string{"name": "Root account", "kind": "break-glass", "where": "safe"}})
	f.Run("people.access.tested")
	if p := f.panels.access; f.host.Focused != p.test.button {
		t.Error("the keyboard is not on the button that notes it")
	}
	f.Shown(true)
	n := len(f.host.Commands)
	f.Run("people.tested")
	if f.host.Focused != f.panels.person.tested.button || len(f.host.Commands) != n {
		t.Errorf("from another screen it notes %v", f.host.Commands[n:])
	}
	f.Run("people.tested")
	if c, ok := f.host.Commands[len(f.host.Commands)-1].(model.RecordTestPage); !ok || c.Person != f.list.Selected() {
		t.Errorf("it notes %v", f.host.Commands[n:])
	}
}
