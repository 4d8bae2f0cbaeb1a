//go:build !unix

package dial

// limitSegment does nothing: Windows has no such option, and looks for the
// size of the path itself.
func limitSegment(uintptr) {}
