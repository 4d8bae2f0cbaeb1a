package node

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/sync/outbox/hook"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/outbox/ticket"
)

// checkSetting refuses a value that would only fail later, when the setting is
// needed, and names what is allowed. An empty value removes the setting.
func checkSetting(key, value string) error {
	if value == "" {
		return nil
	}
	switch key {
	case "mail.port":
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%s is a number from 1 to 65535, such as 587 or 465, not %q", key, value)
		}
	case rateSetting:
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > maxRate {
			return fmt.Errorf("%s is a number of KiB a second from 1 to %d, not %q", key, maxRate, value)
		}
	case "mail.tls":
		return oneOf(key, value, mail.TLSPolicies())
	case "mail.mechanism":
		return oneOf(key, value, mail.Mechanisms())
	case "ticket.form":
		return oneOf(key, value, ticket.Forms[:])
	case "ticket.url", "pagerduty.url":
		if err := hook.Check(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	case "listen":
		if err := CheckAddress(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	case "zone":
		if _, err := time.LoadLocation(value); err != nil || value == "Local" {
			return fmt.Errorf("time zone %q is not known; zones are written Europe/Berlin, or UTC", value)
		}
	}
	if name, ok := strings.CutPrefix(key, "audience."); ok {
		list, bad := model.ParseRecipients(value)
		if name == "" || len(bad) > 0 || len(list) == 0 {
			return fmt.Errorf("%s is a list of addresses, a comma apart, such as \"Ana Ruiz <ana@example.org>, tom@example.org\"; no address: %s",
				key, strings.Join(bad, ", "))
		}
	}
	return nil
}

func oneOf[T ~string](key, value string, allowed []T) error {
	if slices.Contains(allowed, T(value)) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	return fmt.Errorf("%s is one of %s, not %q", key, strings.Join(names, ", "), value)
}

// CheckAddress tells whether a text is HOST:PORT, where HOST may be left out to
// listen on any address.
func CheckAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		var n int
		if n, err = strconv.Atoi(port); err == nil && n >= 0 && n <= 65535 {
			return nil
		}
	}
	return fmt.Errorf("%q is not HOST:PORT, such as 192.168.1.14:7420 or [fe80::1]:7420", address)
}
