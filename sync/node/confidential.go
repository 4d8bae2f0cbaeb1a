package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/replica"
)

// ConfidentialRequest asks for a room of its own for a confidential incident.
type ConfidentialRequest struct {
	// Incident is the one in the open room; empty where nothing was written
	// there, which is best.
	Incident string `json:"incident,omitempty"`
	// Title, Severity and Type declare the incident where none is named.
	Title    string `json:"title,omitempty"`
	Severity string `json:"severity,omitempty"`
	Type     string `json:"type,omitempty"`
	// CodeName is two harmless words; empty has two suggested.
	CodeName string `json:"code_name,omitempty"`
	// Members are the people of the open room who need to know.
	Members   []string      `json:"members"`
	Addresses []string      `json:"addresses,omitempty"`
	Expires   time.Duration `json:"expires,omitempty"`
}

// ConfidentialReply names the room, and holds an invite for each member, to be
// handed over by a way outsiders do not read.
type ConfidentialReply struct {
	Room     string               `json:"room"` // its id
	Name     string               `json:"name"`
	CodeName string               `json:"code_name"`
	Incident string               `json:"incident"` // its code in the new room
	Pointer  string               `json:"pointer"`  // code of the incident in the open room that points there
	Invites  []ConfidentialInvite `json:"invites"`
	Note     string               `json:"note"`
}

// ConfidentialInvite is an invite for one person.
type ConfidentialInvite struct {
	Person  string    `json:"person"`
	Invite  string    `json:"invite"`
	Expires time.Time `json:"expires_at"`
}

func confidentialRoom(r *request) (any, error) {
	var q ConfidentialRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	open, err := r.pick()
	if err != nil {
		return nil, err
	}
	return open.Confidential(r.ctx, q)
}

// guest is a person of the open room.
type guest struct{ name, email string }

// plan is what a confidential room is made of, all of it checked before the
// room is founded: a half-made one would be worse than none.
type plan struct {
	codeName string
	founder  guest
	guests   []guest
	declare  model.Declare
	rest     []model.Log
	pointer  model.Done
}

// Confidential founds a room for an incident that only a few may know of,
// declares it there and invites them. The open room keeps a pointer that says
// nothing of what happened.
func (r *Room) Confidential(ctx context.Context, q ConfidentialRequest) (ConfidentialReply, error) {
	if len(q.Addresses) == 0 {
		q.Addresses = r.node.LocalAddresses()
	}
	if len(q.Members) > 0 && len(q.Addresses) == 0 {
		return ConfidentialReply{}, errors.New("nothing listens here, so nobody could join; start `holdfastctl serve` or the desktop, or name an --address. Nothing was made")
	}
	p, err := r.planConfidential(q)
	if err != nil {
		return ConfidentialReply{}, err
	}
	for _, other := range r.node.Rooms() {
		if other.Name() == model.CodeRoom(p.codeName) {
			return ConfidentialReply{}, fmt.Errorf("there is a room %s on this device already; choose another code name. Nothing was made", other.Name())
		}
	}
	room, err := r.node.Found(ctx, replica.Founding{Name: model.CodeRoom(p.codeName), Person: p.founder.name, Email: p.founder.email})
	if err != nil {
		return ConfidentialReply{}, err
	}
	reply := ConfidentialReply{
		Room: room.Room().String(), Name: room.Name(), CodeName: p.codeName, Pointer: p.pointer.Code, Invites: []ConfidentialInvite{},
	}
	if err := room.fill(ctx, r, p, &reply); err != nil {
		return reply, fmt.Errorf("the room %s was founded, then: %w; go on in it with --room %s", room.Name(), err, room.Name())
	}
	if p.pointer.Code != "" {
		reply.Note = "what was written of it in the open room stays there, for all its members: write only in " + room.Name() + " from now on"
		if _, err := r.Do(ctx, model.LinkRoom{Incident: p.pointer.ID.String(), CodeName: p.codeName, Room: room.Room().String()}); err != nil {
			return reply, err
		}
	}
	return reply, room.invite(ctx, p, q, &reply)
}

// planConfidential reads from the open room what the new one begins with.
func (r *Room) planConfidential(q ConfidentialRequest) (p plan, err error) {
	if p.codeName, err = codeName(q.CodeName); err != nil {
		return p, err
	}
	r.View(func(s *model.State) {
		me, ok := s.Members[r.Device()]
		if !ok {
			err = errors.New("this device is not a member of the room yet. Nothing was made")
			return
		}
		p.founder = contactOf(s, me.Person)
		for _, name := range q.Members {
			var id model.ID
			if id, err = s.FindPerson(name); err != nil {
				return
			}
			p.guests = append(p.guests, contactOf(s, id))
		}
		if q.Incident == "" {
			p.declare = model.Declare{Title: q.Title, Severity: q.Severity, Type: q.Type}
			if strings.TrimSpace(q.Title) == "" {
				err = errors.New("name an incident, or give a --title for a new one. Nothing was made")
			}
			return
		}
		err = p.carry(s, q.Incident)
	})
	return p, err
}

