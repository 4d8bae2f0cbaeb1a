package identity

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
)

// guess has a stranger prove wrongly, and returns once it knows.
func guess(t *testing.T, k *desk, hello helloMessage) {
	t.Helper()
	conn, stranger := pipes(k.host.Device.Key(), model.DeviceKey{2})
	ended := make(chan error, 1)
	go func() { ended <- k.host.Serve(t.Context(), conn) }()
	must(t, send(stranger, hello))
	_, err := stranger.ReadMessage()
	must(t, err)
	must(t, send(stranger, askMessage{Proof: make([]byte, 64)}))
	if b, err := stranger.ReadMessage(); err == nil {
		t.Errorf("answered with %d bytes", len(b))
	}
	t.Cleanup(func() {
		if err := <-ended; !errors.Is(err, errWrongProof) {
			t.Errorf("it ended with %v", err)
		}
	})
}

func opened(t *testing.T, path string) *Tries {
	t.Helper()
	tries, err := OpenTries(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, tries.Close()) })
	return tries
}

// A host that ends as soon as the stranger knows that its proof was wrong has counted
// it, so a restart gives no more tries; of a code that was read out as of an invite.
func TestWrongProofsAreCountedAcrossRestarts(t *testing.T) {
	for _, spoken := range []bool{false, true} {
		k, path := newDesk(t), filepath.Join(t.TempDir(), "wrong-proofs")
		hello := helloMessage{ID: k.invite.ID}
		if spoken {
			hello = helloMessage{Spoken: true}
			k.record.Verifier.Stretch = stretchArgon2
			k.host.Spoken = func(int) (model.ID, InviteRecord, error) { return k.invite.ID, *k.record, nil }
		}
		for n := range maxWrongProofs {
			k.host.Tries = opened(t, path)
			if left := k.host.AttemptsLeft(k.invite.ID); left != maxWrongProofs-n {
				t.Fatalf("spoken %v: %d attempts are left after %d", spoken, left, n)
			}
			guess(t, k, hello)
		}
		k.host.Tries = opened(t, path)
		if !k.host.closed(k.invite.ID) || len(k.host.Exhausted()) != 1 || k.host.Exhausted()[0] != k.invite.ID {
			t.Errorf("spoken %v: %d attempts are left, exhausted %v", spoken, k.host.AttemptsLeft(k.invite.ID), k.host.Exhausted())
		}
		guess(t, k, hello) // one more is not counted
		if b, err := os.ReadFile(path); err != nil || strings.Count(string(b), "\n") != 1+maxWrongProofs {
			t.Errorf("spoken %v: the file has %d lines: %v", spoken, strings.Count(string(b), "\n"), err)
		}
		if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, k.listen(t)); !spoken && !errors.Is(err, ErrInviteClosed) {
			t.Errorf("after wrong proofs: %v", err)
		}
	}
}

// Who guesses on many connections at once has no more tries.
func TestGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	tries, right := opened(t, filepath.Join(t.TempDir(), "wrong-proofs")), 0
	done := make(chan bool)
	for n := range 40 {
		go func() {
			_, closes := tries.judge(model.ID{1}, true, func() bool { return n < 0 })
			done <- closes
		}()
	}
	for range 40 {
		if <-done {
			right++
		}
	}
	if right != 1 || tries.count(model.ID{1}) != maxWrongProofs {
		t.Errorf("closed %d times, %d counted", right, tries.count(model.ID{1}))
	}
}

// Of an invite that does not exist nothing is kept, and the file is written all the same.
func TestAnUnknownInviteLeavesNoLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong-proofs")
	tries := opened(t, path)
	for n := range 9 {
		tries.judge(model.ID{byte(n)}, false, func() bool { return false })
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != triesTitle {
		t.Errorf("kept %q: %v", b, err)
	}
}

// Where a wrong proof cannot be kept no proof is taken, until it can.
func TestNoProofIsTakenWhileOneCannotBeKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	tries, wrong := opened(t, filepath.Join(dir, "wrong-proofs")), func() bool { return false }
	tries.judge(model.ID{1}, true, wrong)
	if tries.count(model.ID{1}) != maxWrongProofs || tries.count(model.ID{2}) != maxWrongProofs {
		t.Error("proofs are taken though a wrong one was not kept")
	}
	must(t, os.Mkdir(dir, 0o700))
	if ok, _ := tries.judge(model.ID{2}, true, func() bool { return true }); !ok || tries.count(model.ID{2}) != 0 || tries.count(model.ID{1}) != 1 {
		t.Errorf("once it can be kept: %d and %d wrong", tries.count(model.ID{1}), tries.count(model.ID{2}))
	}
	if again := opened(t, filepath.Join(dir, "wrong-proofs")); again.count(model.ID{1}) != 1 {
		t.Errorf("%d are kept", again.count(model.ID{1}))
	}
}

// A line that a crash cut off counts for nothing, and the next has a line of its own.
func TestATornLineOfTries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong-proofs")
	id := model.ID{1}
	line := hex.EncodeToString(id[:])
	must(t, os.WriteFile(path, []byte(triesTitle+line+"\n"+line[:9]), 0o600))
	tries := opened(t, path)
	tries.judge(model.ID{1}, true, func() bool { return false })
	if again := opened(t, path); again.count(model.ID{1}) != 2 {
		t.Errorf("%d are counted, want 2", again.count(model.ID{1}))
	}
	must(t, os.WriteFile(path, make([]byte, maxTriesFile+1), 0o600))
	if _, err := OpenTries(path); err == nil {
		t.Error("a file of any size is read")
	}
}
