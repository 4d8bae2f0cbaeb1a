// Command holdfast is the desktop console of the incident war room.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/adrg/xdg"

	"holdfast/assets"
	"holdfast/cmd/holdfast/chime"
	"holdfast/cmd/holdfast/ending"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
	"holdfast/ui/desk"
)

func main() {
	leave(run(os.Args[1:]))
}

// leave ends the program.
func leave(err error) {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case errors.Is(err, errUsage):
		os.Exit(2) // flag has said what is wrong
	}
	fmt.Fprintln(os.Stderr, "holdfast:", err)
	os.Exit(1)
}

// windowSize is the smallest screen the layout is made for.
var windowSize = fyne.NewSize(1280, 720)

var errUsage = errors.New("wrong usage")

// options are the flags of the command.
type options struct {
	home, listen, incident string
	quiet                  bool
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("holdfast", flag.ContinueOnError)
	flags.StringVar(&o.home, "home", defaultHome(), "data folder")
	flags.StringVar(&o.listen, "listen", "", "address to listen on for peers (default: any address, port 7420 or a free one)")
	flags.BoolVar(&o.quiet, "no-mdns", false, "do not announce on the local network")
	flags.StringVar(&o.incident, "incident", "", "open this incident")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return o, err
	case err != nil:
		return o, errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "holdfast: %q is not understood; holdfast takes flags alone\n", flags.Arg(0))
		return o, errUsage
	}
	return o, nil
}

func defaultHome() string {
	if home := os.Getenv("HOLDFAST_HOME"); home != "" {
		return home
	}
	if runtime.GOOS != "windows" && !filepath.IsAbs(os.Getenv("HOME")) && !filepath.IsAbs(os.Getenv("XDG_DATA_HOME")) {
		return "" // it would be where nobody looks for it
	}
	return filepath.Join(xdg.DataHome, "holdfast")
}

func run(args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && needsDisplay {
		return errors.New("there is no display here; use holdfastctl on this machine, or `make demo` to see the desktop on a virtual display")
	}
	if o.home == "" {
		return errors.New("HOME is not set, so there is no data folder for this user, and nothing was made; set HOME or HOLDFAST_HOME, or say -home DIR")
	}
	if err := os.MkdirAll(o.home, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	log, err := openLogs(o.home)
	if err != nil {
		return err
	}
	notes := newNotes()
	n, err := node.Open(node.Options{
		Home: o.home, Secrets: secret.Options{Prefer: secret.Keyring}, Links: true, Listen: o.listen, Quiet: o.quiet, Log: log.Logger,
		Remind: notes.remind,
	})
	if err != nil {
		return errors.Join(refused(err, o.home), log.close())
	}
	return show(n, o.incident, notes, func() error { return errors.Join(n.Close(), log.close()) })
}

// show runs the window until it is closed, and shuts what it was about.
func show(n *node.Node, incident string, notes *notes, shut func() error) error {
	if err := sayLanguage(); err != nil {
		return errors.Join(err, shut())
	}
	a := app.NewWithID("org.holdfast.console")
	a.SetIcon(fyne.NewStaticResource("holdfast.png", assets.IconPNG()))
	w := a.NewWindow("Holdfast")
	w.Resize(windowSize)
	w.SetMaster()
	sound, silent := chime.New()
	play := func() error {
		if silent != nil {
			return silent
		}
		return sound.Play(context.Background())
	}
	d := desk.New(desk.Options{
		Window: w, Node: n, Post: fyne.Do, SetTheme: a.Settings().SetTheme, Incident: incident, Chime: play,
	})
	stop := notes.show(a.SendNotification, func() {
		if n.Setting(desk.SoundSetting) != desk.SoundOff {
			_ = play() // the note is shown anyway; the settings say what is wrong
		}
	})
	defer stop()
	end := sync.OnceValue(func() error {
		err := d.Close()
		if silent == nil {
			err = errors.Join(err, sound.Close())
		}
		return errors.Join(err, shut())
	})
	returned := make(chan struct{})
	go ending.Watch(closing(w), returned, ending.Patience, func() { leave(end()) })
	err := loop(a, w)
	close(returned)
	return errors.Join(err, end())
}

// closing is closed with the window, or when the program is told to end.
func closing(w fyne.Window) <-chan struct{} {
	closed, told := make(chan struct{}), make(chan os.Signal, 1)
	once := sync.OnceFunc(func() { close(closed) })
	w.SetOnClosed(once)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-told
		once()
	}()
	return closed
}

// loop runs the window. Where none can be opened the toolkit panics: a display
// that does not answer, or no OpenGL, as over some remote desktops. What
// happens later is a crash, and left to the crash file.
func loop(a fyne.App, w fyne.Window) (err error) {
	started := false
	a.Lifecycle().SetOnStarted(func() { started = true })
	defer func() {
		if started {
			return
		}
		if r := recover(); r != nil {
			err = fmt.Errorf("no window can be opened here (%v); check the display and that it has OpenGL, or use holdfastctl on this machine", r)
		}
	}()
	w.ShowAndRun()
	return nil
}

// refused says what to do where the data folder could not be opened.
func refused(err error, home string) error {
	if errors.Is(err, replica.ErrHomeInUse) {
		return fmt.Errorf("another Holdfast has %s open: use its window, close it, or take another folder with -home; holdfastctl works beside it", home)
	}
	return err
}
