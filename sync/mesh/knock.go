package mesh

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
)

const (
	// Path and Subprotocol of a link's WebSocket.
	Path        = "/holdfast/v1/link"
	Subprotocol = "holdfast.v1"
	// MaxCertificate bounds a membership certificate: it is a few keys, times
	// and signatures, and must fit a knock.
	MaxCertificate = 2 << 10
	// maxKnock is all a stranger may say in its first message.
	maxKnock = 4 << 10

	exporterLabel = "EXPORTER-holdfast-room-v1"
)

// The proofs of one connection differ by these words, so that none can be
// played back as another.
const (
	knockWord   = "holdfast knock 1"
	welcomeWord = "holdfast welcome 1"
	tagWord     = "holdfast link 1"
	twinWord    = "holdfast twin 1" // to another home of the listener's own key
)

var errKnock = errors.New("not a knock of this protocol")

// knock is the first message of the dialler, and of the listener in answer.
type knock struct {
	Proof       []byte `cbor:"1,keyasint"`
	Certificate []byte `cbor:"2,keyasint"`
}

// exported is key material of one TLS connection: both ends have it, nobody
// else, and no other connection has the same.
func exported(state *tls.ConnectionState) ([]byte, error) {
	if state == nil || state.Version < tls.VersionTLS13 {
		return nil, errors.New("tls 1.3 is needed")
	}
	b, err := state.ExportKeyingMaterial(exporterLabel, nil, 32)
	if err != nil {
		return nil, fmt.Errorf("export key material: %w", err)
	}
	return b, nil
}

// proof shows that its maker knows the room, to whoever knows it as well.
func proof(room model.RoomID, word string, material []byte) []byte {
	h := hmac.New(sha256.New, room[:])
	h.Write([]byte(word))
	h.Write(material)
	return h.Sum(nil)
}

// linkTag is a number both ends of a connection share.
func linkTag(room model.RoomID, material []byte) uint64 {
	return binary.BigEndian.Uint64(proof(room, tagWord, material))
}

func encodeKnock(room model.RoomID, word string, material, certificate []byte) ([]byte, error) {
	b, err := cbor.Marshal(knock{Proof: proof(room, word, material), Certificate: certificate})
	if err != nil {
		return nil, fmt.Errorf("encode knock: %w", err)
	}
	return b, nil
}

func decodeKnock(b []byte) (knock, error) {
	var k knock
	if len(b) > maxKnock {
		return k, errKnock
	}
	mode, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd: cbor.TagsForbidden, MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16,
	}.DecMode()
	if err != nil {
		return k, fmt.Errorf("knock decoder: %w", err)
	}
	if err := mode.Unmarshal(b, &k); err != nil || len(k.Proof) != sha256.Size || len(k.Certificate) > MaxCertificate {
		return knock{}, errKnock
	}
	return k, nil
}
