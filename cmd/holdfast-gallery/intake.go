package main

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/assets"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/board"
)

// intakeScenes are what was told elsewhere, as it is taken over.
func intakeScenes() []scene {
	return []scene{
		{"board-alert-add", onBoard(sample.Alerted, askingOnBoard("alert.add"))},
		{"board-alert-import", onBoard(sample.Alerted, askingOnBoard("alert.import"))},
		{"board-import", onBoard(sample.Typical, importing)},
		{"board-import-form", onBoard(sample.Typical, askingOnBoard("incident.import"))},
		{"board-import-open", onBoard(sample.Typical, pasting(false))},
		{"board-import-rows", onBoard(sample.Typical, pasting(true))},
		{"board-import-several", onBoard(sample.Typical, severalOfAPage)},
		{"people-import", onPeople(sample.Typical, "people.import")},
	}
}

func askingOnBoard(command keys.ID) func(*stage, *board.Screen) {
	return func(s *stage, b *board.Screen) {
		b.Run(command)
		s.window.Canvas().Capture() // a field that was never drawn takes no focus
		s.host.Focus(s.host.Focused)
	}
}

// importing has looked into the file of an incident, and is asked whether it is
// to be written.
func importing(s *stage, b *board.Screen) {
	const path = "/media/stick/aws-2017-02-28-s3.json"
	file, err := assets.Sample("aws-2017-02-28-s3")
	if err != nil {
		return
	}
	b.Taker = sample.Taker{Device: s.host.Device, Files: map[string][]byte{path: file}}
	askingOnBoard("incident.import")(s, b)
	typeInto(s, path)
	pressKey(s, fyne.KeyReturn)
	s.window.Canvas().Capture() // a field that was never drawn takes no focus
	s.host.Focus(s.host.Focused)
}

// pastedLines are from the public notes of GitLab on 31 January 2017, with what
// lines that people paste have: an unknown minute, a slip of the pen and a time
// that is about right.
const pastedLines = `| Time (UTC) | Event |
| --- | --- |
| 2017-01-31 21:?? | Snippets are spammed, the database locks up |
| 2017-01-31 22:10 | ALERT: replication lags too far behind |
| ~2017-01-31 22:30 | Replica wiped, a resync is tried |
| 2017-01-31 23.00 | DECISION: remove the empty data directory of the replica |
| 2017-01-31 23:27 | The removal ran on the primary: of 300 GB some 4.5 GB are left |
| 22017-01-31 23:40 | Backups are looked for, none is usable |
| 2017-02-01 00:36 | ACTION: restore from the snapshot of staging, six hours old |
`

// pasting has read pasted lines into an incident that tells some of them already:
// without their day, which is asked for, or with it, so that the rows are shown.
func pasting(whole bool) func(*stage, *board.Screen) {
	return func(s *stage, b *board.Screen) {
		b.Taker = sample.Taker{Device: s.host.Device}
		lines := pastedLines
		if !whole {
			lines = strings.ReplaceAll(strings.ReplaceAll(lines, "2017-01-31 ", ""), "2017-02-01 ", "")
		}
		s.host.Draft("board.ask.incident.pasted", lines)
		s.host.Draft("board.ask.incident.incident", "GitLab")
		askingOnBoard("incident.import")(s, b)
		b.Run("capture.submit")
		s.window.Canvas().Capture()
		s.host.Focus(s.host.Focused)
	}
}

// statusHistory is a page that tells two of the sample incidents, in their words.
const statusHistory = `{"page": {"time_zone": "Etc/UTC"}, "incidents": [
 {"id": "cloudflare-2022-06-21", "name": "Cloudflare: routing policy order took 19 sites offline", "impact": "critical", "started_at": "2022-06-21T06:27:00Z", "resolved_at": "2022-06-21T08:00:00Z", "incident_updates": [
  {"id": "1", "status": "investigating", "body": "19 sites are dark.", "display_at": "2022-06-21T06:32:00Z"},
  {"id": "2", "status": "identified", "body": "Cause understood, revert begins.", "display_at": "2022-06-21T06:58:00Z"},
  {"id": "3", "status": "resolved", "body": "Incident closed.", "display_at": "2022-06-21T08:00:00Z"}]},
 {"id": "github-2018-10-21", "name": "GitHub: 43 s network cut caused a cross-coast database failover", "impact": "major", "started_at": "2018-10-21T22:52:00Z", "resolved_at": "2018-10-22T23:03:00Z", "incident_updates": [
  {"id": "1", "status": "investigating", "body": "Site status yellow.", "display_at": "2018-10-21T23:09:00Z"},
  {"id": "2", "status": "identified", "body": "Site status red. West coast writes are kept, the site is slow.", "display_at": "2018-10-21T23:13:00Z"}]}
]}`

// severalOfAPage has looked into the history of a status page, and takes all of it.
func severalOfAPage(s *stage, b *board.Screen) {
	const path = "/media/stick/incidents.json"
	b.Taker = sample.Taker{Device: s.host.Device, Files: map[string][]byte{path: []byte(statusHistory)}}
	s.host.Draft("board.ask.incident.only", "all")
	askingOnBoard("incident.import")(s, b)
	typeInto(s, path)
	pressKey(s, fyne.KeyReturn)
	b.Run("capture.submit")
	s.window.Canvas().Capture()
	s.host.Focus(s.host.Focused)
}
