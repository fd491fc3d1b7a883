package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/locale"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// nothing is the body of a call that takes none.
type nothing struct{}

// opening is what a request begins with.
type opening struct {
	Address   string  `json:"address" doc:"The e-mail address that the person typed." example:"ann@fernbank.example"`
	Locale    string  `json:"locale,omitempty" doc:"The language of the mails, as a language tag (BCP 47). Absent, or one that this server does not speak: the site's own." example:"en" pattern:"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"`
	Client    string  `json:"client,omitempty" doc:"With an API key, and then always: the person's network address, whose limits apply. Without one it is refused." example:"192.0.2.7"`
	Challenge *solved `json:"challenge,omitempty" doc:"Without an API key, and then always: the answer to a challenge. With one it is refused."`
}

// opened is a new request.
type opened struct {
	Request string `json:"request" doc:"The secret that this recovery goes on under. It is told once. Send it in Twohens-Request." example:"q0S0VX9wCkR5vYtH2mXk1w"`
	View    view   `json:"view" doc:"The request as it stands."`
}

// open begins a recovery. The same for an address that nobody has: nobody looks before this is answered (R-01, invariant 4).
func (a *api) open(r *http.Request, in opening) (opened, error) {
	pass, err := a.pass(r, in)
	if err != nil {
		return opened{}, err
	}
	holder, v, err := a.Engine.Open(r.Context(), pass, locale.Match(in.Locale, "", a.Language).Tag, secret.Opaque{})
	if err != nil {
		return opened{}, err
	}
	return opened{Request: holder.Reveal(), View: viewOf(v)}, nil
}

// pass asks the gate.
func (a *api) pass(r *http.Request, in opening) (gate.Pass, error) {
	client, key, err := a.caller(r, in.Client)
	if err != nil {
		return gate.Pass{}, err
	}
	if key != nil && in.Challenge != nil {
		return gate.Pass{}, malformed.at("/challenge", "a call with an API key brings no challenge")
	}
	if !languageTag(in.Locale) {
		return gate.Pass{}, malformed.at("/locale", "a language tag is expected")
	}
	address, err := contact.ParseEmail(in.Address)
	if err != nil {
		return gate.Pass{}, addressProblem(err)
	}
	knock := gate.Knock{Address: address, Client: client}
	var pass gate.Pass
	var refusal gate.Refusal
	if key != nil {
		pass, refusal, err = a.Gate.OpenKeyed(r.Context(), *key, knock)
	} else {
		if in.Challenge != nil {
			knock = in.Challenge.into(knock)
		}
		pass, refusal, err = a.Gate.Open(r.Context(), knock)
	}
	if err != nil {
		return gate.Pass{}, err
	}
	if refusal.Reason != "" {
		return gate.Pass{}, refused(refusal)
	}
	return pass, nil
}

// addressReasons are why a text is no address.
var addressReasons = []struct {
	err  error
	name string
}{
	{contact.ErrEmpty, "empty"},
	{contact.ErrTooLong, "too-long"},
	{contact.ErrControl, "control"},
	{contact.ErrShape, "shape"},
}

func addressProblem(err error) *problem {
	p := badAddress.at("/address", "")
	for _, reason := range addressReasons {
		if errors.Is(err, reason.err) {
			p.Reasons = []string{reason.name}
		}
	}
	return p
}

// languageTag says whether a text has the form of one; the empty text stands for no wish. The form alone is checked here:
// whichever language it names, the nearest that there is will do.
func languageTag(s string) bool {
	if s == "" || len(s) > 35 {
		return s == ""
	}
	for i, subtag := range strings.Split(s, "-") {
		if subtag == "" || len(subtag) > 8 || i == 0 && len(subtag) == 1 {
			return false
		}
		for _, c := range []byte(subtag) {
			letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
			if !letter && !(digit && i > 0) {
				return false
			}
		}
	}
	return true
}

// seen is a request as it stands.
type seen struct {
	View view `json:"view" doc:"The request as it stands."`
}

// see shows a request.
func (a *api) see(r *http.Request, _ nothing) (seen, error) {
	h, err := holder(r)
	if err != nil {
		return seen{}, err
	}
	v, err := a.Engine.View(r.Context(), h)
	if err != nil {
		return seen{}, err
	}
	return seen{View: viewOf(v)}, nil
}

// taken is what became of a step.
type taken struct {
	Outcome recovery.Outcome `json:"outcome" doc:"What became of the step."`
	View    view             `json:"view" doc:"The request as it stands after it."`
}

// choice is the way that a person chose.
type choice struct {
	Way recovery.Way `json:"way" doc:"The way to prove who they are." example:"email"`
}

