package comms

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/model/template"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// preview is what was rendered last, and whether a newer one is on its way.
type preview struct {
	result  node.MessagePreview
	err     error
	done    bool // something was rendered
	running bool
	again   bool // something changed meanwhile
}

// request is the message as it stands.
func (s *Screen) request() node.MessageRequest {
	q := node.MessageRequest{
		Incident: s.content.id.String(), Template: s.typed.Template, Audience: s.audience(), Channel: "mail",
		Fields: map[string]string{}, Zone: s.host.Zone().String(), Approver: s.approval.approver(),
	}
	t, _ := s.content.template(s.typed.Template)
	for _, f := range t.fields {
		if words := strings.TrimSpace(s.typed.Fields[f.Name]); words != "" {
			q.Fields[f.Name] = words
		}
	}
	if next := strings.TrimSpace(s.typed.Next); next != "" && t.promises() {
		q.Fields[nextUpdate] = next
	}
	return q
}

// render asks for the text again. While one answer is awaited, any number of
// changes make one more request.
func (s *Screen) render() {
	if !s.here || s.typed.Template == "" {
		return
	}
	if s.preview.running {
		s.preview.again = true
		return
	}
	s.preview.running, s.preview.again = true, false
	q := s.request()
	s.host.Preview(q, func(p node.MessagePreview, err error) {
		again := s.preview.again
		s.preview = preview{result: p, err: err, done: true}
		s.show()
		if again {
			s.render()
		}
	})
}

// blocked says why the message cannot be sent; empty where it can.
func (s *Screen) blocked() string {
	t, ok := s.content.template(s.typed.Template)
	p := s.preview
	switch {
	case !ok:
		return "Choose a template"
	case t.broken != "":
		return "This template cannot be used"
	case len(p.result.Missing) > 0:
		return missing(t, p.result.Missing)
	case s.approval.lacks() != "":
		return "Legal has not approved a message to " + text.Line(s.audience())
	case p.err != nil:
		return text.Line(p.err.Error())
	case s.approval.wanted() && s.typed.Approver != "" && s.approval.approver() == "":
		return s.approval.open()
	case !p.done:
		return "Rendering …"
	case !t.mails():
		if size := template.Measure(t.channel, p.result.Draft.Body); size.Over() {
			return "Too long for " + t.way() + ": " + size.String()
		}
		return ""
	case len(p.result.Draft.Recipients) == 0:
		return "Nobody is in the audience " + text.Line(s.audience()) + ": set its list in the settings"
	}
	return ""
}

// missing names the variable that nobody filled in as the form does, and counts
// several, since the form marks each.
func missing(t source, names []string) string {
	if len(names) > 1 {
		return text.Count(len(names), "field is", "fields are") + " missing, marked in red"
	}
	for _, f := range t.fields {
		if f.Name == names[0] {
			return "Missing: " + f.Label + " (" + f.Name + ")"
		}
	}
	return "Missing: " + names[0]
}

// show draws the preview and what can be done with it.
func (s *Screen) show() {
	t, _ := s.content.template(s.typed.Template)
	p := s.preview
	s.pane.set(p.result, t)
	for name, in := range s.inputs {
		in.Wrong("")
		if slices.Contains(p.result.Missing, name) {
			in.Wrong("Needed for {{" + name + "}}")
		}
	}
	switch {
	case p.result.Next != nil:
		s.next.Say("Promises " + model.SpeakTime(*p.result.Next, s.host.Now(), s.host.Zone()))
	default:
		s.next.Say("")
	}
	s.approval.draw()
	s.next.Wrong("")
	if p.err != nil && len(p.result.Missing) == 0 && s.typed.Next != "" && strings.Contains(p.err.Error(), "next update") {
		s.next.Wrong(text.Line(p.err.Error()))
	}
	s.showActs(t)
}

// showActs says what Ctrl+Enter does now.
func (s *Screen) showActs(t source) {
	why, n := s.blocked(), len(s.preview.result.Draft.Recipients)
	people := text.Count(n, "person", "people")
	says, tone := "Will reach "+people, form.Plain
	if who := s.approval.approver(); who != "" {
		says += ", approved by " + who
	} else if open := s.approval.open(); open != "" {
		says, tone = says+"; "+open, form.Warn
	}
	word := "Review"
	switch {
	case why != "":
		says, tone = why, form.Wrong
	case s.sending:
		says, word = "Sending …", "Sending"
	case s.review != nil:
		word = "Send to " + people
	case !t.mails():
		says, word = "Leaves by hand: copy it to the "+t.way(), "Copy and log"
	}
	s.says.Set(says, tone)
	s.act.SetText(word)
	if why != "" || s.sending {
		s.act.Disable()
	} else {
		s.act.Enable()
	}
	if s.review != nil {
		s.act.SetImportance(fynex.Danger)
	} else {
		s.act.SetImportance(fynex.Recommended)
	}
	form.Show(s.back, s.review != nil && !s.sending)
	s.bottom.Refresh()
}

