package message

import (
	"errors"
	"fmt"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

var _ engine.Composer = (*Composer)(nil)

// What a letter can lack. None of the errors here tells whom it was for.
var (
	errNoAddress = errors.New("message: a mail to what is no address")
	errNoNumber  = errors.New("message: a text to what is no number")
)

// Compose puts a letter of the engine into words. Every link in it is made of the configured URL (invariant 8).
//
// The error says that there are no words for such a letter, or that it goes to no address.
func (c *Composer) Compose(l engine.Letter) (engine.Mail, error) {
	to, ok := l.To.Email()
	if !ok {
		return engine.Mail{}, errNoAddress
	}
	var letter Letter
	var err error
	notMe := c.url("help", "not-me")
	switch l.Kind {
	case recovery.EffectSend:
		letter, err = c.Code(CodeFacts{
			Lang: l.Locale, Code: l.Code.Reveal(), Life: l.Life, Until: l.Until, Link: c.opaque("go", l.Link), NotMe: notMe,
		})
	case recovery.EffectConfirm:
		letter, err = c.Confirm(CodeFacts{Lang: l.Locale, Code: l.Code.Reveal(), Life: l.Life, Until: l.Until, NotMe: notMe})
	case recovery.EffectNotify:
		letter, err = c.Notice(NoticeFacts{
			Lang: l.Locale, Notice: l.Notice, About: l.About, At: l.At, How: how(l.Proof), Stop: c.opaque("stop", l.Stop), NotMe: notMe,
		})
	case recovery.EffectAlarm:
		letter, err = c.Alarm(AlarmFacts{Lang: l.Locale, Pauses: l.Pauses})
	case recovery.EffectBrake:
		letter, err = c.Brake(BrakeFacts{Lang: l.Locale, At: l.At})
	default:
		err = fmt.Errorf("message: no words for %q", l.Kind)
	}
	if err != nil {
		return engine.Mail{}, err
	}
	return engine.Mail{
		ID: l.ID, To: to, Locale: l.Locale, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML,
	}, nil
}

func (c *Composer) url(parts ...string) string { return c.site.URL.JoinPath(parts...).String() }

// opaque is the address of a page that something handed out opens; empty where there is none.
func (c *Composer) opaque(page string, o secret.Opaque) string {
	if o.IsZero() {
		return ""
	}
	return c.url(page, o.Reveal())
}
