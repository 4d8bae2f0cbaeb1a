package identity

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"strings"

	"holdfast/model"
)

// A recovery key is printed when a room is founded and kept on paper. It is a device
// of the room that outranks every admin, for the day on which the admins' devices are
// lost or in wrong hands. The paper holds 16 random bytes, from which its device key
// and the room's first key are made, and what names the room. The later keys are
// sealed to it in the record like to any member.
const (
	recoveryPrefix  = "holdfastrecovery"
	recoveryVersion = "1"
	recoveryDevice  = "holdfast/recovery/1 device"
	recoveryKey     = "holdfast/recovery/1 first key"
)

// Errors of recovery.
var (
	ErrNotRecovery = errors.New("this is not a recovery key: one begins with holdfastrecovery1-; it may have a typo or be cut short")
	ErrHasRoom     = errors.New("this home has a room already; use a new one, with --home")
)

// Recovery is what is printed. Whoever holds it rules the room, so it is shown once
// and never logged.
type Recovery struct {
	Secret  [16]byte
	Founder model.DeviceKey
	Nonce   model.Nonce
}

// NewRecovery draws the recovery key of a room that is about to be founded.
func NewRecovery(rand io.Reader, founder model.DeviceKey, nonce model.Nonce) (Recovery, error) {
	r := Recovery{Founder: founder, Nonce: nonce}
	if _, err := io.ReadFull(rand, r.Secret[:]); err != nil {
		return Recovery{}, fmt.Errorf("draw recovery key: %w", err)
	}
	return r, nil
}

// Room is the id of the room.
func (r Recovery) Room() model.RoomID { return model.NewRoomID(r.Founder, r.Nonce) }

func (r Recovery) seed() []byte { return expand(r.Secret[:], model.ID(r.Nonce), recoveryDevice) }

// Device is the device key the paper stands for.
func (r Recovery) Device() model.DeviceKey {
	return model.DeviceKey(ed25519.NewKeyFromSeed(r.seed()).Public().(ed25519.PublicKey))
}

// Keys gives the room's first key; a room with a recovery key is founded with it.
func (r Recovery) Keys() *RoomKeys {
	return &RoomKeys{keys: map[uint32][32]byte{model.FirstEpoch: [32]byte(expand(r.Secret[:], model.ID(r.Nonce), recoveryKey))}}
}

// GoString shows no secret.
func (r Recovery) GoString() string { return "recovery key of room " + r.Room().String() }

// String gives the text to print, in groups of five.
func (r Recovery) String() string {
	b := bytes.Join([][]byte{r.Secret[:], r.Founder[:], r.Nonce[:]}, nil)
	text := inviteText.EncodeToString(append(b, checksum(b)...))
	var groups []string
	for len(text) > 5 {
		groups, text = append(groups, text[:5]), text[5:]
	}
	return recoveryPrefix + recoveryVersion + "-" + strings.Join(append(groups, text), "-")
}

// ParseRecovery reads what String gave, as people type it.
func ParseRecovery(text string) (r Recovery, err error) {
	if len(text) > maxPasted {
		return r, ErrNotRecovery
	}
	text = strings.ToLower(strings.Map(dropDecoration, text))
	_, body, ok := strings.Cut(text, recoveryPrefix+recoveryVersion+"-")
	if !ok {
		return r, ErrNotRecovery
	}
	b, err := inviteText.DecodeString(strings.Map(crockfordLetter, body))
	size := len(r.Secret) + len(r.Founder) + len(r.Nonce)
	if err != nil || len(b) != size+checksumSize || !bytes.Equal(checksum(b[:size]), b[size:]) {
		return r, ErrNotRecovery
	}
	n := copy(r.Secret[:], b)
	n += copy(r.Founder[:], b[n:])
	copy(r.Nonce[:], b[n:])
	return r, nil
}

// FindRecovery reads the line of a text that holds a recovery key.
func FindRecovery(text string) (Recovery, error) {
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), recoveryPrefix) {
			return ParseRecovery(line)
		}
	}
	return Recovery{}, ErrNotRecovery
}

// Adopt makes a device of a recovery key, in place of the key of a new home.
func (r Recovery) Adopt(s Secrets) (*Device, error) {
	if err := s.Put(deviceSecret, r.seed()); err != nil {
		return nil, fmt.Errorf("keep device key: %w", err)
	}
	return newDevice(ed25519.NewKeyFromSeed(r.seed()))
}
