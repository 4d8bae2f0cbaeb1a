package text_test

import (
	"testing"

	"holdfast/ui/text"
)

func TestShownKeepsTheDirectionOfTheScreen(t *testing.T) {
	const mark = "\u200E"
	for in, want := range map[string]string{
		"Tom Okafor, deputy":     "Tom Okafor, deputy",
		"":                       "",
		"محمد hands it over":     mark + "محمد" + mark + " hands it over",
		"محمد ع. (not accepted)": mark + "محمد ع" + mark + ". (not accepted)",
		"Say: محمد عبد, this is": "Say: " + mark + "محمد عبد" + mark + ", this is",
		"Ana: מאז 13:58 בכל":     "Ana: " + mark + "בכל" + mark + " " + mark + "13:58" + mark + " " + mark + "מאז" + mark,
		"قاعدة البيانات لا تستجيب (P0)": mark + "قاعدة البيانات لا تستجيب" + mark + " (P0)",
	} {
		if got := text.Shown(in); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestApartKeepsANumberOutOfWhatRunsTheOtherWay(t *testing.T) {
	for words, want := range map[string]string{"Fastly": "Fastly, 17", "שרת": "\u200Eשרת\u200E\u200E, 17"} {
		if got := text.Shown(text.Apart(words) + ", 17"); got != want {
			t.Errorf("%q", got)
		}
	}
}
