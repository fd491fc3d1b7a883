package smpp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"twohens/internal/sms"
)

// Message is a text for one telephone.
type Message struct {
	Source      string // a name, a number or a short code; empty: the centre's own
	Destination string // a number of E.164, with or without "+"
	Text        string
	Until       time.Time // of no use later: the centre is told, and nothing leaves afterwards; zero: no end

	// Last is called once, right before the first bytes leave; after its error nothing does. nil: nothing to do.
	Last func() error
}

// Submit sends a text in as many messages as it takes, in their order: each one when the one before it was taken, since parts of which
// the first is refused are worth nothing. It connects when it has to. Many goroutines may call it.
//
// ref is the centre's name for the last of them, in the form in which its receipt will have it. That is the one a receipt is asked
// for: it went out last, so what became of it is what became of the text. parts is how many were taken, also after an error: they
// are charged.
//
// [ClassOf] tells what an error means. Where it is Unsure, a part may have been taken although no answer came.
func (c *Client) Submit(ctx context.Context, m Message) (ref string, parts int, err error) {
	bodies, err := c.bodies(m)
	if err != nil {
		return "", 0, err
	}
	c.wake()
	last := m.Last
	for _, body := range bodies {
		ready := func() error {
			// The wait for this moment may have been long.
			if c.late(m) {
				return fmt.Errorf("%w: its time is over", ErrMessage)
			}
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("smpp: not sent: %w", err)
			}
			if now := last; now != nil {
				last = nil
				if err := now(); err != nil {
					return &held{err}
				}
			}
			return nil
		}
		if ref, err = c.part(ctx, body, parts > 0, ready); err != nil {
			if len(bodies) > 1 {
				err = fmt.Errorf("part %d of %d: %w", parts+1, len(bodies), err)
			}
			return "", parts, err
		}
		parts++
	}
	return ref, parts, nil
}

// held is what Last said.
type held struct{ err error }

func (h *held) Error() string { return "smpp: held back: " + h.err.Error() }
func (h *held) Unwrap() error { return h.err }

func (c *Client) late(m Message) bool { return !m.Until.IsZero() && !c.settings.Now().Before(m.Until) }

// repeats is how often a message is tried again within one call, where that cannot send it twice.
const repeats = 4

// part sends one message. It is tried again by another connection when this one ended before anything left, and, when parts before it
// are out already, after the centre said that it will take it later.
func (c *Client) part(ctx context.Context, body []byte, begun bool, ready func() error) (string, error) {
	for tries := 1; ; tries++ {
		l, err := c.sending.current(ctx)
		if err != nil {
			return "", err
		}
		if err := c.pace.wait(ctx); err != nil {
			return "", err
		}
		p, err := l.submit(ctx, body, ready)
		if errors.Is(err, errGone) && tries < repeats {
			continue
		}
		if err != nil {
			return "", err
		}
		c.pace.heard(p.status)
		if p.command == genericNack && p.status == statusOK {
			p.status = statusUnknown
		}
		if p.status == statusOK {
			f := fields{rest: p.body}
			return c.settings.IDs.submitted(f.text(maxID)), nil
		}
		refused := &Status{Code: p.status, Command: submitSM.String()}
		if !begun || refused.Class() != Later || tries >= repeats {
			return "", refused
		}
	}
}

// Flags of a submit_sm.
const (
	withHeader    = 0x40 // esm_class: the text begins with a user data header (5.2.12)
	finalReceipt  = 0x01 // registered_delivery: tell when it is decided what became of it (5.2.17)
	codingDefault = 0x00 // data_coding (5.2.19)
	codingUCS2    = 0x08
)

// bodies are the submit_sm of a text (4.4.1), one for each part.
func (c *Client) bodies(m Message) ([][]byte, error) {
	from, err := sender(m.Source, c.settings.Source)
	if err != nil {
		return nil, err
	}
	to, err := recipient(m.Destination, c.settings.Destination)
	if err != nil {
		return nil, fmt.Errorf("%w: not a number of E.164", err)
	}
	alphabet := sms.GSM7
	if c.settings.UCS2 {
		alphabet = sms.UCS2
	}
	parts, err := sms.PartsIn(alphabet, m.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	if c.late(m) {
		return nil, fmt.Errorf("%w: its time is over", ErrMessage)
	}
	validity := c.validity(m.Until)
	reference := byte(c.reference.Add(1))
	bodies := make([][]byte, len(parts))
	for i, p := range parts {
		text := p.Unpacked(reference)
		b := make([]byte, 0, 96+len(text))
		b = appendString(b, "") // service_type
		b = from.append(b)
		b = to.append(b)
		esm := byte(0)
		if p.Of > 1 {
			esm = withHeader
		}
		b = append(b, esm, 0, 0) // protocol_id, priority_flag
		b = appendString(b, "")  // schedule_delivery_time: at once
		b = appendString(b, validity)
		receipt := byte(0)
		if c.settings.Receipt != nil && c.settings.Bind != Transmitter && i == len(parts)-1 {
			receipt = finalReceipt
		}
		coding := byte(codingDefault)
		if p.Alphabet == sms.UCS2 {
			coding = codingUCS2
		}
		b = append(b, receipt, 0, coding, 0, byte(len(text))) // replace_if_present_flag, ..., sm_default_msg_id, sm_length
		bodies[i] = append(b, text...)
	}
	return bodies, nil
}

// validity is how long the centre should go on trying (7.1.1). A span of time needs no two clocks that agree, nor a centre that reads
// the time zone behind a time of day, so it is what we say unless the settings have it otherwise.
func (c *Client) validity(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	if c.settings.Absolute {
		return until.UTC().Format("060102150405") + "000+"
	}
	left := max(until.Sub(c.settings.Now()).Truncate(time.Second), time.Second)
	left = min(left, 31*24*time.Hour-time.Second) // two digits of days, and months are no length
	seconds := int(left / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}

// anyReference is where the references of texts in parts begin: not where those before a restart did, or the parts of two texts to
// the same telephone could be put together.
func anyReference() uint32 {
	var b [1]byte
	_, _ = rand.Read(b[:])
	return uint32(b[0])
}
