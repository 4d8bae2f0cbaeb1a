package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// walk calls fn with every command of the tree that does work of its own.
func walk(c *cobra.Command, fn func(*cobra.Command)) {
	fn(c)
	for _, sub := range c.Commands() {
		walk(sub, fn)
	}
}

func tree() *cobra.Command {
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now}
	return a.root()
}

func TestEveryCommandHasHelp(t *testing.T) {
	walk(tree(), func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no short help", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s: --%s is not described", c.CommandPath(), f.Name)
			}
			if strings.Contains(f.Usage, "`") {
				t.Errorf("%s: the backticks of --%s become the name of its value", c.CommandPath(), f.Name)
			}
		})
		code, out, _ := session{t: t, home: t.TempDir()}.run(append(strings.Fields(c.CommandPath())[1:], "--help")...)
		if code != exitDone || !strings.Contains(out, "Usage:") && c.Runnable() {
			t.Errorf("%s --help exits %d and says:\n%s", c.CommandPath(), code, out)
		}
	})
}

// session runs command lines in this process on one home.
type session struct {
	t    *testing.T
	home string
}

func (s session) run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	a := &app{in: strings.NewReader("secret\n"), out: &out, err: &err, now: time.Now}
	code = a.run(s.t.Context(), append([]string{"--home", s.home}, args...))
	return code, out.String(), err.String()
}

