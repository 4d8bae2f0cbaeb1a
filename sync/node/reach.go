package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/sync/mesh"
)

const (
	// slowAfter is when an address that has not answered is said not to: on any network
	// in which people work an answer takes a part of that.
	slowAfter = 3 * time.Second
	// reachWithin is how long a command waits to hear how a try ended, which takes 10 s
	// at most.
	reachWithin = 12 * time.Second
	// reachAgain is how often it looks.
	reachAgain = 50 * time.Millisecond
)

// AttemptView is an address a person gave that has given no link.
type AttemptView struct {
	Address string    `json:"address"`
	AskedAt time.Time `json:"asked_at"`
	// Why is the kind of the last failure, as mesh.Failure names them; "" while the
	// first try is under way.
	Why string `json:"why"`
	// Text says what was tried and why it failed, what is safe and what to do.
	Text string `json:"text"`
}

// Failed reports that there is something to be told of it.
func (v AttemptView) Failed() bool { return v.Text != "" }

// Connect has host:port tried until it links, and told of in Unanswered until then.
func (r *Room) Connect(address string) error {
	if r.mesh == nil {
		return errNoLinks
	}
	return r.mesh.AddAddress(address, mesh.SourceTyped)
}

// Forget has an address tried no more.
func (r *Room) Forget(address string) error {
	switch {
	case r.mesh == nil:
		return errNoLinks
	case !r.mesh.Forget(address):
		return fmt.Errorf("%q is not tried: nothing was changed. `holdfastctl peers` lists what is", address)
	}
	return nil
}

// Unanswered lists the addresses that people gave and that have given no link, none
// while the links are cut.
func (r *Room) Unanswered() []AttemptView {
	list := []AttemptView{}
	if r.mesh == nil || !r.mesh.Online() {
		return list
	}
	now := r.Now()
	for _, a := range r.mesh.Unanswered() {
		v := AttemptView{Address: a.Address, AskedAt: a.Asked.UTC(), Why: string(a.Why)}
		if a.Why != "" || now.Sub(a.Asked) >= slowAfter {
			v.Text = UnansweredSentence(a)
		}
		list = append(list, v)
	}
	return list
}

// UnansweredSentence says what a person should know of an address that gave no link.
func UnansweredSentence(a mesh.Attempt) string {
	const (
		safe  = " What you write stays here and goes out by any other link."
		again = " It is tried again by itself."
	)
	switch a.Why {
	case mesh.Refused:
		return a.Address + " refused the connection: a machine is there, and no program listens at that port." + safe +
			" Open Holdfast there, or read the address off its Peers screen." + again
	case mesh.NoRoute:
		return "No network of this device leads to " + a.Address + "." + safe + " Join the network it is in, or carry a bundle there." + again
	case mesh.NoName:
		return "No machine is known by the name in " + a.Address + "." + safe + " Check the spelling, or give the address in digits." + again
	case mesh.NotHoldfast:
		return "Something answers at " + a.Address + ", and it is no Holdfast. Nothing of the room was told to it." + safe + " Check the port." + again
	case mesh.OtherRoom:
		return "A Holdfast answers at " + a.Address + " that is not in this room, or knows this device as removed. Nothing of the room was told to it." + safe +
			" Check whose address it is." + again
	case mesh.Itself:
		return "This device itself answers at " + a.Address + ", so there is no other copy." + " Give the address of another device."
	case mesh.TimedOut, "":
		return "Nobody answers at " + a.Address + ": the machine is off, in another network, or a firewall drops what is sent." + safe +
			" Check the address and that its port is open." + again
	}
	return a.Address + " gave no link: " + a.Error + "." + safe + again
}

// AddressRequest names an address.
type AddressRequest struct {
	Address string `json:"address"`
}

// ConnectReply says who answered at an address.
type ConnectReply struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	Person  string `json:"person"`
}

func listUnanswered(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.Unanswered(), nil
}

// connectTo tries an address and answers once it is known whether it links.
func connectTo(r *request) (any, error) {
	var q AddressRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	if err := room.Connect(q.Address); err != nil {
		return nil, err
	}
	if !room.mesh.Online() {
		return nil, errors.New("the links of this device are cut, so nothing is tried; heal them first (`holdfastctl drill heal`)")
	}
	if err := room.awaitLink(r.ctx, q.Address); err != nil {
		return nil, err
	}
	reply := ConnectReply{Address: q.Address}
	for _, p := range room.PeerViews() {
		if p.Connected && p.Address == q.Address {
			reply.Name, reply.Person = p.Name, p.Person
		}
	}
	return reply, nil
}

// awaitLink waits until an address links, and tells why it does not.
func (r *Room) awaitLink(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	again := time.NewTicker(reachAgain)
	defer again.Stop()
	for {
		list := r.mesh.Unanswered()
		at := slices.IndexFunc(list, func(a mesh.Attempt) bool { return a.Address == address })
		switch {
		case at < 0:
			return nil
		case list[at].Why != "":
			return errors.New(UnansweredSentence(list[at]))
		}
		select {
		case <-ctx.Done():
			return errors.New(UnansweredSentence(list[at]))
		case <-again.C:
		}
	}
}

func forgetAddress(r *request) (any, error) {
	var q AddressRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return q, room.Forget(q.Address)
}
