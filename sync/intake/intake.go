// Package intake listens for alerts that other systems send by HTTP: the
// webhooks of Alertmanager and Grafana, the PagerDuty Events API v2, and plain
// JSON. It is off unless a person starts it, and lets nobody in without the
// token. It decodes and checks; what is taken in is for the room behind it.
//
//	POST /alertmanager   webhook of Alertmanager, version 4
//	POST /grafana        webhook of Grafana Alerting
//	POST /v2/enqueue     PagerDuty Events API v2; routing_key is the token
//	POST /alerts         any form that package alert reads; Content-Type is not looked at
//	POST /pagerduty      webhooks V3 of PagerDuty: who answered a page; signed, without the token
//
// The token is a bearer token (RFC 6750), or the password of Basic
// authentication (RFC 7617); its user name is not looked at.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"holdfast/sync/guard"
	"holdfast/sync/intake/alert"
	"holdfast/sync/intake/pagerhook"
)

// Limits. A monitoring system sends a group each some seconds; what is beyond is
// a fault of it or an attack, and the sender tries again.
const (
	// MaxBody is one group of Alertmanager: some hundred alerts of a kilobyte.
	MaxBody = 1 << 20
	// maxHeader is a token and what proxies add.
	maxHeader = 16 << 10
	// atOnce bounds the requests in work, and with it memory: each holds MaxBody.
	atOnce = 16
	// Requests a second with the token, from all senders together, and how many
	// may come at once after a pause.
	rate, burst = 20, 200
	// Without it, each address may try this often: a wrong token is a slip that
	// repeats each group interval, or somebody who guesses.
	wrongRate, wrongBurst = 1, 10
	// A sender that is slower than this holds a place others need.
	headerWait, bodyWait, idleWait = 5 * time.Second, 20 * time.Second, time.Minute
)

// Intake is what stands behind the listener.
type Intake struct {
	// Token gives the token; it is asked for each time, so that a changed one
	// holds at once.
	Token func() ([]byte, error)
	// Take puts alerts into the room. An error that wraps ErrRejected is the
	// sender's fault; any other is ours, and the sender tries again.
	Take func(context.Context, alert.Batch) (Taken, error)
	// Secret gives the secret of the webhooks, as Token does. Without one they
	// are refused.
	Secret func() ([]byte, error)
	// Answer records who answered a page, and gives what to say of it. An error
	// that wraps ErrRejected is for good, any other has PagerDuty try again.
	Answer func(context.Context, pagerhook.Answer) (string, error)
	Now    func() time.Time
	Log    *slog.Logger

	known, strangers guard.Limiter
	work             chan struct{}
}

// Taken says what became of alerts.
type Taken struct {
	Alerts   int      `json:"alerts"`
	New      int      `json:"new"`
	Known    int      `json:"known"`
	Warnings []string `json:"warnings"`
}

// ErrRejected is wrapped by what is wrong with the alerts themselves.
var ErrRejected = errors.New("rejected")

// Server gives the server of an intake.
func (in *Intake) Server() *http.Server {
	return &http.Server{
		Handler: in.Handler(), MaxHeaderBytes: maxHeader, ReadHeaderTimeout: headerWait, ReadTimeout: bodyWait, WriteTimeout: bodyWait,
		IdleTimeout: idleWait, ErrorLog: slog.NewLogLogger(in.Log.Handler(), slog.LevelDebug),
	}
}

// Handler answers the requests.
func (in *Intake) Handler() http.Handler {
	in.known, in.strangers = guard.NewLimiter(rate, burst), guard.NewLimiter(wrongRate, wrongBurst)
	in.work = make(chan struct{}, atOnce)
	mux := http.NewServeMux()
	for path, format := range map[string]string{"/alertmanager": alert.Alertmanager, "/grafana": alert.Grafana, "/alerts": "", "/v2/enqueue": alert.Events} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { in.serve(w, r, format) })
	}
	mux.HandleFunc(HookPath, in.serveHook)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		in.answer(w, r, fault{http.StatusNotFound, "there is nothing here; alerts are posted to /alertmanager, /grafana, /v2/enqueue or /alerts, webhooks of PagerDuty to /pagerduty"})
	})
	return mux
}

// fault is an answer that is not good.
type fault struct {
	status int
	text   string
}

func (f fault) Error() string { return f.text }

func (in *Intake) serve(w http.ResponseWriter, r *http.Request, format string) {
	leave, ok := in.enter(w, r)
	if !ok {
		return
	}
	defer leave()
	taken, key, err := in.take(w, r, format)
	if err != nil {
		in.answer(w, r, err)
		return
	}
	if format == alert.Events {
		reply(w, http.StatusAccepted, map[string]string{"status": "success", "message": "Event processed", "dedup_key": key})
		return
	}
	reply(w, http.StatusOK, taken)
}

