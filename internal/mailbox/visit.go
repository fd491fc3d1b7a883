package mailbox

import (
	"bytes"
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// visit is one client's stay.
type visit struct {
	box    *Mailbox
	conn   *smtp.Conn
	known  bool // has said who it is, where that is asked
	sender string
	to     []string
}

// begin is called on EHLO.
func (b *Mailbox) begin(c *smtp.Conn) (smtp.Session, error) {
	v := &visit{box: b, conn: c, known: len(b.options.Accounts) == 0}
	if err := v.ask(StepHello, ""); err != nil {
		return nil, err
	}
	return v, nil
}

// ask lets the hook decide.
func (v *visit) ask(step Step, to string) error {
	if v.box.options.Hook == nil {
		return nil
	}
	err := v.box.options.Hook(step, v.sender, to)
	var reply *Reply
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrDrop):
		v.conn.Conn().Close()
		return err
	case errors.As(err, &reply):
		return &smtp.SMTPError{Code: reply.Code, EnhancedCode: smtp.NoEnhancedCode, Message: reply.Text}
	}
	return err
}

var errWho = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	if !v.known {
		return errWho
	}
	v.sender = from
	return v.ask(StepMail, "")
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := v.ask(StepRcpt, to); err != nil {
		return err
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	to := ""
	if len(v.to) > 0 {
		to = v.to[0]
	}
	if v.box.options.Count && v.box.options.Hook == nil {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
		v.box.taken.Add(1)
		return nil
	}
	var raw bytes.Buffer
	if _, err := io.CopyN(&raw, r, 64); err != nil && err != io.EOF {
		return err
	}
	if err := v.ask(StepData, to); err != nil {
		return err
	}
	if _, err := raw.ReadFrom(r); err != nil {
		return err
	}
	if err := v.ask(StepEnd, to); err != nil {
		return err
	}
	v.box.taken.Add(1)
	if !v.box.options.Count {
		v.box.keep(read(raw.Bytes(), v.sender, v.to, v.box.options.Now()))
	}
	return v.ask(StepKept, to)
}

func (v *visit) Reset()        { v.sender, v.to = "", nil }
func (v *visit) Logout() error { return nil }

// AuthMechanisms offers AUTH only where there is somebody to be.
func (v *visit) AuthMechanisms() []string {
	if len(v.box.options.Accounts) == 0 {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if want, ok := v.box.options.Accounts[name]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		v.known = true
		return nil
	}), nil
}
