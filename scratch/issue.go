package scratch

import (
	"encoding/binary"
	"time"
)

// issue is all that is known of a dealt card. It exists only sealed, in the
// hands of the person: the server keeps nothing until the card is spent. It
// carries the right answer, so judging draws nothing, and a node judges a card
// that a node of another release drew.
type issue struct {
	Place
	generator                  uint16
	week                       uint32
	mode                       Mode
	second                     bool // the hand is not looked at again
	issued, notBefore, expires time.Time
	id                         [16]byte
	owners                     owners // Rub
	chickens                   Picks  // Rub: which of the owners; Pick, Listen, Hear: which numbers

	key string // the id of the key that settles it and seals it
}

// seal makes the text form of an issue.
func (k *Keys) sealIssue(i *issue) string {
	b := i.Place.append(make([]byte, 0, 768))
	b = sizedNumber(b, uint64(i.generator))
	b = sizedNumber(b, uint64(i.week))
	b = sizedNumber(b, uint64(i.mode))
	b = sizedNumber(b, bit(i.second))
	b = sizedTime(b, i.issued)
	b = sizedTime(b, i.notBefore)
	b = sizedTime(b, i.expires)
	b = sized(b, i.id[:])
	b = sizedNumber(b, uint64(i.chickens))
	if i.mode == Rub {
		at := len(b)
		b = i.owners.append(append(b, 0, 0))
		binary.BigEndian.PutUint16(b[at:], uint16(len(b)-at-2))
	}
	return k.sealBy(i.key, cardForm, b)
}

// openIssue checks the seal and reads the issue. The only error is ErrSeal.
func (k *Keys) openIssue(text string) (*issue, error) {
	b, key, err := k.open(cardForm, text)
	if err != nil {
		return nil, err
	}
	i := &issue{key: key}
	if !i.read(b) {
		return nil, ErrSeal
	}
	return i, nil
}

// read sets the issue from its fields; false if they are not exactly those.
func (i *issue) read(b []byte) bool {
	f := fields{rest: b}
	i.Place = f.place()
	i.generator, i.week = uint16(f.number()), uint32(f.number())
	i.mode, i.second = Mode(f.number()), f.number() == 1
	i.issued, i.notBefore, i.expires = f.time(), f.time(), f.time()
	i.id = f.id()
	i.chickens = Picks(f.number())
	if i.mode == Rub && !i.owners.read(f.next()) {
		return false
	}
	return f.done()
}

// owners is which animal is visible in each cell of a card, row by row: its
// number, 1 to 9, or 0 for none.
type owners [rows * columns]uint8

// append writes the map as runs of one owner, a byte each: the owner in the
// higher four bits, the length less one in the lower.
func (o *owners) append(b []byte) []byte {
	for i := 0; i < len(o); {
		n := 1
		for i+n < len(o) && n < 16 && o[i+n] == o[i] {
			n++
		}
		b = append(b, o[i]<<4|uint8(n-1))
		i += n
	}
	return b
}

// read sets the map from its runs; false if they do not fill it exactly.
func (o *owners) read(b []byte) bool {
	i := 0
	for _, run := range b {
		n := int(run&15) + 1
		if i+n > len(o) || run>>4 > Animals {
			return false
		}
		for j := range n {
			o[i+j] = run >> 4
		}
		i += n
	}
	return i == len(o)
}
