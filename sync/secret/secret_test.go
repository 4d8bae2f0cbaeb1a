package secret

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// cheap is a work factor for tests: sealing costs a millisecond.
const cheap = 10

func phrase(s string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(s), nil }
}

func none() ([]byte, error) { return nil, nil }

func open(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kinds are the options that make each kind.
func kinds() map[Kind]Options {
	return map[Kind]Options{
		Keyring: {Prefer: Keyring, Passphrase: none},
		Sealed:  {Prefer: Sealed, Passphrase: phrase("correct horse"), workFactor: cheap},
		KeyFile: {Prefer: KeyFile, Passphrase: none},
	}
}

func TestValuesSurviveARestart(t *testing.T) {
	keyring.MockInit()
	for kind, o := range kinds() {
		dir := filepath.Join(t.TempDir(), "home", "keys")
		s := open(t, dir, o)
		if s.Kind() != kind {
			t.Fatalf("made %s, want %s", s.Kind(), kind)
		}
		large := bytes.Repeat([]byte("large "), 10_000) // far over a keyring's limit
		for name, v := range map[string][]byte{"device": []byte("seed-of-device"), "room": large, "empty": {}} {
			if err := s.Put(name, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Delete("empty"); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete("never there"); err != nil {
			t.Error(err)
		}
		again := open(t, dir, Options{Passphrase: o.Passphrase}) // the choice is remembered
		if again.Kind() != kind {
			t.Errorf("%s came back as %s", kind, again.Kind())
		}
		if v, err := again.Value("device"); err != nil || string(v) != "seed-of-device" {
			t.Errorf("%s: %q, %v", kind, v, err)
		}
		if v, err := again.Value("room"); err != nil || !bytes.Equal(v, large) {
			t.Errorf("%s: %d bytes, %v", kind, len(v), err)
		}
		if _, err := again.Value("empty"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: a deleted value gave %v", kind, err)
		}
		if got := again.Names(); !slices.Equal(got, []string{"device", "room"}) {
			t.Errorf("%s: names are %v", kind, got)
		}
	}
}

func TestFileShowsNothingUnlessItIsAKeyFile(t *testing.T) {
	keyring.MockInit()
	for kind, o := range kinds() {
		dir := t.TempDir()
		s := open(t, dir, o)
		if err := s.Put("the-name", []byte("the-value")); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		shown := bytes.Contains(b, []byte("the-value")) || bytes.Contains(b, []byte("the-name"))
		if shown != (kind == KeyFile) {
			t.Errorf("%s: the file shows its contents: %v", kind, shown)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(verb, s); strings.Contains(text, "the-") {
				t.Errorf("%s shows %s", verb, text)
			}
		}
	}
}

func TestCallersCopyIsTheirOwn(t *testing.T) {
	s := open(t, t.TempDir(), kinds()[KeyFile])
	v := []byte("value")
	if err := s.Put("n", v); err != nil {
		t.Fatal(err)
	}
	v[0] = 'X'
	got, _ := s.Value("n")
	got[1] = 'X'
	if got, _ = s.Value("n"); string(got) != "value" {
		t.Errorf("it became %q", got)
	}
}

func TestOrderOfChoice(t *testing.T) {
	broken := func() { keyring.MockInitWithError(errors.New("no keyring here")) }
	for name, c := range map[string]struct {
		keyring func()
		env     string
		o       Options
		want    Kind
	}{
		"desktop":                          {keyring.MockInit, "", Options{Prefer: Keyring}, Keyring},
		"desktop without keyring":          {broken, "", Options{Prefer: Keyring}, KeyFile},
		"desktop without keyring, phrase":  {broken, "", Options{Prefer: Keyring, Passphrase: phrase("p")}, Sealed},
		"headless":                         {keyring.MockInit, "", Options{}, KeyFile},
		"headless with environment":        {keyring.MockInit, "p", Options{}, Sealed},
		"environment, key file asked for":  {keyring.MockInit, "p", Options{Prefer: KeyFile}, KeyFile},
		"environment, keyring asked for":   {keyring.MockInit, "p", Options{Prefer: Keyring}, Keyring},
		"environment and a broken keyring": {broken, "p", Options{Prefer: Keyring}, Sealed},
	} {
		c.keyring()
		t.Setenv(EnvPassphrase, c.env)
		c.o.workFactor = cheap
		s, err := Open(t.TempDir(), c.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if s.Kind() != c.want {
			t.Errorf("%s: made %s, want %s", name, s.Kind(), c.want)
		}
	}
	t.Setenv(EnvPassphrase, "")
	if _, err := Open(t.TempDir(), Options{Prefer: Sealed}); !errors.Is(err, ErrNeedsPhrase) {
		t.Errorf("sealed without a passphrase gave %v", err)
	}
	if _, err := Open(t.TempDir(), Options{Prefer: "cloud"}); err == nil {
		t.Error("an unknown kind was made")
	}
}

func TestWrongPassphrase(t *testing.T) {
	dir := t.TempDir()
	o := kinds()[Sealed]
	open(t, dir, o)
	before := contents(t, dir)
	for p, want := range map[string]error{"wrong": ErrPassphrase, "": ErrNeedsPhrase} {
		if _, err := Open(dir, Options{Passphrase: phrase(p)}); !errors.Is(err, want) {
			t.Errorf("%q gave %v", p, err)
		}
	}
	cancelled := errors.New("the user closed the window")
	_, err := Open(dir, Options{Passphrase: func() ([]byte, error) { return nil, cancelled }})
	if !errors.Is(err, cancelled) {
		t.Errorf("giving up gave %v", err)
	}
	if !bytes.Equal(contents(t, dir), before) {
		t.Error("the file was changed")
	}
	open(t, dir, o)
}

func contents(t testing.TB, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryDamageIsNamedAndKept(t *testing.T) {
	keyring.MockInit()
	for kind, o := range kinds() {
		dir := t.TempDir()
		s := open(t, dir, o)
		if err := s.Put("name-1", []byte("value-1")); err != nil {
			t.Fatal(err)
		}
		whole := contents(t, dir)
		path := filepath.Join(dir, FileName)
		damaged := map[string][]byte{"empty": {}, "cut": whole[:len(whole)-1], "longer": append(bytes.Clone(whole), 0)}
		for at := range whole {
			b := bytes.Clone(whole)
			b[at] ^= 1
			damaged[fmt.Sprintf("bit at %d", at)] = b
		}
		for name, b := range damaged {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, o)
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%s, %s: %v", kind, name, err)
				continue
			}
			if !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "-1") {
				t.Errorf("%s, %s: it says %v", kind, name, err)
			}
			if !bytes.Equal(contents(t, dir), b) {
				t.Errorf("%s, %s: the damaged file was touched", kind, name)
			}
		}
	}
}

func TestExposedFilesAreRefused(t *testing.T) {
	o := kinds()[KeyFile]
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		dir := t.TempDir()
		open(t, dir, o)
		path := filepath.Join(dir, FileName)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, o); !errors.Is(err, ErrExposed) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o gave %v", mode, err)
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, o); !errors.Is(err, ErrExposed) || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a folder open to all gave %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("it left %v behind", left)
	}
}

func TestRightsOfWhatIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := open(t, dir, kinds()[KeyFile])
	if err := s.Put("n", []byte("v")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, FileName): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestKeyringGoneIsNoNewStart(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	o := kinds()[Keyring]
	open(t, dir, o)
	before := contents(t, dir)
	keyring.MockInit() // another user's, empty keyring
	if _, err := Open(dir, o); !errors.Is(err, ErrKeyring) {
		t.Errorf("an empty keyring gave %v", err)
	}
	keyring.MockInitWithError(errors.New("locked: secret text"))
	if _, err := Open(dir, o); !errors.Is(err, ErrKeyring) || strings.Contains(err.Error(), "secret text") {
		t.Errorf("a locked keyring gave %v", err)
	}
	if !bytes.Equal(contents(t, dir), before) {
		t.Error("the file was changed")
	}
}

func TestTwoHomesDoNotShareAKey(t *testing.T) {
	keyring.MockInit()
	a, b := t.TempDir(), t.TempDir()
	o := kinds()[Keyring]
	if err := open(t, a, o).Put("n", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := open(t, b, o).Put("n", []byte("b")); err != nil {
		t.Fatal(err)
	}
	if v, err := open(t, a, o).Value("n"); err != nil || string(v) != "a" {
		t.Errorf("the first home gives %q, %v", v, err)
	}
}

func TestHangingKeyringIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		hang := func() (string, error) { <-release; return "", nil }
		for _, c := range []struct {
			o    Options
			want time.Duration
		}{{Options{probing: true}, keyringProbe}, {Options{}, keyringUnlock}, {Options{KeyringPatience: time.Second}, time.Second}} {
			start := time.Now()
			if _, err := bounded(c.o, hang); !errors.Is(err, ErrKeyring) {
				t.Errorf("it gave %v", err)
			}
			if d := time.Since(start); d != c.want {
				t.Errorf("it took %v, want %v", d, c.want)
			}
		}
	})
}

