package node

import (
	"cmp"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/replica"
)

func listRooms(r *request) (any, error) {
	views := []RoomListing{}
	for _, room := range r.node.Rooms() {
		room.View(func(s *model.State) { views = append(views, RoomListing{RoomView: s.Summary(room.Now())}) })
		views[len(views)-1].Name = room.Name()
	}
	for _, s := range r.node.home.Shut() {
		views = append(views, RoomListing{RoomView: model.RoomView{ID: s.Room.String()}, Damaged: s.Sentence()})
	}
	return views, nil
}

// RoomListing is a room in the list of a home's rooms.
type RoomListing struct {
	model.RoomView
	// Damaged says why the room is not open, and what to do; empty where it is.
	Damaged string `json:"damaged,omitempty"`
}

// RoomRequest makes or enters a room.
type RoomRequest struct {
	Name      string   `json:"name,omitempty"`
	Invite    string   `json:"invite,omitempty"`
	Person    string   `json:"person"`
	Email     string   `json:"email,omitempty"`
	Device    string   `json:"device,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
	// Recovery asks for a recovery key for the room that is made.
	Recovery bool `json:"recovery,omitempty"`
}

// RoomReply names a room.
type RoomReply struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Recovery is the text of the recovery key, to be printed and put away;
	// RecoveryQR the same for a terminal. It is said this once.
	Recovery   string `json:"recovery,omitempty"`
	RecoveryQR string `json:"recovery_qr,omitempty"`
}

func createRoom(r *request) (any, error) {
	var q RoomRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	founding := replica.Founding{Name: q.Name, Person: q.Person, Email: q.Email, Device: q.Device}
	if q.Recovery {
		founding.Recovery = &identity.Recovery{}
	}
	room, err := r.node.Found(r.ctx, founding)
	if err != nil {
		return nil, err
	}
	reply := RoomReply{ID: room.Room().String(), Name: room.Name()}
	if q.Recovery {
		reply.Recovery = founding.Recovery.String()
		reply.RecoveryQR, err = founding.Recovery.QRText(true) // for paper
	}
	return reply, err
}

func joinRoom(r *request) (any, error) {
	var q RoomRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.node.Join(r.ctx, q.Invite, Guest{Person: q.Person, Email: q.Email, Device: q.Device, Addresses: q.Addresses})
	if err != nil {
		return nil, err
	}
	// The room's own name comes with its record, which may not be here yet.
	return RoomReply{ID: room.Room().String(), Name: cmp.Or(room.Name(), room.enteredAs)}, nil
}

// InviteRequest asks for an invite.
type InviteRequest struct {
	Role      string        `json:"role"`
	Expires   time.Duration `json:"expires"`
	Uses      uint32        `json:"uses"`
	Addresses []string      `json:"addresses"`
	Spoken    bool          `json:"spoken"`
	Person    string        `json:"person"`
}

// InviteReply is an invite for a guest.
type InviteReply struct {
	Invite  string    `json:"invite"`
	QR      string    `json:"qr"` // for a terminal
	Expires time.Time `json:"expires_at"`
	// Addresses go with a spoken code, which is then the invite.
	Addresses []string `json:"addresses,omitempty"`
}

func inviteGuest(r *request) (any, error) {
	var q InviteRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	if q.Spoken {
		code, addresses, expires, err := room.Speak(r.ctx, Invitation(q))
		return InviteReply{Invite: code, Expires: expires.UTC(), Addresses: addresses}, err
	}
	invite, err := room.Invite(r.ctx, Invitation(q))
	if err != nil {
		return nil, err
	}
	qr, err := identity.QRText(invite, false)
	if err != nil {
		return nil, err
	}
	return InviteReply{Invite: invite.String(), QR: qr, Expires: invite.Expires.UTC()}, nil
}
