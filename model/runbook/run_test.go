package runbook_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	. "holdfast/model/runbook"
)

// gitlab is the part of the incident of 31 January 2017 in which the data
// directory of the primary was removed instead of the replica's.
const gitlab = `# Replica broken
## 1. Read the lag {#lag}
- Minutes: 5
- If the lag falls by itself -> end
- Otherwise -> ticket
## 2. Open a ticket {#ticket}
## 3. Tell the commander {#tell}
## 4. Copy what is left {#copy}
- If it fails -> tell
## 5. Remove the data of the replica {#wipe}
- Risk: destructive
- Target: {{replica host}}
- Requires: copy
- Stop if: the host is the primary
## 6. Sync {#sync}
- If it follows -> end
- If it is silent for 10 minutes -> lag
- Otherwise -> runbook backup-restore
`

var (
	start = time.Date(2017, 1, 31, 23, 0, 0, 0, time.UTC)
	db2   = map[string]string{"replica host": "db2.cluster.gitlab.com"}
)

func at(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }

// ok is a result as the on-call engineer gives it.
func ok(step, branch string, minute int) Result {
	return Result{Step: step, Outcome: Done, Branch: branch, Person: "on-call", At: at(minute)}
}

func begun(t testing.TB, results ...Result) Run {
	t.Helper()
	return Run{Book: parse(t, gitlab), Started: start, Values: db2, Results: results}
}

// wiped is the destructive step done as it should be.
func wiped(minute int) Result {
	r := ok("wipe", "", minute)
	r.Target, r.Second = " db2.cluster.gitlab.com ", "the database expert"
	return r
}

func TestRunFromStartToEnd(t *testing.T) {
	results := []Result{ok("lag", "b", 6), ok("ticket", "", 8), ok("tell", "", 9), ok("copy", "", 20), wiped(27), ok("sync", "it follows", 60)}
	for i, want := range []struct {
		at   string
		next []string
		left []string
		done int
	}{
		{"lag", []string{"lag"}, []string{"lag", "ticket", "tell", "copy", "wipe", "sync"}, 0},
		{"ticket", []string{"ticket", "tell", "copy"}, []string{"ticket", "tell", "copy", "wipe", "sync"}, 1},
		{"tell", []string{"tell", "copy"}, []string{"tell", "copy", "wipe", "sync"}, 2},
		{"copy", []string{"copy"}, []string{"copy", "wipe", "sync"}, 3},
		{"wipe", []string{"wipe"}, []string{"wipe", "sync"}, 4},
		{"sync", []string{"sync"}, []string{"sync"}, 5},
		{"", nil, nil, 6},
	} {
		p := begun(t, results[:i]...).Progress()
		if p.At != want.at || !slices.Equal(p.Next, want.next) || !slices.Equal(p.Left, want.left) || p.Done != want.done {
			t.Errorf("after %d results: at %q, next %v, left %v, %d done; want %+v", i, p.At, p.Next, p.Left, p.Done, want)
		}
		if i < len(results) {
			if err := begun(t, results[:i]...).Check(results[i]); err != nil {
				t.Errorf("result %d: %v", i, err)
			}
		}
	}
	p := begun(t, results...).Progress()
	if p.Over != End || p.Runbook != "" || len(p.Deviations) > 0 {
		t.Errorf("over %q, runbook %q, deviations %v", p.Over, p.Runbook, p.Deviations)
	}
	var took []time.Duration
	for _, s := range p.Steps {
		took = append(took, s.Took/time.Minute)
	}
	if !slices.Equal(took, []time.Duration{6, 2, 1, 11, 7, 33}) || !p.Steps[0].Late || p.Steps[1].Late {
		t.Errorf("minutes %v, steps %+v", took, p.Steps)
	}
}

// What a second person reads is what the first one left.
func TestAnotherPersonCarriesOn(t *testing.T) {
	run := begun(t, ok("lag", "b", 1), ok("ticket", "", 2))
	before := run.Progress()
	next := ok(before.At, "", 4)
	next.Person = "the second shift"
	run.Results = append(run.Results, next)
	p := run.Progress()
	if p.At != "copy" || p.Steps[2].Person != "the second shift" || !reflect.DeepEqual(begun(t, run.Results[:2]...).Progress(), before) {
		t.Errorf("at %q, %+v", p.At, p.Steps)
	}
}

