package node_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/sync/node"
)

// TestAnIncidentLeavesAsAFileInEveryFormat: by the rules of the terminal.
func TestAnIncidentLeavesAsAFileInEveryFormat(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	do(t, a, model.Log{Incident: inc.Code, Text: "gateway answers 502"})
	dir := t.TempDir()
	for _, format := range append(export.Readable(), export.Evidence) {
		q := node.ExportRequest{Incident: inc.Code, Format: format, As: export.Markdown, Path: filepath.Join(dir, format)}
		r, err := a.Export(t.Context(), q)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if info, err := os.Stat(q.Path); err != nil || info.Size() != r.Bytes || r.Bytes == 0 {
			t.Errorf("%s: %d bytes are said, %v", format, r.Bytes, err)
		}
	}
	if z, err := zip.OpenReader(filepath.Join(dir, export.Evidence)); err != nil {
		t.Errorf("the pack: %v", err)
	} else if err := z.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnExportForOutsidersLeavesOutWhatIsNotTheirs: and what is no paper for them is refused, with nothing written.
func TestAnExportForOutsidersLeavesOutWhatIsNotTheirs(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	do(t, a, model.Log{Incident: inc.Code, Text: "Tom typed the wrong host"})
	do(t, a, model.Log{Incident: inc.Code, Kind: "impact", Text: "nobody can pay"})
	path := filepath.Join(t.TempDir(), "out")
	if _, err := a.Export(t.Context(), node.ExportRequest{Incident: inc.Code, Format: export.Markdown, Public: true, Path: path}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if words := string(b); strings.Contains(words, "wrong host") || !strings.Contains(words, "nobody can pay") {
		t.Errorf("outsiders read:\n%s", words)
	}
	for _, format := range []string{export.ICS214, export.Evidence, "post-mortem", "docx"} {
		other := path + format
		if _, err := a.Export(t.Context(), node.ExportRequest{Incident: inc.Code, Format: format, As: export.Markdown, Public: true, Path: other}); err == nil {
			t.Errorf("%s is given to outsiders", format)
		}
		if _, err := os.Stat(other); err == nil {
			t.Errorf("%s left a file", format)
		}
	}
}
