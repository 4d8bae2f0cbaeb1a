package sample

import (
	"time"

	"holdfast/model"
)

// Skewed is the typical room after a device whose clock is 3 h ahead came back: what
// it wrote without a link was corrected when it had measured its clock.
func Skewed() (Story, error) {
	st, err := Typical()
	if err != nil {
		return Story{}, err
	}
	r, inc, li := st.Room, st.Incident.String(), st.Room.Device(2)
	const ahead = 3 * time.Hour
	from := li.seq + 1
	for n, words := range []string{
		"On the train without a link. Copying staging to the laptop to look at it", "The staging copy has the users table, 1,2 million rows",
		"No webhooks in the staging copy: they are removed when it is made", "Back at the desk, linking now",
	} {
		r.step(st.Now.Add(ahead+time.Duration(n-12)*time.Minute+417*time.Millisecond), li, model.Log{Incident: inc, Text: words, Kind: "finding"})
	}
	fix := model.ClockFix{Feed: li.feed, From: from, To: li.seq, Off: ahead.Milliseconds()}
	r.step(st.Now.Add(-2*time.Minute), li, model.CorrectClock{Fixes: []model.ClockFix{fix}})
	r.Meet()
	r.At(st.Now)
	return st, nil
}
