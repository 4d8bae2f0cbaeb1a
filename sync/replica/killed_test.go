//go:build !windows

package replica

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/secret"
)

// The test binary runs itself for what has to happen to a process.
const roleVariable = "REPLICA_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "history" {
		os.Exit(m.Run())
	}
	year, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = (&chronicle{dir: os.Args[1], now: time.Date(2026+year, 3, 1, 9, 0, 0, 0, time.UTC)}).goOn()
	}
	fmt.Println("error:", err)
	os.Exit(1)
}

// chronicle is a device that writes, lets go, keeps snapshots and takes again what it
// let go of, and an archive beside it.
type chronicle struct {
	dir     string
	now     time.Time
	homes   [2]*Home
	device  *Replica
	archive *Replica
}

func (c *chronicle) open() error {
	for i, name := range []string{"device", "archive"} {
		if c.homes[i] != nil {
			continue
		}
		h, err := OpenHome(filepath.Join(c.dir, name), secret.Options{Prefer: secret.KeyFile}, Options{Now: func() time.Time { return c.now }})
		if err != nil {
			return err
		}
		if c.homes[i] = h; len(h.Shut()) > 0 {
			return errors.New(h.Shut()[0].Sentence())
		}
	}
	c.device, c.archive = c.homes[0].Rooms()[0], c.homes[1].Rooms()[0]
	return nil
}

func (c *chronicle) close() error {
	var errs []error
	for i, h := range c.homes {
		if h != nil {
			errs = append(errs, h.Close())
		}
		c.homes[i] = nil
	}
	return errors.Join(errs...)
}

// found makes the room.
func (c *chronicle) found() error {
	ctx := context.Background()
	for i, name := range []string{"device", "archive"} {
		h, err := OpenHome(filepath.Join(c.dir, name), secret.Options{Prefer: secret.KeyFile}, Options{Now: func() time.Time { return c.now }})
		if err != nil {
			return err
		}
		c.homes[i] = h
	}
	r, err := c.homes[0].Found(ctx, Founding{Name: "Payments", Person: "Ana Ruiz"})
	if err != nil {
		return err
	}
	return errors.Join(enterFrom(ctx, c.homes[0], r, c.homes[1], c.now), c.close())
}

// enterFrom has another home enter a room.
func enterFrom(ctx context.Context, host *Home, r *Replica, guest *Home, now time.Time) error {
	var invite model.ID
	_, _ = rand.Read(invite[:])
	device := guest.Device().Key()
	for _, cmd := range []model.Command{
		model.IssueInvite{Invite: invite, Role: model.RoleMember, Expires: now.Add(time.Hour), Uses: 1},
		model.AdmitMember{Device: device, Invite: invite, Person: "Vault Keeper", Name: "vault"},
	} {
		if _, err := r.Do(ctx, cmd); err != nil {
			return err
		}
	}
	w := identity.Welcome{Room: r.Room(), Keys: r.Keys()}
	r.View(func(s *model.State) { w.RoomName, w.Founder, w.Nonce = s.Name(), s.Founder, s.Nonce })
	w.Certificate = identity.NewCertificate(r.Room(), device, model.RoleMember, model.ID{}, now)
	if err := w.Certificate.Sign(host.Device().Private()); err != nil {
		return err
	}
	_, err := guest.Enter(w)
	return err
}

// bring gives one replica what it lacks of another: all from the first commit on where
// it needs what it let go of.
func bring(from, to *Replica) error {
	for feed, head := range from.Heads() {
		after := to.Heads()[feed].Seq
		if to.Wants() && to.Begins()[feed].Seq > 0 {
			after = to.log.Filled(feed)
		}
		for after < head.Seq {
			run, ok, err := from.ReadRun(feed, after, 2<<10)
			if err != nil || !ok {
				return fmt.Errorf("read: %v %w", ok, err)
			}
			if err := (Store{to}).Ingest(context.Background(), []mesh.Run{run})[0]; err != nil {
				return err
			}
			after = run.Last()
		}
	}
	return nil
}

