package settings

import (
	"errors"
	"strings"
	"testing"

	"holdfast/ui/screen/form"
)

func TestSoundIsTurnedOffAndTried(t *testing.T) {
	f := open(t)
	f.sound.OnChange(1)
	if f.device.Settings()[SoundSetting] != SoundOff {
		t.Error("off is not kept")
	}
	f.load()
	if f.sound.At() != 1 {
		t.Error("off is not shown")
	}
	f.sound.OnChange(0)
	if f.device.Settings()[SoundSetting] != "" {
		t.Error("on is not kept")
	}
	f.try()
	if f.says.Text() != "This window has no sound." {
		t.Errorf("without a sound it says %q", f.says.Text())
	}
	played := 0
	f.Chime = func() error { played++; return nil }
	f.try()
	if played != 1 || f.says.Tone() != form.Well {
		t.Errorf("it says %q", f.says.Text())
	}
	f.Chime = func() error { return errors.New("no program here plays sounds") }
	f.try()
	if !strings.Contains(f.says.Text(), "no program here plays sounds") || f.says.Tone() != form.Warn {
		t.Errorf("of no player it says %q", f.says.Text())
	}
}
