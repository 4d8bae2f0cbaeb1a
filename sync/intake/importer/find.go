package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// zipped reports whether a file is an archive.
func zipped(f io.ReaderAt) bool {
	var head [4]byte
	n, _ := f.ReadAt(head[:], 0)
	return n == len(head) && bytes.Equal(head[:], []byte("PK\x03\x04"))
}

// utf8Text gives a file as UTF-8 without a mark at its start. Spreadsheets write
// UTF-16 with a mark, and older ones the code page of Western Europe.
func utf8Text(b []byte) ([]byte, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(b, []byte("\ufeff")):
		b = b[len("\ufeff"):]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}), bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	if from == nil && !utf8.Valid(b) {
		from = charmap.Windows1252
	}
	if from != nil {
		var err error
		if b, err = from.NewDecoder().Bytes(b); err != nil {
			return nil, fmt.Errorf("%w: it is neither UTF-8 nor UTF-16 text", ErrInvalid)
		}
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, fmt.Errorf("%w: it is no text", ErrInvalid)
	}
	return b, nil
}

// find says which format a file looks like; what looks like none is text.
func find(b []byte) string {
	b, err := utf8Text(b)
	if err != nil {
		return Text
	}
	b = bytes.TrimSpace(b)
	switch {
	case bytes.HasPrefix(b, []byte("{")):
		return findObject(b)
	case bytes.HasPrefix(b, []byte("[")) && bytes.Contains(b, []byte(`"external_desc"`)):
		return Google
	case bytes.HasPrefix(b, []byte("---")) && bytes.Contains(b, []byte("\ndate:")):
		return CState
	case isAnalytics(b):
		return PagerDuty
	case isTable(b):
		return Table
	}
	return Text
}

func findObject(b []byte) string {
	var keys map[string]json.RawMessage
	if json.Unmarshal(b, &keys) != nil {
		return IncidentForm // which says where it is broken
	}
	has := func(key string) bool { _, ok := keys[key]; return ok }
	switch {
	case has("page") && has("incidents"):
		return Statuspage
	case has("log_entries"), has("incidents"):
		return PagerDuty
	case has("data"):
		return Opsgenie
	case has("alerts"):
		return alerts
	}
	return IncidentForm
}

// alerts is what a webhook tells: alerts are taken in elsewhere.
const alerts = "alerts"
