package when

import "time"

// Ahead reads a time to come as people type it for a deadline: a span from now
// such as 30m, or a time, where a bare clock time is the next such. No text is no
// time. zone is the writer's; the errors are those of Parse.
func Ahead(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if span, err := ParseSpan(text); err == nil {
		return now.Add(span), nil
	}
	m, err := Options{Ahead: true}.Parse(text, now, zone)
	return m.At, err
}
