package incident

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

// busy is the screen on an incident that has so many rows, in a room that is
// full; few rows are those of a room that is not.
func busy(b *testing.B, rows int) (*Screen, *sample.Host, model.ID) {
	b.Helper()
	tell := sample.Overfull
	if rows > 0 && rows < 5_000 {
		tell = sample.Typical
	}
	story, err := tell()
	if err != nil {
		b.Fatal(err)
	}
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("bench")
	b.Cleanup(w.Close)
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	inc := host.Device.State().Incident(story.Incident)
	for n := len(inc.Entries); n < rows; n++ {
		write(b, host, story.Incident, "error rate is 40 percent on the card path")
	}
	s := New(host)
	s.Device, s.Holds = host.Device.Key, host.Device.Holds
	w.SetContent(s.Object())
	w.Resize(fyne.NewSize(1204, 660))
	host.Attach(s)
	s.Open(story.Incident)
	s.Shown(true)
	return s, host, story.Incident
}

// write is an entry that comes from elsewhere: no screen is told.
func write(b *testing.B, host *sample.Host, inc model.ID, text string) {
	b.Helper()
	if _, err := host.Device.Do(model.Log{Incident: inc.String(), Text: text}); err != nil {
		b.Fatal(err)
	}
}

// report gives what half and what 99 of a hundred took at most.
func report(b *testing.B, took []time.Duration, what string) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us-"+what)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us-"+what)
}

// BenchmarkPeerEntry is what one entry from a peer costs in an incident of
// 5,000 rows: reading, off the UI goroutine, and drawing, on it.
func BenchmarkPeerEntry(b *testing.B) {
	s, host, inc := busy(b, 0)
	var reading, drawing time.Duration
	for b.Loop() {
		b.StopTimer()
		write(b, host, inc, "one more")
		b.StartTimer()
		start := time.Now()
		step := s.Read(host.Input())
		read := time.Now()
		step()
		reading, drawing = reading+read.Sub(start), drawing+time.Since(read)
	}
	b.ReportMetric(float64(reading.Microseconds())/float64(b.N), "us-read/op")
	b.ReportMetric(float64(drawing.Microseconds())/float64(b.N), "us-draw/op")
}

// BenchmarkEnterToRow is from Enter in the capture box to the row drawn: meaning,
// plan, fold, reading and drawing; the flush of the record, which the bench of the
// record measures, is left out. whole/op are readings of the whole timeline.
func BenchmarkEnterToRow(b *testing.B) {
	for _, rows := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			s, host, _ := busy(b, rows)
			host.Focus(s.box.Focusable())
			var took []time.Duration
			before := s.kept.reader.Whole()
			for b.Loop() {
				b.StopTimer()
				s.box.SetText(fmt.Sprint("written just now ", len(took)))
				b.StartTimer()
				start := time.Now()
				s.box.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				took = append(took, time.Since(start))
			}
			if text := s.box.Text(); text != "" {
				b.Fatalf("the box holds %q after Enter", text)
			}
			b.ReportMetric(float64(s.kept.reader.Whole()-before)/float64(len(took)), "whole/op")
			report(b, took, "row")
		})
	}
}

// BenchmarkPageScroll moves a screen's worth of rows through the window.
func BenchmarkPageScroll(b *testing.B) {
	for _, rows := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			s, host, _ := busy(b, rows)
			host.Focus(s.timeline)
			var took []time.Duration
			key := fyne.KeyPageUp
			for b.Loop() {
				if len(took)%20 == 19 {
					key = map[fyne.KeyName]fyne.KeyName{fyne.KeyPageUp: fyne.KeyPageDown, fyne.KeyPageDown: fyne.KeyPageUp}[key]
				}
				start := time.Now()
				s.timeline.TypedKey(&fyne.KeyEvent{Name: key})
				took = append(took, time.Since(start))
			}
			report(b, took, "page")
		})
	}
}

// BenchmarkPeerBurst is a peer's 5,000 entries in one change, in an incident of
// 10,000 rows: what one turn of the UI goroutine takes, be it the drawing or a
// slice of the wrapping after it. The reading is beside it.
func BenchmarkPeerBurst(b *testing.B) {
	var turns, reading []time.Duration
	timed := func(f func()) {
		start := time.Now()
		f()
		turns = append(turns, time.Since(start))
	}
	for b.Loop() {
		b.StopTimer()
		s, host, inc := busy(b, 10_000)
		for range 5_000 {
			write(b, host, inc, "from the other side of the partition")
		}
		var later []func()
		s.timeline.Later = func(f func()) { later = append(later, f) }
		start := time.Now()
		step := s.Read(host.Input())
		reading = append(reading, time.Since(start))
		b.StartTimer()
		timed(step)
		for len(later) > 0 {
			next := later[0]
			later = later[1:]
			timed(next)
		}
	}
	report(b, turns, "turn")
	b.ReportMetric(float64(slices.Max(turns).Microseconds()), "max-us-turn")
	report(b, reading, "read")
}
