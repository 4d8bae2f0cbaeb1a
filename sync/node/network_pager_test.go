//go:build network && linux

package node_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The ladder of this story: a minute of the matrix that ships is about a second.
// The turns of devices are not shortened. It has no deputies: who has delivered is
// first in turn, and the story has to know who that is.
const (
	rungManager, rungVP = 6 * time.Second, 12 * time.Second
	ackWithin           = 12 * time.Second
	ladderOfStory       = `[
 {"id": "p0-on-call", "severity": "P0", "after": "0m", "target": "on-call", "name": "On-call engineer", "act": "page", "text": "Page the on-call engineer", "when": "always"},
 {"id": "p0-command", "severity": "P0", "after": "0m", "target": "command", "name": "Commander and deputy", "act": "page", "text": "Page commander and deputy together", "when": "always"},
 {"id": "p0-manager", "severity": "P0", "after": "6s", "target": "engineering-manager", "name": "Engineering manager", "act": "notify", "text": "Notify the engineering manager", "when": "always"},
 {"id": "p0-vp", "severity": "P0", "after": "12s", "target": "vp-engineering", "name": "VP Engineering", "act": "notify", "text": "Notify the VP Engineering", "when": "always"},
 {"id": "p0-customers", "severity": "P0", "after": "1h", "target": "customers", "name": "Customers", "act": "message", "text": "Customer communication required", "when": "always", "audience": "customers"},
 {"id": "p2-on-call", "severity": "P2", "after": "0m", "target": "on-call", "name": "On-call engineer", "act": "page", "text": "Page the on-call engineer", "when": "always"},
 {"id": "p1-on-call", "severity": "P1", "after": "0m", "target": "on-call", "name": "On-call engineer", "act": "page", "text": "Page the on-call engineer", "when": "always"},
 {"id": "p1-manager", "severity": "P1", "after": "6s", "target": "engineering-manager", "name": "Engineering manager", "act": "notify", "text": "Notify the engineering manager", "when": "always"}]`

	// settled is what a device that starts leaves to others, oneTurn what each
	// device leaves to the one before it: see sync/escalate.
	settled, oneTurn = 15 * time.Second, 10 * time.Second
	// pageSlack is for a busy machine.
	pageSlack = 4 * time.Second

	onCall, manager, vp = "Ivo Brandt", "Mia Sand", "Eva Lind"
	routingKey          = "R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12"
	intakeAt            = "127.0.0.1:9393"
)

// ward is three peers with a pager that all of them reach.
type ward struct {
	*site
	pagerd  *pagerd
	started [3]time.Time
}

func newWard(t *testing.T) *ward {
	t.Helper()
	s := &site{t: t, net: newShaper(t, "ada", "bo", "cy", "pagerd"), run: make([]*exec.Cmd, 3), more: []string{"--intake", intakeAt}}
	w := &ward{site: s, pagerd: newPagerd(t, s.net.ports[3])}
	dir := t.TempDir()
	for _, p := range s.net.ports[:3] {
		s.home = append(s.home, filepath.Join(dir, p.name))
	}
	t.Cleanup(s.stop)
	s.do(0, "room", "create", "--name", "Payments", "--person", "Ada Ruiz")
	w.equip(0)
	for i := 1; i < 3; i++ {
		invite := s.do(0, "room", "invite", "--role", "admin")
		s.do(i, "room", "join", invite, "--person", []string{"", "Bo Okafor", "Cy Tanaka"}[i])
		w.equip(i)
	}
	s.do(0, "people", "add", onCall, "--phone", "+1 555 0101")
	for target, person := range map[string]string{"on-call": onCall, "engineering-manager": manager, "vp-engineering": vp} {
		if person != onCall {
			s.do(0, "people", "add", person)
		}
		s.do(0, "target", "set", target, person)
	}
	w.policy(dir)
	w.same("the start")
	return w
}

// equip gives a peer the ways out and in, and starts it.
func (w *ward) equip(i int) {
	w.t.Helper()
	w.secret(i, "pagerduty.key", routingKey)
	w.secret(i, "pagerduty.webhook-secret", hookSecret)
	w.secret(i, "intake.token", "0123456789abcdef0123456789abcdef")
	w.do(i, "config", "set", "pagerduty.url", w.pagerd.url)
	w.do(i, "config", "set", "hook.root-cas", w.pagerd.roots)
	w.start(i)
}

