package export

import (
	"fmt"
	"slices"
	"strings"

	papers "holdfast/model/report"
)

// printed are the formats in which an incident is its post-mortem, whole or as
// drafted from the log: timeline, figures, texts and actions in one document.
var printed = [...]string{HTML, PDF, EML}

// Readable lists what an incident is written as for people and programs: the
// Formats, its post-mortem as printed, and its papers.
func Readable() []string { return slices.Concat(Formats[:], printed[:], papers.Names[:]) }

// Allowed refuses a format that an incident is not written as, and for outsiders
// one that is not among Public: that is handed over by a person, after legal
// review.
func Allowed(format string, public bool) error {
	if all := append(Readable(), Evidence); !slices.Contains(all, format) {
		return fmt.Errorf("format %q is not available in this version; there are: %s", format, strings.Join(all, ", "))
	}
	if public && !slices.Contains(Public[:], format) {
		return fmt.Errorf("%s is no paper for outsiders as it stands; a person hands it over after legal review", format)
	}
	return nil
}

// PaperOf says which paper a format is, and as what of PaperFormats it is
// written: a paper that is named is written as asked. It gives nothing for a
// format that is no paper.
func PaperOf(format, as string) (paper, form string) {
	switch {
	case slices.Contains(printed[:], format):
		return papers.Review, format
	case slices.Contains(papers.Names[:], format):
		return format, as
	}
	return "", ""
}
