//go:build !windows && !darwin

package main

// needsDisplay is true where a window needs a display server named in the
// environment.
const needsDisplay = true
