package incident

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/clip"
	disk "holdfast/ui/files"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// files is what the screen does with attachments. All but the progress of what is
// added belongs to the UI goroutine.
type files struct {
	screen  *Screen
	adding  []*adding
	stops   map[string]context.CancelFunc // of fetches, by attachment
	picture *picture
}

func newFiles(s *Screen) *files {
	return &files{screen: s, stops: map[string]context.CancelFunc{}, picture: newPicture(s)}
}

// adding is a file that waits to be attached, or is being read.
type adding struct {
	incident model.ID
	path     string
	ctx      context.Context
	cancel   context.CancelFunc
	after    func() // nil, or what is left to do whatever becomes of it

	mu         sync.Mutex
	done, size int64
}

func (a *adding) told(done, size int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done, a.size = done, size
}

func (a *adding) progress() (done, size int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done, a.size
}

// context ends with the window.
func (f *files) context() (context.Context, context.CancelFunc) {
	ctx := f.screen.Context
	if ctx == nil {
		ctx = context.Background()
	}
	return context.WithCancel(ctx)
}

// Take attaches files that were dropped on the window.
func (s *Screen) Take(paths []string) {
	switch {
	case s.content.id.Zero():
		s.host.Toast("Open an incident first, then drop files on it")
	case s.Files == nil || !s.content.mayWrite:
		s.host.Toast("This device reads the room and attaches nothing")
	case len(paths) > maxDropped:
		s.host.Toast(fmt.Sprintf("%d files at once are too many; pack them into one. Nothing was attached", len(paths)))
	default:
		s.files.add(paths)
	}
}

// add attaches files one after the other, and shows how far it is.
func (f *files) add(paths []string) {
	var fresh []*adding
	for _, path := range paths {
		if !slices.ContainsFunc(f.adding, func(a *adding) bool { return a.path == path && a.incident == f.screen.content.id }) {
			fresh = append(fresh, &adding{incident: f.screen.content.id, path: path})
		}
	}
	f.queue(fresh...)
}

// queue has files attached after those that wait already.
func (f *files) queue(fresh ...*adding) {
	idle := len(f.adding) == 0
	for _, a := range fresh {
		a.ctx, a.cancel = f.context()
		f.adding = append(f.adding, a)
	}
	f.screen.drawer.show(drawerFiles, false)
	if idle {
		f.next()
	}
}

// next attaches the first that waits.
func (f *files) next() {
	if len(f.adding) == 0 {
		return
	}
	s, a := f.screen, f.adding[0]
	s.host.Task(func() error {
		if a.after != nil {
			defer a.after() // here, for a window that closes meanwhile hears no more of it
		}
		_, err := s.Files.Attach(a.ctx, node.AttachRequest{Incident: a.incident.String(), Path: a.path}, a.told)
		return err
	}, func(err error) {
		a.cancel()
		f.adding = slices.DeleteFunc(f.adding, func(b *adding) bool { return a == b })
		name := text.Line(filepath.Base(a.path))
		switch {
		case errors.Is(err, context.Canceled):
			s.host.Toast(name + " was left out; nothing of it is kept")
		case err != nil:
			s.host.Fail(name+" was not attached", err)
		default:
			s.host.Fail(name+" was not attached", nil)
			s.host.Toast(name + " is attached")
		}
		s.host.Refresh()
		f.next()
	})
}

// paste attaches the picture on the clipboard, by way of a file that is gone once it
// is attached.
func (f *files) paste() {
	s := f.screen
	if s.content.id.Zero() || s.Files == nil || !s.content.mayWrite {
		s.Take(nil) // says why not
		return
	}
	ctx, cancel := f.context()
	name, id, path := "pasted "+s.host.Now().UTC().Format("2006-01-02 15-04-05")+" UTC.png", s.content.id, ""
	s.host.Task(func() error {
		b, err := s.Clip(ctx)
		if err == nil {
			path, err = aside(name, b)
		}
		return err
	}, func(err error) {
		cancel()
		switch {
		case errors.Is(err, clip.ErrNone), errors.Is(err, clip.ErrNoTool):
			says := err.Error()
			s.host.Toast(strings.ToUpper(says[:1]) + says[1:])
		case err != nil:
			s.host.Fail("The picture was not pasted", err)
		default:
			f.queue(&adding{incident: id, path: path, after: func() { _ = os.RemoveAll(filepath.Dir(path)) }})
		}
	})
}

