package main

import (
	"context"
	"fmt"
	"os/exec"

	"holdfast/sync/node"
	"holdfast/sync/outbox/mail/smtptest"
)

// The two sites of the play. The line between them is what is lost.
const (
	office = "office"
	centre = "data centre"
)

// wire is the network between the peers.
type wire interface {
	// says tells how the network is made and how it is cut.
	says() string
	// command prepares a program to run where a peer stands.
	command(ctx context.Context, p *peer, program string, args ...string) *exec.Cmd
	// address is where a peer listens.
	address(p *peer) string
	// mail starts the mail server, which stands in the office.
	mail(opt smtptest.Options) (*smtptest.Server, error)
	// mailPort is where the data centre finds the mail server, given the port
	// it listens on and whether the line is cut.
	mailPort(port int, cut bool) int
	// cut parts the two sites, heal joins them.
	cut(ctx context.Context) error
	heal(ctx context.Context) error
	close() error
}

// nowhere is a port nothing listens on: tcpmux, long out of use.
const nowhere = 1

// loopback is the network where this program may make none: all peers on
// 127.0.0.1, and the office's links cut by its own switch.
type loopback struct {
	why    string
	office *peer
}

func (l *loopback) says() string {
	return "All peers are on 127.0.0.1 (" + l.why + "). The office is cut off by Holdfast's own switch."
}

func (l *loopback) command(ctx context.Context, _ *peer, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, program, args...)
}

func (l *loopback) address(*peer) string { return "127.0.0.1:0" }

func (l *loopback) mail(opt smtptest.Options) (*smtptest.Server, error) { return smtptest.New(opt) }

// mailPort leads nowhere during the cut: on one machine there is no line to
// the mail server that could be lost.
func (l *loopback) mailPort(port int, cut bool) int {
	if cut {
		return nowhere
	}
	return port
}

func (l *loopback) cut(ctx context.Context) error  { return l.online(ctx, false) }
func (l *loopback) heal(ctx context.Context) error { return l.online(ctx, true) }
func (l *loopback) close() error                   { return nil }

func (l *loopback) online(ctx context.Context, on bool) error {
	c, err := node.Connect(ctx, node.Options{Home: l.office.home})
	if err != nil {
		return fmt.Errorf("switch the links of %s: %w", l.office.person, err)
	}
	defer c.Close()
	return c.Call(ctx, "links", node.LinksRequest{Online: on}, nil)
}
