package incident

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"holdfast/model"
	papers "holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// leaving is one thing an incident is exported as.
type leaving struct {
	words, name, ending string // what it is, and what its file is called after the incident
	format              string
	public              bool
}

// paper reports that the ending of the file says what it is written as.
func (l leaving) paper() bool { p, _ := export.PaperOf(l.format, ""); return p == l.format }

// leavings are all of them, as the terminal's export has them, by who reads them.
var leavings = [...]struct {
	title, note string
	list        []leaving
}{
	{"To read", "", []leaving{
		{"Report: facts, milestones, timeline", "report", ".md", export.Markdown, false},
		{"Post-mortem", "post-mortem", ".md", papers.Review, false},
		{"Post-mortem as a web page", "post-mortem", ".html", export.HTML, false},
		{"Post-mortem as PDF", "post-mortem", ".pdf", export.PDF, false},
		{"Post-mortem as a draft of a mail", "post-mortem", ".eml", export.EML, false},
		{"Hand-over sheet, form 201", "ics-201", ".md", export.ICS201, false},
		{"Activity log, form 214", "ics-214", ".md", export.ICS214, false},
	}},
	{"For outsiders", "no names, notes or evidence, and nothing that was restricted", []leaving{
		{"Report for outsiders", "public", ".md", export.Markdown, true},
		{"Timeline for outsiders, a table", "public", ".csv", export.CSV, true},
		{"JSON for outsiders", "public", ".json", export.JSON, true},
		{"Incident for outsiders' own room", "public-incident", ".json", export.IncidentJSON, true},
	}},
	{"For authorities and courts", "drafts, for a person to check", []leaving{
		{"Notice to the authority, Art. 33", "art33", ".md", papers.Art33, false},
		{"Notice to the people, Art. 34", "art34", ".md", papers.Art34, false},
		{"Security report", "security", ".md", papers.Security, false},
		{"Evidence: all of it and the attachments, signed", "evidence", ".zip", export.Evidence, false},
	}},
	{"For programs", "", []leaving{
		{"Everything as JSON", "whole", ".json", export.JSON, false},
		{"Timeline as a table", "timeline", ".csv", export.CSV, false},
		{"Incident for another room to import", "incident", ".json", export.IncidentJSON, false},
	}},
}

// exports is what the screen does to have an incident leave as a file.
type exports struct {
	screen *Screen
	of     model.ID // what follows is about this incident
	doing  string   // the file being written; empty where none is
	stop   context.CancelFunc
	says   string // what came of the last one
	wrong  bool
}

// show opens the list of what the incident can leave as.
func (e *exports) show() {
	s := e.screen
	if s.Files == nil {
		s.host.Toast("Nothing can be exported here")
		return
	}
	if e.of != s.content.id {
		e.of, e.says = s.content.id, ""
	}
	s.drawer.show(drawerExport, true)
}

// exportCell is the least width of what it can leave as, beside others.
const exportCell = 330

