package model

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"time"
)

// ClassIndicator is a trace an intruder leaves: an address, a hash, a name.
const ClassIndicator = "indicator"

// Fields of an indicator.
const (
	IndicatorKind   = "kind"
	IndicatorValue  = "value"
	IndicatorNote   = "note"
	IndicatorSource = "source"
	IndicatorFirst  = "first"
	IndicatorLast   = "last"
)

// IndicatorKinds lists the kinds of indicator, in the words of the field.
var IndicatorKinds = [...]string{"ip", "domain", "url", "email", "sha256", "sha1", "md5", "file", "account", "user-agent", "process", "registry", "other"}

// AddIndicator records an indicator. One that is there already is refused: a
// later sighting is SeeIndicator.
type AddIndicator struct {
	Incident     string
	Kind         string
	Value        string // as it is, or defanged
	Note, Source string
	First, Last  time.Time // seen; zero is not known
}

// Plan implements Command.
func (c AddIndicator) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{IndicatorValue, "the value", refang(c.Value), true, maxSource},
		formField{IndicatorNote, "the note", c.Note, false, 0},
		formField{IndicatorSource, "the source", c.Source, false, maxSource},
	)
	if err != nil {
		return Done{}, err
	}
	if fields[IndicatorKind], err = choose("kind", c.Kind, IndicatorKinds[:]); err != nil {
		return Done{}, err
	}
	if err := traceable(fields[IndicatorKind], fields[IndicatorValue]); err != nil {
		return Done{}, err
	}
	if err := p.setTime(fields, IndicatorFirst, "the time it was first seen", c.First); err != nil {
		return Done{}, err
	}
	if err := p.setTime(fields, IndicatorLast, "the time it was last seen", c.Last); err != nil {
		return Done{}, err
	}
	for _, id := range inc.Items.Of(ClassIndicator) {
		if f := inc.Items[id].Fields; f.Text(IndicatorKind) == fields[IndicatorKind] && strings.EqualFold(f.Text(IndicatorValue), fields[IndicatorValue]) {
			return Done{}, refuse("this indicator is there already, as %s; record when it was seen again with `indicator seen %s`. Nothing was written", id.Short(8), id.Short(8))
		}
	}
	return Done{ID: p.addItem(inc.ID, ClassIndicator, fields), Code: inc.Code}, nil
}

// hexDigits is how long the hashes are as text.
var hexDigits = map[string]int{"sha256": 64, "sha1": 40, "md5": 32}

// traceable refuses an address or a hash that can be none: a hunt for it finds
// nothing, and nobody knows why.
func traceable(kind, value string) error {
	if kind == "ip" {
		_, alone := netip.ParseAddr(value)
		if _, block := netip.ParsePrefix(value); alone != nil && block != nil {
			return refuse("%q is no address; write 203.0.113.7, 203.0.113.0/24 or 2001:db8::7. Nothing was written", value)
		}
	}
	if digits, hash := hexDigits[kind]; hash {
		if _, err := hex.DecodeString(value); err != nil || len(value) != digits {
			return refuse("a %s is %d hexadecimal digits, and this is %d characters; copy it whole. Nothing was written", kind, digits, len(value))
		}
	}
	return nil
}

// SeeIndicator records that an indicator was seen earlier or later than known.
type SeeIndicator struct {
	Indicator string
	At        time.Time // zero is now
	Where     string
}

// Plan implements Command.
func (c SeeIndicator) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Indicator, "indicator", ClassIndicator)
	if err != nil {
		return Done{}, err
	}
	where, err := remark("where it was seen", c.Where)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	seen := map[string]string{}
	if err := p.setTime(seen, IndicatorLast, "the time it was seen", at); err != nil {
		return Done{}, err
	}
	item := inc.Items[id]
	first, last := item.Fields.Time(IndicatorFirst), item.Fields.Time(IndicatorLast)
	note := ""
	switch {
	case first.IsZero() || at.Before(first):
		p.setItem(inc.ID, id, item, IndicatorFirst, FormatTime(at), where)
		if last.IsZero() {
			p.setItem(inc.ID, id, item, IndicatorLast, FormatTime(at), where)
		}
	case at.After(last):
		p.setItem(inc.ID, id, item, IndicatorLast, FormatTime(at), where)
	default:
		note = "it was known to be seen from " + FormatTime(first) + " to " + FormatTime(last) + " already"
	}
	return Done{ID: id, Code: inc.Code, Note: note}, nil
}

// Defang writes a value so that no program makes a link of it and nobody
// follows it by a slip: example[.]org, hxxps://.
func Defang(kind, value string) string {
	switch kind {
	case "ip", "domain", "url", "email":
	default:
		return value
	}
	if scheme, rest, ok := strings.Cut(value, "://"); ok {
		value = strings.ReplaceAll(strings.ReplaceAll(scheme, "tt", "xx"), "TT", "XX") + "://" + rest
	}
	value = strings.ReplaceAll(value, "@", "[@]")
	if kind == "ip" {
		value = strings.ReplaceAll(value, ":", "[:]")
	}
	return strings.ReplaceAll(value, ".", "[.]")
}

// refang takes a defanged value back to what it stands for.
func refang(value string) string {
	value = strings.NewReplacer("[.]", ".", "(.)", ".", "[:]", ":", "[@]", "@", "[at]", "@").Replace(value)
	for _, scheme := range [][2]string{{"hxxp://", "http://"}, {"hxxps://", "https://"}} {
		if strings.HasPrefix(strings.ToLower(value), scheme[0]) {
			value = scheme[1] + value[len(scheme[0]):]
		}
	}
	return value
}

// IndicatorView is an indicator, with its value defanged for display.
type IndicatorView struct {
	ID    ID     `json:"id"`
	Kind  string `json:"kind"`
	Value string `json:"value"`
	// Shown is the value defanged: what people and documents see.
	Shown  string       `json:"shown"`
	Note   string       `json:"note"`
	Source string       `json:"source"`
	First  time.Time    `json:"first_seen_at,omitzero"`
	Last   time.Time    `json:"last_seen_at,omitzero"`
	Notes  []ChangeView `json:"notes,omitempty"`
	By     string       `json:"by"`
	At     time.Time    `json:"at"`
}

func (s *State) indicatorViews(inc *Incident) []IndicatorView {
	views := []IndicatorView{}
	for _, id := range inc.Items.Of(ClassIndicator) {
		item := inc.Items[id]
		f := item.Fields
		views = append(views, IndicatorView{
			ID: id, Kind: f.Text(IndicatorKind), Value: f.Text(IndicatorValue), Shown: Defang(f.Text(IndicatorKind), f.Text(IndicatorValue)),
			Note: f.Text(IndicatorNote), Source: f.Text(IndicatorSource), First: f.Time(IndicatorFirst), Last: f.Time(IndicatorLast),
			Notes: s.annotations(inc, id), By: s.AuthorName(item.Added), At: item.addedAt(),
		})
	}
	return views
}
