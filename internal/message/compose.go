package message

import (
	"fmt"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

var _ engine.Composer = (*Composer)(nil)

// Compose puts a letter of the engine into words. Every link in it is made of the configured URL (invariant 8).
func (c *Composer) Compose(l engine.Letter) (engine.Mail, error) {
	var letter Letter
	var err error
	switch l.Kind {
	case recovery.EffectSend:
		letter, err = c.Code(CodeFacts{
			Lang: l.Locale, Code: l.Code.Reveal(), Life: l.Life, Until: l.Until,
			Link: c.url("go", l.Link.Reveal()), NotMe: c.url("help", "not-me"),
		})
	case recovery.EffectNotify:
		letter, err = c.Changed(ChangedFacts{Lang: l.Locale, At: l.At, How: how(l.Proof), NotMe: c.url("help", "not-me")})
	default:
		err = fmt.Errorf("message: no words for %q", l.Kind)
	}
	if err != nil {
		return engine.Mail{}, err
	}
	return engine.Mail{
		ID: l.ID, To: l.To, Locale: l.Locale, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML,
	}, nil
}

func (c *Composer) url(parts ...string) string { return c.site.URL.JoinPath(parts...).String() }

func how(p recovery.Proof) How {
	switch p {
	case recovery.ProofCode:
		return ByCode
	case recovery.ProofLink:
		return ByLink
	}
	return ByAccount
}