func TestWhereResultsLead(t *testing.T) {
	upTo := []Result{ok("lag", "otherwise", 1), ok("ticket", "", 2), ok("tell", "", 3), ok("copy", "", 4), wiped(5)}
	with := func(n int, more ...Result) []Result { return append(slices.Clone(upTo[:n]), more...) }
	for _, c := range []struct {
		name              string
		results           []Result
		at, over, runbook string
		said              string // of the last deviation
	}{
		{"an end by a branch", with(0, ok("lag", "A", 1)), "", End, "", ""},
		{"another runbook", with(5, ok("sync", "c", 6)), "", Stop, "backup-restore", ""},
		{"back to the start", with(5, ok("sync", "b", 6)), "lag", "", "", ""},
		{"a stop anywhere", with(1, Result{Step: "ticket", Outcome: Failed, Branch: "stop", Note: "wrong incident", Person: "x"}), "", Stop, "", `stopped at "Open a ticket": wrong incident`},
		{"a stop by its condition needs no note", with(4, Result{Step: "wipe", Outcome: Failed, Branch: "Stop", Person: "x"}), "", Stop, "", `stopped at "Remove the data of the replica"`},
		{"failed stays at hand", with(1, Result{Step: "ticket", Outcome: Failed, Person: "x"}), "ticket", "", "", `"Open a ticket" failed`},
		{"failed leads away", with(3, Result{Step: "copy", Outcome: Failed, Person: "x"}), "tell", "", "", `"Copy what is left" failed`},
		{"skipped goes on", with(1, Result{Step: "ticket", Outcome: Skipped, Note: "one is open", Person: "x"}), "tell", "", "", `"Open a ticket" skipped: one is open`},
		{"a question skipped is otherwise", with(0, Result{Step: "lag", Outcome: Skipped, Note: "no metrics", Person: "x"}), "ticket", "", "", `"Read the lag" skipped: no metrics`},
		{"done in another way", with(1, Result{Step: "ticket", Outcome: Deviated, Note: "by phone", Person: "x"}), "tell", "", "", `"Open a ticket" deviated: by phone`},
		{"before its turn", with(1, ok("tell", "", 2)), "ticket", "", "", `"Tell the commander" came before its turn`},
		{"and then not asked again", with(1, ok("tell", "", 2), ok("ticket", "", 3)), "copy", "", "", `"Tell the commander" came before its turn`},
		{"failed before its turn is asked in its turn", with(2, Result{Step: "copy", Outcome: Failed, Person: "x"}, ok("tell", "", 4)), "copy", "", "", `"Copy what is left" came before its turn`},
		{"recorded by two", with(3, ok("ticket", "", 9)), "copy", "", "", `"Open a ticket" was recorded again`},
		{"a remark moves nothing", with(2, Result{Step: "tell", Outcome: Wrong, Note: "there is no commander at night", Person: "x"}), "tell", "", "", ""},
		{"after the end", with(0, ok("lag", "a", 1), ok("ticket", "", 2)), "", End, "", "not counted: the run is over"},
		{"no such step", with(0, ok("nothing", "", 1)), "lag", "", "", `not counted: this runbook has no step "nothing"`},
		{"destructive without names", with(4, ok("wipe", "", 5)), "wipe", "", "", "not counted: the step"},
		{"going back forgets what was done ahead", []Result{
			upTo[0], upTo[1], upTo[2], ok("sync", "a", 4), {Step: "copy", Outcome: Failed, Person: "x"}, ok("tell", "", 5), ok("copy", "", 6), wiped(7),
		}, "sync", "", "", `"Copy what is left" failed`},
		{"going back asks again", []Result{
			upTo[0], upTo[1], upTo[2], ok("sync", "b", 4), ok("copy", "", 5), wiped(6), ok("lag", "b", 7), ok("tell", "", 8),
			ok("ticket", "", 9),
		}, "tell", "", "", `"Tell the commander" was recorded again`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := begun(t, c.results...).Progress()
			last := ""
			if n := len(p.Deviations); n > 0 {
				last = p.Deviations[n-1].Text
			}
			if p.At != c.at || p.Over != c.over || p.Runbook != c.runbook || (last != c.said && (c.said == "" || !strings.HasPrefix(last, c.said))) {
				t.Errorf("at %q, over %q, runbook %q, last deviation %q; want %+v", p.At, p.Over, p.Runbook, last, c)
			}
		})
	}
}

func TestOthersMayTakeWhatFollows(t *testing.T) {
	run := begun(t, ok("lag", "b", 1), ok("tell", "", 2))
	p := run.Progress()
	if want := []string{"ticket", "copy"}; !slices.Equal(p.Next, want) || !slices.Equal(p.Left, []string{"ticket", "copy", "wipe", "sync"}) {
		t.Errorf("next %v, left %v", p.Next, p.Left)
	}
	run.Book = parse(t, "# T\n## 1. A\n## 2. B\n## 3. C\n- Requires: b\n")
	run.Results = nil
	if p := run.Progress(); !slices.Equal(p.Next, []string{"a", "b"}) {
		t.Errorf("next %v, and c needs b first", p.Next)
	}
}

func TestGapsOfTheRunbookAreKept(t *testing.T) {
	missing := Result{Outcome: Missing, Note: "no word on backups", Person: "x", At: at(90)}
	p := begun(t, ok("lag", "a", 1), missing).Progress()
	if !reflect.DeepEqual(p.Gaps, []Result{missing}) || len(p.Deviations) > 0 {
		t.Errorf("gaps %v, deviations %v", p.Gaps, p.Deviations)
	}
}

