package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/sync/intake"
	"holdfast/sync/intake/alert"
)

const token = "correct-horse-battery"

// room keeps what came in.
type room struct {
	batches []alert.Batch
	err     error
}

func (r *room) take(_ context.Context, b alert.Batch) (intake.Taken, error) {
	r.batches = append(r.batches, b)
	return intake.Taken{Alerts: len(b.Facts), New: len(b.Facts), Warnings: []string{}}, r.err
}

func handler(r *room) http.Handler {
	in := &intake.Intake{
		Token: func() ([]byte, error) { return []byte(token), nil }, Take: r.take, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	return in.Handler()
}

func post(h http.Handler, path, body string, with ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	for _, fn := range with {
		fn(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func sample(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("alert/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const event = `{"routing_key":"` + token + `","event_action":"trigger","dedup_key":"checkout-5xx","payload":{"summary":"Checkout 5xx","source":"probe","severity":"critical"}}`

func TestWhatIsTakenIn(t *testing.T) {
	bare := func(r *http.Request) { r.Header.Del("Authorization") }
	for name, c := range map[string]struct {
		path, body string
		with       func(*http.Request)
		status     int
		facts      int
		answer     string
	}{
		"alertmanager": {"/alertmanager", sample(t, "alertmanager-webhook-firing.json"), func(*http.Request) {}, 200, 2, `"new":2`},
		"resolved":     {"/alertmanager", sample(t, "alertmanager-webhook-resolved.json"), func(*http.Request) {}, 200, 2, `"alerts":2`},
		"grafana":      {"/grafana", sample(t, "grafana-webhook-firing.json"), func(*http.Request) {}, 200, 2, `"warnings":[]`},
		"plain":        {"/alerts", `{"what":"Disk full"}`, func(*http.Request) {}, 200, 1, `"new":1`},
		"event":        {"/v2/enqueue", event, bare, 202, 1, `"dedup_key":"checkout-5xx"`},
		"basic":        {"/alerts", `{"what":"Disk full"}`, func(r *http.Request) { r.SetBasicAuth("grafana", token) }, 200, 1, `"new":1`},
	} {
		t.Run(name, func(t *testing.T) {
			r := &room{}
			w := post(handler(r), c.path, c.body, c.with)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.answer) || len(r.batches) != 1 || len(r.batches[0].Facts) != c.facts {
				t.Errorf("%d %s, %d batches", w.Code, w.Body, len(r.batches))
			}
		})
	}
}

func TestBadRequestsAreAnsweredClearly(t *testing.T) {
	ok := func(*http.Request) {}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, c := range map[string]struct {
		path, body string
		with       func(*http.Request)
		status     int
		says       string
	}{
		"no token":        {"/alertmanager", "{}", header("Authorization", ""), 401, "token is missing or wrong"},
		"wrong token":     {"/alertmanager", "{}", header("Authorization", "Bearer nope"), 401, "token is missing or wrong"},
		"wrong scheme":    {"/alerts", "{}", header("Authorization", "Token "+token), 401, "token is missing or wrong"},
		"wrong key":       {"/v2/enqueue", strings.Replace(event, token, "nope", 1), header("Authorization", ""), 401, `"status":"invalid event"`},
		"get":             {"/alerts", "", func(r *http.Request) { r.Method = http.MethodGet }, 405, "sent by POST"},
		"elsewhere":       {"/metrics", "", ok, 404, "posted to /alertmanager"},
		"web page":        {"/alerts", `{"what":"x"}`, header("Origin", "https://evil.example"), 403, "web pages"},
		"too large":       {"/alerts", strings.Repeat(" ", intake.MaxBody+1), ok, 413, "which is the limit"},
		"no JSON":         {"/alertmanager", "alert!", ok, 400, "no JSON"},
		"empty":           {"/alerts", "", ok, 400, "nothing in it"},
		"no alerts":       {"/alertmanager", `{"alerts":[]}`, ok, 400, "no alert in it"},
		"bad event":       {"/v2/enqueue", strings.Replace(event, "trigger", "shout", 1), ok, 400, `"errors":["the alerts cannot be read: event_action`},
		"unknown members": {"/alerts", `{"what":"x","colour":"red"}`, ok, 400, "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &room{}
			w := post(handler(r), c.path, c.body, c.with)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || len(r.batches) != 0 {
				t.Errorf("%d %s, %d batches; want %d %q", w.Code, w.Body, len(r.batches), c.status, c.says)
			}
			if w.Code == 401 && w.Header().Get("WWW-Authenticate") == "" {
				t.Error("it does not say how to sign in")
			}
		})
	}
}

func TestWhoseFaultItIs(t *testing.T) {
	for err, want := range map[error]int{
		fmt.Errorf("%w: no fingerprint", intake.ErrRejected): 400,
		errors.New("the disk is full"):                       503, // the sender tries again
	} {
		w := post(handler(&room{err: err}), "/alerts", `{"what":"x"}`)
		if w.Code != want {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "disk") {
			t.Errorf("it tells strangers of this machine: %s", w.Body)
		}
	}
}

func TestNoTokenOpensToNobody(t *testing.T) {
	for _, kept := range []string{"", "short"} {
		in := &intake.Intake{
			Token: func() ([]byte, error) { return []byte(kept), nil }, Take: (&room{}).take, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}
		w := post(in.Handler(), "/alerts", `{"what":"x"}`, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+kept) })
		if w.Code != 401 {
			t.Errorf("%q: %d", kept, w.Code)
		}
	}
}

func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{}
		h := handler(r)
		send := func(token string) int {
			return post(h, "/alerts", `{"what":"x"}`, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }).Code
		}
		for n := range 10 {
			if got := send("guess"); got != 401 {
				t.Fatalf("guess %d: %d", n, got)
			}
		}
		if got := send(token); got != 429 {
			t.Errorf("after ten guesses from its address: %d", got)
		}
		time.Sleep(2 * time.Second)
		if got := send(token); got != 200 {
			t.Errorf("two seconds later: %d", got)
		}
		sent := 0
		for send(token) == 200 {
			sent++
		}
		if sent < 190 || sent > 200 {
			t.Errorf("%d at once", sent)
		}
		time.Sleep(time.Second)
		for sent = 0; send(token) == 200; sent++ {
		}
		if sent < 19 || sent > 21 {
			t.Errorf("%d a second", sent)
		}
	})
}

