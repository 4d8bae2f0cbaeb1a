package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"holdfast/model"
)

// InviteRecord is what the room knows of an invite.
type InviteRecord struct {
	Verifier Verifier
	Role     string
	Expires  time.Time
	Revoked  bool
	// Uses is how many devices may join with it.
	Uses int
	// UsedBy lists the devices that did. One of them may ask again: its
	// first answer may have been lost on the way.
	UsedBy []model.DeviceKey
}

// JoinRequest is a device that has proved an invite's secret.
type JoinRequest struct {
	Invite model.ID
	Device model.DeviceKey
	Role   string
	Wishes Wishes
	// Again is set when the device has joined with this invite before.
	Again bool
}

// Host admits devices to the rooms of this device. Its fields are set before
// first use and not changed.
type Host struct {
	Device *Device
	// Lookup finds an invite; any error means there is none.
	Lookup func(model.ID) (InviteRecord, error)
	// Spoken finds, of the invites whose codes were read out and are still open, that
	// with so many read out after it; any error means there is none. May be nil.
	Spoken func(earlier int) (model.ID, InviteRecord, error)
	// Admit writes the member op and returns once it is durable. Two joiners may race
	// for one use: Admit decides, in the step that writes, and returns ErrInviteUsed
	// to the second. It returns ErrDeviceRemoved for a device that was removed,
	// ErrNotAdmin where this one is no admin any more, and, for Again, the welcome anew
	// without a second op.
	Admit func(context.Context, JoinRequest) (Welcome, error)
	// Failed is told once when wrong proofs have closed an invite. May be nil.
	Failed func(model.ID)
	// Now is the clock that decides about expiry.
	Now func() time.Time
	// Rand gives the proofs for invites that do not exist.
	Rand io.Reader
	// Tries counts wrong proofs.
	Tries *Tries

	mu sync.Mutex // guards Device
}

// Become has the host answer as another device: that of a recovery key.
func (h *Host) Become(d *Device) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Device = d
}

func (h *Host) self() model.DeviceKey {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Device.Key()
}

// Serve serves one joiner. It returns nil when the device was admitted and the
// welcome sent, else why not, for the log of this side only. It always closes conn.
func (h *Host) Serve(ctx context.Context, conn MessageConn) error {
	return h.serve(ctx, conn, func() {})
}

// serve is Serve; wrong is called of a wrong proof, before the joiner can know of
// it: it counts against the address it came from.
func (h *Host) serve(ctx context.Context, conn MessageConn, wrong func()) error {
	defer conn.Close()
	var hello helloMessage
	err := turn(ctx, conn, turnPatience, func() error { return receive(conn, maxBefore, &hello) })
	if err != nil {
		return fmt.Errorf("join: hello: %w", err)
	}
	prove := proveMessage{}
	record, known, err := h.lookup(&hello)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if hello.Spoken {
		prove.ID = hello.ID
	}
	exported, err := conn.Exporter(exporterLabel, exporterSize)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	bound := binding{exported: exported, host: h.self(), join: conn.PeerKey()}
	var ask askMessage
	err = turn(ctx, conn, turnPatience, func() error {
		prove.Proof = hostProof(record.Verifier.Host, bound)
		if err := send(conn, prove); err != nil {
			return err
		}
		return receive(conn, maxBefore, &ask)
	})
	if err != nil {
		return fmt.Errorf("join: proof: %w", err)
	}
	right, closes := h.Tries.judge(hello.ID, known, func() bool { return record.Verifier.checkJoin(ask.Proof, bound) })
	if !right {
		wrong()
		conn.Close() // first: what Failed takes must not tell a stranger that there is such an invite
		if closes && h.Failed != nil {
			h.Failed(hello.ID)
		}
		return fmt.Errorf("join: %w", errWrongProof)
	}
	return turn(ctx, conn, admitPatience, func() error { return h.answer(ctx, conn, hello.ID, record, ask.Wishes) })
}

