package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"holdfast/sync/node"
)

// send PATH BODY STATUS posts to the intake of the process that owns the home,
// with the token of the story, and demands a status.
func send(ts *testscript.TestScript, _ bool, args []string) {
	var status node.Status
	eventually(ts, "an intake", func() bool {
		c, err := node.Connect(context.Background(), node.Options{Home: ts.Getenv("HOLDFAST_HOME")})
		ts.Check(err)
		defer c.Close()
		ts.Check(c.Call(context.Background(), "status", nil, &status))
		return status.Intake != "" // else this process had the home for a moment
	})
	r, err := http.NewRequest(http.MethodPost, "http://"+status.Intake+args[0], strings.NewReader(args[1]))
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile("token")))
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	answer.Body.Close()
	if strconv.Itoa(answer.StatusCode) != args[2] {
		ts.Fatalf("%s answers %s", args[0], answer.Status)
	}
}
