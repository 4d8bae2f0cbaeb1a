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
// ErrInviteClosed, ErrDeviceRemoved, ErrAdmitFailed (try again), ErrNotRecognised,
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
	if err := meetHost(ctx, conn, invite.ID, keys, bound); err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	var answer answerMessage
	err = turn(ctx, conn, admitPatience, func() error {
		if err := send(conn, askMessage{Proof: joinProof(keys.join, bound), Wishes: wishes}); err != nil {
			return err
		}
		return receive(conn, maxAnswer, &answer)
	})
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w: %w", ErrDropped, err)
	}
	welcome, err := answer.welcome(self, invite)
	if err != nil {
		return Welcome{}, fmt.Errorf("join: %w", err)
	}
	return welcome, nil
}

// meetHost lets the host prove that it knows the invite before it learns anything of us.
func meetHost(ctx context.Context, conn MessageConn, id model.ID, keys proofKeys, bound binding) error {
	var prove proveMessage
	err := turn(ctx, conn, turnPatience, func() error {
		if err := send(conn, helloMessage{ID: id}); err != nil {
			return err
		}
		return receive(conn, maxBefore, &prove)
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDropped, err)
	}
	if !hmac.Equal(prove.Proof, hostProof(keys.host, bound)) {
		return ErrNotRecognised
	}
	return nil
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
