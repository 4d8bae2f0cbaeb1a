package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"holdfast/model"
)

// csvHeader names the columns. New ones are added at the end.
var csvHeader = [...]string{
	"at", "precision", "recorded_at", "author", "kind", "text", "source", "edited", "retracted", "reason", "conflict", "id", "feed", "seq",
}

func writeCSV(w io.Writer, rows []model.TimelineRow) error {
	c := csv.NewWriter(w)
	if err := c.Write(csvHeader[:]); err != nil {
		return err
	}
	for _, r := range rows {
		if err := c.Write([]string{
			csvTime(r.At), r.Precision.String(), csvTime(r.RecordedAt), cell(r.Author), cell(r.Kind), cell(r.Text), r.Source,
			strconv.Itoa(r.Edited), strconv.FormatBool(r.Retracted), cell(r.Reason), strconv.FormatBool(r.Conflict),
			r.ID.String(), r.Feed, strconv.FormatUint(r.Seq, 10),
		}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Table writes a table with its head as CSV.
func Table(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	for _, row := range rows {
		guarded := make([]string, len(row))
		for i, text := range row {
			guarded[i] = cell(text)
		}
		if err := c.Write(guarded); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// cell guards a text that a spreadsheet would run as a formula. Leading blanks
// do not make one harmless: some programs take them off.
func cell(text string) string {
	text = plain(text)
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	if trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", firstRune(trimmed)) || strings.HasPrefix(text, "\t") {
		return "'" + text
	}
	return text
}

func firstRune(text string) rune {
	for _, r := range text {
		return r
	}
	return 0
}

// plain takes out of a text what is no text: control characters but line
// breaks and tabs, and marks that turn its direction or hide.
func plain(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d': // joiners belong to some scripts
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}
