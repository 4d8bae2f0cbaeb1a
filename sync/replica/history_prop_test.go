package replica

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/model"
)

// seen is all a device shows.
func (s *site) seen() map[string]string {
	w, out := s.w, map[string]string{}
	text := func(v any) string {
		b, err := json.Marshal(v)
		w.check(err)
		return string(b)
	}
	hash, err := s.Hash()
	w.check(err)
	out["state"] = hash.String()
	s.Ask(func(st *model.State) {
		out["briefs"] = text(st.Briefs(true, w.now))
		out["members"] = text(st.MemberViews(model.DeviceKey{}))
		out["quarantine"] = text(st.QuarantineViews(true))
		for inc := range st.Incidents() {
			out["rows of "+inc.ID.String()] = text(st.Rows(inc))
			out["view of "+inc.ID.String()] = text(st.View(inc, w.now))
			out["facts of "+inc.ID.String()] = text(model.Facts(st, inc, w.now, time.UTC))
		}
	})
	return out
}

// fresh folds the whole record of the archive from its first commit.
func (w *world) fresh() *site {
	s := &site{w: w, name: "reference", dir: filepath.Join(w.dir, "reference")}
	s.home = w.openHome(s.dir)
	var err error
	s.Replica, err = s.home.Enter(w.welcome(s.home.Device().Key(), model.RoleMember))
	w.check(err)
	w.give(w.sites[0], s)
	return s
}

func (w *world) compare() {
	w.exchange()
	ref := w.fresh()
	defer ref.home.Close()
	want := ref.seen()
	for _, s := range w.members() {
		for _, when := range []string{"running", "opened again", "without its snapshot"} {
			if when == "without its snapshot" {
				s.forget(snapshotPrefix)
			}
			if when != "running" {
				s.reopen()
			}
			if s.Wants() && s != w.sites[0] {
				tried["lacked at the end"]++
				w.meet(w.sites[0], s)
			}
			if len(s.Begins()) > 0 {
				tried["compared without the beginning, "+when]++
			}
			if len(s.Forks()) > 0 {
				tried["compared with a fork"]++
			}
			if s.Wants() {
				w.rt.Fatalf("%s, %s: still lacks %v", s.name, when, s.Begins())
			}
			got := s.seen()
			s.Ask(func(st *model.State) {
				for inc := range st.Incidents() {
					if len(inc.Places) > 0 {
						tried[fmt.Sprintf("read where the log has it, %d forks", len(s.Forks()))]++
					}
				}
			})
			for what, text := range want {
				if got[what] != text {
					w.rt.Errorf("%s, %s: %s differs:\n%s\nfrom the whole record:\n%s", s.name, when, what, got[what], text)
				}
			}
			if len(got) != len(want) {
				w.rt.Errorf("%s, %s: shows %d things of %d", s.name, when, len(got), len(want))
			}
			if r, err := s.Check(w.t.Context()); err != nil || !r.OK() {
				w.rt.Errorf("%s, %s: %+v %v", s.name, when, r, err)
			}
		}
	}
	for _, line := range w.acked {
		found := false
		for what, text := range want {
			found = found || strings.HasPrefix(what, "rows") && strings.Contains(text, line)
		}
		if !found {
			w.rt.Errorf("%q was held by the archive and is lost", line)
		}
	}
}

// members are the devices that were not removed: who was is not given the keys that
// came after.
func (w *world) members() (in []*site) {
	w.sites[0].View(func(s *model.State) {
		for _, o := range w.sites {
			if _, active := s.ActiveMember(o.Device()); active {
				in = append(in, o)
			}
		}
	})
	return in
}

// forget takes snapshots of a prefix out of the store.
func (s *site) forget(prefix string) { s.w.check(s.forgetNow(s.w.t.Context(), prefix)) }

// forgetNow takes snapshots of a prefix out of the store.
func (r *Replica) forgetNow(ctx context.Context, prefix string) error {
	names, err := r.log.Snapshots()
	if err != nil {
		return err
	}
	return r.inTurn(ctx, func() error {
		b := r.log.Begin()
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				if err := b.DeleteSnapshot(name); err != nil {
					return err
				}
			}
		}
		return b.Commit()
	})
}

// do carries out a command; what is refused changes nothing.
func (s *site) do(c model.Command) model.Done {
	s.w.now = s.w.now.Add(time.Minute)
	done, err := s.Do(s.w.t.Context(), c)
	if err != nil && !errors.Is(err, model.ErrRefused) {
		s.w.rt.Fatalf("%s: %T: %v", s.name, c, err)
	}
	return done
}

