package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) toolsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tools INC [TOOL=STATE]...",
		Short: "Say which tools of the responders are up, shaky, down or unknown; shows what takes their place",
		Args:  takes(1, 100),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 1 {
				return query(a, ctx, c, "response", ref{Ref: args[0]}, writeTools)
			}
			states, err := pairs(args[1:])
			if err != nil {
				return err
			}
			return a.do(ctx, c, model.SetTools{Incident: args[0], Tools: states}, code)
		}),
	}
}

func writeTools(w io.Writer, v model.ResponseView) {
	t := newTable("TOOL", "STATE", "TESTED", "BY", "NEXT")
	for _, tool := range v.Tools {
		t.add(tool.ID, tool.State, stamp(tool.At), tool.By, tool.Next)
	}
	t.write(w, "The policy names no tools.")
	for _, use := range v.Fallbacks {
		fmt.Fprintln(w, plain.Line(use))
	}
}
