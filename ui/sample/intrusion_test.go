package sample

import "testing"

func TestIntrusionIsWhatTheScreensAreShownWith(t *testing.T) {
	for name, m := range map[string]func() (Story, error){"intrusion": Intrusion, "besieged": Besieged, "contested": Contested} {
		story, err := m()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range story.Room.Devices() {
			s := story.Room.Device(i).State()
			if s.Refused != 0 {
				t.Errorf("%s: device %d refused %d ops", name, i, s.Refused)
			}
			contested, changed := 0, 0
			for _, v := range s.PolicyViews() {
				if len(v.Conflict) > 1 {
					contested++
				}
				if v.Own {
					changed++
				}
			}
			if contested != 1 || changed != 2 {
				t.Errorf("%s: %d sections are contested and %d changed", name, contested, changed)
			}
			if n := len(s.BreachRegister(story.Now)); n == 0 {
				t.Errorf("%s: no breach is in the register", name)
			}
		}
	}
}
