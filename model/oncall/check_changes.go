package oncall

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// changes checks and sorts overrides, swaps, leave and holidays.
func (c *checker) changes(s Schedule) {
	fits := c.count("overrides", len(s.Overrides), MaxChanges)
	fits = c.count("swaps", len(s.Swaps), MaxChanges) && fits
	fits = c.count("leaves", len(s.Leave), MaxChanges) && fits
	fits = c.count("holidays", len(s.Holidays), MaxChanges) && fits
	if !fits {
		return
	}
	for _, o := range s.Overrides {
		c.override(o)
	}
	for _, w := range s.Swaps {
		c.swap(w)
	}
	for _, l := range s.Leave {
		where := "the leave of " + clip(l.Person)
		c.person(where, l.Person)
		c.text(where+": the note", l.Note)
		if w, ok := c.span(where, l.From, l.To); ok {
			c.rota.leave = append(c.rota.leave, leave{w, l.Person, l.Note})
		}
	}
	for _, d := range s.Holidays {
		c.rota.holidays = append(c.rota.holidays, c.date("holidays", d))
	}
	for i := range c.rota.layers {
		l := &c.rota.layers[i]
		c.apart("override", l.name, l.overrides)
		c.apart("swap", l.name, l.swaps)
	}
}

func (c *checker) override(o Override) {
	where := fmt.Sprintf("the override of %s by %s on %s", clip(o.Layer), clip(o.Person), o.From.UTC().Format(time.DateOnly))
	c.person(where, o.Person)
	c.text(where+": the reason", o.Reason)
	w, ok := c.span(where, o.From, o.To)
	if i := c.layerOf(where, o.Layer); i >= 0 && ok {
		l := &c.rota.layers[i]
		l.overrides = append(l.overrides, seg{w, o.Person, &change{why: ByOverride, reason: o.Reason}, c.rota.loc})
	}
}

func (c *checker) swap(s Swap) {
	where := fmt.Sprintf("the swap of %s and %s on %s", clip(s.First.Person), clip(s.Second.Person), s.First.From.UTC().Format(time.DateOnly))
	c.text(where+": the reason", s.Reason)
	if s.First.Person == s.Second.Person {
		c.tell("%s: a person cannot swap with themselves; name two", where)
	}
	if !c.count("people who agreed to "+where, len(s.Agreed), MaxPeople) {
		return
	}
	for _, id := range s.Agreed {
		c.person(where, id)
	}
	for _, x := range [...]struct{ turn, other Turn }{{s.First, s.Second}, {s.Second, s.First}} {
		c.person(where, x.turn.Person)
		if !slices.Contains(s.Agreed, x.turn.Person) {
			c.tell("%s: %s has not agreed; a swap needs both", where, clip(x.turn.Person))
		}
		w, ok := c.span(where, x.turn.From, x.turn.To)
		if i := c.layerOf(where, x.turn.Layer); i >= 0 && ok {
			l := &c.rota.layers[i]
			l.swaps = append(l.swaps, seg{w, x.other.Person, &change{BySwap, x.turn.Person, s.Reason}, c.rota.loc})
		}
	}
}

func (c *checker) layerOf(where, name string) int {
	i := c.find(name)
	if i < 0 {
		c.tell("%s: %q is no layer of this schedule", where, clip(name))
	}
	return i
}

func (c *checker) span(where string, from, to time.Time) (span, bool) {
	s := span{from.Unix(), to.Unix()}
	bad := ""
	switch {
	case from.UTC().Year() < minYear || to.UTC().Year() > maxYear:
		bad = fmt.Sprintf("its times are missing or outside the years %d to %d", minYear, maxYear)
	case s.until < s.from:
		bad = "it ends before it starts; change one of its times"
	case s.until == s.from:
		bad = "it has no length; change one of its times"
	case to.Sub(from) > MaxTurn:
		bad = "it lasts longer than a year; split it or change the rotation"
	}
	if bad != "" {
		c.tell("%s: %s", where, bad)
	}
	return s, bad == ""
}

// apart sorts the overrides or swaps of a layer and tells of those at the same
// time: it would be chance who is on call.
func (c *checker) apart(what, layer string, list []seg) {
	slices.SortFunc(list, func(a, b seg) int {
		if a.from != b.from {
			return int(max(-1, min(1, a.from-b.from)))
		}
		return int(max(-1, min(1, a.until-b.until)))
	})
	for i := 1; i < len(list); i++ {
		if a, b := list[i-1], list[i]; b.from < a.until {
			c.tell("two %ss of %s overlap: %s until %s, and %s from %s; end one where the other begins", what, layer,
				clip(a.person), stamp(a.until), clip(b.person), stamp(b.from))
		}
	}
}

func stamp(t int64) string { return moment(t).Format("2006-01-02 15:04 MST") }

// clip shortens what a document holds for use in a sentence, and keeps it on its line.
func clip(s string) string {
	if len(s) > 60 {
		s = s[:60] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
