package sms

import (
	"errors"
	"strings"
)

// ErrSeptet says that an octet that should hold one septet has its eighth bit set.
var ErrSeptet = errors.New("sms: an octet that is no septet")

// escape leads to the extension table: it and the septet behind it are one character, and count as two.
const escape = 0x1B

// basic is the GSM 7 bit default alphabet, in the order of its codes (3GPP TS 23.038, 6.2.1). The escape stands for itself: no
// text can hold one.
var basic = []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")

// extension is what the codes behind an escape stand for (3GPP TS 23.038, 6.2.1.1).
var extension = map[byte]rune{
	0x0A: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2F: '\\', 0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
}

// septets are the codes of every character of both tables.
var septets = func() map[rune]string {
	m := make(map[rune]string, len(basic)+len(extension))
	for code, r := range basic {
		if code != escape {
			m[r] = string([]byte{byte(code)})
		}
	}
	for code, r := range extension {
		m[r] = string([]byte{escape, code})
	}
	return m
}()

// EncodeGSM7 writes a text in the default alphabet, one septet an octet. It says false when a character is not in it.
func EncodeGSM7(text string) ([]byte, bool) {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		code, ok := septets[r]
		if !ok {
			return nil, false
		}
		b = append(b, code...)
	}
	return b, true
}

// DecodeGSM7 reads what EncodeGSM7 writes. What no sender should send is read as the standard bids: a code that the extension table
// lacks is that of the basic table, and an escape with nothing behind it, or with another escape, is a space.
//
// The error is [ErrSeptet].
func DecodeGSM7(b []byte) (string, error) {
	var text strings.Builder
	for i := 0; i < len(b); i++ {
		code := b[i]
		if code > 0x7F {
			return "", ErrSeptet
		}
		if code != escape {
			text.WriteRune(basic[code])
			continue
		}
		if i++; i == len(b) || b[i] == escape {
			text.WriteByte(' ')
			continue
		}
		if b[i] > 0x7F {
			return "", ErrSeptet
		}
		r, ok := extension[b[i]]
		if !ok {
			r = basic[b[i]]
		}
		text.WriteRune(r)
	}
	return text.String(), nil
}
