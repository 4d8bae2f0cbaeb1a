package identity

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"holdfast/model"
)

// epochTag keeps the check of a key, and what a key is sealed for, from being
// anything else.
const epochTag = "holdfast/epoch/1\x00"

// ErrNotForUs: a sealed room key does not open with this device's key, or is
// not the key it is said to be.
var ErrNotForUs = errors.New("the sealed room key does not open here")

// NewEpochKey draws a room key and gives its check, which all members can see
// and which its number is made from.
func NewEpochKey(rand io.Reader, room model.RoomID) (key [32]byte, check model.Hash, err error) {
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return key, check, fmt.Errorf("draw room key: %w", err)
	}
	return key, epochCheck(room, key), nil
}

func epochCheck(room model.RoomID, key [32]byte) model.Hash {
	return sha256.Sum256(slices.Concat([]byte(epochTag), room[:], key[:]))
}

// boxInfo binds a sealed key to its room, its epoch and its reader.
func boxInfo(room model.RoomID, epoch uint32, to model.DeviceKey) []byte {
	b := append([]byte(epochTag), room[:]...)
	return append(binary.BigEndian.AppendUint32(b, epoch), to[:]...)
}

// SealKey seals the key of an epoch to a device: HPKE (RFC 9180), base mode,
// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
func SealKey(room model.RoomID, epoch uint32, key [32]byte, to model.DeviceKey) ([]byte, error) {
	public, err := agreementKey(to)
	if err != nil {
		return nil, fmt.Errorf("seal room key for %s: %w", to.Short(), err)
	}
	box, err := hpke.Seal(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), boxInfo(room, epoch, to), key[:])
	if err != nil {
		return nil, fmt.Errorf("seal room key for %s: %w", to.Short(), err)
	}
	return box, nil
}

// OpenKey opens a key that was sealed to this device, and checks that it is the
// epoch's. The error is ErrNotForUs.
func (d *Device) OpenKey(room model.RoomID, epoch uint32, box []byte) (key [32]byte, err error) {
	// RFC 8032 5.1.5: the scalar is the first half of the seed's hash. X25519
	// prunes it the same way (RFC 7748 5).
	h := sha512.Sum512(d.private.Seed())
	private, err := ecdh.X25519().NewPrivateKey(h[:32])
	if err != nil {
		return key, fmt.Errorf("open room key: %w", err)
	}
	reader, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		return key, fmt.Errorf("open room key: %w", err)
	}
	plain, err := hpke.Open(reader, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), boxInfo(room, epoch, d.Key()), box)
	if err != nil || copy(key[:], plain) != len(plain) || len(plain) != len(key) || model.EpochNumber(epochCheck(room, key)) != epoch {
		return [32]byte{}, fmt.Errorf("open room key of epoch %d: %w", epoch, ErrNotForUs)
	}
	return key, nil
}

// fieldPrime is 2^255 - 19, over which both curves are defined.
var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// agreementKey gives the key to seal to for a device, from the key it signs
// with: u = (1+y)/(1-y), the map of RFC 7748 4.1. So a device needs to publish
// nothing before it can be given a key, and one that is away can be too. One key
// for signatures and for this KEM is sound: Thormarker, "On using the same key pair
// for Ed25519 and an X25519 based KEM" (ePrint 2021/509). All of it is public, so
// it need not take constant time.
func agreementKey(device model.DeviceKey) (hpke.PublicKey, error) {
	y := slices.Clone(device[:])
	y[ed25519.PublicKeySize-1] &= 0x7f // the sign of x
	slices.Reverse(y)                  // little endian
	above, below := new(big.Int).SetBytes(y), new(big.Int).SetBytes(y)
	above.Add(big.NewInt(1), above)
	below.Sub(big.NewInt(1), below)
	if below.ModInverse(below.Mod(below, fieldPrime), fieldPrime) == nil {
		return nil, ErrMalformed // y = 1, the neutral point: nobody's key
	}
	u := above.Mod(above.Mul(above, below), fieldPrime).FillBytes(make([]byte, 32))
	slices.Reverse(u)
	public, err := ecdh.X25519().NewPublicKey(u)
	if err != nil {
		return nil, err
	}
	return hpke.NewDHKEMPublicKey(public)
}
