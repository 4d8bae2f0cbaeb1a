package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"holdfast/sync/node"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "Check every link and signature of the room's record", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "verify", nil, func(w io.Writer, v node.VerifyReply) {
				fmt.Fprintf(w, "Verified: %s, %s, %s.\n", count(v.Feeds, "feed", "feeds"),
					count(int(v.Commits), "commit", "commits"), count(int(v.Signatures), "signature", "signatures"))
				writeWarnings(w, v.Warnings)
			})
		}),
	}
}

func (a *app) compactCommand() *cobra.Command {
	return &cobra.Command{
		Use: "compact", Short: "Write the room's store anew without what is free in it; safe at any moment", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "compact", nil, func(w io.Writer, v node.CompactReply) {
				fmt.Fprintf(w, "The store was %s and is %s.\n", megabytes(v.Before), megabytes(v.After))
			})
		}),
	}
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
