package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/sync/replica"
)

// errHomeInUse is what Open answers where another process owns the home.
var errHomeInUse = replica.ErrHomeInUse

// request is one call through the door.
type request struct {
	ctx  context.Context
	node *Node
	room string // as typed; empty where the home has one room
	body []byte
}

func (r *request) params(into any) error {
	if err := json.Unmarshal(r.body, into); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

// pick finds the room a request is about.
func (r *request) pick() (*Room, error) {
	rooms, shut := r.node.Rooms(), r.node.home.Shut()
	if r.room == "" && len(rooms) == 1 && len(shut) == 0 {
		return rooms[0], nil
	}
	for _, s := range shut {
		if r.room == "" && len(rooms) == 0 || r.room != "" && strings.HasPrefix(s.Room.String(), strings.ToLower(r.room)) {
			return nil, errors.New(s.Sentence())
		}
	}
	var fit []*Room
	names := make([]string, len(rooms))
	for i, room := range rooms {
		names[i] = room.label()
		if r.room != "" && (strings.EqualFold(room.Name(), r.room) || strings.HasPrefix(room.Room().String(), strings.ToLower(r.room))) {
			fit = append(fit, room)
		}
	}
	switch {
	case len(rooms) == 0:
		return nil, fmt.Errorf("this home has no room yet; make one with `room create`, or enter one with `room join`")
	case len(fit) == 1:
		return fit[0], nil
	case r.room == "" && len(shut) > 0:
		return nil, fmt.Errorf("a room of this home cannot be opened, so pick one with --room: %s. %s", strings.Join(names, "; "), shut[0].Sentence())
	case r.room == "":
		return nil, fmt.Errorf("this home has %d rooms; pick one with --room: %s", len(rooms), strings.Join(names, "; "))
	}
	return nil, fmt.Errorf("--room %q fits %d rooms of: %s", r.room, len(fit), strings.Join(names, "; "))
}

// Name gives the room's name.
func (r *Room) Name() (name string) {
	if r.Relay() {
		return "(relay)" // it cannot read the room's name
	}
	r.View(func(s *model.State) { name = s.Name() })
	return name
}

func (r *Room) label() string { return fmt.Sprintf("%s (%s)", r.Name(), r.Room().String()[:8]) }

type handler func(*request) (any, error)

// methods is the API: every call another process can make.
func methods() map[string]handler {
	all := map[string]handler{
		"status":          status,
		"do":              do,
		"rooms":           listRooms,
		"room/create":     createRoom,
		"room/join":       joinRoom,
		"room/invite":     inviteGuest,
		"room/invites":    listInvites,
		"room/members":    listMembers,
		"room/asks":       listAsks,
		"room/ask":        beginAsk,
		"room/ask/wait":   awaitAsk,
		"room/admit":      answerAsk,
		"room/request":    requestByHand,
		"room/answer":     answerByHand,
		"room/enter":      enterByHand,
		"room/cards":      read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.MembershipCards(), nil }),
		"room/quarantine": quarantine,
		"people":          read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.PersonViews(), nil }),
		"incidents":       read(func(r *Room, s *model.State, q ref) (any, error) { return due.Briefs(s, q.All, r.Now()), nil }),
		"people/import":   importPeople,
		"hearsay":         listHearsay,
		"incident":        read(ofIncident(func(r *Room, s *model.State, i *model.Incident) any { return due.View(s, i, r.Now()) })),
		"timeline":        read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.Rows(i) })),
		"response":        read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.Response(i) })),
		"texts":           read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.TextBriefs(i) })),
		"text":            read(oneText),
		"locks":           read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.LockViews(), nil }),
		"entry":           read(entryHistory),
		"due":             read(dues),
		"team":            read(ofIncident(func(r *Room, s *model.State, i *model.Incident) any { return s.TeamView(i, r.Now()) })),
		"scenarios":       func(*request) (any, error) { return model.Scenarios() },
		"score":           read(drillScore),
		"tickets":         read(ofIncident(func(r *Room, s *model.State, i *model.Incident) any { return s.TicketViews(i, r.Now()) })),
		"promises":        read(ofIncident(func(r *Room, _ *model.State, i *model.Incident) any { return i.Promises(r.Now()) })),
		"runbooks":        read(func(r *Room, s *model.State, _ ref) (any, error) { return s.RunbookViews(r.Now()), nil }),
		"runbook":         read(oneRunbook),
		"runbook/suggest": read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.SuggestionViews(i) })),
		"runs":            read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.RunViews(i) })),
		"escalation":      read(escalation),
		"page":            page,
		"targets":         read(targets),
		"security":        read(securityRecord),
		"security/room":   confidentialRoom,
		"clocks":          read(legalClocks),
		"breach":          read(breachAssessment),
		"breach/register": read(func(r *Room, s *model.State, _ ref) (any, error) { return s.BreachRegister(r.Now()), nil }),
		"paper":           read(paper),
		"review":          read(ofIncident(func(_ *Room, s *model.State, i *model.Incident) any { return s.ReviewView(i) })),
		"actions":         read(actions),
		"report":          periodicReport,
		"metrics":         metrics,
		"policy":          read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.PolicyViews(), nil }),
		"outbox":          read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.MessageViews(nil), nil }),
		"outbox/run":      runOutbox,
		"message/preview": previewMessage,
		"message/send":    sendMessage,
		"message/told":    toldMessage,
		"peers":           listPeers,
		"peers/clocks":    listClockFixes,
		"peers/tried":     listUnanswered,
		"peers/connect":   connectTo,
		"peers/forget":    forgetAddress,
		"warnings":        listWarnings,
		"links":           setLinks,
		"hash":            stateHash,
		"verify":          verify,
		"compact":         compact,
		"room/catch-up":   catchUp,
		"bundle/export":   exportBundle,
		"bundle/import":   importBundle,
		"import":          importFile,
		"export":          read(exportIncident),
		"config":          listConfig,
		"config/set":      setConfig,
	}
	maps.Copy(all, directory)
	maps.Copy(all, attachmentMethods)
	maps.Copy(all, alerts)
	return all
}

