// Package hooktest is a web service for tests of the channels that leave by
// HTTP: over TLS, in this process, and as broken as a test asks.
package hooktest

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Server answers as it is told, and keeps what came in.
type Server struct {
	// URL is where it listens, RootCAs a PEM file that vouches for it.
	URL, RootCAs string

	mu     sync.Mutex
	answer http.HandlerFunc
	got    []Request
}

// Request is what came in.
type Request struct {
	Path   string
	Header http.Header
	Body   string
}

// New starts a server that answers 200 until it is told otherwise.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	s.Answer(http.StatusOK, "ok")
	server := httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.URL, s.RootCAs = server.URL, filepath.Join(t.TempDir(), "ca.pem")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(s.RootCAs, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender has gone
	}
	s.mu.Lock()
	s.got = append(s.got, Request{r.URL.Path, r.Header, string(b)})
	answer := s.answer
	s.mu.Unlock()
	answer(w, r)
}

// Answer has the server answer with a status and a text from now on; headers
// are names and values in turn.
func (s *Server) Answer(status int, body string, headers ...string) {
	s.With(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// Cut has the server read a request and close the connection without an answer.
func (s *Server) Cut() {
	s.With(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// Hang has the server never answer. To return once the sender gives up would be
// an answer, and one that still may reach it.
func (s *Server) Hang() {
	s.With(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
}

// With has the server answer by a function.
func (s *Server) With(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// Got lists what came in.
func (s *Server) Got() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.got...)
}
