package oncall

import (
	"fmt"
	"strings"
	"time"
)

// WeeklySchedule is the usual schedule: the people take turns of a week as
// primary, and the last primary is secondary where there are two or more.
// handoff is a weekday and a time of day in the zone, such as "Mon 10:00"; the
// first person has the week in which now is, which is in that zone.
func WeeklySchedule(name, zone, handoff string, now time.Time, people ...string) (Schedule, error) {
	s := Schedule{Name: name, Zone: zone}
	day, clock, _ := strings.Cut(strings.TrimSpace(handoff), " ")
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	for d := range 7 {
		weekday := strings.ToLower(time.Weekday(d).String())
		if err != nil || len(day) < 3 || !strings.HasPrefix(weekday, strings.ToLower(day)) {
			continue
		}
		back := (int(now.Weekday()) - d + 7) % 7
		if before := now.Hour()*60+now.Minute() < at.Hour()*60+at.Minute(); before && back == 0 {
			back = 7
		}
		r := Weekly(now.AddDate(0, 0, -back).Format(time.DateOnly), people...)
		r.Weekday, r.Time = weekday, at.Format("15:04")
		s.Layers = []Layer{{Name: Primary, Rotations: []Rotation{r}}}
		if len(people) > 1 {
			s.Layers = append(s.Layers, Layer{Name: Secondary, Follows: Primary})
		}
		return s, nil
	}
	return s, fmt.Errorf("the hand-off %.40q is not a weekday and a time; write \"Mon 10:00\"", handoff)
}
