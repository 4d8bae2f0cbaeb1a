package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"
)

// DialFunc opens a TCP connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Timeouts bound the steps of one Send. A zero field takes the default.
type Timeouts struct {
	// Dial: name lookup and connection, for each address. 30 s.
	Dial time.Duration
	// Step: one command and its reply, however slowly it drips. RFC 5321 asks for
	// 5 minutes; 1 minute suffices here, since giving up before the dot is safe.
	Step time.Duration
	// Body: the text of one copy. 3 minutes.
	Body time.Duration
	// Final: the reply to the dot. 10 minutes as RFC 5321 4.5.3.2.6 asks, because
	// giving up early is how a message comes to be delivered twice.
	Final time.Duration
	// Grace: how long a cancelled Send still waits for the reply to a dot. 3 s.
	Grace time.Duration
	// Total: all copies together. 15 minutes.
	Total time.Duration
}

func (t Timeouts) orDefaults() Timeouts {
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&t.Dial, 30*time.Second)
	set(&t.Step, time.Minute)
	set(&t.Body, 3*time.Minute)
	set(&t.Final, 10*time.Minute)
	set(&t.Grace, 3*time.Second)
	set(&t.Total, 15*time.Minute)
	return t
}

// Sender sends messages. The zero Sender serves accounts without a credential;
// a Sender may be used by several goroutines at once.
type Sender struct {
	Credentials Credentials
	// Dial is the network; nil is net.Dialer.
	Dial DialFunc
	// Now is the clock for certificates and the Result; nil is time.Now.
	// Deadlines are the network's and always real time.
	Now      func() time.Time
	Timeouts Timeouts
}

func (s *Sender) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Send carries msg to each of its recipients and returns what is known about
// each. It has no error of its own: whatever goes wrong is the outcome of the
// recipients it concerns; a message to nobody has none. From is the account's.
//
// It connects again only after a connection that settled at least one
// recipient, and stops at the first Unknown: a server that loses one reply may
// lose them all, and the rest is better Deferred than in doubt.
func (s *Sender) Send(ctx context.Context, acc Account, msg Message) Result {
	msg.From = acc.From
	if msg.ReplyTo.IsZero() {
		msg.ReplyTo = acc.ReplyTo
	}
	r := &run{
		res:  Result{Account: acc.Name, MessageID: msg.MessageID(), Started: s.now()},
		rest: msg.recipients(), msg: msg,
	}
	times := s.Timeouts.orDefaults()
	ctx, cancel := context.WithTimeout(ctx, times.Total)
	defer cancel()
	if err := msg.validateCommon(); err != nil {
		r.refuseAll(err)
	} else if proto, err := s.prepare(ctx, acc, times, &r.log); err != nil {
		r.log.fail(string(StagePrepare), err)
		r.leave(StagePrepare, err)
	} else {
		for len(r.rest) > 0 && r.over(proto) {
		}
	}
	r.res.Transcript, r.res.Ended = r.log.lines, s.now()
	return r.res
}

// prepare checks the account and gives a link that is not yet open.
func (s *Sender) prepare(ctx context.Context, acc Account, times Timeouts, log *transcript) (link, error) {
	l := link{ctx: ctx, acc: acc, times: times, dial: s.Dial, log: log}
	if l.dial == nil {
		l.dial = new(net.Dialer).DialContext
	}
	if err := acc.Validate(); err != nil {
		return l, err
	}
	var err error
	if l.secret, err = loadSecret(s.Credentials, acc); err != nil {
		return l, err
	}
	log.hide(acc.User, l.secret)
	l.cfg, err = acc.tlsConfig(l.secret, s.now)
	return l, err
}

// run is one Send: rest are the recipients nothing is known about yet.
type run struct {
	res  Result
	rest []Address
	msg  Message
	log  transcript
}

// over uses one connection for as many recipients as it lasts. It reports
// whether another connection is worth opening.
func (r *run) over(l link) bool {
	if stage, err := l.open(); err != nil {
		r.leave(stage, err)
		return false
	}
	if l.state != nil {
		r.res.TLS = tls.VersionName(l.state.Version)
	}
	settled := 0
	for len(r.rest) > 0 {
		if err := l.ctx.Err(); err != nil {
			r.leave(StageMail, fmt.Errorf("the attempt was ended: %w", err))
			l.drop()
			return false
		}
		end := r.one(&l, r.rest[0])
		if end.settled && r.settle(end) == Unknown {
			l.drop()
			r.leaveUntried()
			return false
		}
		if end.settled {
			settled++
		}
		if !end.alive {
			l.drop()
			if settled == 0 {
				r.leave(end.stage, end.err)
			}
			return settled > 0
		}
	}
	l.quit()
	return false
}

