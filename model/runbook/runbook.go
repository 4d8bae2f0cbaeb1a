package runbook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Limits of a runbook. It is read by a tired person at night: what is larger is
// a slip or an attack.
const (
	// MaxSource is the longest text read, in bytes: about twenty printed pages.
	MaxSource = 64 << 10
	// MaxSteps bounds the steps: more than a person can follow in one run.
	MaxSteps = 100
	// MaxBranches bounds the branches of a step: they are chosen by a letter.
	MaxBranches = 12
	// MaxLabels bounds a list of the front matter: with more, everything matches.
	MaxLabels = 100
	// MaxMinutes bounds the time box of a step: one day.
	MaxMinutes = 24 * 60
	// MaxID bounds an id, in bytes: people type it.
	MaxID = 48
	// maxProblems bounds the sentences of one error: more are not read.
	maxProblems = 20
	// maxQuoted bounds what a sentence quotes of the text, in bytes.
	maxQuoted = 1000
	// maxWarnings bounds those of a text that was read.
	maxWarnings = 100
)

// ErrFormat is wrapped by every error of Parse.
var ErrFormat = errors.New("runbook format")

// Where a branch can lead beside a step.
const (
	// End is the end of the runbook: all was done.
	End = "end"
	// Stop is a stop before the end: the runbook does not fit, or going on does harm.
	Stop = "stop"
)

// Risk is how much harm a step can do.
type Risk string

// Risks, least first. A destructive step removes or overwrites what cannot be
// had back, or takes away capacity, if it is aimed at the wrong target.
const (
	Low         Risk = "low"
	Medium      Risk = "medium"
	High        Risk = "high"
	Destructive Risk = "destructive"
)

// Runbook is a parsed runbook. It does not change after Parse. Its texts are as
// their author wrote them: who shows them makes them plain first.
type Runbook struct {
	ID    string
	Title string
	// Types are names of incident types, Services and Alerts names and words
	// that suggest this runbook.
	Types, Services, Alerts []string
	Owner                   string
	// Reviewed and Exercised are days in UTC; zero for never.
	Reviewed, Exercised time.Time
	// Edition is the author's own number, "version" in the text.
	Edition string
	// Intro stands before the first step, Notes after the last.
	Intro, Notes string
	// StopIf and Escalate hold for the whole run, one condition a line.
	StopIf, Escalate string
	// Steps has at least one.
	Steps []Step
	// Blanks names the {{values}} to fill in, in order of first use.
	Blanks []string
	// Warnings are what the author may have meant otherwise.
	Warnings []Problem
	// Text is what was parsed, byte for byte.
	Text string
}

// Step is one step.
type Step struct {
	// ID is stable when steps are moved or renumbered.
	ID string
	// Number is as written; ids name steps, numbers are for people.
	Number string
	Title  string
	Text   string
	// Expect, StopIf, RollBack and Escalate have one sentence a line.
	Expect, StopIf, RollBack, Escalate string
	Risk                               Risk
	Who                                string
	// Minutes is the time box; 0 for none.
	Minutes int
	// Target is what a destructive step acts on; it may hold blanks.
	Target string
	// Requires are ids of steps that have to be done first.
	Requires []string
	// Branches is empty, or two or more of which one is chosen; the last
	// is then "otherwise".
	Branches []Branch
	// Then is where a step without branches leads.
	Then Branch
	// OnFail is where a failed step leads; its To is empty where it stays at hand.
	OnFail Branch
	// Line is where the step begins in the text, from 1.
	Line int
}

// Branch is one way on from a step.
type Branch struct {
	// If is the condition; empty for the only way.
	If string `json:"if,omitempty"`
	// To is a step's id, End or Stop.
	To string `json:"to"`
	// Runbook is the id of the runbook to follow after this stop, where one is named.
	Runbook string `json:"runbook,omitempty"`
}

// Problem is something wrong with a text, in a sentence with what to write instead.
type Problem struct {
	Line int // from 1
	Text string
}

// String gives the line and the sentence.
func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// FormatError lists what is wrong with a text, by line. It wraps ErrFormat.
type FormatError struct{ Problems []Problem }

// Error gives one problem a line.
func (e *FormatError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.String()
	}
	return strings.Join(parts, "\n")
}

// Unwrap makes errors.Is(err, ErrFormat) hold.
func (e *FormatError) Unwrap() error { return ErrFormat }

// Version pins the text that a run follows: its SHA-256 in hexadecimal.
func (b Runbook) Version() string {
	sum := sha256.Sum256([]byte(b.Text))
	return hex.EncodeToString(sum[:])
}

// Step finds a step by its id.
func (b Runbook) Step(id string) (Step, bool) {
	if i := b.index(id); i >= 0 {
		return b.Steps[i], true
	}
	return Step{}, false
}

func (b Runbook) index(id string) int {
	for i := range b.Steps {
		if b.Steps[i].ID == id {
			return i
		}
	}
	return -1
}

// Choose finds the branch a person means: by its letter (a is the first), or by
// its condition. "stop" is a way on from every step.
func (s Step) Choose(answer string) (Branch, bool) {
	answer = strings.Join(strings.Fields(answer), " ")
	if strings.EqualFold(answer, Stop) {
		return Branch{If: s.StopIf, To: Stop}, true
	}
	for i, b := range s.Branches {
		if strings.EqualFold(answer, string(rune('a'+i))) || strings.EqualFold(answer, b.If) {
			return b, true
		}
	}
	return Branch{}, false
}

// How long a runbook may rest: a review every half year, an exercise every year.
const (
	reviewMonths   = 6
	exerciseMonths = 12
)

// Stale says in sentences why the runbook needs a look: not reviewed for 6
// months, or not exercised for 12. It is empty for a fresh one.
func (b Runbook) Stale(now time.Time) []string {
	var out []string
	for _, c := range []struct {
		what   string
		last   time.Time
		months int
	}{{"reviewed", b.Reviewed, reviewMonths}, {"exercised", b.Exercised, exerciseMonths}} {
		switch {
		case c.last.IsZero():
			out = append(out, "never "+c.what)
		case now.After(c.last.AddDate(0, c.months, 0)):
			out = append(out, fmt.Sprintf("not %s since %s, more than %d months ago", c.what, c.last.Format("2 Jan 2006"), c.months))
		}
	}
	return out
}

var blank = regexp.MustCompile(`\{\{([^{}]+)\}\}`)

// blanks lists the names of the blanks of a text, each once.
func blanks(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range blank.FindAllStringSubmatch(text, -1) {
		if name := strings.TrimSpace(m[1]); name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
