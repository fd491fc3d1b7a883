package smtpmail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"twohens/internal/relay"
)

// connection is an open connection to the mail server. One goroutine at a time uses it.
//
// The client is go-mail's SMTP layer for greeting, TLS and AUTH, without its own Client on top: reuse, the moment from which a
// repeat would be possible, and an end for each step are decided here.
type connection struct {
	smtp  *smtp.Client
	net   net.Conn
	limit time.Duration // of a step
	found Found
	freed time.Time // since when nobody uses it

	pipelining bool // takes several commands at once

	begun bool   // the message of this delivery was begun
	lost  bool   // of no use any more
	name  string // the recipient's, left out of the server's words
}

// connect opens a connection and signs in.
func (s *Sender) connect(ctx context.Context) (*connection, error) {
	set := &s.settings
	dialing, cancel := context.WithTimeout(ctx, set.Dial)
	defer cancel()
	dialer := net.Dialer{KeepAlive: 15 * time.Second}
	raw, err := dialer.DialContext(dialing, "tcp", s.Address())
	if err != nil {
		return nil, failed(ctx, "connecting", err)
	}
	c := &connection{net: raw, limit: set.Step}
	if err := s.open(dialing, c); err != nil {
		c.close()
		var f *relay.Failure
		if errors.As(err, &f) && f.Class == relay.Refused {
			f.Class = relay.Unfit // it speaks of us, not of a mail
		}
		if ctx.Err() == nil && dialing.Err() != nil {
			err = &relay.Failure{Class: relay.Down, Said: fmt.Sprintf("connecting: not done after %s", set.Dial), Err: os.ErrDeadlineExceeded}
		}
		return nil, err
	}
	return c, nil
}

