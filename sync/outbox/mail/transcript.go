package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode/utf8"
)

const (
	// maxTranscript: four lines for each of MaxRecipients, and the preamble.
	maxTranscript = 1000
	// maxReplyText is what is kept of a server's words.
	maxReplyText = 300
	redacted     = "[secret]"
)

// transcript collects what was asked and answered. It never sees what a
// mechanism sends, and takes the secret out of what the server says.
type transcript struct {
	lines  []string
	hidden []string
}

// hide makes a secret unspeakable, in the clear and in the forms it is sent in.
func (t *transcript) hide(user, secret string) {
	if secret == "" {
		return
	}
	plain := "\x00" + user + "\x00" + secret
	t.hidden = []string{
		base64.StdEncoding.EncodeToString([]byte(plain)),
		base64.StdEncoding.EncodeToString([]byte(secret)),
		secret,
	}
}

// words gives a server's or an error's text on one bounded line.
func (t *transcript) words(s string) string {
	for _, h := range t.hidden {
		s = strings.ReplaceAll(s, h, redacted)
	}
	s = cleanLine(s)
	if len(s) > maxReplyText {
		cut := maxReplyText
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "..."
	}
	return s
}

func (t *transcript) ok(asked, answer string) {
	t.line(asked + " -> " + t.words(answer))
}

func (t *transcript) fail(asked string, err error) {
	code, text := t.explain(err)
	if code != 0 {
		text = fmt.Sprintf("%d %s", code, text)
	}
	t.line(asked + " -> " + text)
}

func (t *transcript) line(s string) {
	switch n := len(t.lines); {
	case n < maxTranscript:
		t.lines = append(t.lines, s)
	case n == maxTranscript:
		t.lines = append(t.lines, "(further lines left out)")
	}
}

// explain splits an error into the server's code and readable words.
func (t *transcript) explain(err error) (code int, text string) {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return replyCode(err), t.words(reply.Msg)
	}
	return replyCode(err), t.words(err.Error())
}
