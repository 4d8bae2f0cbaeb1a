package oncall

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"
)

// Bounds of a document. Each leaves room for the largest schedules in use and
// keeps every question about one far below a second.
const (
	// MaxSchedule is the size of a document in bytes: five thousand overrides
	// with reasons.
	MaxSchedule = 1 << 20
	// MaxLayers is the most layers; escalation goes no deeper than a handful.
	MaxLayers = 16
	// MaxRotations is the most rotations of all layers: three regions in each of
	// three layers, with seven changes of order.
	MaxRotations = 64
	// MaxPeople is the most people in a rotation. Each would be on call about
	// once in ten years, a week at a time.
	MaxPeople = 500
	// MaxChanges is the most overrides, swaps, leaves or holidays, of each.
	MaxChanges = 5000
	// MaxName is the length of a name or an id in bytes.
	MaxName = 200
	// MaxText is the length of a reason or a note in bytes.
	MaxText = 2000
	// MinShift is the shortest turn. Together with MaxWindow it bounds how many
	// shifts an answer has.
	MinShift = time.Hour
	// MaxTurn bounds a turn, an override, a swap and a leave.
	MaxTurn = 366 * 24 * time.Hour
	// MaxWindow is the longest time a question looks at: a year back and a year
	// ahead. What is asked beyond it is left out.
	MaxWindow = 2 * MaxTurn
)

// Names of layers that people know. Others are as good.
const (
	Primary   = "primary"
	Secondary = "secondary"
	Shadow    = "shadow"
)

// Units of a rotation.
const (
	UnitHourly    = "hourly"
	UnitDaily     = "daily"
	UnitWeekly    = "weekly"
	UnitTwoWeekly = "two-weekly"
	UnitMonthly   = "monthly"
	UnitUneven    = "uneven"
)

// ErrInvalid is wrapped by every error about a document.
var ErrInvalid = errors.New("the on-call schedule cannot be used")

// Schedule is the document; see the package comment.
type Schedule struct {
	Name      string     `json:"name"`
	Zone      string     `json:"zone"`
	Layers    []Layer    `json:"layers"`
	Overrides []Override `json:"overrides,omitempty"`
	Swaps     []Swap     `json:"swaps,omitempty"`
	Leave     []Leave    `json:"leave,omitempty"`
	Holidays  []string   `json:"holidays,omitempty"`
}

// Layer is one place to fill. One with neither rotations nor follows is filled
// by overrides alone.
type Layer struct {
	Name      string     `json:"name"`
	Rotations []Rotation `json:"rotations,omitempty"`
	// Follows names the layer whose last turn's person this layer has.
	Follows string `json:"follows,omitempty"`
	// Cover is when somebody must be on call; empty means always.
	Cover []Hours `json:"cover,omitempty"`
	// Optional says that nobody need be: the layer has no gaps.
	Optional bool `json:"optional,omitempty"`
}

// Rotation is people taking turns. Weekly gives one with the usual values.
type Rotation struct {
	Unit string `json:"unit"`
	// Every is how many units a turn lasts, from 1.
	Every int `json:"every"`
	// Time is the hand-off, such as 10:00.
	Time string `json:"time"`
	// Weekday of the hand-off, such as monday: weekly and two-weekly.
	Weekday string `json:"weekday,omitempty"`
	// MonthDay of the hand-off, 1 to 31: monthly.
	MonthDay int `json:"month_day,omitempty"`
	// Shifts are the lengths of an uneven rotation, taken in turn.
	Shifts []Length `json:"shifts,omitempty"`
	// Zone is the schedule's where it is empty.
	Zone string `json:"zone,omitempty"`
	// Start is the first day; the first person begins that day at Time. Where
	// it is not a hand-off day the first turn is short.
	Start string `json:"start"`
	// End is the day, at Time, on which it is over; empty means never.
	End    string   `json:"end,omitempty"`
	People []string `json:"people"`
	// Hours restrict the rotation; empty means around the clock.
	Hours []Hours `json:"hours,omitempty"`
}

// Length says when a shift of an uneven rotation ends: Days after the day it
// began, at Time. The last must end at the rotation's Time, where the next
// round begins.
type Length struct {
	Days int    `json:"days"`
	Time string `json:"time"`
}

// Hours is a time of day on some weekdays (none means all). One that does not
// end after it begins goes on to the next day: 22:00 to 06:00, 00:00 to 00:00.
type Hours struct {
	Weekdays []string `json:"weekdays,omitempty"`
	From     string   `json:"from"`
	To       string   `json:"to"`
}

// Override puts a person on call, whoever else was.
type Override struct {
	Layer  string    `json:"layer"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Person string    `json:"person"`
	Reason string    `json:"reason,omitempty"`
}

// Swap is an exchange of two shifts: each person takes the other's.
type Swap struct {
	First  Turn `json:"first"`
	Second Turn `json:"second"`
	// Agreed are those who agreed to it, both persons among them.
	Agreed []string `json:"agreed"`
	Reason string   `json:"reason,omitempty"`
}

// Turn is a shift as it was before a swap.
type Turn struct {
	Layer  string    `json:"layer"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Person string    `json:"person"`
}

// Leave is when a person cannot be on call. It changes no shift; OnLeave tells
// of those that need another person.
type Leave struct {
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Note   string    `json:"note,omitempty"`
}

// Weekly is the usual rotation: hand-off every Monday at 10:00.
func Weekly(start string, people ...string) Rotation {
	return Rotation{Unit: UnitWeekly, Every: 1, Time: "10:00", Weekday: "monday", Start: start, People: people}
}

// UnmarshalJSON fills in what is left out. An every of 0 stays, and is refused.
func (r *Rotation) UnmarshalJSON(b []byte) error {
	type plain Rotation
	p := plain{Unit: UnitWeekly, Every: 1, Time: "10:00"}
	if err := strict(b, &p); err != nil {
		return err
	}
	switch {
	case (p.Unit == UnitWeekly || p.Unit == UnitTwoWeekly) && p.Weekday == "":
		p.Weekday = "monday"
	case p.Unit == UnitMonthly && p.MonthDay == 0:
		p.MonthDay = 1
	}
	*r = Rotation(p)
	return nil
}

// Decode reads a document and checks it, as Check does with known.
func Decode(b []byte, known func(id string) bool) (Schedule, error) {
	var s Schedule
	if len(b) > MaxSchedule {
		return s, fmt.Errorf("%w: it has %d bytes and %d is the most; take old overrides and swaps out", ErrInvalid, len(b), MaxSchedule)
	}
	if err := strict(b, &s); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return Schedule{}, fmt.Errorf("%w: it is not readable: %s is a %s, and should be %s", ErrInvalid, kind.Field, kind.Value, wanted(kind.Type.Kind()))
		}
		return Schedule{}, fmt.Errorf("%w: it is not readable: %w", ErrInvalid, err)
	}
	if err := s.Check(known); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// wanted names what a field of a document holds, for those who write one.
func wanted(kind reflect.Kind) string {
	switch kind {
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "an object"
	case reflect.Int:
		return "a whole number"
	}
	return "a " + kind.String()
}

func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the end of the document")
	}
	return nil
}
