package locale

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The isolates of UAX 9: what stands between them has a direction of its own and does not touch what is around.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// isolate makes a value inert and, if anything in it runs against the direction of the text around it, isolates it.
func isolate(value, dir string) string {
	value = Inert(value)
	for _, r := range value {
		if against(r, dir) {
			return firstStrongIsolate + value + popIsolate
		}
	}
	return value
}

func against(r rune, dir string) bool {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL:
		return dir == "ltr"
	case bidi.L:
		return dir == "rtl"
	}
	return false
}

// Inert takes control characters out of a value, and those that change the direction of writing: a name must not be able to
// break a line of a mail or to turn round the sentence that it stands in (CVE-2021-42574 is the same trick on source code).
func Inert(value string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\ufeff',
			r == '\u061c', r == '\u200e', r == '\u200f',
			r >= '\u2028' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, value)
}
