package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/web/page"
	"twohens/scratch"
)

// home leads to where people begin.
func (w *Web) home(rw http.ResponseWriter, r *http.Request) {
	if w.Site.SignInURL != "" {
		http.Redirect(rw, r, "/recover", http.StatusSeeOther)
		return
	}
	http.Redirect(rw, r, "/signin", http.StatusSeeOther)
}

func (w *Web) identifyPage(rw http.ResponseWriter, r *http.Request) {
	w.showIdentify(rw, r, http.StatusOK, page.Identify{})
}

// identify opens a request for an address. Whoever it belongs to, the answer is the same.
func (w *Web) identify(rw http.ResponseWriter, r *http.Request, values url.Values) {
	typed := values.Get("address")
	if values.Get("action") == "new" {
		w.showIdentify(rw, r, http.StatusOK, page.Identify{Address: clip(typed)})
		return
	}
	address, err := contact.ParseEmail(typed)
	if err != nil {
		w.showIdentify(rw, r, http.StatusUnprocessableEntity, page.Identify{Address: clip(typed), AddressError: addressError(err)})
		return
	}
	card, answer := answerOf(values)
	pass, refusal, err := w.Gate.Open(r.Context(), gate.Knock{Address: address, Client: w.Client(r), Card: card, Answer: answer})
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if refusal.Reason != "" {
		w.refuseIdentify(rw, r, refusal, typed)
		return
	}
	holder, _, err := w.Engine.Open(r.Context(), pass, w.language(r).Tag)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	w.giveSecret(rw, cookieRequest, holder)
	w.dropCookie(rw, r, cookieGrant)
	http.Redirect(rw, r, "/recover/choose", http.StatusSeeOther)
}

// refuseIdentify shows the step again with a new card and everything that was typed.
func (w *Web) refuseIdentify(rw http.ResponseWriter, r *http.Request, refusal gate.Refusal, typed string) {
	model := page.Identify{Address: clip(typed), Refusal: string(refusal.Reason), RetryAfter: refusal.RetryAfter}
	w.showIdentify(rw, r, refusalStatus(rw, refusal), model)
}

func (w *Web) showIdentify(rw http.ResponseWriter, r *http.Request, status int, model page.Identify) {
	card, err := w.deal(gate.Recover)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	model.Card = card
	w.show(rw, r, status, model)
}

// deal makes a challenge and the addresses of its pictures.
func (w *Web) deal(action gate.Action) (page.Card, error) {
	rub, numbered, err := w.Gate.Deal(action)
	if err != nil {
		return page.Card{}, err
	}
	return page.Card{
		Sealed: rub, Picture: "/challenge/open/" + rub, Cover: "/challenge/cover/" + rub,
		Numbered: numbered, NumberedPicture: "/challenge/numbered/" + numbered,
	}, nil
}

// answerOf reads what was done with a card: rubbed, or marked by number. A card that nothing was done with was not answered. An
// answer that cannot be read is an empty one, so it still costs its card.
func answerOf(values url.Values) (card string, answer scratch.Answer) {
	if trace := values.Get("trace"); trace != "" {
		answer.Trace, _ = scratch.ParseTrace(trace)
		return values.Get("card"), answer
	}
	if picks := values["pick"]; len(picks) > 0 {
		answer.Picks, _ = scratch.ParsePicks(picks)
		return values.Get("numbered"), answer
	}
	return "", scratch.Answer{}
}

// challengeKinds are the pictures by their names in addresses.
var challengeKinds = map[string]scratch.Kind{"open": scratch.Open, "cover": scratch.Cover, "numbered": scratch.Numbered}

// challenge draws a picture of a card.
func (w *Web) challenge(rw http.ResponseWriter, r *http.Request) {
	kind, ok := challengeKinds[r.PathValue("kind")]
	if !ok {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	picture, contentType, refusal, err := w.Gate.Picture(r.Context(), w.Client(r), r.PathValue("card"), kind)
	switch {
	case errors.Is(err, scratch.ErrOver) || errors.Is(err, scratch.ErrSpent):
		http.Error(rw, "This card is over. Reload the page for a new one.", http.StatusGone)
	case errors.Is(err, scratch.ErrSeal) || errors.Is(err, scratch.ErrKind):
		w.problem(rw, r, http.StatusNotFound, "not_found")
	case err != nil:
		w.fail(rw, r, err)
	case refusal.Reason != "":
		w.limited(rw, r, refusal.RetryAfter)
	default:
		rw.Header().Set("Content-Type", contentType)
		rw.Write(picture)
	}
}

// addressError is the catalogue's word for what is wrong with a typed address.
func addressError(err error) string {
	switch {
	case errors.Is(err, contact.ErrEmpty):
		return "empty"
	case errors.Is(err, contact.ErrTooLong):
		return "too_long"
	}
	return "shape"
}

// clip keeps what is shown back within what a field holds.
func clip(typed string) string {
	if runes := []rune(typed); len(runes) > contact.MaxEmail {
		return string(runes[:contact.MaxEmail])
	}
	return typed
}
