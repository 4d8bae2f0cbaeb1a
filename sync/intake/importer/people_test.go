package importer

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"holdfast/model"
)

func TestContactsAreKept(t *testing.T) {
	b, err := os.ReadFile("testdata/contacts.csv")
	if err != nil {
		t.Fatal(err)
	}
	people, bad, err := PeopleCSV(bytes.NewReader(b))
	if err != nil || len(bad) != 0 || len(people) != 4 {
		t.Fatalf("%d people, bad %v, %v", len(people), bad, err)
	}
	r := newRoom(t)
	for range 2 { // the second time changes nothing
		for _, p := range people {
			if _, err := r.do(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	views := r.state.PersonViews()
	// Ana is the founder, who gave no e-mail: the list completes her.
	if len(views) != 4 || views[0].Email != "ana.ruiz@example.com" || views[0].Devices != 1 {
		t.Fatalf("%d people: %+v", len(views), views)
	}
	want := model.PersonView{
		ID: views[2].ID, Name: "Chen Wei", Email: "chen.wei@example.com", Phone: "+1 555 010 300", Team: "Data",
		Zone: "America/Los_Angeles", Title: "SME", Messenger: "signal:+15550100300", Skills: "checkout-db;orders",
	}
	got := views[2]
	want.SecondPhone, want.Ways = got.SecondPhone, got.Ways
	if !reflect.DeepEqual(got, want) || len(got.Ways) < 2 {
		t.Errorf("person is %+v, want %+v", views[2], want)
	}
	if got := r.state.People[views[1].ID].Fields.Text(model.PersonSecondPhone); got != "+44 20 5550 0102" {
		t.Errorf("the second number is %q", got)
	}
}

func TestListsOfPeople(t *testing.T) {
	for _, c := range []struct {
		name, text string
		people     int
		bad        string
		err        string
	}{
		{name: "semicolons and a mark at the start", text: "\ufeffName;E-Mail\r\nAna;ana@example.com\r\n", people: 1},
		{name: "tabs", text: "name\temail\nAna\tana@example.com\n", people: 1},
		{name: "empty rows", text: "name,email\n\n,\nAna,\n", people: 1},
		{name: "a comma in quotes", text: "name,team\n\"Ruiz, Ana\",SRE\n", people: 1},
		{name: "no name", text: "name,email\n,ana@example.com\nBen,\n", people: 1, bad: "line 2: name is missing"},
		{name: "no address", text: "name,email\nAna,ana at example\n", bad: `line 2: "ana at example" is not an e-mail address`},
		{name: "an address with a name", text: "name,email\nAna,Ana <ana@example.com>\n", bad: "is not an e-mail address"},
		{name: "a zone", text: "name,zone\nAna,Mars/Base\n", bad: `line 2: "Mars/Base" is no time zone`},
		{name: "too many cells", text: "name\nAna,b\n", bad: "line 2: it has 2 cells, the header has 1"},
		{name: "a long name", text: "name\n" + strings.Repeat("x", 101) + "\n", bad: "line 2: name has 101 bytes"},
		{name: "nothing", text: "", err: "no header row"},
		{name: "no header", text: "Ana Ruiz,ana@example.com\n", err: "no column name"},
		{name: "open quotes", text: "name\n\"Ana\nBen\n", err: "cannot be imported"},
		{name: "not text", text: "name\nAn\xe1\n", err: "UTF-8"},
		{name: "many columns", text: "name" + strings.Repeat(",x", 70) + "\n", err: "71 columns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			people, bad, err := PeopleCSV(strings.NewReader(c.text))
			if c.err != "" {
				if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("want %q, got %v", c.err, err)
				}
				return
			}
			if err != nil || len(people) != c.people {
				t.Fatalf("%d people, %v", len(people), err)
			}
			if c.bad == "" && len(bad) > 0 || c.bad != "" && (len(bad) != 1 || !strings.Contains(bad[0].String(), c.bad)) {
				t.Errorf("want %q, got %v", c.bad, bad)
			}
		})
	}
}

func FuzzPeopleCSV(f *testing.F) {
	f.Add([]byte("name,email,phone,team,zone,title\nAna Ruiz,ana@example.com,+34 555,SRE,Europe/Madrid,lead\n"))
	f.Add([]byte("\ufeffName;Rolle\n\"a\nb\";x\n"))
	f.Add([]byte("name,\x01\nAna,x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		people, _, err := PeopleCSV(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		r := newRoom(t)
		for _, p := range people[:min(len(people), 20)] {
			if _, err := r.do(p); err != nil {
				t.Fatalf("a room does not take %+v: %v", p, err)
			}
		}
	})
}
