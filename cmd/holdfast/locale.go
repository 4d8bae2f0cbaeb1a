package main

import (
	"os"
	"strings"
)

// sayLanguage names a language to the toolkit where the system names none. It reads
// the variables of gettext, takes C and POSIX for languages, and complains on
// standard error that they are not; Holdfast's words are English.
func sayLanguage() error {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if language, _, _ := strings.Cut(value, "."); language == "C" || language == "POSIX" {
			return os.Setenv(name, "en_GB.UTF-8") // the first that is set is the one that is read
		}
		return nil
	}
	return os.Setenv("LANG", "en_GB.UTF-8")
}