// blocks lists what goes on or came of it, then what it can leave as, a letter each.
func (e *exports) blocks() []item.Block {
	acts, letters := map[rune]func(){}, 0
	var blocks []item.Block
	switch {
	case e.doing != "":
		l := line("export.doing", "Writing "+text.Line(e.doing)+" …", whole)
		l.Hint, l.Rune = "x stops it; nothing is left of it", on(map[rune]func(){'x': e.stop})
		blocks = append(blocks, item.Block{Lines: []item.Line{l}})
	case e.says != "":
		l := line("export.said", e.says, whole)
		l.Hint, l.Rune = "a letter below exports it once more", on(acts)
		if e.wrong {
			l.MainColor = red()
		}
		blocks = append(blocks, item.Block{Lines: []item.Line{l}})
	}
	for _, group := range leavings {
		b := item.Block{Title: group.title, Note: group.note, Left: toolColumn, Cell: exportCell}
		for _, out := range group.list {
			letter := rune(toolKeys[letters])
			letters++
			l := line("export."+out.name+out.ending, out.words, 1)
			l.Left, l.Right, l.Hint = string(letter), out.ending, "its letter or Enter asks where it is saved"
			if out.paper() {
				l.Hint += " · a name with " + endings() + " is written as that"
			}
			l.Open = func() { e.ask(out) }
			acts[letter], l.Rune = l.Open, on(acts)
			b.Lines = append(b.Lines, l)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// endings names the endings a paper is written as.
func endings() string {
	last := len(export.PaperFormats) - 1
	return "." + strings.Join(export.PaperFormats[:last], ", .") + " or ." + export.PaperFormats[last]
}

// ask asks where it is saved.
func (e *exports) ask(out leaving) {
	s := e.screen
	if e.doing != "" {
		s.host.Toast("Wait until " + text.Line(filepath.Base(e.doing)) + " is written")
		return
	}
	s.host.ChooseFile(part.FileAsk{
		Kind: "export", Title: s.content.code + ": " + out.words, Name: s.content.code + "-" + out.name + out.ending, Save: true,
		Then: func(path string) { e.write(out, path) },
	})
}

// write writes the file off the UI goroutine.
func (e *exports) write(out leaving, path string) {
	s := e.screen
	q := node.ExportRequest{Incident: s.content.id.String(), Format: out.format, Public: out.public, Path: path, As: export.Markdown}
	for _, form := range export.PaperFormats {
		if strings.EqualFold(filepath.Ext(path), "."+form) {
			q.As = form
		}
	}
	ctx, stop := s.files.context()
	e.doing, e.stop = path, stop
	s.drawer.show(drawerExport, false)
	at, code := s.content.id, s.content.code
	var made node.ExportReport
	form.Write(s.host, path, func(bool) (err error) {
		made, err = s.Files.Export(ctx, q)
		return err
	}, func(err error) {
		if !errors.Is(err, fs.ErrExist) {
			stop()
		}
		e.doing = ""
		e.done(at, code, path, made, err)
	})
}

// done says what came of it in the list, or in passing where that is shut.
func (e *exports) done(of model.ID, code, path string, made node.ExportReport, err error) {
	s := e.screen
	says := exported(code, path, made)
	switch {
	case errors.Is(err, context.Canceled):
		says = "Stopped. Nothing is left of " + path
	case errors.Is(err, fs.ErrExist):
		says = path + " is there already and was left alone"
	case err != nil:
		says = code + " was not exported: " + err.Error()
	}
	says = text.Line(says) + "."
	e.of, e.says, e.wrong = of, says, err != nil
	switch {
	case s.drawer.kind == drawerExport && s.content.id == of:
		s.drawer.show(drawerExport, false)
		s.drawer.list.Select("export.said")
	case e.wrong:
		s.host.Fail("The export of "+code, errors.New(strings.TrimSuffix(says, ".")))
	default:
		s.host.Toast(says)
	}
}

// exported says what was written, where, and what it lacks.
func exported(code, path string, made node.ExportReport) string {
	p := made.Pack
	switch {
	case p.SHA256 != "" && p.Missing > 0:
		return fmt.Sprintf("%s is in %s, signed, with %s; %s not on this device, and MISSING.txt in it says who has them. SHA-256 of its list: %s",
			code, path, text.Count(p.Files, "attachment", "attachments"), text.Count(p.Missing, "is", "are"), p.SHA256)
	case p.SHA256 != "":
		return fmt.Sprintf("%s is in %s, signed, with %s. SHA-256 of its list: %s", code, path, text.Count(p.Files, "attachment", "attachments"), p.SHA256)
	case made.Lacks > 0:
		return fmt.Sprintf("%s is in %s; %s missing, and it lists what", code, path, text.Count(made.Lacks, "item is", "items are"))
	}
	return code + " is in " + path + ", " + model.SizeText(made.Bytes)
}
