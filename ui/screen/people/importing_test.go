package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/screen/form"
)

// told answers as a room does, and notes what it was asked.
type told struct {
	f      *fixture
	paths  []string
	report node.PeopleReport
	err    error
}

func (i *told) ImportPeople(_ context.Context, q node.PeopleImport) (node.PeopleReport, error) {
	i.paths = append(i.paths, q.Path)
	if i.err == nil {
		_, i.err = i.f.host.Device.Do(model.AddPerson{Name: "Dita Novak", Email: "dita.novak@example.com"})
	}
	return i.report, i.err
}

func TestPeopleOfAFileAreTakenOverAndWhatWasLeftOutIsSaid(t *testing.T) {
	f := open(t)
	f.Shown(true)
	in := &told{f: f, report: node.PeopleReport{Added: 1, Known: 2}}
	for n := range maxLeft + 2 {
		in.report.Refused = append(in.report.Refused, fmt.Sprintf("line %d: the name is missing", n+2))
	}
	f.Importer = in
	if !f.Run("people.import") || f.panels.choice.At() != panelAudiences || f.host.Focused != f.lists.path.Entry {
		t.Fatal("the command leads elsewhere")
	}
	f.lists.path.Fill("contacts.csv")
	f.Run("capture.submit")
	if len(in.paths) > 0 || f.lists.path.Wrongness() == "" {
		t.Fatalf("a path without a root is read: %q", in.paths)
	}
	f.lists.path.Fill("/media/stick/contacts.csv")
	f.Run("capture.submit")
	if got := f.lists.says.Text(); got != "1 person added, 2 known already." || f.lists.says.Tone() != form.Well || f.lists.path.Text() != "" {
		t.Errorf("says %q", got)
	}
	left := f.lists.left.Text()
	if strings.Count(left, "Not added: line") != maxLeft || !strings.HasSuffix(left, "… and 2 more.") {
		t.Errorf("left out:\n%s", left)
	}
	if len(f.list.Rows()) != 3 {
		t.Errorf("%d rows", len(f.list.Rows()))
	}
}

func TestAFileOfPeopleThatCannotBeReadChangesNothing(t *testing.T) {
	f := open(t)
	for want, in := range map[string]Importer{
		"Not imported: this device takes no files in.":                nil,
		"Not imported: it has no header row. What you typed is kept.": &told{f: f, err: errors.New("it has no header row")},
	} {
		f.Importer = in
		f.Run("people.import")
		f.lists.path.Fill("/media/stick/contacts.csv")
		f.Run("capture.submit")
		if got := f.lists.says.Text(); got != want || f.lists.path.Text() == "" {
			t.Errorf("says %q, want %q", got, want)
		}
	}
}
