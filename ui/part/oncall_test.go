package part_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/part"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

func lanes() []part.StripLane {
	return []part.StripLane{
		{Name: "primary of Platform", Segments: []part.Segment{
			{From: 0, Until: 0.45, Words: "Ana Ruiz", Mine: true},
			{From: 0.45, Until: 0.8, Words: "Maximiliane Wolfeschlegelsteinhausenbergerdorff"},
			{From: 0.8, Until: 1, Words: "Nobody", Tone: text.Late},
			{From: 0.5, Until: 0.6, Clash: true},
		}},
		{Name: "secondary of Platform", Segments: []part.Segment{{From: 0, Until: 1, Words: "Li Wei"}}},
	}
}

func shifts() []part.ShiftRow {
	return []part.ShiftRow{
		{ID: "1", From: "Mon 23 Nov 10:00", Until: "Mon 30 Nov 10:00", Place: "primary of Platform", Who: "Ana Ruiz", Now: true},
		{ID: "2", From: "Mon 30 Nov 10:00", Until: "Mon 7 Dec 10:00", Place: "primary of Platform", Who: "Li Wei", Note: "on leave in it", Tone: text.Soon},
		{ID: "3", From: "Mon 7 Dec 10:00", Until: "Mon 14 Dec 10:00", Place: "primary of Platform", Who: "Nobody", Note: "a gap: an override fills it", Tone: text.Late},
	}
}

func TestLookOfOnCall(t *testing.T) {
	for name, v := range map[string]theme.Variant{"dark": theme.Dark, "light": theme.Light} {
		w := empty(t, theme.Options{Variant: v}, 1000, 180)
		strip, list := part.NewStrip(), part.NewShiftList()
		strip.Set("times in UTC", []string{"Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29"}, lanes(), 0.1)
		w.SetContent(container.NewBorder(strip, nil, nil, nil, list))
		list.SetRows(shifts())
		w.Canvas().Focus(list)
		test.AssertRendersToImage(t, "oncall-"+name+".png", w.Canvas())
	}
}

// A long name is shortened, so that what is said of the shift keeps its room.
func TestALongNameLeavesRoomForTheNote(t *testing.T) {
	const note = "override for Joanna Kowalska: Joanna is on a flight"
	w := empty(t, theme.Options{}, 900, 120)
	list := part.NewShiftList()
	w.SetContent(list)
	list.SetRows([]part.ShiftRow{{
		ID: "1", From: "Fri 3 Feb 18:00", Until: "Sat 4 Feb 08:00", Place: "secondary of Platform", Who: "Maximiliane Wolfeschlegelsteinhausenbergerdorff", Note: note,
	}})
	w.Canvas().Capture()
	for _, words := range []string{"Maximiliane W.", note} {
		if _, ok := where(w, words); !ok {
			t.Errorf("%q is not shown", words)
		}
	}
}

func TestStripTakesNoRoomForNothing(t *testing.T) {
	w := empty(t, theme.Options{}, 600, 200)
	s := part.NewStrip()
	w.SetContent(container.NewVBox(s))
	s.Set("times in UTC", []string{"Mon 23"}, nil, 0)
	if h := s.MinSize().Height; h != 0 {
		t.Errorf("without lanes it is %v tall", h)
	}
	s.Set("times in UTC", []string{"Mon 23"}, lanes(), 0)
	if h := s.MinSize().Height; h < 40 {
		t.Errorf("two lanes are %v tall", h)
	}
	s.Set("times in UTC", []string{"Mon 23"}, lanes()[1:], 0)
	s.Resize(fyne.NewSize(600, s.MinSize().Height))
	for _, o := range test.WidgetRenderer(s).Objects() {
		if words, ok := o.(*canvas.Text); ok && words.Text == "Nobody" {
			t.Error("a lane that is gone is still drawn")
		}
	}
}

func TestWordsOfAStripStayInTheirBlock(t *testing.T) {
	w := empty(t, theme.Options{}, 600, 200)
	s := part.NewStrip()
	w.SetContent(container.NewVBox(s))
	s.Set("times in UTC", []string{"Mon 23", "Tue 24"}, lanes(), 0)
	for _, o := range test.WidgetRenderer(s).Objects() {
		if words, ok := o.(*canvas.Text); ok && fyne.MeasureText(words.Text, words.TextSize, words.TextStyle).Width > words.Size().Width+1 {
			t.Errorf("%q is wider than its place", words.Text)
		}
	}
}

func TestNoLineOfAClashCrossesWords(t *testing.T) {
	w := empty(t, theme.Options{}, 1000, 200)
	s := part.NewStrip()
	w.SetContent(container.NewVBox(s))
	s.Set("times in UTC", []string{"Mon 23", "Tue 24"}, []part.StripLane{{Name: "primary of Platform", Segments: []part.Segment{
		{From: 0, Until: 1, Words: "Maximiliane Wolfeschlegelsteinhausenbergerdorff"},
		{From: 0, Until: 0.1, Clash: true},
		{From: 0.1, Until: 0.2, Clash: true},
	}}}, 0)
	objects, drawn := test.WidgetRenderer(s).Objects(), false
	for _, o := range objects {
		words, ok := o.(*canvas.Text)
		if !ok || len(words.Text) < 4 || words.Text[:4] != "Maxi" {
			continue
		}
		drawn = true
		from := words.Position().X
		until := from + fyne.MeasureText(words.Text, words.TextSize, words.TextStyle).Width
		for _, o := range objects {
			ring, ok := o.(*canvas.Rectangle)
			if !ok || ring.StrokeWidth != 2 {
				continue
			}
			for _, x := range [...]float32{ring.Position().X, ring.Position().X + ring.Size().Width} {
				if x > from && x < until {
					t.Errorf("a line at %v crosses %q from %v to %v", x, words.Text, from, until)
				}
			}
		}
	}
	if !drawn {
		t.Error("the name is not drawn")
	}
}
