// Package files reads paths that people type, and the folders that a chooser of
// files shows. Reading a folder may take long, as on a disk in the network, so
// it is never done on the UI goroutine.
package files

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Path makes a whole path of what was typed, dropped or pasted: quotes and
// file:// are taken off, and ~ is the home folder. why is empty where it is one.
// It does not look at the disk.
func Path(typed string) (path, why string) {
	path = strings.Trim(strings.TrimSpace(typed), `"'`)
	if u, err := url.Parse(path); err == nil && u.Scheme == "file" {
		path = filepath.FromSlash(u.Path)
	}
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0]) || rest[0] == '/') {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", "this user has no home folder; write the whole path"
		}
		path = filepath.Join(home, rest)
	}
	switch {
	case path == "" || strings.ContainsAny(path, "\r\n\x00"):
		return "", "one path is needed, such as ~/Pictures/error.png"
	case !filepath.IsAbs(path):
		return "", "write the whole path, or begin with ~/ for your home folder"
	}
	return filepath.Clean(path), ""
}

// Split parts what was typed into a folder, as it was typed, and the beginning of
// a name in it. A folder alone ends in a separator.
func Split(typed string) (folder, name string) {
	at := strings.LastIndexFunc(typed, func(r rune) bool { return r == '/' || r < 0x80 && os.IsPathSeparator(uint8(r)) })
	return typed[:at+1], typed[at+1:]
}
