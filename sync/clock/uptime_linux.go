package clock

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine gives the uptime of this machine, and one that begins with this process
// where the machine tells none.
func Machine() Uptime {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	boot := strings.TrimSpace(string(b))
	var t unix.Timespec
	if err != nil || boot == "" || unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return process()
	}
	return func() (string, time.Duration) {
		var t unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) // it went well before
		return boot, time.Duration(t.Nano())
	}
}
