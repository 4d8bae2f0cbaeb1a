package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// deliver has the waiting e-mail go out.
func (p *play) deliver(ctx context.Context) error {
	p.title("The stakeholders are told")
	if err := p.post.port(ctx, p.noor, p.wire, false); err != nil {
		return err
	}
	if err := p.noor.all(ctx, []string{"outbox", "run"}); err != nil {
		return err
	}
	var m message
	err := await(ctx, meetWithin, "the e-mail to be sent", func() (done bool, err error) {
		m, err = p.noor.lastMessage(ctx)
		return m.Status == "sent", err
	})
	if err != nil {
		return err
	}
	if err := once(p.post.server.Messages(), addressees); err != nil {
		return err
	}
	times, subjects, err := took(p.post.server.Messages())
	if err != nil {
		return err
	}
	p.say("The mail server took, by STARTTLS and after sign-in: %s", strings.Join(subjects, "; "))
	for _, a := range addressees {
		p.say("  for %s, %d time", a, times[a])
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.out, "stakeholders.eml"), p.post.server.Messages()[0].Data, 0o644)
}

// look opens the other screens.
func (p *play) look(ctx context.Context) error {
	for _, screen := range []struct{ name, keys string }{{"composer", "ctrl+shift+u"}, {"peers", "ctrl+8"}} {
		if err := p.glance(ctx, screen.name, screen.keys); err != nil {
			return err
		}
	}
	return nil
}

// recover plays the rest of the incident to its end.
func (p *play) recover(ctx context.Context) error {
	p.title("Recovery: 1 February")
	if err := p.ada.all(ctx, []string{"set", p.incident, "--phase", "recovery"}); err != nil {
		return err
	}
	verified := "Database and webhooks restored, final checks done"
	for _, b := range p.story.after {
		if b.Kind == "followup" {
			err := p.ada.all(ctx, []string{"resolve", p.incident, "--verification", verified, "--at", p.story.Resolved.UTC().Format(time.RFC3339)})
			if err != nil {
				return err
			}
			p.say("%s resolves: %s.", ada, verified)
		}
		if err := p.write(ctx, []beat{b}); err != nil {
			return err
		}
	}
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	if err := p.show(ctx, "resolved"); err != nil {
		return err
	}
	if err := p.stage.press(ctx, "ctrl+1"); err != nil {
		return err
	}
	if err := p.show(ctx, "board-after"); err != nil {
		return err
	}
	file, err := filepath.Abs(filepath.Join(p.out, "incident.md"))
	if err != nil {
		return err
	}
	return p.noor.all(ctx, []string{"export", p.incident, "--format", "md", "-o", file})
}

// prove prints what each peer holds.
func (p *play) prove(ctx context.Context) error {
	p.title("Proof")
	if _, err := p.alike(ctx, p.peers()...); err != nil {
		return err
	}
	var accounts []account
	for _, who := range p.peers() {
		a, err := who.account(ctx, p.incident)
		if err != nil {
			return err
		}
		accounts = append(accounts, a)
	}
	table, err := proof(accounts)
	fmt.Fprint(p.page, table)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.page, "\nAll three hold the same state: %s\n", accounts[0].hash)
	fmt.Fprintf(p.page, "In %s: %s, incident.md, stakeholders.eml, proof.txt\n", p.out, strings.Join(p.stage.shots, ", "))
	return nil
}
