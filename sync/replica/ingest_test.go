package replica

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/secret"
)

// A run is verified on the one before it while that is still on its way to the disk.
func TestRunsAreVerifiedBeforeThoseBeforeThemAreDurable(t *testing.T) {
	ahead, behind := homes(t)
	a, b := ahead.Rooms()[0], behind.Rooms()[0]
	feed, after := a.OwnFeed(), b.Heads()[b.OwnFeed()].Seq
	var runs []mesh.Run
	for _, title := range []string{"EU checkout fails", "Bank payouts are late", "Login answers 502"} {
		if _, err := a.Do(t.Context(), model.Declare{Title: title}); err != nil {
			t.Fatal(err)
		}
		run, ok, err := a.ReadRun(feed, after, 1)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		runs, after = append(runs, run), run.Last()
	}

	if err := b.accept(t.Context(), runs[1:2])()[0]; err == nil {
		t.Fatal("a run was taken before the one it follows on")
	}
	var answers []func() []error
	err := b.inTurn(t.Context(), func() error { // so that nothing becomes durable meanwhile
		for n := range runs {
			answers = append(answers, b.accept(t.Context(), runs[n:n+1]))
		}
		if held := b.Heads()[feed].Seq; held >= runs[0].First {
			t.Error("durable before the writer had it:", held)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, wait := range answers {
		if err := wait()[0]; err != nil {
			t.Errorf("run %d: %v", n, err)
		}
	}
	ours, err := b.Hash()
	theirs, err2 := a.Hash()
	if err != nil || err2 != nil || ours != theirs {
		t.Error("the states differ", err, err2)
	}
}

// Runs come while commands are carried out by those who bring them: they are stored in
// their order, and who is answered finds the run in the state.
func TestRunsKeepTheirOrderBesideCommands(t *testing.T) {
	ahead, behind := homes(t)
	a, b := ahead.Rooms()[0], behind.Rooms()[0]
	feed, after := a.OwnFeed(), b.Heads()[b.OwnFeed()].Seq
	inc, err := a.Do(t.Context(), model.Declare{Title: "GitLab deletes its primary database", Severity: model.P0})
	if err != nil {
		t.Fatal(err)
	}
	texts := linesOfSamples(t)
	for n := range 1500 {
		if _, err := a.Do(t.Context(), model.Log{Incident: inc.Code, Text: texts[n%len(texts)]}); err != nil {
			t.Fatal(err)
		}
	}
	type sent struct {
		run  mesh.Run
		wait func() []error
	}
	way := make(chan sent, 2) // as a link sends on before it is answered
	go func() {
		defer close(way)
		for {
			run, ok, err := a.ReadRun(feed, after, 4<<10)
			if err != nil || !ok {
				return
			}
			after = run.Last()
			way <- sent{run, b.accept(t.Context(), []mesh.Run{run})}
		}
	}()
	runs := 0
	for s := range way {
		if err := s.wait()[0]; err != nil {
			t.Fatal(err)
		}
		b.View(func(state *model.State) {
			if seq := state.Applied[feed].Seq; seq < s.run.Last() || b.Heads()[feed].Seq < seq {
				t.Errorf("answered to %d: folded to %d, durable to %d", s.run.Last(), seq, b.Heads()[feed].Seq)
			}
		})
		if _, err := b.Do(t.Context(), model.Log{Incident: "none", Text: "refused"}); err == nil {
			t.Error("a line for no incident was taken")
		}
		runs++
	}
	if held := b.Heads()[feed].Seq; runs < 20 || held != a.Heads()[feed].Seq {
		t.Fatalf("%d runs, held to %d", runs, held)
	}
	ours, err := b.Hash()
	theirs, err2 := a.Hash()
	if err != nil || err2 != nil || ours != theirs {
		t.Error("the states differ", err, err2)
	}
}

// homes are two of one device: the second is a copy of the first as it was founded.
func homes(t *testing.T) (ahead, behind *Home) {
	t.Helper()
	open := func(dir string) *Home {
		h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	dir := t.TempDir()
	first := filepath.Join(dir, "a")
	h := open(first)
	if _, err := h.Found(t.Context(), Founding{Name: "Room", Person: "Ana Ruiz"}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "b")
	if err := errors.Join(os.CopyFS(second, os.DirFS(first)), os.Chmod(filepath.Join(second, "secrets"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return open(first), open(second)
}
