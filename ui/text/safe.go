package text

import "holdfast/model/plain"

// Line makes text written by others safe to show on one line.
func Line(s string) string { return plain.Line(s) }

// Block does the same and keeps newlines, for text shown over several lines.
func Block(s string) string { return plain.Block(s) }
