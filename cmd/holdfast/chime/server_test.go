//go:build sound

// Against real sound servers, PulseAudio and PipeWire, each with a sink that
// nobody hears and a recorder on its monitor; about ten seconds.
package chime

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a server may take to answer, and a recording to come.
const patience = 20 * time.Second

// quiet is below what the sound has at its softest, and above what a server
// adds in converting.
const quiet = 200

// machine is a home of its own, with a sound server and no player.
func machine(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("XDG_RUNTIME_DIR", run)
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(run, "pulse", "native"))
	// ALSA plays to the server, as its PulseAudio plugin has it on a desktop.
	put(t, filepath.Join(dir, ".asoundrc"), "pcm.!default { type pulse }\nctl.!default { type pulse }\n")
	return dir
}

func put(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve runs a server until the test ends.
func serve(t *testing.T, name string, args ...string) {
	t.Helper()
	said := &bytes.Buffer{}
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended
		_ = c.Wait()
		if t.Failed() {
			t.Logf("%s: %s", name, said)
		}
	})
}

// await asks until the answer has a word.
func await(t *testing.T, word, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		answer, _ := exec.CommandContext(ctx, name, args...).CombinedOutput() // it fails until the server is up
		if strings.Contains(string(answer), word) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s never says %q: %s", name, word, answer)
		}
	}
}

func pulseAudio(t *testing.T) {
	dir := machine(t)
	serve(t, "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+filepath.Join(dir, "run", "pulse", "native"), "-L", "module-null-sink sink_name=ear")
	await(t, "Default Sink: ear", "pactl", "info")
}

const pipeWireSink = `context.objects = [ { factory = adapter, args = {
  factory.name = support.null-audio-sink, node.name = ear, media.class = Audio/Sink, audio.position = [ MONO ], object.linger = true
} } ]
`

func pipeWire(t *testing.T) {
	dir := machine(t)
	put(t, filepath.Join(dir, "pipewire", "pipewire.conf.d", "ear.conf"), pipeWireSink)
	bus := "unix:path=" + filepath.Join(dir, "run", "bus")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	serve(t, "dbus-daemon", "--session", "--nofork", "--address="+bus)
	await(t, "org.freedesktop.DBus", "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames")
	serve(t, "pipewire")
	await(t, "PipeWire:Interface:Core", "pw-cli", "info", "0")
	serve(t, "wireplumber")
	serve(t, "pipewire-pulse")
	await(t, "Default Sink: ear", "pactl", "info")
}

// recording is what the sink plays, as samples of one channel.
type recording struct {
	mu      sync.Mutex
	bytes   []byte
	changed chan struct{}
	ended   chan struct{}
}

func record(t *testing.T) *recording {
	t.Helper()
	r := &recording{changed: make(chan struct{}, 1), ended: make(chan struct{})}
	c := exec.Command("parec", "-d", "ear.monitor", "--raw", "--format=s16le", "--channels=1", "--rate=44100", "--latency-msec=20")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		piece := make([]byte, 4096)
		for {
			n, err := out.Read(piece)
			r.mu.Lock()
			r.bytes = append(r.bytes, piece[:n]...)
			r.mu.Unlock()
			select {
			case r.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return // it was ended
			}
		}
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-r.ended
		_ = c.Wait()
	})
	r.until(t, "the recorder hears nothing, not even silence", func(s []int16) bool { return len(s) > 0 })
	return r
}

// until waits until what was recorded is as a test wants it.
func (r *recording) until(t *testing.T, wrong string, ok func([]int16) bool) []int16 {
	t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		samples := make([]int16, len(r.bytes)/2)
		for i := range samples {
			samples[i] = int16(binary.LittleEndian.Uint16(r.bytes[2*i:]))
		}
		r.mu.Unlock()
		if ok(samples) {
			return samples
		}
		select {
		case <-r.changed:
		case <-late:
			t.Fatal(wrong)
		}
	}
}

// span is from the first to the last sample that is not quiet.
func span(samples []int16) (from, to int) {
	from, to = -1, -1
	for i, v := range samples {
		if v > quiet || v < -quiet {
			if from < 0 {
				from = i
			}
			to = i
		}
	}
	return from, to
}

// pitch is how often a note swings in a second, by the median of its swings: a
// server that was late drops some samples, which makes one swing odd.
func pitch(samples []int16) float64 {
	var swings []float64
	last := math.NaN()
	for i := 1; i < len(samples); i++ {
		below, above := float64(samples[i-1]), float64(samples[i])
		if below >= 0 || above < 0 {
			continue
		}
		rise := float64(i) - above/(above-below) // between two samples
		if !math.IsNaN(last) {
			swings = append(swings, rise-last)
		}
		last = rise
	}
	if len(swings) == 0 {
		return 0
	}
	slices.Sort(swings)
	return rate / swings[len(swings)/2]
}

// playing gives a machine these players alone.
func playing(t *testing.T, names ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		program, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(program, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

// TestSound: every player is heard through its server, whole and once, at its
// two pitches. The tools of PipeWire beside a PulseAudio server make it no less.
func TestSound(t *testing.T) {
	for name, c := range map[string]struct {
		server  func(*testing.T)
		players []string
	}{
		"PulseAudio paplay":             {pulseAudio, []string{"paplay"}},
		"PulseAudio aplay":              {pulseAudio, []string{"aplay"}},
		"PulseAudio pw-play and paplay": {pulseAudio, []string{"pw-play", "paplay"}},
		"PipeWire pw-play":              {pipeWire, []string{"pw-play"}},
		"PipeWire paplay":               {pipeWire, []string{"paplay"}},
		"PipeWire aplay":                {pipeWire, []string{"aplay"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.server(t)
			heard := record(t)
			playing(t, c.players...)
			chime, err := New()
			if err != nil {
				t.Fatal(err)
			}
			defer chime.Close()
			if err := chime.Play(t.Context()); err != nil {
				t.Fatal(err)
			}
			samples := heard.until(t, "nothing but silence was played", func(s []int16) bool {
				_, to := span(s)
				return to >= 0 && len(s)-to > rate/2
			})
			asPlayed(t, samples)
		})
	}
}

func asPlayed(t *testing.T, samples []int16) {
	t.Helper()
	from, to := span(samples)
	length := float64(to-from) / rate
	peak := 0.0
	for _, v := range samples {
		peak = max(peak, math.Abs(float64(v))/math.MaxInt16)
	}
	if length < 1.8*note || length > 2.5*note {
		t.Errorf("%.3f s were heard, and it takes %.3f s", length, 2*note)
	}
	if peak < 0.8*loud || peak > 1.1*loud {
		t.Errorf("the loudest is %.2f, and was sent as %.2f", peak, loud)
	}
	middle, each := (from+to)/2, int(note*rate)
	first, second := pitch(samples[middle-each*3/4:middle-each/8]), pitch(samples[middle+each/8:middle+each*3/4])
	if math.Abs(first/659.26-1) > 0.01 || math.Abs(second/987.77-1) > 0.01 {
		t.Errorf("the notes have %.0f and %.0f Hz", first, second)
	}
	t.Logf("%.3f s, loudest %.2f, %.0f and %.0f Hz", length, peak, first, second)
}
