package text

import "unicode"

// Run returns how many bytes of a line can be drawn in one piece. Fyne 2.8 draws a space in the font
// of the character before it, and its fonts for emoji and symbols have no space: "→ P0" comes out
// with a replacement mark. So a line is cut before a space that follows such a character.
func Run(line string) int {
	symbol := false
	for i, r := range line {
		if symbol && r == ' ' {
			return i
		}
		if r < 0x2000 {
			symbol = false
			continue
		}
		symbol = unicode.In(r, unicode.So, unicode.Sm, unicode.Sk) || r >= 0x1F000 || clings(r)
	}
	return len(line)
}
