package shell

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/sync/replica"
	"holdfast/ui/theme"
)

// themeSetting is where the look is kept: variant, density, zoom.
const themeSetting = "theme"

var (
	variants  = [...]string{theme.Auto: "auto", theme.Dark: "dark", theme.Light: "light"}
	densities = [...]string{theme.Compact: "compact", theme.Comfort: "comfort", theme.Wall: "wall"}
)

func (s *Shell) savedLook() theme.Options {
	o := theme.Options{Zoom: 100}
	for _, word := range strings.Fields(s.opts.Keeper.Setting(themeSetting)) {
		for i, v := range variants {
			if word == v {
				o.Variant = theme.Variant(i)
			}
		}
		for i, d := range densities {
			if word == d {
				o.Density = theme.Density(i)
			}
		}
		if z, err := strconv.Atoi(word); err == nil {
			o.Zoom = theme.ClampZoom(z)
		}
	}
	return o
}

func (s *Shell) setLook(o theme.Options) {
	s.look = o
	s.opts.SetTheme(theme.New(o))
}

// Look is how the desktop is drawn.
func (s *Shell) Look() theme.Options { return s.look }

// SetLook draws the desktop another way and keeps it so. The toolkit gives the content no other size where the
// menu bar and the edge take more room or less: with large text the foot would be out of the window.
func (s *Shell) SetLook(o theme.Options) {
	s.setLook(o)
	s.opts.Window.Resize(s.canvas().Size())
	s.Keep(themeSetting, fmt.Sprintf("%s %s %d", variants[o.Variant], densities[o.Density], o.Zoom))
}

// Keep keeps a setting of this device off the UI goroutine. Of several values
// the last one stays, whichever is written first.
func (s *Shell) Keep(key, value string) {
	s.places.put(key, value)
	s.bridge.Work(func(context.Context) error { return s.places.keep(key, s.opts.Keeper) }, func(err error) {
		if err != nil && !errors.Is(err, replica.ErrReadOnly) { // of which the banner tells
			s.Fail("A setting was not kept for the next start", err)
		}
	})
}

// places are settings on their way to the disk. The UI goroutine takes mu
// alone, which is never held while the disk is written.
type places struct {
	writing sync.Mutex // one at a time, or an older value could be written last
	mu      sync.Mutex
	set     map[string]string
}

func (p *places) put(key, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set[key] = value
}

func (p *places) take(key string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	value, waits := p.set[key]
	delete(p.set, key)
	return value, waits
}

// keep writes the newest value.
func (p *places) keep(key string, k Keeper) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	value, waits := p.take(key)
	if !waits {
		return nil
	}
	return k.SetSetting(key, value)
}

// switchVariant goes from what is seen to the other.
func (s *Shell) switchVariant() {
	o := s.look
	if theme.New(o).IsLight(fyne.CurrentApp().Settings().ThemeVariant()) {
		o.Variant = theme.Dark
	} else {
		o.Variant = theme.Light
	}
	s.SetLook(o)
}

func (s *Shell) switchDensity() {
	o := s.look
	if o.Density == theme.Compact {
		o.Density = theme.Comfort
	} else {
		o.Density = theme.Compact
	}
	s.SetLook(o)
}

func (s *Shell) zoom(percent int) {
	o := s.look
	o.Zoom = theme.ClampZoom(percent)
	s.SetLook(o)
}

// scrolled puts an object into a scroller of a size.
func scrolled(o fyne.CanvasObject, size fyne.Size) fyne.CanvasObject {
	sc := container.NewVScroll(o)
	sc.SetMinSize(size)
	return sc
}
