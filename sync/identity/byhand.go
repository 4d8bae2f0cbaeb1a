package identity

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"holdfast/model"
)

// A device that no network reaches joins by files carried by hand: its request
// goes to an admin, and the admin's answer comes back. The request holds no
// secret. The answer is sealed to the device that asked, so a lost stick shows
// whose device it was for and nothing of the room. What no file can show is whose
// device it is: the admin types the code that its owner reads out. It is 80 bits
// of the device key, too many to search for another key that has the same.

const (
	requestMagic = "\x89HFQ\r\n\x1a\n"
	answerMagic  = "\x89HFA\r\n\x1a\n"
	requestTag   = "holdfast/request/1\x00"
	answerTag    = "holdfast/answer/1\x00"
	byHand       = 1 // the version of both

	// MaxRequest bounds a request in bytes: a key, a signature and three names.
	MaxRequest = 2 << 10
	// maxAnswerFile bounds what comes before the record in an answer.
	maxAnswerFile = maxAnswer + 1024

	codeGroups = 4*4 + 3 // characters of the code: four groups of four
)

// Errors a caller branches on.
var (
	ErrNotRequest = errors.New("this is not the request of a device to join")
	ErrNotAnswer  = errors.New("this is not an answer to a device that asked to join")
	ErrWrongCode  = errors.New("the code is not that of the device in the request; ask its owner to read it out again")
)

// Request is a device's wish to join, as a file.
type Request struct {
	_         struct{} `cbor:",toarray"`
	Version   uint64
	Device    model.DeviceKey
	Wishes    Wishes
	Signature []byte // by Device
}

// Code is what the owner of a device reads out to the admin.
func Code(device model.DeviceKey) string { return device.String()[:codeGroups] }

// NewRequest writes the request of a device.
func NewRequest(d *Device, wishes Wishes) ([]byte, error) {
	if err := wishes.Check(); err != nil {
		return nil, fmt.Errorf("ask to join: %w", err)
	}
	r := Request{Version: byHand, Device: d.Key(), Wishes: wishes}
	signed, err := r.signed()
	if err != nil {
		return nil, fmt.Errorf("ask to join: %w", err)
	}
	r.Signature = ed25519.Sign(d.Private(), signed)
	b, err := marshal(r)
	return append([]byte(requestMagic), b...), err
}

func (r Request) signed() ([]byte, error) {
	r.Signature = nil
	b, err := marshal(r)
	return append([]byte(requestTag), b...), err
}

// ReadRequest reads what NewRequest wrote, and checks it against the code that
// was read out. Errors: ErrNotRequest, ErrNewer, ErrWrongCode.
func ReadRequest(b []byte, code string) (Request, error) {
	var r Request
	body, ok := bytes.CutPrefix(b, []byte(requestMagic))
	if !ok {
		return r, ErrNotRequest
	}
	if err := unmarshal(body, MaxRequest, &r); err != nil {
		return r, fmt.Errorf("%w: %w", ErrNotRequest, err)
	}
	if r.Version > byHand {
		return r, ErrNewer
	}
	signed, err := r.signed()
	if err != nil || r.Wishes.Check() != nil || !ed25519.Verify(r.Device[:], signed, r.Signature) {
		return r, fmt.Errorf("%w: it was changed on the way", ErrNotRequest)
	}
	if plainCode(code) != plainCode(Code(r.Device)) {
		return r, ErrWrongCode
	}
	return r, nil
}

// plainCode reads a code as people say and type it.
func plainCode(code string) string {
	return strings.Map(crockfordLetter, strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code)))
}

// answerFile is the beginning of an answer: a key for the rest, sealed to the
// device as keys of the room are.
type answerFile struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Room    model.RoomID
	Epoch   uint32
	Box     []byte
	Sealed  []byte // a welcome
}

// WriteAnswer writes what a device needs to enter the room; the record may
// follow it in the file.
func WriteAnswer(out io.Writer, rand io.Reader, w Welcome) error {
	plain, err := marshal(w.wire())
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	key, check, err := NewEpochKey(rand, w.Room)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	a := answerFile{Version: byHand, Room: w.Room, Epoch: model.EpochNumber(check)}
	if a.Box, err = SealKey(w.Room, a.Epoch, key, w.Certificate.Device); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	// The key is used once, so the nonce need not differ from any other.
	a.Sealed = aead.Seal(nil, make([]byte, aead.NonceSize()), plain, []byte(answerTag))
	b, err := marshal(a)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	_, err = out.Write(append(binary.BigEndian.AppendUint32([]byte(answerMagic), uint32(len(b))), b...))
	return err
}

// ReadAnswer reads what WriteAnswer wrote for this device, and leaves in where
// the record begins. The welcome holds together; who vouches for it is in its
// certificate. Errors: ErrNotAnswer, ErrNewer, ErrNotForUs, ErrBadWelcome.
func ReadAnswer(in io.Reader, d *Device) (Welcome, error) {
	head := make([]byte, len(answerMagic)+4)
	if _, err := io.ReadFull(in, head); err != nil || string(head[:len(answerMagic)]) != answerMagic {
		return Welcome{}, ErrNotAnswer
	}
	size := binary.BigEndian.Uint32(head[len(answerMagic):])
	if size > maxAnswerFile {
		return Welcome{}, ErrNotAnswer
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(in, b); err != nil {
		return Welcome{}, fmt.Errorf("%w: it is cut off; carry it again", ErrNotAnswer)
	}
	var a answerFile
	if err := unmarshal(b, maxAnswerFile, &a); err != nil {
		return Welcome{}, fmt.Errorf("%w: %w", ErrNotAnswer, err)
	}
	if a.Version > byHand {
		return Welcome{}, ErrNewer
	} else if a.Version < byHand {
		return Welcome{}, ErrNotAnswer
	}
	key, err := d.OpenKey(a.Room, a.Epoch, a.Box)
	if err != nil {
		return Welcome{}, fmt.Errorf("%w: it is for another device", ErrNotForUs)
	}
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return Welcome{}, err
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), a.Sealed, []byte(answerTag))
	if err != nil {
		return Welcome{}, fmt.Errorf("%w: it was changed on the way", ErrNotAnswer)
	}
	var wire welcomeOnWire
	if err := unmarshal(plain, maxAnswer, &wire); err != nil {
		return Welcome{}, fmt.Errorf("%w: %w", ErrBadWelcome, err)
	}
	said := Invite{Host: wire.Certificate.By, Founder: wire.Founder, Nonce: wire.Nonce, Role: wire.Certificate.Role}
	return answerMessage{Welcome: &wire}.welcome(d.Key(), said)
}
