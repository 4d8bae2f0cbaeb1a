package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// homeVariable names the data folder where --home does not.
const homeVariable = "HOLDFAST_HOME"

// homeDir is the data folder to use.
func (a *app) homeDir() string {
	if a.home != "" {
		return a.home
	}
	if dir := os.Getenv(homeVariable); dir != "" {
		return dir
	}
	return filepath.Join(xdg.DataHome, "holdfast")
}

// knowsHome refuses to make a home nobody would look for: without HOME the data
// folder would be in the root of the disk or where the command happens to stand.
func (a *app) knowsHome() error {
	if a.home != "" || os.Getenv(homeVariable) != "" || runtime.GOOS == "windows" ||
		filepath.IsAbs(os.Getenv("HOME")) || filepath.IsAbs(os.Getenv("XDG_DATA_HOME")) {
		return nil
	}
	return fmt.Errorf("HOME is not set, so there is no data folder for this user, and nothing was made; set HOME or %s, or say --home DIR", homeVariable)
}

// options are those of every node this program opens.
func (a *app) options() node.Options {
	return node.Options{Home: a.homeDir(), Secrets: a.secrets(), Now: a.now}
}

// secrets says how the keys are opened: by the passphrase in the environment,
// or by a person, who is asked only at a terminal and only where a passphrase
// was set before.
func (a *app) secrets() secret.Options {
	terminal := a.terminal()
	_, err := os.Stat(filepath.Join(a.homeDir(), secret.FileName))
	if terminal == nil || err != nil || os.Getenv(secret.EnvPassphrase) != "" {
		return secret.Options{}
	}
	return secret.Options{Passphrase: func() ([]byte, error) { return a.ask(terminal, "Passphrase: ") }}
}

// terminal is standard input where a person sits at it, else nil.
func (a *app) terminal() *os.File {
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// ask reads a secret that is not shown while it is typed.
func (a *app) ask(terminal *os.File, prompt string) ([]byte, error) {
	fmt.Fprint(a.err, prompt)
	defer fmt.Fprintln(a.err)
	return term.ReadPassword(int(terminal.Fd()))
}

// work is what a command does with the home.
type work func(ctx context.Context, c *node.Client, args []string) error

// through gives a command the home: opened here, or through its owner.
func (a *app) through(fn work) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		if err := a.knowsHome(); err != nil {
			return err
		}
		c, err := node.Connect(cmd.Context(), a.options())
		if err != nil {
			return err
		}
		c.Room = a.room
		defer func() { err = errors.Join(err, c.Close()) }()
		if own := c.Own(); own != nil && own.ReadOnly() {
			fmt.Fprintf(a.err, "holdfastctl: %s\n", node.ReadOnlySentence)
		}
		return fn(cmd.Context(), c, args)
	}
}

// do carries out a command of the model and prints what text makes of the
// answer, or the answer as JSON.
func (a *app) do(ctx context.Context, c *node.Client, command model.Command, text func(model.Done) string) error {
	done, err := c.Do(ctx, a.confirmed(command))
	if err != nil {
		return err
	}
	return a.tell(done, text)
}

// confirmFlag adds the flag that says of a command which may be taken for a slip that
// it is none.
func (a *app) confirmFlag(c *cobra.Command, what string) {
	c.Flags().BoolVar(&a.confirm, "confirm", false, what)
}

// confirmed gives the command as the flags say it.
func (a *app) confirmed(command model.Command) model.Command {
	if doubtful, ok := command.(model.Doubtful); ok && a.confirm {
		return doubtful.Confirmed()
	}
	return command
}

// tell prints the result of a command: its note, then the text.
func (a *app) tell(done model.Done, text func(model.Done) string) error {
	done.Note = a.noted(done.Note)
	if done.Note != "" && !a.json {
		fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(done.Note))
	}
	return a.print(done, func(w io.Writer) { fmt.Fprintln(w, plain.Line(text(done))) })
}