// single decodes one JSON document and demands that nothing follows.
func single(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	var document any
	if err := d.Decode(&document); err != nil {
		return err
	}
	if err := d.Decode(&document); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

const toldElsewhere = `{"id": "told-1", "title": "Told elsewhere", "severity_guess": "P2",
	"entries": [{"at": "2024-03-01T10:00:00Z", "text": "It broke"}]}`

func TestEveryCommandPrintsOneJSONDocument(t *testing.T) {
	dir := t.TempDir()
	s := session{t: t, home: filepath.Join(dir, "home")}
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	told, people := file("told.json", toldElsewhere), file("people.csv", "name\nBen Okafor\n")
	book := file("book.md", "---\nid: re-sync\n---\n# Re-sync\n\n## 1. Remove\n\n- Risk: destructive\n- Target: {{host}}\n\n## 2. Wait\n")
	rota := file("rota.json", `{"name": "Nights", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"unit": "hourly", "start": "2026-03-16", "people": ["Ana Ruiz", "Ben Okafor"]}]}]}`)
	calendar := filepath.Join(dir, "shifts.ics")
	stick, policy := filepath.Join(dir, "stick.hfb"), filepath.Join(dir, "policy.json")
	done := map[string]bool{}
	kept := map[string]string{}
	for _, step := range []struct{ line, keep string }{
		{"room create|--name=Payments|--person=Ana Ruiz|--email=ana@example.org|--device=laptop", ""},
		{"declare|--title=Checkout down", "INC"},
		{"set|INC|--phase=recovery", ""},
		{"role assign|INC|ic|ana", ""},
		{"role accept|INC|ic", ""},
		{"people add|Dita Novak|--email=dita@example.org", ""},
		{"role handover|INC|ic|Dita", ""},
		{"role assign|INC|deputy|ana", ""},
		{"role release|INC|deputy", ""},
		{"team add|INC|Alpha|--leader=Dita|--objective=Bring it back", "TEAM"},
		{"team set|TEAM|--close", ""},
		{"team join|INC|Dita", ""},
		{"team leave|INC|Dita", ""},
		{"team show|INC", ""},
		{"cadence rhythm|INC|--usual", ""},
		{"cadence tell|INC|customers", ""},
		{"cadence promises|INC", ""},
		{"due|INC", ""},
		{"runbook add|" + book, ""},
		{"runbook revise|" + book + "|--reason=same", ""},
		{"runbook review|re-sync|--exercised", ""},
		{"runbook list", ""},
		{"runbook show|re-sync", ""},
		{"runbook export|re-sync|" + book, ""},
		{"runbook suggest|INC", ""},
		{"runbook start|INC|re-sync", ""},
		{"runbook value|INC|host|db2", ""},
		{"runbook step|INC|1|--target=db2|--second=dita|--present", ""},
		{"runbook status|INC", ""},
		{"runbook retire|re-sync|--reason=x", ""},
		{"drill scenarios", ""},
		{"drill start|--scenario=fastly-2021-06-08-cdn", "DRILL"},
		{"drill inject|DRILL", ""},
		{"drill score|DRILL", ""},
		{"text edit|INC|summary|" + told, ""},
		{"text show|INC|summary", ""},
		{"policy show", ""},
		{"policy set|runbooks|--reset", ""},
		{"policy export|" + policy, ""},
		{"policy import|" + policy, ""},
		{"assess|INC|data=no|all=yes", ""},
		{"assess|INC", ""},
		{"tools|INC|chat=down", ""},
		{"phase enter|INC|containment", ""},
		{"phase leave|INC|containment", ""},
		{"check|INC|triage-signal", ""},
		{"facts|INC|--workaround=Pay by card", ""},
		{"hypothesis add|INC|The pool", "HYP"},
		{"hypothesis indication|HYP|Six pods", ""},
		{"hypothesis set|HYP|--state=rejected|--reason=traffic", ""},
		{"option add|INC|Roll back", ""},
		{"decision add|INC|Roll back", "DEC"},
		{"decision set|DEC|decided", ""},
		{"lock take|INC|db-2", ""},
		{"lock list", ""},
		{"lock release|INC|db-2", ""},
		{"response|INC", ""},
		{"log|INC|Queue is full", "ENTRY"},
		{"log edit|ENTRY|Disk is full", ""},
		{"log history|ENTRY", ""},
		{"log retract|ENTRY|--reason=x", ""},
		{"task add|INC|Call", "TASK"},
		{"task accept|TASK", ""},
		{"task done|TASK|ok", ""},
		{"task add|INC|Call again", "DROP"},
		{"task drop|DROP|--reason=not needed", ""},
		{"message preview|INC|--template=incident-detected", ""},
		{"message send|INC|--template=status-no-news|--field=trying=x|--audience=stakeholders", ""},
		{"people add|Chen Wei|--email=chen@example.org", ""},
		{"people import|" + people, ""},
		{"people list", ""},
		{"target set|on-call|chen", ""},
		{"target list", ""},
		{"escalate|INC", ""},
		{"page|INC|chen", ""},
		{"ack|INC", ""},
		{"people set|Ben|--private-phone=+44 20 7946 0301", ""},
		{"people show|Ben", ""},
		{"people tested|Ben", ""},
		{"people print", ""},
		{"vendor add|Carrier One", ""},
		{"vendor set|Carrier One|--phone=+44 20 7946 0900", ""},
		{"vendor list", ""},
		{"vendor ticket|INC|Carrier One|--number=4711|--promised=30m", "TICKET"},
		{"vendor answer|TICKET|They look into it|--promised=1h", ""},
		{"vendor tickets|INC", ""},
		{"access add|cloud root", ""},
		{"access set|cloud root|--where=safe", ""},
		{"access test|cloud root", ""},
		{"access list", ""},
		{"oncall weekly|Platform|Ana Ruiz|Ben Okafor", ""},
		{"oncall now", ""},
		{"oncall show", ""},
		{"oncall gaps", ""},
		{"oncall fairness", ""},
		{"oncall override|Ben|--for=2h", "CHANGE"},
		{"oncall withdraw|CHANGE", ""},
		{"oncall swap|Ben", ""},
		{"oncall accept|--person=Ben", ""},
		{"oncall leave|--from=+100d|--for=1d", ""},
		{"oncall handoff", ""},
		{"oncall handoff|--muted=none", ""},
		{"oncall export|" + calendar, ""},
		{"oncall import|" + calendar + "|--name=Copy", ""},
		{"oncall add|" + rota, ""},
		{"oncall set|Nights|" + rota, ""},
		{"oncall handoff accept|--schedule=Nights", ""},
		{"oncall retire|Nights|--reason=tried", ""},
		{"alert import|" + file("alert.json", `{"what": "Checkout fails", "class": "critical", "fingerprint": "f1"}`), ""},
		{"alert add|Search is slow", ""},
		{"alert set|Search is slow|--class=low", ""},
		{"alert list", ""},
		{"alert routes", ""},
		{"alert show|f1", ""},
		{"alert ack|f1", ""},
		{"alert link|f1|INC", ""},
		{"alert declare|Search is slow", ""},
		{"import|incident-json|" + told, ""},
		{"merge|INC|Told", ""},
		{"export|INC|--format=json", ""},
		{"room invite|--address=127.0.0.1:9", ""},
		{"room invites", ""},
		{"room asks", ""},
		{"room list", ""},
		{"room members", ""},
		{"room role|laptop|admin", ""},
		{"room archive|laptop", ""},
		{"room history|365", ""},
		{"room quarantine", ""},
		{"room overruled", ""},
		{"peers", ""},
		{"incidents", ""},
		{"show|INC", ""},
		{"timeline|INC", ""},
		{"outbox", ""},
		{"templates list", ""},
		{"bundle export|" + stick, ""},
		{"bundle import|" + stick, ""},
		{"verify", ""},
		{"compact", ""},
		{"state hash", ""},
		{"config set|zone|Europe/Berlin", ""},
		{"config unset|zone", ""},
		{"config list", ""},
		{"version", ""},
		{"attach|INC|" + told + "|--note=what was told", ""},
		{"attachments|INC", ""},
		{"attachment get|INC/" + filepath.Base(told), ""},
		{"attachment retract|INC/" + filepath.Base(told) + "|--reason=wrong file", ""},
		{"set|INC|--type=Security Breach", ""},
		{"security|INC", ""},
		{"security step|INC|team|--note=called", ""},
		{"security approve|INC|first notice|--audience=customers|--by=ana", ""},
		{"security decide|INC|police|yes|--options=yes, no|--advice=counsel: yes|--by=ana", ""},
		{"security isolate|INC|wiki-1|--how=VLAN", "ISOLATION"},
		{"security connect|ISOLATION|--reason=clean", ""},
		{"evidence add|INC|" + told + "|--what=export|--system=wiki-1", "EVIDENCE"},
		{"evidence transfer|EVIDENCE|--to=ana|--reason=analysis", ""},
		{"evidence list|INC", ""},
		{"security waive|INC|wiki-1|--reason=no disk|--by=ana", ""},
		{"security wipe|INC|wiki-1|--how=reinstalled", ""},
		{"indicator add|INC|ip|192.0.2.1", "INDICATOR"},
		{"indicator seen|INDICATOR", ""},
		{"indicator list|INC", ""},
		{"credential add|INC|token|--kind=token|--owner=IT", "CREDENTIAL"},
		{"credential rotate|CREDENTIAL|--revoked=-1m", ""},
		{"credential list|INC", ""},
		{"attack|INC|came in|--at=-2h", ""},
		{"attack set|INC|--clock-offset=3m", ""},
		{"hold|INC|--reason=claim", ""},
		{"log correct|ENTRY|memory is full", ""},
		{"log restrict|ENTRY|--reason=names a host", ""},
		{"clock|INC", ""},
		{"clock start|INC|gdpr33|--at=-1h|--reason=certain", ""},
		{"clock move|INC|gdpr33|--at=-2h|--reason=it was then", ""},
		{"clock file|INC|gdpr33|--receipt=4711", ""},
		{"clock start|INC|dora|--at=-1h|--reason=major", ""},
		{"clock event|INC|dora|aware|--at=-1h", ""},
		{"clock none|INC|nis2|--reason=not in scope|--by=ana", ""},
		{"breach set|INC|people=1-9", ""},
		{"breach risk|INC|volume|low|--reason=few", ""},
		{"breach decide|INC|risk|--reason=names", ""},
		{"breach step|INC|team", ""},
		{"breach show|INC", ""},
		{"breach register", ""},
		{"export|INC|--format=art33", ""},
		{"export|INC|--format=json|--public", ""},
		{"impact|INC|--share=5|--services=checkout", ""},
		{"impact|INC|--share=40|--services=checkout,mail", ""},
		{"trigger|INC|impact|no, it stays P0", ""},
		{"message told|INC|--audience=team|--where=on the bridge|--text=Payments are back", ""},
		{"resolve|INC|--verification=works", ""},
		{"review draft|INC|--owner=ana", ""},
		{"review set|INC|summary|Nobody could pay for an hour", ""},
		{"review book|INC|+24h|--attendees=ana,ben", ""},
		{"review held|INC", ""},
		{"review factor add|INC|expired certificate", "FACTOR"},
		{"review factor set|FACTOR|--role=trigger", ""},
		{"action add|INC|Add an alert|--owner=ana|--due=14d", "ACTION"},
		{"action set|ACTION|--ticket=OPS-1", ""},
		{"action done|ACTION|the alert fired", ""},
		{"action list|INC", ""},
		{"review settle|INC", ""},
		{"review publish|INC|--shared=all of engineering|--confirm", ""},
		{"review show|INC", ""},
		{"report|weekly", ""},
		{"metrics", ""},
		{"export|INC|--format=post-mortem", ""},
		{"close|INC|--no-customer-message|staff alone saw it", ""},
		{"reopen|INC|--reason=again", ""},
		{"security room|INC|--code-name=Quiet Harbour|--members=ben|--address=127.0.0.1:9", ""}, // the last: the home has two rooms then
	} {
		words := strings.Split(step.line, "|")
		done[words[0]] = true
		args := append(strings.Fields(words[0]), words[1:]...)
		for i, arg := range args {
			name, _, _ := strings.Cut(arg, "/") // INC/NAME is a file of an incident
			if value, ok := kept[name]; ok {
				args[i] = value + strings.TrimPrefix(arg, name)
			}
		}
		code, out, errs := s.run(append(args, "--json")...)
		if err := single(out); code != exitDone || err != nil {
			t.Fatalf("%s --json: exit %d, %v, %s\n%s", words[0], code, err, errs, out)
		}
		if step.keep != "" {
			var made struct{ ID, Code string }
			if err := json.Unmarshal([]byte(out), &made); err != nil {
				t.Fatal(err)
			}
			if kept[step.keep] = made.ID; made.Code != "" && step.keep == "INC" {
				kept[step.keep] = made.Code
			}
		}
	}
	// These need a peer, a conflict or a mail server, and the stories have them.
	for _, name := range []string{"room join", "room remove", "room recover", "room ask", "room admit", "room request", "room answer", "room enter", "room revoke", "room quarantine accept", "room quarantine discard", "serve", "settle", "outbox run", "alert route", "runbook confirm", "json", "drill cut", "drill heal", "peers connect", "peers forget", "peers clocks back"} {
		done[name] = true
	}
	walk(tree(), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "holdfastctl ")
		if !c.HasSubCommands() && !done[name] {
			t.Errorf("%s --json is not tried", name)
		}
	})
}
