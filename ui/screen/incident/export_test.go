package incident

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	papers "holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/sync/node"
	"holdfast/ui/sample"
	"holdfast/ui/screen/incident/item"
)

// outs are the lines of what an incident leaves as, by their words.
func outs(t *testing.T, sc *scene) map[string]item.Line {
	t.Helper()
	if !sc.screen.Run("incident.export") || sc.screen.drawer.kind != drawerExport {
		t.Fatal("the list of exports is not shown")
	}
	all := map[string]item.Line{}
	for _, b := range sc.screen.drawer.list.Blocks() {
		for _, l := range b.Lines {
			all[l.Main] = l
		}
	}
	return all
}

// TestEveryFormatOfTheTerminalCanBeChosen: and none for outsiders that the terminal refuses.
func TestEveryFormatOfTheTerminalCanBeChosen(t *testing.T) {
	offered := map[bool][]string{}
	for _, g := range leavings {
		for _, l := range g.list {
			offered[l.public] = append(offered[l.public], l.format)
			if err := export.Allowed(l.format, l.public); err != nil {
				t.Errorf("%s is offered: %v", l.words, err)
			}
		}
	}
	for _, want := range append(export.Readable(), export.Evidence) {
		if !slices.Contains(offered[false], want) {
			t.Errorf("%s cannot be chosen", want)
		}
	}
	for _, want := range export.Public {
		if !slices.Contains(offered[true], want) {
			t.Errorf("%s for outsiders cannot be chosen", want)
		}
	}
}

// TestAnExportIsWrittenWhereItWasChosen: and one sentence says where it is.
func TestAnExportIsWrittenWhereItWasChosen(t *testing.T) {
	for _, c := range []struct {
		line, path string
		want       node.ExportRequest
		says       string
	}{
		{"Report: facts, milestones, timeline", "/media/stick/inc.md", node.ExportRequest{Format: export.Markdown, As: export.Markdown}, "is in /media/stick/inc.md, 47 KiB."},
		{"Timeline for outsiders, a table", "/media/stick/t.csv", node.ExportRequest{Format: export.CSV, As: export.Markdown, Public: true}, "is in /media/stick/t.csv"},
		{"Post-mortem as PDF", "/media/stick/pm.pdf", node.ExportRequest{Format: export.PDF, As: export.PDF}, "3 items are missing, and it lists what."},
		{"Notice to the authority, Art. 33", "/media/stick/notice.HTML", node.ExportRequest{Format: papers.Art33, As: export.HTML}, "3 items are missing"},
		{"Evidence: all of it and the attachments, signed", "/media/stick/e.zip", node.ExportRequest{Format: export.Evidence, As: export.Markdown}, "signed, with 4 attachments; 2 are not on this device, and MISSING.txt in it says who has them. SHA-256 of its list: 9c1f7d0a"},
	} {
		sc, f := withFiles(t)
		sc.host.Pick = c.path
		outs(t, sc)[c.line].Open()
		c.want.Incident, c.want.Path = sc.story.Incident.String(), c.path
		if len(f.Exported) != 1 || f.Exported[0] != c.want {
			t.Errorf("%s: asked for %+v, want %+v", c.line, f.Exported, c.want)
		}
		asked := sc.host.Chosen[0]
		if !asked.Save || !strings.HasPrefix(asked.Name, sc.screen.content.code+"-") || !strings.Contains(asked.Title, c.line) {
			t.Errorf("%s: asks %+v", c.line, asked)
		}
		if words := lineWords(sc.screen.drawer.list.Blocks()); !strings.Contains(words, c.says) {
			t.Errorf("%s says %s, want %q", c.line, words, c.says)
		}
	}
}

// TestALetterChoosesWhatIsExported: the letters stand before the lines.
func TestALetterChoosesWhatIsExported(t *testing.T) {
	sc, f := withFiles(t)
	sc.host.Pick = "/media/stick/x"
	all := outs(t, sc)
	pdf := all["Post-mortem as PDF"]
	if !all["Everything as JSON"].Rune([]rune(pdf.Left)[0]) || len(f.Exported) != 1 || f.Exported[0].Format != export.PDF {
		t.Errorf("%s asked for %+v", pdf.Left, f.Exported)
	}
}

// TestAnExportThatFailsSaysWhy: whether the list is open or shut.
func TestAnExportThatFailsSaysWhy(t *testing.T) {
	sc, f := withFiles(t)
	s := sc.screen
	f.Refuse, sc.host.Pick = &fs.PathError{Op: "open", Path: "/media/stick/inc.md", Err: errors.New("no space left on device")}, "/media/stick/inc.md"
	outs(t, sc)["Report: facts, milestones, timeline"].Open()
	said := s.drawer.list.Blocks()[0].Lines[0]
	if want := s.content.code + " was not exported: open /media/stick/inc.md: no space left on device."; said.Main != want || said.MainColor != red() {
		t.Errorf("says %q, want %q", said.Main, want)
	}
	s.drawer.close()
	s.exports.done(s.content.id, s.content.code, "/media/stick/inc.md", node.ExportReport{}, f.Refuse)
	if len(sc.host.Fails) != 1 || !strings.Contains(sc.host.Fails[0], "no space left") {
		t.Errorf("says %v", sc.host.Fails)
	}
}

// TestAnExportUnderWayCanBeStopped: a large pack takes its time.
func TestAnExportUnderWayCanBeStopped(t *testing.T) {
	sc := open(t)
	s := sc.screen
	s.Files = &sample.Files{Device: sc.host.Device}
	ctx, stop := s.files.context()
	s.exports.doing, s.exports.stop = "/media/stick/e.zip", stop
	outs(t, sc)
	first := s.drawer.list.Blocks()[0].Lines[0]
	if first.Main != "Writing /media/stick/e.zip …" || !first.Rune('x') || ctx.Err() == nil {
		t.Errorf("%q goes on: %v", first.Main, ctx.Err())
	}
	s.exports.ask(leavings[0].list[0])
	if len(sc.host.Chosen) != 0 || len(sc.host.Toasts) == 0 {
		t.Error("a second export begins while the first is written")
	}
}
