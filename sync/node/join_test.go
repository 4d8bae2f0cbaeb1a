package node_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
)

// TestAnInviteForOneUsedByManyAtOnce: one enters, and the others hear why they do not.
func TestAnInviteForOneUsedByManyAtOnce(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	invite, err := a.Invite(t.Context(), node.Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	const many = 6
	answers := make(chan error, many)
	for range many {
		guest := start(t, t.TempDir())
		go func() {
			_, err := guest.Join(within(t), invite.String(), node.Guest{Person: "Tom Okafor"})
			answers <- err
		}()
	}
	entered := 0
	for range many {
		switch err := <-answers; {
		case err == nil:
			entered++
		case !errors.Is(err, identity.ErrInviteUsed):
			t.Errorf("it says: %v", err)
		}
	}
	if entered != 1 {
		t.Errorf("%d entered with an invite for one", entered)
	}
}

// TestTwoCodesReadOutAtOnce: an admin speaks with two people on two telephones.
func TestTwoCodesReadOutAtOnce(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	var codes []string
	for range 2 {
		code, _, _, err := a.Speak(t.Context(), node.Invitation{})
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	for n, code := range codes {
		guest := node.Guest{Person: "Tom Okafor", Addresses: []string{a.Address()}}
		if _, err := start(t, t.TempDir()).Join(within(t), code, guest); err != nil {
			t.Errorf("code %d of 2: %v", n+1, err)
		}
	}
}

// TestAWrongClockKeepsNobodyOut: whether an invite has expired is the host's to say.
func TestAWrongClockKeepsNobodyOut(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	for _, off := range []time.Duration{365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour} {
		at := func() time.Time { return time.Now().Add(off) }
		same(t, a, invited(t, a, startAt(t, t.TempDir(), at), "Tom Okafor"))
	}
	invite, err := a.Invite(t.Context(), node.Invitation{Addresses: []string{"127.0.0.1:1"}}) // where nothing listens
	if err != nil {
		t.Fatal(err)
	}
	late := startAt(t, t.TempDir(), func() time.Time { return time.Now().Add(365 * 24 * time.Hour) })
	_, err = late.Join(within(t), invite.String(), node.Guest{Person: "Tom Okafor"})
	if !errors.Is(err, identity.ErrInviteExpired) || !errors.Is(err, identity.ErrUnreachable) {
		t.Errorf("with nobody there to ask it says %v", err)
	}
}

// TestWhyNobodyIsLetIn: a name the room does not take is said before anybody is asked, and a host
// that is no admin any more says so.
func TestWhyNobodyIsLetIn(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	same(t, a, b)
	if _, err := a.Invite(t.Context(), node.Invitation{Role: "king"}); err == nil || !strings.Contains(err.Error(), "member, observer, relay, admin") {
		t.Errorf("a role there is not: %v", err)
	}
	invite, err := a.Invite(t.Context(), node.Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	for want, guest := range map[string]node.Guest{
		"the person's name is missing": {Person: "  "},
		"one line":                     {Person: "Eve\nStone"},
		"150 bytes":                    {Person: strings.Repeat("x", 150)},
		"is not an e-mail address":     {Person: "Eve", Email: "eve at home"},
	} {
		if _, err := start(t, t.TempDir()).Join(within(t), invite.String(), guest); err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, identity.ErrAdmitFailed) {
			t.Errorf("%+v: %v", guest, err)
		}
	}
	do(t, a, model.SetMemberRole{Device: b.Device().String(), Role: model.RoleAdmin})
	do(t, a, model.SetMemberRole{Device: a.Device().String(), Role: model.RoleMember})
	if _, err := start(t, t.TempDir()).Join(within(t), invite.String(), node.Guest{Person: "Eve Stone"}); !errors.Is(err, identity.ErrNotAdmin) {
		t.Errorf("where the host is no admin any more: %v", err)
	}
}
