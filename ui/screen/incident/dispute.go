package incident

import (
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/ui/text"
)

// dispute is a conflict as its banner shows it, or that nobody has the incident.
type dispute struct {
	says    string
	choices []choice
	done    string // what is said once it has ended
}

// choice is one way to settle it.
type choice struct {
	word    string
	command model.Command
}

const (
	maxQuoted = 24 // runes of a disputed text that a button repeats, and the banner that says what it keeps
	maxTold   = 80 // runes a banner repeats of a text that stands on no button
)

// unanswered stands above the conflicts while everybody was called and nobody has
// the incident: it ends where somebody says so.
func unanswered(inc *model.Incident, exhausted string) []dispute {
	if exhausted == "" {
		return nil
	}
	return []dispute{{
		says:    text.Line(exhausted) + ". Ctrl+Shift+E gives the numbers.",
		choices: []choice{{"I have it", model.AckPage{Incident: inc.ID.String()}}},
		done:    "You have it",
	}}
}

func disputes(s *model.State, inc *model.Incident) []dispute {
	var out []dispute
	for _, c := range inc.Conflicts() {
		switch c.Field {
		case "entry":
			if d, ok := entryDispute(s, inc, c.Entry); ok {
				out = append(out, d)
			}
		case model.FieldTask:
			out = append(out, taskDispute(s, inc, c))
		default:
			out = append(out, fieldDispute(s, inc, c))
		}
	}
	return append(out, twinDisputes(s, inc)...)
}

// written says who wrote a value, and when; who is left out where the value is
// that person.
func written(s *model.State, v model.Value, value string) string {
	by := text.Line(s.AuthorName(v.Stamp)) + ", "
	if by == value+", " {
		by = ""
	}
	return value + " (" + by + time.UnixMilli(v.Stamp.Recorded()).UTC().Format("15:04") + ")"
}

// taskDispute is about a task that was ticked on one side of a split and dropped
// on the other.
func taskDispute(s *model.State, inc *model.Incident, c model.Conflict) dispute {
	task := c.Entry.String()
	d := dispute{says: "Task \"" + told(inc.Tasks[c.Entry].Fields.Text(model.TaskText)) + "\": "}
	var shown []string
	for _, w := range c.Writes {
		said := w.Value.Text
		if why := strings.TrimPrefix(w.Value.Reason, said+": "); why != "" {
			said += ", \"" + told(why) + "\""
		}
		shown = append(shown, written(s, w.Value, said))
	}
	d.says += strings.Join(shown, " and ") + " UTC."
	d.choices = []choice{{"It is done", model.FinishTask{Task: task}}, {"It is dropped", model.DropTask{Task: task}}}
	return d
}

// twinDisputes are about one file that two sides of a split imported.
func twinDisputes(s *model.State, inc *model.Incident) (out []dispute) {
	for _, twin := range s.Twins(inc) {
		old, young := inc, twin
		if twin.Declared.Compare(inc.Declared) < 0 {
			old, young = twin, inc
		}
		out = append(out, dispute{
			says: "The same file was imported on both sides: " + written(s, model.Value{Stamp: old.Declared}, old.Code) + " and " +
				written(s, model.Value{Stamp: young.Declared}, young.Code) + " UTC.",
			choices: []choice{{"Merge under " + old.Code, model.MergeIncident{Incident: young.ID.String(), Into: old.ID.String(), Reason: "the same file, imported on both sides"}}},
		})
	}
	return out
}

func fieldDispute(s *model.State, inc *model.Incident, c model.Conflict) dispute {
	var d dispute
	var shown []string
	values := map[string]bool{}
	for _, w := range c.Writes {
		v := w.Value
		if values[v.Text] {
			continue
		}
		values[v.Text] = true
		word, long := shownValue(s, c.Field, v.Text)
		shown = append(shown, written(s, v, long))
		d.choices = append(d.choices, choice{
			word:    "Keep " + word,
			command: model.Settle{Incident: inc.ID.String(), Field: c.Field, Value: v.Text},
		})
	}
	d.says = disputed(c.Field, len(shown)) + ": " + strings.Join(shown, " and ") + " UTC."
	return d
}

// shownValue gives a value for a button and for the sentence.
func shownValue(s *model.State, field, value string) (word, long string) {
	if value == "" {
		return "none", "nobody"
	}
	if strings.HasPrefix(field, "role.") {
		if id, err := model.ParseID(value); err == nil {
			name := text.Line(s.PersonName(id))
			first, _, _ := strings.Cut(name, " ")
			return quoted(first), name
		}
	}
	return quoted(value), quoted(value)
}

func quoted(s string) string { return beginning(s, maxQuoted) }

func told(s string) string { return beginning(s, maxTold) }

func beginning(s string, most int) string {
	s = text.Line(s)
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// disputed names what is in conflict, as people say it.
func disputed(field string, n int) string {
	many := map[int]string{2: "Two", 3: "Three"}[n]
	if many == "" {
		many = "Several"
	}
	if role, ok := strings.CutPrefix(field, "role."); ok {
		name, _, _ := strings.Cut(role, "/")
		if name == model.RoleCommander {
			return many + " commanders"
		}
		if r, known := model.FindRole(name); known {
			return many + " people as " + strings.ToLower(r.Title)
		}
	}
	if name, ok := strings.CutPrefix(field, "milestone."); ok {
		return many + " times for " + name
	}
	switch field {
	case model.FieldSeverity:
		return many + " severities"
	case model.FieldPhase:
		return many + " phases"
	case model.FieldNext:
		return many + " times for the next update"
	case model.FieldState:
		return many + " states"
	}
	return many + " versions of the " + text.Line(field)
}

func entryDispute(s *model.State, inc *model.Incident, id model.ID) (dispute, bool) {
	h, ok := s.History(inc, id)
	if !ok {
		return dispute{}, false
	}
	var d dispute
	var shown, texts []string
	for _, v := range h.Versions {
		if v.Current {
			texts = append(texts, text.Line(v.Text))
		}
	}
	from := parting(texts)
	for _, v := range h.Versions {
		if !v.Current {
			continue
		}
		p := v.Precision
		by, _, _ := strings.Cut(text.Line(v.By), " ")
		shown = append(shown, "\""+told(from(text.Line(v.Text)))+"\" by "+text.Line(v.By))
		d.choices = append(d.choices, choice{
			word:    "Keep " + quoted(by) + "'s",
			command: model.EditEntry{Entry: id.String(), Text: v.Text, Kind: v.Kind, At: v.At, Precision: &p},
		})
	}
	d.says = "Two versions of an entry: " + strings.Join(shown, " and ") + "."
	return d, len(d.choices) > 1
}

// shared is how long a beginning that versions of a text have in common is told in full, in runes: with it
// and what follows, what differs is in sight.
const shared = 40

// parting tells where the versions of a text begin to differ: their long common beginning is left out, up to
// the word before that.
func parting(texts []string) func(string) string {
	if len(texts) == 0 {
		return func(s string) string { return s }
	}
	same := texts[0]
	for _, t := range texts[1:] {
		for !strings.HasPrefix(t, same) {
			_, size := utf8.DecodeLastRuneInString(same)
			same = same[:len(same)-size]
		}
	}
	cut := 0
	if utf8.RuneCountInString(same) > shared {
		cut = strings.LastIndex(strings.TrimRight(same, " "), " ") + 1
	}
	return func(s string) string {
		if cut == 0 || cut > len(s) {
			return s
		}
		return "…" + s[cut:]
	}
}
