package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"time"
)

// Report is what Probe found. The certificate is described even where it is not
// trusted, so that a person who knows the relay can pin its key.
type Report struct {
	// OK: the server was reached, encrypted as the account demands, and the
	// sign-in worked.
	OK bool
	// Stage, Reason, Code and Text say where and why it ended, if not OK.
	Stage  Stage
	Reason Reason
	Code   int
	Text   string
	// Remote is the address reached; its IP is what Account.Addrs remembers.
	Remote string
	// TLS and Cipher name the encryption, empty if there is none.
	TLS, Cipher string
	// Subject, Issuer, Names, Expires and PinSPKI describe the server's certificate.
	Subject, Issuer string
	Names           []string
	Expires         time.Time
	PinSPKI         string
	// Offered are the server's mechanisms, Used the one signed in with.
	Offered []string
	Used    Mechanism
	// MaxSize is the largest message the server takes, 0 if it does not say.
	MaxSize    int64
	Transcript []string
	Took       time.Duration
}

// Probe reaches the server and signs in, as Send would, and sends nothing.
func (s *Sender) Probe(ctx context.Context, acc Account) Report {
	var log transcript
	start := s.now()
	times := s.Timeouts.orDefaults()
	ctx, cancel := context.WithTimeout(ctx, times.Total)
	defer cancel()
	l, err := s.prepare(ctx, acc, times, &log)
	stage := StagePrepare
	if err != nil {
		log.fail(string(stage), err)
	} else {
		stage, err = l.open()
	}
	r := Report{OK: err == nil, Stage: stage, Offered: l.offered, Used: l.used, MaxSize: l.size}
	if l.remote != nil {
		r.Remote = l.remote.String()
	}
	if l.state != nil {
		r.TLS, r.Cipher = tls.VersionName(l.state.Version), tls.CipherSuiteName(l.state.CipherSuite)
		if certs := l.state.PeerCertificates; len(certs) > 0 {
			r.describe(certs[0])
		}
	}
	if err != nil {
		_, r.Reason = Classify(stage, err)
		r.Code, r.Text = log.explain(err)
		if cert := unverified(err); cert != nil {
			r.describe(cert)
		}
	} else {
		l.quit()
	}
	r.Transcript, r.Took = log.lines, s.now().Sub(start)
	return r
}

func (r *Report) describe(c *x509.Certificate) {
	r.Subject, r.Issuer = cleanLine(c.Subject.String()), cleanLine(c.Issuer.String())
	for _, n := range c.DNSNames {
		r.Names = append(r.Names, cleanLine(n))
	}
	for _, ip := range c.IPAddresses {
		r.Names = append(r.Names, ip.String())
	}
	r.Expires, r.PinSPKI = c.NotAfter, PinOf(c)
}
