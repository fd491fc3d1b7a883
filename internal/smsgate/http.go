package smsgate

import (
	"context"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/sms"
)

// known are the fields that a template of a gateway may have.
var known = []string{"To", "Digits", "Text", "ID", "Locale", "From", "Secret", "Receipt", "Unicode", "Minutes"}

// httpGateway is a gateway that takes a text as one HTTP request in templates.
type httpGateway struct {
	*relay.Poster
	from string
	now  func() time.Time
}

// Text posts one text.
func (h *httpGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	if !fit(t) {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "a text without a number, words or a fit id"}
	}
	fields := fieldsOf(t, h.now())
	fields.From = h.from
	ref, err := h.Post(ctx, fields, private(t), t.Last)
	if err != nil {
		return engine.Handover{}, err
	}
	return engine.Handover{Ref: ref, Parts: parts(t.Body)}, nil
}

// private is what must not be found in a gateway's words: the number, and the text that holds the code.
func private(t engine.Text) []string { return []string{t.To.Number(), t.Body} }

// parts is what a text is charged as.
func parts(text string) int {
	p, err := sms.Parts(text)
	if err != nil {
		return 1
	}
	return max(1, len(p))
}

// fieldsOf is what a text fills a form with.
func fieldsOf(t engine.Text, now time.Time) relay.Fields {
	w := relay.Fields{
		To: t.To.Number(), Digits: strings.TrimPrefix(t.To.Number(), "+"), Text: t.Body, ID: t.ID, Locale: t.Locale,
		Unicode: sms.Needed(t.Body) == sms.UCS2, Minutes: 1,
	}
	if !t.NotAfter.IsZero() {
		w.Minutes = max(1, int(t.NotAfter.Sub(now)/time.Minute))
	}
	return w
}

// fit says that a text can be sent at all: contact.Phone and the outbox see to it, this is the last gate before the wire.
func fit(t engine.Text) bool {
	digits := strings.TrimPrefix(t.To.Number(), "+")
	return t.To != contact.Phone{} && digits != "" && strings.Trim(digits, "0123456789") == "" && t.Body != "" && t.ID != "" &&
		!strings.ContainsFunc(t.ID, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_' && r != '.'
		})
}
