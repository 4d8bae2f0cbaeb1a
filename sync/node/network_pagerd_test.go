//go:build network && linux

package node_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// pagerd stands for PagerDuty: it takes events over TLS in a namespace of its
// own, and keeps when each came, from whom, and whether it was taken.
type pagerd struct {
	url, roots string

	mu      sync.Mutex
	refused map[string]bool // addresses whose key is not known here
	got     []paged
}

// paged is one request.
type paged struct {
	at                     time.Time
	from                   string // address
	incident, person, text string
	key                    string
	taken                  bool
}

func newPagerd(t *testing.T, p *port) *pagerd {
	t.Helper()
	d := &pagerd{url: "https://" + p.ip + "/v2/enqueue", roots: filepath.Join(t.TempDir(), "pager.pem"), refused: map[string]bool{}}
	cert := certificateFor(t, net.ParseIP(p.ip))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	if err := os.WriteFile(d.roots, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	var ln net.Listener
	if err := inside(p.space, func() (err error) {
		ln, err = net.Listen("tcp4", p.ip+":443")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(d.take), ReadHeaderTimeout: patience, TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}},
		ErrorLog: log.New(io.Discard, "", 0), // a probe says nothing on its connection
	}
	served := make(chan error, 1)
	go func() { served <- server.ServeTLS(ln, "", "") }()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return d
}

func certificateFor(t *testing.T, ip net.IP) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{ip},
	}
	der, err := x509.CreateCertificate(rand.Reader, own, own, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (d *pagerd) take(w http.ResponseWriter, r *http.Request) {
	var e struct {
		Key     string `json:"dedup_key"`
		Payload struct {
			Component string            `json:"component"`
			Summary   string            `json:"summary"`
			Details   map[string]string `json:"custom_details"`
		} `json:"payload"`
	}
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	d.mu.Lock()
	taken := !d.refused[from]
	d.got = append(d.got, paged{time.Now(), from, e.Payload.Component, e.Payload.Details["for"], e.Payload.Summary, e.Key, taken})
	d.mu.Unlock()
	if !taken { // as the Events API v2 answers a key of no service
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}`)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"success","message":"Event processed","dedup_key":"`+e.Key+`"}`)
}

// refuse has the pager know no key of these addresses; none knows all again.
func (d *pagerd) refuse(addresses ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.refused)
	for _, a := range addresses {
		d.refused[a] = true
	}
}

// pages lists what came for a person in an incident.
func (d *pagerd) pages(incident, person string) (taken, refused []paged) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.got {
		switch {
		case p.incident != incident || p.person != person:
		case p.taken:
			taken = append(taken, p)
		default:
			refused = append(refused, p)
		}
	}
	return taken, refused
}

// from is a client whose connections are made in a namespace.
func from(p *port) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = inside(p.space, func() error {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
			return err
		})
		return conn, err
	}}}
}
