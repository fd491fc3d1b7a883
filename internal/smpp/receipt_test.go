package smpp_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"twohens/internal/smpp"
)

// deliver is the body of a deliver_sm, from the table in 4.6.1, with optional parameters behind it.
func deliver(esm, coding byte, text, tags string) string {
	return "\x00\x01\x0134600123456\x00\x03\x001234\x00" + string([]byte{esm, 0, 0, 0, 0, 0, 0, coding, 0, byte(len(text))}) + text + tags
}

// tag is an optional parameter.
func tag(number uint16, value string) string {
	b := binary.BigEndian.AppendUint16(nil, number)
	return string(binary.BigEndian.AppendUint16(b, uint16(len(value)))) + value
}

const appendixB = "id:0000007F3A sub:001 dlvrd:001 submit date:2611260300 done date:2611260301 stat:%s err:%s text:12345678 is your"

func TestReceipts(t *testing.T) {
	type receipt = smpp.Receipt
	for _, c := range []struct {
		name string
		ids  smpp.IDs
		body string
		want receipt
	}{
		{"delivered", 0, deliver(4, 0, fmt.Sprintf(appendixB, "DELIVRD", "000"), ""), receipt{"7f3a", smpp.Delivered, "DELIVRD", "000"}},
		{"expired", 0, deliver(4, 0, fmt.Sprintf(appendixB, "EXPIRED", "027"), ""), receipt{"7f3a", smpp.Failed, "EXPIRED", "027"}},
		{"deleted", 0, deliver(4, 0, fmt.Sprintf(appendixB, "DELETED", "000"), ""), receipt{"7f3a", smpp.Failed, "DELETED", "000"}},
		{"undeliverable", 0, deliver(4, 0, fmt.Sprintf(appendixB, "UNDELIV", "1"), ""), receipt{"7f3a", smpp.Failed, "UNDELIV", "1"}},
		{"rejected", 0, deliver(4, 0, fmt.Sprintf(appendixB, "REJECTD", "E12"), ""), receipt{"7f3a", smpp.Failed, "REJECTD", "E12"}},
		{"unknown", 0, deliver(4, 0, fmt.Sprintf(appendixB, "UNKNOWN", "0"), ""), receipt{"7f3a", smpp.Failed, "UNKNOWN", "0"}},
		{"accepted", 0, deliver(4, 0, fmt.Sprintf(appendixB, "ACCEPTD", "0"), ""), receipt{"7f3a", smpp.Pending, "ACCEPTD", "0"}},
		{"on its way", 0, deliver(4, 0, fmt.Sprintf(appendixB, "ENROUTE", "0"), ""), receipt{"7f3a", smpp.Pending, "ENROUTE", "0"}},
		{"a word of a vendor", 0, deliver(4, 0, "id:1 stat:WOBBLY err:0", ""), receipt{"1", smpp.Pending, "WOBBLY", "0"}},
		{"other case and spaces", 0, deliver(4, 0, "Id: AbC-1 SUB:001 Stat: delivered Err: 0 Text: x", ""), receipt{"abc-1", smpp.Delivered, "DELIVERED", "0"}},
		{"commas, another order", 0, deliver(4, 0, "stat:UNDELIV,err:5,id:42", ""), receipt{"42", smpp.Failed, "UNDELIV", "5"}},
		{"seconds and no sub", 0, deliver(4, 0, "id:42 submit date:261126030059 done date:261126030101 stat:DELIVRD", ""), receipt{"42", smpp.Delivered, "DELIVRD", ""}},
		{"the text is not read", 0, deliver(4, 0, "id:42 stat:UNDELIV text:stat:DELIVRD err:9 id:43", ""), receipt{"42", smpp.Failed, "UNDELIV", ""}},
		{"nor before", 0, deliver(4, 0, "id:42 txt:stat:DELIVRD", ""), receipt{"42", smpp.Pending, "", ""}},
		{"only zeros", 0, deliver(4, 0, "id:000 stat:DELIVRD", ""), receipt{"000", smpp.Delivered, "DELIVRD", ""}},
		{"UCS-2", 0, deliver(4, 8, "\x00i\x00d\x00:\x007\x00 \x00s\x00t\x00a\x00t\x00:\x00D\x00E\x00L\x00I\x00V\x00R\x00D", ""), receipt{"7", smpp.Delivered, "DELIVRD", ""}},
		{"parameters rule", 0, deliver(4, 0, "id:1 stat:UNDELIV err:1", tag(0x1E, "7F3A\x00")+tag(0x0427, "\x02")), receipt{"7f3a", smpp.Delivered, "DELIVRD", "1"}},
		{"parameters alone", 0, deliver(4, 0, "", tag(0x1E, "7F3A\x00")+tag(0x0427, "\x05")+tag(0x0423, "\x03\x01\x02")), receipt{"7f3a", smpp.Failed, "UNDELIV", "258"}},
		{"a parameter marks it", 0, deliver(0, 0, "id:1 stat:DELIVRD", tag(0x1E, "7F3A")), receipt{"7f3a", smpp.Delivered, "DELIVRD", ""}},
		{"an impossible state", 0, deliver(4, 0, "id:1 stat:DELIVRD", tag(0x0427, "\x63")), receipt{"1", smpp.Delivered, "DELIVRD", ""}},
		{"in the payload", 0, deliver(4, 0, "", tag(0x0424, "id:1 stat:DELIVRD")), receipt{"1", smpp.Delivered, "DELIVRD", ""}},
		{"a parameter that is cut off", 0, deliver(4, 0, "id:1 stat:DELIVRD", "\x00\x1e\xff\xff7"), receipt{"1", smpp.Delivered, "DELIVRD", ""}},
		{"in between", 0, deliver(0x20, 0, "id:1 stat:UNDELIV", ""), receipt{"1", smpp.Pending, "UNDELIV", ""}},
		{"decimal here", smpp.IDsHexThenDecimal, deliver(4, 0, "id:0000032570 stat:DELIVRD", ""), receipt{"32570", smpp.Delivered, "DELIVRD", ""}},
		{"decimal here, hexadecimal in the parameter", smpp.IDsHexThenDecimal, deliver(4, 0, "id:1 stat:DELIVRD", tag(0x1E, "7F3A")), receipt{"32570", smpp.Delivered, "DELIVRD", ""}},
		{"hexadecimal here", smpp.IDsDecimalThenHex, deliver(4, 0, "id:7F3A stat:DELIVRD", ""), receipt{"32570", smpp.Delivered, "DELIVRD", ""}},
		{"no number at all", smpp.IDsDecimalThenHex, deliver(4, 0, "id:x-7 stat:DELIVRD", ""), receipt{"x-7", smpp.Delivered, "DELIVRD", ""}},
		{"words of no use", 0, deliver(4, 0, "id:1 stat:<b>DELIV\x01RD</b> err:+34600123456", ""), receipt{"1", smpp.Pending, "BDELIVRDB", "34600123456"}},
	} {
		seen := make(chan smpp.Receipt, 1)
		k := ask(t, func(p *peer) { p.send(0x05, 0, 9, c.body) }, func(s *smpp.Settings) {
			s.IDs, s.Receipt = c.ids, func(r smpp.Receipt) error { seen <- r; return nil }
		})
		if k.command != 0x80000005 || k.status != 0 || k.sequence != 9 || string(k.body) != "\x00" {
			t.Errorf("%s: answered %+v", c.name, k)
		}
		select {
		case r := <-seen:
			if r != c.want {
				t.Errorf("%s: %+v, want %+v", c.name, r, c.want)
			}
		default:
			t.Errorf("%s: was not told before it was acknowledged", c.name)
		}
	}
}

