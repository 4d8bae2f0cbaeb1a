package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"holdfast/model"
)

// skewed is the program on a machine whose clock is 3 h ahead.
func skewed() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: func() time.Time { return time.Now().Add(3 * time.Hour) }}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// recent HOME INC SPAN demands that all of an incident is shown as of the last span,
// and was written in it; with ! that something is not.
func recent(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(ts.Exec("holdfastctl", "--home", args[0], "--json", "timeline", args[1]))
	span, err := time.ParseDuration(args[2])
	ts.Check(err)
	var rows []model.TimelineRow
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &rows))
	if len(rows) < 3 {
		ts.Fatalf("%d rows", len(rows))
	}
	other := ""
	for _, r := range rows {
		for _, at := range []time.Time{r.At, r.RecordedAt} {
			if ago := time.Since(at); ago < -time.Minute || ago > span {
				other = fmt.Sprintf("%q is shown at %s, %s ago", r.Text, at, ago)
			}
		}
	}
	if neg != (other != "") {
		ts.Fatalf("recent: %v: %s", !neg, other)
	}
}
