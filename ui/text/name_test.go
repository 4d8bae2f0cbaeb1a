package text_test

import (
	"testing"

	"holdfast/ui/text"
)

func TestNamesAreShortenedNotCut(t *testing.T) {
	f := text.NewFace(func(s string) float32 { return float32(len([]rune(s))) })
	for _, c := range []struct {
		name  string
		width float32
		want  string
	}{
		{"Joanna Kowalska", 15, "Joanna Kowalska"},
		{"Joanna Kowalska", 14, "Joanna K."},
		{"Joanna Kowalska", 8, "Joanna"},
		{"Joanna Kowalska", 5, "J. K."},
		{"Maximiliane Wolfeschlegelstein III", 18, "Maximiliane W."},
		{"Maximiliane / Tom", 12, "M. / T."},
		{"Ana Ruiz / Tom Okafor", 16, "Ana R. / Tom O."},
		{"monitor", 10, "monitor"},
		{"alert-gateway-of-the-west", 10, "alert-gat…"},
		{"", 10, ""},
		{"محمد عبد الرحمن", 10, "محمد ع"}, // a stop would stand on the wrong side
	} {
		if got := f.Name(c.name, c.width); got != c.want {
			t.Errorf("%q in %v is %q, want %q", c.name, c.width, got, c.want)
		}
	}
}

func TestAShortNameIsAFirstNameAndAnInitial(t *testing.T) {
	for name, want := range map[string]string{
		"Joanna Kowalska": "Joanna K.", "Maximiliane Wolfeschlegelstein III": "Maximiliane W.", "monitor": "monitor", "": "",
		"محمد عبد الرحمن": "محمد ع", // a stop would stand on the wrong side
	} {
		if got := text.Short(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
