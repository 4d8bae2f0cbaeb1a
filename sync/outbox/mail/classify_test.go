package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"syscall"
	"testing"
	"time"
)

var allStages = []Stage{
	StagePrepare, StageDial, StageGreeting, StageHello, StageTLS, StageAuth,
	StageMail, StageRcpt, StageData, StageBody, StageReply,
}

func TestClassify(t *testing.T) {
	code := func(c int) error { return &textproto.Error{Code: c, Msg: "words"} }
	reset := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	cases := []struct {
		stage   Stage
		err     error
		outcome Outcome
		reason  Reason
	}{
		{StageDial, &net.DNSError{Err: "no such host", IsNotFound: true}, Deferred, ReasonNetwork},
		{StageDial, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, Deferred, ReasonNetwork},
		{StageDial, context.DeadlineExceeded, Deferred, ReasonTimeout},
		{StageDial, context.Canceled, Deferred, ReasonCancelled},
		{StageGreeting, code(554), Deferred, ReasonAccount},
		{StageGreeting, code(421), Deferred, ReasonBusy},
		{StageHello, code(502), Deferred, ReasonAccount},
		{StageTLS, errNoStartTLS, Deferred, ReasonTLS},
		{StageTLS, code(454), Deferred, ReasonBusy},
		{StageTLS, code(502), Deferred, ReasonTLS},
		{StageTLS, &tls.CertificateVerificationError{Err: errors.New("x")}, Deferred, ReasonTLS},
		{StageTLS, tls.RecordHeaderError{Msg: "not TLS"}, Deferred, ReasonTLS},
		{StageTLS, fmt.Errorf("handshake: %w", errPin), Deferred, ReasonTLS},
		{StageTLS, &net.OpError{Op: "remote error", Err: tls.AlertError(40)}, Deferred, ReasonTLS},
		{StageTLS, io.EOF, Deferred, ReasonNetwork},
		{StageAuth, code(535), Deferred, ReasonAuth},
		{StageAuth, code(454), Deferred, ReasonBusy},
		{StageAuth, errAuthSide, Deferred, ReasonAuth},
		{StageMail, code(553), Deferred, ReasonAccount},
		{StageMail, code(530), Deferred, ReasonAuth},
		{StageRcpt, code(450), Deferred, ReasonBusy},
		{StageRcpt, code(550), Refused, ReasonRecipient},
		{StageRcpt, code(530), Deferred, ReasonAuth},
		{StageData, code(554), Refused, ReasonContent},
		{StageData, code(250), Deferred, ReasonNetwork},
		{StageBody, reset, Deferred, ReasonNetwork},
		{StageBody, os.ErrDeadlineExceeded, Deferred, ReasonTimeout},
		{StageBody, code(552), Refused, ReasonContent},
		{StageBody, errReplyTooLong, Deferred, ReasonNetwork},
		{StageReply, nil, Accepted, ReasonNone},
		{StageReply, code(252), Accepted, ReasonNone},
		{StageReply, code(451), Deferred, ReasonBusy},
		{StageReply, code(554), Refused, ReasonContent},
		{StageReply, code(530), Deferred, ReasonAuth},
		{StageReply, code(354), Unknown, ReasonLost},
		{StageReply, code(99), Unknown, ReasonLost},
		{StageReply, code(999), Unknown, ReasonLost},
		{StageReply, io.EOF, Unknown, ReasonLost},
		{StageReply, reset, Unknown, ReasonLost},
		{StageReply, os.ErrDeadlineExceeded, Unknown, ReasonLost},
		{StageReply, context.Canceled, Unknown, ReasonLost},
		{StageReply, errReplyTooLong, Unknown, ReasonLost},
		{StageReply, textproto.ProtocolError("short response: \"25\""), Unknown, ReasonLost},
		{StageReply, textproto.ProtocolError("short response: \"250\""), Accepted, ReasonNone},
	}
	for _, c := range cases {
		for _, err := range []error{c.err, fmt.Errorf("wrapped: %w", c.err)} {
			if c.err == nil {
				err = nil
			}
			if o, r := Classify(c.stage, err); o != c.outcome || r != c.reason {
				t.Errorf("%s, %v: got %s/%s, want %s/%s", c.stage, err, o, r, c.outcome, c.reason)
			}
		}
	}
}

// The promise in two sentences, over every stage, code and kind of error.
func TestClassifyKeepsThePromise(t *testing.T) {
	errs := []error{
		nil, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, os.ErrDeadlineExceeded, context.Canceled,
		context.DeadlineExceeded, errReplyTooLong, errAuthSide, errors.New("anything"),
	}
	for c := range 1000 {
		errs = append(errs, &textproto.Error{Code: c, Msg: "x"})
	}
	for _, stage := range allStages {
		for _, err := range errs {
			o, _ := Classify(stage, err)
			if stage != StageReply && (o == Unknown || o == Accepted) {
				t.Errorf("%s, %v: %s, but the dot has not left", stage, err, o)
			}
			if stage == StageReply && o == Deferred && replyCode(err)/100 != 4 && replyCode(err) != 530 {
				t.Errorf("%v after the dot: a retry without the server's no", err)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		reason Reason
		text   string
		want   time.Duration
	}{
		{ReasonNetwork, "", retryNetwork},
		{ReasonTimeout, "", retryTimeout},
		{ReasonBusy, "4.2.0 Greylisted, see http://example.org/help", retryBusy},
		{ReasonBusy, "Greylisted, please try again in 60 seconds", time.Minute},
		{ReasonBusy, "try again in 3 seconds", retryMin},
		{ReasonBusy, "come back after 90 minutes", retryMax},
		{ReasonBusy, "wait 2 min", 2 * time.Minute},
		{ReasonBusy, "wait 999999 minutes", retryMax},
		{ReasonBusy, "in 5 years", retryBusy},
		{ReasonAuth, "", retryFault},
		{ReasonCancelled, "", 0},
	} {
		if got := retryAfter(c.reason, c.text); got != c.want {
			t.Errorf("%s %q: got %v, want %v", c.reason, c.text, got, c.want)
		}
	}
}

func TestReadingReplies(t *testing.T) {
	for text, want := range map[string]string{
		"2.0.0 Ok: queued as 4F3A21B":                        "4F3A21B",
		"OK id=1rXyZ-0002Ab-3C":                              "1rXyZ-0002Ab-3C",
		"2.0.0 42C5Ms2n012345 Message accepted for delivery": "42C5Ms2n012345",
		"ok 1700000000 qp 12345":                             "12345",
		"2.0.0 OK":                                           "",
	} {
		if got := queueID(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"5.1.1 no": "5.1.1", "4.1.1 class does not fit": "", "no code": "", "5.1.12345 no": "",
	} {
		if got := enhanced(550, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
