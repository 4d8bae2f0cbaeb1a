package main

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/reports"
)

// reportScenes are the pictures of the reports.
func reportScenes() []scene {
	empty := func() (sample.Story, error) { return sample.Empty(), nil }
	return []scene{
		{"reports-empty", onReports(empty, "", "")},
		{"reports-typical", onReports(sample.Reviewed, "reports.quarterly", "")},
		{"reports-time", onReports(sample.Reviewed, "reports.annual", "time.resolve")},
		{"reports-share", onReports(sample.Reviewed, "reports.annual", "share.promises")},
		{"reports-group", onReports(sample.Reviewed, "reports.annual", "group.type")},
		{"reports-impact", onReports(sample.Reviewed, "reports.annual", "impact.")},
		{"reports-export", onReports(sample.Reviewed, "reports.export", "")},
		{"reports-overfull", onReports(sample.Unread, "reports.monthly", "")},
		{"reports-overfull-open", onReports(sample.Unread, "reports.monthly", "list.open")},
		{"reports-missed", onReports(sample.Reviewed, "reports.annual", "list.missed")},
		{"reports-overfull-missed", onReports(sample.Unread, "reports.monthly", "list.missed")},
	}
}

func onReports(m maker, command keys.ID, row string) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		r := reports.New(s.host)
		s.show("reports", r)
		if command != "" {
			w.Canvas().Capture() // a field that was never drawn takes no focus
			r.Run(command)
		}
		if row != "" {
			r.Pick(row)
		}
		return nil
	}
}
