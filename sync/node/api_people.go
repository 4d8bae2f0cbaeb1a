package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"holdfast/sync/intake/importer"
)

// PeopleImport asks for a list of people to be taken over.
type PeopleImport struct {
	// Path is absolute: the owner of the home reads it, as the same user.
	Path string `json:"path"`
}

// PeopleReport says what taking over a list of people did.
type PeopleReport struct {
	// Added are new to the room; Known were in it, and got what they lacked.
	Added int `json:"added"`
	Known int `json:"known"`
	// Refused names each row that was left out, and why.
	Refused []string `json:"refused"`
}

func importPeople(r *request) (any, error) {
	var q PeopleImport
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.ImportPeople(r.ctx, q)
}

// ImportPeople adds the people of a CSV file, each by a command of their own:
// what one row lacks keeps nobody else out. People known already get what they
// lack, so it can be repeated.
func (r *Room) ImportPeople(ctx context.Context, q PeopleImport) (PeopleReport, error) {
	report := PeopleReport{Refused: []string{}}
	if !filepath.IsAbs(q.Path) {
		return report, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	f, err := os.Open(q.Path)
	if err != nil {
		return report, err
	}
	defer f.Close() // it was only read
	people, bad, err := importer.PeopleCSV(f)
	if err != nil {
		return report, fmt.Errorf("%s: %w", q.Path, err)
	}
	for _, b := range bad {
		report.Refused = append(report.Refused, b.String())
	}
	for _, p := range people {
		done, err := r.Do(ctx, p)
		switch {
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return report, fmt.Errorf("%s: %w; %d before were added", p.Name, err, report.Added)
		case err != nil:
			report.Refused = append(report.Refused, p.Name+": "+err.Error())
		case done.Note != "": // it says that they were known
			report.Known++
		default:
			report.Added++
		}
	}
	return report, nil
}
