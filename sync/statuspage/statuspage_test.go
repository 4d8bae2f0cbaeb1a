package statuspage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/statuspage"
)

const token = "correct-horse-battery"

// shown is a server whose clock stands, with the token given.
func shown(set string) (*statuspage.Server, http.Handler) {
	s := &statuspage.Server{
		Token: func() ([]byte, error) {
			if set == "" {
				return nil, errors.New("none is set")
			}
			return []byte(set), nil
		},
		Page: func(everybody bool) model.StatusPage {
			if everybody {
				return public()
			}
			return wall()
		},
		Health: func() statuspage.Health {
			return statuspage.Health{OK: true, StoreWritable: true, PeersLinked: 2, Peers: 3, At: at}
		},
		Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
	}
	return s, s.Handler()
}

func get(h http.Handler, path string, with ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, fn := range with {
		fn(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func method(name string) func(*http.Request) { return func(r *http.Request) { r.Method = name } }

func nothing(*http.Request) {}

// TestWhoSeesWhat: the title inside is the mark of the page for people inside.
func TestWhoSeesWhat(t *testing.T) {
	const inside = "cross-coast"
	basic := func(r *http.Request) { r.SetBasicAuth("wall", token) }
	for name, c := range map[string]struct {
		set, path string
		with      func(*http.Request)
		status    int
		inside    bool
	}{
		"anybody":            {token, "/", nothing, 200, false},
		"token":              {token, "/", bearer(token), 200, true},
		"password":           {token, "/", basic, 200, true},
		"wall":               {token, "/wall", basic, 200, true},
		"wall, asked":        {token, "/wall", nothing, 401, false},
		"wrong":              {token, "/", bearer("nope"), 401, false},
		"none set":           {"", "/", nothing, 200, false},
		"none set, guessed":  {"", "/", bearer(""), 200, false},
		"none set, wall":     {"", "/wall", basic, 401, false},
		"too short to count": {"short", "/wall", bearer("short"), 401, false},
		"json":               {token, "/status.json", nothing, 200, false},
		"json with token":    {token, "/status.json", bearer(token), 200, true},
		"not by the address": {token, "/?token=" + token, nothing, 200, false},
		"elsewhere":          {token, "/metrics", bearer(token), 404, false},
		"above":              {token, "/etc/passwd", nothing, 404, false},
		"health":             {token, "/healthz", nothing, 200, false},
		"other web page":     {token, "/", func(r *http.Request) { bearer(token)(r); r.Header.Set("Origin", "https://evil.example") }, 403, false},
		"post":               {token, "/", method(http.MethodPost), 405, false},
		"options":            {token, "/status.json", method(http.MethodOptions), 405, false},
		"trace":              {token, "/healthz", method(http.MethodTrace), 405, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, h := shown(c.set)
			w := get(h, c.path, c.with)
			if w.Code != c.status || strings.Contains(w.Body.String(), inside) != c.inside {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if c.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("allowed is %q", w.Header().Get("Allow"))
			}
			if c.status == 401 && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic ") {
				t.Error("a browser would not ask for the token")
			}
			for header, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			} {
				if got := w.Header().Get(header); got != want {
					t.Errorf("%s is %q", header, got)
				}
			}
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("the policy is %q", csp)
			}
		})
	}
}

// TestTheStyleIsTheOneThatThePolicyLetsIn: else a browser shows the page bare.
func TestTheStyleIsTheOneThatThePolicyLetsIn(t *testing.T) {
	_, h := shown(token)
	w := get(h, "/")
	_, rest, _ := strings.Cut(w.Body.String(), "<style>")
	style, _, found := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !found || !strings.Contains(w.Header().Get("Content-Security-Policy"), want) {
		t.Errorf("%s is not in %q", want, w.Header().Get("Content-Security-Policy"))
	}
}

func TestHeadTellsTheLengthOnly(t *testing.T) {
	_, h := shown(token)
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := http.Head(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != 200 || r.ContentLength < 1000 || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%s, %d bytes of %s", r.Status, r.ContentLength, r.Header.Get("Content-Type"))
	}
}

func TestAMonitorIsToldWhereNothingIsKept(t *testing.T) {
	s, h := shown(token)
	w := get(h, "/healthz")
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got["ok"] != true || got["peers_linked"] != 2.0 || got["peers"] != 3.0 || got["store_writable"] != true {
		t.Errorf("%v: %s", err, w.Body)
	}
	s.Health = func() statuspage.Health { return statuspage.Health{DiskFull: true, At: at} }
	if w := get(h, "/healthz"); w.Code != 503 || !strings.Contains(w.Body.String(), `"ok": false`) || !strings.Contains(w.Body.String(), `"disk_full": true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	from := func(address string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = address + ":4711" }
	}
	_, h := shown(token)
	last := 200
	for range 200 {
		last = get(h, "/", from("192.0.2.7")).Code
	}
	if last != 429 {
		t.Errorf("after 200 requests at once the answer is %d", last)
	}
	w := get(h, "/healthz", from("192.0.2.8"))
	if w.Code != 200 {
		t.Errorf("another address is answered %d", w.Code)
	}
}

// TestWrongTokensAreSlowedDown: and the right one from elsewhere is not.
func TestWrongTokensAreSlowedDown(t *testing.T) {
	_, h := shown(token)
	last := 0
	for range 20 {
		last = get(h, "/wall", bearer("guess")).Code
	}
	if last != 429 {
		t.Errorf("after 20 wrong tokens the answer is %d", last)
	}
	if got := get(h, "/wall", bearer(token)).Code; got != 429 {
		t.Errorf("who guessed is told by %d whether the next is right", got)
	}
	if got := get(h, "/").Code; got != 200 {
		t.Errorf("without a token the answer is %d", got)
	}
	if got := get(h, "/wall", bearer(token), func(r *http.Request) { r.RemoteAddr = "192.0.2.9:1" }).Code; got != 200 {
		t.Errorf("the right token from elsewhere is answered %d", got)
	}
}
