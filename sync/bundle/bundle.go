// Package bundle carries a room's record as a file: the same runs of signed
// commits that go over a link, for places no network reaches. Bodies are sealed
// as they are in the log, so a lost stick shows when devices wrote and how
// much, and nothing of what.
//
// A bundle is read and written as a stream:
//
//	magic     8 bytes
//	records   each a length of 4 bytes, big endian, and as many bytes
//	          first the header, then runs as oplog.AppendRun writes them
//	end       a length of 0
//	digest    SHA-256 of everything before it
//
// The chunks of attachments may follow, as a part of the same form with a magic of its
// own, whose records are sealed chunks. Each is named by its SHA-256, so nothing is
// believed of them but what the record says.
//
// The digest finds damage; what is believed rests on the signatures inside.
package bundle

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// Version is the version of the form this program writes, and the newest it
// reads.
const Version = 1

// magic begins every bundle. The bytes around the name are found damaged by a
// transfer that takes the file for text.
const magic = "\x89HFB\r\n\x1a\n"

// chunkMagic begins the chunks of attachments.
const chunkMagic = "\x89HFC\r\n\x1a\n"

// Limits of a bundle.
const (
	// maxChunk bounds a chunk of an attachment: 256 KiB and its seal.
	maxChunk = 256<<10 + 64
	// maxHeader bounds the header: MaxFeeds heads of 80 bytes each.
	maxHeader = 80*oplog.MaxFeeds + 1024
	// lengthSize is the length before each record.
	lengthSize = 4
	// handOver is how many bytes of runs are made durable together: few enough
	// to keep in memory, enough that the disk is not waited for all the time.
	handOver = 4 << 20
)

// Errors a caller branches on.
var (
	// ErrNotBundle: the file is something else.
	ErrNotBundle = errors.New("this is not a Holdfast bundle")
	// ErrWrongRoom: the bundle is of a room that is not the one named.
	ErrWrongRoom = errors.New("the bundle is of another room; nothing was taken from it")
	// ErrNewer: a newer version wrote it.
	ErrNewer = errors.New("a newer version of Holdfast wrote this bundle; update to read it")
	// ErrCut: the file ends too early.
	ErrCut = errors.New("the bundle is cut off")
	// ErrDamaged: the bytes are not those that were written.
	ErrDamaged = errors.New("the bundle is damaged")
	// ErrEarlier: the bundle goes on where an earlier one ends that is not here.
	ErrEarlier = errors.New("the bundle goes on from one that was not imported here")
)

// Summary says what a bundle held.
type Summary struct {
	Room string `json:"room"`
	// Feeds and Commits count what is in the file.
	Feeds   int    `json:"feeds"`
	Commits uint64 `json:"commits"`
	// New counts the commits of an import that were not here before.
	New uint64 `json:"new"`
	// LetGo counts the commits that an export leaves out because the device let go of
	// them: an archive of the room can export them.
	LetGo uint64 `json:"let_go,omitempty"`
	// Chunks counts the chunks of attachments in the file.
	Chunks int `json:"chunks,omitempty"`
}

// Header is what a bundle says of itself.
type Header struct {
	Room model.RoomID
	// Reaches is how far a room gets that takes this bundle and those before it.
	Reaches model.Vector
}

// header is the form of Header in the file.
type header struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Room    []byte
	Reaches []reach
}

type reach struct {
	_    struct{} `cbor:",toarray"`
	Feed []byte
	Seq  uint64
	Hash []byte
}

// decoding refuses what no writer makes, before it costs memory.
func decoding() (cbor.DecMode, error) {
	return cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxArrayElements: oplog.MaxFeeds + 16, MaxNestedLevels: 4,
	}.DecMode()
}

func encodeHeader(h Header) ([]byte, error) {
	w := header{Version: Version, Room: h.Room[:], Reaches: []reach{}}
	for _, feed := range sorted(h.Reaches) {
		head := h.Reaches[feed]
		w.Reaches = append(w.Reaches, reach{Feed: feed[:], Seq: head.Seq, Hash: head.Hash[:]})
	}
	return cbor.Marshal(w)
}

func decodeHeader(b []byte) (Header, error) {
	mode, err := decoding()
	if err != nil {
		return Header{}, err
	}
	// The version first: a newer header may have another form behind it.
	var parts []cbor.RawMessage
	var version uint64
	if err := mode.Unmarshal(b, &parts); err != nil || len(parts) == 0 || mode.Unmarshal(parts[0], &version) != nil {
		return Header{}, fmt.Errorf("%w: its header cannot be read", ErrDamaged)
	}
	if version > Version {
		return Header{}, ErrNewer
	}
	var w header
	if err := mode.Unmarshal(b, &w); err != nil || version == 0 || len(w.Room) != len(model.RoomID{}) {
		return Header{}, fmt.Errorf("%w: its header cannot be read", ErrDamaged)
	}
	h := Header{Room: model.RoomID(w.Room), Reaches: make(model.Vector, len(w.Reaches))}
	for _, r := range w.Reaches {
		if len(r.Feed) != len(model.FeedID{}) || len(r.Hash) != len(model.Hash{}) || r.Seq < 1 || r.Seq > oplog.MaxSeq {
			return Header{}, fmt.Errorf("%w: its header cannot be read", ErrDamaged)
		}
		h.Reaches[model.FeedID(r.Feed)] = model.Head{Seq: r.Seq, Hash: model.Hash(r.Hash)}
	}
	return h, nil
}
