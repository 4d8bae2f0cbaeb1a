package people

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/ui/screen/form"
)

func TestThePersonSelectedIsShownAndChanged(t *testing.T) {
	f := open(t)
	p := f.panels.person
	if !strings.Contains(p.warnings.Text(), "No way to reach them without the company's phone and mail") {
		t.Errorf("it warns of\n%s", p.warnings.Text())
	}
	f.Run("people.edit")
	if f.host.Focused != p.fields[0].Entry || f.Run("capture.submit") {
		t.Error("there is something to save at the start")
	}
	f.field(model.PersonPrivatePhone).Fill("+44 20 7946 0111")
	f.field(model.PersonMessenger).Fill("Signal +44 20 7946 0112")
	f.field(model.PersonZone).Fill("Mars")
	f.Run("capture.submit")
	if p.says.Tone() != form.Wrong || f.field(model.PersonZone).Text() != "Mars" {
		t.Errorf("of Mars it says %q", p.says.Text())
	}
	f.field(model.PersonZone).Fill("Asia/Tokyo")
	f.Run("capture.submit")
	if p.says.Tone() != form.Well || !slices.Contains(p.said, [2]string{"Private phone", "+44 20 7946 0111  (outside company systems)"}) {
		t.Errorf("%q\n%s", p.says.Text(), p.said)
	}
	f.Run("people.tested")
	if p.warnings.Text() != "" || !slices.Contains(p.said, [2]string{"Local time", "21:00 JST, Asia/Tokyo"}) {
		t.Errorf("it warns of %q; knows\n%s", p.warnings.Text(), p.said)
	}
}

// field is a field of the selected person by its name in the room.
func (f *fixture) field(name string) *form.Input {
	for i, d := range details {
		if d.field == name {
			return f.panels.person.fields[i]
		}
	}
	return nil
}

func TestAChangeByAnotherLeavesWhatIsTyped(t *testing.T) {
	f := open(t)
	f.field(model.PersonTeam).Fill("Database")
	f.do(t, model.SetPerson{Person: "ana", Fields: map[string]string{model.PersonTeam: "Platform", model.PersonTitle: "Lead"}})
	if f.field(model.PersonTeam).Text() != "Database" || f.field(model.PersonTitle).Text() != "Lead" {
		t.Errorf("team %q, title %q", f.field(model.PersonTeam).Text(), f.field(model.PersonTitle).Text())
	}
	f.list.Step(1)
	if f.field(model.PersonTeam).Text() != "" {
		t.Error("another person has what was typed for the first")
	}
}

func TestRowSaysUntilWhenSomebodyIsOnCall(t *testing.T) {
	f := open(t)
	f.do(t, model.AddSchedule{Document: `{"name": "Payments", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-11-23", "people": ["Tom Okafor"]}]}]}`})
	if row := f.list.Rows()[1]; !strings.HasPrefix(row.Holds, "on call until ") {
		t.Errorf("row %+v", row)
	}
}

func TestAccessIsAddedTestedAndNeverASecret(t *testing.T) {
	f := open(t)
	f.Run("people.access")
	p := f.panels.access
	if f.host.Focused != p.fields[0].Entry || p.words.Text() != "None is in the room yet." {
		t.Errorf("says %q", p.words.Text())
	}
	fill := func(name, value string) {
		for i, k := range p.known {
			if k.Name == name {
				p.fields[i].Fill(value)
			}
		}
	}
	fill("name", "Root account")
	fill("kind", "break-glass")
	fill("note", "-----BEGIN PRIVATE KEY-----")
	f.Run("capture.submit")
	if p.says.Tone() != form.Wrong || !strings.Contains(p.says.Text(), "sealed") {
		t.Errorf("of a key it says %q", p.says.Text())
	}
	fill("note", "")
	fill("where", "safe")
	f.Run("capture.submit")
	if p.says.Tone() != form.Well || p.at.Zero() || !strings.Contains(p.words.Text(), "Break-glass needs two who can open it") {
		t.Errorf("%q, %q", p.says.Text(), p.words.Text())
	}
	fill(model.AccessOpeners, "Ana Ruiz, Tom Okafor")
	f.Run("capture.submit")
	p.tested()
	if p.words.Tone() != form.Plain || !strings.HasPrefix(p.words.Text(), "Last tested 23 Nov 2026") {
		t.Errorf("tested, it says %q", p.words.Text())
	}
	f.room.Device(0).Now = start.Add(91 * 24 * time.Hour)
	f.host.Refresh()
	if p.words.Tone() != form.Warn {
		t.Errorf("91 days later it says %q", p.words.Text())
	}
}

func TestVendorsAreChosenAndChanged(t *testing.T) {
	f := open(t)
	f.do(t, model.AddVendor{Fields: map[string]string{"name": "Carrier One", "phone": "+44 20 7946 0900", "customer": "C-1"}})
	f.do(t, model.AddVendor{Fields: map[string]string{"name": "Registrar"}})
	f.Run("people.vendors")
	p := f.panels.vendors
	if len(p.chips.Objects) != 2 || p.fields[0].Text() != "Carrier One" {
		t.Fatalf("%d chips, name %q", len(p.chips.Objects), p.fields[0].Text())
	}
	p.fields[1].Fill("second uplink")
	f.host.Refuse = errors.New("this device is an observer: it reads and cannot write")
	f.Run("capture.submit")
	if p.fields[1].Text() != "second uplink" || p.says.Tone() != form.Wrong {
		t.Errorf("refused, the field has %q", p.fields[1].Text())
	}
	f.host.Refuse = nil
	f.Run("capture.submit")
	if v := f.room.Device(0).State().VendorViews(); v[0].Service != "second uplink" || v[0].Phone == "" {
		t.Errorf("%+v", v[0])
	}
	p.drop()
	if len(f.host.Asked) != 1 || len(p.chips.Objects) != 1 || p.fields[0].Text() != "Registrar" {
		t.Errorf("asked %v; %d chips, name %q", f.host.Asked, len(p.chips.Objects), p.fields[0].Text())
	}
}

func TestThePackIsWrittenWhole(t *testing.T) {
	f := open(t)
	f.Run("people.print")
	p := f.panels.print
	p.path.Fill("pack.md")
	f.Run("capture.submit")
	if p.path.Wrongness() == "" {
		t.Error("a relative path was taken")
	}
	file := filepath.Join(t.TempDir(), "pack.md")
	p.path.Fill(file)
	f.Run("capture.submit")
	b, err := os.ReadFile(file)
	if err != nil || p.says.Text() != "Written to "+file+"." {
		t.Fatalf("%v, says %q", err, p.says.Text())
	}
	if !strings.Contains(string(b), "**Tom Okafor**") || !strings.Contains(string(b), "## Phone tree") {
		t.Errorf("the pack is\n%s", b)
	}
	p.path.Fill(filepath.Join(file, "below", "a", "file"))
	f.Run("capture.submit")
	if p.says.Tone() != form.Wrong {
		t.Errorf("says %q", p.says.Text())
	}
}
