package model

import (
	"strings"
	"unicode"
)

// tellingWords may not be in a code name: it is read on calendars and screens
// by people who must not know.
var tellingWords = []string{"incident", "breach", "hack", "attack", "security", "intru", "ransom", "malware", "leak", "privacy", "legal", "forensic"}

// CodeName checks a code name: two harmless words or more, such as Quiet
// Harbour.
func CodeName(text string) (string, error) {
	words := strings.Fields(text)
	name := strings.Join(words, " ")
	for _, telling := range tellingWords {
		if strings.Contains(strings.ToLower(name), telling) {
			return "", refuse("%q tells what it is about: a code name has no %q in it. Nothing was made", name, telling)
		}
	}
	odd := strings.ContainsFunc(name, func(r rune) bool { return r != ' ' && !unicode.IsLetter(r) })
	if len(words) < 2 || odd || len(name) > MaxName-len(roomPrefix) {
		return "", refuse("%.60q is no code name; write two harmless words, such as Quiet Harbour. Nothing was made", text)
	}
	return name, nil
}

const roomPrefix = "proj-"

// CodeRoom gives the name of the room of a code name: proj-quiet-harbour.
func CodeRoom(codeName string) string {
	return roomPrefix + strings.ReplaceAll(strings.ToLower(codeName), " ", "-")
}

// ConfidentialRoom reports whether a room has the name of one of a code name.
func ConfidentialRoom(name string) bool { return strings.HasPrefix(name, roomPrefix) }
