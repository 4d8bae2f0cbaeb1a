package export

import (
	"io"
	"strings"

	"github.com/wneessen/go-mail"

	papers "holdfast/model/report"
)

// paperMail writes a paper as a mail that was not sent: a mail program opens it
// as a draft, to be addressed and sent by a person. It carries the plain text
// and the page, and loads nothing.
func paperMail(w io.Writer, d papers.Document) error {
	m := mail.NewMsg()
	m.Subject(strings.Join(strings.Fields(plain(strings.Join(append(append([]string{}, d.Marks...), d.Title), " "))), " "))
	m.SetGenHeader("X-Unsent", "1")
	var text, page strings.Builder
	if err := paperText(&text, d); err != nil {
		return err
	}
	if err := paperPage.Execute(&page, d); err != nil {
		return err
	}
	m.SetBodyString(mail.TypeTextPlain, text.String())
	m.AddAlternativeString(mail.TypeTextHTML, page.String())
	_, err := m.WriteTo(w)
	return err
}
