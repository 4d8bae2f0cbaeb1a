package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/secret"
)

// memory is a Secrets in memory.
type memory map[string][]byte

func (m memory) Value(name string) ([]byte, error) {
	if v, ok := m[name]; ok {
		return v, nil
	}
	return nil, secret.ErrNotFound
}

func (m memory) Put(name string, v []byte) error { m[name] = v; return nil }

func device(t testing.TB) *Device {
	t.Helper()
	d, err := LoadOrCreate(memory{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeviceIsTheSameAfterRestart(t *testing.T) {
	s := memory{}
	a, err := LoadOrCreate(s, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := LoadOrCreate(s, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if a.Key() != b.Key() || !bytes.Equal(a.cert.Certificate[0], b.cert.Certificate[0]) {
		t.Error("a restart changed the device")
	}
	if device(t).Key() == a.Key() {
		t.Error("two devices have one key")
	}
}

func TestDeviceKeyIsKeptBeforeItIsUsed(t *testing.T) {
	if _, err := LoadOrCreate(refusing{}, rand.Reader); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v, want the store's refusal", err)
	}
	if _, err := LoadOrCreate(memory{deviceSecret: []byte("short")}, rand.Reader); !errors.Is(err, ErrMalformed) {
		t.Errorf("a damaged key gave %v", err)
	}
}

type refusing struct{ memory }

func (refusing) Put(string, []byte) error { return io.ErrShortWrite }

func TestNothingSecretIsPrinted(t *testing.T) {
	d := device(t)
	keys, err := NewRoomKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, _ := keys.Key(1)
	invite := someInvite(t, d)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(verb, d) + fmt.Sprintf(verb, keys)
		for _, s := range [][]byte{d.private.Seed(), k[:]} {
			if strings.Contains(text, fmt.Sprintf("%v", s[:4])[1:10]) || strings.Contains(text, fmt.Sprintf("%x", s[:4])) {
				t.Errorf("%s shows a secret: %s", verb, text)
			}
		}
	}
	if text := fmt.Sprintf("%#v", invite); len(text) > 30 {
		t.Errorf("%%#v shows the invite: %s", text)
	}
}

// shake connects two TLS ends and gives both states or the errors.
func shake(t *testing.T, server, client *tls.Config) (s, c tls.ConnectionState, serverErr, clientErr error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			done <- err
			return
		}
		defer conn.Close()
		tc := tls.Server(conn, server)
		err = tc.Handshake()
		s = tc.ConnectionState()
		if err == nil {
			_, err = tc.Write([]byte("x"))
		}
		done <- err
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	tc := tls.Client(raw, client)
	clientErr = tc.Handshake()
	if clientErr == nil {
		_, clientErr = io.ReadFull(tc, make([]byte, 1)) // TLS 1.3: a refusal arrives after the handshake
	}
	c = tc.ConnectionState()
	raw.Close()
	return s, c, <-done, clientErr
}

func TestBothEndsLearnTheOthersKey(t *testing.T) {
	host, joiner := device(t), device(t)
	want := host.Key()
	s, c, serverErr, clientErr := shake(t, host.ServerTLS(), joiner.ClientTLS(&want))
	if serverErr != nil || clientErr != nil {
		t.Fatal(serverErr, clientErr)
	}
	if k, err := PeerKey(s); err != nil || k != joiner.Key() {
		t.Errorf("the host saw %v, %v", k, err)
	}
	if k, err := PeerKey(c); err != nil || k != host.Key() {
		t.Errorf("the joiner saw %v, %v", k, err)
	}
	if c.NegotiatedProtocol != "http/1.1" || c.Version != tls.VersionTLS13 || c.DidResume {
		t.Errorf("negotiated %q, version %x, resumed %v", c.NegotiatedProtocol, c.Version, c.DidResume)
	}
}

func TestWrongPeersAreRefused(t *testing.T) {
	host, joiner, other := device(t), device(t), device(t)
	want := other.Key()
	if _, _, _, err := shake(t, host.ServerTLS(), joiner.ClientTLS(&want)); !errors.Is(err, ErrWrongPeer) {
		t.Errorf("another device than the pinned one gave %v", err)
	}
	bare := joiner.ClientTLS(nil)
	bare.Certificates = nil
	if _, _, err, clientErr := shake(t, host.ServerTLS(), bare); err == nil || clientErr == nil {
		t.Errorf("no certificate gave %v, %v", err, clientErr)
	}
	old := joiner.ClientTLS(nil)
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if _, _, err, clientErr := shake(t, host.ServerTLS(), old); err == nil || clientErr == nil {
		t.Errorf("TLS 1.2 gave %v, %v", err, clientErr)
	}
	for name, cert := range map[string]tls.Certificate{"ecdsa": ecdsaCertificate(t), "signed by another": issuedCertificate(t)} {
		c := joiner.ClientTLS(nil)
		c.Certificates = []tls.Certificate{cert}
		if _, _, err, _ := shake(t, host.ServerTLS(), c); !errors.Is(err, ErrPeerCertificate) {
			t.Errorf("%s: the host said %v", name, err)
		}
	}
}

func ecdsaCertificate(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// issuedCertificate has an Ed25519 key, but the signature of another.
func issuedCertificate(t *testing.T) tls.Certificate {
	pub, key, _ := ed25519.GenerateKey(rand.Reader)
	_, issuer, _ := ed25519.GenerateKey(rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{SerialNumber: big.NewInt(2)}, pub, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestRoomKeys(t *testing.T) {
	r, err := NewRoomKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Key(model.FirstEpoch); !ok || r.Len() != 1 {
		t.Errorf("a new room has %d keys", r.Len())
	}
	key := [32]byte{9}
	for range 2 {
		if err := r.Add(2, key); err != nil || r.Len() != 2 {
			t.Errorf("a further key: %v", err)
		}
	}
	if err := r.Add(2, [32]byte{1}); !errors.Is(err, ErrEpochTaken) {
		t.Errorf("another key for a known epoch: %v", err)
	}
	if got, _ := r.Key(2); got != key {
		t.Error("a refused key replaced the one before")
	}
	if err := r.Add(0, key); err == nil {
		t.Error("epoch 0 was taken")
	}
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalRoomKeys(b)
	if err != nil {
		t.Fatal(err)
	}
	for e := uint32(1); e <= 2; e++ {
		was, _ := r.Key(e)
		is, ok := back.Key(e)
		if !ok || was != is {
			t.Errorf("epoch %d did not survive", e)
		}
	}
	if _, ok := back.Key(3); ok {
		t.Error("a key from nowhere")
	}
}

func TestRoomKeysFitTheirLimit(t *testing.T) {
	r := &RoomKeys{}
	for e := range uint32(MaxEpochs) {
		if err := r.Add(0xffff_ffff-e, [32]byte{byte(e)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Add(1, [32]byte{}); err == nil {
		t.Error("more epochs than the limit")
	}
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := UnmarshalRoomKeys(b); err != nil {
		t.Errorf("%d bytes: %v", len(b), err)
	}
}

func someCertificate(t testing.TB, admin *Device) Certificate {
	t.Helper()
	c := NewCertificate(model.RoomID{1}, model.DeviceKey{2}, model.RoleMember, model.ID{3}, time.Unix(1_700_000_000, 0))
	if err := c.Sign(admin.Private()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCertificate(t *testing.T) {
	admin := device(t)
	c := someCertificate(t, admin)
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeCertificate(b)
	if err != nil {
		t.Fatal(err)
	}
	if by, err := back.Verify(); err != nil || by != admin.Key() {
		t.Fatalf("verify gave %v, %v", by, err)
	}
	t.Logf("a certificate takes %d bytes", len(b))
	for name, change := range map[string]func(*Certificate){
		"room":   func(c *Certificate) { c.Room[0]++ },
		"device": func(c *Certificate) { c.Device[0]++ },
		"role":   func(c *Certificate) { c.Role = model.RoleAdmin },
		"person": func(c *Certificate) { c.Person[0]++ },
		"issued": func(c *Certificate) { c.Issued++ },
		"by":     func(c *Certificate) { c.By = device(t).Key() },
		"sig":    func(c *Certificate) { c.Signature = nil },
	} {
		changed := someCertificate(t, admin)
		change(&changed)
		if _, err := changed.Verify(); !errors.Is(err, ErrSignature) {
			t.Errorf("with another %s: %v", name, err)
		}
	}
	c.Version = 9
	if _, err := c.Verify(); !errors.Is(err, ErrNewer) {
		t.Errorf("a later version: %v", err)
	}
	if b, err = c.Encode(); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeCertificate(b); !errors.Is(err, ErrNewer) {
		t.Errorf("decode of a later version: %v", err)
	}
	if _, err := DecodeCertificate(make([]byte, MaxCertificate+1)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a large one: %v", err)
	}
}

func FuzzCertificate(f *testing.F) {
	b, err := someCertificate(f, device(f)).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := DecodeCertificate(b)
		if err != nil {
			return
		}
		again, err := c.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x came back as %x, %v", b, again, err)
		}
	})
}

func FuzzRoomKeys(f *testing.F) {
	r, err := NewRoomKeys(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	b, err := r.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := UnmarshalRoomKeys(b); err == nil && r.Len() > 0 && r.list()[0].Epoch == 0 {
			t.Errorf("%x gave keys without an epoch", b)
		}
	})
}
