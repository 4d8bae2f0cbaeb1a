package model

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
)

// Texts of an incident that people write together. Any name after TextReview
// is a section of the post-mortem.
const (
	TextSummary = "summary"
	TextReview  = "pm."
)

// MaxLongText is the longest text a person may make of one, in bytes: a
// post-mortem of fifty pages, and what one commit can carry even where it does
// not shrink (256 KiB sealed). Texts written apart may come out longer; they
// are kept whole.
const MaxLongText = 192 << 10

// A sitting of one writer ends after a break, and after an hour: the timeline
// tells of sittings, not of keys.
const (
	sittingBreak = 10 * time.Minute
	sittingLimit = time.Hour
)

// LongText is a text several people write at once.
type LongText struct {
	Body *crdt.Text[FeedID]
	// Sittings by feed, in the order of each.
	Sittings map[FeedID][]Sitting
}

// Sitting is what one writer did to a text in one go.
type Sitting struct {
	_     struct{} `cbor:",toarray"`
	First Stamp
	// Last is when it was last written, in milliseconds: see Stamp.written.
	Last int64
	// Written and Deleted count characters.
	Written, Deleted uint64
}

// textEdited changes a text of an incident.
type textEdited struct {
	Text   string              `cbor:"1,keyasint,omitempty"`
	Change crdt.Change[FeedID] `cbor:"2,keyasint,omitempty"`
	// Stream is the writer's: see textWriter.
	Stream uint32 `cbor:"3,keyasint,omitempty"`
}

// textWriter names the writer of a text: the feed. Where its text hangs on
// what never comes, because it came after a removal's cut, all it writes after
// would wait with it; so it goes on in another stream, a writer of its own.
func textWriter(feed FeedID, stream uint32) FeedID {
	if stream == 0 {
		return feed
	}
	h := sha256.New()
	h.Write([]byte(streamTag))
	h.Write(feed[:])
	h.Write(binary.BigEndian.AppendUint32(nil, stream))
	return FeedID(h.Sum(nil))
}

// foldText takes a change of a text. The fold keeps the order of each feed, so
// the first of two changes under the same names is the same everywhere.
func (i *Incident) foldText(at Stamp, op Op) error {
	e, err := decode[textEdited](op)
	if err != nil {
		return err
	}
	if !isText(e.Text) {
		return errRefused
	}
	t := i.Texts[e.Text]
	if t == nil {
		t = &LongText{Body: &crdt.Text[FeedID]{}, Sittings: map[FeedID][]Sitting{}}
	}
	if err := t.Body.Apply(textWriter(at.Feed, e.Stream), e.Change); err != nil {
		return err
	}
	if i.Texts == nil {
		i.Texts = map[string]*LongText{}
	}
	i.Texts[e.Text] = t
	written, deleted := e.Change.Count()
	t.sat(at, written, deleted)
	return nil
}

func isText(name string) bool {
	return validField(name) && (name == TextSummary || strings.HasPrefix(name, TextReview) && name != TextReview)
}

// sat adds a change to the sitting it belongs to.
func (t *LongText) sat(at Stamp, written, deleted uint64) {
	list := t.Sittings[at.Feed]
	now := at.written()
	if n := len(list); n > 0 {
		s := &list[n-1]
		since := now - s.Last
		if since <= sittingBreak.Milliseconds() && -since <= sittingBreak.Milliseconds() && now-s.First.written() <= sittingLimit.Milliseconds() {
			s.Last, s.Written, s.Deleted = max(s.Last, now), s.Written+written, s.Deleted+deleted
			return
		}
	}
	t.Sittings[at.Feed] = append(list, Sitting{First: at, Last: now, Written: written, Deleted: deleted})
}

// sittings lists the sittings of all, in the order of display.
func (t *LongText) sittings() []Sitting {
	all := slices.Concat(slices.Collect(maps.Values(t.Sittings))...)
	slices.SortFunc(all, func(a, b Sitting) int { return a.First.Compare(b.First) })
	return all
}

func (t *LongText) complete() bool { return t != nil && t.Body != nil && t.Sittings != nil }

// Text gives a text of the incident, "" where none was written.
func (i *Incident) Text(name string) string {
	if t := i.Texts[name]; t != nil {
		return t.Body.String()
	}
	return ""
}
