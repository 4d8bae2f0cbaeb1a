package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// openPaper makes the file of a recovery key before the room: a room whose key
// could not be written would be worse than none.
func openPaper(path string) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the recovery key: %w; no room was made", err)
	}
	return f, nil
}

// dropPaper removes the file of a room that was not made.
func dropPaper(f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writePaper writes the recovery key, and takes it out of what is shown.
func (a *app) writePaper(f *os.File, made *node.RoomReply) error {
	text, qr := made.Recovery, made.RecoveryQR
	made.Recovery, made.RecoveryQR = "", ""
	if f == nil {
		return nil
	}
	_, err := fmt.Fprintf(f, "Recovery key of %s. Whoever holds this rules the room: print it, put it away, delete the file.\n"+
		"To use it, in a new home: holdfastctl --home DIR room recover FILE\n\n%s\n\n%s", made.Name, text, qr)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the room %s was made, and its recovery key was not written: %w", made.Name, err)
	}
	fmt.Fprintf(a.err, "holdfastctl: the recovery key is in %s. Print it, put it away, and delete the file: whoever holds it rules the room.\n", f.Name())
	return nil
}

func (a *app) roomRecoverCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recover FILE",
		Short: "Make a new home the device of a room's recovery key, read from a file, or from - for standard input",
		Long: "Make a new home the device of a room's recovery key, which outranks every admin. The room's record comes from\n" +
			"a peer (`serve --peer HOST:PORT`) or a stick (`bundle import`); then invite new admins and remove lost devices.",
		Args: takes(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return a.recover(args[0]) },
	}
}

// maxPaper bounds the file of a recovery key: a text and a QR code.
const maxPaper = 64 << 10

func (a *app) recover(path string) (err error) {
	in := a.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxPaper))
	if err != nil {
		return err
	}
	paper, err := identity.FindRecovery(string(b))
	if err != nil {
		return err
	}
	opts := a.options()
	home, err := replica.OpenHome(opts.Home, opts.Secrets, replica.Options{Log: opts.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, home.Close()) }()
	if err := home.Recover(paper); err != nil {
		return err
	}
	made := node.RoomReply{ID: paper.Room().String()}
	return a.print(made, func(w io.Writer) {
		fmt.Fprintln(w, "This home holds the recovery key now. Fetch the record with `serve --peer HOST:PORT` or `bundle import`.")
	})
}
