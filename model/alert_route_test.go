package model

import (
	"strings"
	"testing"
	"time"
)

func TestPassingAnAlertOn(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	high := checkoutAlert("eu")
	high.Class = "high"
	ana.do(take(high))
	w.meet()
	for want, c := range map[string]Command{
		"none of chat, mail has an account here": RouteAlert{Alert: "checkout", Ways: []string{"pager", "ticket"}},
		"there is no alert":                      RouteAlert{Alert: "another", Ways: []string{"chat"}},
	} {
		if _, err := ana.try(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	// Nobody is behind the on-call targets, so mail has no reader.
	done := ana.do(RouteAlert{Alert: "checkout", Ways: []string{"chat", "mail"}})
	if done.Note != "passed on by chat" {
		t.Error(done.Note)
	}
	if _, err := ana.try(RouteAlert{Alert: "checkout", Ways: []string{"chat"}}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("passed on twice: %v", err)
	}
	w.meet()
	id := ben.state.MessageViews(nil)[0].ID
	ben.do(ClaimMessage{Message: id.String(), For: time.Minute})
	w.meet()
	if _, err := ana.try(ClaimMessage{Message: id.String(), For: time.Minute}); err == nil || !strings.Contains(err.Error(), "Ben Okafor is delivering") {
		t.Errorf("claimed twice: %v", err)
	}
	ben.do(RecordResult{Message: id.String(), Outcome: Failed, Detail: "invalid_payload"})
	w.meet()
	w.sameEverywhere()
	if v := ana.state.AlertViews(true)[0]; v.RouteResult != RouteFailed || v.RouteDetail != "chat: invalid_payload" {
		t.Errorf("%+v", v)
	}
	b, err := ana.state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := restore(b)
	if err != nil || len(back.MessageViews(nil)) != 1 {
		t.Errorf("%v, %d messages", err, len(back.MessageViews(nil)))
	}
}

func TestAlertsByMailGoToWhoIsAskedFirst(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	p.do(SetPerson{Person: "Ben", Fields: map[string]string{"email": "ben@example.com"}})
	p.do(SetTarget{Target: "secondary", People: []string{"Ben"}})
	high := checkoutAlert("eu")
	high.Class = "high"
	p.do(take(high))
	p.do(RouteAlert{Alert: "checkout", Ways: []string{"mail"}})
	for _, m := range p.state.Messages {
		if len(m.Draft.Recipients) != 1 || m.Draft.Recipients[0].Address != "ben@example.com" || !strings.Contains(m.Draft.Body, "Runbook: https://runbooks") {
			t.Errorf("%+v", m.Draft)
		}
	}
}

func TestOneMessageTellsOfAlertsPassedOnTogether(t *testing.T) {
	p := founded(t).peers[0]
	var facts []AlertFact
	var with []string
	for _, region := range strings.Fields("eu us ap sa af me oc") {
		f := checkoutAlert(region)
		f.Class = "high"
		facts, with = append(facts, f), append(with, f.Fingerprint)
	}
	p.do(take(facts...))
	p.do(RouteAlert{Alert: with[0], With: with[1:], Ways: []string{"chat"}})
	if n := len(p.state.Messages); n != 1 {
		t.Fatalf("%d messages", n)
	}
	for _, m := range p.state.Messages {
		if !strings.Contains(m.Draft.Body, "With 6 more alerts:\n- Checkout 5xx above 5 %: 5xx ratio 0.12 in us") || strings.Contains(m.Draft.Body, "in oc") {
			t.Error(m.Draft.Body)
		}
	}
	for _, v := range p.state.AlertViews(true) {
		if v.Route != "chat" {
			t.Errorf("%s went by %q", v.Why, v.Route)
		}
	}
}

func TestChatAndTicketsAreNotForSecurityAndDrills(t *testing.T) {
	p := founded(t).peers[0]
	breach := p.do(Declare{Title: "Intruder on wiki-1", Severity: P0, Type: "Security Breach"})
	drill := p.do(StartDrill{Scenario: "fastly-2021-06-08-cdn"})
	for want, inc := range map[string]string{"is a security incident": breach.Code, "is a drill": drill.Code} {
		_, err := p.try(QueueMessage{Incident: inc, Draft: Draft{
			Audience: "stakeholders", Channel: "chat", Subject: "s", Body: "b", Recipients: []Recipient{{Name: "chat", Address: "chat"}},
		}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