// choose takes a way; for a way by code this asks for the first one.
func (a *api) choose(r *http.Request, in choice) (taken, error) {
	return step(r, func(ctx context.Context, h secret.Opaque) (recovery.View, recovery.Outcome, error) {
		return a.Engine.Choose(ctx, h, in.Way)
	})
}

// resend is a click for the code once more.
func (a *api) resend(r *http.Request, _ nothing) (taken, error) { return step(r, a.Engine.Resend) }

// another goes back to the choice of a way.
func (a *api) another(r *http.Request, _ nothing) (taken, error) { return step(r, a.Engine.Another) }

// step takes a step of the request whose secret the call carries.
func step(r *http.Request, do func(context.Context, secret.Opaque) (recovery.View, recovery.Outcome, error)) (taken, error) {
	h, err := holder(r)
	if err != nil {
		return taken{}, err
	}
	v, outcome, err := do(r.Context(), h)
	if err != nil {
		return taken{}, err
	}
	return taken{Outcome: outcome, View: viewOf(v)}, nil
}

// typed is a code as a person typed it.
type typed struct {
	Code  string `json:"code" doc:"The code as the person typed or pasted it: spaces and hyphens do not matter." example:"4821 0937" format:"password"`
	Claim string `json:"claim,omitempty" doc:"128 random bits in base64url, drawn by the caller for this code. A call whose answer was lost may be made again with the same ones: when it had proved, it gives the same grant." example:"m3Jt0yq5R8sVbX2nQ7uWdA" pattern:"^[A-Za-z0-9_-]{22}$"`
}

// replies are the answers to all questions, as a person typed them.
type replies struct {
	Answers []string `json:"answers" doc:"One for each question of the view, in the same order, as the person typed them: capitals, accents, spaces and punctuation do not matter." example:"The Wind in the Willows"`
	Claim   string   `json:"claim,omitempty" doc:"As with a code." pattern:"^[A-Za-z0-9_-]{22}$"`
}

// paper is a code that a person keeps on paper.
type paper struct {
	Code  string `json:"code" doc:"The code as the person typed it: capitals, spaces and hyphens do not matter." example:"3kq7-0mzn-x8rd-v2ta" format:"password"`
	Claim string `json:"claim,omitempty" doc:"As with a code." pattern:"^[A-Za-z0-9_-]{22}$"`
}

// judged is what became of what was typed.
type judged struct {
	Outcome recovery.Outcome `json:"outcome" doc:"What became of the step."`
	View    view             `json:"view" doc:"The request as it stands after it."`
	Grant   string           `json:"grant,omitempty" doc:"With the outcome proved, and with proved_before for the claim that it was proved with: the right to set one password. Send it in Twohens-Grant." example:"Zx6lq2mP4nT8u1oYbV0cKg"`
}

// enter judges a typed code.
func (a *api) enter(r *http.Request, in typed) (judged, error) {
	return prove(r, in.Claim, func(ctx context.Context, h, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
		return a.Engine.EnterClaiming(ctx, h, secret.TypedCode(in.Code), claim, secret.Opaque{})
	})
}

// maxAnswers bounds how many answers are looked at. No policy asks for as many questions.
const maxAnswers = 12

// reply judges the answers to the questions, with one verdict for all.
func (a *api) reply(r *http.Request, in replies) (judged, error) {
	if len(in.Answers) > maxAnswers {
		return judged{}, malformed.at("/answers", "these are more answers than there are questions")
	}
	given := make([]question.Answer, len(in.Answers))
	for i, text := range in.Answers {
		given[i], _ = question.Parse(text) // what is too long is no answer
	}
	return prove(r, in.Claim, func(ctx context.Context, h, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
		return a.Engine.Answer(ctx, h, given, claim)
	})
}

// spend judges a code from paper.
func (a *api) spend(r *http.Request, in paper) (judged, error) {
	typed, _ := secret.TypedSaved(in.Code) // what cannot be one is judged like a wrong one
	return prove(r, in.Claim, func(ctx context.Context, h, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
		return a.Engine.SpendSaved(ctx, h, typed, claim)
	})
}

// prove tries a proof of the request whose secret the call carries.
func prove(r *http.Request, claimed string, try func(ctx context.Context, h, claim secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error)) (judged, error) {
	h, err := holder(r)
	if err != nil {
		return judged{}, err
	}
	claim := secret.ParseOpaque(claimed)
	switch {
	case claimed == "":
		claim = secret.NewOpaque()
	case claim.IsZero():
		return judged{}, malformed.at("/claim", "22 characters of base64url are expected")
	}
	v, outcome, grant, err := try(r.Context(), h, claim)
	if err != nil {
		return judged{}, err
	}
	return judged{Outcome: outcome, View: viewOf(v), Grant: grant.Reveal()}, nil
}
