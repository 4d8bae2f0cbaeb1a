package model

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestParseIDReadsAsTheEncoding holds the reading of ids to the encoding they
// are written with.
func TestParseIDReadsAsTheEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		text := id.String()
		if rapid.Bool().Draw(t, "lower") {
			text = strings.ToLower(text)
		}
		if rapid.Bool().Draw(t, "spoiled") {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			text = text[:at] + string(rapid.Byte().Draw(t, "byte")) + text[at+1:]
		}
		var want ID
		wrong := decodeText(crockford, want[:], text)
		if got, err := ParseID(text); got != want || (err == nil) != (wrong == nil) {
			t.Fatalf("%q is read as %s, %v; its encoding says %s, %v", text, got, err, want, wrong)
		}
	})
}
