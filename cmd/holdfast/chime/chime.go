// Package chime makes the short sound by which the desktop asks to be looked
// at. The sound is computed, and played by a program the system has: no part of
// Holdfast talks to a sound card.
package chime

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"time"
)

// ErrSilent is returned where nothing on this system plays a sound.
var ErrSilent = errors.New("no program here plays sounds; install pulseaudio-utils, pipewire or alsa-utils")

// Chime plays the sound. It is safe for concurrent use.
type Chime struct {
	ways []func(ctx context.Context) error // the likeliest first
	file string                            // holds the sound; empty where none is needed
}

// playFor is the longest one player may take: one that hangs, as pw-play does
// where PipeWire has no session manager, is ended, and the next is tried.
const playFor = 3 * time.Second

// New finds how sounds are played here. The error is ErrSilent, or that of the
// file the sound is kept in. Close removes it.
func New() (*Chime, error) {
	if own != nil {
		return &Chime{ways: []func(context.Context) error{own}}, nil
	}
	c := &Chime{}
	for _, p := range players {
		program, err := exec.LookPath(p.name)
		if err != nil {
			continue
		}
		c.ways = append(c.ways, func(ctx context.Context) error {
			args := append(append([]string{}, p.args...), c.file)
			if err := exec.CommandContext(ctx, program, args...).Run(); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			return nil
		})
	}
	if c.ways == nil {
		return nil, ErrSilent
	}
	var err error
	c.file, err = write()
	return c, err
}

// Play plays the sound and waits for its end. A player that is installed need
// not have a server to play to, so each is tried until one is heard.
func (c *Chime) Play(ctx context.Context) error {
	var failed []error
	for _, way := range c.ways {
		within, cancel := context.WithTimeout(ctx, playFor)
		err := way(within)
		cancel()
		if err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
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
