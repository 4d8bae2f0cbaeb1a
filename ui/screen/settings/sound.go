package settings

import (
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// SoundSetting is whether promised updates are heard; without it they are.
const (
	SoundSetting = "sound"
	SoundOff     = "off"
)

// keepSound turns the sound on or off for this device.
func (s *Screen) keepSound(at int) {
	value := ""
	if at == 1 {
		value = SoundOff
	}
	s.host.Task(func() error { return s.device.SetSetting(SoundSetting, value) }, func(err error) {
		if err != nil {
			s.says.Set("Not saved: "+text.Line(err.Error()), form.Wrong)
			s.object.Refresh()
		}
	})
}

// try plays the sound, or says why it cannot.
func (s *Screen) try() {
	if s.Chime == nil {
		s.says.Set("This window has no sound.", form.Warn)
		s.object.Refresh()
		return
	}
	s.host.Task(s.Chime, func(err error) {
		s.says.Set("The sound was played.", form.Well)
		if err != nil {
			s.says.Set("No sound: "+text.Line(err.Error())+". A note of the system is shown all the same.", form.Warn)
		}
		s.object.Refresh()
	})
}
