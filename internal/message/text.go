package message

import (
	"fmt"

	"golang.org/x/net/idna"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sms"
)

// What a text with a code may say, from all there is to say to the least. The last that fits one part is taken.
var (
	sendTexts    = []string{"text.code.long", "text.code.short", "text.code.bare"}
	confirmTexts = []string{"text.confirm.long", "text.confirm.short", "text.confirm.bare"}
)

// noticeTexts are notices as texts. None has a link: a text is easily forged, and the mail has it.
var noticeTexts = map[recovery.Notice]string{
	recovery.NoticePassword:  "text.password",
	recovery.NoticeUndone:    "text.undone",
	recovery.NoticeAnswered:  "text.answered",
	recovery.NoticeSpent:     "text.spent",
	recovery.NoticeAdded:     "text.added",
	recovery.NoticeRemoved:   "text.removed",
	recovery.NoticeQuestions: "text.questions",
	recovery.NoticeSaved:     "text.saved",
	recovery.NoticeTaken:     "text.taken",
}

// ComposeText puts a letter of the engine into a text of one part, whatever its language and the length of the site's name.
//
// The error says that there are no words for such a letter, that it goes to no number, or that the site's host is too long for texts
// with codes: see [Composer.Fits].
func (c *Composer) ComposeText(l engine.Letter) (engine.Text, error) {
	to, ok := l.To.Phone()
	if !ok {
		return engine.Text{}, errNoNumber
	}
	body, err := c.body(l)
	if err != nil {
		return engine.Text{}, err
	}
	return engine.Text{ID: l.ID, To: to, Locale: l.Locale, Body: body}, nil
}

func (c *Composer) body(l engine.Letter) (string, error) {
	words := c.catalogue(l.Locale)
	var texts []string
	switch l.Kind {
	case recovery.EffectSend:
		texts = sendTexts
	case recovery.EffectConfirm:
		texts = confirmTexts
	case recovery.EffectNotify:
		key, ok := noticeTexts[l.Notice]
		if !ok {
			return "", fmt.Errorf("message: no text for the notice %q", l.Notice)
		}
		return c.notice(words, key), nil
	default:
		return "", fmt.Errorf("message: no text for %q", l.Kind)
	}
	code := l.Code.Reveal()
	last := bound(c.host, code)
	for _, key := range texts {
		for _, name := range c.names {
			said := words.T(key, "Code", code, "Site", name, "Span", words.Span(l.Life))
			for _, gap := range []string{"\n\n", "\n"} {
				if body := said + gap + last; sms.Fits(body) {
					return body, nil
				}
			}
		}
	}
	// No room for words beside such a host, but digits and hosts are in the alphabet of which 160 go into a part, in every language.
	if body := code + "\n" + last; sms.Fits(body) {
		return body, nil
	}
	return "", fmt.Errorf("message: the host of the site is too long for a text of one part")
}

// notice is one of a part, under the longest name of the site that leaves room for it.
func (c *Composer) notice(words *locale.Catalogue, key string) string {
	var text string
	for _, name := range c.names {
		if text = words.T(key, "Site", name); sms.Fits(text) {
			break
		}
	}
	return text
}

// bound is the last line of a text with a code: it binds the code to the site, so that a telephone offers it there and on no page that
// merely looks the same (WICG, Origin-bound one-time codes delivered via SMS). It begins with the host and ends with the code, one space
// between them. The format is for https on its own port only, so a port has no place in it. It is a line of its own, all of it runs from
// left to right, and it has no marks of direction: telephones compare it byte by byte.
func bound(host, code string) string { return "@" + host + " #" + code }

// hostOf is the host as browsers compare it: without a port, an international name in its ASCII form.
func hostOf(s Site) string {
	host := s.URL.Hostname()
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// Fits says whether texts with codes of that many digits go out as one part, so that a site learns it at the start and not from the
// first person who waits. The words give way to the host, so only a host of more than a hundred characters does not fit. The error tells
// how many are too many, and in which language.
func (c *Composer) Fits(digits int) error {
	code := secret.TypedCode(zeros[:min(max(digits, 0), len(zeros))])
	for _, lang := range locale.All() {
		for _, kind := range []recovery.EffectKind{recovery.EffectSend, recovery.EffectConfirm} {
			letter := engine.Letter{Kind: kind, Locale: lang.Tag, Code: code, To: contact.Contact{Kind: contact.KindPhone}}
			if _, err := c.body(letter); err != nil {
				over := len(code.Reveal()+"\n"+bound(c.host, code.Reveal())) - sms.GSM7.Single()
				return fmt.Errorf("message: a text with a code does not fit one part in %s: the host of the site has %d characters, %d too many",
					lang.Name, len(c.host), over)
			}
		}
	}
	return nil
}

// zeros are as many digits as a code may have.
const zeros = "000000000000"