// enter takes one of the places at work; false where there is none, which it has
// said then.
func (in *Intake) enter(w http.ResponseWriter, r *http.Request) (leave func(), ok bool) {
	select {
	case in.work <- struct{}{}:
		return func() { <-in.work }, true
	default:
		in.answer(w, r, fault{http.StatusServiceUnavailable, "too many requests are in work; try again"})
		return nil, false
	}
}

// admit refuses what nobody's token or signature would let in.
func (in *Intake) admit(w http.ResponseWriter, r *http.Request, sender string, now time.Time) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return fault{http.StatusMethodNotAllowed, r.Method + " is not answered; alerts are sent by POST"}
	}
	if r.Header.Get("Origin") != "" {
		return fault{http.StatusForbidden, "web pages may not send alerts"}
	}
	if !in.strangers.Allows(sender, now) {
		return fault{http.StatusTooManyRequests, "too many requests without the token came from this address"}
	}
	return nil
}

// read reads a body of at most limit bytes.
func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, fault{http.StatusRequestEntityTooLarge, fmt.Sprintf("the request has more than %d bytes, which is the limit; send fewer alerts at once", limit)}
	case err != nil:
		return nil, fault{http.StatusBadRequest, "the request broke off: " + err.Error()}
	}
	return body, nil
}

// paced holds back a sender that is let in and sends too much.
func (in *Intake) paced(now time.Time) error {
	if !in.known.Allows("", now) {
		return fault{http.StatusTooManyRequests, "more alerts come than are taken in; try again in a moment"}
	}
	in.known.Take("", now)
	return nil
}

// take lets a request in, reads it and hands it on.
func (in *Intake) take(w http.ResponseWriter, r *http.Request, format string) (Taken, string, error) {
	sender, now := guard.Address(r), in.Now()
	if err := in.admit(w, r, sender, now); err != nil {
		return Taken{}, "", err
	}
	// Events carry the token in the body, which is read first, so that both ways
	// of a wrong token cost alike.
	head := guard.Given(r)
	if format != alert.Events && !in.opens(head) {
		in.strangers.Take(sender, now)
		return Taken{}, "", unauthorised
	}
	body, err := read(w, r, MaxBody)
	if err != nil {
		return Taken{}, "", err
	}
	if format == alert.Events && !in.opens(head) && !in.opens(routingKey(body)) {
		in.strangers.Take(sender, now)
		return Taken{}, "", unauthorised
	}
	if err := in.paced(now); err != nil {
		return Taken{}, "", err
	}
	batch, err := alert.Read(format, body, now)
	if err != nil {
		return Taken{}, "", fault{http.StatusBadRequest, err.Error()}
	}
	taken, err := in.Take(r.Context(), batch)
	switch {
	case errors.Is(err, ErrRejected):
		return Taken{}, "", fault{http.StatusBadRequest, err.Error()}
	case err != nil:
		in.Log.Error("alerts not written", "format", batch.Format, "error", err)
		return Taken{}, "", fault{http.StatusServiceUnavailable, "the alerts could not be written; try again"}
	}
	return taken, batch.Facts[0].Fingerprint, nil
}

var unauthorised = fault{http.StatusUnauthorized, "the token is missing or wrong: send it as `Authorization: Bearer TOKEN`, or as routing_key to /v2/enqueue; `config set intake.token` sets it"}

func routingKey(body []byte) string {
	var e struct {
		Key string `json:"routing_key"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	return e.Key
}

// opens reports whether a token is the one set here.
func (in *Intake) opens(token string) bool { return guard.Opens(in.Token, token) }

// answer tells what is wrong, in the form the sender knows.
func (in *Intake) answer(w http.ResponseWriter, r *http.Request, err error) {
	f := fault{http.StatusInternalServerError, "something went wrong here"}
	errors.As(err, &f)
	in.Log.Warn("alerts refused", "path", r.URL.Path, "from", guard.Address(r), "status", f.status, "why", f.text)
	switch f.status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="alerts"`)
	}
	if r.URL.Path == "/v2/enqueue" {
		reply(w, f.status, map[string]any{"status": "invalid event", "message": "Event object is invalid", "errors": []string{f.text}})
		return
	}
	reply(w, f.status, map[string]string{"error": f.text})
}

// retryAfter is when a sender may come again: the rates above give it a place by
// then.
const retryAfter = 5 * time.Second

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who has gone needs no answer
}
