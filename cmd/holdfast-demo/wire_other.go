//go:build !linux

package main

import (
	"context"
	"os/exec"
)

// endWithUs does nothing: this system does not tell a process that its parent
// was killed.
func endWithUs(*exec.Cmd) {}

func newWire(_ context.Context, peers []*peer, _ bool) (wire, error) {
	return &loopback{why: "network namespaces are Linux's", office: peers[0]}, nil
}
