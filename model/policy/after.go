package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// After is a span from one moment to a deadline, as policies write it: "15m",
// "4h", "30d", "1 business day 12:00", "5 business days", "1 month", or ""
// where there is none. Hours run through nights, weekends and clock changes;
// business days follow the calendar.
type After struct {
	// Set is false where there is no such deadline.
	Set      bool
	Duration time.Duration
	// BusinessDays counts whole business days; Clock is the wall-clock minute
	// of that day, or -1 to keep the time of day.
	BusinessDays int
	Clock        int
	// Months counts calendar months; a day that the month lacks is its last.
	Months int
}

// Minutes gives a span of minutes.
func Minutes(n int) After {
	return After{Set: true, Duration: time.Duration(n) * time.Minute, Clock: -1}
}

// maxSpan bounds a deadline: ten years is longer than any law asks.
const maxSpan = 10 * 366 * 24 * time.Hour

// ParseAfter reads a span.
func ParseAfter(text string) (After, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || text == "none" || text == "-" {
		return After{}, nil
	}
	a := After{Set: true, Clock: -1}
	words := strings.Fields(text)
	if words[0] == "next" && len(words) > 1 {
		words[0] = "1"
	}
	n, err := strconv.Atoi(words[0])
	switch {
	case err == nil && len(words) >= 3 && words[1] == "business" && strings.HasPrefix(words[2], "day"):
		a.BusinessDays = n
		if len(words) == 4 {
			if a.Clock, err = clock(words[3]); err != nil {
				return After{}, err
			}
		}
		if n < 1 || n > 1000 || len(words) > 4 {
			return After{}, badSpan(text)
		}
		return a, nil
	case err == nil && len(words) == 2 && strings.HasPrefix(words[1], "month") && n > 0 && n <= 120:
		a.Months = n
		return a, nil
	}
	days, rest, isDays := strings.Cut(text, "d")
	if n, err := strconv.Atoi(days); isDays && rest == "" && err == nil && n > 0 && n < 3660 {
		a.Duration = time.Duration(n) * 24 * time.Hour
		return a, nil
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d < 0 || d > maxSpan {
		return After{}, badSpan(text)
	}
	a.Duration = d
	return a, nil
}

func badSpan(text string) error {
	return fmt.Errorf("%.40q is no span of time; write 15m, 4h, 30d, 1 month, 5 business days, 1 business day 12:00, or nothing", text)
}

func clock(text string) (int, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%.20q is no time of day; write 12:00", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// String writes the span as ParseAfter reads it.
func (a After) String() string {
	switch {
	case !a.Set:
		return ""
	case a.BusinessDays > 0:
		text := fmt.Sprintf("%d business day", a.BusinessDays)
		if a.BusinessDays > 1 {
			text += "s"
		}
		if a.Clock >= 0 {
			text += fmt.Sprintf(" %02d:%02d", a.Clock/60, a.Clock%60)
		}
		return text
	case a.Months == 1:
		return "1 month"
	case a.Months > 1:
		return fmt.Sprintf("%d months", a.Months)
	}
	hours, minutes := int(a.Duration/time.Hour), int(a.Duration%time.Hour/time.Minute)
	switch {
	case a.Duration%(24*time.Hour) == 0 && hours > 96:
		return fmt.Sprintf("%dd", hours/24)
	case a.Duration%time.Minute != 0:
		return a.Duration.String()
	case minutes == 0 && hours > 0:
		return fmt.Sprintf("%dh", hours)
	case hours > 0:
		return fmt.Sprintf("%dh%dm", hours, minutes)
	}
	return fmt.Sprintf("%dm", minutes)
}

// MarshalText implements encoding.TextMarshaler.
func (a After) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *After) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAfter(string(text))
	return err
}
