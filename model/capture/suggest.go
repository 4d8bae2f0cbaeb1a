package capture

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSuggestions is what the panel above the box shows without scrolling.
const maxSuggestions = 8

// Suggestion is one way to complete what stands before the cursor: Text
// replaces the bytes From to To of the line.
type Suggestion struct {
	Text     string
	Label    string
	Detail   string
	From, To int
}

// Suggest completes commands, people, roles, severities, phases, milestones
// and templates. cursor is a byte offset in line; one outside it or inside a
// letter is moved to the nearest place before.
func Suggest(line string, cursor int, ctx Context) []Suggestion {
	cursor = max(0, min(cursor, len(line)))
	for cursor > 0 && cursor < len(line) && !utf8.RuneStart(line[cursor]) {
		cursor--
	}
	before := line[:cursor]
	from := strings.LastIndexFunc(before, unicode.IsSpace)
	if from >= 0 {
		_, size := utf8.DecodeRuneInString(before[from:])
		from += size
	} else {
		from = 0
	}
	typed := before[from:]
	var out []Suggestion
	add := func(text, label, detail string) {
		if len(out) < maxSuggestions {
			out = append(out, Suggestion{Text: text, Label: label, Detail: detail, From: from, To: cursor})
		}
	}
	head := strings.TrimSpace(before[:from])
	switch {
	case strings.HasPrefix(typed, "@"):
		suggestPeople(typed[1:], ctx, strings.HasPrefix(head, "/page"), add)
	case head == "" && strings.HasPrefix(typed, "/"):
		suggestCommands(strings.ToLower(typed[1:]), add)
	case strings.HasPrefix(head, "/"):
		suggestArgument(head, typed, ctx, add)
	}
	return out
}

type adder func(text, label, detail string)

func suggestCommands(typed string, add adder) {
	all := commands()
	for _, c := range all {
		if strings.HasPrefix(c.name, typed) {
			add("/"+c.name+" ", "/"+c.name+" "+c.usage, c.about)
		}
	}
	for _, c := range all {
		if !strings.HasPrefix(c.name, typed) && slices.ContainsFunc(c.aliases, func(a string) bool { return strings.HasPrefix(a, typed) }) {
			add("/"+c.name+" ", "/"+c.name+" "+c.usage, c.about)
		}
	}
}

func suggestPeople(typed string, ctx Context, teams bool, add adder) {
	want := fold(typed)
	handle := func(name string) string { return "@" + strings.ReplaceAll(name, " ", ".") + " " }
	me := ""
	if ctx.Me != "" && strings.HasPrefix("me", want) {
		me = ctx.Me
		add("@me ", me, "you")
	}
	names := ctx.People
	if teams {
		names = slices.Concat(ctx.Teams, ctx.People)
	}
	for _, p := range names {
		match := strings.HasPrefix(fold(p), want)
		for _, w := range strings.Fields(p) {
			match = match || strings.HasPrefix(fold(w), want)
		}
		if match && p != me {
			add(handle(p), p, "")
		}
	}
}

// suggestArgument completes what a command takes as its first word.
func suggestArgument(head, typed string, ctx Context, add adder) {
	name, more := cut(strings.ToLower(head[1:]))
	var words []Word
	for _, c := range commands() {
		if !c.named(name) {
			continue
		}
		switch c.name {
		case "sev", "declare":
			words = ctx.Severities
		case "phase":
			words = ctx.Phases
		case "assign", "handover", "accept":
			words = ctx.Roles
			if _, after, ok := wordAt(ctx.Roles, more); ok && after == "" && c.name != "accept" {
				suggestPeople(typed, ctx, false, add)
				return
			}
		case "milestone":
			words = ctx.Milestones
		case "update":
			words = ctx.Templates
		}
	}
	if more != "" {
		return
	}
	low := strings.ToLower(typed)
	for _, w := range words {
		if slices.ContainsFunc(append([]string{w.Name, w.Label}, w.Aliases...), func(s string) bool { return strings.HasPrefix(strings.ToLower(s), low) }) {
			add(w.Name+" ", w.Label, "")
		}
	}
}
