//go:build !windows

package chime

import "context"

// players are the programs that play a file, the likeliest first: of macOS,
// PipeWire, PulseAudio and ALSA.
var players = [...]struct {
	name string
	args []string
}{{"afplay", nil}, {"pw-play", nil}, {"paplay", nil}, {"aplay", []string{"-q"}}}

// own is how a system plays a sound without a program; none of these does.
var own func(context.Context) error
