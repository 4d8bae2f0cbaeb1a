package intake_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/sync/intake"
	"holdfast/sync/intake/pagerhook"
)

const secret = "iW4yqz9cY0lNnF2s"

// calls keeps what was answered.
type calls struct {
	answers []pagerhook.Answer
	err     error
}

func (c *calls) hook(secret string) http.Handler {
	in := &intake.Intake{
		Token:  func() ([]byte, error) { return []byte(token), nil },
		Secret: func() ([]byte, error) { return []byte(secret), nil },
		Answer: func(_ context.Context, a pagerhook.Answer) (string, error) {
			c.answers = append(c.answers, a)
			return "", c.err
		},
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	return in.Handler()
}

func hooked(h http.Handler, body, signedWith string, with ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, intake.HookPath, strings.NewReader(body))
	mac := hmac.New(sha256.New, []byte(signedWith))
	mac.Write([]byte(body))
	r.Header.Set(pagerhook.SignatureHeader, "v1="+hex.EncodeToString(mac.Sum(nil)))
	for _, fn := range with {
		fn(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func documented(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("pagerhook/testdata/acknowledged.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWebhooks(t *testing.T) {
	doc := documented(t)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	plainly := func(*http.Request) {}
	for name, c := range map[string]struct {
		body, secret, with string
		change             func(*http.Request)
		err                error
		status, answers    int
		says               string
	}{
		"taken":            {doc, secret, secret, plainly, nil, 200, 1, `"status":"taken"`},
		"ignored kind":     {strings.Replace(doc, "incident.acknowledged", "incident.reassigned", 1), secret, secret, plainly, nil, 200, 0, `"status":"ignored","why":"it is with somebody else`},
		"refused for good": {doc, secret, secret, plainly, fmt.Errorf("%w: INC-7K2M is closed", intake.ErrRejected), 200, 1, `"status":"ignored"`},
		"not known yet":    {doc, secret, secret, plainly, fmt.Errorf("the page is %w; try again", intake.ErrLater), 503, 1, "not known here yet"},
		"not written":      {doc, secret, secret, plainly, errors.New("disk full"), 503, 1, "could not be written"},
		"wrong secret":     {doc, secret, "another secret 16", plainly, nil, 401, 0, "signature is missing or wrong"},
		"no signature":     {doc, secret, secret, header(pagerhook.SignatureHeader, ""), nil, 401, 0, "signature is missing or wrong"},
		"token alone": {doc, secret, secret, func(r *http.Request) {
			r.Header.Del(pagerhook.SignatureHeader)
			r.Header.Set("Authorization", "Bearer "+token)
		}, nil, 401, 0, "signature is missing or wrong"},
		"no secret set": {doc, "", "", plainly, nil, 401, 0, "config set pagerduty.webhook-secret"},
		"short secret":  {doc, "short", "short", plainly, nil, 401, 0, "signature is missing or wrong"},
		"get":           {"", secret, secret, func(r *http.Request) { r.Method = http.MethodGet }, nil, 405, 0, "POST"},
		"web page":      {doc, secret, secret, header("Origin", "https://evil.example"), nil, 403, 0, "web pages"},
		"too large":     {strings.Repeat(" ", pagerhook.MaxBody+1), secret, secret, plainly, nil, 413, 0, "which is the limit"},
		"no webhook":    {"{}", secret, secret, plainly, nil, 400, 0, "no event"},
	} {
		t.Run(name, func(t *testing.T) {
			room := &calls{err: c.err}
			w := hooked(room.hook(c.secret), c.body, c.with, c.change)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || len(room.answers) != c.answers {
				t.Errorf("%d %s, %d answers; want %d, %d and %q", w.Code, w.Body, len(room.answers), c.status, c.answers, c.says)
			}
		})
	}
}

func TestGuessingSignaturesIsSlowedDown(t *testing.T) {
	room := &calls{}
	h := room.hook(secret)
	for range 20 {
		hooked(h, documented(t), "a wrong secret 16")
	}
	if w := hooked(h, documented(t), secret); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || len(room.answers) != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
