// Package statuspage shows the incidents of a room to people who are not in it:
// on the screen on the wall, to stakeholders on the same network, to a monitor.
// It listens by HTTP, is off unless a person starts it, and can only be read.
//
//	GET /             what was sent to the public; with the token, all open incidents
//	GET /wall         all open incidents; a browser is asked for the token, as the password
//	GET /status.json  the same as / for programs
//	GET /healthz      whether this device can write and whom it is linked to
//
// Nobody without the token sees more than what was sent to everybody already.
package statuspage

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"holdfast/model"
	"holdfast/sync/guard"
)

// Limits. A page has no body to send, so who sends one or is slow is a fault or an
// attack.
const (
	// maxHeader is a token and what proxies add.
	maxHeader = 16 << 10
	// atOnce bounds the pages that are made at a time, and with it memory.
	atOnce = 16
	// Requests a second of all together, and of one address: an office may be behind one,
	// and each screen in it asks twice a minute.
	rate, burst       = 50, 500
	eachRate, eachMax = 10, 120
	// A wrong token is a slip, or somebody who guesses.
	wrongRate, wrongBurst = 1, 10
	// A reader that is slower than this holds a place others need.
	headerWait, pageWait, idleWait = 5 * time.Second, 10 * time.Second, time.Minute
	// retryAfter is when who was turned away may come again.
	retryAfter = 5 * time.Second
)

// Health is what a monitor asks of a device.
type Health struct {
	// OK is true where what a person writes here is kept. A device that is linked to
	// nobody is well: it is made for that.
	OK            bool   `json:"ok"`
	Version       string `json:"version"`
	StoreWritable bool   `json:"store_writable"`
	// DiskFull says that the space set aside for a full disk is in use.
	DiskFull bool `json:"disk_full"`
	// PeersLinked of Peers, the other devices of the room, are linked now.
	PeersLinked int `json:"peers_linked"`
	Peers       int `json:"peers"`
	// LastWriteAt is when the newest commit that is here was written, by any device.
	LastWriteAt time.Time `json:"last_write_at,omitzero"`
	At          time.Time `json:"at"`
}

// Server is what stands behind the listener.
type Server struct {
	// Token gives the token; it is asked for each time, so that a changed one holds
	// at once. An error, or one that is too short, opens to nobody.
	Token func() ([]byte, error)
	// Page gives the page as anybody may see it, or as the people inside do.
	Page func(public bool) model.StatusPage
	// Health says how the device is.
	Health func() Health
	Now    func() time.Time
	// Zone is where the readers are; nil shows times in UTC alone.
	Zone *time.Location
	Log  *slog.Logger

	all, each, wrong guard.Limiter
	work             chan struct{}
}

// HTTP gives the server.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler: s.Handler(), MaxHeaderBytes: maxHeader, ReadHeaderTimeout: headerWait, ReadTimeout: headerWait, WriteTimeout: pageWait,
		IdleTimeout: idleWait, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
}

// Handler answers the requests.
func (s *Server) Handler() http.Handler {
	s.all, s.each, s.wrong = guard.NewLimiter(rate, burst), guard.NewLimiter(eachRate, eachMax), guard.NewLimiter(wrongRate, wrongBurst)
	s.work = make(chan struct{}, atOnce)
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", s.reading(s.html))
	mux.HandleFunc("/wall", s.reading(s.html))
	mux.HandleFunc("/status.json", s.reading(s.json))
	mux.HandleFunc("/healthz", s.reading(s.health))
	mux.HandleFunc("/", s.reading(func(w http.ResponseWriter, _ *http.Request, _ bool) {
		refuse(w, http.StatusNotFound, "there is nothing here; ask for /, /wall, /status.json or /healthz")
	}))
	return mux
}

// reading wraps what answers a request that is let in: it is told whether the
// request brought the token.
func (s *Server) reading(answer func(w http.ResponseWriter, r *http.Request, inside bool)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Vary", "Authorization")
		if status, text := s.admit(w, r); status != 0 {
			refuse(w, status, text)
			return
		}
		inside, ok := s.inside(w, r)
		if !ok {
			return
		}
		select {
		case s.work <- struct{}{}:
			defer func() { <-s.work }()
			answer(w, r, inside)
		default:
			refuse(w, http.StatusServiceUnavailable, "too many pages are asked for; try again")
		}
	}
}

// admit refuses what no token would let in; 0 where nothing stands against it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (status int, text string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return http.StatusMethodNotAllowed, "this page can only be read"
	}
	if r.Header.Get("Origin") != "" {
		return http.StatusForbidden, "other web pages may not read this one"
	}
	sender, now := guard.Address(r), s.Now()
	if !s.each.Allows(sender, now) || !s.all.Allows("", now) {
		return http.StatusTooManyRequests, "the page is asked for too often; try again in a moment"
	}
	s.each.Take(sender, now)
	s.all.Take("", now)
	return 0, ""
}

// inside reports whether a request brought the token. Not ok, and it is answered,
// where it brought a wrong one, or none where one is needed.
func (s *Server) inside(w http.ResponseWriter, r *http.Request) (inside, ok bool) {
	token, sender, now := guard.Given(r), guard.Address(r), s.Now()
	switch {
	case r.URL.Path == "/healthz" || token == "" && r.URL.Path != "/wall":
		return false, true
	case token != "" && !s.wrong.Allows(sender, now):
		refuse(w, http.StatusTooManyRequests, "too many wrong tokens came from this address")
		return false, false
	case guard.Opens(s.Token, token):
		return true, true
	case token != "":
		s.wrong.Take(sender, now)
		s.Log.Warn("status page refused", "from", sender, "why", "wrong token")
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="status page", charset="UTF-8"`)
	refuse(w, http.StatusUnauthorized, "the token is missing or wrong: it is the password, the user name does not matter; `config set status.token` sets it")
	return false, false
}

func (s *Server) html(w http.ResponseWriter, _ *http.Request, inside bool) {
	var b bytes.Buffer
	if err := Write(&b, s.Page(!inside), s.Zone); err != nil {
		s.Log.Error("status page not made", "error", err)
		refuse(w, http.StatusInternalServerError, "the page could not be made")
		return
	}
	send(w, http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}

func (s *Server) json(w http.ResponseWriter, _ *http.Request, inside bool) {
	sendJSON(w, http.StatusOK, s.Page(!inside))
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ bool) {
	h := s.Health()
	status := http.StatusOK
	if !h.OK {
		status = http.StatusServiceUnavailable
	}
	sendJSON(w, status, h)
}

// refuse answers what is not good. All but a page is JSON.
func refuse(w http.ResponseWriter, status int, text string) {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	sendJSON(w, status, map[string]string{"error": text})
}

func sendJSON(w http.ResponseWriter, status int, body any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	_ = enc.Encode(body) // all that is sent can be encoded
	send(w, status, "application/json", b.Bytes())
}

func send(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who has gone needs no answer
}
