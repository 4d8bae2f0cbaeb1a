package engine

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/model/modeltest/fewer"
)

// enoughSeeds meet every fault.
const enoughSeeds = 200

// simSeeds is how many seeds a run of the tests plays. Under the race detector a seed is ten
// times as slow, and an engine that starts no goroutine has no races.
var simSeeds = uint64(fewer.Cases(enoughSeeds, 40))

// SEEDS=n plays other than simSeeds seeds, and SEED=n plays that one alone.
func seedsFrom(t *testing.T) (first, last uint64) {
	t.Helper()
	for _, v := range []string{"SEED", "SEEDS"} {
		s := os.Getenv(v)
		if s == "" {
			continue
		}
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("%s=%q is not a number", v, s)
		}
		if v == "SEED" {
			return n, n
		}
		return 1, n
	}
	return 1, simSeeds
}

// simFailures is how many seeds may fail before a run of many ends: a night is to tell of more than one.
const simFailures = 5

// playAll plays seeds on all cores and gives the sums of what happened.
func playAll(t *testing.T, first, last uint64, play func(seed uint64) (*sim, error)) (total map[string]int, steps, sent int) {
	t.Helper()
	var next, failed atomic.Uint64
	next.Store(first - 1)
	var mu sync.Mutex
	var wg sync.WaitGroup
	total = map[string]int{}
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed <= last && failed.Load() < simFailures; seed = next.Add(1) {
				s, err := play(seed)
				if err != nil {
					failed.Add(1)
					t.Errorf("SEED=%d: %v; again with: make sim SEED=%d", seed, err, seed)
				}
				mu.Lock()
				steps, sent = steps+s.steps, sent+s.sent
				for k, v := range s.stats {
					total[k] += v
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return total, steps, sent
}

func TestSimConverges(t *testing.T) {
	first, last := seedsFrom(t)
	began := time.Now()
	total, steps, sent := playAll(t, first, last, func(seed uint64) (*sim, error) {
		s := newSim(seed)
		return s, s.run()
	})
	t.Logf("%v", total)
	if t.Failed() {
		return
	}
	fmt.Printf("sim: %d of %d seeds, %d steps, %d runs sent, %.0f s\n", last-first+1, last-first+1, steps, sent, time.Since(began).Seconds())
	if last-first+1 < enoughSeeds {
		return
	}
	for _, what := range []string{
		"links", "broken", "silenced", "parted", "crashed", "restored", "rolled back", "disk error", "later", "gap", "put back unnoticed", "fork found", "diverged",
		"stalled", "flapped", "parted one way", "clock set", "cut off in a step", "written, not told", "taken, not told", "removed",
		"let go", "wanted back", "regained", "joined late", "old", "slept", "answered late",
		"large rooms", "lied", "flooded", "refused a false run", "flipped", "damage found by a read", "filled again",
	} {
		if total[what] == 0 {
			t.Errorf("the simulator never tried: %s", what)
		}
	}
}

// Seeds that found a mistake, with the faults of their time: a peer believed ahead in a name nobody uses any
// more (6, 12), and a Hello of a process or naming that was over, arriving on an
// old link after the one of the new (808); a question on one link that made
// forget what was acknowledged on another (1008). Of the later faults: of three links to one
// device two stayed (11); where a clock was set back, silence was not noticed (26); an
// answer that said how far a feed is held was not believed (687). Of archives: a device
// that let go was not told that its peer can follow on, and sent it nothing (68). Of hashes
// that are compared: two who doubted one feed, each of whom took what the other sent for a
// sign of what it had of its own, and stopped sending (6936). Of old devices: one that was told not
// to send what it cannot follow on never told what it was about to send (51591). Of late answers:
// who used its window again, as it was told that its runs are held, was taken for one that sends
// more than the window allows, until the store had answered for each (4). Of what honest devices
// closed a link for: an older peer was asked for a fork before it had been told all that is
// held (7327); what came of a feed before the peer heard to stop was counted against it after it
// had heard (7751); of a feed in doubt, one run that could not be judged yet had those that
// followed it taken for false (21124, 36700).
var found = [...]struct {
	seed uint64
	age  int
}{{6, 1}, {12, 1}, {808, 1}, {1008, 1}, {11, 2}, {26, 2}, {687, 2}, {68, 3}, {6936, 6}, {51591, 7}, {4, 8}, {7327, 9}, {7751, 9}, {21124, 9}, {36700, 9}}

func TestSimSeedsThatFoundMistakes(t *testing.T) {
	for _, f := range found {
		if err := newSimOf(f.seed, f.age).run(); err != nil {
			t.Errorf("seed %d, faults of age %d: %v", f.seed, f.age, err)
		}
	}
}

func TestSimReplaysExactly(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		a, b := newSim(seed), newSim(seed)
		if err := a.run(); err != nil {
			t.Fatalf("SEED=%d: %v", seed, err)
		}
		if err := b.run(); err != nil {
			t.Fatalf("SEED=%d: %v", seed, err)
		}
		if a.trace != b.trace || a.steps != b.steps {
			t.Fatalf("SEED=%d gave two different runs", seed)
		}
	}
}
