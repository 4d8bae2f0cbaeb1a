//go:build !linux

package clock

// Machine gives an uptime that begins with this process: what other systems tell of
// their start differs, and stands still while some of them sleep. So a run ends with
// the process, and with a sleep.
func Machine() Uptime { return process() }
