package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// command says what a PDU is for (5.1.2.1). With the highest bit set it is the answer to the one without.
type command uint32

const (
	bindReceiver      command = 0x0000_0001
	bindTransmitter   command = 0x0000_0002
	submitSM          command = 0x0000_0004
	deliverSM         command = 0x0000_0005
	unbind            command = 0x0000_0006
	bindTransceiver   command = 0x0000_0009
	outbind           command = 0x0000_000B
	enquireLink       command = 0x0000_0015
	alertNotification command = 0x0000_0102

	answer      command = 0x8000_0000
	genericNack command = 0x8000_0000
)

var commandNames = map[command]string{
	bindReceiver: "bind_receiver", bindTransmitter: "bind_transmitter", bindTransceiver: "bind_transceiver",
	submitSM: "submit_sm", deliverSM: "deliver_sm", unbind: "unbind", enquireLink: "enquire_link",
}

func (c command) String() string {
	if name, ok := commandNames[c]; ok {
		return name
	}
	return fmt.Sprintf("command 0x%08X", uint32(c))
}

// Sizes of a PDU in octets, header included. The largest that anyone has reason to send is a deliver_sm with a message_payload; a
// peer that says four gigabytes is not given them.
const (
	headerSize = 16
	maxSize    = 68 << 10
)

// errLength says that a PDU's own length is impossible. Where the next one begins is then unknown, so the connection is of no use.
var errLength = errors.New("smpp: a PDU of an impossible length")

// pdu is one message between client and centre: a header of four numbers, and a body.
type pdu struct {
	command  command
	status   uint32
	sequence uint32
	body     []byte
}

// readPDU reads one. The error is errLength, or that of the reader: io.EOF when it ended between two PDUs, io.ErrUnexpectedEOF
// when in the middle of one.
func readPDU(r io.Reader) (pdu, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:4]); err != nil {
		return pdu{}, err
	}
	length := binary.BigEndian.Uint32(header[:])
	if length < headerSize || length > maxSize {
		return pdu{}, errLength
	}
	if _, err := io.ReadFull(r, header[4:]); err != nil {
		return pdu{}, inside(err)
	}
	p := pdu{
		command:  command(binary.BigEndian.Uint32(header[4:])),
		status:   binary.BigEndian.Uint32(header[8:]),
		sequence: binary.BigEndian.Uint32(header[12:]),
	}
	if length == headerSize {
		return p, nil
	}
	p.body = make([]byte, length-headerSize)
	if _, err := io.ReadFull(r, p.body); err != nil {
		return pdu{}, inside(err)
	}
	return p, nil
}

// inside makes an end of the stream one in the middle of a PDU.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// bytes is the PDU as it travels.
func (p pdu) bytes() []byte {
	b := make([]byte, 0, headerSize+len(p.body))
	b = binary.BigEndian.AppendUint32(b, uint32(headerSize+len(p.body)))
	b = binary.BigEndian.AppendUint32(b, uint32(p.command))
	b = binary.BigEndian.AppendUint32(b, p.status)
	b = binary.BigEndian.AppendUint32(b, p.sequence)
	return append(b, p.body...)
}

// appendString writes a string as SMPP has them, with a zero at its end. Zeros inside are refused long before.
func appendString(b []byte, s string) []byte { return append(append(b, s...), 0) }

// errBody says that a body is not what its command should have.
var errBody = errors.New("smpp: a body that cannot be read")

// fields reads a body from its beginning. After a mistake everything else it gives is empty, and err is set.
type fields struct {
	rest []byte
	err  error
}

// octets takes n octets.
func (f *fields) octets(n int) []byte {
	if n > len(f.rest) {
		f.rest, f.err = nil, errBody // nothing is left, so that all that follows fails too
		return nil
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

// octet takes one.
func (f *fields) octet() byte {
	if b := f.octets(1); b != nil {
		return b[0]
	}
	return 0
}

// text takes a string of at most so many octets, its zero included.
func (f *fields) text(most int) string {
	for i := range min(most, len(f.rest)) {
		if f.rest[i] == 0 {
			return string(f.octets(i + 1)[:i])
		}
	}
	f.rest, f.err = nil, errBody
	return ""
}

// tags takes the optional parameters, which are all that is left (5.3). One that is cut off ends the reading; those before it stand,
// for some centres leave a few octets behind the last one. Of two with the same tag the first counts.
func (f *fields) tags() map[uint16][]byte {
	found := make(map[uint16][]byte)
	for len(f.rest) >= 4 {
		tag, length := binary.BigEndian.Uint16(f.rest), int(binary.BigEndian.Uint16(f.rest[2:]))
		if length > len(f.rest)-4 {
			break
		}
		if _, twice := found[tag]; !twice {
			found[tag] = f.rest[4 : 4+length]
		}
		f.rest = f.rest[4+length:]
	}
	return found
}
