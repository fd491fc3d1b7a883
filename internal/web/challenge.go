package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"twohens/internal/gate"
	"twohens/internal/secret"
	"twohens/internal/web/page"
	"twohens/scratch"
	"twohens/scratch/widget"
)

// newWidget is the challenge as browsers talk to it.
func newWidget(w *Web) *widget.Handler {
	config := widget.Config{
		Dealer: w.Gate.Dealer, Origin: w.origin, Prefix: page.ChallengePrefix, Guard: guard{w}, Log: w.Log, Now: w.Gate.Now,
		Site: w.challengeSite, Secret: w.challengeSecret,
	}
	if w.Demo != nil {
		config.Example = gate.Own
	}
	h, err := widget.New(config)
	if err != nil {
		panic(err) // the configuration was checked, the rest is this program's
	}
	return h
}

// challengeSite finds who put the challenge on their pages: this program, or the holder of an API key for it.
func (w *Web) challengeSite(ctx context.Context, site string) (widget.Site, error) {
	if site == gate.Own {
		return widget.Site{Name: w.Site.Name}, nil
	}
	key, err := w.Gate.ChallengeSite(ctx, site)
	if err != nil {
		return widget.Site{}, noSite(err)
	}
	return widget.Site{Name: key.Name, Origins: key.Origins}, nil
}

// challengeSecret finds the site that a back end's secret belongs to.
func (w *Web) challengeSecret(ctx context.Context, text string) (string, error) {
	key, err := w.Gate.Authenticate(ctx, secret.ParseOpaque(text), gate.ScopeChallenge)
	return key.ID, noSite(err)
}

func noSite(err error) error {
	if errors.Is(err, gate.ErrNoAPIKey) {
		return widget.ErrNoSite
	}
	return err
}

// guard has the gate count what the challenge's endpoints are asked for.
type guard struct{ *Web }

// Deal implements widget.Guard.
func (g guard) Deal(ctx context.Context, r *http.Request, o scratch.Offer) (scratch.Level, time.Duration, error) {
	level, refusal, err := g.Gate.Deal(ctx, g.Client(r), o.Mode)
	return level, refusal.RetryAfter, err
}

// Picture implements widget.Guard.
func (g guard) Picture(ctx context.Context, r *http.Request) (time.Duration, error) {
	refusal, err := g.Gate.Drawing(ctx, g.Client(r))
	return refusal.RetryAfter, err
}

// Judge implements widget.Guard. Each answer cost a card, and each card was counted when it was dealt.
func (g guard) Judge(context.Context, *http.Request, scratch.Place) (time.Duration, error) {
	return 0, nil
}

// Failed implements widget.Guard.
func (g guard) Failed(_ context.Context, r *http.Request, _ scratch.Place) {
	g.Gate.Judged(g.Client(r), scratch.Fail)
}

// challenge is what a page needs to ask for one: the element's attributes, and a card for browsers without a script.
func (w *Web) challenge(action gate.Action, byEar bool) (page.Card, error) {
	card := page.Card{Site: gate.Own, Action: string(action), ByEar: byEar}
	mode := scratch.Pick
	if byEar {
		mode = scratch.Hear
	}
	var err error
	if card.Plain, err = w.Gate.Plain(action, mode); err != nil {
		return page.Card{}, err
	}
	at := func(rest string) string { return page.ChallengePrefix + "/" + rest }
	if !byEar {
		card.Picture = at("numbered/" + card.Plain)
		return card, nil
	}
	for n := range scratch.Calls {
		card.Calls = append(card.Calls, page.Call{Number: n + 1, URL: at("call/" + card.Plain + "/" + strconv.Itoa(n+1))})
	}
	return card, nil
}

// byEar says whether a form was filled in by ear, without a script, or asks for that. What was marked stays what it was: a new
// card after a failure is of the same sort.
func (w *Web) byEar(values url.Values) bool {
	switch values.Get("action") {
	case "listen":
		return true
	case "look":
		return false
	}
	return w.Gate.Dealer.Mode(values.Get("plain")) == scratch.Hear
}

// renews says whether a form asks for another card, and for nothing else.
func renews(values url.Values) bool {
	switch values.Get("action") {
	case "new", "listen", "look":
		return true
	}
	return false
}

// solved puts into a knock what was done with a challenge. Marks that cannot be read are none, so the attempt costs the card.
func solved(k gate.Knock, values url.Values) gate.Knock {
	k.Response, k.Card = values.Get("response"), ""
	if picks := values["pick"]; k.Response == "" && len(picks) > 0 {
		k.Card = values.Get("plain")
		k.Picks, _ = scratch.ParsePicks(picks)
	}
	return k
}