// noted is a note with what the command line left to be said before it.
func (a *app) noted(note string) string {
	if note == "" {
		return strings.Join(a.remarks, "; ")
	}
	return strings.Join(append(a.remarks, note), "; ")
}

// query asks for a view and prints it: as it came for --json, else by text.
func query[T any](a *app, ctx context.Context, c *node.Client, method string, in any, text func(io.Writer, T)) error {
	var raw json.RawMessage
	if err := c.Call(ctx, method, in, &raw); err != nil {
		return err
	}
	var view T
	if err := json.Unmarshal(raw, &view); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return a.print(raw, func(w io.Writer) { text(w, view) })
}

// print writes a command's result: one JSON document, or text for people.
func (a *app) print(view any, text func(io.Writer)) error {
	out := &sink{w: a.out}
	if a.json {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(view)
	}
	text(out)
	return out.err
}

// sink keeps the first error of a stream, so that a full disk behind a
// redirection is not taken for success.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// ref is how a query names what it is about.
type ref struct {
	Ref string `json:"ref,omitempty"`
	All bool   `json:"all,omitempty"`
	// Public asks for what outsiders may read; Paper names a paper.
	Public bool   `json:"public,omitempty"`
	Paper  string `json:"paper,omitempty"`
	// Text names a text of the incident.
	Text string `json:"text,omitempty"`
}

// zoned reads --zone; nil where it was not given. It is looked at before any
// command, so that a misspelt zone never passes for this machine's.
func (a *app) zoned() (*time.Location, error) {
	if a.zone == "" {
		return nil, nil
	}
	return zoneOf(a.zone)
}

func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q is not known; zones are written Europe/Berlin. Nothing was done", name)
	}
	return zone, nil
}

// local is the zone in which a person writes times.
func (a *app) local(ctx context.Context, c *node.Client) (*time.Location, error) {
	if zone, err := a.zoned(); zone != nil || err != nil {
		return zone, err
	}
	var settings map[string]string
	if err := c.Call(ctx, "config", nil, &settings); err != nil {
		return nil, err
	}
	if name := settings["zone"]; name != "" {
		return zoneOf(name)
	}
	return time.Local, nil
}

// clock reads the times of one command line.
type clock struct {
	zone *time.Location
	now  time.Time
	// remarks gathers what the reading of a time leaves to be said with the result.
	remarks *[]string
}

func (a *app) clock(ctx context.Context, c *node.Client) (clock, error) {
	zone, err := a.local(ctx, c)
	return clock{zone: zone, now: a.now(), remarks: &a.remarks}, err
}

// moment reads when something happened, as the flag says; no text is no time.
func (a *app) moment(ctx context.Context, c *node.Client, flag, text string) (when.Moment, error) {
	if text == "" {
		return when.Moment{}, nil
	}
	k, err := a.clock(ctx, c)
	if err != nil {
		return when.Moment{}, err
	}
	return k.past(flag, text)
}

// when is moment for who needs the time alone.
func (a *app) when(ctx context.Context, c *node.Client, flag, text string) (time.Time, error) {
	m, err := a.moment(ctx, c, flag, text)
	return m.At, err
}

// past reads when something happened; no text is no time.
func (k clock) past(flag, text string) (when.Moment, error) {
	if text == "" {
		return when.Moment{}, nil
	}
	m, err := when.Parse(text, k.now, k.zone)
	if err != nil {
		return m, fmt.Errorf("--%s: %w", flag, err)
	}
	k.remark(m)
	return m, nil
}

// remark keeps what is to be said of a time that was read.
func (k clock) remark(m when.Moment) {
	if m.Remark != "" {
		*k.remarks = append(*k.remarks, m.Remark)
	}
}

// ahead reads a deadline: a span from now, or a time to come.
func (k clock) ahead(flag, text string) (time.Time, error) {
	at, err := when.Ahead(text, k.now, k.zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--%s: %w", flag, err)
	}
	return at, nil
}
