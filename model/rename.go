package model

import (
	"bytes"

	"holdfast/model/crdt"
)

// Renaming gives what an id has become; false where it stays.
type Renaming func(ID) (ID, bool)

const (
	bytesOfID = 0x50 // CBOR: a byte string of 16
	textOfID  = 26   // characters, see ID.String
)

// Rename gives ops with every id replaced that has another name, in what they
// are about and in their bodies, as bytes or as text. Two branches of a forked
// feed give different things the same ids, which hang on the place in the feed;
// the branch that does not keep its places is folded under new ids. Ids are 128
// bits of a hash, so nothing else is taken for one.
func Rename(ops []Op, to Renaming) []Op {
	out := make([]Op, len(ops))
	for i, op := range ops {
		out[i] = op
		if id, ok := op.Target(); ok && !id.Zero() {
			if now, ok := to(id); ok {
				out[i].On = bytes.Clone(now[:])
			}
		}
		out[i].Body = renameBody(op.Body, to)
	}
	return out
}

// renameBody replaces ids by others of the same length, so the CBOR stays sound.
func renameBody(body []byte, to Renaming) []byte {
	out, cloned := body, false
	put := func(at int, b []byte) {
		if !cloned {
			out, cloned = bytes.Clone(body), true
		}
		copy(out[at:], b)
	}
	letters := 0 // of the alphabet of ids, up to here
	for i, c := range body {
		if c == bytesOfID && i+1+len(ID{}) <= len(body) {
			if now, ok := to(ID(body[i+1 : i+1+len(ID{})])); ok {
				put(i+1, now[:])
			}
		}
		if letters++; !crockfordLetter(c) {
			letters = 0
		}
		if letters >= textOfID {
			from := i + 1 - textOfID
			if id, err := ParseID(string(body[from : i+1])); err == nil {
				if now, ok := to(id); ok {
					put(from, []byte(now.String()))
				}
			}
		}
	}
	return out
}

func crockfordLetter(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U'
}

// TextName names what a device writes into a text of an incident.
type TextName struct {
	On     ID
	Name   string
	Stream uint32
}

// RenameTexts gives ops with the changes of texts as those of another feed:
// what a branch counts as its own characters is partly what it shares with the
// branch it leaves. begins hears how many the author had written before, and
// gives who has which of them.
func RenameTexts(ops []Op, by FeedID, begins func(t TextName, start uint32) crdt.Owner[FeedID]) []Op {
	for i, op := range ops {
		on, ok := op.Target()
		if op.Kind != KindTextEdited || !ok {
			continue
		}
		e, err := decode[textEdited](op)
		if err != nil {
			continue // the fold will count it
		}
		owner := begins(TextName{On: on, Name: e.Text, Stream: e.Stream}, e.Change.Start)
		e.Change = e.Change.Rename(textWriter(by, e.Stream), func(n uint32) (FeedID, uint32, uint32) {
			feed, at, until := owner(n)
			return textWriter(feed, e.Stream), at, until
		})
		if renamed, err := newOp(KindTextEdited, on, e); err == nil {
			ops[i] = renamed
		}
	}
	return ops
}