func (w *ward) start(i int) {
	w.t.Helper()
	w.serve(i)
	w.started[i] = time.Now()
}

func (w *ward) secret(i int, key, value string) {
	w.t.Helper()
	cmd := w.command(w.t.Context(), i, "config", "set", key)
	cmd.Stdin = strings.NewReader(value)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("config set %s: %v: %s", key, err, out)
	}
}

func (w *ward) policy(dir string) {
	w.t.Helper()
	var people map[string]any
	if err := json.Unmarshal([]byte(w.do(0, "policy", "show", "people")), &people); err != nil {
		w.t.Fatal(err)
	}
	people["acknowledge"] = ackWithin.String()
	b, err := json.Marshal(people)
	if err != nil {
		w.t.Fatal(err)
	}
	for section, text := range map[string]string{"people": string(b), "escalation": ladderOfStory} {
		file := filepath.Join(dir, section+".json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
		w.do(0, "policy", "set", section, "--file", file)
	}
}

func (w *ward) same(after string) time.Duration {
	w.t.Helper()
	return w.until("all alike after "+after, func() bool {
		first := w.do(0, "state", "hash")
		return first == w.do(1, "state", "hash") && first == w.do(2, "state", "hash")
	})
}

// declared is an incident and its time.
type declared struct {
	code string
	at   time.Time
}

func (w *ward) declare(i int, severity, title string) declared {
	w.t.Helper()
	var v struct {
		DeclaredAt time.Time `json:"declared_at"`
	}
	code := w.do(i, "declare", "--title", title, "--severity", severity)
	if err := json.Unmarshal([]byte(w.do(i, "show", code, "--json")), &v); err != nil {
		w.t.Fatal(err)
	}
	return declared{code, v.DeclaredAt}
}

// paged waits for a page of a person that the pager has taken, and gives how late
// it was for its rung.
func (w *ward) paged(inc declared, person string, after, grace time.Duration) (paged, time.Duration) {
	w.t.Helper()
	var taken []paged
	w.until(person+" is paged for "+inc.code, func() bool {
		taken, _ = w.pagerd.pages(inc.code, person)
		return len(taken) > 0
	})
	late := taken[0].at.Sub(inc.at.Add(after))
	if late < 0 || late > grace+pageSlack {
		w.t.Errorf("%s was paged for %s %.1f s after its rung; at most %s", person, inc.code, late.Seconds(), grace+pageSlack)
	}
	return taken[0], late
}

// once fails where the pager took another number of pages of a person.
func (w *ward) once(inc declared, person string) {
	w.t.Helper()
	if taken, _ := w.pagerd.pages(inc.code, person); len(taken) != 1 {
		w.t.Errorf("%s was paged %d times for %s: %v", person, len(taken), inc.code, taken)
	}
}

func (w *ward) peer(address string) int {
	return slices.IndexFunc(w.net.ports, func(p *port) bool { return p.ip == address })
}

// shows waits until what a command prints on each of some peers holds all texts.
func (w *ward) shows(peers []int, args []string, texts ...string) {
	w.t.Helper()
	for _, i := range peers {
		var out string
		holds := func() bool {
			out = w.do(i, args...)
			return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(out, text) })
		}
		if !w.soon(holds) {
			w.t.Fatalf("%s on %s lacks %q:\n%s", strings.Join(args, " "), w.net.ports[i].name, texts, out)
		}
	}
}

// soon is until for what the caller tells of itself.
func (w *ward) soon(holds func() bool) bool {
	from := time.Now()
	for !holds() {
		if time.Since(from) > patience {
			return false
		}
		<-time.After(lookEvery)
	}
	return true
}

