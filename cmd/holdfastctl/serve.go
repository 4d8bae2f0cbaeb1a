package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model/due"
	"holdfast/model/plain"
	"holdfast/sync/escalate"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// A terminal command may hold the home while serve starts. It is given this
// long to finish; a home that is held longer is served already. Serve looks so
// often because commands may follow each other closely, and one of them could
// else have the home at every look.
const (
	servePatience = 10 * time.Second
	serveAgain    = 2 * time.Millisecond
)

func (a *app) serveCommand() *cobra.Command {
	var opts node.Options
	c := &cobra.Command{
		Use:   "serve",
		Short: "Link to peers and serve this home's commands until interrupted",
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.Intake != "" {
				if err := node.CheckAddress(opts.Intake); err != nil {
					return misused("--intake %s", err)
				}
			}
			if opts.StatusPage != "" {
				if err := node.CheckAddress(opts.StatusPage); err != nil {
					return misused("--status %s", err)
				}
			}
			for _, address := range opts.Peers {
				if err := node.CheckAddress(address); err != nil {
					return misused("--peer %s", err)
				}
			}
			if opts.Listen != "" {
				if err := node.CheckAddress(opts.Listen); err != nil {
					return misused("--listen %s", err)
				}
			}
			if err := a.knowsHome(); err != nil {
				return err
			}
			return a.serve(cmd.Context(), opts)
		},
	}
	c.Flags().StringVar(&opts.Listen, "listen", "", "HOST:PORT to listen on (default: the setting listen, else any address at 7420)")
	c.Flags().StringArrayVar(&opts.Peers, "peer", nil, "HOST:PORT of a peer to link to")
	c.Flags().BoolVar(&opts.Quiet, "no-mdns", false, "neither announce this device on the local network nor look for others")
	c.Flags().StringVar(&opts.Intake, "intake", "", "HOST:PORT to take in alerts at, for those who have the token (config set intake.token), and answers from PagerDuty (config set pagerduty.webhook-secret)")
	c.Flags().StringVar(&opts.StatusPage, "status", "", "HOST:PORT to show a status page at, to be read only: what was sent to the public, and all open incidents for those who have the token (config set status.token)")
	return c
}

func (a *app) serve(ctx context.Context, given node.Options) (err error) {
	ctx, stop := withScript(ctx)
	defer stop()
	opts := a.options()
	opts.Links, opts.Listen, opts.Peers, opts.Quiet = true, given.Listen, given.Peers, given.Quiet
	opts.Intake, opts.StatusPage, opts.OneRoom = given.Intake, given.StatusPage, a.room
	opts.Log = slog.New(slog.NewTextHandler(a.err, nil))
	opts.Remind = remind(opts.Log)
	n, err := openToServe(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if n.ReadOnly() {
		return replica.ErrReadOnly
	}
	if err := a.print(n.Status(), func(w io.Writer) {
		fmt.Fprintf(w, "Listening on %s, home %s, device %s.\n", n.Address(), n.Home().Dir(), n.Home().Device().Key().Short())
		for _, r := range n.Rooms() {
			fmt.Fprintf(w, "Room %s (%s).\n", plain.Line(r.Name()), r.Room().String()[:8])
		}
		if in := n.Status().Intake; in != "" {
			fmt.Fprintf(w, "Taking in alerts at %s.\n", in)
		}
		writeStatusPage(w, n)
		writeWarnings(w, n.Warnings())
	}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// writeStatusPage says where the status page is and what it shows to whom.
func writeStatusPage(w io.Writer, n *node.Node) {
	url := n.Status().StatusPage
	switch {
	case url == "":
	case n.StatusPageOpens():
		fmt.Fprintf(w, "Status page at %s: what was sent to the public. All open incidents for those who have the token, at %swall. A monitor asks %shealthz.\n", url, url, url)
	default:
		fmt.Fprintf(w, "Status page at %s: what was sent to the public. Set a token (config set status.token) to show all open incidents to those who have it, at %swall. A monitor asks %shealthz.\n", url, url, url)
	}
}

// remind has the log of a peer without a screen say what has come due and cannot
// wait until somebody asks, and where to go on: once, and that nobody answers
// again and again.
func remind(log *slog.Logger) func([]escalate.Reminder) {
	return func(list []escalate.Reminder) {
		for _, r := range list {
			if !r.Loud() || r.Again && r.Kind != due.Ladder {
				continue
			}
			level, command := slog.LevelWarn, "due "+r.Incident
			switch r.Kind {
			case due.Ladder:
				level, command = slog.LevelError, "escalate "+r.Incident
			case due.Response, due.Escalation, due.Answer:
				command = "escalate " + r.Incident
			}
			log.Log(context.Background(), level, r.Text, "incident", r.Title, "due", stamp(r.DueAt), "do", "holdfastctl "+command)
		}
	}
}

func openToServe(ctx context.Context, opts node.Options) (*node.Node, error) {
	ctx, cancel := context.WithTimeout(ctx, servePatience)
	defer cancel()
	for {
		n, err := node.Open(opts)
		if !errors.Is(err, replica.ErrHomeInUse) {
			return n, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w; commands on it go through that one", err)
		case <-time.After(serveAgain):
		}
	}
}
