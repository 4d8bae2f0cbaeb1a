package incident

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// Files keeps the attachments of a room, and has an incident leave as a file. *node.Room is one.
type Files interface {
	// AttachmentsOf is called with the state locked for reading.
	AttachmentsOf(s *model.State, inc *model.Incident) []node.AttachmentStatus
	Attach(ctx context.Context, q node.AttachRequest, told func(done, size int64)) (model.Done, error)
	FetchAttachment(ctx context.Context, id string, told func(here, total int)) error
	SaveAttachment(ctx context.Context, id, path string, told func(here, total int)) (node.AttachmentStatus, error)
	ReadAttachment(ctx context.Context, id string, limit int64) ([]byte, error)
	// Export writes an incident to a file.
	Export(ctx context.Context, q node.ExportRequest) (node.ExportReport, error)
}

// file finds an attachment by its id.
func (c content) file(id string) (node.AttachmentStatus, bool) {
	i := slices.IndexFunc(c.files, func(f node.AttachmentStatus) bool { return f.ID.String() == id })
	if i < 0 {
		return node.AttachmentStatus{}, false
	}
	return c.files[i], true
}

// places says, by the id of an attachment, where it is.
func (c content) places() map[string]string {
	where := make(map[string]string, len(c.files))
	for _, f := range c.files {
		if f.Retracted == "" {
			where[f.ID.String()] = text.Line(f.Where)
		}
	}
	return where
}

// maxDropped is how many files are taken at once: more is a folder to pack.
const maxDropped = 100

// title heads the list of attachments.
func (f *files) title() (title, note string) {
	n := len(f.screen.content.files)
	title = text.Count(n, "attachment", "attachments")
	if n == 0 {
		title = "No attachments"
	}
	return title, "Drop files, paste a picture, or Ctrl+Shift+A  ·  Ctrl+J goes to the list"
}

// blocks lists what is being added, then the attachments, the newest first.
func (f *files) blocks() []item.Block {
	var blocks []item.Block
	if len(f.adding) > 0 {
		b := item.Block{Title: "Being added"}
		for _, a := range f.adding {
			done, size := a.progress()
			l := line("adding."+a.path, text.Line(filepath.Base(a.path)), 1)
			l.Right, l.Hint = "waits", "x leaves it out"
			if size > 0 {
				l.Share = float32(done) / float32(size)
				l.Right = fmt.Sprintf("%d %%", 100*done/size)
			}
			l.Rune = on(map[rune]func(){'x': a.cancel})
			b.Lines = append(b.Lines, l)
		}
		blocks = append(blocks, b)
	}
	b := item.Block{}
	for _, s := range slices.Backward(f.screen.content.files) {
		b.Lines = append(b.Lines, f.line(s))
	}
	if len(b.Lines) == 0 && len(f.adding) == 0 {
		b.Lines = append(b.Lines, quiet("files.none", "Screenshots, logs and dumps go with the record and are kept sealed. "+
			"Drop them on the window, or choose one with Ctrl+Shift+A.", 2))
	}
	return append(blocks, b)
}

// line is one attachment.
func (f *files) line(s node.AttachmentStatus) item.Line {
	id := s.ID.String()
	words := []string{text.Line(s.Name), model.SizeText(s.Size), s.At.UTC().Format("15:04") + " " + author(s.By)}
	if s.Source != "" {
		words = append(words, "from "+text.Line(s.Source))
	}
	if s.Note != "" {
		words = append(words, text.Line(s.Note))
	}
	l := line("file."+id, strings.Join(words, " · "), 3)
	acts := map[rune]func(){'s': func() { f.askSave(s) }}
	l.Open = func() { f.open(s) }
	switch {
	case s.Retracted != "":
		l.Main += " · taken back: " + text.Line(s.Retracted)
		l.Right, l.MainColor, l.Hint = "taken back", theme.ColorMuted, "s saves it to a file"
		l.Open = acts['s']
	case s.State == node.AttachmentHere && pictured(s):
		l.Right, l.Hint = "here", "Enter shows it · s saves it to a file · Delete takes it back"
	case s.State == node.AttachmentHere:
		l.Right, l.Hint = "here", "Enter or s saves it to a file · Delete takes it back"
	case s.State == node.AttachmentFetching:
		l.Share = max(float32(s.Held)/float32(max(s.Parts, 1)), 0.001)
		l.Right, l.RightColor = fmt.Sprintf("%d %%", 100*s.Held/max(s.Parts, 1)), amber()
		l.Hint = "x stops it; what has arrived is kept"
		acts['x'] = func() { f.stop(id) }
	default:
		l.Main += " · " + text.Line(s.Where)
		l.Right, l.RightColor, l.Hint = "not here", amber(), "Enter fetches it · s fetches and saves it"
	}
	l.Rune = on(acts)
	return l
}
