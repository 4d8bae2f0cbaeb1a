// Package chime makes the short sound by which the desktop asks to be looked
// at. The sound is computed, and played by a program the system has: no part of
// Holdfast talks to a sound card.
package chime

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"time"
)

// ErrSilent is returned where nothing on this system plays a sound.
var ErrSilent = errors.New("no program here plays sounds; install pulseaudio-utils, pipewire or alsa-utils")

// Chime plays the sound. It is safe for concurrent use.
type Chime struct {
	play func(ctx context.Context) error
	file string // holds the sound; empty where none is needed
}

// playFor is the longest a player may take: one that hangs is ended.
const playFor = 5 * time.Second

// New finds how sounds are played here. The error is ErrSilent, or that of the
// file the sound is kept in. Close removes it.
func New() (*Chime, error) {
	if own != nil {
		return &Chime{play: own}, nil
	}
	for _, p := range players {
		program, err := exec.LookPath(p.name)
		if err != nil {
			continue
		}
		file, err := write()
		if err != nil {
			return nil, err
		}
		args := append(append([]string{}, p.args...), file)
		return &Chime{file: file, play: func(ctx context.Context) error { return exec.CommandContext(ctx, program, args...).Run() }}, nil
	}
	return nil, ErrSilent
}

// Play plays the sound and waits for its end.
func (c *Chime) Play(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, playFor)
	defer cancel()
	return c.play(ctx)
}

// Close removes what New made.
func (c *Chime) Close() error {
	if c.file == "" {
		return nil
	}
	return os.Remove(c.file)
}

func write() (string, error) {
	f, err := os.CreateTemp("", "holdfast-*.wav")
	if err != nil {
		return "", err
	}
	_, err = f.Write(sound())
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// The sound: two notes, a fifth apart, that die away. rate is in samples a
// second, note in seconds; loud is a share of the loudest there is.
const (
	rate = 44100
	note = 0.22
	loud = 0.35
)

// sound gives the sound as a WAV file of one channel and 16 bits.
func sound() []byte {
	var samples []byte
	for _, pitch := range [...]float64{659.26, 987.77} { // E5, B5
		for i := range int(note * rate) {
			t := float64(i) / rate
			v := math.Sin(2*math.Pi*pitch*t) * math.Exp(-9*t) * min(1, t*200) * loud // no click at its begin
			samples = binary.LittleEndian.AppendUint16(samples, uint16(int16(v*math.MaxInt16)))
		}
	}
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+len(samples)))...)
	b = append(b, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, rate, rate * 2, 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, "data"...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(samples))), samples...)
}
