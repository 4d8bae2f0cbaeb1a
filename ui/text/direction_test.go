package text_test

import (
	"testing"

	"holdfast/ui/text"
)

func TestShownKeepsTheDirectionOfTheScreen(t *testing.T) {
	const mark = "\u200E"
	for _, c := range [][2]string{
		{"Tom Okafor, deputy", "Tom Okafor, deputy"},
		{"", ""},
		{"محمد hands it over", mark + "محمد" + mark + " hands it over"},
		{"محمد ع. (not accepted)", mark + "محمد ع" + mark + ". (not accepted)"},
		{"Say: محمد عبد, this is", "Say: " + mark + "محمد عبد" + mark + ", this is"},
		{"Ana: מאז 13:58 בכל", "Ana: " + mark + "בכל" + mark + " " + mark + "13:58" + mark + " " + mark + "מאז" + mark},
		{"הנתונים, בכל (האזורים)", mark + "(" + mark + "האזורים" + mark + ")" + mark + " " + mark + "בכל" + mark + " " + mark + "," + mark + "הנתונים" + mark},
		{"הזמנות נכשלות מאז בכל האזורים,", mark + "," + mark + "הזמנות נכשלות מאז בכל האזורים" + mark},
		{"קרא לדן, 4.5 GB", mark + "4.5" + mark + " " + mark + "," + mark + "קרא לדן" + mark + " GB"},
		{"قاعدة البيانات لا تستجيب (P0)", mark + "قاعدة البيانات لا تستجيب" + mark + " (P0)"},
	} {
		in, want := c[0], c[1]
		if got := text.Shown(in, false); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
	}
}

// The hook of a J is drawn left of where it stands; a space that is hardly seen keeps it in the picture.
func TestALineThatBeginsWithAHookKeepsIt(t *testing.T) {
	for in, want := range map[string]string{"Joanna": "\u200AJoanna", "join.": "\u200Ajoin.", "Ana, Joanna": "Ana, Joanna"} {
		if got := text.Shown(in, false); got != want {
			t.Errorf("%q is drawn as %q", in, got)
		}
		if got := text.Shown(in, true); got != in {
			t.Errorf("%q is drawn as %q in the font of fixed width", in, got)
		}
	}
}

func TestApartKeepsANumberOutOfWhatRunsTheOtherWay(t *testing.T) {
	for words, want := range map[string]string{"Fastly": "Fastly, 17", "שרת": "\u200Eשרת\u200E\u200E, 17"} {
		if got := text.Shown(text.Apart(words)+", 17", false); got != want {
			t.Errorf("%q", got)
		}
	}
}
