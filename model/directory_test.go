package model

import (
	"strings"
	"testing"
	"time"
)

func TestDirectoryHoldsWhatIsNeededWhenAllIsDown(t *testing.T) {
	w := withRota(t)
	a := w.peers[0]
	a.do(SetPerson{Person: "ana", Fields: map[string]string{
		PersonPhone: "+44 20 7946 0101", PersonPrivatePhone: "+44 20 7946 0102", PersonMessenger: "Signal +44 20 7946 0102", PersonZone: "Europe/London",
		PersonOrder: "messenger, private phone", PersonManager: "ben",
	}})
	a.do(RecordTestPage{Ways: []string{"private phone", "messenger"}})
	id, _ := a.state.FindPerson("ana")
	ways := a.state.WaysOf(id)
	if len(ways) != 4 || ways[0].Way != PersonMessenger || ways[1].Way != PersonPrivatePhone || ways[2].Own || !ways[0].Own {
		t.Errorf("%+v", ways)
	}
	told := map[string]int{}
	for _, v := range a.state.ContactWarnings(testNow) {
		told[v.Person]++
	}
	if told["Ana Ruiz"] != 0 || told["Ben Okafor"] != 3 || told["Chen Wei"] != 3 {
		t.Errorf("%v", told)
	}
	if list := a.state.ReachWarnings(id, testNow.Add(32*24*time.Hour)); len(list) != 1 || !strings.Contains(list[0], "31 days old") {
		t.Errorf("%q", list)
	}
	a.do(SetPerson{Person: "ana", Fields: map[string]string{PersonMessenger: "", PersonSecondPhone: "+44 (20) 7946-0102"}})
	if list := a.state.ReachWarnings(id, testNow); len(list) != 1 || !strings.Contains(list[0], "one way") {
		t.Errorf("one number twice is %q", list)
	}
	for _, v := range a.state.PersonViews() {
		if v.Name == "Ana Ruiz" && (v.Manager != "Ben Okafor" || v.TestPageAt.IsZero() || v.SecondPhone == "") {
			t.Errorf("%+v", v)
		}
	}
}

func TestVendorsAndAccess(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	a.do(AddVendor{Fields: map[string]string{"name": "Carrier One", "service": "second uplink", "phone": "+44 20 7946 0900", "customer": "C-1182"}})
	w.meet()
	a.do(SetVendor{Vendor: "carrier", Fields: map[string]string{"hours": "all day"}})
	b.do(SetVendor{Vendor: "carrier", Fields: map[string]string{"portal": "https://example.com"}})
	w.meet()
	v := a.state.VendorViews()
	if len(v) != 1 || v[0].Hours != "all day" || v[0].Portal == "" || len(v[0].Warnings) != 0 {
		t.Errorf("two changed it apart: %+v", v)
	}
	a.do(AddAccess{Fields: map[string]string{"name": "cloud root", "kind": "Break-Glass", "where": "safe in London", "openers": "Ana Ruiz"}})
	x := a.state.AccessViews(testNow.Add(time.Hour))
	if len(x) != 1 || len(x[0].Warnings) != 2 || x[0].Kind != BreakGlass {
		t.Fatalf("%+v", x)
	}
	a.do(SetAccess{Access: "cloud", Fields: map[string]string{"openers": "Ana Ruiz, Ben Okafor"}})
	a.do(TestAccess{Access: "cloud", Result: "signed in and out"})
	if x := a.state.AccessViews(testNow.Add(89 * 24 * time.Hour)); len(x[0].Warnings) != 0 {
		t.Errorf("%+v", x)
	}
	if x := a.state.AccessViews(testNow.Add(91 * 24 * time.Hour)); len(x[0].Warnings) != 1 {
		t.Errorf("%+v", x)
	}
	a.do(TestAccess{Access: "cloud", Failed: true, Result: "the account was shut off for want of use"})
	if x := a.state.AccessViews(testNow.Add(time.Hour)); len(x[0].Warnings) != 1 || !x[0].TestedAt.IsZero() {
		t.Errorf("it failed: %+v", x)
	}
	a.do(SetAccess{Access: "cloud", Retire: "moved to another cloud"})
	if n := len(a.state.AccessViews(testNow)); n != 0 {
		t.Errorf("%d are in use", n)
	}
}