// ending is how one transaction ended. settled: the recipient is decided, if
// only until a later Send. alive: the link can take another transaction.
type ending struct {
	stage          Stage
	text           string
	err            error
	settled, alive bool
	// refuse is set where this side refuses and the server was not asked.
	refuse Reason
}

// one runs the transaction of one recipient.
func (r *run) one(l *link, to Address) ending {
	raw, refuse, err := r.compose(l, to)
	if err != nil {
		return ending{stage: StagePrepare, err: err, settled: true, alive: true, refuse: refuse}
	}
	l.w.step(l.times.Step)
	if err := l.c.Mail("<" + r.msg.From.Addr + ">"); err != nil {
		// The same for every recipient, or a limit of this connection.
		return r.ended(l, "MAIL FROM:<"+r.msg.From.Addr+">", ending{stage: StageMail, err: err})
	}
	l.w.step(l.times.Step)
	asked := "RCPT TO:<" + to.Addr + ">"
	if err := l.c.Rcpt("<" + to.Addr + ">"); err != nil {
		return r.reset(l, r.ended(l, asked, ending{stage: StageRcpt, err: err, settled: decides(err)}))
	}
	r.log.line(asked + " -> 250")
	stage, text, err := l.data(raw)
	end := ending{stage: stage, text: text, err: err}
	end.settled = err == nil || stage == StageReply || decides(err)
	end.alive = stage == StageReply && (err == nil || decides(err))
	if err == nil {
		r.log.ok("DATA for <"+to.Addr+">", "250 "+text)
		return end
	}
	end = r.ended(l, "DATA for <"+to.Addr+">", end)
	if stage == StageData {
		end = r.reset(l, end)
	}
	return end
}

// compose gives the copy of one recipient, or whom to blame that there is none.
func (r *run) compose(l *link, to Address) ([]byte, Reason, error) {
	if err := to.Validate(); err != nil {
		return nil, ReasonRecipient, err
	}
	raw, err := ComposeFor(r.msg, to)
	if err == nil && l.size > 0 && int64(len(raw)) > l.size {
		err = fmt.Errorf("%d bytes, the server takes %d", len(raw), l.size)
	}
	return raw, ReasonContent, err
}

// decides reports whether an error is the server's answer for one recipient. A
// 421 is about the connection: the server is closing it.
func decides(err error) bool {
	code := replyCode(err)
	return code >= 400 && code != 421
}

func (r *run) ended(l *link, asked string, end ending) ending {
	end.err = l.cause(end.err)
	r.log.fail(asked, end.err)
	return end
}

// reset clears a transaction the server refused, so that the next can begin.
func (r *run) reset(l *link, end ending) ending {
	if end.settled {
		l.w.step(l.times.Step)
		end.alive = l.c.Reset() == nil
	}
	return end
}

// settle records the outcome of the first of the rest.
func (r *run) settle(end ending) Outcome {
	d := Delivery{To: r.rest[0], Stage: end.stage}
	r.rest = r.rest[1:]
	if end.refuse != ReasonNone {
		d.Outcome, d.Reason = Refused, end.refuse
	} else {
		d.Outcome, d.Reason = Classify(end.stage, end.err)
	}
	if end.err != nil {
		d.Code, d.Text = r.log.explain(end.err)
	} else {
		d.Code, d.Text = 250, r.log.words(end.text)
	}
	if d.Outcome == Accepted {
		d.QueueID = queueID(d.Text)
	}
	d.Enhanced = enhanced(d.Code, d.Text)
	if d.Outcome == Deferred {
		d.RetryAfter = retryAfter(d.Reason, d.Text)
	}
	r.res.Deliveries = append(r.res.Deliveries, d)
	return d.Outcome
}

// leave records the same end for all of the rest.
func (r *run) leave(stage Stage, err error) {
	for len(r.rest) > 0 {
		r.settle(ending{stage: stage, err: err})
	}
}

func (r *run) refuseAll(err error) {
	r.log.fail(string(StagePrepare), err)
	for len(r.rest) > 0 {
		r.settle(ending{stage: StagePrepare, err: err, refuse: ReasonContent})
	}
}

// leaveUntried records the rest after an Unknown.
func (r *run) leaveUntried() {
	for _, to := range r.rest {
		r.res.Deliveries = append(r.res.Deliveries, Delivery{
			To: to, Outcome: Deferred, Reason: ReasonNetwork, Stage: StageMail,
			Text:       "not tried: the link was lost at the recipient before",
			RetryAfter: retryNetwork,
		})
	}
	r.rest = nil
}
