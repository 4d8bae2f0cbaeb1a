package board

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// incidentWords name the formats of incidents as people do.
var incidentWords = map[string]string{
	importer.IncidentForm: "Incident (JSON)", importer.PagerDuty: "PagerDuty", importer.Google: "Google Cloud status",
	importer.CState: "cState", importer.Table: "Table (CSV)", importer.Text: "Text",
}

const (
	// maxPreview is how many rows of a file are shown before it is written: what
	// somebody looks through.
	maxPreview = 60
	// previewText bounds a row of them, in characters.
	previewText = 120
	// askWhich asks which incident of a file is meant.
	askWhich = "only"
	// askSimilar asks what becomes of rows that seem to be there already.
	askSimilar, takeAll, leaveOut = "similar", "take all", "leave them out"
	// askTitle and askSeverity ask how an incident is declared.
	askTitle, askSeverity = "title", "severity"
	// everyOne is the answer that takes all incidents of a file.
	everyOne = "all"
)

// askIncident asks for what tells of incidents. What a file leaves open, as it
// was looked into before, is asked for first; why says what that is.
func (a *asks) askIncident(why string, open ...string) form.Ask {
	q := form.Ask{
		ID: "incident", Title: "Import an incident", About: cmp.Or(why, "Takes over what was told elsewhere, with its milestones and entries. What is in the room already is left alone: importing again changes nothing. First you see what it would bring."),
		Button: "Look into it", Doing: "Reading …",
	}
	for _, name := range open {
		q.Questions = append(q.Questions, a.openQuestion(name))
	}
	q.Questions = append(q.Questions,
		form.Question{Name: "file", Label: "File", Help: form.PathHelp, Optional: true, File: &part.FileAsk{Kind: "incident", Title: "Import incident from", Types: importTypes}},
		form.Question{Name: "pasted", Label: "Or pasted text", Lines: 4, Help: "Lines with their times, as a wiki, a chat or a list has them; in place of a file"},
		form.Question{Name: "format", Label: "Format", Options: append([]string{foundByItself}, importer.Formats[:]...), Words: incidentWords, Value: foundByItself},
		form.Question{Name: "incident", Label: "Into", Help: "An incident that takes the entries, such as INC-7K2M; empty declares one"},
	)
	q.Do = func(typed form.Answers, reply form.Reply) {
		in, err := a.toImport(typed)
		if err != nil {
			refused(err, reply)
			return
		}
		a.lookInto(q, in, open, reply)
	}
	return q
}

// importTypes end the names of files that are offered.
var importTypes = []string{".json", ".csv", ".tsv", ".txt", ".md", ".zip"}

// openQuestion asks for what a file left open.
func (a *asks) openQuestion(name string) form.Question {
	switch name {
	case importer.AskZone:
		return form.Question{Name: name, Label: "Time zone of the file", Help: "Such as Europe/Berlin or UTC", Value: a.zoneHere()}
	case importer.AskOrder:
		return form.Question{
			Name: name, Label: "Dates such as 3/4/2026 have", Options: []string{string(importer.DayFirst), string(importer.MonthFirst)},
			Words: map[string]string{string(importer.DayFirst): "The day first", string(importer.MonthFirst): "The month first"}, Value: string(importer.DayFirst),
		}
	case importer.AskDay:
		return form.Question{Name: name, Label: "Day of the times", Help: "Such as 2026-03-17"}
	case importer.AskStart:
		return form.Question{Name: name, Label: "The meeting began at", Help: "Such as 2026-03-17 14:00"}
	}
	return form.Question{Name: askWhich, Label: "Which of them", Help: "A part of its title, or " + everyOne}
}

// zoneHere names the zone of this device; empty where only the machine knows it.
func (a *asks) zoneHere() string {
	zone := a.board.host.Zone()
	if zone == time.Local {
		if short, _ := a.board.host.Now().In(zone).Zone(); short == time.UTC.String() {
			return short
		}
		return ""
	}
	return zone.String()
}

// toImport makes the request of what was typed.
func (a *asks) toImport(typed form.Answers) (in node.ImportRequest, err error) {
	in = node.ImportRequest{
		Format: typed["format"], Path: typed["file"], Content: []byte(typed["pasted"]), Incident: typed["incident"],
		Zone: typed[importer.AskZone], Dates: typed[importer.AskOrder], Day: typed[importer.AskDay], Only: typed[askWhich],
	}
	if in.Format == foundByItself {
		in.Format = ""
	}
	if in.All = strings.EqualFold(in.Only, everyOne); in.All {
		in.Only = ""
	}
	switch {
	case in.Path == "" && len(in.Content) == 0:
		return in, errors.New("name a file, or paste what is to be read")
	case in.Path != "" && len(in.Content) > 0:
		return in, errors.New("there are a file and a pasted text; keep one of them")
	}
	if start := typed[importer.AskStart]; start != "" {
		at, err := when.Parse(start, a.board.host.Now(), a.board.host.Zone())
		if err != nil {
			return in, err
		}
		in.Start = model.FormatTime(at.At)
	}
	return in, nil
}

