package part

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/text"
)

// FileAsk is a question for a file.
type FileAsk struct {
	// Kind tells questions apart: each begins in the folder the last one of its
	// kind ended in.
	Kind  string
	Title string
	Save  bool     // the file is written; else it is there and is read
	Types []string // endings, such as ".json", of the files that are shown first
	Name  string   // a path or a name to begin with
	Act   string   // the word on the button; empty is Open, or Save
	Then  func(path string)
}

// Chooser asks for a file: by walking through folders, by a few letters, or by a path that is typed or
// pasted. It belongs to a window. The toolkit's dialog does not serve: it reads folders on the UI
// goroutine, takes neither Return nor Escape nor letters, and has a file emptied before the caller
// has anything to write.
type Chooser struct {
	canvas fyne.Canvas
	task   func(work func() error, done func(error))
	disk   files.Disk
	last   map[string]string // folder by kind
	agreed string            // may be replaced

	ask     FileAsk
	offered string // the name the question began with
	overlay *fynex.Overlay
	look    *chooserLook
	base    string // the folder gone to
	folder  string // the one shown: base, or what is typed before the name
	seek    string // is selected once the folder was read
	listing files.Listing
	trouble string // why the folder was not read
	reading int    // number of the reading that goes on; 0 is none
	readers int    // readings begun
	enter   bool   // Enter was pressed while the folder was read
	walked  bool   // the row was chosen by the arrows, not by what is typed
	filling bool   // the field is filled by the chooser
}

// NewChooser makes the chooser of a window. task runs work off the UI goroutine and done on it.
func NewChooser(c fyne.Canvas, task func(work func() error, done func(error)), disk files.Disk) *Chooser {
	return &Chooser{canvas: c, task: task, disk: disk, last: map[string]string{}}
}

// Show asks for a file.
func (c *Chooser) Show(a FileAsk) {
	if c.IsOpen() {
		return
	}
	c.ask, c.listing, c.trouble, c.enter, c.walked, c.seek, c.reading = a, files.Listing{}, "", false, false, "", 0
	c.base, c.folder = c.last[a.Kind], ""
	if c.base == "" {
		c.base = c.disk.Home()
	}
	name := ""
	if path, why := files.Path(a.Name); why == "" {
		c.base, name = filepath.Dir(path), filepath.Base(path)
	} else if a.Save {
		name = a.Name
	}
	c.offered = name
	c.look = newChooserLook(c)
	c.overlay = fynex.Open(c.canvas, fynex.NewPanel(c.look.object), fynex.Options{Focus: c.look.name, Place: roomy})
	c.fill(name)
	c.typed(name)
	if a.Save {
		c.look.name.SelectAll() // a path may be typed at once
	}
}

// IsOpen reports whether the chooser is shown.
func (c *Chooser) IsOpen() bool { return c.overlay != nil && c.overlay.IsOpen() }

// Close leaves the chooser with nothing chosen.
func (c *Chooser) Close() {
	if c.IsOpen() {
		c.overlay.Close()
	}
}

// MayReplace reports, once, that the person agreed to replace the file.
func (c *Chooser) MayReplace(path string) bool {
	may := path != "" && path == c.agreed
	c.agreed = ""
	return may
}

// fill puts words into the field, with the cursor behind them.
func (c *Chooser) fill(words string) {
	c.filling = true
	c.look.name.SetText(words)
	c.look.name.CursorColumn = len([]rune(words))
	c.look.name.Refresh()
	c.filling = false
}

// typed follows what is typed: a folder in front of the name is shown at once.
func (c *Chooser) typed(words string) {
	c.enter, c.walked = false, false
	in, _ := files.Split(words)
	folder := c.base
	if in != "" {
		folder = filepath.Join(c.base, in)
		if path, why := files.Path(in); why == "" {
			folder = path
		}
	}
	if folder != c.folder {
		c.read(folder)
		return
	}
	c.draw()
}

// read reads a folder off the UI goroutine. What comes late is let go.
func (c *Chooser) read(folder string) {
	c.readers++
	turn := c.readers
	c.folder, c.reading, c.listing, c.trouble = folder, turn, files.Listing{}, ""
	c.draw()
	var listing files.Listing
	c.task(func() (err error) {
		listing, err = c.disk.List(folder)
		return err
	}, func(err error) {
		if c.reading != turn || !c.IsOpen() {
			return
		}
		c.reading, c.listing, c.trouble = 0, listing, files.Trouble(folder, err)
		c.draw()
		if c.enter {
			c.Enter()
		}
	})
}

// into goes into a folder. A name for a new file goes along; where only a folder was typed it is the one
// that was offered.
func (c *Chooser) into(folder string) {
	c.base = folder
	words := ""
	if c.ask.Save {
		if _, words = files.Split(c.look.name.Text); words == "" || words == "." || words == ".." {
			words = c.offered
		}
	}
	c.fill(words)
	c.typed(words)
}

// up goes to the folder around this one, with this one selected.
func (c *Chooser) up() {
	c.seek = filepath.Base(c.folder)
	c.into(filepath.Dir(c.folder))
}

