// Command holdfast-gallery renders every screen of the desktop with sample
// rooms to PNG files: dark and light, two window sizes, text at 200 percent, from
// empty to far too full. It needs no display, no graphics card and no C compiler.
package main

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/theme"
)

func main() {
	out := flag.String("out", "gallery", "folder for the pictures")
	only := flag.String("only", "", "render only scenes whose name holds this")
	flag.Parse()
	if err := run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "holdfast-gallery:", err)
		os.Exit(1)
	}
}

// form is one way to draw a scene.
type form struct {
	name string
	look theme.Variant
	size fyne.Size
	zoom int // percent
}

func forms() []form {
	var all []form
	for _, v := range []struct {
		name string
		look theme.Variant
	}{{"dark", theme.Dark}, {"light", theme.Light}} {
		for _, s := range []fyne.Size{fyne.NewSize(1280, 720), fyne.NewSize(1440, 900)} {
			all = append(all, form{fmt.Sprintf("%s-%.0fx%.0f", v.name, s.Width, s.Height), v.look, s, 100})
		}
	}
	// As large as text gets, in the smallest window: nothing may be cut.
	return append(all, form{"dark-zoomed", theme.Dark, fyne.NewSize(1280, 720), 200})
}

func run(out, only string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	app := test.NewApp()
	defer app.Quit()
	for _, sc := range scenes() {
		if !strings.Contains(sc.name, only) {
			continue
		}
		for _, f := range forms() {
			app.Settings().SetTheme(theme.New(theme.Options{Variant: f.look, Zoom: f.zoom}))
			if err := draw(app, sc, f, filepath.Join(out, sc.name+"-"+f.name+".png")); err != nil {
				return fmt.Errorf("scene %s: %w", sc.name, err)
			}
		}
		fmt.Println(sc.name)
	}
	return nil
}

func draw(app fyne.App, sc scene, f form, path string) error {
	w := app.NewWindow(sc.name)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(f.size)
	if err := sc.set(w); err != nil {
		return err
	}
	for range 2 { // what is wrapped says how tall it is once it has a width; the desktop asks each frame
		w.Resize(f.size.SubtractWidthHeight(1, 1))
		w.Resize(f.size)
	}
	setMode(w)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := png.Encode(file, w.Canvas().Capture()); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return file.Close()
}
