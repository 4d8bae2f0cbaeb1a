package identity

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"holdfast/model"
)

// An invite that is read aloud is a code of eight characters and an address. The
// code has 40 bits. Whoever connects can have one proof of the host for each open code to test guesses
// against; at a tenth of a second and 64 MiB a guess (see stretchArgon2), all
// of them within the life of the code would take two thousand million a second. The room's
// keys go over the connection that was proved and are never sealed under the code, so
// to find it later gives nothing.
const (
	// SpokenLife is how long a spoken code is good for.
	SpokenLife = 10 * time.Minute
	// spokenSize is the code's random bytes: 40 bits are 8 letters.
	spokenSize = 5
	// maxSpoken is how many open codes of one device a joiner is shown, that read out
	// last first: an admin may speak with several people at once.
	maxSpoken = 4
)

// ErrNotSpoken: the text is no code of eight characters.
var ErrNotSpoken = errors.New("a spoken code has eight characters, such as 7K2M-9QXD")

// NewSpoken draws an invite to be read aloud: its id, the code, and what the host keeps.
func NewSpoken(rand io.Reader) (id model.ID, code string, v Verifier, err error) {
	var b [spokenSize]byte
	if _, err = io.ReadFull(rand, id[:]); err == nil {
		_, err = io.ReadFull(rand, b[:])
	}
	if err != nil {
		return id, "", v, fmt.Errorf("draw a code: %w", err)
	}
	code = inviteText.EncodeToString(b[:])
	return id, code[:4] + "-" + code[4:], newVerifier(id, []byte(code), stretchArgon2), nil
}

// ParseSpoken reads a code as it was heard: in either case, with spaces or
// hyphens, o for 0 and i or l for 1.
func ParseSpoken(text string) (string, error) {
	if len(text) > maxPasted {
		return "", ErrNotSpoken
	}
	code := strings.Map(crockfordLetter, strings.ToLower(strings.Map(dropDecoration, text)))
	b, err := inviteText.DecodeString(code)
	if err != nil || len(b) != spokenSize || len(code) != 8 {
		return "", ErrNotSpoken
	}
	return code, nil
}

// Spoken reports whether the invite of a verifier is one that was read aloud.
func (v Verifier) Spoken() bool { return v.Stretch == stretchArgon2 }

// Back-off of one network after wrong proofs. Three are typing; after that each
// doubles the wait, from 4 seconds to ten minutes.
const (
	freeGuesses  = 3
	firstWait    = 4 * time.Second
	longestWait  = 10 * time.Minute
	maxGuessers  = 1024 // networks remembered: the longest quiet is forgotten first
	guessersLast = time.Hour
)

// guesses counts wrong proofs by the network they come from. It is safe for
// concurrent use; nil counts nothing.
type guesses struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]guesser
}

type guesser struct {
	wrong int
	last  time.Time
}

func newGuesses(now func() time.Time) *guesses {
	return &guesses{now: now, of: map[string]guesser{}}
}

// network is what one guesser can be told by: an IPv4 address, or the 64 bits
// of an IPv6 network, in which anyone has any number of addresses.
func network(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	host, _, _ = strings.Cut(host, "%") // a zone
	ip := net.ParseIP(host)
	if ip == nil || ip.To4() != nil {
		return host
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

// wait is how long the network still has to wait.
func (g *guesses) wait(remote string) time.Duration {
	if g == nil {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	who := g.of[network(remote)]
	if who.wrong < freeGuesses {
		return 0
	}
	wait := min(firstWait<<min(who.wrong-freeGuesses, 16), longestWait)
	// A clock that was set back would make it wait for long.
	return min(max(wait-g.now().Sub(who.last), 0), wait)
}

// wrong counts a wrong proof.
func (g *guesses) wrong(remote string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, at := g.now(), network(remote)
	who := g.of[at]
	if now.Sub(who.last) > guessersLast {
		who.wrong = 0
	}
	if len(g.of) >= maxGuessers && who.wrong == 0 {
		oldest := at
		for k, o := range g.of {
			if oldest == at || o.last.Before(g.of[oldest].last) {
				oldest = k
			}
		}
		delete(g.of, oldest)
	}
	g.of[at] = guesser{wrong: who.wrong + 1, last: now}
}
