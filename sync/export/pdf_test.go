package export_test

import (
	"bytes"
	"io"
	"net/mail"
	"strings"
	"testing"

	"holdfast/model/report"
	"holdfast/sync/export"
)

// TestPDFIsWholeAndTheSameEachTime writes every paper, with texts of other
// scripts in it, twice.
func TestPDFIsWholeAndTheSameEachTime(t *testing.T) {
	r, inc := lost(t)
	for _, name := range report.Names {
		d, _ := report.Of(name, r.State, inc, r.Now)
		d.Blocks = append(d.Blocks,
			report.Block{Kind: report.Paragraph, Text: "Žluťoučký kůň, Łódź, façade, Straße, 日本, \U0001F525"},
			report.Block{Kind: report.Table, Head: []string{"A", "B"}, Rows: [][]string{{strings.Repeat("long ", 3000), "x"}, {"short"}}},
			report.Block{Kind: report.Table, Head: strings.Split(strings.Repeat("c,", 20), ",")},
		)
		text := written(t, d, export.PDF)
		if !strings.HasPrefix(text, "%PDF-") || !strings.HasSuffix(strings.TrimSpace(text), "%%EOF") {
			t.Errorf("%s is no PDF", name)
		}
		if strings.Contains(text, "/URI") || strings.Contains(text, "/JavaScript") {
			t.Errorf("%s links to something", name)
		}
		if text != written(t, d, export.PDF) {
			t.Errorf("%s differs the second time", name)
		}
	}
}

func TestMailIsADraftWithBothForms(t *testing.T) {
	r, inc := lost(t)
	d, _ := report.Of(report.Review, r.State, inc, r.Now)
	m, err := mail.ReadMessage(bytes.NewReader([]byte(written(t, d, export.EML))))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("X-Unsent") != "1" || m.Header.Get("To") != "" || !strings.Contains(m.Header.Get("Subject"), "Post-mortem") {
		t.Errorf("header: %v", m.Header)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"text/plain", "text/html"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s", want)
		}
	}
}