// aside puts a picture into a file of a folder of its own, which only this user can read.
func aside(name string, b []byte) (string, error) {
	dir, err := os.MkdirTemp("", "holdfast-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return path, nil
}

// ask asks for a file. The path on the clipboard is offered where there is one.
func (f *files) ask() {
	s := f.screen
	if s.content.id.Zero() || s.Files == nil || !s.content.mayWrite {
		s.Take(nil) // says why not
		return
	}
	begin := ""
	if app := fyne.CurrentApp(); app != nil {
		if path, why := disk.Path(app.Clipboard().Content()); why == "" {
			begin = path
		}
	}
	s.host.ChooseFile(part.FileAsk{Kind: "attachment", Title: "Attach to " + s.content.code, Act: "Attach", Name: begin, Then: func(path string) { s.Take([]string{path}) }})
}

// open shows a picture, saves another file, and fetches what is not here.
func (f *files) open(st node.AttachmentStatus) {
	s := f.screen
	switch {
	case st.State == node.AttachmentHere && pictured(st):
		f.picture.show(st)
	case st.State == node.AttachmentHere:
		f.askSave(st)
	case st.State == node.AttachmentFetching:
		s.drawer.show(drawerFiles, true)
	default:
		f.fetch(st)
	}
}

// fetch brings an attachment here, and shows how far it is.
func (f *files) fetch(st node.AttachmentStatus) {
	f.during(st, "could not be fetched", func(ctx context.Context) error {
		return f.screen.Files.FetchAttachment(ctx, st.ID.String(), nil)
	}, func() {
		if pictured(st) {
			f.picture.show(st)
			return
		}
		f.screen.host.Toast(text.Line(st.Name) + " is here")
	})
}

// during does something with an attachment that can be stopped.
func (f *files) during(st node.AttachmentStatus, failed string, work func(context.Context) error, then func()) {
	s, id := f.screen, st.ID.String()
	if f.stops[id] != nil {
		return
	}
	ctx, cancel := f.context()
	f.stops[id] = cancel
	s.drawer.show(drawerFiles, false)
	s.host.Task(func() error { return work(ctx) }, func(err error) {
		cancel()
		delete(f.stops, id)
		switch {
		case errors.Is(err, context.Canceled):
			s.host.Toast("Stopped. What has arrived of " + text.Line(st.Name) + " is kept")
		case err != nil:
			s.host.Fail(text.Line(st.Name)+" "+failed, err)
		default:
			s.host.Fail(text.Line(st.Name)+" "+failed, nil)
			then()
		}
		s.host.Refresh()
	})
}

func (f *files) stop(id string) {
	if cancel := f.stops[id]; cancel != nil {
		cancel()
		return
	}
	f.screen.host.Toast("It is not this window that fetches it")
}

// askSave asks where to write an attachment.
func (f *files) askSave(st node.AttachmentStatus) {
	f.screen.host.ChooseFile(part.FileAsk{
		Kind: "saved", Title: "Save " + text.Line(st.Name) + ", " + model.SizeText(st.Size), Name: filepath.Base(st.Name), Save: true, Then: func(path string) { f.save(st, path) },
	})
}

// save writes an attachment, in place of a file only where that was agreed.
func (f *files) save(st node.AttachmentStatus, path string) {
	agreed := f.screen.host.MayReplace(path)
	f.during(st, "was not saved", func(ctx context.Context) error {
		if _, err := os.Lstat(path); !agreed && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already and was left alone; save under another name", path)
		}
		_, err := f.screen.Files.SaveAttachment(ctx, st.ID.String(), path, nil)
		return err
	}, func() { f.screen.host.Toast("Saved to " + path) })
}

// retract asks for the reason to take an attachment back.
func (f *files) retract(id string) {
	s := f.screen
	st, ok := s.content.file(id)
	switch {
	case !ok:
		return
	case st.Retracted != "":
		s.host.Toast("This attachment was taken back already")
		return
	}
	s.ask(question{prompt: "Why is " + text.Line(st.Name) + " taken back?", then: func(reason string) plan {
		if strings.TrimSpace(reason) == "" {
			return plan{}
		}
		return plan{
			says:     "Takes " + text.Line(st.Name) + " back; that it was there stays readable · Enter takes it back",
			commands: []model.Command{model.RetractAttachment{Attachment: id, Reason: reason}},
			toast:    text.Line(st.Name) + " is taken back",
		}
	}})
}
