package smtpmail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wneessen/go-mail"

	"twohens/internal/engine"
)

// letter is a mail as it goes over the wire.
type letter struct {
	from, to string // of the envelope, in angle brackets
	name     string // the recipient's, before the @
	utf8     bool   // the server must know SMTPUTF8 (RFC 6531)
	bytes    bytes.Buffer
	last     func() error
	said     string // the server's words when it took it, cleaned
}

var letters = sync.Pool{New: func() any { return new(letter) }}

// free gives the memory back. It holds a code until it is written over, as all memory that held one does.
func (l *letter) free() {
	l.bytes.Reset()
	l.last, l.said = nil, ""
	letters.Put(l)
}

// wire writes a mail down: headers, a text and an HTML form of it, both quoted-printable, signed if there are keys.
func (s *Sender) wire(m engine.Mail) (*letter, error) {
	if err := Fit(m); err != nil {
		return nil, err
	}
	l := letters.Get().(*letter)
	l.from, l.to, l.name = s.envelope(m.ID), "<"+m.To.Address()+">", m.To.Local()
	l.last = m.Last
	l.utf8 = !ascii(l.to) || !ascii(l.from)
	if strings.ContainsAny(l.from+l.to, "\r\n") { // contact.Email has none; this is the last gate before the wire
		l.free()
		return nil, errors.New("smtpmail: an address with a line end")
	}

	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP))
	msg.FromMailAddress(&netmail.Address{Name: s.settings.FromName, Address: s.settings.From.Address()})
	msg.ToMailAddress(&netmail.Address{Address: m.To.Address()})
	msg.Subject(m.Subject)
	msg.SetGenHeader(mail.HeaderDate, s.settings.Now().UTC().Format(time.RFC1123Z))
	msg.SetGenHeader(mail.HeaderMessageID, "<"+m.ID+"@"+s.settings.From.Domain()+">")
	// RFC 3834's word for mail that no person wrote, so that no holiday notice answers it. No List-Unsubscribe: this
	// is no list, and whoever clicked it would not get their code.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Locale != "" {
		msg.SetGenHeader(mail.HeaderContentLang, m.Locale)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	if err := s.write(msg, &l.bytes); err != nil {
		l.free()
		return nil, fmt.Errorf("smtpmail: writing the mail: %w", err)
	}
	return l, nil
}

// Fit says what keeps a mail from going anywhere: nobody to go to, or an id that would not stay one in a header or a template.
func Fit(m engine.Mail) error {
	if m.To.IsZero() || m.ID == "" || strings.ContainsFunc(m.ID, func(r rune) bool { return !idText(r) }) {
		return errors.New("smtpmail: a mail without a recipient or a fit id")
	}
	return nil
}

// write writes the message, behind its signatures.
func (s *Sender) write(msg *mail.Msg, to *bytes.Buffer) error {
	if len(s.settings.Signers) == 0 {
		_, err := msg.WriteTo(to)
		return err
	}
	var unsigned bytes.Buffer
	if _, err := msg.WriteTo(&unsigned); err != nil {
		return err
	}
	for _, signer := range s.settings.Signers {
		if err := signer.sign(to, unsigned.Bytes()); err != nil {
			return err
		}
	}
	to.Write(unsigned.Bytes())
	return nil
}

// idText says that a character may stand in a Message-ID.
func idText(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.'
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