// TestASlowSenderIsCutOff: over a real socket, with the times of the server.
func TestASlowSenderIsCutOff(t *testing.T) {
	in := &intake.Intake{
		Token: func() ([]byte, error) { return []byte(token), nil }, Take: (&room{}).take, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	server := in.Server()
	server.ReadHeaderTimeout = 50 * time.Millisecond
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(ln) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /alerts HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(conn); err != nil || bytes.Contains(b, []byte("200")) {
		t.Errorf("%q, %v", b, err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// FuzzRequest: whatever is sent, the answer is one of HTTP and JSON, and nothing
// comes in without the token.
func FuzzRequest(f *testing.F) {
	f.Add("/alerts", "Bearer "+token, []byte(`{"what":"x"}`))
	f.Add("/v2/enqueue", "", []byte(event))
	f.Add("/alertmanager", "Basic Og==", []byte(`{"alerts":[{}]}`))
	f.Fuzz(func(t *testing.T, path, auth string, body []byte) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n\x00%") {
			path = "/alerts"
		}
		r := &room{}
		q := &http.Request{Method: http.MethodPost, URL: httptest.NewRequest(http.MethodPost, "/", nil).URL, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), RemoteAddr: "192.0.2.1:1"}
		q = q.WithContext(t.Context())
		q.URL.Path = path
		q.Header.Set("Authorization", auth)
		w := httptest.NewRecorder()
		handler(r).ServeHTTP(w, q)
		in := strings.Contains(auth, token) || bytes.Contains(body, []byte(token)) || strings.HasPrefix(auth, "Basic ") || bytes.Contains(body, []byte(`\u`))
		if len(r.batches) > 0 && !in {
			t.Fatalf("%q with %q came in", body, auth)
		}
	})
}
