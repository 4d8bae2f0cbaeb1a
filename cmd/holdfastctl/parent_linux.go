package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"

	"golang.org/x/sys/unix"
)

// withScript ends the context when the script that started this process dies.
// A script has no job control: its background children share its process group
// and would stay behind as orphans that hold the home and the port. What a
// person starts from a shell, a service manager starts, or nohup or setsid
// detach, goes on: it leads a group of its own, or ignores SIGHUP.
func withScript(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	if unix.Getpgrp() == os.Getpid() || parent <= 1 || signal.Ignored(unix.SIGHUP) {
		return ctx, cancel
	}
	died := make(chan os.Signal, 1)
	signal.Notify(died, unix.SIGUSR2)
	ended := make(chan struct{})
	go func() { // joined by the function given back
		defer close(ended)
		defer signal.Stop(died)
		// The kernel keeps the wish with the thread that made it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGUSR2), 0, 0, 0); err != nil {
			return
		}
		for os.Getppid() == parent {
			select {
			case <-ctx.Done():
				return
			case <-died:
			}
		}
		cancel()
	}()
	return ctx, func() {
		cancel()
		<-ended
	}
}
