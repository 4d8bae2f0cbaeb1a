package node

import (
	"fmt"
	"path/filepath"
	"sync"
)

// AttachRequest names a file to be attached.
type AttachRequest struct {
	Incident string `json:"incident"`
	// Path is absolute: the owner of the home reads it, as the same user.
	Path   string `json:"path"`
	Entry  string `json:"entry,omitempty"`
	Note   string `json:"note,omitempty"`
	Source string `json:"source,omitempty"`
	// Type is the media type; empty is found from the content.
	Type string `json:"type,omitempty"`
	// Token names the work, to ask for its progress.
	Token string `json:"token,omitempty"`
}

// SaveRequest asks for an attachment, or for the evidence of an incident, as a
// file.
type SaveRequest struct {
	Attachment string `json:"attachment,omitempty"`
	Incident   string `json:"incident,omitempty"`
	// Path is absolute; empty only fetches.
	Path  string `json:"path,omitempty"`
	Token string `json:"token,omitempty"`
}

// Progress is how far a piece of work is; Total is 0 before it began.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// works is the progress of work that other processes asked for, by the token they
// gave. Safe for concurrent use.
type works struct {
	mu sync.Mutex
	of map[string]Progress
}

// begin gives what takes the progress of a piece of work, and what ends it.
func (w *works) begin(token string) (told func(done, total int64), end func()) {
	set := func(done, total int64) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.of == nil {
			w.of = map[string]Progress{}
		}
		w.of[token] = Progress{Done: done, Total: total}
	}
	return set, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.of, token)
	}
}

func workProgress(r *request) (any, error) {
	var token string
	if err := r.params(&token); err != nil {
		return nil, err
	}
	r.node.works.mu.Lock()
	defer r.node.works.mu.Unlock()
	return r.node.works.of[token], nil
}

func attachFile(r *request) (any, error) {
	var q AttachRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(q.Path) {
		return nil, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	told, end := r.node.works.begin(q.Token)
	defer end()
	return room.Attach(r.ctx, q, told)
}

func saveAttachment(r *request) (any, error) {
	var q SaveRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if q.Path != "" && !filepath.IsAbs(q.Path) {
		return nil, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	told, end := r.node.works.begin(q.Token)
	defer end()
	parts := func(here, total int) { told(int64(here), int64(total)) }
	if q.Path != "" {
		return room.SaveAttachment(r.ctx, q.Attachment, q.Path, parts)
	}
	if err := room.FetchAttachment(r.ctx, q.Attachment, parts); err != nil {
		return nil, err
	}
	return room.Attachment(q.Attachment)
}

// listAttachments asks who is linked first, so that the answer is of now.
func listAttachments(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	var q ref
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if err := room.AskAttachments(r.ctx, q.Ref); err != nil {
		return nil, err
	}
	return room.Attachments(q.Ref)
}

var attachmentMethods = map[string]handler{
	"attach":          attachFile,
	"attachments":     listAttachments,
	"attachment/save": saveAttachment,
	"export/evidence": exportEvidence,
	"work/progress":   workProgress,
}
