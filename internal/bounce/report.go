package bounce

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/smtpmail"
)

// Report is what a mail that came back says.
type Report struct {
	State engine.ReceiptState
	Hard  bool   // there is no such mailbox, or it is shut for good
	Said  string // the status and the words of whoever gave up, cleaned
}

// Why a mail is none.
var (
	// ErrUnreadable says that a mail tells nothing that could be understood.
	ErrUnreadable = errors.New("not a report")
	// ErrReply says that a mail is the answer of a person or of their holiday notice: the mail has arrived, as far as anybody can tell.
	ErrReply = errors.New("an automatic reply")
)

const (
	mostBytes = 256 << 10 // of a report that are looked at
	mostParts = 20
	mostDepth = 4
	mostText  = 16 << 10 // of the words for people
)

// Read reads a report: that of RFC 3464, or what servers write that never heard of it. At most mostBytes are read.
func Read(r io.Reader) (Report, error) {
	msg, err := mail.ReadMessage(bufio.NewReader(io.LimitReader(r, mostBytes)))
	if err != nil {
		return Report{}, ErrUnreadable
	}
	var found parts
	found.part(textproto.MIMEHeader(msg.Header), msg.Body, 0)
	if len(found.status) > 0 {
		return statusReport(found.status)
	}
	if replies(msg.Header) {
		return Report{}, ErrReply
	}
	return wordsReport(msg.Header, found.text)
}

// replies says that a mail was written by a machine in answer to ours (RFC 3834).
func replies(h mail.Header) bool {
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	precedence := strings.ToLower(h.Get("Precedence"))
	return strings.HasPrefix(auto, "auto-replied") && h.Get("X-Failed-Recipients") == "" && !fromDaemon(h) ||
		precedence == "auto_reply" || h.Get("X-Autoreply") != "" || h.Get("X-Autorespond") != "" || h.Get("X-Auto-Response-Suppress") != "" && !fromDaemon(h)
}

// fromDaemon says that a mail was written by a mail server.
func fromDaemon(h mail.Header) bool {
	from := strings.ToLower(h.Get("From"))
	return strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster") || strings.Contains(from, "microsoftexchange") ||
		strings.Contains(from, "mail delivery")
}

// parts is what was found in a mail.
type parts struct {
	seen   int
	status []byte // the first message/delivery-status
	text   string // words for people
}

// part looks through a part and those within it. The mail that came back is not looked into: it is ours, and holds the code.
func (p *parts) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	if p.seen++; p.seen > mostParts || depth > mostDepth || len(p.status) > 0 {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		r := multipart.NewReader(body, params["boundary"])
		for {
			part, err := r.NextRawPart()
			if err != nil {
				return
			}
			p.part(part.Header, part, depth+1)
		}
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		p.status, _ = io.ReadAll(decoded(h, body))
	case strings.HasPrefix(kind, "text/"):
		if len(p.text) < mostText {
			text, _ := io.ReadAll(io.LimitReader(decoded(h, body), mostText))
			p.text += "\n" + string(text)
		}
	}
}

func decoded(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// actions are those of RFC 3464, section 2.3.3. One that was relayed, or went on to several, is on its way.
var actions = map[string]engine.ReceiptState{
	"failed": engine.ReceiptFailed, "delayed": engine.ReceiptPending, "delivered": engine.ReceiptDelivered, "relayed": engine.ReceiptPending,
	"expanded": engine.ReceiptPending,
}

// statusReport reads the fields of RFC 3464: groups of them, the first about the message, one for each recipient after it.
func statusReport(text []byte) (Report, error) {
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.TrimLeft(text, "\r\n"), "\r\n\r\n"...))))
	for range mostParts {
		group, err := r.ReadMIMEHeader()
		action := strings.ToLower(strings.TrimSpace(firstWord(group.Get("Action"))))
		if state, known := actions[action]; known {
			status := firstWord(group.Get("Status"))
			_, words, typed := strings.Cut(group.Get("Diagnostic-Code"), ";")
			if !typed {
				words = group.Get("Diagnostic-Code")
			}
			said := strings.TrimSpace(status + " " + strings.TrimSpace(words))
			hard := state == engine.ReceiptFailed && (relay.DeadMailbox(status) || relay.DeadMailbox(words) && strings.HasPrefix(status, "5.0"))
			return Report{State: state, Hard: hard, Said: clean(said)}, nil
		}
		if err != nil && len(group) == 0 {
			break
		}
	}
	return Report{}, ErrUnreadable
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return word
}

// What servers write for people, when they write for nobody else.
var (
	answered = regexp.MustCompile(`(?m)(?:^|[^0-9.])([45])[0-9][0-9][ -]+[^\r\n]*`)
	enhanced = regexp.MustCompile(`(?m)(?:^|[^0-9.])([45])\.[0-9]{1,3}\.[0-9]{1,3}[^\r\n]*`)
	gone     = regexp.MustCompile(`(?i)user unknown|unknown user|no such (?:user|mailbox|recipient)|no mailbox here by that name|mailbox (?:unavailable|not found|does not exist)|does not exist|address (?:rejected|couldn't be found|not found)|recipient not found|unrouteable address`)
	waiting  = regexp.MustCompile(`(?i)will (?:be retried|keep trying|continue to be|retry)|still being retried|could not be delivered for|delayed|has not (?:yet )?been delivered|you do not need to resend|warning`)
	givenUp  = regexp.MustCompile(`(?i)permanent|giv(?:e|en|ing) up|could ?n(?:o|')t be delivered|not (?:be )?delivered|undeliver|delivery (?:has )?failed|failure|returned`)
)

// wordsReport reads what older servers write: Exim, qmail, Sendmail, and what forwards them.
func wordsReport(h mail.Header, text string) (Report, error) {
	subject := h.Get("Subject")
	about := h.Get("X-Failed-Recipients") != "" || fromDaemon(h) || strings.Contains(text, "This is the qmail-send program")
	if !about {
		return Report{}, ErrUnreadable
	}
	said, class := "", ""
	for _, pattern := range []*regexp.Regexp{enhanced, answered} {
		if m := pattern.FindStringSubmatch(text); m != nil {
			said, class = strings.TrimSpace(m[0]), m[1]
			break
		}
	}
	late := class == "4" || class == "" && (waiting.MatchString(subject) || waiting.MatchString(text) && !givenUp.MatchString(subject))
	switch {
	case late && !strings.Contains(strings.ToLower(subject), "failure notice") && h.Get("X-Failed-Recipients") == "":
		return Report{State: engine.ReceiptPending, Said: clean(said)}, nil
	case class != "" || gone.MatchString(text) || givenUp.MatchString(subject) || givenUp.MatchString(text):
		hard := relay.DeadMailbox(text) || class == "" && gone.MatchString(text) || class == "5" && !enhanced.MatchString(text) && gone.MatchString(said)
		if said == "" {
			said = gone.FindString(text)
		}
		return Report{State: engine.ReceiptFailed, Hard: hard, Said: clean(said)}, nil
	}
	return Report{}, ErrUnreadable
}

// clean makes words fit to be kept. They quote the address, and may quote the mail with the code in it.
func clean(said string) string { return smtpmail.Clean(said) }
