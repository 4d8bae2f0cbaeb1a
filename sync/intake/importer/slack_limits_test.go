package importer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSlackMistakes(t *testing.T) {
	many := map[string]string{}
	for n := range maxChannels + 1 {
		many[fmt.Sprintf("c%d/2026-03-17.json", n)] = "[]"
	}
	full := "[" + strings.TrimSuffix(strings.Repeat("0,", MaxEntries*3/5), ",") + "]"
	large := strings.Repeat(" ", maxDay+1)
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing", map[string]string{}, "no folder of a channel"},
		{"no days", map[string]string{"channels.json": "[]", "inc/x.json": "[]"}, "no folder of a channel"},
		{"a broken day", map[string]string{"inc/2026-03-17.json": "[\n{]"}, "line 2: invalid character ']' looking for beginning of object key string, in inc/2026-03-17.json"},
		{"a day that is no list", map[string]string{"inc/2026-03-17.json": "{}"}, "inc/2026-03-17.json is no list"},
		{"a day that is no text", map[string]string{"inc/2026-03-17.json": "[\x00]"}, "in inc/2026-03-17.json"},
		{"broken people", map[string]string{"users.json": "[", "inc/2026-03-17.json": "[]"}, "in users.json"},
		{"broken channels", map[string]string{"channels.json": "[\n\n1 2]", "inc/2026-03-17.json": "[]"}, "line 3"},
		{"a large day", map[string]string{"inc/2026-03-17.json": large}, "inc/2026-03-17.json is larger than 16 MiB"},
		{"a large list", map[string]string{"channels.json": large}, "channels.json is larger than 16 MiB"},
		{"many channels", many, "more than 2000 channels"},
		{"many messages", map[string]string{"inc/2026-03-17.json": full, "inc/2026-03-18.json": full}, "inc has more than 50000 messages"},
		{"joined only", map[string]string{"inc/2026-03-17.json": "[" + say(1, `"subtype":"channel_join"`) + "]"}, "nothing in it"},
	} {
		_, err := readFolder("", export(c.files), Options{})
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
	}
}

func TestSlackUnfoldsSoMuch(t *testing.T) {
	x := &slackExport{folder: export(map[string]string{"a.json": "[]", "b.json": "[]"}), left: 3}
	if _, err := x.read("a.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := x.read("b.json"); !errors.Is(err, ErrInvalid) {
		t.Errorf("more than all files may have together: %v", err)
	}
}

// TestSlackFollowsNoLink leaves what a link leads to outside of the export alone.
func TestSlackFollowsNoLink(t *testing.T) {
	out, dir := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(out, "2026-03-16.json"): "[" + say(1, `"text":"outside"`) + "]", filepath.Join(dir, "inc", "2026-03-17.json"): "[" + say(1, `"text":"inside"`) + "]",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{
		filepath.Join(dir, "inc", "2026-03-16.json"): filepath.Join(out, "2026-03-16.json"), filepath.Join(dir, "other"): out,
	} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	told, err := ReadFile("", dir, Options{})
	if err != nil || len(told.Incidents) != 1 {
		t.Fatalf("%d incidents, %v", len(told.Incidents), err)
	}
	sameLines(t, "rows", toldRows(told.Incidents[0]), []string{"14:00:01.000 note somebody: inside"})
}
