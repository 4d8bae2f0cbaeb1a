package model

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Command is what a person, or a part of the program, wants changed. Plan
// checks it against the state and adds the ops that do it; it changes nothing
// itself. Commands are plain data, so that another process can send them.
type Command interface {
	Plan(p *Planner) (Done, error)
}

// Done is what a command made.
type Done struct {
	// ID names what was created or changed, where there is one.
	ID ID `json:"id,omitzero"`
	// Code is the name for people of the incident, or of the runbook.
	Code string `json:"code,omitempty"`
	// Note is something the person should know, in one line.
	Note string `json:"note,omitempty"`
	// Known says that nothing new was made: what was told is here already.
	Known bool `json:"known,omitempty"`
}

// ErrRefused is wrapped by every refusal of a command. Nothing was changed.
var ErrRefused = errors.New("refused")

// Doubtful is a command that is refused where it looks like a slip, such as one with
// a time that is still to come, until a person says that it is so.
type Doubtful interface {
	Command
	// Confirmed gives the same command with that said.
	Confirmed() Command
}

// ErrUnconfirmed is what errors.Is finds in a refusal that ends once somebody says
// that it is so: see Doubtful.
var ErrUnconfirmed = errors.New("not confirmed")

// refuse says why, in a sentence for the person who asked.
func refuse(format string, args ...any) error {
	return &refusal{text: fmt.Sprintf(format, args...)}
}

// doubt is refuse for what is a slip more often than not: the command goes through
// with Confirm.
func doubt(format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...), true}
}

type refusal struct {
	text    string
	doubted bool
}

func (r *refusal) Error() string { return r.text }

func (r *refusal) Is(target error) bool {
	return target == ErrRefused || r.doubted && target == ErrUnconfirmed
}

// Planner collects the ops of one commit, for one command or for several that do
// not need to see each other's effect.
type Planner struct {
	// State is the room as it is now. Commands read it.
	State *State
	// Now is the author's corrected time, to the millisecond.
	Now time.Time
	// Device and Person are the author.
	Device DeviceKey
	Person ID
	// Keyring draws and seals room keys; nil where there are none to give.
	Keyring Keyring

	feed FeedID
	seq  uint64
	ops  []Op
	size int // of the ops, about, in bytes
	err  error
}

// NewPlanner starts a commit at the place the log will give it.
func NewPlanner(s *State, now time.Time, device DeviceKey, feed FeedID, seq uint64) *Planner {
	p := &Planner{State: s, Now: now.UTC().Truncate(time.Millisecond), Device: device, feed: feed, seq: seq}
	if m := s.Members[device]; m != nil {
		p.Person = m.Person
	}
	return p
}

// Ops gives what was planned.
func (p *Planner) Ops() ([]Op, error) {
	if p.err != nil {
		return nil, p.err
	}
	if len(p.ops) > MaxOps {
		return nil, refuse("this makes %d changes at once, and %d is the most; do it in parts", len(p.ops), MaxOps)
	}
	return p.ops, nil
}

// add plans an op and gives its id.
func (p *Planner) add(kind Kind, on ID, payload any) ID {
	op, err := newOp(kind, on, payload)
	if err == nil && !readable(op) {
		// Every replica would refuse it in silence, so the author hears it now.
		err = refuse("a text is not valid UTF-8; nothing was changed")
	}
	if err != nil && p.err == nil {
		p.err = err
	}
	p.ops, p.size = append(p.ops, op), p.size+len(op.On)+len(op.Body)
	return OpID(p.feed, p.seq, len(p.ops)-1)
}

// readable reports whether a replica can decode what was planned.
func readable(op Op) bool {
	var body any
	return canonical.dec.Unmarshal(op.Body, &body) == nil
}

// set plans a write to a field, replacing all its author sees there.
func (p *Planner) set(kind Kind, on ID, fields Fields, name, value, reason string) ID {
	return p.add(kind, on, fieldSet{Field: name, Value: value, Reason: reason, Pred: fields.heads(name)})
}

// writer refuses a device that may not write, before anything is planned.
func (p *Planner) writer() error {
	m, ok := p.State.ActiveMember(p.Device)
	switch {
	case !ok && p.State.Members[p.Device] != nil:
		return refuse("this device was removed from the room, and its key cannot come back; nothing was written. Join with another data folder or computer")
	case !ok:
		return refuse("this device is not a member of the room; ask an admin for an invite")
	case !m.MayWrite():
		return refuse("this device is an %s: it reads and cannot write", m.Role)
	}
	return nil
}

func (p *Planner) admin() error {
	if m, ok := p.State.ActiveMember(p.Device); !ok || m.Role != RoleAdmin {
		return refuse("only an admin of the room may do this")
	}
	return nil
}

// Plan checks that the device may write and plans the command.
func (p *Planner) Plan(c Command) (Done, error) {
	if _, founding := c.(FoundRoom); !founding {
		if err := p.writer(); err != nil {
			return Done{}, err
		}
	}
	done, err := c.Plan(p)
	if err != nil {
		return Done{}, err
	}
	return done, p.err
}

// Add plans one more command into the same commit. Where it is refused, the commit
// is as it was before.
func (p *Planner) Add(c Command) (Done, error) {
	n, size, before := len(p.ops), p.size, p.err
	done, err := p.Plan(c)
	if err != nil {
		p.ops, p.size, p.err = p.ops[:n], size, before
	}
	return done, err
}

// Size is about how many bytes what was planned takes in the body of a commit.
func (p *Planner) Size() int { return p.size }

// line checks a text of one line that a person gave.
func line(what, text string, limit int) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	switch {
	case text == "":
		return "", refuse("%s is missing", what)
	case len(text) > limit:
		return "", refuse("%s has %d bytes; the limit is %d", what, len(text), limit)
	case strings.ContainsAny(text, "\r\n"):
		return "", refuse("%s must be one line", what)
	}
	return text, nil
}

// prose checks a text of one or more lines.
func prose(what, text string) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	switch {
	case text == "":
		return "", refuse("%s is missing", what)
	case len(text) > MaxText:
		return "", refuse("%s has %d bytes; the limit is %d. Attach long texts as a file", what, len(text), MaxText)
	}
	return text, nil
}

// remark checks a text that may be left out.
func remark(what, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return prose(what, text)
}

// Limits of short texts. A title is read in one glance and put in subjects.
const (
	MaxTitle = 200
	MaxName  = 100
)

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
