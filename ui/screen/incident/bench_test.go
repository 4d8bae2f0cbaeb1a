package incident

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

// BenchmarkPeerEntry is what one entry from a peer costs in an incident of
// 5,000 rows: reading, off the UI goroutine, and drawing, on it.
func BenchmarkPeerEntry(b *testing.B) {
	story, err := sample.Overfull()
	if err != nil {
		b.Fatal(err)
	}
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("bench")
	defer w.Close()
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	s := New(host)
	s.Device, s.Holds = host.Device.Key, host.Device.Holds
	w.SetContent(s.Object())
	w.Resize(fyne.NewSize(1204, 660))
	host.Attach(s)
	s.Open(story.Incident)
	var reading, drawing time.Duration
	for b.Loop() {
		b.StopTimer()
		if _, err := host.Device.Do(model.Log{Incident: story.Incident.String(), Text: "one more"}); err != nil {
			b.Fatal(err)
		}
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
