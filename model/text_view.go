package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
)

// TextBrief is one text of an incident in a list.
type TextBrief struct {
	Field      string `json:"field"`
	Title      string `json:"title"`
	Characters int    `json:"characters"`
	// Waiting counts the edits that wait for one that has not come.
	Waiting int `json:"waiting"`
	// Writers are those who wrote it, the first first.
	Writers  []string  `json:"writers"`
	EditedAt time.Time `json:"edited_at,omitzero"`
}

// TextView is a text of an incident, to be read or edited.
type TextView struct {
	TextBrief
	Text string `json:"text"`
	// Unplaced is what was written at places that are not here: after what has
	// not come, or came after the cut of a removed device. Who needs it writes
	// it into the text again.
	Unplaced string `json:"unplaced"`
	// Version goes back with an edit: see EditText.Base.
	Version string `json:"version"`
}

// TextBriefs lists the texts of an incident, the summary first.
func (s *State) TextBriefs(inc *Incident) []TextBrief {
	list := []TextBrief{}
	for _, name := range slices.Sorted(maps.Keys(inc.Texts)) {
		list = append(list, s.textBrief(inc, name))
	}
	slices.SortStableFunc(list, func(a, b TextBrief) int { return textRank(a.Field) - textRank(b.Field) })
	return list
}

func textRank(name string) int {
	if name == TextSummary {
		return 0
	}
	return 1
}

func (s *State) textBrief(inc *Incident, name string) TextBrief {
	brief := TextBrief{Field: name, Title: textTitle(name), Writers: []string{}}
	t := inc.Texts[name]
	if t == nil {
		return brief
	}
	brief.Characters, brief.Waiting = t.Body.Len(), t.Body.Waiting()
	for _, sitting := range t.sittings() {
		if who := s.AuthorName(sitting.First); !slices.Contains(brief.Writers, who) {
			brief.Writers = append(brief.Writers, who)
		}
		if at := viewMilli(sitting.Last); at.After(brief.EditedAt) {
			brief.EditedAt = at
		}
	}
	return brief
}

// TextView gives a text of an incident; one nobody has written yet is empty. A
// refusal says that there is none of this name.
func (s *State) TextView(inc *Incident, name string) (TextView, error) {
	if !isText(name) {
		return TextView{}, refuse("there is no text %.40q; an incident has %s, and sections of its post-mortem such as %sroot-cause", name, TextSummary, TextReview)
	}
	v := TextView{TextBrief: s.textBrief(inc, name), Text: inc.Text(name)}
	var seen crdt.Version[FeedID] // an empty text has a version as well
	if t := inc.Texts[name]; t != nil {
		seen, v.Unplaced = t.Body.Version(), t.Body.Unplaced()
	}
	var err error
	if v.Version, err = formatVersion(seen); err != nil {
		return v, fmt.Errorf("version of %s: %w", name, err)
	}
	return v, nil
}

// writtenTexts gives the texts of an incident that say something.
func (s *State) writtenTexts(inc *Incident) []TextView {
	list := []TextView{}
	for _, b := range s.TextBriefs(inc) {
		// A name that is not one of a text was refused when it was written.
		if v, err := s.TextView(inc, b.Field); err == nil && v.Text+v.Unplaced != "" {
			list = append(list, v)
		}
	}
	return list
}

// textTitle gives the name of a text for people.
func textTitle(name string) string {
	if name == TextSummary {
		return "Summary"
	}
	return "Post-mortem, " + strings.ReplaceAll(strings.TrimPrefix(name, TextReview), "-", " ")
}

// textRows tells who wrote at the texts, a row for a sitting.
func (s *State) textRows(inc *Incident) []Row {
	var rows []Row
	for name, t := range inc.Texts {
		for _, sitting := range t.sittings() {
			row := s.newRow(sitting.First.ID(), sitting.First, FromChange)
			row.Kind, row.Text = "text", textTitle(name)+": "+sitting.told()
			rows = append(rows, row)
		}
	}
	return rows
}

// told says what was done in a sitting.
func (s Sitting) told() string {
	var parts []string
	if s.Written > 0 {
		parts = append(parts, count(int(s.Written), "character")+" written")
	}
	if s.Deleted > 0 {
		parts = append(parts, count(int(s.Deleted), "character")+" deleted")
	}
	text := strings.Join(parts, ", ")
	if over := time.Duration(s.Last-s.First.written()) * time.Millisecond; over >= time.Minute {
		text += " over " + count(int(over.Minutes()), "minute")
	}
	return text
}
