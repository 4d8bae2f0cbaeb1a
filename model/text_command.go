package model

import (
	"encoding/base64"
	"strings"

	"holdfast/model/crdt"
)

// EditText makes a text of an incident another one. What others wrote since
// the text was seen stays: the difference of Seen and Text is what is written.
type EditText struct {
	Incident string
	// Field names the text: TextSummary, or a section of the post-mortem.
	Field string
	// Base and Seen are the version and the text of the view the edit was made
	// on. Without Base it is made on what is here.
	Base string
	Seen string
	// Text is the whole text as it should be.
	Text string
}

// Plan implements Command.
func (c EditText) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !isText(c.Field) {
		return Done{}, refuse("there is no text %.40q; an incident has %s, and sections of its post-mortem such as %sroot-cause", c.Field, TextSummary, TextReview)
	}
	text := strings.ToValidUTF8(c.Text, "\uFFFD")
	if len(text) > MaxLongText {
		return Done{}, refuse("the text has %d bytes; the limit is %d. What is here was not changed; attach long texts as a file", len(text), MaxLongText)
	}
	body := &crdt.Text[FeedID]{}
	if t := inc.Texts[c.Field]; t != nil {
		body = t.Body
	}
	stream := uint32(0)
	for body.Waits(textWriter(p.feed, stream)) {
		stream++
	}
	changes, err := c.changes(body, textWriter(p.feed, stream), text)
	if err != nil {
		return Done{}, err
	}
	done := Done{ID: inc.ID, Code: inc.Code}
	if len(changes) == 0 {
		done.Note = "the text is so already"
	}
	for _, change := range changes {
		p.add(KindTextEdited, inc.ID, textEdited{Text: c.Field, Change: change, Stream: stream})
	}
	return done, nil
}

func (c EditText) changes(body *crdt.Text[FeedID], by FeedID, text string) ([]crdt.Change[FeedID], error) {
	if c.Base == "" {
		return body.Edit(by, text), nil
	}
	v, err := parseVersion(c.Base)
	if err == nil {
		var changes []crdt.Change[FeedID]
		if changes, err = body.EditFrom(by, v, c.Seen, text); err == nil {
			return changes, nil
		}
	}
	return nil, refuse("the edit was made on a text this record does not hold; nothing was changed. Keep your text, read the one that is here and bring yours in")
}

// versionForm is a version as it travels to an editor and back: three numbers
// a run, the first its writer.
type versionForm struct {
	_       struct{} `cbor:",toarray"`
	Writers []FeedID
	Runs    []uint32
}

// formatVersion gives the version of a text as an editor holds it.
func formatVersion(v crdt.Version[FeedID]) (string, error) {
	place, form := map[FeedID]uint32{}, versionForm{}
	for _, r := range v {
		at, ok := place[r.By]
		if !ok {
			at = uint32(len(form.Writers))
			place[r.By], form.Writers = at, append(form.Writers, r.By)
		}
		form.Runs = append(form.Runs, at, r.N, r.Count)
	}
	b, err := canonical.enc.Marshal(form)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// parseVersion reads what formatVersion gave. The error is crdt.ErrVersion.
func parseVersion(text string) (crdt.Version[FeedID], error) {
	var form versionForm
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || canonical.dec.Unmarshal(b, &form) != nil || len(form.Runs)%3 != 0 {
		return nil, crdt.ErrVersion
	}
	var v crdt.Version[FeedID]
	for i := 0; i < len(form.Runs); i += 3 {
		if form.Runs[i] >= uint32(len(form.Writers)) {
			return nil, crdt.ErrVersion
		}
		v = append(v, crdt.Run[FeedID]{By: form.Writers[form.Runs[i]], N: form.Runs[i+1], Count: form.Runs[i+2]})
	}
	return v, nil
}
