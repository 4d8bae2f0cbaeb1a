package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/template"
	"holdfast/sync/outbox"
)

// MessageRequest asks for a message to be rendered, or sent.
type MessageRequest struct {
	Incident string `json:"incident"`
	Template string `json:"template"`
	Audience string `json:"audience"`
	Channel  string `json:"channel"`
	// Fields fill what the record does not know, by name.
	Fields map[string]string `json:"fields"`
	Zone   string            `json:"zone"`
	// Approver is who said that it may go; empty where nobody was asked.
	Approver string `json:"approver"`
	// Reviewed is the preview a person has read: it is sent word for word, and
	// facts that moved meanwhile move nothing in it.
	Reviewed *MessagePreview `json:"-"`
}

// MessagePreview is a rendered message, and what keeps it from being sent.
type MessagePreview struct {
	Draft model.Draft `json:"draft"`
	// Blocked says what keeps it from being sent; empty where nothing does.
	Blocked string `json:"blocked"`
	// Missing names the variables nobody filled in.
	Missing []string `json:"missing"`
	// Warnings say what contradicts the record, and point at words that have no
	// place in an update: see model.State.Remarks.
	Warnings []string `json:"warnings"`
	// Next is when the message promises the next update.
	Next *time.Time `json:"next_update_at"`
}

// Preview renders a message from the incident's facts, as complete as can be.
func (r *Room) Preview(q MessageRequest) (MessagePreview, error) {
	if q.Channel == "" {
		q.Channel = outbox.ChannelMail
	}
	return r.render(q)
}

// render is Preview for the channel given, else the template's own.
func (r *Room) render(q MessageRequest) (MessagePreview, error) {
	source, err := r.template(q.Template)
	if err != nil {
		return MessagePreview{}, err
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return MessagePreview{}, fmt.Errorf("time zone %q is not known; use a name such as Europe/Berlin", q.Zone)
	}
	if q.Audience == "" {
		q.Audience = "stakeholders"
	}
	var p MessagePreview
	var remarks []template.Warning
	r.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(q.Incident); err != nil {
			return
		}
		p.Draft, p.Missing, err = model.Compose(s, inc, source, model.ComposeOptions{
			Template: q.Template, Audience: q.Audience, Channel: q.Channel, Fields: q.Fields, Now: r.Now(), Zone: zone,
		})
		remarks = s.Remarks(inc, p.Draft, r.Now(), zone)
	})
	if errors.Is(err, model.ErrRefused) && p.Draft.Body != "" {
		p.Blocked, err = err.Error(), nil
	}
	if err != nil {
		return p, err
	}
	p.Missing, p.Warnings = append([]string{}, p.Missing...), []string{}
	p.Draft.Recipients = append([]model.Recipient{}, p.Draft.Recipients...)
	for _, w := range remarks {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%q: %s", w.Found, w.Advice))
	}
	if p.Draft.Next != 0 {
		at := time.UnixMilli(p.Draft.Next).UTC()
		p.Next = &at
	}
	return p, nil
}

// template gives a template by its id: the room's own where it has one, else
// the shipped one.
func (r *Room) template(id string) (source string, err error) {
	r.View(func(s *model.State) { source = s.Fields.Text("template." + id) })
	if source != "" {
		return source, nil
	}
	shipped, err := assets.Templates()
	if err != nil {
		return "", err
	}
	var names []string
	for _, t := range shipped {
		if t.ID == id {
			return t.Source, nil
		}
		names = append(names, t.ID)
	}
	return "", fmt.Errorf("there is no template %q; there are: %s", id, strings.Join(names, ", "))
}

// Send renders a message, freezes it and puts it into the outbox. A variable
// that is not filled refuses it.
func (r *Room) Send(ctx context.Context, q MessageRequest) (model.Done, error) {
	var p MessagePreview
	var err error
	if q.Reviewed != nil {
		p = *q.Reviewed
	} else if p, err = r.Preview(q); err != nil {
		return model.Done{}, err
	}
	if len(p.Missing) > 0 {
		return model.Done{}, fmt.Errorf("not sent: %s; give each with --field NAME=TEXT", p.Blocked)
	}
	if p.Blocked != "" {
		return model.Done{}, fmt.Errorf("not sent: %s", p.Blocked)
	}
	if c := p.Draft.Channel; c != outbox.ChannelMail && !model.Place(c) {
		return model.Done{}, fmt.Errorf("not sent: channel %q leaves by hand; messages leave by %s, %s or %s. Post it, then record that with `message told`", c,
			outbox.ChannelMail, outbox.ChannelChat, outbox.ChannelTicket)
	}
	command := model.QueueMessage{Incident: q.Incident, Draft: p.Draft, Approver: q.Approver}
	if p.Next != nil {
		command.Next = *p.Next
	}
	return r.Do(ctx, command)
}

