//go:build mutants

package engine

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// mutantSeeds is within how many seeds each mistake must be found.
const mutantSeeds = 2000

var planting = []struct {
	mutant mutant
	what   string
}{
	{ackEarly, "acknowledges a run before it is durable"},
	{ackComing, "acknowledges what is on its way to the store"},
	{sendEarly, "forwards a run before it is durable"},
	{claimComing, "says in Hello that it holds what is on its way to the store"},
	{skipCommit, "leaves out a commit where a read begins"},
	{cursorPast, "a cursor is one commit too far after a run"},
	{readTwice, "asks for a run while another is being read"},
	{noWindow, "sends without waiting for acknowledgements"},
	{loseWakeup, "forgets a feed that grew while the log was read"},
	{noForward, "sends its own feed alone"},
	{lazyForgotten, "never sends what it announced on a spare link"},
	{noResume, "does not ask again after a refusal"},
	{retryForgotten, "stops a feed it cannot judge yet, and never asks again"},
	{rewindIgnored, "keeps its cursor when the peer says that it is wrong"},
	{parkedLost, "forgets runs that waited for another link"},
	{owedKept, "counts a run whose sender was told that it is held"},
	{limitUnchecked, "takes what comes beyond the window"},
	{ackLost, "does not acknowledge what is kept under another name"},
	{throughKept, "trusts that what came under another name is still there"},
	{noFailover, "does not replace the source of bulk"},
	{holdKept, "replaces a source, and does not tell the others to send again"},
	{deadKept, "keeps a link that is silent"},
	{staleHello, "believes a Hello of a process that is over"},
	{helloOverAck, "a Hello on a second link makes forget what was acknowledged on the first"},
	{doubtAcked, "acknowledges beyond what it asked for again"},
	{divergedInvalid, "takes a fork for a false run"},
	{renameKept, "goes on with links told in old names"},
	{rollbackSilent, "does not tell that a peer holds more of the own feed"},
	{revokedKept, "keeps the link of a removed device"},
	{duelUnended, "keeps two links to one device"},
	{againUnheard, "does not believe what an Again says is held"},
	{clockTrusted, "measures silence with a clock that may be set back"},
	{regainIgnored, "does not ask for what it let go of and needs"},
	{oldBelieved, "tells an older peer that it holds what it let go the beginning of"},
	{mapOrder, "lets map order decide in what order feeds are announced"},
}

// A simulator that sees no mistakes proves nothing: each of these is made on
// purpose and must be found.
func TestMutants(t *testing.T) {
	caught := 0
	for _, p := range planting {
		t.Run(p.what, func(t *testing.T) {
			seed, err := catch(p.mutant)
			if err == nil {
				t.Errorf("not found in %d seeds", mutantSeeds)
				return
			}
			caught++
			fmt.Printf("%6d  %s\n        %v\n", seed, p.what, err)
		})
	}
	fmt.Printf("mutants: %d of %d caught within %d seeds\n", caught, len(planting), mutantSeeds)
}

// The harness itself is not what fails.
func TestNoMutantIsFound(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		if err := play(seed, none); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// catch gives the lowest seed that shows a mistake, and what was seen.
func catch(m mutant) (uint64, error) {
	var next, lowest atomic.Uint64
	lowest.Store(mutantSeeds + 1)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var why error
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed < lowest.Load(); seed = next.Add(1) {
				err := play(seed, m)
				mu.Lock()
				if err != nil && seed < lowest.Load() {
					lowest.Store(seed)
					why = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return lowest.Load(), why
}

// play runs a seed with a mistake in every engine, twice where it only shows
// in that two runs differ.
func play(seed uint64, m mutant) error {
	age := 2 // archives leave less room for forks, which some mistakes need
	switch m {
	case regainIgnored, oldBelieved, limitUnchecked:
		age = simAge
	case throughKept:
		age = 1 // with the faults of age 2 it takes 2,923 seeds
	}
	s := newSimOf(seed, age)
	s.plant = func(e *Engine) { e.mutant = m }
	err := s.run()
	if err == nil && m == mapOrder {
		again := newSimOf(seed, age)
		again.plant = s.plant
		if err = again.run(); err == nil && again.trace != s.trace {
			return fmt.Errorf("seed %d gave two different runs", seed)
		}
	}
	return err
}
