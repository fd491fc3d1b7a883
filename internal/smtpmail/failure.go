package smtpmail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"unicode"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// failed makes a failure of an error at a step. Names are left out of what was said.
func failed(ctx context.Context, step string, err error, names ...string) *relay.Failure {
	if ctx.Err() != nil {
		return &relay.Failure{Class: relay.Down, Said: step + ": broken off", Err: context.Cause(ctx)}
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		f := &relay.Failure{Class: relay.Down, Said: step + ": " + Clean(err.Error(), names...), Err: err}
		var unknown x509.UnknownAuthorityError
		var certificate *tls.CertificateVerificationError
		if errors.As(err, &certificate) || errors.As(err, &unknown) {
			f.Class = relay.Unfit
		}
		return f
	}
	said := Clean(strconv.Itoa(reply.Code)+" "+reply.Msg, names...)
	switch {
	case final(reply.Code):
		return &relay.Failure{Class: relay.Refused, Said: said}
	case reply.Code >= 500:
		return &relay.Failure{Class: relay.Unfit, Said: step + ": " + said}
	case step == stepRecipient && (reply.Code == 450 || reply.Code == 451):
		// Greylisting: whoever else would bring it is told the same, and the next time counts only from the same address.
		return &relay.Failure{Class: relay.Later, Said: step + ": " + said}
	}
	return &relay.Failure{Class: relay.Busy, Said: step + ": " + said}
}

// The steps that something hangs on.
const (
	stepRecipient = "RCPT TO"
	stepEnd       = "end of message"
)

// final says that a reply's code means no for good. Most of 5xx do (RFC 5321 section 4.2.1). These do not, because they
// speak of this connection or of who we are, and not of the mail: the operator will mend it, and the mail can go then.
func final(code int) bool {
	switch code {
	case 500, 502, 503, // commands not known, or out of order
		521, 530, 534, 535, 538: // takes no mail at all; wants TLS or AUTH; does not believe who we are
		return false
	}
	return code >= 500 && code <= 599
}

// maxSaid bounds what is kept of a server's words, in bytes.
const maxSaid = 200

// Clean makes a server's words fit to be kept. Servers like to quote: the address, the name in it, a link or
// a number from the message that they did not like, which may be the code itself. What might be any of these is left out;
// reply codes and network addresses stay, since they are what an operator looks for.
func Clean(said string, names ...string) string {
	return engine.Said(said, maxSaid, func(word string) bool { return harmless(word, names) })
}

// longest is how long a part of a word between dots may be, in bytes, that is not taken for something random. What the
// product makes up and sends out is longer.
const longest = 20

func harmless(word string, names []string) bool {
	bare := strings.Trim(word, "[](),;:<>'\"")
	if strings.ContainsAny(bare, "@/\\") || strings.Contains(bare, "://") || strings.Contains(bare, "=40") {
		return false
	}
	for _, name := range names {
		if name != "" && strings.EqualFold(bare, name) {
			return false
		}
	}
	if _, err := netip.ParseAddr(bare); err == nil {
		return true
	}
	if _, err := netip.ParseAddrPort(bare); err == nil {
		return true
	}
	digits, run, most := 0, 0, 0
	for _, r := range bare {
		if unicode.IsDigit(r) {
			digits++
			run++
			most = max(most, run)
		} else {
			run = 0
		}
	}
	for part := range strings.SplitSeq(bare, ".") {
		if len(part) > longest {
			return false
		}
	}
	return most <= 3 && digits <= 5
}
