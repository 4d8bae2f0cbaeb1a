package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// gather makes the room and brings the three peers into it.
func (p *play) gather(ctx context.Context) error {
	if err := p.ada.all(ctx, []string{"room", "create", "--name", "GitLab incidents", "--person", ada, "--email", p.ada.email, "--device", p.ada.device}); err != nil {
		return err
	}
	if err := p.run(ctx, p.ada, "holdfast", "-home", p.ada.home, "-listen", p.wire.address(p.ada), "-no-mdns"); err != nil {
		return err
	}
	for _, who := range []*peer{p.mika, p.noor} {
		if err := p.run(ctx, who, "holdfastctl", "--home", who.home, "serve", "--listen", p.wire.address(who), "--no-mdns"); err != nil {
			return err
		}
		invite, err := p.ada.ctl(ctx, "room", "invite")
		if err != nil {
			return err
		}
		if err := who.all(ctx, []string{"room", "join", invite, "--person", who.person, "--email", who.email, "--device", who.device}); err != nil {
			return err
		}
	}
	if err := p.stage.raise(ctx); err != nil {
		return err
	}
	if err := p.meshed(ctx); err != nil {
		return err
	}
	if err := p.post.account(ctx, p.noor, p.wire.mailPort(p.post.server.Port(), false)); err != nil {
		return err
	}
	hash, err := p.alike(ctx, p.peers()...)
	if err != nil {
		return err
	}
	p.say("In the office: %s at the desktop. In the data centre: %s and %s, each with `holdfastctl serve`. State %s on all three.", ada, mika, noor, short(hash))
	return p.show(ctx, "board-empty")
}

