package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/sync/blob"
)

// States of an attachment on this device.
const (
	AttachmentHere      = "here"
	AttachmentFetching  = "fetching"
	AttachmentPartial   = "partial"
	AttachmentElsewhere = "elsewhere"
)

// AttachmentStatus is an attachment and where it is.
type AttachmentStatus struct {
	model.AttachmentView
	State string `json:"state"`
	// Held of Parts chunks are on this device.
	Held  int `json:"parts_here"`
	Parts int `json:"parts"`
	// Where says it in words: "here", "on Ben Okafor's laptop".
	Where   string             `json:"where"`
	Holders []AttachmentHolder `json:"holders"`
}

// AttachmentHolder is another device that has an attachment, as it said last.
type AttachmentHolder struct {
	Device model.DeviceKey `json:"device"`
	Name   string          `json:"name"` // "Ben Okafor's laptop"
	Held   int             `json:"parts_here"`
	Linked bool            `json:"linked"`
	// AskedAt is when it answered; zero where it was never asked, and is named
	// because it added the file.
	AskedAt time.Time `json:"asked_at,omitzero"`
}

// Attachments lists the attachments of an incident and where they are.
func (r *Room) Attachments(incident string) ([]AttachmentStatus, error) {
	var found []held
	var err error
	r.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(incident); err == nil {
			found = attached(s, inc)
		}
	})
	out := make([]AttachmentStatus, len(found))
	for i, h := range found {
		out[i] = r.files.status(h)
	}
	return out, err
}

// AttachmentsOf is Attachments for who reads the state already.
func (r *Room) AttachmentsOf(s *model.State, inc *model.Incident) []AttachmentStatus {
	found := attached(s, inc)
	out := make([]AttachmentStatus, len(found))
	for i, h := range found {
		out[i] = r.files.status(h)
	}
	return out
}

// Attachment gives one attachment and where it is.
func (r *Room) Attachment(text string) (AttachmentStatus, error) {
	h, err := r.find(text)
	if err != nil {
		return AttachmentStatus{}, err
	}
	return r.files.status(h), nil
}

func attached(s *model.State, inc *model.Incident) []held {
	names := deviceNames(s)
	ids := inc.Items.Of(model.ClassAttachment)
	all := make([]held, len(ids))
	for i, id := range ids {
		all[i] = held{id: id, view: s.AttachmentView(inc, id), names: names}
		all[i].content, all[i].ok = s.Content(inc.Items[id])
	}
	return all
}

// askWithin is how long a person waits for peers to say what they have: on a
// line of 0.1 Mbit/s the answer for a large file takes a second.
const askWithin = 3 * time.Second

// AskAttachments asks the linked peers which of an incident's attachments they
// have, and remembers what is answered in time.
func (r *Room) AskAttachments(ctx context.Context, incident string) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var found []held
	var err error
	r.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(incident); err == nil {
			found = attached(s, inc)
		}
	})
	for _, h := range found {
		if h.ok {
			r.files.ask(ctx, h, r.files.linked())
		}
	}
	return err
}

func (a *attachments) ask(ctx context.Context, h held, peers []*blob.Peer) {
	for _, said := range a.store.Ask(ctx, h.content, peers) {
		a.known.note(h.id, said, a.room.Now())
	}
}

// parts is how many chunks a file is cut into.
func parts(c model.Content) int { return int((c.Size + blob.ChunkSize - 1) / blob.ChunkSize) }

// status says where a file is.
func (a *attachments) status(h held) AttachmentStatus {
	a.mu.Lock()
	job := a.jobs[h.id]
	a.mu.Unlock()
	return a.statusIn(h, job)
}

// statusIn is status while a job fetches the file; nil is none.
func (a *attachments) statusIn(h held, job *fetchJob) AttachmentStatus {
	s := AttachmentStatus{AttachmentView: h.view, State: AttachmentElsewhere, Holders: []AttachmentHolder{}}
	if !h.ok {
		s.Where = "nowhere: the record of its content is damaged or false"
		return s
	}
	s.Parts = parts(h.content)
	if job != nil {
		s.Held, _ = job.progress()
	} else {
		s.Held = a.count(h)
	}
	s.Holders = a.holders(h)
	switch {
	case s.Held == s.Parts:
		s.State, s.Where = AttachmentHere, "here"
	case job != nil:
		s.State, s.Where = AttachmentFetching, fmt.Sprintf("fetching, %d %%", 100*s.Held/s.Parts)
	case s.Held > 0:
		s.State, s.Where = AttachmentPartial, fmt.Sprintf("%d of %d parts here, %s", s.Held, s.Parts, s.rest())
	default:
		s.Where = s.elsewhere()
	}
	return s
}

// count counts the parts that are here. A file has up to 8,192, and is asked about
// whenever a screen is drawn.
func (a *attachments) count(h held) int {
	a.mu.Lock()
	n, known := a.counted[h.id]
	asOf, adding := a.recounts, a.adding[h.content.Root]
	a.mu.Unlock()
	if adding {
		return parts(h.content)
	}
	if known {
		return n
	}
	missing, total, err := a.store.Missing(h.content)
	if err == nil && !(len(missing) == 1 && missing[0] == h.content.Root) {
		n = total - len(missing)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.recounts == asOf { // else parts may have come since they were looked for
		a.counted[h.id] = n
	}
	return n
}

// holders lists who has a file, or a part of it: those who can be asked now
// first, and of them who has most.
func (a *attachments) holders(h held) []AttachmentHolder {
	known := a.known.all(h.id)
	if adder := h.content.Device; known[adder].At.IsZero() && !adder.Zero() {
		if known == nil {
			known = map[model.DeviceKey]holding{}
		}
		n := parts(h.content)
		known[adder] = holding{Held: n, Total: n}
	}
	list := []AttachmentHolder{}
	for device, k := range known {
		if k.Held > 0 && device != a.room.Device() {
			list = append(list, AttachmentHolder{Device: device, Name: cmp.Or(h.names[device], "device "+device.Short()), Held: k.Held, Linked: a.isLinked(device), AskedAt: k.At})
		}
	}
	slices.SortFunc(list, func(x, y AttachmentHolder) int {
		if x.Linked != y.Linked {
			if x.Linked {
				return -1
			}
			return 1
		}
		return cmp.Or(y.Held-x.Held, cmp.Compare(x.Name, y.Name))
	})
	return list
}

// rest names the device to get the rest of a file from.
func (s *AttachmentStatus) rest() string {
	if len(s.Holders) > 0 && s.Holders[0].Held == s.Parts {
		return "all of it " + s.elsewhere()
	}
	return s.elsewhere()
}

// elsewhere names the device to get a file from.
func (s *AttachmentStatus) elsewhere() string {
	if len(s.Holders) == 0 {
		return "on no device that was asked"
	}
	first := s.Holders[0]
	text := "on " + first.Name
	if first.Held < s.Parts {
		text = fmt.Sprintf("%d of %d parts on %s", first.Held, s.Parts, first.Name)
	}
	if n := len(s.Holders) - 1; n == 1 {
		text += " and on " + s.Holders[1].Name
	} else if n > 1 {
		text += fmt.Sprintf(" and %d others", n)
	}
	if !first.Linked {
		text += ", not linked now"
	}
	return text
}
