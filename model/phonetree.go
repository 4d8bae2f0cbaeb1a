package model

import (
	"strings"
	"time"

	"holdfast/model/policy"
)

// Number is one way to call a person.
type Number struct {
	Name   string `json:"name"` // phone, private phone, second phone, messenger or second messenger
	Number string `json:"number"`
	// Tries counts the calls by it for the rung so far; Next marks the one to try
	// now: what was tried least, in the order of the numbers.
	Tries int  `json:"tries"`
	Next  bool `json:"next"`
}

// CallWays lists the ways people call by, as the record names them. An SMS goes
// to any of the phones.
var CallWays = [...]string{"phone", "private phone", "second phone", "sms", "messenger", "second messenger", "in person"}

// callWords are other words for them.
var callWords = map[string]string{
	"call": "phone", "called": "phone", "telephone": "phone", "work phone": "phone", "mobile": "private phone", "private": "private phone",
	"text": "sms", "text message": "sms", "signal": "messenger", "whatsapp": "messenger", "telegram": "messenger", "threema": "messenger", "face to face": "in person",
}

// callWay reads a way: in the record's words where it is a known one.
func callWay(text string) (string, error) {
	way, err := line("the way", text, MaxName)
	if err != nil {
		return "", err
	}
	small := strings.ToLower(strings.ReplaceAll(way, "-", " "))
	if word, ok := callWords[small]; ok {
		return word, nil
	}
	for _, known := range CallWays {
		if small == known {
			return known, nil
		}
	}
	return way, nil
}

// personNumbers are the details of a person that can be called, in the order
// they are tried.
var personNumbers = [...]struct{ field, name string }{
	{PersonPhone, "phone"},
	{PersonPrivatePhone, "private phone"},
	{PersonSecondPhone, "second phone"},
	{PersonMessenger, "messenger"},
	{PersonMessenger2, "second messenger"},
}

func numbers(who *Person) []Number {
	list := []Number{}
	for _, n := range personNumbers {
		if text := strings.TrimSpace(who.Fields.Text(n.field)); text != "" {
			list = append(list, Number{Name: n.name, Number: text})
		}
	}
	return list
}

// Call is one person of a phone tree.
type Call struct {
	PersonID ID     `json:"person_id"`
	Person   string `json:"person"`
	// Deputy marks who is called where those before do not answer.
	Deputy  bool     `json:"deputy"`
	Numbers []Number `json:"numbers"`
	// Tries counts the calls for this rung so far, Last is what the last came to.
	Tries int    `json:"tries"`
	Last  string `json:"last"`
	// Next marks who is to be called now, Way by what: the name of a number.
	Next bool   `json:"next"`
	Way  string `json:"way"`
	// Script is what to say, in one line.
	Script string `json:"script"`
}

// ResultKey is a key that records what a call came to.
type ResultKey struct{ Key, Result, Text string }

// ResultKeys are the keys of the phone tree, on every screen the same.
var ResultKeys = [...]ResultKey{
	{"1", Reached, "reached"},
	{"2", Voicemail, "voicemail"},
	{"3", NoAnswer, "no answer"},
	{"4", Declined, "refused"},
	{"s", Skipped, "skip, with a reason"},
}

// PhoneTree tells whom to call for a rung, in order, with numbers and what to
// say: the people of its target, then those of its deputy. Who was tried least
// comes next; nobody does once the rung was answered.
func PhoneTree(s *State, p *policy.Policy, inc *Incident, rung policy.Rung, now time.Time) []Call {
	calls := []Call{}
	seen := map[ID]bool{}
	add := func(people []ID, deputy bool) {
		for _, id := range people {
			if who := s.People[id]; who != nil && !seen[id] {
				seen[id] = true
				calls = append(calls, Call{PersonID: id, Person: who.Name(), Deputy: deputy, Numbers: numbers(who), Script: s.callScript(p, inc, who)})
			}
		}
	}
	add(s.Targets(inc, rung.Target, now), false)
	if rung.Deputy != "" {
		add(s.Targets(inc, rung.Deputy, now), true)
	}
	answered := false
	for _, a := range inc.Attempts() {
		if a.Rung != rung.ID {
			continue
		}
		answered = answered || a.Result == Reached || a.Result == Skipped
		for i := range calls {
			if calls[i].PersonID == a.Person {
				calls[i].tried(a)
				if m := inc.Messages[a.Message]; a.Result == "" && m != nil && !m.Settled() {
					calls[i].Last = "page not sent"
				}
			}
		}
	}
	for i := range calls {
		calls[i].aim(inc.tool("phone") == ToolDown)
	}
	next := -1
	for i, c := range calls {
		if c.Last != Declined && (next < 0 || c.Tries < calls[next].Tries) {
			next = i
		}
	}
	if next >= 0 && !answered {
		calls[next].Next = true
	}
	return calls
}

// tried counts a call that was made.
func (c *Call) tried(a Attempt) {
	c.Tries++
	c.Last = either(a.Result, "called by "+a.Way)
	for i := range c.Numbers {
		if c.Numbers[i].Name == a.Way {
			c.Numbers[i].Tries++
		}
	}
}

// aim picks the number to try now. Where the telephones of the company are down
// that of work is the last to be tried.
func (c *Call) aim(down bool) {
	best := -1
	dead := func(i int) bool { return down && c.Numbers[i].Name == "phone" }
	for i, n := range c.Numbers {
		if best < 0 || (dead(best) && !dead(i)) || (dead(best) == dead(i) && n.Tries < c.Numbers[best].Tries) {
			best = i
		}
	}
	if best >= 0 {
		c.Numbers[best].Next, c.Way = true, c.Numbers[best].Name
	}
}

// callScript is what to say to a person on the phone: who calls, what is
// broken, where to go, and the question that needs an answer.
func (s *State) callScript(p *policy.Policy, inc *Incident, who *Person) string {
	about := inc.Title()
	if inc.Security(p) {
		about = "a restricted matter, told in the call"
	}
	text := who.Name() + ", this is the incident room of " + s.Name() + ". " + inc.Severity() + " " + inc.Code + ": " + about + "."
	if inc.Drill() {
		text = "DRILL, this is an exercise. " + text
	}
	usual := either(inc.Fields.Text(FactBridge), s.Fields.Text("room."+FactBridge), s.Fields.Text(RoomBridge))
	if way := s.wayNow(inc, FactBridge, usual); way != "" {
		text += " Please join the call: " + way + "."
	}
	return text + " Can you take it now, yes or no?"
}