func (c *chronicle) goOn() error {
	ctx := context.Background()
	if err := c.open(); err != nil {
		return err
	}
	say := func(what string) { fmt.Println(what) }
	for n := 0; ; n++ {
		if c.device.Wants() {
			say("regain")
			if err := bring(c.archive, c.device); err != nil {
				return err
			}
		}
		done, err := c.device.Do(ctx, model.Declare{Title: fmt.Sprintf("checkout down, day %d", n)})
		if err != nil {
			return err
		}
		for i := range 12 {
			text := fmt.Sprintf("db-%d does not answer, day %d of %s", i, n, c.now.Format(time.DateOnly))
			if _, err := c.device.Do(ctx, model.Log{Incident: done.Code, Text: text}); err != nil {
				return err
			}
			say("acked " + text)
		}
		for _, cmd := range []model.Command{
			model.Resolve{Incident: done.Code, Verification: "orders pass"}, model.Close{Incident: done.Code, Customers: "staff alone saw it"},
		} {
			if _, err := c.device.Do(ctx, cmd); err != nil {
				return err
			}
		}
		say("archive")
		if err := bring(c.device, c.archive); err != nil {
			return err
		}
		c.now = c.now.AddDate(0, 3, 0)
		h := Holding{Archive: c.archive.Device(), Upto: map[model.FeedID]uint64{}}
		for feed, head := range c.archive.Heads() {
			h.Upto[feed] = head.Seq
		}
		say("let go")
		if _, err := c.device.MayLetGo(ctx, c.now.AddDate(0, 0, -60), []Holding{h}); err != nil {
			return err
		}
		if _, err := c.device.LetGo(ctx, c.now.AddDate(0, 0, -60), []Holding{h}, 1); err != nil {
			return err
		}
		say("snapshot")
		if err := c.device.keepNow(ctx); err != nil {
			return err
		}
		if n%3 == 2 { // what was made of it is lost
			say("lose")
			if err := c.device.forgetNow(ctx, basePrefix); err != nil {
				return err
			}
			if err := c.close(); err != nil {
				return err
			}
			if err := c.open(); err != nil {
				return err
			}
		}
	}
}

// killAt runs a chronicle, kills it a while after it says a word once it has said so
// many, and gives the lines it acknowledged. What it said is counted.
func killAt(t *testing.T, dir string, year int, word string, nth int, pause time.Duration, said map[string]int) (acked []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], dir, strconv.Itoa(year))
	cmd.Env = append(os.Environ(), roleVariable+"=history")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		text := lines.Text()
		if line, ok := strings.CutPrefix(text, "acked "); ok {
			acked = append(acked, line)
		}
		said[strings.SplitN(text, " db", 2)[0]]++
		if strings.HasPrefix(text, "error") {
			t.Error("child says: " + text)
		}
		if nth--; nth > 0 || !strings.HasPrefix(text, word) {
			continue
		}
		time.Sleep(pause)
		_ = cmd.Process.Kill() // goes on reading what was said before it died
	}
	if err := cmd.Wait(); err == nil {
		t.Error("child ended by itself")
	}
	return acked
}

// TestKilledInHistory: whenever the process ends, while it lets go of history, takes it
// again, or keeps a snapshot and its closed parts, the room opens, every acknowledged line is
// there, and once what it lacks has come it is the state of the whole record.
func TestKilledInHistory(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("KILLS"))
	if err != nil {
		kills = 12
	}
	c := &chronicle{dir: t.TempDir(), now: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)}
	if err := c.found(); err != nil {
		t.Fatal(err)
	}
	var acked []string
	short, wanted, said := 0, 0, map[string]int{}
	words := []string{"let go", "snapshot", "regain", "lose", "archive", "acked"}
	for round := range kills {
		pause := time.Duration(round*7%40) * time.Millisecond
		acked = append(acked, killAt(t, c.dir, 10*round, words[round%len(words)], 3+round%30, pause, said)...)
		if err := c.open(); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if len(c.device.Begins()) > 0 {
			short++
		}
		if c.device.Wants() {
			wanted++
			if err := bring(c.archive, c.device); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if err := bring(c.device, c.archive); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		c.look(t, round, acked)
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range words {
		if kills >= len(words) && said[word] == 0 {
			t.Errorf("nobody came to %s: %v", word, said)
		}
	}
	fmt.Printf("kill -9 while letting go, taking again and keeping snapshots: %d rounds, %d lines acknowledged, 0 lost; the beginning was let go in %d, wanted in %d\n",
		kills, len(acked), short, wanted)
}

// look compares the device with the archive, which folded all, and looks for each line.
func (c *chronicle) look(t *testing.T, round int, acked []string) {
	t.Helper()
	got, err := c.device.Hash()
	want, wantErr := c.archive.Hash()
	if err != nil || wantErr != nil || got != want {
		t.Errorf("round %d: another state than of the whole record (%v, %v)", round, err, wantErr)
	}
	if r, err := c.device.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("round %d: %+v %v", round, r, err)
	}
	there := map[string]bool{}
	c.device.Ask(func(s *model.State) {
		for inc := range s.Incidents() {
			for _, row := range s.Rows(inc) {
				there[row.Text] = true
			}
		}
	})
	for _, line := range acked {
		if !there[line] {
			t.Errorf("round %d: %q was acknowledged and is lost", round, line)
		}
	}
}
