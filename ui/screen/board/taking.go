package board

import (
	"context"
	"fmt"
	"io"
	"os"

	intake "holdfast/sync/intake/alert"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Taker takes in what was told elsewhere. *node.Room is one.
type Taker interface {
	ImportAlerts(ctx context.Context, q node.AlertImport) (node.AlertReport, error)
	ImportFile(ctx context.Context, q node.ImportRequest) (node.ImportReport, error)
}

// foundByItself is the choice of the format that leaves it to what is in the file.
const foundByItself = "find out"

// formatWords name the formats as their makers do.
var formatWords = map[string]string{
	intake.PagerDuty: "PagerDuty webhook", intake.Events: "PagerDuty events", intake.Plain: "JSON",
}

// askAlerts asks for a file of alerts.
func (a *asks) askAlerts() form.Ask {
	q := form.Ask{
		ID: "alerts", Title: "Take in alerts from a file", About: "What is in the room already is left alone: taking a file in again changes nothing. First you see what it would bring.",
		Button: "Look into it", Doing: "Reading …",
		Questions: []form.Question{
			{Name: "file", Label: "File", Help: form.PathHelp, File: &part.FileAsk{Kind: "alerts", Title: "Take in alerts from"}},
			{Name: "format", Label: "Format", Options: append([]string{foundByItself}, intake.Formats[:]...), Words: formatWords, Value: foundByItself},
			{Name: "incident", Label: "Incident", Help: "Where all belong to one, such as INC-7K2M; optional"},
		},
	}
	q.Do = func(typed form.Answers, reply form.Reply) {
		in := node.AlertImport{Format: typed["format"], Incident: typed["incident"]}
		if in.Format == foundByItself {
			in.Format = ""
		}
		var err error
		a.work(reply, func(ctx context.Context, t Taker) (string, []string, error) {
			if in.Content, err = readAlertFile(typed["file"]); err != nil {
				return "", nil, err
			}
			try := in
			try.DryRun = true
			r, err := t.ImportAlerts(ctx, try)
			return alertsSaid(r), r.Warnings, err
		}, func(says string, warnings []string) {
			a.show(a.takeAlerts(q, in, brings(says, warnings)))
		})
	}
	return q
}

// takeAlerts asks whether what was found in a file is to be taken in.
func (a *asks) takeAlerts(from form.Ask, in node.AlertImport, about string) form.Ask {
	return form.Ask{
		ID: "alerts.take", Title: "Take these alerts in?", About: about, Button: "Take in", Doing: "Writing …",
		Do: func(_ form.Answers, reply form.Reply) {
			a.work(reply, func(ctx context.Context, t Taker) (string, []string, error) {
				r, err := t.ImportAlerts(ctx, in)
				return alertsSaid(r), r.Warnings, err
			}, func(says string, _ []string) {
				a.took = true
				a.taken(from, says, reply)
			})
		},
	}
}

// alertsSaid tells in a sentence what a file of alerts brought, or would bring.
func alertsSaid(r node.AlertReport) string {
	verb := "taken in"
	if r.DryRun {
		verb = "would be taken in"
	}
	return fmt.Sprintf("%s read as %s: %d new %s, %d brought up to date, %d known already.",
		text.Count(r.Alerts, "alert", "alerts"), r.Format, r.New, verb, r.Alerts-r.New-r.Known, r.Known)
}

// readAlertFile reads a file, and no more of it than alerts may have.
func readAlertFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	return io.ReadAll(io.LimitReader(f, intake.MaxBytes+1))
}

// work has a file read or taken in off the UI goroutine; then hears what it says
// and what is remarked on it. A refusal leaves the form.
func (a *asks) work(reply form.Reply, do func(context.Context, Taker) (string, []string, error), then func(says string, warnings []string)) {
	b := a.board
	if b.Taker == nil {
		reply("Not done: this device takes no files in.", form.Wrong)
		return
	}
	var says string
	var warnings []string
	ctx := context.WithoutCancel(b.Context) // what was begun is written whole, also where the window closes
	b.host.Task(func() (err error) {
		says, warnings, err = do(ctx, b.Taker)
		return err
	}, func(err error) {
		if err != nil {
			refused(err, reply)
			return
		}
		then(says, warnings)
	})
}

// taken leaves the form of what was written, and says what that was.
func (a *asks) taken(from form.Ask, says string, reply form.Reply) {
	a.forget(from)
	reply("", form.Plain)
	a.board.host.Toast(says)
	a.board.host.Refresh()
}