// lookup gives a decoy for an invite that does not exist, so that what follows is
// the same for both. It fills in the id of the invite a spoken code belongs to.
func (h *Host) lookup(hello *helloMessage) (record InviteRecord, known bool, err error) {
	var secret, id [16]byte
	for _, b := range [][]byte{secret[:], id[:]} {
		if _, err := io.ReadFull(h.Rand, b); err != nil {
			return InviteRecord{}, false, fmt.Errorf("draw a decoy: %w", err)
		}
	}
	if !hello.Spoken {
		record, err = h.Lookup(hello.ID)
	} else if hello.ID, err = id, ErrNotRecognised; h.Spoken != nil {
		var found model.ID
		if found, record, err = h.Spoken(int(hello.Earlier)); err == nil {
			hello.ID = found
		}
	}
	if err == nil && (record.Verifier.Stretch == stretchArgon2) == hello.Spoken {
		return record, true, nil
	}
	// An invite of the other kind is none: a code is asked for by its name alone,
	// so that five wrong guesses close the right one.
	return InviteRecord{Verifier: newVerifier(hello.ID, secret[:], stretchNone)}, false, nil
}

// AttemptsLeft gives how many wrong proofs an invite still stands here before it
// is closed.
func (h *Host) AttemptsLeft(id model.ID) int { return max(maxWrongProofs-h.Tries.count(id), 0) }

// Exhausted lists the invites that stand no more wrong proofs here. The device may
// have stopped before Failed was told.
func (h *Host) Exhausted() []model.ID { return h.Tries.exhausted() }

func (h *Host) closed(id model.ID) bool { return h.AttemptsLeft(id) == 0 }

// answer tells a joiner that holds the secret the welcome or the reason.
func (h *Host) answer(ctx context.Context, conn MessageConn, id model.ID, record InviteRecord, wishes Wishes) error {
	welcome, err := h.admit(ctx, conn.PeerKey(), id, record, wishes)
	answer := answerMessage{}
	if err == nil {
		answer.Welcome = welcome.wire()
	} else {
		answer = refusalOf(err)
	}
	return errors.Join(err, send(conn, answer))
}

func (h *Host) admit(ctx context.Context, device model.DeviceKey, id model.ID, record InviteRecord, wishes Wishes) (Welcome, error) {
	if err := wishes.Check(); err != nil {
		return Welcome{}, err
	}
	again := slices.Contains(record.UsedBy, device)
	if err := h.usable(id, record, again); err != nil {
		return Welcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, admitPatience)
	defer cancel()
	welcome, err := h.Admit(ctx, JoinRequest{Invite: id, Device: device, Role: record.Role, Wishes: wishes, Again: again})
	if err == nil {
		return welcome, nil
	}
	if record, lost := h.Lookup(id); lost == nil { // another device may have been quicker, or an admin
		if why := h.usable(id, record, slices.Contains(record.UsedBy, device)); why != nil {
			return Welcome{}, why
		}
	}
	return Welcome{}, err
}

// usable says why the invite is not good any more. A device that has already joined
// with it only fetches its answer, so used up and expired do not matter to it.
func (h *Host) usable(id model.ID, record InviteRecord, again bool) error {
	switch late := h.Now().Sub(record.Expires); {
	case h.closed(id): // it is revoked too by then
		return ErrInviteClosed
	case record.Revoked:
		return ErrInviteRevoked
	case again:
		return nil
	case len(record.UsedBy) >= record.Uses:
		return ErrInviteUsed
	case late >= 0:
		return &ExpiredError{Ago: late}
	}
	return nil
}

func (w Welcome) wire() *welcomeOnWire {
	out := &welcomeOnWire{
		Room: w.Room, RoomName: w.RoomName, Founder: w.Founder, Nonce: w.Nonce, Certificate: w.Certificate,
	}
	if w.Keys != nil {
		out.Keys = w.Keys.list()
	}
	for _, p := range w.Peers[:min(len(w.Peers), MaxPeers)] {
		p.Addresses = p.Addresses[:min(len(p.Addresses), MaxPeerAddresses)]
		out.Peers = append(out.Peers, p)
	}
	return out
}