// shown are the files that fit what is typed.
func (c *Chooser) shown() []files.File {
	_, name := files.Split(c.look.name.Text)
	if c.ask.Save {
		name = ""
	}
	low := strings.ToLower(name)
	var out []files.File
	for _, f := range c.listing.Files {
		switch {
		case f.Hidden() && !c.look.hidden.On() && !strings.HasPrefix(name, "."):
		case !f.Folder && !c.fits(f.Name):
		case !strings.Contains(strings.ToLower(f.Name), low):
		default:
			out = append(out, f)
		}
	}
	return out
}

// fits tells a file of the endings asked for.
func (c *Chooser) fits(name string) bool {
	if len(c.ask.Types) == 0 || !c.look.only.On() {
		return true
	}
	for _, t := range c.ask.Types {
		if strings.HasSuffix(strings.ToLower(name), t) {
			return true
		}
	}
	return false
}

// draw shows the folder and selects what Enter would take.
func (c *Chooser) draw() {
	all := c.shown()
	rows := make([]SheetRow, len(all))
	for i, f := range all {
		rows[i] = SheetRow{ID: f.Name, Label: text.Line(f.Name), Meta: f.About(), Bold: f.Folder}
		if f.Folder {
			rows[i].Label += string(filepath.Separator)
		}
	}
	c.look.list.Select("")
	c.look.list.SetRows(rows)
	c.filling = true
	c.look.list.Select(c.best(all))
	c.filling = false
	c.look.draw(c, len(all))
}

// best is the file that what is typed means: the one of that name, else the first that begins so, else
// the first. A name for a new file means none that is not it; a folder that was typed means itself.
func (c *Chooser) best(all []files.File) string {
	in, want := files.Split(c.look.name.Text)
	if c.seek != "" && c.reading == 0 {
		want, c.seek = c.seek, ""
	}
	low, first := strings.ToLower(want), ""
	for _, f := range all {
		switch {
		case f.Name == want:
			return want
		case first == "" && strings.HasPrefix(strings.ToLower(f.Name), low):
			first = f.Name
		}
	}
	switch {
	case c.ask.Save, want == "" && in != "":
		return ""
	case first == "" && len(all) > 0:
		return all[0].Name
	}
	return first
}

// picked follows the arrows and clicks: in a question for a new file, the name of one that is there is
// taken over.
func (c *Chooser) picked(id string) {
	if c.filling {
		return
	}
	c.walked = true
	if f, ok := c.listing.Find(id); ok && c.ask.Save && !f.Folder {
		in, _ := files.Split(c.look.name.Text)
		c.fill(in + id)
	}
	c.look.draw(c, len(c.look.list.Rows()))
}

// Enter opens the folder that is selected, or takes the file.
func (c *Chooser) Enter() {
	if c.reading != 0 {
		c.enter = true
		return
	}
	c.enter = false
	in, name := files.Split(c.look.name.Text)
	selected, ok := c.listing.Find(c.look.list.Selected())
	switch {
	case ok && selected.Folder && (c.walked || !c.ask.Save || selected.Name == name):
		c.into(filepath.Join(c.folder, selected.Name))
	case c.trouble != "":
		c.look.refuse(c.trouble)
	case c.ask.Save:
		c.save(in, strings.TrimSpace(name))
	case ok:
		c.finish(filepath.Join(c.folder, selected.Name))
	case name == "" && in != "":
		c.into(c.folder)
	case name == "":
		c.look.refuse("There is nothing here to open. Go up, or type a path.")
	default:
		c.look.refuse("Nothing here is called " + text.Line(name) + ".")
	}
}

// save takes a name for a new file, and asks before one that is there is replaced.
func (c *Chooser) save(in, name string) {
	switch {
	case (name == "" || name == "." || name == "..") && in != "":
		c.into(filepath.Join(c.folder, name))
		return
	case name == "" || name == "." || name == "..":
		c.look.refuse("Give the file a name.")
		return
	}
	path := filepath.Join(c.folder, name)
	there, ok := c.listing.Find(name)
	if !ok {
		c.finish(path)
		return
	}
	c.look.name.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd}) // who keeps the file goes on with the name
	fynex.Confirm(c.canvas, fynex.Question{
		Title: "Replace " + text.Line(name) + "?", Body: "It is in " + text.Line(c.folder) + ": " + there.About() + ". What it holds now will be lost.",
		Act: "Replace", Safe: "Keep it", Danger: true,
		OnAct: func() {
			c.agreed = path
			c.finish(path)
		},
	})
}

func (c *Chooser) finish(path string) {
	c.last[c.ask.Kind] = filepath.Dir(path)
	c.Close()
	c.ask.Then(path)
}

// Take takes a file that was dropped on the window.
func (c *Chooser) Take(path string) {
	c.fill(path)
	c.typed(path)
}

// key moves in the list while the field has the keyboard.
func (c *Chooser) key(k fyne.KeyName) bool {
	l := c.look.list
	switch k {
	case fyne.KeyDown:
		l.Step(1)
	case fyne.KeyUp:
		l.Step(-1)
	case fyne.KeyPageDown:
		l.Step(l.page())
	case fyne.KeyPageUp:
		l.Step(-l.page())
	case fyne.KeyBackspace:
		if c.look.name.Text != "" {
			return false
		}
		c.up()
	case fyne.KeyEscape:
		c.overlay.Escape()
	default:
		return false
	}
	return true
}
