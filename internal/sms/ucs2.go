package sms

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// ErrHalf says that UCS-2 ended in the middle of a unit.
var ErrHalf = errors.New("sms: an odd number of octets in UCS-2")

// EncodeUCS2 writes a text in units of two octets, high one first. The standard says UCS-2; telephones have long read UTF-16, which
// is the same but for characters beyond the first 65536: those are a surrogate pair. What is no UTF-8 becomes U+FFFD.
func EncodeUCS2(text string) []byte {
	b := make([]byte, 0, 2*len(text))
	for _, r := range text {
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' {
			b = binary.BigEndian.AppendUint16(b, uint16(high))
			r = low
		}
		b = binary.BigEndian.AppendUint16(b, uint16(r))
	}
	return b
}

// DecodeUCS2 reads what EncodeUCS2 writes. A surrogate without its other half is U+FFFD. The error is [ErrHalf].
func DecodeUCS2(b []byte) (string, error) {
	if len(b)%2 != 0 {
		return "", ErrHalf
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 0; b = b[2:] {
		units = append(units, binary.BigEndian.Uint16(b))
	}
	return string(utf16.Decode(units)), nil
}