func TestDestructiveStepsAreGuarded(t *testing.T) {
	ready := begun(t, ok("lag", "b", 1), ok("ticket", "", 2), ok("tell", "", 3), ok("copy", "", 4))
	change := func(fn func(*Result)) Result {
		r := wiped(5)
		fn(&r)
		return r
	}
	noHost := ready
	noHost.Values = nil
	noCopy := begun(t, ok("lag", "b", 1), ok("ticket", "", 2), ok("tell", "", 3), Result{Step: "copy", Outcome: Skipped, Note: "no room", Person: "on-call"})
	waived := begun(t, noCopy.Results[0], noCopy.Results[1], noCopy.Results[2], Result{Step: "copy", Outcome: Skipped, Note: "no room", Person: "on-call", Second: "lead"})
	for _, c := range []struct {
		name string
		run  Run
		res  Result
		want string
	}{
		{"as it should be", ready, wiped(5), ""},
		{"nothing typed", ready, change(func(r *Result) { r.Target = " " }), "is destructive and was not recorded: type the name of what the step acts on: db2.cluster.gitlab.com"},
		{"the primary typed", ready, change(func(r *Result) { r.Target = "db1.cluster.gitlab.com" }), `you typed "db1.cluster.gitlab.com", and this run acts on "db2.cluster.gitlab.com"; nothing was recorded. Stop`},
		{"other letters", ready, change(func(r *Result) { r.Target = "DB2.cluster.gitlab.com" }), `you typed "DB2.cluster`},
		{"alone", ready, change(func(r *Result) { r.Second = "" }), "a second person reads the name aloud and looks on; name that person"},
		{"alone under two names", ready, change(func(r *Result) { r.Second = " On-Call" }), "the second person has to be another one than on-call"},
		{"failed, but it acted", ready, change(func(r *Result) { r.Outcome, r.Target = Failed, "" }), "was not recorded: type the name"},
		{"done and stopped", ready, change(func(r *Result) { r.Branch, r.Target = "stop", "" }), "was not recorded: type the name"},
		{"deviated", ready, change(func(r *Result) { r.Outcome, r.Note, r.Second = Deviated, "moved, not removed", "" }), "a second person"},
		{"skipped", ready, Result{Step: "wipe", Outcome: Skipped, Note: "it follows again", Person: "x"}, ""},
		{"no host named", noHost, change(func(r *Result) { r.Target = "{{replica host}}" }), "this run does not say which replica host it acts on"},
		{"not its turn", begun(t), wiped(1), "is destructive, and the run is not there"},
		{"nothing copied", noCopy, wiped(5), `the step "Copy what is left" has to come first; do it, or skip it with a reason and a second person, which waives it`},
		{"copy waived by two", waived, wiped(5), ""},
		{"copied, and then it proved bad", begun(t, append(slices.Clone(ready.Results), Result{Step: "copy", Outcome: Failed, Person: "x"})...), wiped(5), `the step "Copy what is left" has to come first`},
		{"no person", ready, change(func(r *Result) { r.Person = "" }), "who did it?"},
		{"no such outcome", ready, change(func(r *Result) { r.Outcome = "fine" }), `"fine" is no result of a step`},
		{"skipped without a reason", ready, Result{Step: "wipe", Outcome: Skipped, Person: "x"}, "say in the result why the step is skipped"},
		{"a remark without words", ready, Result{Step: "wipe", Outcome: Wrong, Person: "x"}, "say in the result what is wrong"},
		{"no branch chosen", begun(t), ok("lag", "", 1), "say which of these is so: a the lag falls by itself; b otherwise"},
		{"no such branch", begun(t), ok("lag", "c", 1), `has no branch "c"; nothing was recorded; say which`},
		{"a branch where there is none", ready, change(func(r *Result) { r.Branch = "a" }), "it has no branches, only stop"},
		{"a stop without a reason", begun(t), Result{Step: "lag", Outcome: Failed, Branch: "stop", Person: "x"}, "say in the result why the run stops here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.run.Check(c.res)
			if (err == nil) != (c.want == "") || (err != nil && (!strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrRefused))) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestNeeds(t *testing.T) {
	kinds := func(r Run, step string) (out []NeedKind) {
		for _, n := range r.Needs(step) {
			out = append(out, n.Kind)
		}
		return out
	}
	run := begun(t)
	for step, want := range map[string][]NeedKind{
		"ticket": nil, "lag": {NeedBranch}, "wipe": {NeedTurn, NeedStep, NeedTarget, NeedSecond}, "nothing": nil,
	} {
		if got := kinds(run, step); !slices.Equal(got, want) {
			t.Errorf("%s needs %v, want %v", step, got, want)
		}
	}
	run.Values = nil
	if got := kinds(run, "wipe"); !slices.Contains(got, NeedValue) {
		t.Errorf("without a host: %v", got)
	}
	for _, n := range begun(t).Needs("wipe") {
		if n.Kind == NeedTarget && n.Name != "db2.cluster.gitlab.com" || n.Kind == NeedStep && n.Name != "copy" || n.Text == "" {
			t.Errorf("%+v", n)
		}
	}
}

func TestFillPutsValuesInPlace(t *testing.T) {
	run := Run{Values: map[string]string{"limit": " 30 s ", "from": ""}}
	if got := run.Fill("lag under {{ limit }}, loss {{from}} to {{to}}"); got != "lag under 30 s, loss {{from}} to {{to}}" {
		t.Error(got)
	}
}
