package identity

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"holdfast/model"
	"holdfast/sync/secret"
)

// Secrets keeps values by name; *secret.Store is one.
type Secrets interface {
	Value(name string) ([]byte, error)
	Put(name string, value []byte) error
}

// deviceSecret is the name of the device's seed among the secrets.
const deviceSecret = "device"

// maxCertificate bounds a peer's TLS certificate in bytes; ours has about 300.
const maxCertificate = 2 << 10

// Errors of linking to a peer.
var (
	// ErrPeerCertificate: what the peer showed is not a self-signed Ed25519 certificate.
	ErrPeerCertificate = errors.New("the peer has no valid device certificate")
	// ErrWrongPeer: the peer is a device, but not the one that was expected.
	ErrWrongPeer = errors.New("another device answers at this address")
)

// Device is this installation's key. It is safe for concurrent use.
type Device struct {
	private ed25519.PrivateKey
	cert    tls.Certificate
}

// LoadOrCreate loads the device's key from the secrets, or draws one and
// stores it before it is used.
func LoadOrCreate(s Secrets, rand io.Reader) (*Device, error) {
	seed, err := s.Value(deviceSecret)
	switch {
	case errors.Is(err, secret.ErrNotFound):
		seed = make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(rand, seed); err != nil {
			return nil, fmt.Errorf("draw device key: %w", err)
		}
		if err := s.Put(deviceSecret, seed); err != nil {
			return nil, fmt.Errorf("keep device key: %w", err)
		}
	case err != nil:
		return nil, fmt.Errorf("load device key: %w", err)
	case len(seed) != ed25519.SeedSize:
		return nil, fmt.Errorf("load device key: %w", ErrMalformed)
	}
	return newDevice(ed25519.NewKeyFromSeed(seed))
}

// newDevice makes the certificate. It is a function of the key alone (Ed25519
// signatures are deterministic, the serial number is fixed), so it need not be stored.
// Its dates say nothing: clocks may be wrong, and only the key counts.
func newDevice(private ed25519.PrivateKey) (*Device, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "holdfast"},
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 4.1.2.5: no end
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(nil, template, template, private.Public(), private)
	if err != nil {
		return nil, fmt.Errorf("make device certificate: %w", err)
	}
	return &Device{private: private, cert: tls.Certificate{
		Certificate: [][]byte{der},
		PrivateKey:  private,
	}}, nil
}

// Key is the device's name: its public key.
func (d *Device) Key() model.DeviceKey {
	return model.DeviceKey(d.private.Public().(ed25519.PublicKey))
}

// Private is the signing key. The caller does not change or keep it.
func (d *Device) Private() ed25519.PrivateKey { return d.private }

// String gives the public key, so that a device printed by accident shows no secret.
func (d *Device) String() string { return d.Key().String() }

// GoString is String, for %#v.
func (d *Device) GoString() string { return d.String() }

// ServerTLS is for listening: every device may open a connection, and
// PeerKey then tells who it is. Who is a member is for the caller to decide.
func (d *Device) ServerTLS() *tls.Config {
	c := d.tls(nil)
	c.ClientAuth = tls.RequireAnyClientCert
	return c
}

// ClientTLS is for dialling. With expect, only that device is accepted; with
// nil any device is, and PeerKey tells which one answered.
func (d *Device) ClientTLS(expect *model.DeviceKey) *tls.Config {
	c := d.tls(expect)
	// There is no authority to verify against: VerifyConnection pins the key.
	c.InsecureSkipVerify = true
	return c
}

func (d *Device) tls(expect *model.DeviceKey) *tls.Config {
	var want model.DeviceKey
	if expect != nil {
		want = *expect
	}
	return &tls.Config{
		Certificates: []tls.Certificate{d.cert},
		MinVersion:   tls.VersionTLS13,
		// The WebSocket upgrade does not exist in HTTP/2 as gorilla speaks it.
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
		// Unlike VerifyPeerCertificate this also runs on resumption.
		VerifyConnection: func(cs tls.ConnectionState) error {
			got, err := PeerKey(cs)
			if err != nil {
				return err
			}
			if expect != nil && got != want {
				return fmt.Errorf("%w: %s, expected %s", ErrWrongPeer, got.Short(), want.Short())
			}
			return nil
		},
	}
}

// PeerKey gives the key the other end of a TLS 1.3 connection has proved to hold.
func PeerKey(cs tls.ConnectionState) (model.DeviceKey, error) {
	if cs.Version != tls.VersionTLS13 || len(cs.PeerCertificates) != 1 {
		return model.DeviceKey{}, ErrPeerCertificate
	}
	cert := cs.PeerCertificates[0]
	key, ok := cert.PublicKey.(ed25519.PublicKey)
	if !ok || len(key) != ed25519.PublicKeySize || len(cert.Raw) > maxCertificate {
		return model.DeviceKey{}, ErrPeerCertificate
	}
	if cert.SignatureAlgorithm != x509.PureEd25519 ||
		!ed25519.Verify(key, cert.RawTBSCertificate, cert.Signature) {
		return model.DeviceKey{}, ErrPeerCertificate
	}
	return model.DeviceKey(key), nil
}
