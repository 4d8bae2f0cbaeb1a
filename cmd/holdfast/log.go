package main

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"holdfast/sync/replica"
)

// maxLog is where the log begins anew, the old one kept beside it: a few
// months of a desktop that notes what went wrong alone.
const maxLog = 4 << 20

// logs are what the program notes, and what it says when it crashes: files in
// the home, because a desktop has no terminal to print to. Where the home takes
// no writes there are no files, and notes go to standard error.
type logs struct {
	*slog.Logger
	file, crash *os.File
}

func openLogs(home string) (*logs, error) {
	l, err := openFiles(home)
	if replica.TakesNoWrites(err) {
		return &logs{Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}, nil
	}
	return l, err
}

func openFiles(home string) (*logs, error) {
	path, crash := filepath.Join(home, "holdfast.log"), filepath.Join(home, "crash.log")
	_, err := setAside(path, maxLog)
	if err != nil {
		return nil, err
	}
	crashed, err := setAside(crash, 0)
	if err != nil {
		return nil, err
	}
	l := &logs{}
	if l.file, err = appendTo(path); err != nil {
		return nil, err
	}
	if l.crash, err = appendTo(crash); err != nil {
		return nil, errors.Join(err, l.file.Close())
	}
	if err := debug.SetCrashOutput(l.crash, debug.CrashOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("open the crash file: %w", err), l.file.Close(), l.crash.Close())
	}
	l.Logger = slog.New(slog.NewTextHandler(l.file, nil))
	log.SetOutput(l.file) // what the toolkit notes; a terminal gets the one sentence of main
	if crashed {
		l.Warn("the last run crashed", "where", crash+".1")
	}
	return l, nil
}

// setAside moves a file that is larger than a size beside itself, in place of
// the one moved there before.
func setAside(path string, size int64) (moved bool, err error) {
	info, err := os.Stat(path)
	if err != nil || info.Size() <= size {
		return false, nil
	}
	if err := os.Rename(path, path+".1"); err != nil {
		return false, fmt.Errorf("open the log: %w", err)
	}
	return true, nil
}

func appendTo(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return f, nil
}

// close ends the logs. A crash file that is empty goes, so that one that is
// there means something.
func (l *logs) close() error {
	if l.file == nil {
		return nil
	}
	info, err := l.crash.Stat()
	empty := err == nil && info.Size() == 0
	log.SetOutput(os.Stderr)
	err = errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), l.crash.Close(), l.file.Close())
	if empty {
		err = errors.Join(err, os.Remove(l.crash.Name()))
	}
	return err
}
