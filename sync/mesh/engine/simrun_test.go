package engine

import (
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

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

// playAll plays seeds on all cores and gives the sums of what happened.
func playAll(t *testing.T, first, last uint64) (total map[string]int, steps, sent int) {
	t.Helper()
	var next atomic.Uint64
	next.Store(first - 1)
	var mu sync.Mutex
	var wg sync.WaitGroup
	total = map[string]int{}
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed <= last && !t.Failed(); seed = next.Add(1) {
				s := newSim(seed, faults{})
				if err := s.run(); err != nil {
					t.Errorf("SEED=%d: %v", seed, err)
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
	total, steps, sent := playAll(t, first, last)
	t.Logf("%d seeds, %d steps, %d runs sent, %v", last-first+1, steps, sent, total)
	if last-first+1 < simSeeds {
		return
	}
	for _, what := range []string{"links", "broken", "silenced", "parted", "crashed", "restored", "rolled back", "disk error", "later", "gap", "put back unnoticed", "fork found", "diverged"} {
		if total[what] == 0 {
			t.Errorf("the simulator never tried: %s", what)
		}
	}
}

// Seeds that found a mistake: a peer believed ahead in a name nobody uses any
// more (6, 12), and a Hello of a process or naming that was over, arriving on an
// old link after the one of the new (808); a question on one link that made
// forget what was acknowledged on another (1008).
var found = [...]uint64{6, 12, 808, 1008}

func TestSimSeedsThatFoundMistakes(t *testing.T) {
	for _, seed := range found {
		if err := newSim(seed, faults{}).run(); err != nil {
			t.Errorf("SEED=%d: %v", seed, err)
		}
	}
}

func TestSimReplaysExactly(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		a, b := newSim(seed, faults{}), newSim(seed, faults{})
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

// A simulator that sees no mistakes proves nothing: each of these is made on
// purpose and must be found.
func TestSimFindsPlantedFaults(t *testing.T) {
	planted := map[string]faults{
		"acknowledges before it is durable":   {ackEarly: true},
		"sends before it is durable":          {sendEarly: true},
		"skips a commit (cursor off by one)":  {skipCommit: true},
		"loses a wake-up":                     {loseWakeup: true},
		"does not forward":                    {noForward: true},
		"does not ask again after a refusal":  {noResume: true},
		"does not replace the source of bulk": {noFailover: true},
	}
	for name, f := range planted {
		t.Run(name, func(t *testing.T) {
			for seed := uint64(1); seed <= 200; seed++ {
				if err := newSim(seed, f).run(); err != nil {
					t.Logf("found with seed %d: %v", seed, err)
					return
				}
			}
			t.Error("not found in 200 seeds")
		})
	}
}
