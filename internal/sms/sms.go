// Package sms knows how a text becomes short messages: in which alphabet it is written, how much of it goes into one message, and
// where it is cut when one is not enough. It sends nothing.
//
// It follows 3GPP TS 23.038 (alphabets) and TS 23.040 (parts). What it adds is where a text is never cut: inside a code. A code that
// arrives in two halves, because the second part is late, is typed in wrongly, and each wrong one costs a try.
package sms

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrTooLong says that a text does not go into the 255 parts that a header can count.
var ErrTooLong = errors.New("sms: a text of more than 255 parts")

// maxParts is what the one octet for it can count.
const maxParts = 255

// Alphabet is what the octets of a message mean.
type Alphabet int

// The alphabets there are.
const (
	GSM7 Alphabet = iota // the default alphabet with its extension table; counted in septets
	UCS2                 // counted in units of two octets
)

// Single is how many septets or units a text of one part has at most: 140 octets hold 160 septets or 70 units.
func (a Alphabet) Single() int {
	if a == UCS2 {
		return 70
	}
	return 160
}

// Each is how many septets or units go into each part of a text of several: their header takes six octets off.
func (a Alphabet) Each() int {
	if a == UCS2 {
		return 67
	}
	return 153
}

// Needed is the alphabet that a text has to be written in: GSM7 if that has all of its characters.
func Needed(text string) Alphabet {
	for _, r := range text {
		if _, ok := septets[r]; !ok {
			return UCS2
		}
	}
	return GSM7
}

// cost is how many septets or units a text takes.
func (a Alphabet) cost(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case a == GSM7:
			n += len(septets[r])
		case r > 0xFFFF:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Fits says that a text goes out as one message.
func Fits(text string) bool {
	a := Needed(text)
	return a.cost(text) <= a.Single()
}

// Part is one message of a text.
type Part struct {
	Text     string
	Alphabet Alphabet
	Octets   []byte // the text in its alphabet, without a header; GSM7 one septet an octet
	Number   int    // from 1
	Of       int    // 1: the text is whole, and there is no header
}

// Header is what tells a telephone how parts belong together: five octets follow; concatenation with one octet of reference, three
// octets of it (3GPP TS 23.040, 9.2.3.24.1). The reference is the same for all parts of a text and another for the next text to the
// same telephone. A text of one part has none.
func (p Part) Header(reference byte) []byte {
	if p.Of <= 1 {
		return nil
	}
	return []byte{0x05, 0x00, 0x03, reference, byte(p.Of), byte(p.Number)}
}

// Unpacked is the header and the text, one septet an octet: what centres take that pack for themselves.
func (p Part) Unpacked(reference byte) []byte { return append(p.Header(reference), p.Octets...) }

// Packed is the header and the text as they go over the air, 140 octets at most.
func (p Part) Packed(reference byte) []byte {
	header := p.Header(reference)
	if p.Alphabet == UCS2 {
		return append(header, p.Octets...)
	}
	return append(header, Pack(p.Octets, Fill(len(header)))...)
}

// Parts cuts a text into as few messages as its alphabet needs. An escape pair and a surrogate pair stay whole.
//
// So does a code: a run of digits, also one written in groups with a space or a hyphen between them, and the last line when it is
// "@host #code". Where one would be cut, the part ends before it and the next one begins with it. Only what is longer than a whole
// part is cut all the same.
//
// The error is [ErrTooLong].
func Parts(text string) ([]Part, error) { return PartsIn(Needed(text), text) }

// PartsIn is Parts in an alphabet that the caller chooses. A text that GSM7 lacks characters of goes in UCS2 whatever is asked for.
func PartsIn(a Alphabet, text string) ([]Part, error) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	a = max(a, Needed(text))
	if a.cost(text) <= a.Single() {
		return []Part{a.part(text, 1, 1)}, nil
	}
	if a.cost(text) > maxParts*a.Each() {
		return nil, ErrTooLong
	}
	cut := a.cut(text)
	if len(cut) > maxParts {
		return nil, ErrTooLong
	}
	parts := make([]Part, len(cut))
	for i, piece := range cut {
		parts[i] = a.part(piece, i+1, len(cut))
	}
	return parts, nil
}

func (a Alphabet) part(text string, number, of int) Part {
	p := Part{Text: text, Alphabet: a, Number: number, Of: of}
	if a == UCS2 {
		p.Octets = EncodeUCS2(text)
	} else {
		p.Octets, _ = EncodeGSM7(text)
	}
	return p
}

// cut fills one part after the other with what must stay together.
func (a Alphabet) cut(text string) []string {
	var pieces []string
	last := strings.LastIndexByte(text, '\n') + 1
	begin, used, loose := 0, 0, 0 // loose: up to there lies what is longer than a part
	for at := 0; at < len(text); {
		_, size := utf8.DecodeRuneInString(text[at:])
		if at >= loose {
			if together := whole(text[at:], at == last); a.cost(text[at:at+together]) <= a.Each() {
				size = together
			} else {
				loose = at + together
			}
		}
		cost := a.cost(text[at : at+size])
		if used+cost > a.Each() {
			pieces = append(pieces, text[begin:at])
			begin, used = at, 0
		}
		at += size
		used += cost
	}
	return append(pieces, text[begin:])
}

// whole is how many bytes must stay together at the beginning of what is left of a text. When that is its last line, it may be what
// binds a code to its site, "@host #code", which browsers look for there.
func whole(rest string, lastLine bool) int {
	if lastLine && strings.HasPrefix(rest, "@") && strings.Contains(rest, " #") {
		return len(rest)
	}
	if n := digits(rest); n > 0 {
		return n
	}
	_, size := utf8.DecodeRuneInString(rest)
	return size
}

// digits is how many bytes the run of digits takes that a text begins with; 0: none.
func digits(text string) int {
	n := 0
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			n = i + utf8.RuneLen(r)
		case i == n && n > 0 && (r == ' ' || r == '-' || r == '\u00A0'): // one of them, and only between digits
		default:
			return n
		}
	}
	return n
}
