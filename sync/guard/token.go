// Package guard is what stands before the listeners that a person may open on
// this device: a token, and a rate for each sender.
package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// MinToken is the shortest token: 16 random characters cannot be guessed at the
// rate that wrong ones are let through.
const MinToken = 16

// Given is the token a request brings in its header: a bearer token (RFC 6750),
// or the password of Basic authentication (RFC 7617), whose user name is not
// looked at. Empty where it brings none.
func Given(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return ""
}

// Opens compares a token with the one that is set, in a time that tells nothing
// of it. Where none is set, or one that is too short, nothing opens.
func Opens(set func() ([]byte, error), token string) bool {
	want, err := set()
	if err != nil || len(want) < MinToken {
		return false
	}
	a, b := sha256.Sum256([]byte(token)), sha256.Sum256(want)
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// Address is where a request comes from, without the port.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