// ToldRequest asks to record a message that people posted or said themselves.
type ToldRequest struct {
	MessageRequest
	// Text is what was told, where no template was used.
	Text string `json:"text"`
	// Where it stands, or who was told; Proof and Unreached as in model.TellByHand.
	Where     string `json:"where"`
	Proof     string `json:"proof"`
	Unreached string `json:"unreached"`
}

// Posted records a message that people posted or said themselves.
func (r *Room) Posted(ctx context.Context, q ToldRequest) (model.Done, error) {
	told := model.TellByHand{Incident: q.Incident, Where: q.Where, Proof: q.Proof, Unreached: q.Unreached, Approver: q.Approver}
	if q.Template == "" {
		told.Draft = model.Draft{Audience: q.Audience, Channel: q.Channel, Body: q.Text}
		if told.Draft.Channel == "" {
			told.Draft.Channel = model.ToldByHand
		}
		if next := q.Fields["next_update"]; next != "" {
			at, err := time.Parse(time.RFC3339, next)
			if err != nil {
				return model.Done{}, fmt.Errorf("the time of the next update is not read: %w", err)
			}
			told.Next = at
		}
		return r.Do(ctx, told)
	}
	p, err := r.render(q.MessageRequest)
	switch {
	case err != nil:
		return model.Done{}, err
	case len(p.Missing) > 0:
		return model.Done{}, fmt.Errorf("not recorded: %s; give each with --field NAME=TEXT", p.Blocked)
	case p.Blocked != "":
		return model.Done{}, fmt.Errorf("not recorded: %s", p.Blocked)
	}
	told.Draft = p.Draft
	if p.Next != nil {
		told.Next = *p.Next
	}
	return r.Do(ctx, told)
}

func toldMessage(r *request) (any, error) {
	var q ToldRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.Posted(r.ctx, q)
}

func (r *request) message() (*Room, MessageRequest, error) {
	var q MessageRequest
	if err := r.params(&q); err != nil {
		return nil, q, err
	}
	room, err := r.pick()
	return room, q, err
}

func previewMessage(r *request) (any, error) {
	room, q, err := r.message()
	if err != nil {
		return nil, err
	}
	return room.Preview(q)
}

// sendMessage queues a message and, where nothing else delivers, tries at once.
func sendMessage(r *request) (any, error) {
	room, q, err := r.message()
	if err != nil {
		return nil, err
	}
	done, err := room.Send(r.ctx, q)
	if err == nil && !r.node.opts.Links {
		room.outbox.Pass(r.ctx, true)
	}
	return done, err
}

func runOutbox(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	run, err := room.RunOutbox(r.ctx)
	return run.Messages, err
}

func listConfig(r *request) (any, error) {
	all := r.node.config.all()
	for _, key := range secretKeys {
		if slices.Contains(r.node.home.Secrets().Names(), key) {
			all[key] = "(kept with the secrets)"
		}
	}
	return all, nil
}

// Setting is one setting to keep.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// roomKey gives the room's field for a shared setting.
func roomKey(key string) (string, bool) {
	if strings.HasPrefix(key, "audience.") {
		return key, true
	}
	return strings.CutPrefix(key, "room.")
}

func setConfig(r *request) (any, error) {
	var q Setting
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if field, shared := roomKey(q.Key); shared {
		room, err := r.pick()
		if err != nil {
			return nil, err
		}
		if err := checkSetting(q.Key, q.Value); err != nil {
			return nil, err
		}
		return room.Do(r.ctx, model.SetRoom{Field: field, Value: q.Value})
	}
	if IsSecret(q.Key) {
		if q.Value == "" {
			return model.Done{}, r.node.home.Secrets().Delete(q.Key)
		}
		if err := checkSecret(q.Key, q.Value); err != nil {
			return nil, err
		}
		if err := r.node.home.Secrets().Put(q.Key, []byte(q.Value)); err != nil {
			return nil, err
		}
		r.node.accountsChanged()
		return model.Done{}, nil
	}
	if err := r.node.config.put(q.Key, q.Value); err != nil {
		return nil, err
	}
	r.node.accountsChanged()
	return model.Done{}, nil
}
