package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"holdfast/sync/node"
)

// send PATH BODY STATUS posts to the intake of the process that owns the home,
// with the token of the story, and demands a status.
func send(ts *testscript.TestScript, _ bool, args []string) {
	status := serving(ts, "an intake", func(s node.Status) bool { return s.Intake != "" })
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

// serving waits until the process that owns the home says that it serves something.
func serving(ts *testscript.TestScript, what string, is func(node.Status) bool) (status node.Status) {
	eventually(ts, what, func() bool {
		c, err := node.Connect(context.Background(), node.Options{Home: ts.Getenv("HOLDFAST_HOME")})
		ts.Check(err)
		defer c.Close()
		ts.Check(c.Call(context.Background(), "status", nil, &status))
		return is(status) // else this process had the home for a moment
	})
	return status
}

// fetch PATH STATUS [FILE] asks the status page of the process that owns the home,
// with the token in a file where one is named, demands a status and keeps the answer
// in the file fetched.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	status := serving(ts, "a status page", func(s node.Status) bool { return s.StatusPage != "" })
	r, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(status.StatusPage, "/")+args[0], nil)
	ts.Check(err)
	if len(args) > 2 {
		r.SetBasicAuth("wall", strings.TrimSpace(ts.ReadFile(args[2])))
	}
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	body, err := io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close(), os.WriteFile(ts.MkAbs("fetched"), body, 0o600)))
	if strconv.Itoa(answer.StatusCode) != args[1] {
		ts.Fatalf("%s answers %s: %s", args[0], answer.Status, body)
	}
}
