package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) textCommand() *cobra.Command {
	return groupCommand("text", "Read and write the texts people write together", a.textShowCommand(), a.textEditCommand())
}

func (a *app) textShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show INC [FIELD]", Short: "Print a text, such as summary or pm.root-cause; without FIELD list those there are", Args: takes(1, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 2 {
				return query(a, ctx, c, "text", ref{Ref: args[0], Text: args[1]}, func(w io.Writer, v model.TextView) {
					io.WriteString(w, a.shown(v.Text))
					if v.Unplaced != "" {
						fmt.Fprintf(a.err, "holdfastctl: this was written at a place that is not here; write it again where it belongs: %s\n", plain.Line(v.Unplaced))
					}
				})
			}
			return query(a, ctx, c, "texts", ref{Ref: args[0]}, func(w io.Writer, texts []model.TextBrief) {
				t := newTable("FIELD", "CHARACTERS", "EDITED", "WRITERS")
				for _, v := range texts {
					t.add(v.Field, fmt.Sprint(v.Characters), stamp(v.EditedAt), strings.Join(v.Writers, ", "))
				}
				t.write(w, "Nothing was written yet.")
			})
		}),
	}
}

// shown is a text as standard output takes it: made fit for a terminal and ended by a
// newline, or just as it was written, so that what goes to a file and is edited there
// comes back the same.
func (a *app) shown(text string) string {
	if f, ok := a.out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return text
	}
	text = plain.Block(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

func (a *app) textEditCommand() *cobra.Command {
	var base string
	c := &cobra.Command{
		Use:   "edit INC FIELD [FILE|-]",
		Short: "Make a text what FILE says; without FILE in the editor $VISUAL or $EDITOR names",
		Long: "Make a text what FILE says, or standard input. Without FILE it is opened in the editor $VISUAL or $EDITOR names.\n" +
			"What others write while the editor is open stays. FILE is compared with the text as it is now, or with the one\n" +
			"--base holds: what \"text show INC FIELD --json\" printed when the edit began.",
		Args: takes(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			e := model.EditText{Incident: args[0], Field: args[1]}
			switch {
			case len(args) == 2 && base != "":
				return misused("--base belongs to a FILE; the editor sees to it itself")
			case len(args) == 2:
				return a.inEditor(cmd, e)
			}
			if err := a.fromFile(&e, args[2], base); err != nil {
				return err
			}
			return a.editText(cmd, e)
		},
	}
	c.Flags().StringVar(&base, "base", "", "file with the text the edit was made on, as --json prints it")
	return c
}

// fromFile reads the text, and what it was made on.
func (a *app) fromFile(e *model.EditText, file, base string) error {
	text, err := a.longText(file)
	if err != nil || base == "" {
		e.Text = text
		return err
	}
	b, err := readBounded(base, 16*model.MaxLongText) // its version may be longer than the text
	if err != nil {
		return err
	}
	var v model.TextView
	if err := json.Unmarshal(b, &v); err != nil || v.Field != e.Field || v.Version == "" {
		return fmt.Errorf("%s is not what \"text show %s %s --json\" prints; nothing was changed", base, e.Incident, e.Field)
	}
	e.Text, e.Base, e.Seen = text, v.Version, v.Text
	return nil
}

// longText reads a text from a file or standard input.
func (a *app) longText(file string) (string, error) {
	if file != "-" {
		b, err := readBounded(file, model.MaxLongText)
		return string(b), err
	}
	b, err := io.ReadAll(io.LimitReader(a.in, model.MaxLongText+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read standard input: %w", err)
	case len(b) > model.MaxLongText:
		return "", fmt.Errorf("the text on standard input is longer than %d bytes, the limit", model.MaxLongText)
	}
	return string(b), nil
}

func (a *app) editText(cmd *cobra.Command, e model.EditText) error {
	return a.through(func(ctx context.Context, c *node.Client, _ []string) error {
		return a.do(ctx, c, e, func(model.Done) string { return e.Field })
	})(cmd, nil)
}

// inEditor lets a person write in the editor of their choice; the home is free
// for others meanwhile. Where what was written cannot be taken, the file stays.
func (a *app) inEditor(cmd *cobra.Command, e model.EditText) error {
	editor := strings.Fields(cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR")))
	if len(editor) == 0 {
		return misused("name a FILE, - for standard input, or an editor in $EDITOR")
	}
	var v model.TextView
	err := a.through(func(ctx context.Context, c *node.Client, _ []string) error {
		return c.Call(ctx, "text", ref{Ref: e.Incident, Text: e.Field}, &v)
	})(cmd, nil)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "holdfast-")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "text.md")
	if err := os.WriteFile(file, []byte(v.Text), 0o600); err != nil {
		return err
	}
	run := exec.CommandContext(cmd.Context(), editor[0], append(editor[1:], file)...)
	run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
	e.Base, e.Seen = v.Version, v.Text
	if err = run.Run(); err == nil {
		if e.Text, err = a.longText(file); err == nil {
			err = a.editText(cmd, e)
		}
	}
	if err != nil {
		return fmt.Errorf("%w; the text is kept in %s", err, file)
	}
	return os.RemoveAll(dir)
}
