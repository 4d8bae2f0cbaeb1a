package comms

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/model/template"
	"holdfast/sync/node"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// pane shows a message exactly as it leaves, as plain text.
type pane struct {
	to      *form.Words
	size    *item.Note
	subject *widget.Label
	words   *widget.RichText
	shown   string
	lint    *widget.Label
	under   *fyne.Container
	object  *fyne.Container
}

func note() *item.Note { return item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true) }

func newPane() *pane {
	p := &pane{to: form.NewWords("", form.Quiet), size: note(), subject: widget.NewLabel(""), words: widget.NewRichText(), lint: widget.NewLabel("")}
	p.subject.TextStyle.Bold, p.subject.Wrapping = true, fyne.TextWrapWord
	p.words.Wrapping = fyne.TextWrapWord
	p.lint.SizeName, p.lint.Importance, p.lint.Wrapping = base.SizeNameCaptionText, widget.WarningImportance, fyne.TextWrapWord
	p.lint.Hide()
	p.under = container.NewVBox(p.lint, p.size)
	letter := container.NewBorder(form.Stack(0, container.New(asLabel{}, p.to), p.subject), nil, nil, nil, container.NewVScroll(form.ClearOfBar(p.words)))
	p.object = container.NewBorder(nil, p.under, nil, nil, container.NewStack(newGround(), letter))
	return p
}

// set shows a rendered message. What nobody filled in stands out.
func (p *pane) set(m node.MessagePreview, t source) {
	d := m.Draft
	p.to.Set("To "+addressees(m)+" by "+t.way(), form.Quiet)
	subject := text.Line(d.Subject)
	if subject == "" {
		subject = "(no subject)"
	}
	setLabel(p.subject, subject, widget.MediumImportance)
	body := text.Block(d.Body)
	if body != p.shown {
		p.shown = body
		p.words.Segments = segments(body, m.Missing)
		p.words.Refresh()
	}
	p.setLint(m.Warnings)
	size := template.Measure(t.channel, d.Body)
	says := fmt.Sprintf("%s, %s", size, text.Count(len(strings.Fields(d.Body)), "word", "words"))
	colour := theme.ColorMuted
	if size.Over() {
		colour = theme.Severity(0).Text
	}
	p.size.Set(says, colour)
}

// maxNamed is how many addressees are named where nobody else is meant.
const maxNamed = 4

func addressees(m node.MessagePreview) string {
	list := m.Draft.Recipients
	if len(list) == 0 {
		return "nobody"
	}
	named := len(list)
	if named > maxNamed {
		named = maxNamed / 2 // the line also holds how many more there are
	}
	names := make([]string, 0, named)
	for _, r := range list[:named] {
		name := r.Name
		if name == "" {
			name = r.Address
		}
		names = append(names, text.Line(name))
	}
	says := text.Count(len(list), "person", "people") + ": " + strings.Join(names, ", ")
	if more := len(list) - len(names); more > 0 {
		says += fmt.Sprintf(" and %d more", more)
	}
	return says
}

// segments splits a text at the variables nobody filled in.
func segments(body string, missing []string) []widget.RichTextSegment {
	plain, alarm := widget.RichTextStyleInline, widget.RichTextStyleInline
	alarm.ColorName, alarm.TextStyle.Bold = base.ColorNameError, true
	var out []widget.RichTextSegment
	for body != "" {
		at, size := -1, 0
		for _, name := range missing {
			mark := "{{" + name + "}}"
			if i := strings.Index(body, mark); i >= 0 && (at < 0 || i < at) {
				at, size = i, len(mark)
			}
		}
		if at < 0 {
			at = len(body)
		}
		from := at
		if from > 0 && size > 0 && body[from-1] == '(' {
			from-- // a line may break between two segments, and a bracket stays with what it opens
		}
		if from > 0 {
			out = append(out, &widget.TextSegment{Text: body[:from], Style: plain})
		}
		if size > 0 {
			out = append(out, &widget.TextSegment{Text: body[from : at+size], Style: alarm})
		}
		body = body[at+size:]
	}
	return out
}

// maxWarnings is how many remarks are shown; more are counted.
const maxWarnings = 3

func (p *pane) setLint(warnings []string) {
	var lines []string
	for _, w := range warnings {
		lines = append(lines, text.Line(w))
	}
	if more := len(lines) - maxWarnings; more > 0 {
		lines = append(lines[:maxWarnings], fmt.Sprintf("and %d more", more))
	}
	setLabel(p.lint, strings.Join(lines, "\n"), widget.WarningImportance)
	if form.Show(p.lint, len(lines) > 0) {
		p.object.Refresh()
	}
}
