package mailbox

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// Mail is a mail, or a text, as it arrived.
type Mail struct {
	Number  uint64 // 1, 2, 3 ... in the order of arrival
	At      time.Time
	Phone   string   // the number that a text went to; empty: it is a mail
	Sender  string   // of the envelope
	To      []string // of the envelope
	From    string   // as written in the mail, decoded
	Subject string   // decoded
	Text    string   // decoded, with line feeds alone
	HTML    string   // the same
	Header  mail.Header
	Raw     []byte
}

// read takes a mail apart. What it cannot read stays in Raw, and as it came in Text: a mailbox shows what it was given.
func read(raw []byte, sender string, to []string, at time.Time) Mail {
	m := Mail{At: at, Sender: sender, To: append([]string(nil), to...), Raw: raw}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Text = string(raw)
		return m
	}
	m.Header = parsed.Header
	m.From = decoded(parsed.Header.Get("From"))
	m.Subject = decoded(parsed.Header.Get("Subject"))
	m.part(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body, 0)
	return m
}

func decoded(s string) string {
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return d
	}
	return s
}

// maxDepth bounds parts within parts.
const maxDepth = 4

// part reads one part, or the parts within it. The first text and the first HTML count.
func (m *Mail) part(contentType, encoding string, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, _ := io.ReadAll(body)
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case kind == "text/html" && m.HTML == "":
		m.HTML = text
	case kind == "text/plain" && m.Text == "":
		m.Text = text
	}
}