func contactOf(s *model.State, id model.ID) guest {
	g := guest{name: s.PersonName(id)}
	if p := s.People[id]; p != nil {
		g.email = p.Fields.Text("email")
	}
	return g
}

// carried bounds the entries declared in one commit; the rest follow one by one.
const carried = 100

// carry takes the incident as it stands into the plan. An entry names who wrote
// it, because the new room has it from the founder's device.
func (p *plan) carry(s *model.State, text string) error {
	inc, err := s.FindIncident(text)
	if err != nil {
		return err
	}
	if room := inc.Fields.Text(model.FieldRoom); room != "" {
		return fmt.Errorf("%s has a room of its own already, as %q. Nothing was made", inc.Code, inc.Fields.Text(model.FieldCodeName))
	}
	p.pointer = model.Done{ID: inc.ID, Code: inc.Code}
	p.declare = model.Declare{
		Title: inc.Title(), Severity: inc.Severity(), Type: inc.Fields.Text(model.FieldType), Detection: inc.Fields.Text(model.FieldDetection),
		Origin: "taken over from the open room, where it is " + inc.Code, Milestones: map[string]time.Time{},
		Confirm: true, // what the open room holds is taken over as it is
	}
	for _, name := range []string{"started", "detected", "acknowledged", "declared", "cause-found", "mitigated"} {
		if at, ok := inc.Milestone(name); ok {
			p.declare.Milestones[name] = at
		}
	}
	for _, row := range s.Timeline(inc) {
		if row.Source != model.FromEntry || row.Taken {
			continue
		}
		entry := model.Log{Text: row.Text + " (written by " + row.Author + ")", Kind: row.Kind, At: row.At, Precision: row.Precision, Confirm: true}
		if len(entry.Text) > model.MaxText {
			entry.Text = row.Text
		}
		if len(p.declare.Entries) < carried {
			p.declare.Entries = append(p.declare.Entries, entry)
		} else {
			p.rest = append(p.rest, entry)
		}
	}
	return nil
}

// fill declares the incident in the new room, with the people who need to know.
func (r *Room) fill(ctx context.Context, open *Room, p plan, reply *ConfidentialReply) error {
	done, err := r.Do(ctx, p.declare)
	if err != nil {
		return err
	}
	reply.Incident = done.Code
	for _, entry := range p.rest {
		entry.Incident = done.ID.String()
		if _, err := r.Do(ctx, entry); err != nil {
			return err
		}
	}
	for _, g := range p.guests {
		if g.name == p.founder.name {
			continue
		}
		if _, err := r.Do(ctx, model.AddPerson{Name: g.name, Email: g.email}); err != nil {
			return err
		}
	}
	_, err = r.Do(ctx, model.LinkRoom{Incident: done.ID.String(), CodeName: p.codeName, Room: open.Room().String()})
	return err
}

// invite gives each member an invite of their own, good for one device.
func (r *Room) invite(ctx context.Context, p plan, q ConfidentialRequest, reply *ConfidentialReply) error {
	for _, g := range p.guests {
		if g.name == p.founder.name {
			continue
		}
		invite, err := r.Invite(ctx, Invitation{Expires: q.Expires, Uses: 1, Addresses: q.Addresses})
		if err != nil {
			return fmt.Errorf("the room %s is ready, but %s was not invited: %w", r.Name(), g.name, err)
		}
		reply.Invites = append(reply.Invites, confidentialInvite(g, invite))
	}
	return nil
}

func confidentialInvite(g guest, invite identity.Invite) ConfidentialInvite {
	return ConfidentialInvite{Person: g.name, Invite: invite.String(), Expires: invite.Expires.UTC()}
}

// codeName checks the code name given, or suggests one.
func codeName(given string) (string, error) {
	if strings.TrimSpace(given) != "" {
		return model.CodeName(given)
	}
	first, second := assets.CodeNames()
	a, err := pickWord(first)
	if err != nil {
		return "", err
	}
	b := a
	for b == a { // some words are in both lists
		if b, err = pickWord(second); err != nil {
			return "", err
		}
	}
	return model.CodeName(a + " " + b)
}

func pickWord(words []string) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		return "", fmt.Errorf("suggest a code name: %w", err)
	}
	word := words[n.Int64()]
	return strings.ToUpper(word[:1]) + word[1:], nil
}

// SuggestCodeName draws two harmless words for a confidential room.
func SuggestCodeName() (string, error) { return codeName("") }
