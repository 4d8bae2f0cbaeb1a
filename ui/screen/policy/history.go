package policy

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// maxChanges bounds the lines shown of one change, and maxHistory the changes:
// the newest are looked at.
const (
	maxChanges = 40
	maxHistory = 30
)

// history shows who changed a section, when and why, the newest first, each against what its author had
// before them.
func history(v model.PolicyView) []fyne.CanvasObject {
	if len(v.History) == 0 {
		return []fyne.CanvasObject{form.NewWords("Nobody has changed it: it is as shipped.", form.Quiet)}
	}
	var out []fyne.CanvasObject
	order := told(v.History)
	for n, i := range order {
		if n > 0 {
			out = append(out, form.Gap(groupGap))
		}
		if n == maxHistory {
			out = append(out, form.NewWords("The 30 newest changes are shown; earlier ones stay in the record.", form.Quiet))
			break
		}
		h := v.History[i]
		out = append(out, form.Caption(text.Line(h.By)+", "+full(h.At)))
		if h.Reason != "" {
			out = append(out, form.NewWords("Reason: "+text.Block(h.Reason), form.Plain))
		}
		was, name := "", "what is shipped"
		if h.Over >= 0 {
			o := v.History[h.Over]
			was, name = o.Value, "the version of "+text.Line(o.By)+", "+full(o.At)
		}
		if below := n + 1; below < len(order) && order[below] != h.Over {
			out = append(out, form.NewWords("Written apart from the version below; it changes "+name+":", form.Quiet))
		}
		if h.Value == "" {
			out = append(out, form.NewWords("Went back to what is shipped.", form.Quiet))
		}
		out = append(out, changes(version(v.Section, was), version(v.Section, h.Value))...)
	}
	return out
}

// told gives the places of the changes in the order they are told, the newest first: by their times, but
// none before one that it was written over, whatever the clocks say.
func told(all []model.PolicyChange) []int {
	order, at := make([]int, len(all)), make([]time.Time, len(all))
	for i, h := range all {
		order[i], at[i] = i, h.At
		if h.Over >= 0 && !at[i].After(at[h.Over]) {
			at[i] = at[h.Over].Add(1)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(at[b].Compare(at[a]), cmp.Compare(b, a)) })
	return order
}

// changes shows the lines two versions differ in.
func changes(was, is string) []fyne.CanvasObject {
	lines := diff(was, is)
	if len(lines) == 0 {
		return []fyne.CanvasObject{form.NewWords("No line differs.", form.Quiet)}
	}
	tones := map[rune]form.Tone{kept: form.Quiet, removed: form.Warn, added: form.Well}
	out := form.Stack(0)
	for i, c := range lines {
		if i == maxChanges {
			out.Add(form.NewWords("and "+text.Count(len(lines)-i, "more line", "more lines")+".", form.Quiet))
			break
		}
		if i > 0 && c.how == kept && lines[i-1].how != kept {
			out.Add(form.Gap(groupGap)) // another object
		}
		w := form.Mono("")
		w.Set(string(c.how)+" "+text.Line(c.line), tones[c.how])
		out.Add(w)
	}
	return []fyne.CanvasObject{out}
}

// conflict shows versions written apart, and settles them.
func (s *Screen) conflict(v model.PolicyView) []fyne.CanvasObject {
	s.keep = nil
	out := []fyne.CanvasObject{form.NewWords("These were written apart, and the room goes by one of them until somebody settles it. Keep one, or write a third under Edit: saving writes over all, and the history keeps them.", form.Plain)}
	for _, c := range v.Conflict {
		keep := fynex.NewButton("Keep the version of "+text.Line(c.By), func() {
			s.ask(s.askKeep(v.Section, c))
			s.scroll.ScrollToTop() // where the form is
		})
		out = append(out, form.Gap(groupGap), form.Caption(text.Line(c.By)+", "+full(c.At)))
		if c.Reason != "" {
			out = append(out, form.NewWords("Reason: "+text.Block(c.Reason), form.Plain))
		}
		s.keep = append(s.keep, keep)
		out = append(out, form.Buttons(keep)) // over the comparisons, which can be longer than the window
		for _, o := range v.Conflict {
			if o.Value != c.Value {
				out = append(out, form.NewWords("Against the version of "+text.Line(o.By)+":", form.Quiet))
				out = append(out, changes(version(v.Section, o.Value), version(v.Section, c.Value))...)
			}
		}
	}
	return out
}

func (s *Screen) askKeep(section string, c model.ChangeView) form.Ask {
	return form.Ask{
		ID: "keep." + section + "." + c.By, Title: "Keep the version of " + text.Line(c.By), About: titles[section] + ". Everybody gets it; the other stays in the history.", Button: "Keep", Doing: "Saving …",
		Questions: []form.Question{{Name: "reason", Label: "Reason"}},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.SetPolicy{Section: section, Text: version(section, c.Value), Reason: a["reason"]}, "Settled.", reply)
		},
	}
}
