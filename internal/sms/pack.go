package sms

import "errors"

// ErrShort says that octets hold fewer septets than there should be.
var ErrShort = errors.New("sms: fewer octets than the septets need")

// Fill is how many bits are left empty between a header of that many octets and the first septet behind it, so that septets begin
// where they would without a header (3GPP TS 23.040, 9.2.3.24).
func Fill(header int) int { return (7 - header*8%7) % 7 }

// Pack puts eight septets into seven octets, lowest bits first, behind as many empty bits as fill says (3GPP TS 23.038, 6.1.2.1.1).
// Only the lower seven bits of what is given count.
func Pack(septets []byte, fill int) []byte {
	packed := make([]byte, (fill+len(septets)*7+7)/8)
	for i, s := range septets {
		at := fill + i*7
		wide := uint16(s&0x7F) << (at % 8)
		packed[at/8] |= byte(wide)
		if wide > 0xFF {
			packed[at/8+1] |= byte(wide >> 8)
		}
	}
	return packed
}

// Unpack takes n septets out of octets that Pack made. How many there are is told elsewhere in a message, for eight and seven septets
// fill the same seven octets. The error is [ErrShort].
func Unpack(packed []byte, fill, n int) ([]byte, error) {
	if n < 0 || fill < 0 || fill > 6 || n > len(packed)*8/7 || fill+n*7 > len(packed)*8 {
		return nil, ErrShort
	}
	septets := make([]byte, n)
	for i := range septets {
		at := fill + i*7
		wide := uint16(packed[at/8])
		if at/8+1 < len(packed) {
			wide |= uint16(packed[at/8+1]) << 8
		}
		septets[i] = byte(wide>>(at%8)) & 0x7F
	}
	return septets, nil
}