// ref names what a query is about.
type ref struct {
	Ref string `json:"ref"`
	All bool   `json:"all"`
	// Public asks for what outsiders may read; Paper names a paper.
	Public bool   `json:"public"`
	Paper  string `json:"paper"`
	// Text names a text of the incident.
	Text string `json:"text"`
}

// read makes a handler of a query on the state.
func read(query func(*Room, *model.State, ref) (any, error)) handler {
	return func(r *request) (any, error) {
		room, err := r.pick()
		if err != nil {
			return nil, err
		}
		var q ref
		if err := r.params(&q); err != nil {
			return nil, err
		}
		var out any
		room.Ask(func(s *model.State) { out, err = query(room, s, q) })
		return out, err
	}
}

func quarantine(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	var q ref
	if err := r.params(&q); err != nil {
		return nil, err
	}
	return room.Quarantine(q.All)
}

func drillScore(r *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	if !inc.Drill() {
		return nil, fmt.Errorf("%s is no drill; a real incident is reviewed, not scored", inc.Code)
	}
	return s.Score(inc, r.Now()), nil
}

// ofIncident makes a query of a view of one incident.
func ofIncident(view func(*Room, *model.State, *model.Incident) any) func(*Room, *model.State, ref) (any, error) {
	return func(r *Room, s *model.State, q ref) (any, error) {
		inc, err := s.FindIncident(q.Ref)
		if err != nil {
			return nil, err
		}
		return view(r, s, inc), nil
	}
}

// dues lists every deadline of the room, or of one incident with what is done.
func dues(r *Room, s *model.State, q ref) (any, error) {
	if q.Ref == "" {
		return due.List(s, s.Policy(), r.Now()), nil
	}
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return due.Of(s, s.Policy(), inc, r.Now()), nil
}

func oneRunbook(r *Room, s *model.State, q ref) (any, error) {
	found, err := s.FindRunbook(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.RunbookView(found, r.Now()), nil
}

func oneText(_ *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.TextView(inc, q.Text)
}

func entryHistory(_ *Room, s *model.State, q ref) (any, error) {
	inc, id, err := s.FindEntry(q.Ref)
	if err != nil {
		return nil, err
	}
	history, ok := s.History(inc, id)
	if !ok {
		return nil, fmt.Errorf("entry %s has not arrived here yet", id)
	}
	return history, nil
}

type doRequest struct {
	Command string          `json:"command"`
	Args    json.RawMessage `json:"args"`
}

func do(r *request) (any, error) {
	var q doRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	command, err := model.DecodeCommand(q.Command, q.Args)
	if err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	done, err := room.Do(r.ctx, command)
	if by := room.shutOutBy(); err == nil && len(by) > 0 {
		done.Note = strings.TrimPrefix(done.Note+"; this device was removed from the room, said "+strings.Join(by, " and ")+": nobody may take this in; `peers` says more", "; ")
	}
	return done, err
}

// Status is what a node says of itself.
type Status struct {
	Version string          `json:"version"`
	Home    string          `json:"home"`
	Device  model.DeviceKey `json:"device"`
	Listen  string          `json:"listen"`
	// Intake is where alerts are taken in; left out where they are not.
	Intake string `json:"intake,omitempty"`
	// StatusPage is the URL of the status page; left out where none is shown.
	StatusPage string `json:"status_page,omitempty"`
	Keys       string `json:"keys"` // where the keys rest, in plain words
	// Warnings says what a person should know of the rooms, a sentence each.
	Warnings []string `json:"warnings"`
}

func status(r *request) (any, error) { return r.node.Status(), nil }

// Status says how the node is set up.
func (n *Node) Status() Status {
	return Status{
		Version: Version, Home: n.home.Dir(), Device: n.home.Device().Key(), Listen: n.Address(), Intake: n.intake, StatusPage: n.statusPage,
		Keys: n.home.Secrets().Kind().Sentence(), Warnings: n.Warnings(),
	}
}