// step does what Ctrl+Enter does: it opens the review, or sends what was
// reviewed.
func (s *Screen) step() {
	if !s.here || s.sending {
		return
	}
	if why := s.blocked(); why != "" {
		s.focusFirst()
		return
	}
	if open := s.approval.open(); open != "" && s.typed.Approver == "" && !s.approval.asked {
		s.approval.asked = true
		s.says.Set("Who approved it? "+open+". Ctrl+Enter goes on without", form.Warn)
		s.bottom.Refresh()
		s.approval.ask()
		return
	}
	t, _ := s.content.template(s.typed.Template)
	switch {
	case !t.mails():
		s.copyAndLog(t)
	case s.review == nil:
		s.openReview()
	case s.host.Now().Sub(s.reviewed) < lockOut:
		// The same press, bouncing.
	default:
		s.send()
	}
}

// openReview freezes the message: what is sent is what was read.
func (s *Screen) openReview() {
	q, frozen := s.request(), s.preview.result
	q.Reviewed = &frozen
	s.review, s.reviewed = &q, s.host.Now()
	n := len(s.preview.result.Draft.Recipients)
	words := "Read it once more. It goes to " + text.Count(n, "person", "people") + " and cannot be taken back. Ctrl+Enter sends, Esc goes back."
	switch open, who := s.approval.open(), s.approval.approver(); {
	case open != "":
		words = open + ". " + words
	case who != "":
		words = "Approved by " + who + ". " + words
	}
	s.banner.Set(part.BannerRow{
		Text: words,
		Tone: part.NoticeWarn,
	})
	s.refresh()
	s.host.Focus(s.act)
}

// unreview goes back to writing.
func (s *Screen) unreview() {
	if s.review == nil || s.sending {
		return
	}
	s.review = nil
	s.banner.Set(part.BannerRow{})
	s.refresh()
	s.focusFirst()
}

func (s *Screen) refresh() {
	t, _ := s.content.template(s.typed.Template)
	s.showActs(t)
	s.object.Refresh()
}

func (s *Screen) reviewKey(k fyne.KeyName) bool {
	if k == fyne.KeyEscape && s.review != nil {
		s.unreview()
		return true
	}
	return false
}

// send queues what was reviewed.
func (s *Screen) send() {
	q := *s.review
	s.sending = true
	s.refresh()
	s.host.Send(q, func(done model.Done, err error) {
		s.sending = false
		s.review = nil
		s.banner.Set(part.BannerRow{})
		s.refresh()
		if err != nil {
			s.host.Fail("Not sent; the text is kept", err)
			return
		}
		s.approval.forget()
		words := "Queued: it leaves as soon as a device with a mail account has a route"
		if done.Note != "" {
			words = text.Line(done.Note)
		}
		s.host.Toast(words)
		s.host.Refresh()
	})
}

// copyAndLog is for channels this version cannot reach: the text goes to the
// clipboard, and into the record as an update of its audience that was told.
func (s *Screen) copyAndLog(t source) {
	p := s.preview.result
	s.copy(p.Draft.Subject, p.Draft.Body)
	told := model.TellByHand{Incident: s.content.id.String(), Draft: p.Draft, Where: t.way(), Approver: s.approval.approver()}
	told.Draft.Channel = t.channel
	if p.Next != nil {
		told.Next = *p.Next
	}
	s.host.Do(told, func(_ model.Done, err error) {
		if err != nil {
			s.host.Fail("Copied, but not recorded", err)
			return
		}
		s.approval.forget()
		s.host.Toast("Copied, and recorded as told. Paste it into the " + t.way() + " now.")
		s.host.Refresh()
	})
}

func (s *Screen) copyText() {
	d := s.preview.result.Draft
	s.copy(d.Subject, d.Body)
	s.host.Toast("Copied the text")
}

func (s *Screen) copy(subject, body string) {
	words := body
	if subject != "" {
		words = subject + "\n\n" + body
	}
	fynex.CopyText(fyne.CurrentApp().Clipboard(), words)
}
