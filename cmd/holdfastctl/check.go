package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "Check every link and signature of the room's record", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "verify", nil, func(w io.Writer, v node.VerifyReply) {
				fmt.Fprintf(w, "Verified: %s, %s, %s.\n", count(v.Feeds, "feed", "feeds"),
					count(int(v.Commits), "commit", "commits"), count(int(v.Signatures), "signature", "signatures"))
				for _, h := range v.Held {
					fmt.Fprintln(w, heldText(h))
				}
				writeFixes(w, v.ClockFixes)
				writeWarnings(w, v.Warnings)
			})
		}),
	}
}

// writeFixes says whose lines stood at a wrong time.
func writeFixes(w io.Writer, fixes []model.ClockFixView) {
	for _, f := range fixes {
		fmt.Fprintln(w, plain.Line(fmt.Sprintf("%s of %s: %s.", f.Name, f.Person, f.Text)))
	}
}

// heldText says from where on a feed is here.
func heldText(h node.HeldView) string {
	whose := h.Person
	if whose == "" {
		whose = "device " + h.Device.Short()
	}
	archives := "an archive"
	if len(h.Archives) > 0 {
		archives = "archive device " + strings.Join(h.Archives, " or ")
	}
	return plain.Line(fmt.Sprintf("Feed %s of %s is here from commit %d; before that: %s.", h.Feed.Short(), whose, h.From, archives))
}

func (a *app) compactCommand() *cobra.Command {
	var older string
	c := &cobra.Command{
		Use: "compact", Short: "Write the room's store anew without what is free in it; safe at any moment", Args: takes(0, 0),
		Long: "Write the room's store anew without what is free in it; safe at any moment.\n" +
			"What is older takes half the space then, and an older version of this program does not open the store any more.\n" +
			"With --older it also lets go of what is older, of closed incidents, and held by an archive that is linked now.\n" +
			"Everything stays readable here; what an archive alone then holds is the signed record of it.",
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			var q struct {
				Days int `json:"days"`
			}
			if older != "" {
				days, err := daysOf(older)
				if err != nil {
					return fmt.Errorf("--older: %w", err)
				}
				q.Days = days
			}
			return query(a, ctx, c, "compact", q, func(w io.Writer, v node.CompactReply) {
				if older != "" {
					fmt.Fprintf(w, "Let go of %s of %s, which an archive holds.\n", count(int(v.LetGo), "commit", "commits"), count(v.Feeds, "feed", "feeds"))
					for _, why := range v.Stays {
						fmt.Fprintf(w, "Not of more in %s.\n", why)
					}
				}
				fmt.Fprintf(w, "The store was %s and is %s.\n", megabytes(v.Before), megabytes(v.After))
			})
		}),
	}
	c.Flags().StringVar(&older, "older", "", "let go of history older than this, such as 365d")
	return c
}

// daysOf reads a number of days: 365 or 365d.
func daysOf(text string) (int, error) {
	days, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "d"))
	if err != nil || days < 1 {
		return 0, fmt.Errorf("%.20q is not a number of days; write 365d", text)
	}
	return days, nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func (a *app) stateCommand() *cobra.Command {
	return groupCommand("state", "Look at the room's state as a whole", &cobra.Command{
		Use: "hash", Short: "Print the digest of the room's state; equal where two devices have the same", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "hash", nil, func(w io.Writer, h node.HashReply) { fmt.Fprintln(w, h.Hash) })
		}),
	})
}

// version is the result of the command version.
type version struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program", Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			v := version{Version: node.Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "holdfastctl %s (%s, %s)\n", v.Version, v.Go, v.System) })
		},
	}
}