func (s *site) incident() string {
	var codes []string
	s.View(func(st *model.State) {
		for inc := range st.Incidents() {
			if inc.Known() {
				codes = append(codes, inc.Code)
			}
		}
	})
	if len(codes) == 0 {
		return ""
	}
	slices.Sort(codes)
	return codes[rapid.IntRange(0, len(codes)-1).Draw(s.w.rt, "incident")]
}

func (s *site) line() string {
	s.w.said++
	return fmt.Sprintf("%s (%d)", s.w.texts[s.w.said%len(s.w.texts)], s.w.said)
}

// entry gives some entry of an incident.
func (s *site) entry(code string) (id string) {
	s.View(func(st *model.State) {
		inc, err := st.FindIncident(code)
		if err != nil {
			return
		}
		var ids []string
		for e := range inc.All() {
			ids = append(ids, e.String())
		}
		slices.Sort(ids)
		if len(ids) > 0 {
			id = ids[rapid.IntRange(0, len(ids)-1).Draw(s.w.rt, "entry")]
		}
	})
	return id
}

// steps are what may happen to a device.
var steps = map[string]func(w *world, s *site){
	"story": func(w *world, s *site) {
		done := s.do(model.Declare{Title: s.line(), Severity: model.P2})
		for range rapid.IntRange(1, 40).Draw(w.rt, "lines") {
			s.do(model.Log{Incident: done.Code, Text: s.line()})
		}
		if rapid.IntRange(0, 9).Draw(w.rt, "stays open") < 9 {
			s.do(model.Resolve{Incident: done.Code, Verification: "orders pass"})
			s.do(model.Close{Incident: done.Code, Customers: "staff alone saw it"})
		}
	},
	"log":   func(w *world, s *site) { s.do(model.Log{Incident: s.incident(), Text: s.line()}) },
	"close": func(w *world, s *site) { s.end(s.incident()) },
	"reopen": func(w *world, s *site) {
		s.do(model.Reopen{Incident: s.incident(), Reason: "it came back"})
	},
	"severity": func(w *world, s *site) {
		s.do(model.SetIncident{Incident: s.incident(), Severity: rapid.SampledFrom([]string{model.P1, model.P2, model.P3}).Draw(w.rt, "severity"), Reason: "orders were lost"})
	},
	"commander": func(w *world, s *site) {
		s.do(model.AssignRole{Incident: s.incident(), Role: "ic", Person: w.anyone(w.sites, "who").name})
	},
	"summary": func(w *world, s *site) {
		s.do(model.EditText{Incident: s.incident(), Field: model.TextSummary, Text: s.line()})
	},
	"correct": func(w *world, s *site) {
		if id := s.entry(s.incident()); id != "" {
			s.do(model.EditEntry{Entry: id, Text: s.line()})
		}
	},
	"task": func(w *world, s *site) { s.do(model.AddTask{Incident: s.incident(), Text: s.line()}) },
	"role": func(w *world, s *site) {
		s.do(model.SetMemberRole{
			Device: w.anyone(w.sites[1:], "whose").Device().String(),
			Role:   rapid.SampledFrom([]string{model.RoleAdmin, model.RoleMember, model.RoleObserver}).Draw(w.rt, "role"), Reason: "on call this week",
		})
	},
	"remove": func(w *world, s *site) {
		if len(w.sites) < 3 {
			return
		}
		s.do(model.RemoveMember{Device: w.sites[len(w.sites)-1].Device().String(), Reason: "laptop lost"})
	},
	"meet": func(w *world, s *site) {
		if o := w.anyone(append(slices.Clone(w.sites), w.relay), "other"); o != s {
			w.meet(s, o)
		}
	},
	"time passes":     func(w *world, s *site) { w.now = w.now.AddDate(0, 4, 0) },
	"let go":          func(w *world, s *site) { s.letGoOfOld() },
	"open again":      func(w *world, s *site) { s.reopen() },
	"snapshot":        func(w *world, s *site) { s.keepSnapshot() },
	"no snapshot":     func(w *world, s *site) { s.forget(snapshotPrefix); s.reopen() },
	"no base":         func(w *world, s *site) { s.forget(basePrefix); s.reopen() },
	"no packs":        func(w *world, s *site) { s.forget(packPrefix); s.reopen() },
	"copy":            func(w *world, s *site) { s.copyRecord() },
	"put back":        func(w *world, s *site) { s.putBack() },
	"pack everything": func(w *world, s *site) { s.packAll() },
	"give bytes":      func(w *world, s *site) { s.packAll(); s.giveBytes() },
}

