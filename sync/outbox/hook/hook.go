// Package hook posts JSON to the web service of another system, and says what is
// known afterwards. The channels of the outbox that leave by HTTP stand on it.
//
// # Never sent twice by this device
//
// Until the last byte of a request has left this machine the other side cannot
// have acted on it, so any failure is safe to try again. Once it has left, only
// the answer tells; where none comes the outcome is Lost, and a person decides,
// unless the service takes the same request twice for one.
package hook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/outbox"
)

const (
	// Timeout bounds one request, and the reaching of the service alone.
	Timeout, reach = 20 * time.Second, 10 * time.Second
	// maxAnswer is what is read of an answer: services say what is wrong in a line.
	maxAnswer = 16 << 10
	// maxWait bounds what a service may have us wait: a page of an hour ago is
	// not delivered any more.
	maxWait = time.Hour
	// retryFault is the pause where a person has to mend something first.
	retryFault = 10 * time.Minute
	// shown is what is kept of what a service says.
	shown = 200
)

// Service is a place to post to.
type Service struct {
	// URL may hold a secret: it stands in no error and no record.
	URL string
	// RootCAs is a PEM file of further authorities; empty is those of the system.
	RootCAs string
	Timeout time.Duration // 0 is the usual one
	Now     func() time.Time
}

// Check says what is wrong with an address, in a sentence without the address.
func Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("the address is no URL; write https://host/path")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && local(u.Hostname()):
		return nil
	}
	return fmt.Errorf("the address must begin with https://: what is sent would be readable on its way")
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Answer is what came of a request.
type Answer struct {
	// Status and Body are the answer; Status is 0 where none came.
	Status int
	Body   []byte
	// Lost says that the whole request left and no answer came.
	Lost bool
	// Text says why no answer came, without the address.
	Text string
	// After is how long the service asks to wait; 0 where it does not.
	After time.Duration
}

// Post sends one request.
func (s Service) Post(ctx context.Context, header http.Header, body []byte) Answer {
	if err := Check(s.URL); err != nil {
		return Answer{Text: err.Error()}
	}
	client, err := s.client()
	if err != nil {
		return Answer{Text: err.Error()}
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	var left atomic.Bool // of the connection's own goroutine
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(w httptrace.WroteRequestInfo) { left.Store(w.Err == nil) }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return Answer{Text: "the request cannot be made"}
	}
	r.Header = header.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "holdfast")
	r.GetBody = nil // nothing is sent again behind our back
	answer, err := client.Do(r)
	if err != nil {
		return Answer{Lost: left.Load(), Text: bare(err)}
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // the status has come, and it decides
	return Answer{Status: answer.StatusCode, Body: said, After: s.after(answer.Header.Get("Retry-After"))}
}

func (s Service) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return Timeout
}

func (s Service) client() (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.RootCAs != "" {
		pem, err := os.ReadFile(s.RootCAs)
		if err != nil {
			return nil, fmt.Errorf("the authorities cannot be read: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", s.RootCAs)
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, TLSHandshakeTimeout: reach, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			DialContext: (&net.Dialer{Timeout: reach}).DialContext, MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// Probe reaches the service and sends nothing. A proxy of the environment is
// taken for open: only a request would show.
func (s Service) Probe(ctx context.Context) (ok bool, why string) {
	if err := Check(s.URL); err != nil {
		return false, err.Error()
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return false, "the address is no URL"
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		return true, ""
	}
	ctx, cancel := context.WithTimeout(ctx, min(reach, s.timeout()))
	defer cancel()
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return false, bare(err)
	}
	_ = conn.Close() // nothing was said on it
	return true, ""
}

// bare is an error without the address, which may be a secret.
func bare(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the service did not answer in time"
	case errors.Is(err, context.Canceled):
		return "this device stopped while it was sending"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was cut before an answer came"
	}
	return said(err.Error())
}

func said(text string) string {
	text = plain.Line(strings.Join(strings.Fields(text), " "))
	for len(text) > shown {
		runes := []rune(text)
		text = string(runes[:len(runes)*shown/len(text)-1]) + "…"
	}
	return text
}

// after reads Retry-After, in seconds or as a date (RFC 9110 section 10.2.3).
func (s Service) after(text string) time.Duration {
	wait := time.Duration(0)
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		wait = time.Duration(min(max(n, 0), int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(s.now())
	}
	return min(max(wait, 0), maxWait)
}

func (s Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// Verdict is what an answer means where a service says nothing of its own.
// repeatable says that the service takes the same request twice for one.
func (a Answer) Verdict(repeatable bool) outbox.Verdict {
	v := outbox.Verdict{Outcome: model.Deferred, Detail: a.Text, Wait: a.After}
	if a.Status != 0 {
		v.Detail = strconv.Itoa(a.Status) + " " + http.StatusText(a.Status)
		if len(bytes.TrimSpace(a.Body)) > 0 {
			v.Detail += ": " + said(string(a.Body))
		}
	}
	switch {
	case a.Status/100 == 2:
		v.Outcome = model.Sent
	case a.Lost && !repeatable:
		v.Outcome = model.Unknown
		v.Detail += "; the message may have gone. Look there before sending it again"
	case a.Status == 0, a.Status == http.StatusTooManyRequests, a.Status == http.StatusRequestTimeout, a.Status == http.StatusTooEarly:
	case a.Status == http.StatusBadGateway || a.Status == http.StatusGatewayTimeout:
		if !repeatable { // what stands before the service does not know either
			v.Outcome = model.Unknown
			v.Detail += "; the message may have gone. Look there before sending it again"
		}
	case a.Status/100 == 5:
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound, a.Status == http.StatusGone,
		a.Status/100 == 3, a.Status == http.StatusPaymentRequired, a.Status == http.StatusProxyAuthRequired:
		v.Wait = max(v.Wait, retryFault) // the credential or the address: another device may have a right one
	default:
		v.Outcome = model.Failed
	}
	return v
}
