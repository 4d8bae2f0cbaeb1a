package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

const (
	// MaxRecipients keeps one Send within minutes on a slow line. A larger
	// audience wants a mailing list or the status page.
	MaxRecipients = 200
	// MaxText is far above any status update; a log belongs in evidence.
	MaxText = 256 << 10
	// MaxSubject is what a subject may take before encoding; mailboxes show
	// less than 100.
	MaxSubject = 512
	// MaxMessage bounds a composed message; quoted-printable can triple a text.
	MaxMessage = 1 << 20
	// maxID bounds message ids and header values of ours.
	maxID = 128
	// maxReferences is how much of a thread a copy names: the root and the
	// latest, as RFC 5322 3.6.4 lets a long thread be cut.
	maxReferences = 20
)

// Message is one rendered message. The zero Date is refused: the date is that
// of the message, not of the try, so that every try is the same bytes.
type Message struct {
	// ID is the stable idempotency key.
	ID string
	// Room makes the Message-ID differ between rooms.
	Room string
	// From is the header sender. Send takes the account's, since a relay
	// refuses others.
	From    Address
	ReplyTo Address
	To      []Address
	Subject string
	Text    string
	Date    time.Time
	// References are the Message-IDs of the thread so far, oldest first, as
	// MessageID gives them. The last one is answered.
	References []string
	// Incident goes into X-Holdfast-Incident, for filters and for intake.
	Incident string
}

// MessageID gives the Message-ID of a message: the same on every device and for
// every account, so that any member can continue a thread. It shows neither the
// room nor the id. The domain is reserved (RFC 2606): nobody else's name is used.
func MessageID(room, id string) string {
	h := sha256.New()
	fmt.Fprintf(h, "holdfast/mail/1\x00%d\x00%s\x00%s", len(room), room, id)
	return "<" + hex.EncodeToString(h.Sum(nil)[:16]) + "@holdfast.invalid>"
}

// MessageID is the Message-ID all copies of m carry.
func (m Message) MessageID() string { return MessageID(m.Room, m.ID) }

// Validate returns all problems at once as FieldErrors, or nil. An invalid
// recipient is named.
func (m Message) Validate() error {
	var e FieldErrors
	m.checkCommon(&e)
	for i, to := range m.To {
		if err := to.Validate(); err != nil {
			e.add(fmt.Sprintf("to[%d]", i), "%v", err)
		}
	}
	return e.err()
}

// validateCommon leaves out the addresses of To: one that cannot be written to
// is no reason to keep the message from the others.
func (m Message) validateCommon() error {
	var e FieldErrors
	m.checkCommon(&e)
	return e.err()
}

func (m Message) checkCommon(e *FieldErrors) {
	if !isToken(m.ID) {
		e.add("id", "needs 1 to %d visible ASCII characters", maxID)
	}
	if err := m.From.Validate(); err != nil {
		e.add("from", "%v", err)
	}
	if !m.ReplyTo.IsZero() {
		if err := m.ReplyTo.Validate(); err != nil {
			e.add("replyTo", "%v", err)
		}
	}
	switch n := len(m.recipients()); {
	case n == 0:
		e.add("to", "nobody to send to")
	case n > MaxRecipients:
		e.add("to", "%d recipients, limit is %d", n, MaxRecipients)
	}
	switch n := len(m.Subject); {
	case cleanLine(m.Subject) == "":
		e.add("subject", "is empty")
	case n > MaxSubject:
		e.add("subject", "%d bytes, limit is %d", n, MaxSubject)
	}
	if n := len(m.Text); n > MaxText {
		e.add("text", "%d bytes, limit is %d", n, MaxText)
	}
	if m.Date.IsZero() {
		e.add("date", "is not set")
	}
	for i, r := range m.References {
		if !isMessageID(r) {
			e.add(fmt.Sprintf("references[%d]", i), "%q is not a Message-ID", r)
		}
	}
	if m.Incident != "" && !isToken(m.Incident) {
		e.add("incident", "needs 1 to %d visible ASCII characters", maxID)
	}
}

// recipients are the distinct addresses of To in order.
func (m Message) recipients() []Address {
	seen := make(map[string]bool, len(m.To))
	var out []Address
	for _, a := range m.To {
		if !seen[a.key()] {
			seen[a.key()] = true
			out = append(out, a)
		}
	}
	return out
}

// Compose gives the message as a draft for an .eml file: all recipients in Bcc,
// marked unsent so that a mail program opens it for sending. The same message
// gives the same bytes.
func Compose(m Message) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	g := m.build()
	g.SetGenHeader("X-Unsent", "1")
	var bcc []string
	for _, a := range m.recipients() {
		bcc = append(bcc, a.String())
	}
	g.SetGenHeader("Bcc", bcc...)
	return render(g)
}

// ComposeFor gives the copy of one recipient, who is the only one it names. The
// same message and recipient give the same bytes.
func ComposeFor(m Message, to Address) ([]byte, error) {
	m.To = []Address{to}
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	g := m.build()
	g.SetGenHeader("To", to.String())
	return render(g)
}

func (m Message) build() *gomail.Msg {
	g := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithNoDefaultUserAgent())
	g.SetGenHeader("From", m.From.String())
	if !m.ReplyTo.IsZero() {
		g.SetGenHeader("Reply-To", m.ReplyTo.String())
	}
	g.Subject(cleanLine(m.Subject))
	g.SetDateWithValue(m.Date.UTC())
	g.SetGenHeader(gomail.HeaderMessageID, m.MessageID())
	if refs := m.References; len(refs) > 0 {
		g.SetGenHeader(gomail.HeaderInReplyTo, refs[len(refs)-1])
		if n := len(refs); n > maxReferences {
			refs = append([]string{refs[0]}, refs[n-maxReferences+1:]...)
		}
		g.SetGenHeader(gomail.HeaderReferences, strings.Join(refs, " "))
	}
	// Holiday replies and receipts of a hundred stakeholders would bury the
	// commander's inbox; the second header is how Exchange is told.
	g.SetGenHeader("Auto-Submitted", "auto-generated")
	g.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply, DR, RN, NRN")
	g.SetGenHeader("X-Holdfast-Message", m.ID)
	if m.Incident != "" {
		g.SetGenHeader("X-Holdfast-Incident", m.Incident)
	}
	g.SetBodyString(gomail.TypeTextPlain, cleanText(m.Text))
	return g
}

func render(g *gomail.Msg) ([]byte, error) {
	var buf bytes.Buffer
	if _, err := g.WriteTo(&buf); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	if !bytes.HasSuffix(buf.Bytes(), []byte("\r\n")) {
		io.WriteString(&buf, "\r\n")
	}
	if buf.Len() > MaxMessage {
		return nil, fmt.Errorf("compose mail: %d bytes once encoded, limit is %d", buf.Len(), MaxMessage)
	}
	return buf.Bytes(), nil
}

// cleanText gives text with line feeds only, valid UTF-8, without control
// characters other than the tab, ending in a line feed.
func cleanText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, "\n") + "\n"
}

// isToken accepts visible ASCII without spaces, so that a header value can
// neither be folded nor injected.
func isToken(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

func isMessageID(s string) bool {
	if len(s) < 5 || len(s) > maxAddr || s[0] != '<' || s[len(s)-1] != '>' {
		return false
	}
	inner := s[1 : len(s)-1]
	for _, c := range []byte(inner) {
		if c <= ' ' || c >= 0x7f || c == '<' || c == '>' {
			return false
		}
	}
	at := strings.IndexByte(inner, '@')
	return at > 0 && at < len(inner)-1
}
