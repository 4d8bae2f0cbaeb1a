//go:build unix

package secret

import (
	"fmt"
	"os"
	"path/filepath"
)

// ownFile refuses a file others can read, in any folder ownFolder refuses.
func ownFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if m := info.Mode().Perm(); m&0o077 != 0 {
		return fmt.Errorf("%w: the file has mode %04o; if nobody else has read it, run: chmod 600 %q", ErrExposed, m, path)
	}
	return ownFolder(filepath.Dir(path))
}

// ownFolder refuses a folder others can write to: they could put their own
// file in the place of ours.
func ownFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if m := info.Mode().Perm(); m&0o022 != 0 {
		return fmt.Errorf("%w: the folder has mode %04o; if nobody else has written there, run: chmod 700 %q", ErrExposed, m, dir)
	}
	return nil
}

// syncFolder makes a rename in dir durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
