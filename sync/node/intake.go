package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"holdfast/model"
	"holdfast/sync/guard"
	"holdfast/sync/intake"
	"holdfast/sync/intake/alert"
	"holdfast/sync/intake/pagerhook"
	"holdfast/sync/outbox/pagerduty"
)

// intakeToken is the secret that lets a sender of alerts in.
const intakeToken = "intake.token"

// listenForAlerts opens the intake for one room. It is plain HTTP on this
// machine alone: elsewhere the token would be readable on the way.
func (n *Node) listenForAlerts() error {
	if token, err := n.home.Secrets().Value(intakeToken); err != nil || len(token) < guard.MinToken {
		return fmt.Errorf("alerts are let in by a token of at least %d characters, and there is none; set one with `config set %s`, it is read from standard input", guard.MinToken, intakeToken)
	}
	room, err := (&request{node: n, room: n.opts.OneRoom}).pick()
	if err != nil {
		return fmt.Errorf("alerts go to one room: %w", err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(n.ctx, "tcp", n.opts.Intake)
	if err != nil {
		return fmt.Errorf("listen for alerts: %w", err)
	}
	n.intake = ln.Addr().String()
	if ln, err = n.sealed(ln); err != nil {
		return err
	}
	in := &intake.Intake{
		Token: func() ([]byte, error) { return n.home.Secrets().Value(intakeToken) }, Take: room.takeFromIntake,
		Secret: func() ([]byte, error) { return n.home.Secrets().Value(pagerHook) }, Answer: room.takePagerAnswer,
		Now: room.Now, Log: n.log,
	}
	n.serveHTTP(in.Server(), ln, "listening for alerts")
	return nil
}

// serveHTTP serves until the node closes. What is at work then is broken off: senders
// and readers try again.
func (n *Node) serveHTTP(server *http.Server, ln net.Listener, what string) {
	server.BaseContext = func(net.Listener) context.Context { return n.ctx }
	stop := context.AfterFunc(n.ctx, func() { _ = server.Close() })
	n.spawn(func() {
		defer stop()
		if err := server.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			n.log.Error(what+" ended", "error", err)
		}
	})
}

// sealed puts TLS around the listener of the intake, where a certificate is set.
func (n *Node) sealed(ln net.Listener) (net.Listener, error) {
	if n.config.value("intake.cert") != "" {
		return n.withTLS(ln, "intake")
	}
	if ln.Addr().(*net.TCPAddr).IP.IsLoopback() {
		return ln, nil
	}
	return nil, errors.Join(fmt.Errorf("%s can be reached from other machines, so the token must be sealed on its way: set intake.cert and intake.key to PEM files, or listen on 127.0.0.1 behind a proxy", ln.Addr()), ln.Close())
}

// withTLS seals a listener with the certificate in the settings NAME.cert and
// NAME.key. It closes the listener where that fails.
func (n *Node) withTLS(ln net.Listener, name string) (net.Listener, error) {
	pair, err := tls.LoadX509KeyPair(n.config.value(name+".cert"), n.config.value(name+".key"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the certificate of %s cannot be used: %w; look at %[1]s.cert and %[1]s.key", name, err), ln.Close())
	}
	return tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

// takeFromIntake writes what came in by itself.
func (r *Room) takeFromIntake(ctx context.Context, batch alert.Batch) (intake.Taken, error) {
	report, err := r.TakeAlerts(ctx, batch, model.ViaIntake, "", false)
	if errors.Is(err, model.ErrRefused) {
		err = fmt.Errorf("%w: %w", intake.ErrRejected, err)
	}
	return intake.Taken{Alerts: report.Alerts, New: report.New, Known: report.Known, Warnings: report.Warnings}, err
}

// takePagerAnswer records who answered a page of this room in PagerDuty.
func (r *Room) takePagerAnswer(ctx context.Context, a pagerhook.Answer) (string, error) {
	key, ok := pagerduty.ParseKey(a.Key)
	if !ok || key.Room != r.Room().String() {
		return "", fmt.Errorf("%w: the incident there is of no page of this room", intake.ErrRejected)
	}
	paged := false
	r.View(func(s *model.State) { paged = s.PagedBy(key.Incident, key.Person) })
	if !paged {
		return "", fmt.Errorf("the page of %s is %w; try again", key.Incident, intake.ErrLater)
	}
	done, err := r.Do(ctx, model.AnswerPager{Incident: key.Incident, Person: key.Person, By: a.By, At: a.At, Event: a.Event, Resolved: a.Resolved})
	if errors.Is(err, model.ErrRefused) {
		err = fmt.Errorf("%w: %w", intake.ErrRejected, err)
	}
	return done.Note, err
}
