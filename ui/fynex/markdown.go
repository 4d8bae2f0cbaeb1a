package fynex

import (
	"net/url"

	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
)

// maxMarkdown is the longest text turned into rich text, in bytes; RichText lays out every word.
const maxMarkdown = 64 << 10

// Markdown renders text written by others. Images never load: Fyne fetches them on the UI goroutine,
// which stops the window and tells the image's host who is reading. A link calls onLink with an
// http or https address; any other address, or a nil onLink, leaves its words as text.
func Markdown(source string, onLink func(*url.URL)) *widget.RichText {
	if len(source) > maxMarkdown {
		source = source[:maxMarkdown]
	}
	// Parsed in a widget that is never shown, so that no segment is drawn before it is cleaned.
	parsed := widget.NewRichTextFromMarkdown(text.Block(source))
	return widget.NewRichText(cleanAll(parsed.Segments, onLink)...)
}

func cleanAll(in []widget.RichTextSegment, onLink func(*url.URL)) []widget.RichTextSegment {
	out := make([]widget.RichTextSegment, 0, len(in))
	for _, s := range in {
		out = append(out, clean(s, onLink))
	}
	return out
}

// clean lets through the kinds it knows and turns every other into its words, so that a kind added
// to the toolkit later cannot bring images back.
func clean(s widget.RichTextSegment, onLink func(*url.URL)) widget.RichTextSegment {
	switch s := s.(type) {
	case *widget.TextSegment, *widget.SeparatorSegment, *widget.CodeBlockSegment, *widget.CheckBoxSegment:
		return s
	case *widget.ParagraphSegment:
		s.Texts = cleanAll(s.Texts, onLink)
		return s
	case *widget.ListSegment:
		s.Items = cleanAll(s.Items, onLink)
		return s
	case *widget.TableSegment: // since Fyne 2.8; its cells may hold images too
		cells(s.Headers, onLink)
		for _, row := range s.Rows {
			cells(row, onLink)
		}
		return s
	case *widget.HyperlinkSegment:
		return link(s, onLink)
	case *widget.ImageSegment:
		return plain("[image not shown: " + text.Line(s.Title) + "]")
	default:
		return plain(s.Textual())
	}
}

func cells(row [][]widget.RichTextSegment, onLink func(*url.URL)) {
	for i := range row {
		row[i] = cleanAll(row[i], onLink)
	}
}

func plain(s string) widget.RichTextSegment {
	return &widget.TextSegment{Text: s, Style: widget.RichTextStyleInline}
}

func link(s *widget.HyperlinkSegment, onLink func(*url.URL)) widget.RichTextSegment {
	if s.URL == nil || onLink == nil {
		return plain(s.Text)
	}
	u, ok := WebAddress(s.URL.String())
	if !ok {
		return plain(s.Text)
	}
	s.URL = u
	s.OnTapped = func() { onLink(u) }
	return s
}

// WebAddress parses an address that may be handed to the operating system: http or https with a
// host and no user name in it. On Windows any other scheme starts whatever program claims it.
func WebAddress(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, false
	}
	return u, true
}