func TestLimits(t *testing.T) {
	s := open(t, t.TempDir(), kinds()[KeyFile])
	for name, n := range map[string]int{"": 1, strings.Repeat("n", MaxName+1): 1, "big": MaxValue + 1} {
		if err := s.Put(name, make([]byte, n)); !errors.Is(err, ErrLimit) {
			t.Errorf("%d bytes under a name of %d: %v", n, len(name), err)
		}
	}
	if err := s.Put(strings.Repeat("n", MaxName), make([]byte, MaxValue)); err != nil {
		t.Error(err)
	}
	for n := range MaxNames {
		s.values[fmt.Sprint(n)] = nil
	}
	if err := s.Put("one more", nil); !errors.Is(err, ErrLimit) {
		t.Errorf("one value too many gave %v", err)
	}
}

func TestFailedWriteKeepsTheOldValue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	s := open(t, dir, kinds()[KeyFile])
	if err := s.Put("n", []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put("n", []byte("new")); err == nil || !strings.Contains(err.Error(), "are safe") {
		t.Errorf("it gave %v", err)
	}
	if v, _ := s.Value("n"); string(v) != "old" {
		t.Errorf("the value is %q though the disk has not taken it", v)
	}
}

func TestLeftoversOfACrashAreRemoved(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, FileName+".new-123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, kinds()[KeyFile])
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestManyGoroutines(t *testing.T) {
	dir := t.TempDir()
	o := kinds()[KeyFile]
	s := open(t, dir, o)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if err := s.Put(fmt.Sprint("n", n), []byte{byte(n)}); err != nil {
				t.Error(err)
			}
			s.Names()
		})
	}
	all.Wait()
	if n := len(open(t, dir, o).Names()); n != 8 {
		t.Errorf("%d of 8 are on the disk", n)
	}
}

func TestSentences(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range []Kind{Automatic, Keyring, Sealed, KeyFile} {
		if s := k.Sentence(); s == "" || seen[s] {
			t.Errorf("%q says %q", k, s)
		} else {
			seen[s] = true
		}
	}
}

func FuzzFile(f *testing.F) {
	env := envelope{Kind: KeyFile}
	env, err := sealBody(env, nil, map[string][]byte{"n": []byte("v")}, nil)
	if err != nil {
		f.Fatal(err)
	}
	body, err := marshal(env)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body, true)
	f.Add([]byte(magic), false)
	f.Fuzz(func(t *testing.T, b []byte, summed bool) {
		if summed { // past the checksum, where chance does not get
			whole, err := encodeFile(envelope{Kind: KeyFile, Body: b})
			if err != nil {
				t.Fatal(err)
			}
			env, err := decodeFile(whole)
			if err != nil || !bytes.Equal(env.Body, b) {
				t.Fatalf("the envelope came back as %v, %v", env, err)
			}
			_, err = openBody(env, nil)
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("it gave %v", err)
			}
		}
		if _, err := decodeFile(b); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("it gave %v", err)
		}
	})
}
