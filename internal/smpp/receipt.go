package smpp

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"twohens/internal/sms"
)

// Receipt is what a centre says later of a message it took.
type Receipt struct {
	Ref   string // as Submit returned it
	State State
	Word  string // the centre's own for the state, such as "EXPIRED"; letters and digits only
	Error string // what the network said, as the centre writes it, such as "027"; empty when nothing
}

// State is what became of a message.
type State string

// The states there are.
const (
	Delivered State = "delivered" // the telephone has it
	Failed    State = "failed"    // it never will
	Pending   State = "pending"   // still on its way, or in words that nobody knows
)

// IDs says how a centre writes the name of a message: in the answer to a submit, and in the text of its receipt. Some take it for a
// number and write it in base sixteen in the one and in base ten in the other. It cannot be seen by looking: "10" could be both.
type IDs int

// The ways there are.
const (
	IDsAlike          IDs = iota // the same in both, but for leading zeros and for case
	IDsHexThenDecimal            // answers in base sixteen, receipts in base ten
	IDsDecimalThenHex            // the other way round
)

// maxID is how long a message_id may be in octets, its zero included (5.2.23).
const maxID = 65

// submitted is the one form of the name that an answer gave.
func (i IDs) submitted(id string) string {
	return canonical(id, map[IDs]int{IDsHexThenDecimal: 16, IDsDecimalThenHex: 10}[i])
}

// written is the one form of the name that a receipt's text gave.
func (i IDs) written(id string) string {
	return canonical(id, map[IDs]int{IDsHexThenDecimal: 10, IDsDecimalThenHex: 16}[i])
}

// canonical is a name without what may differ between two of the same. A base that is not 0 makes a number of it, if it is one.
func canonical(id string, base int) string {
	id = strings.ToLower(strings.TrimSpace(id))
	if base != 0 && len(id) < maxID {
		if n, ok := new(big.Int).SetString(id, base); ok && n.Sign() >= 0 {
			return n.String()
		}
	}
	if short := strings.TrimLeft(id, "0"); short != "" {
		return short
	}
	return id
}

// Optional parameters of a receipt (5.3.2).
const (
	tagReceiptedID  = 0x001E
	tagMessageState = 0x0427
	tagNetworkError = 0x0423
	tagPayload      = 0x0424
)

// Kinds of what a deliver_sm carries (5.2.12), in esm_class.
const (
	kindMask         = 0x3C
	kindReceipt      = 0x04
	kindIntermediate = 0x20
)

// words are the states as receipts write them (appendix B), the longer spellings of some vendors, and the numbers of message_state
// (5.2.28).
var words = map[string]State{
	"DELIVRD": Delivered, "DELIVERED": Delivered, "DELIVERD": Delivered,
	"EXPIRED": Failed, "DELETED": Failed, "UNDELIV": Failed, "UNDELIVERABLE": Failed, "UNDELIVERED": Failed,
	"UNKNOWN": Failed, "REJECTD": Failed, "REJECTED": Failed, "FAILED": Failed, "SKIPPED": Failed,
	"ACCEPTD": Pending, "ACCEPTED": Pending, "ENROUTE": Pending, "BUFFRED": Pending, "SCHEDULED": Pending,
}

var stateWords = [...]string{
	"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED",
}