func (s *site) end(code string) {
	s.do(model.Resolve{Incident: code, Verification: "orders pass"})
	s.do(model.Close{Incident: code, Customers: "staff alone saw it"})
}

func (s *site) packAll() {
	s.w.check(s.inTurn(s.w.t.Context(), func() error {
		s.packLoose(s.state, 0)
		return s.putAside(s.state)
	}))
}

func (s *site) giveBytes() {
	s.w.check(s.inTurn(s.w.t.Context(), func() error {
		for s.endPacking(); s.beside.give(); s.endPacking() {
			tried["gave bytes"]++
		}
		return s.putAside(s.state)
	}))
}

func (s *site) keepSnapshot() { s.w.check(s.keepNow(s.w.t.Context())) }

// keepNow keeps a snapshot, with its closed parts.
func (r *Replica) keepNow(ctx context.Context) error {
	return r.inTurn(ctx, func() error {
		r.mu.Lock()
		r.since = max(r.since, snapshotEvery)
		r.mu.Unlock()
		return r.snapshot(0)
	})
}

// letGoOfOld lets go of what is older than 60 days and the archive has.
func (s *site) letGoOfOld() {
	w := s.w
	a := w.sites[0]
	w.meet(s, a)
	w.now = w.now.AddDate(0, rapid.IntRange(0, 4).Draw(w.rt, "months"), 0)
	h := Holding{Archive: a.Device(), Upto: map[model.FeedID]uint64{}}
	for feed, head := range a.Heads() {
		h.Upto[feed] = head.Seq
	}
	before := w.now.AddDate(0, 0, -60)
	_, err := s.MayLetGo(w.t.Context(), before, []Holding{h})
	var done LetGo
	if err == nil {
		done, err = s.LetGo(w.t.Context(), before, []Holding{h}, 1)
	}
	if err != nil && !errors.Is(err, ErrIsArchive) && !errors.Is(err, errUnsettled) && !errors.Is(err, errNewerOps) {
		w.rt.Fatalf("%s lets go: %v", s.name, err)
	}
	if done.Commits > 0 {
		tried["let go"]++
	}
}

// copyRecord keeps a copy of the record, as a backup does.
func (s *site) copyRecord() {
	if s == s.w.sites[0] {
		return // who relies on one archive relies on its disk
	}
	s.w.check(s.home.Close())
	s.saved = map[string][]byte{}
	for _, end := range []string{"", ".mark"} {
		b, err := os.ReadFile(s.log.Path() + end)
		s.w.check(err)
		s.saved[s.log.Path()+end] = b
	}
	s.open()
}

func (s *site) open() {
	s.home = s.w.openHome(s.dir)
	if len(s.home.Rooms()) != 1 {
		s.w.rt.Fatal(s.name, "does not open:", s.home.Shut())
	}
	s.Replica = s.home.Rooms()[0]
}

// putBack writes the copy over the record, where nothing tells that it was, after
// the archive has taken what is there.
func (s *site) putBack() {
	if s.saved == nil {
		return
	}
	s.w.meet(s, s.w.sites[0])
	s.w.check(s.home.Close())
	for path, b := range s.saved {
		s.w.check(os.WriteFile(path, b, 0o600))
	}
	s.open()
	for range rapid.IntRange(0, 3).Draw(s.w.rt, "written on") {
		s.do(model.Log{Incident: s.incident(), Text: s.line()})
	}
}

// TestAnyHistoryFoldsAsIfNothingWasLetGo is the promise of letting go. A case makes
// three homes on disk and more, so without a number a few of them are tried.
func TestAnyHistoryFoldsAsIfNothingWasLetGo(t *testing.T) {
	texts := linesOfSamples(t)
	var names []string
	for name := range steps {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 6 { // the commoner ones
		names = append(names, "story", "let go", "meet")
	}
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
		if err := checks.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rt, texts)
		defer w.close()
		for range rapid.IntRange(12, 40).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "step")
			s := w.anyone(w.sites, "on")
			short := len(s.Begins()) > 0
			steps[name](w, s)
			if now := len(s.Begins()) > 0; short && !now {
				tried["regained"]++
			} else if now {
				tried["short: "+name]++
			}
		}
		w.compare()
	})
	t.Log(tried)
}
