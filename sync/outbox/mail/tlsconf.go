package mail

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// maxCAFile: the bundle of a whole operating system is about 250 KiB.
const maxCAFile = 4 << 20

// PinOf is the pin of a certificate's key, as Account.PinSPKI takes it.
func PinOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return pinPrefix + base64.StdEncoding.EncodeToString(sum[:])
}

// tlsConfig builds what the account trusts. secret is the client certificate
// for EXTERNAL.
func (a Account) tlsConfig(secret string, now func() time.Time) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: a.ServerName, Time: now}
	if cfg.ServerName == "" {
		cfg.ServerName = a.Host
	}
	if a.RootCAsFile != "" {
		pool, err := readCAs(a.RootCAsFile)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = pool
	}
	if a.PinSPKI != "" {
		pin, err := parsePin(a.PinSPKI)
		if err != nil {
			return nil, fmt.Errorf("pinned key: %w", err)
		}
		// Without authorities of its own the pin replaces the chain; with them it
		// is demanded on top.
		cfg.InsecureSkipVerify = a.RootCAsFile == ""
		cfg.VerifyConnection = func(cs tls.ConnectionState) error { return checkPin(cs, pin) }
	}
	if a.Mechanism == MechExternal {
		cert, err := tls.X509KeyPair([]byte(secret), []byte(secret))
		if err != nil {
			// The cause may quote the bundle; the account's name is enough.
			return nil, fmt.Errorf("credential of account %q is not a PEM certificate with its key", a.Name)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return cfg, nil
}

func checkPin(cs tls.ConnectionState, pin []byte) error {
	if len(cs.PeerCertificates) == 0 {
		return errPin
	}
	sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
	if subtle.ConstantTimeCompare(sum[:], pin) != 1 {
		return fmt.Errorf("%w; it is %s", errPin, PinOf(cs.PeerCertificates[0]))
	}
	return nil
}

func readCAs(path string) (*x509.CertPool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("trusted authorities: %w", err)
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, maxCAFile+1))
	if err != nil {
		return nil, fmt.Errorf("trusted authorities: %w", err)
	}
	if len(pem) > maxCAFile {
		return nil, fmt.Errorf("trusted authorities: %s is larger than %d bytes", path, maxCAFile)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("trusted authorities: no certificate in %s", path)
	}
	return pool, nil
}

// unverified is the certificate a failed verification was about, or nil.
func unverified(err error) *x509.Certificate {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) && len(cert.UnverifiedCertificates) > 0 {
		return cert.UnverifiedCertificates[0]
	}
	return nil
}