// lookInto shows what an import would bring, or asks for what is open.
func (a *asks) lookInto(q form.Ask, in node.ImportRequest, open []string, reply form.Reply) {
	var r node.ImportReport
	var asks, why string
	a.work(reply, func(ctx context.Context, t Taker) (_ string, _ []string, err error) {
		try := in
		try.DryRun = true
		r, err = t.ImportFile(ctx, try)
		if question, ok := errors.AsType[importer.Question](err); ok && !slices.Contains(open, question.Asks) {
			asks, why = question.Asks, plain.Capital(question.Why)+"."
			return "", nil, nil
		}
		if several, ok := errors.AsType[node.SeveralIncidents](err); ok && !slices.Contains(open, askWhich) {
			asks, why = askWhich, plain.Capital(several.Error())
			return "", nil, nil
		}
		return "", nil, err
	}, func(string, []string) {
		if asks != "" {
			a.show(a.askIncident(why, append([]string{asks}, open...)...)) // the new one has the keyboard
			return
		}
		a.show(a.takeIncident(q, in, r))
	})
}

// takeIncident asks whether what a file tells is to be written.
func (a *asks) takeIncident(from form.Ask, in node.ImportRequest, would node.ImportReport) form.Ask {
	q := form.Ask{ID: "incident.take", Title: "Import this?", Button: "Import", Doing: "Writing …"}
	for _, other := range would.More {
		would.Warnings = append(would.Warnings, other.Warnings...)
	}
	q.About = brings(importSaid(would), would.Warnings)
	var similar int
	if q.Shows, similar = a.preview(would); similar > 0 {
		q.Questions = []form.Question{{
			Name: askSimilar, Label: text.Count(similar, "row seems", "rows seem") + " to be in the incident already", Options: []string{takeAll, leaveOut}, Value: takeAll,
		}}
	}
	if would.Incident == "" && len(would.More) == 0 {
		q.Questions = []form.Question{
			{Name: askTitle, Label: "Title", Help: "As the board and the reports name it", Value: would.Title},
			{Name: askSeverity, Label: "Severity", Options: model.Severities[:], Value: would.Severity},
		}
	}
	q.Do = func(typed form.Answers, reply form.Reply) {
		in.SkipSimilar, in.Title, in.Severity = typed[askSimilar] == leaveOut, typed[askTitle], typed[askSeverity]
		var r node.ImportReport
		a.work(reply, func(ctx context.Context, t Taker) (_ string, _ []string, err error) {
			r, err = t.ImportFile(ctx, in)
			return importSaid(r), r.Warnings, err
		}, func(says string, _ []string) {
			a.taken(from, says, reply)
			if !r.ID.Zero() && len(r.More) == 0 {
				a.board.host.Open(r.ID)
			}
		})
	}
	return q
}

// preview shows what an import would bring, row by row, and counts the rows that
// seem to be there already.
func (a *asks) preview(r node.ImportReport) (shows fyne.CanvasObject, similar int) {
	all, looks := 0, false
	var rows [][]string
	for _, report := range append([]node.ImportReport{r}, r.More...) {
		if len(r.More) > 0 && all < maxPreview {
			rows = append(rows, []string{"", report.Severity, text.Line(report.Title), ""})
		}
		for _, row := range report.Rows {
			if row.Similar != "" {
				similar++
			}
			if all++; all <= maxPreview {
				cells := previewRow(row, a.board.host.Now())
				looks = looks || cells[3] != ""
				rows = append(rows, cells)
			}
		}
	}
	head, weights := []string{"UTC", "Kind", "Text", "Look at"}, []float32{2, 1.5, 5, 3}
	if !looks {
		head, weights = head[:3], weights[:3]
		for n := range rows {
			rows[n] = rows[n][:3]
		}
	}
	table := form.Table(weights, head, rows)
	if all > maxPreview {
		return form.Stack(8, table, form.NewWords(fmt.Sprintf("… and %d more rows.", all-maxPreview), form.Quiet)), similar
	}
	return table, similar
}

// previewRow writes a row of a file as the cells of a table. The year is named
// where it is not this one.
func previewRow(r node.ImportRow, now time.Time) []string {
	at := r.At
	if t, err := time.Parse(time.RFC3339, r.At); err == nil {
		day, clock := "2 Jan", when.Format(when.Moment{At: t, Precision: r.Precision}, time.UTC)
		if t.UTC().Year() != now.UTC().Year() {
			day += " 2006"
		}
		if at = t.UTC().Format(day); r.Precision != when.Day {
			at += " " + clock
		}
	}
	var look []string
	if r.Doubt != "" {
		look = append(look, plain.Capital(r.Where)+": "+text.Line(r.Doubt))
	}
	if r.Similar != "" {
		look = append(look, "Like "+shortened(text.Line(r.Similar), previewText))
	}
	return []string{at, r.Kind, shortened(text.Line(r.Text), previewText), strings.Join(look, "; ")}
}

// shortened cuts a text to a number of characters, and shows that it did.
func shortened(words string, limit int) string {
	if runes := []rune(words); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return words
}

// importSaid tells in a sentence what an import brought, or would bring.
func importSaid(r node.ImportReport) string {
	if len(r.More) > 0 {
		entries := r.Entries
		for _, other := range r.More {
			entries += other.Entries
		}
		verb := "written"
		if r.DryRun {
			verb = "would be written"
		}
		return fmt.Sprintf("%d incidents, %s %s.", 1+len(r.More), text.Count(entries, "entry", "entries"), verb)
	}
	entries := text.Count(r.Entries, "entry", "entries")
	here := fmt.Sprintf(", %d here already.", r.Skipped)
	switch {
	case !r.DryRun:
		return r.Incident + ": " + entries + " written" + here
	case r.Incident == "":
		return "Would declare “" + text.Line(r.Title) + "” with " + entries + ". Times are UTC."
	}
	return "Would write into " + r.Incident + ": " + entries + here + " Times are UTC."
}