// open greets, protects the connection and signs in. A refusal here speaks of us, not of a mail, so it is never final.
func (s *Sender) open(ctx context.Context, c *connection) error {
	set := &s.settings
	defer c.watch(ctx)()
	config := &tls.Config{ServerName: set.Server, RootCAs: set.Roots, MinVersion: tls.VersionTLS12}
	if set.Security == Implicit {
		secured := tls.Client(c.net, config)
		if err := c.step(ctx, "TLS", func() error { return secured.HandshakeContext(ctx) }); err != nil {
			return err
		}
		c.net = secured
	}
	err := c.step(ctx, "greeting", func() (err error) {
		c.smtp, err = smtp.NewClient(c.net, set.Server)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.step(ctx, "EHLO", func() error { return c.smtp.Hello(set.Hello) }); err != nil {
		return err
	}
	if set.Security == StartTLS {
		// Going on without would be what an attacker in between wants: it need only cut the word out of the answer.
		if offered, _ := c.smtp.Extension("STARTTLS"); !offered {
			return &relay.Failure{Class: relay.Unfit, Said: "STARTTLS: the server does not offer it"}
		}
		if err := c.step(ctx, "STARTTLS", func() error { return c.smtp.StartTLS(config) }); err != nil {
			return err
		}
	}
	if state, ok := c.smtp.TLSConnectionState(); ok {
		c.found.TLS = tls.VersionName(state.Version)
	}
	c.found.UTF8, _ = c.smtp.Extension("SMTPUTF8")
	c.pipelining, _ = c.smtp.Extension("PIPELINING")
	if set.Username == "" {
		return nil
	}
	return s.signIn(ctx, c)
}

// signIn proves who we are by the best mechanism that both sides know.
func (s *Sender) signIn(ctx context.Context, c *connection) error {
	set := &s.settings
	text, err := os.ReadFile(set.PasswordFile)
	if err != nil {
		return &relay.Failure{Class: relay.Unfit, Said: "AUTH: the password file cannot be read", Err: err}
	}
	password := strings.TrimRight(string(text), "\r\n")
	inClear := set.Security == Plain // to this machine alone: New has seen to that
	_, offered := c.smtp.Extension("AUTH")
	var auth smtp.Auth
	for _, mechanism := range []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"} {
		if !offers(offered, mechanism) {
			continue
		}
		switch mechanism {
		case "SCRAM-SHA-256":
			auth = smtp.ScramSHA256Auth(set.Username, password)
		case "PLAIN":
			auth = smtp.PlainAuth("", set.Username, password, set.Server, inClear)
		case "LOGIN":
			auth = smtp.LoginAuth(set.Username, password, set.Server, inClear)
		}
		if err := c.step(ctx, "AUTH", func() error { return c.smtp.Auth(auth) }); err != nil {
			return err
		}
		c.found.Mechanism = mechanism
		return nil
	}
	return &relay.Failure{Class: relay.Unfit, Said: "AUTH: the server offers none of SCRAM-SHA-256, PLAIN and LOGIN"}
}

func offers(list, mechanism string) bool {
	for word := range strings.FieldsSeq(list) {
		if strings.EqualFold(word, mechanism) {
			return true
		}
	}
	return false
}

// deliver sends one letter; before ends when its message must have been begun. After it, lost says whether the connection can be used again,
// and begun whether the server may have some of the message.
func (c *connection) deliver(ctx, before context.Context, l *letter) error {
	c.begun, c.name = false, l.name
	if l.utf8 && !c.found.UTF8 {
		return &relay.Failure{Class: relay.Refused, Said: "the mail server takes no addresses beyond ASCII (it does not offer SMTPUTF8)"}
	}
	unwatch := c.watch(before)
	err := c.envelope(before, l)
	unwatch()
	if err == nil {
		defer c.watch(ctx)()
		err = c.message(ctx, l)
	}
	if err == nil {
		return nil
	}
	if !c.lost && c.step(ctx, "RSET", c.smtp.Reset) != nil {
		c.lost = true
	}
	return err
}

// envelope says who writes to whom, up to the server's "go ahead". Where the server knows PIPELINING (RFC 2920), the three
// commands travel together and cost one wait for an answer, not three.
func (c *connection) envelope(ctx context.Context, l *letter) (failed *relay.Failure) {
	mail := "MAIL FROM:" + l.from
	if l.utf8 {
		mail += " BODY=8BITMIME SMTPUTF8" // who knows the one knows the other (RFC 6531, section 3.1)
	}
	commands := [...]struct {
		name, line string
		want       int
	}{{"MAIL FROM", mail, 250}, {stepRecipient, "RCPT TO:" + l.to, 25}, {"DATA", "DATA", 354}}
	together := ""
	if c.pipelining {
		for _, command := range commands {
			together += command.line + "\r\n"
		}
	}
	for _, command := range commands {
		send := command.line + "\r\n"
		if c.pipelining {
			send, together = together, ""
		}
		err := c.step(ctx, command.name, func() error { return c.exchange(send, command.want) })
		switch {
		case err != nil && failed == nil:
			failed = err
		case err == nil && failed != nil && command.want == 354:
			// It goes ahead although it took no sender or no recipient: it gets a message with nothing in it, and says no.
			c.step(ctx, stepEnd, func() error {
				if err := c.smtp.Text.DotWriter().Close(); err != nil {
					return err
				}
				return c.exchange("", 0)
			})
		}
		if failed != nil && (c.lost || !c.pipelining) {
			break
		}
	}
	return failed
}

// exchange sends what there is to send and reads one answer.
func (c *connection) exchange(send string, want int) error {
	if send != "" {
		if _, err := c.smtp.Text.W.WriteString(send); err != nil {
			return err
		}
		if err := c.smtp.Text.W.Flush(); err != nil {
			return err
		}
	}
	_, _, err := c.smtp.Text.ReadResponse(want)
	return err
}

// message sends the letter's bytes, and is there when the server takes responsibility for them.
func (c *connection) message(ctx context.Context, l *letter) *relay.Failure {
	c.begun = true
	body := c.smtp.Text.DotWriter()
	if err := c.step(ctx, "message", func() error {
		_, err := body.Write(l.bytes.Bytes())
		return err
	}); err != nil {
		return err
	}
	if l.last != nil {
		if err := l.last(); err != nil {
			c.lost = true // a server throws away a message whose end it has not seen (RFC 5321, section 4.1.1.4)
			return &relay.Failure{Class: relay.Down, Said: "end of message: not sent", Err: err}
		}
	}
	failure := c.step(ctx, stepEnd, func() error {
		if err := body.Close(); err != nil {
			return err
		}
		code, words, err := c.smtp.Text.ReadResponse(250)
		l.said = Clean(strconv.Itoa(code)+" "+words, l.name)
		return err
	})
	if failure != nil && failure.Class == relay.Down {
		failure.Class = relay.Unsure // it has left, and was not answered
	}
	return failure
}

// step does one thing within its limit of time. An answer of 4xx or 5xx leaves the connection usable; anything else that
// goes wrong, and 421, ends it.
func (c *connection) step(ctx context.Context, name string, do func() error) *relay.Failure {
	if err := c.net.SetDeadline(time.Now().Add(c.limit)); err != nil {
		c.lost = true
		return failed(ctx, name, err)
	}
	// Only now: watch moves the deadline into the past when ctx ends, and the line above may have moved it back.
	if ctx.Err() != nil {
		c.lost = true
		return failed(ctx, name, ctx.Err())
	}
	err := do()
	if err == nil {
		return nil
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code == 421 {
		c.lost = true
	}
	return failed(ctx, name, err, c.name)
}

// watch breaks a step off when ctx ends. The function it returns ends the watch.
func (c *connection) watch(ctx context.Context) func() {
	conn := c.net
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

func (c *connection) close() {
	if c.smtp != nil {
		_ = c.smtp.Close()
	}
	_ = c.net.Close()
}
