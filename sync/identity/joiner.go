package identity

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"slices"

	"holdfast/model"
)

// Join asks for admission over conn, whose other end must be the invite's host. self
// is the key this device has proved in TLS. It always closes conn.
//
// The errors to branch on are ErrInviteExpired, ErrInviteUsed, ErrInviteRevoked,
// ErrInviteClosed, ErrDeviceRemoved, ErrNotAdmin, ErrAdmitFailed (try again), ErrNotRecognised,
// ErrDropped, ErrWrongPeer and ErrBadWelcome.
func Join(ctx context.Context, conn MessageConn, self model.DeviceKey, invite Invite, wishes Wishes) (Welcome, error) {
	defer conn.Close()
	if conn.PeerKey() != invite.Host {
		return Welcome{}, fmt.Errorf("join: %w", ErrWrongPeer)
	}
	if err := wishes.Check(); err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	exported, err := conn.Exporter(exporterLabel, exporterSize)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	bound := binding{exported: exported, host: invite.Host, join: self}
	keys := newProofKeys(invite.ID, invite.Secret[:], stretchNone)
	prove, err := meetHost(ctx, conn, helloMessage{ID: invite.ID})
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	answer, err := ask(ctx, conn, keys, prove, bound, wishes)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	welcome, err := answer.welcome(self, invite)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	return welcome, nil
}

// JoinSpoken is Join with a code that was read to the joiner. The host is
// whoever proves to know the code over this very connection. It proves one code:
// that with so many read out after it.
func JoinSpoken(ctx context.Context, conn MessageConn, self model.DeviceKey, code string, earlier uint8, wishes Wishes) (Welcome, error) {
	defer conn.Close()
	if err := wishes.Check(); err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	exported, err := conn.Exporter(exporterLabel, exporterSize)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	prove, err := meetHost(ctx, conn, helloMessage{Spoken: true, Earlier: earlier})
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	bound := binding{exported: exported, host: conn.PeerKey(), join: self}
	answer, err := ask(ctx, conn, newProofKeys(prove.ID, []byte(code), stretchArgon2), prove, bound, wishes)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	// A code says nothing of the room: what the host says has only to hold together.
	said := Invite{Host: bound.host}
	if w := answer.Welcome; w != nil {
		said.Founder, said.Nonce, said.Role = w.Founder, w.Nonce, w.Certificate.Role
	}
	welcome, err := answer.welcome(self, said)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	return welcome, nil
}

// ask checks the host's proof, and gives ours and who we are.
func ask(ctx context.Context, conn MessageConn, keys proofKeys, prove proveMessage, bound binding, wishes Wishes) (answer answerMessage, err error) {
	if !hmac.Equal(prove.Proof, hostProof(keys.host, bound)) {
		return answer, ErrNotRecognised
	}
	err = turn(ctx, conn, admitPatience, func() error {
		if err := send(conn, askMessage{Proof: joinProof(keys.join, bound), Wishes: wishes}); err != nil {
			return err
		}
		return receive(conn, maxAnswer, &answer)
	})
	if err != nil {
		return answer, fmt.Errorf("%w: %w", ErrDropped, err)
	}
	return answer, nil
}

// meetHost lets the host prove that it knows the invite before it learns anything of us.
func meetHost(ctx context.Context, conn MessageConn, hello helloMessage) (prove proveMessage, err error) {
	err = turn(ctx, conn, turnPatience, func() error {
		if err := send(conn, hello); err != nil {
			return err
		}
		return receive(conn, maxBefore, &prove)
	})
	if err != nil {
		return prove, fmt.Errorf("%w: %w", ErrDropped, err)
	}
	return prove, nil
}

// welcome checks everything in the answer that can be checked.
func (a answerMessage) welcome(self model.DeviceKey, invite Invite) (Welcome, error) {
	if a.Refused != refusedNot {
		return Welcome{}, a.err()
	}
	w := a.Welcome
	if w == nil {
		return Welcome{}, fmt.Errorf("%w: %w", ErrBadWelcome, errNotAnswerInOne)
	}
	keys, err := roomKeysOf(w.Keys)
	if err != nil {
		return Welcome{}, fmt.Errorf("%w: %w", ErrBadWelcome, err)
	}
	if err := w.check(self, invite); err != nil {
		return Welcome{}, fmt.Errorf("%w: %w", ErrBadWelcome, err)
	}
	return Welcome{
		Room: w.Room, RoomName: w.RoomName, Founder: w.Founder, Nonce: w.Nonce,
		Keys: keys, Certificate: w.Certificate, Peers: usablePeers(w.Peers),
	}, nil
}

func (w *welcomeOnWire) check(self model.DeviceKey, invite Invite) error {
	if w.Room != invite.Room() || w.Founder != invite.Founder || w.Nonce != invite.Nonce {
		return errors.New("another room")
	}
	if len(w.RoomName) > MaxRoomName {
		return errors.New("the room's name is too long")
	}
	c := w.Certificate
	by, err := c.Verify()
	if err != nil {
		return err
	}
	if by != invite.Host || c.Room != w.Room || c.Device != self || c.Role != invite.Role {
		return errors.New("the certificate is for something else")
	}
	if (len(w.Keys) == 0) != (c.Role == model.RoleRelay) {
		return errors.New("the keys do not fit the role")
	}
	return nil
}

// usablePeers drops what cannot be dialled: a bad address is no reason not to join.
func usablePeers(peers []PeerAddresses) []PeerAddresses {
	var out []PeerAddresses
	for _, p := range peers[:min(len(peers), MaxPeers)] {
		p.Addresses = slices.DeleteFunc(p.Addresses, func(a string) bool { return !validAddress(a) })
		p.Addresses = p.Addresses[:min(len(p.Addresses), MaxPeerAddresses)]
		if len(p.Addresses) > 0 && !p.Device.Zero() {
			out = append(out, p)
		}
	}
	return out
}
