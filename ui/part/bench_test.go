package part_test

import (
	"fmt"
	"image"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"fyne.io/fyne/v2/widget"

	"holdfast/ui/part"
	"holdfast/ui/theme"
)

const many = 10_000

func full(b *testing.B) (*part.Timeline, fyne.Window, []part.TimelineRow) {
	tl := part.NewTimeline()
	w := show(b, tl)
	rows := entries(0, many)
	tl.SetRows(given(rows))
	return tl, w, rows
}

// frame asks for the smallest size of everything visible, as each painted frame does.
func frame(w fyne.Window) {
	texts(w.Canvas().Content(), fyne.Position{}, nil)
}

func BenchmarkTimelineFirstShow(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		tl := part.NewTimeline()
		var queue []func()
		tl.Later = func(f func()) { queue = append(queue, f) }
		show(b, tl)
		rows := entries(0, many)
		b.StartTimer()
		tl.SetRows(given(rows))
	}
}

func BenchmarkTimelineSlice(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		tl := part.NewTimeline()
		var next func()
		tl.Later = func(f func()) { next = f }
		show(b, tl)
		tl.SetRows(given(entries(0, many)))
		b.StartTimer()
		next()
	}
}

func BenchmarkTimelineSetRowsUnchanged(b *testing.B) {
	tl, _, rows := full(b)
	list := given(rows)
	for b.Loop() {
		tl.SetRows(slices.Clone(list))
	}
}

func BenchmarkTimelineAppendAtEnd(b *testing.B) {
	tl, w, rows := full(b)
	n, list := many, given(rows)
	var took []time.Duration
	for b.Loop() {
		list = append(list, &part.TimelineRow{ID: fmt.Sprint("x", n), At: "12:00:00", Kind: "Note", Author: "Ana", Text: fmt.Sprint("written just now ", n)})
		n++
		fresh := slices.Clone(list)
		start := time.Now()
		tl.SetRows(fresh)
		frame(w)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
}

// BenchmarkTimelineBurst is a peer's burst of 5,000 entries that come in one change.
func BenchmarkTimelineBurst(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		tl := part.NewTimeline()
		tl.Later = func(func()) {}
		show(b, tl)
		tl.SetRows(given(entries(0, 5_000)))
		rows := entries(0, 10_000)
		b.StartTimer()
		tl.SetRows(given(rows))
	}
}

func BenchmarkTimelineInsertInTheMiddle(b *testing.B) {
	tl, w, rows := full(b)
	tl.Select("e08000")
	n := 0
	for b.Loop() {
		rows = insert(rows, many-1_000, part.TimelineRow{ID: fmt.Sprint("late", n), At: "12:00:00", Kind: "Note", Author: "Li", Text: "came late"})
		n++
		if n%500 == 0 {
			rows = entries(0, many)
		}
		tl.SetRows(given(rows))
		frame(w)
	}
}

func BenchmarkTimelinePageScroll(b *testing.B) {
	_, w, _ := full(b)
	dy := float32(600)
	i := 0
	for b.Loop() {
		if i++; i%20 == 0 {
			dy = -dy
		}
		test.Scroll(w.Canvas(), fyne.NewPos(400, 300), 0, dy)
	}
}

func BenchmarkTimelineWheelStep(b *testing.B) {
	_, w, _ := full(b)
	dy := float32(30)
	i := 0
	for b.Loop() {
		if i++; i%200 == 0 {
			dy = -dy
		}
		test.Scroll(w.Canvas(), fyne.NewPos(400, 300), 0, dy)
	}
}

func BenchmarkTimelineKeyStep(b *testing.B) {
	tl, w, _ := full(b)
	w.Canvas().Focus(tl)
	r, i := 'k', 0
	for b.Loop() {
		if i++; i%300 == 0 {
			r = 'j' + 'k' - r
		}
		tl.TypedRune(r)
	}
}

func BenchmarkTimelineResize(b *testing.B) {
	tl, _, _ := full(b)
	tl.Later = func(func()) {}
	width := float32(900)
	for b.Loop() {
		if width += 16; width > 1400 {
			width = 700
		}
		tl.Resize(fyne.NewSize(width, 640))
	}
}

// BenchmarkStockList is widget.List with the same rows pre-wrapped, to judge the own scroller by.
func BenchmarkStockList(b *testing.B) {
	stock := func(b *testing.B) (*widget.List, fyne.Window) {
		rows := entries(0, 5_000)
		l := widget.NewList(func() int { return len(rows) },
			func() fyne.CanvasObject { return widget.NewLabel("") },
			func(i int, o fyne.CanvasObject) { o.(*widget.Label).SetText(rows[i].Text) })
		for i := range rows {
			l.SetItemHeight(i, float32(25+i%4*18))
		}
		w := window(b, theme.Options{}, 900, 640, container.NewStack(l))
		l.ScrollToBottom()
		return l, w
	}
	b.Run("page scroll", func(b *testing.B) {
		_, w := stock(b)
		dy := float32(600)
		i := 0
		for b.Loop() {
			if i++; i%20 == 0 {
				dy = -dy
			}
			test.Scroll(w.Canvas(), fyne.NewPos(400, 300), 0, dy)
		}
	})
	b.Run("one height live", func(b *testing.B) {
		l, _ := stock(b)
		h := float32(20)
		for b.Loop() {
			h++
			l.SetItemHeight(4_999, h)
		}
	})
	b.Run("refresh", func(b *testing.B) {
		l, _ := stock(b)
		for b.Loop() {
			l.Refresh()
		}
	})
}

func BenchmarkMeasureColdWord(b *testing.B) {
	window(b, theme.Options{}, 100, 100, widget.NewLabel("x"))
	i := 0
	for b.Loop() {
		fyne.MeasureText(fmt.Sprint("word", i), 13, fyne.TextStyle{})
		i++
	}
}

var sink image.Image

func BenchmarkTimelineSoftwarePaint(b *testing.B) {
	_, w, _ := full(b)
	for b.Loop() {
		sink = w.Canvas().Capture()
	}
}
