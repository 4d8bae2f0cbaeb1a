package template

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Channels with a length limit.
const (
	ChannelSocial = "social"
	ChannelSMS    = "sms"
	ChannelPager  = "pager"
)

const (
	maxSocial  = 280 // characters of a post on X, the shortest of the common networks
	maxSMS     = 160 // septets of one message in the GSM alphabet
	maxSMSWide = 70  // 16-bit units of one message in any other alphabet
	maxPager   = 130 // characters of an Opsgenie alert message
)

// Size is a length against the limit of a channel.
type Size struct {
	Used int
	Max  int    // 0: no limit
	Unit string // what is counted
}

// Over says that the text does not fit.
func (s Size) Over() bool { return s.Max > 0 && s.Used > s.Max }

// String writes "172 of 160 characters".
func (s Size) String() string {
	if s.Max == 0 {
		return fmt.Sprintf("%d %s", s.Used, s.Unit)
	}
	return fmt.Sprintf("%d of %d %s", s.Used, s.Max, s.Unit)
}

// Measure counts text as the channel does.
func Measure(channel, text string) Size {
	s := Size{Used: utf8.RuneCountInString(text), Unit: "characters"}
	switch channel {
	case ChannelSocial:
		s.Max = maxSocial
	case ChannelPager:
		s.Max = maxPager
	case ChannelSMS:
		if n, ok := septets(text); ok {
			return Size{Used: n, Max: maxSMS, Unit: "characters"}
		}
		return Size{Used: len(utf16.Encode([]rune(text))), Max: maxSMSWide, Unit: "characters (a letter outside the SMS alphabet halves the room)"}
	}
	return s
}

const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€" // two septets each
)

// septets counts text in the alphabet of GSM 03.38; ok is false where a
// character is outside it.
func septets(text string) (n int, ok bool) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			n++
		case strings.ContainsRune(gsmExtended, r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}
