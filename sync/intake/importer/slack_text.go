package importer

import (
	"fmt"
	"regexp"
	"strings"
)

type slackFile struct {
	Name  loose `json:"name"`
	Title loose `json:"title"`
	Mime  loose `json:"mimetype"`
	Mode  loose `json:"mode"`
	Size  int64 `json:"size"`
}

// slackAttachment is how bots write, and what Slack shows of a link.
type slackAttachment struct {
	Fallback loose        `json:"fallback"`
	Pretext  loose        `json:"pretext"`
	Title    loose        `json:"title"`
	Link     loose        `json:"title_link"`
	Text     loose        `json:"text"`
	From     loose        `json:"from_url"`
	Original loose        `json:"original_url"`
	Blocks   []slackBlock `json:"blocks"`
	Fields   []struct {
		Title loose `json:"title"`
		Value loose `json:"value"`
	} `json:"fields"`
}

// slackBlock is a block of a message, or an element in one.
type slackBlock struct {
	Type     loose        `json:"type"`
	Text     loose        `json:"text"`
	URL      loose        `json:"url"`
	Name     loose        `json:"name"`
	User     loose        `json:"user_id"`
	Channel  loose        `json:"channel_id"`
	Group    loose        `json:"usergroup_id"`
	Range    loose        `json:"range"`
	Alt      loose        `json:"alt_text"`
	Fields   []loose      `json:"fields"`
	Elements []slackBlock `json:"elements"`
}

// body is what a message says.
func (x *slackExport) body(m *slackMessage, author string) string {
	text := strings.TrimSpace(x.markup(string(m.Text)))
	if text == "" {
		text = x.blocks(m.Blocks)
	}
	bare := text == ""
	switch m.Subtype {
	case "channel_topic", "group_topic", "channel_purpose", "group_purpose", "channel_name", "group_name", "me_message":
		text = strings.TrimPrefix(text, "@"+author+" ")
	}
	if topic := either(string(m.Topic), string(m.Purpose)); bare && topic != "" {
		text = "set the topic or purpose: " + x.markup(topic)
	}
	for _, a := range m.Attachments {
		// What Slack shows of a link is the page's, but of a message that is shared
		// it is all there is.
		if bare || a.From == "" && a.Original == "" {
			text = strings.TrimSpace(text + "\n" + x.attachment(a))
		}
	}
	switch list := m.fileNames(); {
	case list != "" && text != "":
		text += " (" + list + ")"
	case list != "":
		text = list
	case text == "":
		text = "(" + either(string(m.Subtype), "a message") + " without a text)"
	}
	if m.Edited != nil {
		text += " (edited)"
	}
	return text
}

// slackMarks are what stands in angle brackets.
var slackMarks = regexp.MustCompile(`<([^<>|]+)(?:\|([^<>]*))?>`)

// markup turns what Slack writes for mentions, links and three signs into text.
func (x *slackExport) markup(text string) string {
	text = slackMarks.ReplaceAllStringFunc(text, func(mark string) string {
		part := slackMarks.FindStringSubmatch(mark)
		what, label := part[1], part[2]
		switch {
		case strings.HasPrefix(what, "@"):
			return "@" + either(x.people[what[1:]], strings.TrimPrefix(label, "@"), what[1:])
		case strings.HasPrefix(what, "#"):
			return "#" + either(label, string(x.channels[what[1:]].Name), what[1:])
		case strings.HasPrefix(what, "!date^"):
			return label
		case strings.HasPrefix(what, "!"): // !here, !subteam^S1
			name, _, _ := strings.Cut(what[1:], "^")
			return "@" + strings.TrimPrefix(either(label, name), "@")
		case label == "" || label == what || "mailto:"+label == what || "http://"+label == what || "tel:"+label == what:
			return either(label, what)
		}
		return label + " (" + what + ")"
	})
	// Once only, and these alone: a text about &amp;lt; keeps what it is about.
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

// attachment gives the lines of an attachment. The fallback often says what
// happened where the title only names it.
func (x *slackExport) attachment(a slackAttachment) string {
	title, fallback := x.markup(string(a.Title)), x.markup(string(a.Fallback))
	head := title
	if title != "" && strings.Contains(fallback, title) {
		head = fallback
	}
	var lines []string
	add := func(line string) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(strings.Join(lines, "\n"), line) {
			lines = append(lines, line)
		}
	}
	add(x.markup(string(a.Pretext)))
	if head != "" && a.Link != "" {
		head += " (" + x.markup(string(a.Link)) + ")"
	}
	add(head)
	add(x.markup(string(a.Text)))
	add(x.blocks(a.Blocks))
	for _, f := range a.Fields {
		add(strings.TrimPrefix(x.markup(string(f.Title))+": "+x.markup(string(f.Value)), ": "))
	}
	if len(lines) == 0 && !strings.HasPrefix(fallback, "[no preview") {
		add(fallback)
	}
	return strings.Join(lines, "\n")
}

// blocks gives the text of blocks, a line each.
func (x *slackExport) blocks(blocks []slackBlock) string {
	var lines []string
	for _, b := range blocks {
		var out strings.Builder
		x.block(&out, b)
		if line := strings.TrimSpace(out.String()); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (x *slackExport) block(out *strings.Builder, b slackBlock) {
	switch b.Type {
	case "user":
		out.WriteString("@" + x.name(string(b.User)))
	case "channel":
		out.WriteString("#" + either(string(x.channels[string(b.Channel)].Name), string(b.Channel)))
	case "usergroup":
		out.WriteString("@" + string(b.Group))
	case "broadcast":
		out.WriteString("@" + string(b.Range))
	case "emoji":
		out.WriteString(":" + string(b.Name) + ":")
	case "link":
		out.WriteString(strings.TrimPrefix(string(b.Text)+" ("+string(b.URL)+")", " "))
	case "image":
		out.WriteString(string(b.Alt))
	case "rich_text_list":
		for _, e := range b.Elements {
			out.WriteString("\n- ")
			x.block(out, e)
		}
		out.WriteString("\n")
		return
	case "text": // of rich text, where no sign is written in another way
		out.WriteString(string(b.Text))
	default:
		out.WriteString(x.markup(string(b.Text)))
	}
	for _, f := range b.Fields {
		out.WriteString("\n" + x.markup(string(f)))
	}
	for _, e := range b.Elements {
		x.block(out, e)
	}
	if b.Type == "rich_text_quote" || b.Type == "rich_text_preformatted" {
		out.WriteString("\n")
	}
}

func (m *slackMessage) fileNames() string {
	files := m.Files
	if m.File != nil { // as older exports have it
		files = append(files[:len(files):len(files)], *m.File)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.String())
	}
	return strings.Join(names, "; ")
}

// String names a file, which an export holds only the address of.
func (f slackFile) String() string {
	switch f.Mode {
	case "tombstone":
		return "a file that was deleted"
	case "hidden_by_limit":
		return "a file that Slack hides by its limits"
	}
	parts := []string{either(string(f.Name), string(f.Title), "a file")}
	if f.Size > 0 {
		parts = append(parts, fileSize(f.Size))
	}
	if f.Mime != "" {
		parts = append(parts, string(f.Mime))
	}
	return strings.Join(append(parts, "not in the export"), ", ")
}

func fileSize(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
