package node

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/identity"
)

// ByHand names the files of joining without a network, by absolute paths.
type ByHand struct {
	// Request is the file of the device that asks, Answer that of the admin.
	Request string `json:"request,omitempty"`
	Answer  string `json:"answer,omitempty"`
	Person  string `json:"person,omitempty"`
	Email   string `json:"email,omitempty"`
	Device  string `json:"device,omitempty"`
	// Code is what the owner of the device reads out; Role what it gets.
	Code string `json:"code,omitempty"`
	Role string `json:"role,omitempty"`
}

// ByHandReply says what was written or entered.
type ByHandReply struct {
	File string `json:"file,omitempty"`
	// Code is the device's own, to be read out.
	Code string `json:"code,omitempty"`
	// Room was entered; By is the code of the admin's device.
	Room string `json:"room,omitempty"`
	Name string `json:"name,omitempty"`
	By   string `json:"by,omitempty"`
	New  uint64 `json:"new,omitempty"`
}

func (r *request) byHand() (q ByHand, err error) {
	if err := r.params(&q); err != nil {
		return q, err
	}
	for _, path := range []string{q.Request, q.Answer} {
		if path != "" && !filepath.IsAbs(path) {
			return q, fmt.Errorf("%q is not an absolute path", path)
		}
	}
	return q, nil
}

// requestByHand writes the request of this device.
func requestByHand(r *request) (any, error) {
	q, err := r.byHand()
	if err != nil {
		return nil, err
	}
	return r.node.RequestByHand(q)
}

// RequestByHand writes the request of this device to a file, which carries no
// secret; a file that is there is replaced.
func (n *Node) RequestByHand(q ByHand) (ByHandReply, error) {
	device := n.home.Device()
	b, err := identity.NewRequest(device, identity.Wishes{Person: q.Person, Email: q.Email, Device: n.deviceName(q.Device)})
	if err != nil {
		return ByHandReply{}, err
	}
	return ByHandReply{File: q.Request, Code: identity.Code(device.Key())}, os.WriteFile(q.Request, b, 0o644)
}

// answerByHand admits the device of a request, and writes the answer with the
// record for it.
func answerByHand(r *request) (any, error) {
	q, err := r.byHand()
	if err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	reply, _, err := room.AnswerByHand(r.ctx, q)
	return reply, err
}

// AnswerByHand admits the device of a request, writes the answer with the record
// for it, and tells whose device was let in, with an error too where it was and the
// answer could not be written. Errors: identity's of ReadRequest, and
// identity.ErrDeviceRemoved.
func (r *Room) AnswerByHand(ctx context.Context, q ByHand) (ByHandReply, identity.Wishes, error) {
	f, err := os.Open(q.Request)
	if err != nil {
		return ByHandReply{}, identity.Wishes{}, err
	}
	b, err := io.ReadAll(io.LimitReader(f, identity.MaxRequest))
	if err = errors.Join(err, f.Close()); err != nil {
		return ByHandReply{}, identity.Wishes{}, err
	}
	asked, err := identity.ReadRequest(b, q.Code)
	if err != nil {
		return ByHandReply{}, identity.Wishes{}, fmt.Errorf("%s: %w", q.Request, err)
	}
	welcome, err := r.letIn(ctx, asked.Device, asked.Wishes, q.Role)
	if err != nil {
		return ByHandReply{}, identity.Wishes{}, err
	}
	_, err = r.writeBundle(ctx, q.Answer, false, func(w io.Writer) (bundle.Summary, error) {
		if err := identity.WriteAnswer(w, rand.Reader, welcome); err != nil {
			return bundle.Summary{}, err
		}
		return bundle.Export(w, r.Replica, nil)
	})
	return ByHandReply{File: q.Answer, Code: identity.Code(r.Device())}, asked.Wishes, err
}

// letIn admits a device that an admin was shown; one that is a member already
// is given the same again, because files get lost.
func (r *Room) letIn(ctx context.Context, device model.DeviceKey, wishes identity.Wishes, role string) (identity.Welcome, error) {
	removed, member := false, false
	r.View(func(s *model.State) {
		m := s.Members[device]
		removed, member = m != nil && !m.Active(), m != nil && m.Active()
	})
	if removed {
		return identity.Welcome{}, identity.ErrDeviceRemoved
	}
	if member {
		return r.welcome(device)
	}
	var id model.ID
	if _, err := rand.Read(id[:]); err != nil {
		return identity.Welcome{}, err
	}
	if _, err := r.Do(ctx, model.IssueInvite{Invite: id, Role: role, Expires: r.Now().Add(answerLife), Uses: 1}); err != nil {
		return identity.Welcome{}, err
	}
	if _, err := r.Do(ctx, model.AdmitMember{Device: device, Invite: id, Person: wishes.Person, Email: wishes.Email, Name: wishes.Device}); err != nil {
		return identity.Welcome{}, err
	}
	return r.welcome(device)
}

// enterByHand enters the room of an answer and takes the record that comes with
// it.
func enterByHand(r *request) (any, error) {
	q, err := r.byHand()
	if err != nil {
		return nil, err
	}
	_, reply, err := r.node.EnterByHand(r.ctx, q.Answer)
	if err != nil {
		return nil, err
	}
	return reply, nil
}

// EnterByHand enters the room of an answer and takes the record that comes with
// it. Where the file was torn it is carried again: what was taken is kept, and
// the room is given with the error. Errors: identity's of ReadAnswer.
func (n *Node) EnterByHand(ctx context.Context, answer string) (*Room, ByHandReply, error) {
	f, err := os.Open(answer)
	if err != nil {
		return nil, ByHandReply{}, err
	}
	defer f.Close() // only read
	in := bufio.NewReader(f)
	welcome, err := identity.ReadAnswer(in, n.home.Device())
	if err != nil {
		return nil, ByHandReply{}, fmt.Errorf("%s: %w", answer, err)
	}
	room, err := n.enterOnce(welcome)
	if err != nil {
		return nil, ByHandReply{}, err
	}
	reply := ByHandReply{Room: welcome.Room.String(), Name: welcome.RoomName, By: identity.Code(welcome.Certificate.By)}
	s, err := bundle.Import(ctx, in, room.Replica, room.files.taker())
	if err != nil {
		return room, reply, fmt.Errorf("%s: the room was entered; %w", answer, err)
	}
	reply.New = s.New
	return room, reply, nil
}

func (n *Node) enterOnce(welcome identity.Welcome) (*Room, error) {
	for _, r := range n.Rooms() {
		if r.Room() == welcome.Room {
			return r, nil
		}
	}
	r, err := n.home.Enter(welcome)
	if err != nil {
		return nil, err
	}
	return n.enter(r, welcome.Certificate.By, welcome, nil)
}