// What a person wrote is no receipt, however much it reads like one.
func TestNoReceipts(t *testing.T) {
	for name, body := range map[string]string{
		"forged":            deliver(0, 0, "id:7F3A sub:001 dlvrd:001 stat:DELIVRD err:000 text:", ""),
		"forged, no kind":   deliver(0x40, 0, "id:7F3A stat:DELIVRD", tag(0x0427, "\x02")),
		"without a name":    deliver(4, 0, "stat:DELIVRD err:000", ""),
		"cut off":           deliver(4, 0, "id:7F3A stat:DELIVRD", "")[:30],
		"a length too long": deliver(4, 0, "id:7F3A", "")[:38],
		"nothing":           "",
		"no zero":           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		k := ask(t, func(p *peer) { p.send(0x05, 0, 9, body) }, func(s *smpp.Settings) {
			s.Receipt = func(r smpp.Receipt) error { t.Errorf("%s: %+v", name, r); return nil }
		})
		if k.command != 0x80000005 || k.status != 0 {
			t.Errorf("%s: answered %+v", name, k)
		}
	}
}

// A receipt that the caller could not keep comes again.
func TestReceiptNotKept(t *testing.T) {
	n := 0
	k := ask(t, func(p *peer) {
		p.send(0x05, 0, 9, deliver(4, 0, "id:1 stat:DELIVRD", ""))
		if k, _ := p.next(); k.status != 0x64 {
			t.Errorf("status %#x", k.status)
		}
		p.send(0x05, 0, 10, deliver(4, 0, "id:1 stat:DELIVRD", ""))
	}, func(s *smpp.Settings) {
		s.Receipt = func(smpp.Receipt) error {
			if n++; n == 1 {
				return errors.New("the database is down")
			}
			return nil
		}
	})
	if k.status != 0 || k.sequence != 10 {
		t.Errorf("%+v", k)
	}
}

// A caller that is slow with receipts does not keep answers from coming; what does not fit into the queue is asked for again.
func TestReceiptsDoNotBlock(t *testing.T) {
	release := make(chan bool)
	statuses := make(chan uint32, 200)
	s := settings(open(t, func(p *peer) {
		p.bound()
		for i := range 100 {
			p.send(0x05, 0, uint32(i+1), deliver(4, 0, "id:1 stat:DELIVRD", ""))
		}
		for {
			k, ok := p.next()
			switch {
			case !ok:
				close(statuses)
				return
			case k.command == 0x04:
				taking(p, k)
			case k.command == 0x80000005:
				statuses <- k.status
			case k.command == 0x06:
				p.send(0x80000006, 0, k.sequence, "")
			}
		}
	}).port)
	s.Receipt = func(smpp.Receipt) error { <-release; return nil }
	c := client(t, s)
	if _, _, err := c.Submit(soon(t), hello); err != nil {
		t.Error(err)
	}
	again := 0
	for again < 100-64-1 {
		if status := got(t, statuses); status != 0x64 {
			t.Fatalf("status %#x", status)
		}
		again++
	}
	close(release)
	for range 64 {
		if status := got(t, statuses); status != 0 {
			again++
		}
	}
	if again > 36 {
		t.Errorf("%d of 100 are to come again", again)
	}
}
