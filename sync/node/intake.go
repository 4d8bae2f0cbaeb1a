package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"holdfast/model"
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
	if token, err := n.home.Secrets().Value(intakeToken); err != nil || len(token) < intake.MinToken {
		return fmt.Errorf("alerts are let in by a token of at least %d characters, and there is none; set one with `config set %s`, it is read from standard input", intake.MinToken, intakeToken)
	}
	room, err := (&request{node: n, room: n.opts.IntakeRoom}).pick()
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
	server := in.Server()
	server.BaseContext = func(net.Listener) context.Context { return n.ctx }
	stop := context.AfterFunc(n.ctx, func() { _ = server.Close() }) // senders try again
	n.spawn(func() {
		defer stop()
		if err := server.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			n.log.Error("listening for alerts ended", "error", err)
		}
	})
	return nil
}

// sealed puts TLS around a listener, where a certificate is set.
func (n *Node) sealed(ln net.Listener) (net.Listener, error) {
	cert, key := n.config.value("intake.cert"), n.config.value("intake.key")
	host := ln.Addr().(*net.TCPAddr).IP
	switch {
	case cert == "" && host.IsLoopback():
		return ln, nil
	case cert == "":
		return nil, errors.Join(fmt.Errorf("%s can be reached from other machines, so the token must be sealed on its way: set intake.cert and intake.key to PEM files, or listen on 127.0.0.1 behind a proxy", ln.Addr()), ln.Close())
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the certificate of the intake cannot be used: %w; look at intake.cert and intake.key", err), ln.Close())
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
