package model

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ClassAttachment is a file that belongs to an incident: a screenshot, a log, a
// dump. The record says what it is and how it is opened; its content is kept in
// sealed chunks beside the store, by those who have fetched it.
const ClassAttachment = "attachment"

// Fields of an attachment. All but the reason for taking it back are read as
// they were when it was added: what a file is does not change.
const (
	AttachmentName   = "name"
	AttachmentType   = "type"   // media type, as RFC 6838 writes it
	AttachmentSize   = "size"   // bytes
	AttachmentSHA256 = "sha256" // of the whole file, hexadecimal
	AttachmentRoot   = "root"   // SHA-256 of the sealed list of its chunks, hexadecimal
	AttachmentKey    = "key"    // its own key, which opens the list and the chunks, hexadecimal
	AttachmentSource = "source" // who or what it was taken from
	AttachmentEntry  = "entry"  // id of the entry it belongs to; none: to the incident
	AttachmentNote   = "note"
	// AttachmentRetracted is why it was taken back. The record of it stays.
	AttachmentRetracted = "retracted"
)

// MaxAttachment bounds a file: the list of its chunks then fits into one chunk
// itself. What is larger is a disk image: it is kept where it lies and registered as
// evidence by its fingerprint.
const MaxAttachment = 2 << 30

// maxEnding is how long the ending of a file's name is kept where the name is cut,
// in bytes: longer ones say nothing of what it is.
const maxEnding = 16

// Attach records a file whose content was sealed into chunks before.
type Attach struct {
	Incident string
	Name     string // of the file; a path before it is left out
	Type     string // empty is application/octet-stream
	Size     int64
	// SHA256 is of the file, Root of the sealed list of chunks; Key opens them.
	SHA256, Root, Key Hash
	// Source is who or what it was taken from; empty is the author.
	Source string
	Entry  string // the entry it belongs to; empty is none
	Note   string
}

// Plan implements Command.
func (c Attach) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{AttachmentName, "the name of the file", FileName(c.Name), true, MaxTitle},
		formField{AttachmentType, "the media type", either(c.Type, "application/octet-stream"), true, MaxName},
		formField{AttachmentSource, "the source", c.Source, false, maxSource},
		formField{AttachmentNote, "the note", c.Note, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if err := CheckAttachmentSize(c.Size); err != nil {
		return Done{}, err
	}
	zero := Hash{}
	if c.SHA256 == zero || c.Root == zero || c.Key == zero {
		return Done{}, refuse("the content of %q was not read whole. Nothing was attached", fields[AttachmentName])
	}
	if c.Entry != "" {
		of, entry, err := p.State.FindEntry(c.Entry)
		if err != nil {
			return Done{}, err
		}
		if of.ID != inc.ID {
			return Done{}, refuse("entry %s belongs to %s, not to %s. Nothing was attached", entry.Short(8), of.Code, inc.Code)
		}
		fields[AttachmentEntry] = entry.String()
	}
	fields[AttachmentSize] = strconv.FormatInt(c.Size, 10)
	for name, sum := range map[string]Hash{AttachmentSHA256: c.SHA256, AttachmentRoot: c.Root, AttachmentKey: c.Key} {
		fields[name] = hex.EncodeToString(sum[:])
	}
	return Done{ID: p.addItem(inc.ID, ClassAttachment, fields), Code: inc.Code}, nil
}

// CheckAttachmentSize refuses a file that is empty or too large, before it is read.
func CheckAttachmentSize(size int64) error {
	switch {
	case size <= 0:
		return refuse("the file is empty. Nothing was attached")
	case size > MaxAttachment:
		return refuse("the file has %s; the limit is %s. Keep it where it is and register its fingerprint with `evidence add`. Nothing was attached",
			SizeText(size), SizeText(MaxAttachment))
	}
	return nil
}

