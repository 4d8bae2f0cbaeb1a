package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scotland and england are flags that are written with tags.
const (
	scotland = "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"
	england  = "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"
)

// awkward are texts that showing could change on their way to a file.
var awkward = map[string]string{
	"flags":             "Offices in " + scotland + " and " + england + " are back, \U0001F1E9\U0001F1EA is not.\n",
	"no newline at end": "Six pods restarted.",
	"newlines at end":   "Six pods restarted.\n\n\n",
	"lines of Windows":  "Six pods restarted.\r\nOrders failed.\r\n",
	"a family":          "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466 was paged\n",
	"both directions":   "שלום and مرحبا, \u2067isolated\u2069, \u202Eoverridden\u202C\n",
	"controls":          "\x1b[31mred\x1b[0m, a tab\t, a bell \a, a vertical tab \v\n",
	"many marks":        "Z" + strings.Repeat("\u0301", 12) + "algo\n",
	"stray tags":        "a\U000E0041\U000E007Fb\n",
	"a mark at first":   "\uFEFFSix pods restarted.\n",
	"separators":        "one\u2028two\u2029three\u200Bfour\n",
}

// What is shown into a file and made the text again is the same to the byte: the record
// holds nothing new, so nothing was changed.
func TestATextShownIntoAFileComesBackTheSame(t *testing.T) {
	s := session{t: t, home: t.TempDir()}
	ok := func(args ...string) (out, said string) {
		t.Helper()
		code, out, said := s.run(args...)
		if code != exitDone {
			t.Fatalf("%q exits %d: %s", args, code, said)
		}
		return out, said
	}
	ok("room", "create", "--name", "Payments", "--person", "Ana Ruiz")
	out, _ := ok("declare", "--title", "Checkout down")
	inc, file := strings.TrimSpace(out), filepath.Join(t.TempDir(), "text")
	for what, text := range awkward {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ok("text", "edit", inc, "summary", file)
		shown, _ := ok("text", "show", inc, "summary")
		if shown != text {
			t.Errorf("%s: shown as %q, written as %q", what, shown, text)
		}
		if err := os.WriteFile(file, []byte(shown), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, said := ok("text", "edit", inc, "summary", file); !strings.Contains(said, "the text is so already") {
			t.Errorf("%s: taken as a change: %s", what, said)
		}
	}
}
