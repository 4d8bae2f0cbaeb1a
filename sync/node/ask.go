package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
)

// AskView is a device that asks to be let in, or a question of this one.
type AskView struct {
	// Words are on both screens: people compare them aloud.
	Words  string          `json:"words"`
	Device model.DeviceKey `json:"device"`
	Person string          `json:"person"`
	Email  string          `json:"email"`
	Name   string          `json:"name"`
	Since  time.Time       `json:"since,omitzero"`
}

// Asks lists the devices that ask here, of whichever room.
func (n *Node) Asks() []AskView {
	views := []AskView{}
	for _, a := range n.asks.List() {
		views = append(views, AskView{
			Words: a.Words, Device: a.Device, Person: a.Wishes.Person, Email: a.Wishes.Email, Name: a.Wishes.Device, Since: a.Since.UTC(),
		})
	}
	return views
}

// Asks lists the devices that ask here. They may be let into any room of the
// node by an admin of it.
func (r *Room) Asks() []AskView { return r.node.Asks() }

// OnAsk has fn called when who asks here changes, on another goroutine: fn must
// be quick. Stop ends it.
func (r *Room) OnAsk(fn func()) (stop func()) {
	n := r.node
	n.mu.Lock()
	defer n.mu.Unlock()
	id := n.nextWatcher
	n.nextWatcher++
	if n.askWatchers == nil {
		n.askWatchers = map[int]func(){}
	}
	n.askWatchers[id] = fn
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.askWatchers, id)
	}
}

func (n *Node) asksChanged() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, fn := range n.askWatchers {
		fn()
	}
}

// answerLife is how long the invite lives that an admission by words is written
// with: it is used at once.
const answerLife = time.Minute

// AnswerAsk lets the device in that shows the words, or sends it away where
// role is empty.
func (r *Room) AnswerAsk(ctx context.Context, words, role string) error {
	if role == "" {
		return r.node.asks.Answer(words, nil)
	}
	return r.node.asks.Answer(words, func(a identity.Asked) (identity.Welcome, error) {
		return r.letIn(ctx, a.Device, a.Wishes, role)
	})
}

// Ask asks to be let in at an address, and gives what this screen shows. One
// question is open at a time.
func (n *Node) Ask(ctx context.Context, address string, guest Guest) (AskView, error) {
	wishes := identity.Wishes{Person: guest.Person, Email: guest.Email, Device: n.deviceName(guest.Device)}
	asking, err := identity.DialAsk(ctx, n.home.Device(), rand.Reader, address, wishes)
	if err != nil {
		return AskView{}, err
	}
	n.mu.Lock()
	before := n.asking
	n.asking, n.askedAt = asking, address
	n.mu.Unlock()
	if before != nil {
		_ = before.Close() // given up for this one
	}
	return AskView{Words: asking.Words, Device: n.home.Device().Key(), Person: guest.Person, Email: guest.Email, Name: wishes.Device}, nil
}

// AwaitAsk waits for the answer to Ask, and enters the room.
func (n *Node) AwaitAsk(ctx context.Context) (*Room, error) {
	n.mu.Lock()
	asking, address := n.asking, n.askedAt
	n.asking = nil
	n.mu.Unlock()
	if asking == nil {
		return nil, errors.New("this device asks nobody; begin with `room ask`")
	}
	welcome, err := asking.Wait(ctx)
	if err != nil {
		return nil, err
	}
	r, err := n.home.Enter(welcome)
	if err != nil {
		return nil, err
	}
	return n.enter(r, welcome.Certificate.By, welcome, []string{address})
}

// AskRequest is a question, or the answer to one.
type AskRequest struct {
	Address string `json:"address,omitempty"`
	Person  string `json:"person,omitempty"`
	Email   string `json:"email,omitempty"`
	Device  string `json:"device,omitempty"`
	Words   string `json:"words,omitempty"`
	Role    string `json:"role,omitempty"` // empty: no
}

func listAsks(r *request) (any, error) { return r.node.Asks(), nil }

func beginAsk(r *request) (any, error) {
	var q AskRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	return r.node.Ask(r.ctx, q.Address, Guest{Person: q.Person, Email: q.Email, Device: q.Device})
}

func awaitAsk(r *request) (any, error) {
	room, err := r.node.AwaitAsk(r.ctx)
	if err != nil {
		return nil, err
	}
	return RoomReply{ID: room.Room().String(), Name: room.enteredAs}, nil
}

func answerAsk(r *request) (any, error) {
	var q AskRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	err = room.AnswerAsk(r.ctx, q.Words, q.Role)
	if errors.Is(err, identity.ErrNoAsk) {
		err = fmt.Errorf("%w; `room asks` lists those who wait", err)
	}
	if err != nil {
		return nil, err
	}
	return model.Done{}, nil
}
