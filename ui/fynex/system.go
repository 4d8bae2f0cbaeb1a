package fynex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
)

// CopyText puts text on the clipboard as text. What hides characters is written out first: a copied
// line may be pasted into a terminal.
func CopyText(c fyne.Clipboard, s string) { c.SetContent(text.Block(s)) }

// maxNotice is the longest part of a notification, in bytes.
const maxNotice = 120

// Notice makes a desktop notification that is safe to send. Fyne 2.7 pastes title and text into a
// PowerShell command on Windows, and 2.8 quotes them as Go does, not as PowerShell does; so only
// letters, digits, spaces and harmless marks are let through.
func Notice(title, body string) *fyne.Notification {
	return fyne.NewNotification(notice(title), notice(body))
}

func notice(s string) string {
	if len(s) > maxNotice {
		s = strings.ToValidUTF8(s[:maxNotice], "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r), r == ' ', strings.ContainsRune(".,:-", r):
			return r
		default:
			return ' '
		}
	}, s)
}

// Row is what a list with rows of different heights shows.
type Row struct {
	Length  func() int
	Create  func() fyne.CanvasObject
	Update  func(int, fyne.CanvasObject)
	Heights []float32 // by index, in units
}

// NewList makes a list whose heights are set before it is first drawn. SetItemHeight on a drawn list
// refreshes the whole of it each time (#3427, #4429), and heights are kept by index, so a change is
// made by a new list put in the old one's place: see Swap.
func NewList(r Row) *widget.List {
	l := widget.NewList(r.Length, r.Create, r.Update)
	for i, h := range r.Heights {
		l.SetItemHeight(i, h)
	}
	return l
}

// Swap puts a list in the place of another inside a container and scrolls it to an offset.
func Swap(in *fyne.Container, old, fresh *widget.List, offset float32) {
	for i, o := range in.Objects {
		if o == fyne.CanvasObject(old) {
			in.Objects[i] = fresh
		}
	}
	fresh.Move(old.Position())
	fresh.Resize(old.Size())
	fresh.ScrollToOffset(offset)
	in.Refresh()
}