// said waits until the log of a serving peer has a line with all texts, and
// gives it.
func (w *ward) said(i int, texts ...string) (line string) {
	w.t.Helper()
	w.until(w.net.ports[i].name+" says: "+strings.Join(texts, ", "), func() bool {
		b, err := os.ReadFile(w.home[i] + ".log")
		if err != nil {
			return false
		}
		lines := strings.Split(string(b), "\n")
		n := slices.IndexFunc(lines[:len(lines)-1], func(l string) bool { // the last may be cut
			return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(l, text) })
		})
		if n >= 0 {
			line = lines[n]
		}
		return n >= 0
	})
	return line
}

func (w *ward) kill(i int) {
	w.t.Helper()
	if err := syscall.Kill(-w.run[i].Process.Pid, syscall.SIGKILL); err != nil {
		w.t.Fatal(err)
	}
	_ = w.run[i].Wait() // it was killed
	w.run[i] = nil
}

// pagers has the ladder climbed by real processes: linked, by one that is killed,
// by one whose key is refused, on both sides of a split, and to its end.
func pagers(s *site) string {
	w := newWard(s.t)
	everybody := []int{0, 1, 2}
	<-time.After(time.Until(slices.MaxFunc(w.started[:], time.Time.Compare).Add(settled))) // what follows is of devices that are awake

	// Linked: each rung once, at its minute, its result on every peer.
	outage := w.declare(0, "P0", "Checkout down")
	page, late := w.paged(outage, onCall, 0, 0)
	w.shows(everybody, []string{"escalate", outage.code}, onCall+", pager, sent")
	slower := w.declare(1, "P1", "Search slow in one region") // after the first page, so that one device alone has delivered
	first := w.peer(page.from)
	for _, c := range []struct {
		inc    declared
		person string
		after  time.Duration
	}{{slower, onCall, 0}, {outage, manager, rungManager}, {slower, manager, rungManager}, {outage, vp, rungVP}} {
		_, l := w.paged(c.inc, c.person, c.after, 0)
		late = max(late, l)
	}
	w.shows(everybody, []string{"escalate", outage.code}, manager+", pager, sent", vp+", pager, sent")

	// Killed before a rung: another pages, in its turn.
	search := w.declare((first+1)%3, "P0", "Search down")
	w.paged(search, onCall, 0, 0)
	w.shows(everybody, []string{"escalate", search.code}, onCall+", pager, sent") // who dies before it could say so is paged for again
	w.kill(first)
	page, afterDeath := w.paged(search, manager, rungManager, 2*oneTurn)
	second := w.peer(page.from)
	third := 3 - first - second

	// Nobody answers: the end of the ladder is loud on each peer that is left.
	exhausted := w.loud([]int{second, third}, outage)
	for _, inc := range []declared{outage, slower, search} {
		w.do(third, "resolve", inc.code, "--verification", "payments work")
	}

	// Two keys are refused: the page leaves from the third device. A further rung
	// would have it deliver that, and be the first in turn.
	w.pagerd.refuse(w.net.ports[first].ip, w.net.ports[second].ip)
	w.start(first)
	refused := w.declare(third, "P2", "Payments refused")
	page, byAnother := w.paged(refused, onCall, 0, oneTurn)
	if _, not := w.pagerd.pages(refused.code, onCall); w.peer(page.from) != third || len(not) == 0 {
		s.t.Errorf("paged by %s after %d refusals", page.from, len(not))
	}
	w.shows(everybody, []string{"escalate", refused.code}, onCall+", pager, sent, not from ", "the routing key is not known there; set pagerduty.key anew")
	w.said(second, "the routing key is not known there; set pagerduty.key anew")
	w.do(third, "resolve", refused.code, "--verification", "payments work")
	w.pagerd.refuse()

	bySides, ended := w.apart(second, third, first)
	for _, c := range []struct {
		inc    declared
		person string
	}{{outage, onCall}, {outage, manager}, {outage, vp}, {slower, onCall}, {slower, manager}, {search, onCall}, {search, manager}, {refused, onCall}} {
		w.once(c.inc, c.person)
	}
	w.same("the story")
	for i := range w.home {
		w.do(i, "verify")
	}
	return fmt.Sprintf("5 rungs of P0 and P1 paged once, at most %.1f s late; %.1f s late by another where the first was killed; %.1f s where two keys were refused; loud %.1f s after the last call ran out; "+
		"each side of a split once, at most %.1f s late, and an answer given in the pager ended it on all %.1f s after healing",
		late.Seconds(), afterDeath.Seconds(), byAnother.Seconds(), exhausted.Seconds(), bySides.Seconds(), ended.Seconds())
}