// meshed waits until every peer is linked to both others.
func (p *play) meshed(ctx context.Context) error {
	for _, who := range p.peers() {
		err := await(ctx, meetWithin, who.person+" to be linked to both others", func() (bool, error) {
			n, err := who.linked(ctx)
			return n == len(p.peers())-1, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// declare opens the incident and gives out the roles.
func (p *play) declare(ctx context.Context) error {
	p.title("The incident is declared")
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	code, err := p.mika.ctl(ctx, "declare", "--title", p.story.Title, "--severity", p.story.Severity, "--type", p.story.Type,
		"--detection", p.story.Detection, "--started", stamp(p.story.Started), "--detected", stamp(p.story.Detected))
	if err != nil {
		return err
	}
	p.incident = code
	err = p.mika.all(ctx,
		[]string{"set", code, "--milestone", "declared=" + stamp(p.story.Declared)},
		[]string{"role", "assign", code, "ic", mika},
		[]string{"role", "assign", code, "on-call", mika},
		[]string{"role", "assign", code, "comms", noor},
		[]string{"role", "assign", code, "scribe", ada})
	if err != nil {
		return err
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	for _, accept := range []struct {
		who  *peer
		role string
	}{{p.mika, "ic"}, {p.mika, "on-call"}, {p.noor, "comms"}, {p.ada, "scribe"}} {
		if err := accept.who.all(ctx, []string{"role", "accept", code, accept.role}); err != nil {
			return err
		}
	}
	p.say("%s declares %s, %s: %s.", mika, code, p.story.Severity, p.story.Title)
	p.say("Roles: %s commands and is on call, %s tells people, %s keeps the record. All accept.", mika, noor, ada)
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	return p.show(ctx, "board")
}

// together logs what happened before the network was lost.
func (p *play) together(ctx context.Context) error {
	p.title("Linked: the evening of 31 January")
	if err := p.stage.press(ctx, "j", "Return"); err != nil {
		return err
	}
	if err := p.write(ctx, p.story.together); err != nil {
		return err
	}
	if err := p.mika.all(ctx, []string{"set", p.incident, "--phase", "investigation"}); err != nil {
		return err
	}
	hash, err := p.alike(ctx, p.peers()...)
	if err != nil {
		return err
	}
	p.say("State %s on all three.", short(hash))
	return p.show(ctx, "incident")
}

// write logs entries in their order, each by its writer.
func (p *play) write(ctx context.Context, beats []beat) error {
	for _, b := range beats {
		who := p.peers()[slices.IndexFunc(p.peers(), func(w *peer) bool { return w.person == b.by })]
		hand := ""
		var err error
		if b.typed {
			hand = ", typed into the window"
			err = p.typeIn(ctx, b)
		} else {
			err = who.log(ctx, p.incident, b)
		}
		if err != nil {
			return fmt.Errorf("write %q: %w", b.Text, err)
		}
		p.say("%s  %-14s %s (%s%s)", b.At.UTC().Format("2 Jan 15:04"), b.Kind, b.Text, who.key, hand)
	}
	return nil
}

// typeIn writes an entry with real keys and waits until it is in the record.
func (p *play) typeIn(ctx context.Context, b beat) error {
	if err := p.stage.write(ctx, typed(b)); err != nil {
		return err
	}
	return await(ctx, writeWithin, "what was typed to be in the record", func() (bool, error) {
		return p.ada.has(ctx, p.incident, b.Text)
	})
}

// cut loses the network between the two sites.
func (p *play) cut(ctx context.Context) error {
	p.title("The line between the office and the data centre is lost")
	if err := p.post.port(ctx, p.noor, p.wire, true); err != nil {
		return err
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	return p.wire.cut(ctx)
}

// apart goes on writing on both sides, each of which finds itself a commander.
func (p *play) apart(ctx context.Context) error {
	if err := p.write(ctx, p.story.apart); err != nil {
		return err
	}
	if err := p.twoCommanders(ctx); err != nil {
		return err
	}
	if err := p.queue(ctx); err != nil {
		return err
	}
	if err := p.alone(ctx); err != nil {
		return err
	}
	if err := p.unsent(ctx); err != nil {
		return err
	}
	inner, err := p.alike(ctx, p.mika, p.noor)
	if err != nil {
		return err
	}
	outer, err := p.ada.hash(ctx)
	if err != nil {
		return err
	}
	p.say("State in the office %s, on both peers in the data centre %s.", short(outer), short(inner))
	if inner == outer {
		return errors.New("both sides have the same state while apart: the network was not lost")
	}
	if err := p.show(ctx, "alone"); err != nil {
		return err
	}
	return p.glance(ctx, "peers-alone", "ctrl+8")
}

// glance leaves a picture of another screen and comes back.
func (p *play) glance(ctx context.Context, name, key string) error {
	if err := p.stage.press(ctx, "Escape", key); err != nil {
		return err
	}
	if err := p.show(ctx, name); err != nil {
		return err
	}
	return p.stage.press(ctx, "ctrl+2")
}

// twoCommanders has each side find itself one, as it must while it hears
// nothing of the other.
func (p *play) twoCommanders(ctx context.Context) error {
	err := errors.Join(
		p.ada.all(ctx, []string{"role", "assign", p.incident, "ic", ada}, []string{"role", "accept", p.incident, "ic"}),
		p.mika.all(ctx, []string{"role", "assign", p.incident, "ic", noor}, []string{"set", p.incident, "--phase", "containment"}))
	if err != nil {
		return err
	}
	if _, err := p.alike(ctx, p.mika, p.noor); err != nil {
		return err
	}
	if err := p.noor.all(ctx, []string{"role", "accept", p.incident, "ic"}); err != nil {
		return err
	}
	p.say("Office: %s hears nothing of the data centre and takes command.", ada)
	p.say("Data centre: %s is worn out and hands command to %s; phase containment.", mika, noor)
	return nil
}

// alone waits until the desktop has noticed that nobody is there.
func (p *play) alone(ctx context.Context) error {
	err := await(ctx, time.Minute+meetWithin, "the desktop to notice that it is alone", func() (bool, error) {
		n, err := p.ada.linked(ctx)
		return n == 0, err
	})
	if err != nil {
		return err
	}
	links, err := p.ada.links(ctx)
	for _, l := range links {
		if l.LastHeard != nil {
			p.say("The desktop is alone: %s last heard %s ago.", l.Person, time.Since(*l.LastHeard).Round(time.Second))
		}
	}
	return err
}

// queue has the update written where there is no way to the mail server.
func (p *play) queue(ctx context.Context) error {
	return p.noor.all(ctx, []string{
		"message", "send", p.incident, "--template", "incident-detected", "--audience", "stakeholders", "--next", "30m",
		"--field", "impact.what=GitLab.com is offline", "--field", "impact.who=everybody who uses it",
		"--field", "bridge=+1 555 0100",
	})
}

// unsent sees that the update waits where it was written.
func (p *play) unsent(ctx context.Context) error {
	m, err := p.noor.lastMessage(ctx)
	if err != nil {
		return err
	}
	if n := len(p.post.server.Messages()); n > 0 || m.Status == "sent" {
		return fmt.Errorf("%d messages went out over a line that is cut", n)
	}
	p.say("%s writes to %d stakeholders: %s", noor, m.Recipients, m.Subject)
	p.say("%s", strings.TrimSpace(fmt.Sprintf("No way leads to the mail server: it stays in the outbox, %s. %s", m.Status, m.Detail)))
	return nil
}

// heal brings the network back and waits until all are alike.
func (p *play) heal(ctx context.Context) error {
	p.title("The line is back")
	from := time.Now()
	if err := p.wire.heal(ctx); err != nil {
		return err
	}
	hash, err := p.alike(ctx, p.peers()...)
	if err != nil {
		return err
	}
	p.say("State %s on all three, %.1f s after the line came back.", short(hash), time.Since(from).Seconds())
	if err := p.meshed(ctx); err != nil {
		return err
	}
	for _, who := range p.peers() {
		values, err := who.conflict(ctx, p.incident, "role.ic")
		if err != nil {
			return err
		}
		if len(values) != 2 {
			return fmt.Errorf("%s sees %d commanders, not two", who.person, len(values))
		}
		p.say("%s sees a conflict: two commanders, %s.", who.person, strings.Join(values, " and "))
	}
	return p.show(ctx, "conflict")
}

// settle ends the conflict.
func (p *play) settle(ctx context.Context) error {
	err := p.noor.all(ctx, []string{"settle", p.incident, "role.ic", ada, "--reason", "She has the bridge and has slept"})
	if err != nil {
		return err
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	if err := p.ada.all(ctx, []string{"role", "accept", p.incident, "ic"}); err != nil {
		return err
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	for _, who := range p.peers() {
		values, err := who.conflict(ctx, p.incident, "role.ic")
		if err != nil {
			return err
		}
		if len(values) != 0 {
			return fmt.Errorf("%s still sees two commanders", who.person)
		}
	}
	p.say("%s settles it: %s commands, and accepts. No peer sees a conflict any more.", noor, ada)
	return p.show(ctx, "settled")
}
