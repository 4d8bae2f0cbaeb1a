package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Errors of this side of the link.
var (
	// errReplyTooLong: the server sent more than any reply needs.
	errReplyTooLong = errors.New("the server's answer is longer than any answer needs to be")
	// errNoStartTLS: the server does not offer what the account demands.
	errNoStartTLS = errors.New("the server does not offer STARTTLS; nothing was sent in the clear")
	// errUnencrypted: the link is in the clear and does not end on this machine.
	errUnencrypted = errors.New("the link is not encrypted and leaves this machine; nothing was sent")
	// errPin: the server's key is not the pinned one.
	errPin = errors.New("the server's key is not the pinned one")
	// errAuthSide: the sign-in ended on this side.
	errAuthSide = errors.New("sign-in not possible")
)

// The waits proposed after a Deferred outcome.
const (
	// retryNetwork: a route may return at any moment and a try costs little.
	retryNetwork = 30 * time.Second
	// retryTimeout: a server that did not answer is likely under load.
	retryTimeout = time.Minute
	// retryBusy is the usual greylisting delay (Postgrey: 300 s).
	retryBusy = 5 * time.Minute
	// retryFault: repeating a wrong password locks accounts.
	retryFault = 15 * time.Minute
	// retryMin and retryMax bound a wait read from a server's words.
	retryMin = 10 * time.Second
	retryMax = time.Hour
)

// Classify turns the end of a conversation with the server into what is known
// about the copy. stage is the step that ended with err; a nil err means the
// step was answered with success.
//
// Before StageReply the final dot has not left this machine whole, so no server
// can have accepted the copy: the outcome is never Unknown. At StageReply the
// dot has left, and only a reply that is a clear yes or no decides.
func Classify(stage Stage, err error) (Outcome, Reason) {
	code := replyCode(err)
	if stage == StageReply {
		switch {
		case err == nil || code/100 == 2:
			return Accepted, ReasonNone
		case code/100 == 4:
			return Deferred, ReasonBusy
		case code == 530:
			return Deferred, ReasonAuth
		case code/100 == 5:
			return Refused, ReasonContent
		}
		return Unknown, ReasonLost
	}
	switch {
	case err == nil:
		return Deferred, ReasonNone
	case code/100 == 4:
		return Deferred, ReasonBusy
	case code/100 == 5:
		return classifyRefusal(stage, code)
	}
	return Deferred, classifyLocal(stage, err)
}

// classifyRefusal places a 5xx reply. What comes before RCPT is about this
// client or account, and another account may succeed, so the copy is Deferred.
// 530 ("authentication required") is about the account wherever it comes.
func classifyRefusal(stage Stage, code int) (Outcome, Reason) {
	switch {
	case stage == StageAuth || code == 530:
		return Deferred, ReasonAuth
	case stage == StageTLS:
		return Deferred, ReasonTLS
	case stage == StageRcpt:
		return Refused, ReasonRecipient
	case stage == StageData || stage == StageBody:
		return Refused, ReasonContent
	}
	return Deferred, ReasonAccount
}

// classifyLocal names what ended a step without a reply of the server.
func classifyLocal(stage Stage, err error) Reason {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return ReasonCancelled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return ReasonTimeout
	case errors.As(err, &timeout) && timeout.Timeout():
		return ReasonTimeout
	case errors.Is(err, errNoStartTLS), errors.Is(err, errUnencrypted), errors.Is(err, errPin), isTLSError(err):
		return ReasonTLS
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return ReasonTLS // how crypto/tls reports an alert
	case errors.Is(err, errAuthSide):
		return ReasonAuth
	case stage == StagePrepare:
		return ReasonAccount
	}
	return ReasonNetwork
}

func isTLSError(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &alert)
}

// replyCode is the server's reply code, 0 if the error is not a reply.
func replyCode(err error) int {
	var reply *textproto.Error
	code := 0
	if errors.As(err, &reply) {
		code = reply.Code
	} else if bare, ok := bareCode(err); ok {
		code = bare
	}
	if code < 200 || code > 599 {
		return 0
	}
	return code
}

// bareCode reads a reply of three digits alone, which RFC 5321 4.2 allows and
// textproto calls too short.
func bareCode(err error) (int, bool) {
	var short textproto.ProtocolError
	if !errors.As(err, &short) {
		return 0, false
	}
	digits, ok := strings.CutPrefix(string(short), "short response: ")
	digits = strings.Trim(digits, `"`)
	code, convErr := strconv.Atoi(digits)
	return code, ok && convErr == nil && len(digits) == 3
}

// retryAfter proposes the wait before the next try.
func retryAfter(reason Reason, text string) time.Duration {
	switch {
	case reason == ReasonTimeout:
		return retryTimeout
	case reason == ReasonBusy:
		if d, ok := statedWait(text); ok {
			return d
		}
		return retryBusy
	case reason.NeedsPerson():
		return retryFault
	case reason == ReasonCancelled:
		return 0
	}
	return retryNetwork
}

// waitWords finds "try again in 300 seconds", "retry after 5 minutes", "(60s)".
var waitWords = regexp.MustCompile(`(?i)\b(?:in|after|for|wait)\s+(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?)\b`)

func statedWait(text string) (time.Duration, bool) {
	m := waitWords.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, false
	}
	unit := time.Second
	if strings.HasPrefix(strings.ToLower(m[2]), "m") {
		unit = time.Minute
	}
	return min(max(time.Duration(n)*unit, retryMin), retryMax), true
}

// enhancedCode finds the RFC 3463 status a reply starts with, if its class fits.
var enhancedCode = regexp.MustCompile(`^([245])\.\d{1,3}\.\d{1,3}\b`)

func enhanced(code int, text string) string {
	m := enhancedCode.FindStringSubmatch(text)
	if m == nil || m[1] != strconv.Itoa(code/100) {
		return ""
	}
	return m[0]
}

// queueNames are how the common servers name the accepted copy: Postfix and
// go-smtp, Exim, Sendmail, qmail.
var queueNames = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bqueued as ([A-Za-z0-9._<>@-]{1,64})`),
	regexp.MustCompile(`\bid=([A-Za-z0-9._-]{1,64})`),
	regexp.MustCompile(`^(?:\d\.\d\.\d )?([A-Za-z0-9]{8,32}) Message accepted`),
	regexp.MustCompile(`(?i)\bqp ([0-9]{1,12})\b`),
}

func queueID(text string) string {
	for _, re := range queueNames {
		if m := re.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}
