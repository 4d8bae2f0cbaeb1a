package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"holdfast/sync/bundle"
	"holdfast/sync/node"
)

func (a *app) bundleCommand() *cobra.Command {
	var q node.BundleRequest
	export := &cobra.Command{
		Use: "export FILE", Short: "Write the room's record to a file to be carried by hand", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			if q.Path, err = filepath.Abs(args[0]); err != nil {
				return err
			}
			if q.Since != "" {
				if q.Since, err = filepath.Abs(q.Since); err != nil {
					return err
				}
			}
			return query(a, ctx, c, "bundle/export", q, func(w io.Writer, s bundle.Summary) {
				fmt.Fprintf(w, "Wrote %s of %s. Only devices of the room can read them.\n",
					count(int(s.Commits), "commit", "commits"), count(s.Feeds, "feed", "feeds"))
				if s.LetGo > 0 {
					fmt.Fprintf(w, "Not in it: %s that this device let go of. An archive of the room can export them.\n", count(int(s.LetGo), "commit", "commits"))
				}
				if q.Attachments {
					fmt.Fprintf(w, "With it go %s of attachments.\n", count(s.Chunks, "part", "parts"))
				}
			})
		}),
	}
	export.Flags().StringVar(&q.Since, "since", "", "an earlier bundle: leave out what it holds or builds on")
	export.Flags().StringVar(&q.Incident, "incident", "", "only what this incident needs: its feeds as far as they tell of it, and the room's own changes")
	export.Flags().BoolVar(&q.Attachments, "attachments", false, "take along the attachments that are here")
	return groupCommand("bundle", "Carry the record by hand where no network does", export, &cobra.Command{
		Use: "import FILE", Short: "Take over the record in a file; twice changes nothing", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			return query(a, ctx, c, "bundle/import", node.BundleRequest{Path: path}, func(w io.Writer, s bundle.Summary) {
				fmt.Fprintf(w, "Read %s; %s new here.\n", count(int(s.Commits), "commit", "commits"), isAre(s.New))
				if s.Chunks > 0 {
					fmt.Fprintf(w, "With it came %s of attachments.\n", count(s.Chunks, "part", "parts"))
				}
			})
		}),
	})
}

func isAre(n uint64) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}