// parseReceipt reads the body of a deliver_sm (4.6.1). It says false for what is no receipt.
//
// Only what the centre itself marks as one counts. A person can send a text that reads like a receipt, and would otherwise have codes
// shown as delivered, or as lost, at will.
func parseReceipt(body []byte, ids IDs) (Receipt, bool, error) {
	f := fields{rest: body}
	f.text(6) // service_type
	f.octets(2)
	f.text(21 + 44) // source_addr: 21 in the standard, longer with some
	f.octets(2)
	f.text(21 + 44)
	kind := f.octet() & kindMask
	f.octets(2)         // protocol_id, priority_flag
	f.text(17)          // schedule_delivery_time
	f.text(17)          // validity_period
	f.octets(2)         // registered_delivery, replace_if_present_flag
	coding := f.octet() //
	f.octet()           // sm_default_msg_id
	text := f.octets(int(f.octet()))
	if f.err != nil {
		return Receipt{}, false, f.err
	}
	tags := f.tags()
	id := strings.TrimRight(string(tags[tagReceiptedID]), "\x00")
	if kind != kindReceipt && kind != kindIntermediate && id == "" {
		return Receipt{}, false, nil
	}
	if len(text) == 0 {
		text = tags[tagPayload]
	}
	r := readReceipt(decode(text, coding))
	r.Ref = ids.written(r.Ref)
	if id != "" {
		r.Ref = ids.submitted(id)
	}
	if state := tags[tagMessageState]; len(state) == 1 && int(state[0]) < len(stateWords) {
		r.Word = stateWords[state[0]]
	}
	if e := tags[tagNetworkError]; len(e) == 3 && r.Error == "" {
		r.Error = big.NewInt(int64(e[1])<<8 | int64(e[2])).String()
	}
	r.State = stateOf(r.Word)
	if kind == kindIntermediate {
		r.State = Pending
	}
	return r, r.Ref != "", nil
}

// stateOf is what a word means.
func stateOf(word string) State {
	if s, ok := words[word]; ok {
		return s
	}
	return Pending
}

// decode is the text of a receipt. Most are ASCII whatever they say; what is UCS-2 shows it by its coding.
func decode(b []byte, coding byte) string {
	if coding == codingUCS2 {
		if text, err := sms.DecodeUCS2(b); err == nil {
			return text
		}
	}
	return string(b)
}

// field is one of a receipt's text: "id:", "stat:" or "err:", in any case, with or without a space behind the colon.
var field = regexp.MustCompile(`(?i)(?:^|[\s,;|])(id|stat|err) ?: ?([^\s,;|]{1,64})`)

// quoted is where the text of the message itself begins, of which nothing is read: it may hold anything, and it holds the code.
var quoted = regexp.MustCompile(`(?i)(?:^|[\s,;|])te?xt ?:`)

// readReceipt reads the text of appendix B, as far as it is one. Of two fields with the same name the first counts.
func readReceipt(text string) (r Receipt) {
	if at := quoted.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	for _, m := range field.FindAllStringSubmatch(text, -1) {
		var into *string
		switch strings.ToLower(m[1]) {
		case "id":
			into = &r.Ref
		case "stat":
			into, m[2] = &r.Word, strings.ToUpper(m[2])
		case "err":
			into = &r.Error
		}
		if *into == "" {
			*into = m[2]
		}
	}
	r.Word, r.Error = plain(r.Word), plain(r.Error)
	return r
}

// plain leaves no more of a word than may be stored and shown.
func plain(word string) string {
	word = strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, word)
	return word[:min(len(word), 16)]
}

// deliver hands receipts to the caller, one after the other, and tells the centre when it has them.
func (l *link) deliver() {
	for {
		select {
		case <-l.done:
			return // what waits is not acknowledged, so it comes again
		case p := <-l.receipts:
			if l.acknowledge(p, l.handOver(p)) != nil {
				return
			}
		}
	}
}

// handOver is the status that answers a deliver_sm.
func (l *link) handOver(p pdu) uint32 {
	r, ok, err := parseReceipt(p.body, l.settings.IDs)
	switch {
	case err != nil:
		l.log.Warn("the message centre sent a receipt that cannot be read", "octets", len(p.body))
		return statusOK // it would come again for ever
	case !ok || l.settings.Receipt == nil:
		return statusOK // somebody answered our text: nobody reads that
	}
	if err := l.settings.Receipt(r); err != nil {
		l.log.Warn("a receipt was not kept, the message centre will send it again", "error", err)
		return statusComeAgain
	}
	l.proved.Store(true)
	return statusOK
}

// acknowledge answers a deliver_sm (4.6.2): its one field is not used.
func (l *link) acknowledge(p pdu, status uint32) error {
	return l.write(pdu{command: deliverSM | answer, status: status, sequence: p.sequence, body: []byte{0}})
}
