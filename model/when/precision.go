package when

import "fmt"

// Precision says how well the time of something is known.
type Precision uint8

// The precisions. Exact is a minute or better.
const (
	Exact  Precision = iota
	Approx           // the source says "about"
	Hour             // 14:??
	Day              // the date alone
	After            // the order is known, the minute is not
)

// Precisions lists every precision, finest first.
func Precisions() []Precision { return []Precision{Exact, Approx, Hour, Day, After} }

// String is the word used in files and on the command line.
func (p Precision) String() string {
	switch p {
	case Exact:
		return "exact"
	case Approx:
		return "approx"
	case Hour:
		return "hour"
	case Day:
		return "day"
	case After:
		return "after"
	}
	return fmt.Sprintf("precision(%d)", uint8(p))
}

// ParsePrecision reads the words String writes. The empty word is Exact, as in
// files that name a precision only where it is not.
func ParsePrecision(s string) (Precision, error) {
	if s == "" {
		return Exact, nil
	}
	for _, p := range Precisions() {
		if p.String() == s {
			return p, nil
		}
	}
	return Exact, fmt.Errorf("precision %.20q: %w: it is exact, approx, hour, day or after", s, ErrUnreadable)
}

// MarshalText writes the word of p; it refuses a value that has none.
func (p Precision) MarshalText() ([]byte, error) {
	if p > After {
		return nil, fmt.Errorf("%s: %w", p, ErrRange)
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Precision) UnmarshalText(b []byte) error {
	v, err := ParsePrecision(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}