// loud waits until the ladder of an incident is at its end on some peers, and
// looks that each way of asking says so and what to do.
func (w *ward) loud(peers []int, inc declared) (late time.Duration) {
	w.t.Helper()
	const says = "Nobody has answered on any rung"
	for _, i := range peers {
		line := w.said(i, `level=ERROR msg="`+says, `incident="P0 `+inc.code, `do="holdfastctl escalate `+inc.code)
		at, err := time.Parse(time.RFC3339, strings.TrimPrefix(strings.Fields(line)[0], "time="))
		if err != nil {
			w.t.Fatal(err)
		}
		late = max(late, at.Sub(inc.at.Add(rungVP+ackWithin)))
	}
	if late < 0 || late > pageSlack {
		w.t.Errorf("loud %.1f s after the last call ran out", late.Seconds())
	}
	w.shows(peers, []string{"escalate", inc.code}, strings.ToUpper(says), "holdfastctl ack "+inc.code, "Say: "+onCall+", this is the incident room of Payments.", "--way \"phone\" --result reached|voicemail|no-answer|refused")
	w.shows(peers, []string{"due"}, says)
	w.shows(peers, []string{"show", inc.code}, strings.ToUpper(says), "holdfastctl escalate "+inc.code)
	w.shows(peers, []string{"incidents"}, "nobody answers")
	return late
}

// apart splits one peer from the two others before a rung. Each side pages; the
// one called answers in the pager, which reaches the lone side; together again
// both pages stand and the answer holds everywhere.
func (w *ward) apart(alone, other, third int) (late, ended time.Duration) {
	w.t.Helper()
	login := w.declare(alone, "P0", "Login down")
	w.paged(login, onCall, 0, 2*oneTurn)
	for _, i := range []int{other, third} {
		w.shows([]int{i}, []string{"incidents"}, login.code)
	}
	w.split(alone, true)
	lone := w.net.ports[alone].ip
	var mine, theirs []paged
	w.until("both sides have paged", func() bool {
		taken, _ := w.pagerd.pages(login.code, vp)
		mine, theirs = nil, nil
		for _, p := range taken {
			if p.from == lone {
				mine = append(mine, p)
			} else {
				theirs = append(theirs, p)
			}
		}
		return len(mine) > 0 && len(theirs) > 0
	})
	for _, side := range [][]paged{mine, theirs} {
		if l := side[0].at.Sub(login.at.Add(rungVP)); l > 2*oneTurn+pageSlack || len(side) != 1 {
			w.t.Errorf("a side of the split paged %d times, the first %.1f s after its rung", len(side), l.Seconds())
		} else {
			late = max(late, l)
		}
	}
	taken, _ := w.pagerd.pages(login.code, onCall)
	if status, answer := hookBy(w.t, from(w.net.ports[alone]), "http://"+intakeAt, taken[0].key, onCall, "01", time.Now()); status != http.StatusOK {
		w.t.Fatalf("the answer from the pager: %d %s", status, answer)
	}
	w.shows([]int{alone}, []string{"escalate", login.code}, "acknowledged in PagerDuty by "+onCall)
	w.split(alone, false)
	from := time.Now()
	w.same("the split")
	ended = time.Since(from)
	for _, i := range []int{alone, other, third} {
		ladder := w.do(i, "escalate", login.code)
		if strings.Count(ladder, vp+", pager, sent") != 2 || !strings.Contains(ladder, "acknowledged in PagerDuty by "+onCall) || strings.Contains(ladder, "overdue") && strings.Contains(ladder, "p0-on-call  overdue") {
			w.t.Errorf("after the split %s shows\n%s", w.net.ports[i].name, ladder)
		}
		if list := w.do(i, "due", login.code); strings.Contains(list, "  ladder  ") || strings.Contains(list, "  answer  ") {
			w.t.Errorf("after the answer %s waits for one:\n%s", w.net.ports[i].name, list)
		}
	}
	return late, ended
}
