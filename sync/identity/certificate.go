package identity

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"holdfast/model"
)

// MaxCertificate bounds an encoded membership certificate in bytes; one has about 250.
const MaxCertificate = 1 << 10

// certificateVersion is the version this program writes and reads.
const certificateVersion = 1

// certificateTag keeps a certificate's signature from being valid for anything else.
const certificateTag = "holdfast/certificate/1\x00"

// ErrSignature: the signature is not that of the key it names.
var ErrSignature = errors.New("the signature does not match")

// Certificate says that an admin admitted a device. It lets the new member
// link to a peer that has not yet heard of the admission: if By is an admin there,
// and the device was not removed, the link is good. It is no substitute for
// the member op; it only bridges the time until that op arrives.
type Certificate struct {
	Version   uint8           `cbor:"1,keyasint"`
	Room      model.RoomID    `cbor:"2,keyasint"`
	Device    model.DeviceKey `cbor:"3,keyasint"`
	Role      string          `cbor:"4,keyasint"`
	Person    model.ID        `cbor:"5,keyasint"` // zero for a relay
	Issued    int64           `cbor:"6,keyasint"` // Unix seconds on the admin's clock; for display only
	By        model.DeviceKey `cbor:"7,keyasint"`
	Signature []byte          `cbor:"8,keyasint"`
}

// NewCertificate gives an unsigned certificate.
func NewCertificate(room model.RoomID, device model.DeviceKey, role string, person model.ID, issued time.Time) Certificate {
	return Certificate{
		Version: certificateVersion, Room: room, Device: device, Role: role, Person: person, Issued: issued.Unix(),
	}
}

// Sign fills By and Signature.
func (c *Certificate) Sign(admin ed25519.PrivateKey) error {
	c.Version = certificateVersion
	c.By = model.DeviceKey(admin.Public().(ed25519.PublicKey))
	body, err := c.signed()
	if err != nil {
		return fmt.Errorf("sign certificate: %w", err)
	}
	c.Signature = ed25519.Sign(admin, body)
	return nil
}

// Verify checks form and signature and says whose it is. Whether that device
// is, or was, an admin of the room is for the caller to decide.
func (c Certificate) Verify() (model.DeviceKey, error) {
	if c.Version > certificateVersion {
		return model.DeviceKey{}, fmt.Errorf("verify certificate: %w", ErrNewer)
	}
	if c.Version == 0 || !ValidRole(c.Role) || c.Device.Zero() || c.By.Zero() {
		return model.DeviceKey{}, fmt.Errorf("verify certificate: %w", ErrMalformed)
	}
	body, err := c.signed()
	if err != nil {
		return model.DeviceKey{}, fmt.Errorf("verify certificate: %w", err)
	}
	if !ed25519.Verify(c.By[:], body, c.Signature) {
		return model.DeviceKey{}, fmt.Errorf("verify certificate: %w", ErrSignature)
	}
	return c.By, nil
}

// signed is what the signature covers: the tag and the certificate without signature.
func (c Certificate) signed() ([]byte, error) {
	c.Signature = nil
	b, err := marshal(c)
	return append([]byte(certificateTag), b...), err
}

// Encode gives the certificate in its one valid form.
func (c Certificate) Encode() ([]byte, error) {
	b, err := marshal(c)
	if err == nil && len(b) > MaxCertificate {
		err = ErrMalformed
	}
	if err != nil {
		return nil, fmt.Errorf("encode certificate: %w", err)
	}
	return b, nil
}

// DecodeCertificate reads what Encode wrote. It does not verify. A
// certificate of a newer version is ErrNewer.
func DecodeCertificate(b []byte) (Certificate, error) {
	var v struct {
		Version uint64 `cbor:"1,keyasint"`
	}
	if err := unmarshal(b, MaxCertificate, &v); err != nil {
		return Certificate{}, fmt.Errorf("read certificate: %w", err)
	}
	if v.Version > certificateVersion {
		return Certificate{}, fmt.Errorf("read certificate: %w", ErrNewer)
	}
	var c Certificate
	if err := unmarshalExact(b, MaxCertificate, &c); err != nil {
		return Certificate{}, fmt.Errorf("read certificate: %w", err)
	}
	return c, nil
}
