package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"holdfast/sync/outbox/mail"
)

// configFile holds this device's own settings: what is true of this machine
// and not of the room. It holds no secret.
const configFile = "config.json"

// maxConfig bounds the file: two dozen short settings.
const maxConfig = 64 << 10

// secretKeys are settings that rest with the secrets, never in the file.
var secretKeys = [...]string{intakeToken, mailPassword, pagerKey, pagerHook, slackWebhook, statusToken, ticketToken}

// IsSecret reports whether a setting rests with the secrets.
func IsSecret(key string) bool { return slices.Contains(secretKeys[:], key) }

// Keys of the settings of this device. Keys that begin with "audience." or
// "room." are the room's, and shared.
var deviceKeys = [...]string{
	rateSetting, "device.name", "hook.root-cas", "incident", "intake.cert", "intake.key", "listen", "mail.addrs", "mail.from", "mail.helo", "mail.host",
	"mail.mechanism", "mail.name", "mail.pin", "mail.port", "mail.reply-to", "mail.root-cas", "mail.server-name", "mail.tls", "mail.user", "pagerduty.url",
	"room", "sound", "status.cert", "status.key", "theme", "ticket.form", "ticket.url", "zone",
}

// config is the settings of one device. It is safe for concurrent use.
type config struct {
	path string
	mu   sync.Mutex
	set  map[string]string
}

func loadConfig(home string) (*config, error) {
	c := &config{path: filepath.Join(home, configFile), set: map[string]string{}}
	b, err := os.ReadFile(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("read settings: %w", err)
	case len(b) > maxConfig:
		return nil, fmt.Errorf("read settings: %s has %d bytes, the limit is %d", c.path, len(b), maxConfig)
	}
	if err := json.Unmarshal(b, &c.set); err != nil {
		return nil, fmt.Errorf("read settings: %s is damaged: %w; mend it or move it away, the rooms are not touched", c.path, err)
	}
	return c, nil
}

// value gives a setting, or "".
func (c *config) value(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set[key]
}

func (c *config) all() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.set)
}

// put keeps a setting; an empty value removes it. The file is replaced whole,
// so a crash leaves the old or the new.
func (c *config) put(key, value string) error {
	if !slices.Contains(deviceKeys[:], key) {
		return fmt.Errorf("there is no setting %q; this device has: %s; the room has: audience.NAME, room.NAME", key, strings.Join(deviceKeys[:], ", "))
	}
	if err := checkSetting(key, value); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next := maps.Clone(c.set)
	if next[key] = value; value == "" {
		delete(next, key)
	}
	b, err := json.MarshalIndent(next, "", "\t")
	if err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	if err := replaceFile(c.path, b); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	c.set = next
	return nil
}

// replaceFile writes a file beside path and renames it over path, durably.
func replaceFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // no error once it was renamed
	if _, err := temp.Write(content); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// account builds the mail account from the settings; false where none is set.
func (c *config) account() (mail.Account, bool) {
	set := c.all()
	if set["mail.host"] == "" {
		return mail.Account{}, false
	}
	port, err := strconv.Atoi(set["mail.port"])
	if err != nil {
		port = 587 // submission with STARTTLS, RFC 6409
	}
	a := mail.Account{
		Name: "mail", Host: set["mail.host"], Port: port, TLS: mail.TLSPolicy(set["mail.tls"]),
		Mechanism: mail.Mechanism(set["mail.mechanism"]), User: set["mail.user"], ServerName: set["mail.server-name"],
		RootCAsFile: set["mail.root-cas"], PinSPKI: set["mail.pin"], Helo: set["mail.helo"],
		From: mail.Address{Name: set["mail.name"], Addr: set["mail.from"]}, ReplyTo: mail.Address{Addr: set["mail.reply-to"]},
	}
	if a.TLS == "" {
		if a.TLS = mail.TLSStartTLS; port == 465 {
			a.TLS = mail.TLSImplicit // RFC 8314
		}
	}
	if a.Mechanism == "" {
		if a.Mechanism = mail.MechAuto; a.User == "" {
			a.Mechanism = mail.MechNone
		}
	}
	if list := set["mail.addrs"]; list != "" {
		a.Addrs = strings.Split(list, ",")
	}
	return a, true
}
