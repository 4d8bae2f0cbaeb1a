//go:build !linux

package main

import "context"

// withScript is for systems that tell a process of its parent's death; this
// one does not.
func withScript(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
