package importer

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Names of the formats an incident is read from.
const (
	IncidentForm = "incident-json"
	Slack        = "slack"
	PagerDuty    = "pagerduty"
	Opsgenie     = "opsgenie"
	Statuspage   = "statuspage"
	Google       = "google"
	CState       = "cstate"
	Table        = "csv"
	Text         = "text"
)

// Formats lists the formats.
var Formats = [...]string{IncidentForm, Slack, PagerDuty, Opsgenie, Statuspage, Google, CState, Table, Text}

// MaxArchive bounds a Slack export: a channel of a year is some ten MiB, and only
// the days of the channels that are read are unfolded.
const MaxArchive = 256 << 20

// Told is what a file tells.
type Told struct {
	Format    string
	Incidents []Incident
	// SHA256 is that of the file, in hex; empty for a folder.
	SHA256 string
}

// reader reads a format whose files are read whole.
type reader func(b []byte, o Options) ([]story, error)

var readers = map[string]reader{
	PagerDuty: readPagerDuty, Opsgenie: readOpsgenie, Statuspage: readStatuspage, Google: readGoogle,
	CState: readCState, Table: readTable, Text: readText,
}

// ReadFile reads a file; of an unpacked Slack export its folder. An empty format
// is found out. The error wraps ErrInvalid, or is a Question.
func ReadFile(format, path string, o Options) (Told, error) {
	if o.Name == "" {
		o.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Told{}, err
	case info.IsDir():
		return readFolder(format, os.DirFS(path), o)
	case !info.Mode().IsRegular(): // opening a pipe nobody writes to would wait for ever
		return Told{}, fmt.Errorf("%w: %s is no regular file", ErrInvalid, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Told{}, err
	}
	defer f.Close() // it was only read
	return Read(format, f, info.Size(), o)
}

// Read reads a file of size bytes. An empty format is found out. The error wraps
// ErrInvalid, or is a Question.
func Read(format string, f io.ReaderAt, size int64, o Options) (Told, error) {
	if format != "" && !slices.Contains(Formats[:], format) {
		return Told{}, fmt.Errorf("format %q is not known; it is one of: %s", format, strings.Join(Formats[:], ", "))
	}
	hash := sha256.New()
	told := Told{Format: format}
	if zipped(f) && (format == "" || format == Slack) {
		if size > MaxArchive {
			return Told{}, fmt.Errorf("%w: it is larger than %d MiB", ErrInvalid, MaxArchive>>20)
		}
		z, err := zip.NewReader(f, size)
		if err != nil {
			return Told{}, fmt.Errorf("%w: %v", ErrInvalid, err)
		}
		if told, err = readFolder(format, z, o); err != nil {
			return Told{}, err
		}
		if _, err := io.Copy(hash, io.NewSectionReader(f, 0, size)); err != nil {
			return Told{}, err
		}
		told.SHA256 = hex.EncodeToString(hash.Sum(nil))
		return told, nil
	}
	b, err := readAll(io.NewSectionReader(f, 0, size))
	if err != nil {
		return Told{}, err
	}
	hash.Write(b)
	told.SHA256 = hex.EncodeToString(hash.Sum(nil))
	if told.Format == "" {
		told.Format = find(b)
	}
	if told.Format == alerts {
		return Told{}, fmt.Errorf("%w: it tells of alerts and of no incident; take it in as alerts", ErrInvalid)
	}
	told.Incidents, err = read(told.Format, b, "sha256:"+told.SHA256, o)
	return told, err
}

func read(format string, b []byte, source string, o Options) ([]Incident, error) {
	if format == IncidentForm {
		inc, err := IncidentJSON(bytes.NewReader(b))
		return []Incident{inc}, err
	}
	r, ok := readers[format]
	if !ok { // all but Slack have one
		return nil, fmt.Errorf("%w: an export of Slack is a ZIP file or its unpacked folder", ErrInvalid)
	}
	b, err := utf8Text(b)
	if err != nil {
		return nil, err
	}
	stories, err := r(b, o)
	if err != nil {
		return nil, err
	}
	return finish(stories, source, o)
}

// readFolder reads an export of Slack.
func readFolder(format string, folder fs.FS, o Options) (Told, error) {
	if format != "" && format != Slack {
		return Told{}, fmt.Errorf("%w: a folder is read as an export of Slack, not as %s", ErrInvalid, format)
	}
	stories, err := readSlack(folder, o)
	if err != nil {
		return Told{}, err
	}
	incidents, err := finish(stories, "", o)
	return Told{Format: Slack, Incidents: incidents}, err
}

// finish ends the stories. One that names no source has the file's, so that the
// same file is known again; a reader that gives several names the source of each.
func finish(stories []story, source string, o Options) (list []Incident, err error) {
	for n := range stories {
		s := &stories[n]
		if s.Declare.Source == "" {
			s.Declare.Source = source
		}
		if s.Declare.Title == "" {
			s.Declare.Title = cmp.Or(o.Name, "Imported")
		}
		if o.Severity != "" {
			s.Declare.Severity = o.Severity
		}
		inc, err := s.incident()
		if err != nil {
			return nil, err
		}
		list = append(list, inc)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: nothing in it tells of an incident", ErrInvalid)
	}
	return list, nil
}
