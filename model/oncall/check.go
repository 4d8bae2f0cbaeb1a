package oncall

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxTold is how many problems one error names.
const maxTold = 20

// Years outside of this are slips of the pen.
const (
	minYear = 1970
	maxYear = 2199
)

// checker makes a Rota of a Schedule and collects what is wrong with it, so
// that it is told at once.
type checker struct {
	known func(string) bool
	rota  Rota
	told  []string
	more  int
}

// Check says all that is wrong with a schedule, a sentence a line. known says
// whether an id is that of a person; nil knows everybody. The error wraps
// ErrInvalid.
func (s Schedule) Check(known func(id string) bool) error {
	_, err := s.compile(known)
	return err
}

// New makes a schedule ready to be asked. It checks it as Check does, for known
// people not at all.
func New(s Schedule) (*Rota, error) { return s.compile(nil) }

func (s Schedule) compile(known func(string) bool) (*Rota, error) {
	c := checker{known: known}
	c.rota.name = s.Name
	c.name("the schedule's name", s.Name)
	c.rota.loc = c.zone("the schedule", s.Zone)
	c.count("layers", len(s.Layers), MaxLayers)
	rotations := 0
	for _, l := range s.Layers {
		rotations += len(l.Rotations)
	}
	c.count("rotations", rotations, MaxRotations)
	if len(s.Layers) == 0 {
		c.tell("there is no layer; add one named primary")
	}
	if len(c.told) == 0 {
		for _, l := range s.Layers {
			c.layer(l)
		}
		c.follow(s.Layers)
		c.changes(s)
	}
	if len(c.told) == 0 {
		return &c.rota, nil
	}
	text := strings.Join(c.told, "\n  ")
	if c.more > 0 {
		text += fmt.Sprintf("\n  and %d more", c.more)
	}
	return nil, fmt.Errorf("%w; nothing was changed:\n  %s", ErrInvalid, text)
}

func (c *checker) tell(format string, args ...any) {
	if len(c.told) == maxTold {
		c.more++
		return
	}
	c.told = append(c.told, fmt.Sprintf(format, args...))
}

func (c *checker) count(what string, n, most int) bool {
	if n > most {
		c.tell("there are %d %s and %d is the most; take old ones out", n, what, most)
	}
	return n <= most
}

func (c *checker) name(what, s string) bool {
	bad := ""
	switch {
	case strings.TrimSpace(s) == "":
		bad = "is empty"
	case len(s) > MaxName:
		bad = fmt.Sprintf("has %d bytes and %d is the most", len(s), MaxName)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		bad = "must be one line of text"
	}
	if bad != "" {
		c.tell("%s %s", what, bad)
	}
	return bad == ""
}

func (c *checker) text(what, s string) {
	if len(s) > MaxText {
		c.tell("%s has %d bytes and %d is the most", what, len(s), MaxText)
	} else if !utf8.ValidString(s) {
		c.tell("%s is not valid UTF-8", what)
	}
}

func (c *checker) person(where, id string) {
	if c.name(where+": the id of a person", id) && c.known != nil && !c.known(id) {
		c.tell("%s: %q is not among the known people; add the person first or name another", where, id)
	}
}

func (c *checker) zone(where, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if name == "" || name == "Local" || err != nil {
		c.tell("%s: the zone %.60q is not known; write one such as Europe/Berlin or UTC", where, name)
		return time.UTC
	}
	return loc
}

// tod reads a time of day as seconds from midnight.
func (c *checker) tod(where, s string) int64 {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		c.tell("%s: the time %.20q is not a time of day; write 10:00", where, s)
		return 0
	}
	return int64(t.Hour()*60+t.Minute()) * 60
}

// date reads a day as its midnight, wall-clock.
func (c *checker) date(where, s string) int64 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < minYear || t.Year() > maxYear {
		c.tell("%s: the date %.20q is not a day from %d to %d; write 2026-11-23", where, s, minYear, maxYear)
		return 0
	}
	return t.Unix()
}

func (c *checker) weekday(where, s string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()) {
			return d
		}
	}
	c.tell("%s: the weekday %.20q is not known; write monday", where, s)
	return time.Monday
}

func (c *checker) hours(where string, list []Hours) []hours {
	if !c.count("hours in "+where, len(list), 50) {
		return nil
	}
	out := make([]hours, 0, len(list))
	for _, h := range list {
		w := hours{from: c.tod(where+", hours", h.From), to: c.tod(where+", hours", h.To)}
		c.count("weekdays in "+where, len(h.Weekdays), 7)
		for i, name := range h.Weekdays {
			if i < 7 {
				w.on[c.weekday(where+", hours", name)] = true
			}
		}
		if len(h.Weekdays) == 0 {
			w.on = [7]bool{true, true, true, true, true, true, true}
		}
		out = append(out, w)
	}
	return out
}

func (c *checker) layer(l Layer) {
	if !c.name("the name of a layer", l.Name) {
		return
	}
	where := "layer " + l.Name
	if c.find(l.Name) >= 0 {
		c.tell("%s is there twice; give one of them another name", where)
	}
	out := layer{name: l.Name, follows: -1, optional: l.Optional, cover: c.hours(where, l.Cover)}
	for i, r := range l.Rotations {
		at := where
		if len(l.Rotations) > 1 {
			at += fmt.Sprintf(", rotation %d", i+1)
		}
		out.rotations = append(out.rotations, c.rotation(at, r))
	}
	c.rota.layers = append(c.rota.layers, out)
}

func (c *checker) find(name string) int {
	return slices.IndexFunc(c.rota.layers, func(l layer) bool { return l.name == name })
}

// follow ties the layers that follow others, once all are known.
func (c *checker) follow(layers []Layer) {
	for _, l := range layers {
		i, to := c.find(l.Name), c.find(l.Follows)
		switch {
		case l.Follows == "" || i < 0:
		case len(l.Rotations) > 0:
			c.tell("layer %s follows %s and has rotations of its own; take one of them out", l.Name, l.Follows)
		case to < 0:
			c.tell("layer %s follows %.60q, which is no layer of this schedule", l.Name, l.Follows)
		case len(c.rota.layers[to].rotations) == 0:
			c.tell("layer %s follows %s, which has no rotation; follow one that has", l.Name, l.Follows)
		default:
			c.rota.layers[i].follows = to
		}
	}
}