// FileName gives what stays of a path as the name of a file: its last part,
// without what a file system or a screen could take for something else.
func FileName(path string) string {
	path = strings.ReplaceAll(strings.ToValidUTF8(path, "\uFFFD"), `\`, "/")
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, path[strings.LastIndexByte(path, '/')+1:])
	if name = strings.TrimSpace(name); strings.Trim(name, ".") == "" {
		return ""
	}
	return shortName(name)
}

// shortName leaves out of the middle of a name what is over the limit, so that its
// ending still says what it is.
func shortName(name string) string {
	const gap = "\u2026"
	if len(name) <= MaxTitle {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > maxEnding {
		ending = ""
	}
	return strings.ToValidUTF8(name[:MaxTitle-len(gap)-len(ending)], "") + gap + ending
}

// SizeText writes a number of bytes for people.
func SizeText(n int64) string {
	const step = 1 << 10
	if n < step {
		return fmt.Sprintf("%d bytes", n)
	}
	size, unit := float64(n), ""
	for _, unit = range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size /= step; size < step {
			break
		}
	}
	if size < 10 {
		return strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0") + " " + unit
	}
	return strconv.FormatFloat(size, 'f', 0, 64) + " " + unit
}

// RetractAttachment takes an attachment back; that it was there stays readable,
// and its content stays where it is.
type RetractAttachment struct {
	Attachment string
	Reason     string
}

// Plan implements Command.
func (c RetractAttachment) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindAttachment(c.Attachment)
	if err != nil {
		return Done{}, err
	}
	if err := p.unsealed(inc, id); err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	item := inc.Items[id]
	if item.Fields.Text(AttachmentRetracted) != "" {
		return Done{}, refuse("attachment %s was taken back already", id.Short(8))
	}
	p.setItem(inc.ID, id, item, AttachmentRetracted, reason, "")
	return Done{ID: id, Code: inc.Code}, nil
}

// FindAttachment reads what a person typed for an attachment: INC/NAME, or its
// id or the start of it.
func (s *State) FindAttachment(text string) (*Incident, ID, error) {
	incident, name, ok := strings.Cut(text, "/")
	if !ok {
		return s.FindItem(text, "attachment", ClassAttachment)
	}
	inc, err := s.FindIncident(incident)
	if err != nil {
		return nil, ID{}, err
	}
	var found []ID
	for _, id := range inc.Items.Of(ClassAttachment) {
		if inc.Items[id].Initial(AttachmentName) == name {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return nil, ID{}, refuse("%s has no attachment %.80q", inc.Code, name)
	case 1:
		return inc, found[0], nil
	}
	return nil, ID{}, refuse("%s has %d attachments of that name: name %s or %s", inc.Code, len(found), found[0].Short(8), found[1].Short(8))
}

// AttachmentView is an attachment for people. It holds no key.
type AttachmentView struct {
	ID       ID        `json:"id"`
	Incident string    `json:"incident"` // its code
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	Source   string    `json:"source,omitempty"`
	Entry    string    `json:"entry,omitempty"`
	Note     string    `json:"note,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	// Retracted is why it was taken back; empty where it was not.
	Retracted string `json:"retracted,omitempty"`
}

// AttachmentViews lists the attachments of an incident in the order they were
// added.
func (s *State) AttachmentViews(inc *Incident) []AttachmentView {
	views := []AttachmentView{}
	for _, id := range inc.Items.Of(ClassAttachment) {
		views = append(views, s.AttachmentView(inc, id))
	}
	return views
}

// AttachmentView gives one attachment of an incident.
func (s *State) AttachmentView(inc *Incident, id ID) AttachmentView {
	item := inc.Items[id]
	v := AttachmentView{
		ID: id, Incident: inc.Code, Name: item.attachmentName(), Type: item.Initial(AttachmentType),
		SHA256: item.Initial(AttachmentSHA256), Source: item.Initial(AttachmentSource), Entry: item.Initial(AttachmentEntry),
		Note: item.Initial(AttachmentNote), By: s.AuthorName(item.Added), At: item.addedAt(), Retracted: item.Fields.Text(AttachmentRetracted),
	}
	v.Size, _ = strconv.ParseInt(item.Initial(AttachmentSize), 10, 64)
	return v
}

// attachmentName is cleaned again: the op may be of a hand that did not.
func (i *Item) attachmentName() string {
	return cmp.Or(FileName(i.Initial(AttachmentName)), "unnamed")
}

// Content is how the content of an attachment is found and opened.
type Content struct {
	Size              int64
	SHA256, Root, Key Hash
	// Device added it, and so had it whole.
	Device DeviceKey
}

// Content gives how the content of an attachment is opened; false where what
// was recorded cannot be that.
func (s *State) Content(item *Item) (Content, bool) {
	var c Content
	size, err := strconv.ParseInt(item.Initial(AttachmentSize), 10, 64)
	if item.Class != ClassAttachment || err != nil || CheckAttachmentSize(size) != nil {
		return c, false
	}
	c.Size = size
	c.Device, _ = s.Author(item.Added.Feed)
	for name, sum := range map[string]*Hash{AttachmentSHA256: &c.SHA256, AttachmentRoot: &c.Root, AttachmentKey: &c.Key} {
		b, err := hex.DecodeString(item.Initial(name))
		if err != nil || copy(sum[:], b) != len(sum) || len(b) != len(sum) {
			return c, false
		}
	}
	return c, true
}

// Attachments lists every attachment of the room that was not taken back, with
// its incident, the newest first.
func (s *State) Attachments(each func(inc *Incident, id ID)) {
	type held struct {
		inc *Incident
		id  ID
	}
	var all []held
	for inc := range s.Incidents() {
		for id, item := range inc.Items {
			if item.Class == ClassAttachment && item.Known() && item.Fields.Text(AttachmentRetracted) == "" {
				all = append(all, held{inc, id})
			}
		}
	}
	slices.SortFunc(all, func(a, b held) int {
		return cmp.Or(b.inc.Items[b.id].Added.Compare(a.inc.Items[a.id].Added), a.id.Compare(b.id))
	})
	for _, a := range all {
		each(a.inc, a.id)
	}
}

func toldAttachment(_ *State, i *Item, field string) (kind, text string) {
	name := i.attachmentName()
	switch field {
	case "":
		size, _ := strconv.ParseInt(i.Initial(AttachmentSize), 10, 64)
		return ClassAttachment, joined(name, SizeText(size), before("from ", i.Initial(AttachmentSource)), i.Initial(AttachmentNote))
	case AttachmentRetracted:
		return ClassAttachment, name + " taken back: " + i.Fields.Text(field)
	}
	return "", ""
}

func before(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}
