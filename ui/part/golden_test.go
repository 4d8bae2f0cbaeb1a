package part_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/part"
	"holdfast/ui/theme"
)

func story() []part.TimelineRow {
	return []part.TimelineRow{
		{ID: "1", At: "12:04:31", Day: "Today, Mon 23 Nov (UTC)", Kind: "Detected", Author: "monitor", Text: "5xx rate on checkout-api above 4 % for 3 min", Of: 3, Spread: 3},
		{ID: "2", At: "12:05:02", Day: "Today, Mon 23 Nov (UTC)", Kind: "Severity", KindTone: part.KindSeverity, Author: "Ana", Text: "P1 to P0: payment authorisation failing for all EU cards", Of: 3, Spread: 2},
		{ID: "3", At: "12:07:45", Day: "Today, Mon 23 Nov (UTC)", Kind: "Finding", Author: "Li", Text: "db-primary failed over", Edited: 2, Late: "arrived late from Li, 12:31", Of: 3},
		{ID: "4", At: "12:09:10", Day: "Today, Mon 23 Nov (UTC)", Kind: "Decision", KindTone: part.KindDecision, Author: "Ana", Text: "Roll restart", Conflict: true},
		{ID: "5", At: "~12:11", Day: "Today, Mon 23 Nov (UTC)", Kind: "Note", Author: "Tom", Text: "Two of six pods healthy", Retracted: "wrong cluster"},
	}
}

func TestStructure(t *testing.T) {
	empty(t, theme.Options{}, 10, 10)
	tl := part.NewTimeline()
	tl.Resize(fyne.NewSize(840, 180))
	tl.SetRows(given(story()))
	tl.Select("2")
	test.AssertObjectRendersToMarkup(t, "timeline.xml", tl)
	h := part.NewHeaderBar()
	h.Set(header())
	h.Resize(fyne.NewSize(1280, 52))
	test.AssertObjectRendersToMarkup(t, "header.xml", h)
	b := part.NewBoardList()
	b.Resize(fyne.NewSize(1000, 90))
	b.SetRows(board())
	test.AssertObjectRendersToMarkup(t, "board.xml", b)
}

func TestLook(t *testing.T) {
	for name, v := range map[string]theme.Variant{"dark": theme.Dark, "light": theme.Light} {
		w := empty(t, theme.Options{Variant: v}, 1000, 260)
		tl, h := part.NewTimeline(), part.NewHeaderBar()
		h.Set(header())
		w.SetContent(container.NewBorder(h, nil, nil, nil, tl))
		tl.SetRows(given(story()))
		w.Canvas().Focus(tl)
		test.AssertRendersToImage(t, "incident-"+name+".png", w.Canvas())
	}
}
