package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"holdfast/assets"
)

// Waiting times of the play.
const (
	// meetWithin is how long peers may take to link or to become alike.
	meetWithin = 40 * time.Second
	// writeWithin is how long a typed line may take to be in the record.
	writeWithin = 10 * time.Second
	// breath is a pause for the eye.
	breath = 1200 * time.Millisecond
)

// longBase is the length of a folder for temporary files beyond which the path
// of a home's socket would be too long for some systems.
const longBase = 40

// sample is the incident that is played.
const sample = "gitlab-2017-01-31-database"

// play is one performance. end takes away all it made.
type play struct {
	options
	*teller
	dir      string // homes and logs
	story    story
	ada      *peer // at the desktop, in the office
	mika     *peer // headless, in the data centre
	noor     *peer // headless, in the data centre, with the mail account
	wire     wire
	stage    *stage
	post     *post
	children []*child
	incident string
	ends     []func() error // run last first
}

func (p *play) peers() []*peer { return []*peer{p.ada, p.mika, p.noor} }

// perform plays all acts.
func (p *play) perform(ctx context.Context) error {
	for _, act := range []func(context.Context) error{
		p.prepare, p.gather, p.declare, p.together, p.cut, p.apart, p.heal, p.settle, p.deliver, p.look, p.recover, p.prove,
	} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare reads the story and builds what the peers stand on.
func (p *play) prepare(ctx context.Context) error {
	content, err := assets.Sample(sample)
	if err != nil {
		return err
	}
	if p.story, err = readStory(content); err != nil {
		return err
	}
	base := os.TempDir()
	if len(base) > longBase {
		base = "/tmp"
	}
	if p.dir, err = os.MkdirTemp(base, "holdfast-demo-"); err != nil {
		return err
	}
	p.ends = append(p.ends, p.clear)
	if err := os.Mkdir(filepath.Join(p.dir, ".cache"), 0o700); err != nil { // the toolkit expects one
		return err
	}
	p.title("GitLab.com, 31 January 2017, played by three peers on this machine")
	p.say("Times and texts of the entries are those of the public record; the people, and who commands, are made up.")
	if p.stage, err = openStage(ctx, p.dir, p.out, p.fast); err != nil {
		return err
	}
	p.ends = append(p.ends, p.stage.server.stop)
	p.children = append(p.children, p.stage.server)
	p.ada = p.cast(ada, "ada", "Office desktop", office)
	p.mika = p.cast(mika, "mika", "Database server", centre)
	p.noor = p.cast(noor, "noor", "Status server", centre)
	if p.wire, err = newWire(ctx, p.peers(), p.loopback); err != nil {
		return err
	}
	p.ends = append(p.ends, p.wire.close)
	p.say("%s", p.wire.says())
	if p.post, err = openPost(p.wire, p.dir); err != nil {
		return err
	}
	p.ends = append(p.ends, p.post.server.Close)
	return nil
}

func (p *play) cast(person, key, device, site string) *peer {
	return &peer{
		person: person, key: key, email: key + "@example.org", device: device, site: site, home: filepath.Join(p.dir, key),
		ctlPath: filepath.Join(p.bin, "holdfastctl"), env: environment(p.dir, p.stage.display),
	}
}

// clear removes the homes, unless they are to be kept.
func (p *play) clear() error {
	if p.keep {
		p.say("Homes and logs are kept in %s.", p.dir)
		return nil
	}
	return os.RemoveAll(p.dir)
}

// end takes away all that was made, last first.
func (p *play) end() error {
	var errs []error
	for _, fn := range slices.Backward(p.ends) {
		errs = append(errs, fn())
	}
	p.ends = nil
	return errors.Join(errs...)
}

// failed adds to an error what helps to understand it.
func (p *play) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ended early: %w", context.Cause(ctx))
	}
	for _, c := range p.children {
		if ended := c.ended(); ended != nil {
			err = errors.Join(err, ended)
		}
		if text := c.tail(); text != "" {
			fmt.Fprintf(os.Stderr, "last of the log of %s:\n%s\n", c.name, text)
		}
	}
	if p.stage != nil && p.stage.shoot(ctx, "failed") == nil {
		fmt.Fprintf(os.Stderr, "the screen then: %s\n", filepath.Join(p.out, p.stage.shots[len(p.stage.shots)-1]))
	}
	return err
}

// run starts a peer's program where the peer stands.
func (p *play) run(ctx context.Context, who *peer, program string, args ...string) error {
	cmd := p.wire.command(context.WithoutCancel(ctx), who, filepath.Join(p.bin, program), args...)
	cmd.Env = who.env
	c, err := start(program+" of "+who.person, cmd, filepath.Join(p.dir, who.key+".log"))
	if err != nil {
		return err
	}
	who.process = c
	p.children = append(p.children, c)
	p.ends = append(p.ends, c.stop)
	return await(ctx, showWithin, c.name+" to answer", func() (bool, error) {
		if err := c.ended(); err != nil {
			return false, err
		}
		_, err := os.Stat(filepath.Join(who.home, "holdfast.sock"))
		return err == nil, nil
	})
}

// alike waits until peers have one state hash and gives it.
func (p *play) alike(ctx context.Context, peers ...*peer) (string, error) {
	var all []string
	err := await(ctx, meetWithin, "the same state on "+names(peers), func() (bool, error) {
		all = all[:0]
		for _, who := range peers {
			if err := who.process.ended(); err != nil {
				return false, err
			}
			h, err := who.hash(ctx)
			if err != nil {
				return false, err
			}
			all = append(all, h)
		}
		return len(slices.Compact(slices.Clone(all))) == 1, nil
	})
	if err != nil {
		return "", err
	}
	return all[0], nil
}

func names(peers []*peer) string {
	var all []string
	for _, who := range peers {
		all = append(all, who.person)
	}
	return strings.Join(all, ", ")
}

// pause lets a person look.
func (p *play) pause(ctx context.Context) error {
	if p.fast {
		return nil
	}
	timer := time.NewTimer(breath)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// show leaves a picture of the window.
func (p *play) show(ctx context.Context, name string) error {
	if err := p.pause(ctx); err != nil {
		return err
	}
	return p.stage.shoot(ctx, name)
}