func TestDirectoryRefusalsSayWhy(t *testing.T) {
	w := founded(t)
	a := w.peers[0]
	a.do(AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	person := func(field, value string) SetPerson {
		return SetPerson{Person: "ana", Fields: map[string]string{field: value}}
	}
	for _, c := range []struct {
		do   Command
		want string
	}{
		{person(PersonName, ""), "a person has a name"},
		{person(PersonEmail, "ana"), "not an e-mail address"},
		{person(PersonPhone, "call me"), "not a telephone number"},
		{person(PersonZone, "Mars/Olympus"), "write one such as Europe/Berlin"},
		{person(PersonManager, "ana"), "their own manager"},
		{person(PersonLeft, "yesterday"), "write 2026-11-25"},
		{person(PersonOrder, "pigeon"), "no way to reach a person"},
		{person("password", "x"), "no secret is kept here"},
		{RecordTestPage{At: testNow.Add(time.Hour)}, "has not come yet"},
		{AddVendor{}, "has no name"},
		{AddVendor{Fields: map[string]string{"name": "carrier one"}}, "already"},
		{AddVendor{Fields: map[string]string{"name": "x", "colour": "red"}}, "has no field"},
		{SetVendor{}, "say which vendor"},
		{SetVendor{Vendor: "Carrier Two"}, "there is no vendor"},
		{AddAccess{Fields: map[string]string{"name": "x", "kind": "magic"}}, "is not known"},
		{AddAccess{Fields: map[string]string{"name": "x", "note": "-----BEGIN PRIVATE KEY-----"}}, "write where it is sealed"},
		{TestAccess{}, "the room has no access fact yet"},
	} {
		if said := a.refused(c.do); !strings.Contains(said, c.want) {
			t.Errorf("%T%+v: %s", c.do, c.do, said)
		}
	}
}

func TestWhoLeftIsNoTarget(t *testing.T) {
	w := founded(t, RoleMember)
	a := w.peers[0]
	a.do(SetPerson{Person: "ben", Fields: map[string]string{PersonTitle: "Engineering manager"}})
	if got := onCallNames(a.state, "engineering-manager", testNow); got != "Ben Okafor" {
		t.Errorf("%q", got)
	}
	a.do(SetPerson{Person: "ben", Fields: map[string]string{PersonLeft: "2026-03-20"}})
	a.do(SetTarget{Target: "vp-engineering", People: []string{"ben"}})
	if got := onCallNames(a.state, "vp-engineering", testNow.Add(4*24*time.Hour)); got != "" {
		t.Errorf("named before he left, and called after it: %q", got)
	}
	if got := onCallNames(a.state, "engineering-manager", testNow) + onCallNames(a.state, "engineering-manager", testNow.Add(4*24*time.Hour)); got != "Ben Okafor" {
		t.Errorf("before and after the day he left: %q", got)
	}
}

func TestWhoLeftGetsNoWork(t *testing.T) {
	w := founded(t, RoleMember)
	a := w.peers[0]
	inc := a.do(Declare{Title: "checkout fails"}).Code
	a.do(AssignRole{Incident: inc, Role: "ic", Person: "ana"})
	hypothesis := a.do(AddHypothesis{Incident: inc, Text: "the certificate"}).ID.String()
	a.do(SetPerson{Person: "ben", Fields: map[string]string{PersonLeft: "2026-03-10"}})
	before := hashOf(t, a.state)
	for _, c := range []Command{
		HandOver{Incident: inc, Role: "ic", To: "ben"},
		AssignRole{Incident: inc, Role: "comms", Person: "ben"},
		AddTask{Incident: inc, Text: "roll back", Owner: "ben"},
		SetHypothesis{Hypothesis: hypothesis, Owner: "ben"},
		AddTeam{Incident: inc, Name: "Alpha", Leader: "ben", Objective: "the network"},
		SetTarget{Target: "legal", People: []string{"ben"}},
		Page{Incident: inc, Person: "ben"},
		SetPresence{Incident: inc, Person: "ben"},
		AddAction{Incident: inc, Text: "Add an alarm", Owner: "ben"},
	} {
		if said := a.refused(c); !strings.Contains(said, "Ben Okafor left on 2026-03-10: name somebody who is here") {
			t.Errorf("%T: %s", c, said)
		}
	}
	if hashOf(t, a.state) != before {
		t.Error("a refusal changed something")
	}
	a.do(SetPerson{Person: "ben", Fields: map[string]string{PersonLeft: ""}})
	a.do(HandOver{Incident: inc, Role: "ic", To: "ben"})
}

// TestVendorsStandInTheOrderPeopleCount: the second before the tenth.
func TestVendorsStandInTheOrderPeopleCount(t *testing.T) {
	p := founded(t).peers[0]
	var names []string
	for _, name := range []string{"Carrier 10", "Carrier 2", "carrier 1"} {
		p.do(AddVendor{Fields: map[string]string{"name": name}})
		p.do(AddAccess{Fields: map[string]string{"name": name, "kind": "door"}})
	}
	for _, v := range p.state.VendorViews() {
		names = append(names, v.Name)
	}
	for _, v := range p.state.AccessViews(testNow) {
		names = append(names, v.Name)
	}
	if got, want := strings.Join(names, ", "), "carrier 1, Carrier 2, Carrier 10, carrier 1, Carrier 2, Carrier 10"; got != want {
		t.Errorf("they stand as %s", got)
	}
}
