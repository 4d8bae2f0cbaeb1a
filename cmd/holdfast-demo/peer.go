package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// peer is one machine of the play: a home, and the process that has it open.
type peer struct {
	person  string
	key     string // short name of folders and networks
	email   string
	device  string
	site    string
	home    string
	ctlPath string
	env     []string
	process *child
}

// ctl runs holdfastctl on the peer's home and gives what it prints. Where the
// peer runs, the command goes through it.
func (p *peer) ctl(ctx context.Context, args ...string) (string, error) {
	return output(ctx, func(ctx context.Context) *exec.Cmd { return p.command(ctx, args...) })
}

func (p *peer) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.ctlPath, append([]string{"--home", p.home}, args...)...)
	cmd.Env = p.env
	return cmd
}

// tell gives a command a secret on its standard input.
func (p *peer) tell(ctx context.Context, secret string, args ...string) error {
	_, err := output(ctx, func(ctx context.Context) *exec.Cmd {
		cmd := p.command(ctx, args...)
		cmd.Stdin = strings.NewReader(secret)
		return cmd
	})
	return err
}

// all runs commands one after the other.
func (p *peer) all(ctx context.Context, commands ...[]string) error {
	for _, args := range commands {
		if _, err := p.ctl(ctx, args...); err != nil {
			return fmt.Errorf("%s: %w", p.person, err)
		}
	}
	return nil
}

// ask runs a command and reads its answer in JSON.
func (p *peer) ask(ctx context.Context, into any, args ...string) error {
	out, err := p.ctl(ctx, append([]string{"--json"}, args...)...)
	if err != nil {
		return fmt.Errorf("%s: %w", p.person, err)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		return fmt.Errorf("%s: read the answer to %s: %w", p.person, args[0], err)
	}
	return nil
}

func (p *peer) hash(ctx context.Context) (string, error) { return p.ctl(ctx, "state", "hash") }

// log writes an entry through the terminal.
func (p *peer) log(ctx context.Context, incident string, b beat) error {
	args := []string{"log", incident, b.Text, "--at", b.At.UTC().Format(time.RFC3339), "--kind", b.Kind}
	if b.Precision != "" {
		args = append(args, "--precision", b.Precision)
	}
	return p.all(ctx, args)
}

// link is a peer as another sees it.
type link struct {
	Person    string     `json:"person"`
	Connected bool       `json:"connected"`
	LastHeard *time.Time `json:"last_heard"`
}

func (p *peer) links(ctx context.Context) ([]link, error) {
	var links []link
	return links, p.ask(ctx, &links, "peers")
}

// linked counts the peers this one has a link to.
func (p *peer) linked(ctx context.Context) (int, error) {
	links, err := p.links(ctx)
	n := 0
	for _, l := range links {
		if l.Connected {
			n++
		}
	}
	return n, err
}

// entry is a row of the timeline.
type entry struct {
	Text   string `json:"text"`
	Source string `json:"source"`
}

func (p *peer) timeline(ctx context.Context, incident string) ([]entry, error) {
	var rows []entry
	return rows, p.ask(ctx, &rows, "timeline", incident)
}

// has reports whether the timeline holds an entry with the text.
func (p *peer) has(ctx context.Context, incident, text string) (bool, error) {
	rows, err := p.timeline(ctx, incident)
	for _, r := range rows {
		if r.Text == text {
			return true, err
		}
	}
	return false, err
}

// account is what the peer says of its copy.
func (p *peer) account(ctx context.Context, incident string) (account, error) {
	a := account{peer: p.person}
	rows, err := p.timeline(ctx, incident)
	if err != nil {
		return a, err
	}
	for _, r := range rows {
		if r.Source == "entry" {
			a.entries++
		}
	}
	var v struct {
		Feeds      int    `json:"feeds"`
		Commits    uint64 `json:"commits"`
		Signatures uint64 `json:"signatures"`
	}
	if err := p.ask(ctx, &v, "verify"); err != nil {
		return a, err
	}
	a.feeds, a.commits = v.Feeds, v.Commits
	a.verified = fmt.Sprintf("%d signatures hold", v.Signatures)
	a.hash, err = p.hash(ctx)
	return a, err
}

// environment is what the peers see: nothing of this user's own settings, and
// no keyring, so that a demonstration leaves nothing behind.
func environment(dir, display string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=en_GB.UTF-8", "TZ=UTC", "XDG_RUNTIME_DIR=" + dir,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + dir + "/no-bus",
	}
	if display != "" {
		env = append(env, "DISPLAY="+display)
	}
	return env
}

// message is one of the outbox.
type message struct {
	Subject    string `json:"subject"`
	Recipients int    `json:"recipients"`
	Status     string `json:"status"`
	Detail     string `json:"detail"`
}

// lastMessage is the message queued last.
func (p *peer) lastMessage(ctx context.Context) (message, error) {
	var all []message
	if err := p.ask(ctx, &all, "outbox"); err != nil {
		return message{}, err
	}
	if len(all) == 0 {
		return message{}, fmt.Errorf("%s: the outbox is empty", p.person)
	}
	return all[len(all)-1], nil
}

// conflict gives the values in conflict of a field; none where it is settled.
func (p *peer) conflict(ctx context.Context, incident, field string) ([]string, error) {
	var v struct {
		Conflicts []struct {
			Field  string `json:"field"`
			Values []struct {
				Value string `json:"value"`
			} `json:"values"`
		} `json:"conflicts"`
	}
	if err := p.ask(ctx, &v, "show", incident); err != nil {
		return nil, err
	}
	var values []string
	for _, c := range v.Conflicts {
		if c.Field == field {
			for _, one := range c.Values {
				values = append(values, one.Value)
			}
		}
	}
	return values, nil
}
