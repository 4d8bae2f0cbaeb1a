package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

// sits reports whether a person sits at the program: input and output are a
// terminal, so that neither a script nor $(holdfastctl declare ...) waits for
// an answer.
func sits() bool {
	return term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
}

// askTools asks which of the responders' own tools are down: the first thing to
// find out after the declaration, which stands already. The home is free while a
// person thinks. Where nobody sits here it says how it is answered.
func (a *app) askTools(cmd *cobra.Command, code string) error {
	if a.json {
		return nil
	}
	if a.sits == nil || !a.sits() {
		a.saysTools(code)
		return nil
	}
	in := bufio.NewReader(a.in)
	for {
		fmt.Fprint(a.err, "Which tools are down? As in: chat, vpn (none = all work, Enter = later): ")
		answer, ok := a.line(cmd.Context(), in)
		if !ok || answer == "" {
			a.saysTools(code)
			return nil
		}
		var done model.Done
		err := a.through(func(ctx context.Context, c *node.Client, _ []string) (err error) {
			done, err = setTools(ctx, c, code, answer)
			return err
		})(cmd, nil)
		if err == nil {
			if done.Note == "" {
				done.Note = "the tools are answered for"
			}
			fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(done.Note))
			return nil
		}
		a.complain(err)
	}
}

// saysTools says that nobody knows yet, and how it is answered.
func (a *app) saysTools(code string) {
	fmt.Fprintf(a.err, "holdfastctl: nobody has said which tools are down; say it: `holdfastctl tools %[1]s chat=down`, and `holdfastctl tools %[1]s` lists them\n", code)
}

// line reads a line of a person's; not ok where there is none, or the program is
// to end.
func (a *app) line(ctx context.Context, in *bufio.Reader) (text string, ok bool) {
	type read struct {
		text string
		err  error
	}
	typed := make(chan read, 1)
	go func() { // ends with the line, or with the program: a read of a terminal is not broken off
		text, err := in.ReadString('\n')
		typed <- read{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return "", false
	case r := <-typed:
		if r.err != nil {
			fmt.Fprintln(a.err)
		}
		return strings.TrimSpace(r.text), r.err == nil || r.text != ""
	}
}

// setTools writes an answer such as "chat, vpn", "chat down, vpn shaky" or
// "chat=down"; none says that all work nobody said anything of.
func setTools(ctx context.Context, c *node.Client, code, answer string) (model.Done, error) {
	states := map[string]string{}
	if strings.EqualFold(answer, "none") {
		var v model.ResponseView
		if err := c.Call(ctx, "response", ref{Ref: code}, &v); err != nil {
			return model.Done{}, err
		}
		for _, t := range v.Tools {
			if t.State == model.ToolUnknown {
				states[t.ID] = model.ToolUp
			}
		}
		if len(states) == 0 {
			return model.Done{}, nil
		}
		return c.Do(ctx, model.SetTools{Incident: code, Tools: states})
	}
	for _, part := range toolParts(answer) {
		name, state := strings.Join(part, " "), model.ToolDown
		if last := strings.ToLower(part[len(part)-1]); len(part) > 1 && slices.Contains(model.ToolStates[:], last) {
			name, state = strings.Join(part[:len(part)-1], " "), last
		}
		if was, twice := states[name]; twice && was != state {
			return model.Done{}, fmt.Errorf("%s is said to be %s and %s; nothing was changed", name, was, state)
		}
		states[name] = state
	}
	return c.Do(ctx, model.SetTools{Incident: code, Tools: states})
}

// toolParts cuts an answer into the words of one tool each: at commas, or, where
// there are none, after each word that no state follows.
func toolParts(answer string) (parts [][]string) {
	answer = strings.ReplaceAll(answer, "=", " ")
	if strings.Contains(answer, ",") {
		for part := range strings.SplitSeq(answer, ",") {
			if words := strings.Fields(part); len(words) > 0 {
				parts = append(parts, words)
			}
		}
		return parts
	}
	for _, word := range strings.Fields(answer) {
		if len(parts) > 0 && slices.Contains(model.ToolStates[:], strings.ToLower(word)) {
			parts[len(parts)-1] = append(parts[len(parts)-1], word)
			continue
		}
		parts = append(parts, []string{word})
	}
	return parts
}
