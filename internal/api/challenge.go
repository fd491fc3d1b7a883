package api

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"twohens/internal/gate"
	"twohens/scratch"
)

// asked is what a challenge is asked for with.
type asked struct {
	Mode  string `json:"mode" doc:"How it is to be answered: rub the cover from both chickens, listen for their calls, or none: the work alone, and much more of it." pattern:"^(rub|listen|none)$" example:"rub"`
	Again string `json:"again,omitempty" doc:"From a verdict that asked for a second round." example:"AQFyb3VuZC4u"`
}

// ticketed is the right to one card, for some work.
type ticketed struct {
	Ticket string `json:"ticket" doc:"Give it back with the work." example:"AgExdGlja2V0"`
	Work   work   `json:"work" doc:"What has to be done for it."`
	Lives  int    `json:"lives" doc:"Seconds until it is over." example:"600"`
}

// work is what a ticket costs.
type work struct {
	Salt  string `json:"salt" doc:"16 bytes in hexadecimal digits." example:"000102030405060708090a0b0c0d0e0f"`
	Parts int    `json:"parts" doc:"For each part i, from 0 on, find a number n below 2^32 such that SHA-256(\"twohens work v1\" || 0x00 || salt || i || n) begins with that many zero bits. i and n are four bytes each, the highest first." example:"32"`
	Bits  int    `json:"bits" doc:"How many." example:"15"`
}

// worked is a ticket with its work.
type worked struct {
	Ticket string `json:"ticket" doc:"The ticket." example:"AgExdGlja2V0"`
	Work   string `json:"work" doc:"The numbers found, four bytes each, the highest first, in base64url without padding." example:"AAAABQAAAAc"`
}

// drawn is what a ticket with its work is worth. The same ticket gives the same card once more.
type drawn struct {
	Card     string   `json:"card,omitempty" doc:"The sealed card. Give it back with the answer." example:"AgExY2FyZA"`
	Cover    string   `json:"cover,omitempty" doc:"To rub: where the picture of the frosted cover is." example:"/api/v1/challenge/card/cover?card=AgExY2FyZA"`
	Open     string   `json:"open,omitempty" doc:"To rub: where the picture beneath is." example:"/api/v1/challenge/card/open?card=AgExY2FyZA"`
	Calls    []string `json:"calls,omitempty" doc:"To listen to: where the calls 1 to 8 are. With &slow behind it, the same call at a slower pace."`
	Response string   `json:"response,omitempty" doc:"Of no puzzle: what opening a request takes. Good for two minutes, once." example:"AgExcmVzcG9uc2U"`
	Lives    int      `json:"lives" doc:"Seconds until it is over." example:"600"`
	Width    int      `json:"width,omitempty" doc:"Of the card in CSS pixels. The pictures are drawn finer." example:"320"`
	Height   int      `json:"height,omitempty" doc:"Of the card in CSS pixels." example:"200"`
	Brush    int      `json:"brush,omitempty" doc:"Across what one touch uncovers, in CSS pixels." example:"28"`
}

// answered is an answer to a card.
type answered struct {
	Card  string `json:"card" doc:"The sealed card. It is spent, whatever the answer." example:"AgExY2FyZA"`
	Trace string `json:"trace,omitempty" doc:"Of a rubbed card: the pointer's points joined by \";\", each \"x,y,t,d\" in whole numbers: tenths of a CSS pixel from the card's top left, milliseconds since the first point, 0 lifted, 1 rubbing, 2 rubbing by key."`
	Picks []int  `json:"picks,omitempty" doc:"The numbers of the two chickens among the calls." example:"[2,7]"`
}

// verdict is what was made of an answer.
type verdict struct {
	Result   string `json:"result" doc:"pass, fail, or again: nothing was wrong, but one more card is asked for." example:"pass"`
	Reason   string `json:"reason,omitempty" doc:"Of some failures: too_fast or too_slow."`
	Response string `json:"response,omitempty" doc:"Of a pass: what opening a request takes. Good for two minutes, once." example:"AgExcmVzcG9uc2U"`
	Again    string `json:"again,omitempty" doc:"Of again: ask for the next challenge with it."`
}

// plainly is which card without work is asked for.
type plainly struct {
	Mode string `json:"mode" doc:"pick: the open card with a number beside each animal. hear: eight calls." pattern:"^(pick|hear)$" example:"pick"`
}

// plain is a card that needs no work, for programs that can run none. It may be answered after some seconds, and fewer answers are
// taken from a network.
type plain struct {
	Card    string   `json:"card" doc:"The sealed card. Give it back with the answer." example:"AgExY2FyZA"`
	Picture string   `json:"picture,omitempty" doc:"Where the picture with the numbers is." example:"/api/v1/challenge/card/numbered?card=AgExY2FyZA"`
	Calls   []string `json:"calls,omitempty" doc:"Where the calls 1 to 8 are."`
}

// solved is how a challenge was solved: a response, or a card that needed no work with its answer.
type solved struct {
	Response string `json:"response,omitempty" doc:"What passing a challenge gave." example:"AgExcmVzcG9uc2U"`
	Card     string `json:"card,omitempty" doc:"The sealed card, of one without work."`
	Picks    []int  `json:"picks,omitempty" doc:"The numbers of the two chickens on it." example:"[2,7]"`
}

// into puts it into a knock. What cannot be read is an empty answer: the attempt costs the card all the same.
func (s solved) into(k gate.Knock) gate.Knock {
	if k.Response = s.Response; k.Response == "" {
		k.Card, k.Picks = s.Card, picked(s.Picks)
	}
	return k
}

// picked are the numbers as marks; none where they are out of range or come twice.
func picked(numbers []int) (p scratch.Picks) {
	for _, n := range numbers {
		if n < 1 || n > scratch.Animals || p>>(n-1)&1 == 1 {
			return 0
		}
		p |= 1 << (n - 1)
	}
	return p
}

// modes are the ways to answer by the names that they have here.
var modes = map[string]scratch.Mode{
	"rub": scratch.Rub, "listen": scratch.Listen, "none": scratch.NoPuzzle, "pick": scratch.Pick, "hear": scratch.Hear,
}

// deal makes a ticket for opening a request.
func (a *api) deal(r *http.Request, in asked) (ticketed, error) {
	mode := modes[in.Mode]
	if !mode.Scripted() {
		return ticketed{}, malformed.at("/mode", "rub, listen or none is expected")
	}
	level, refusal, err := a.Gate.Deal(r.Context(), a.Client(r), mode)
	if err != nil {
		return ticketed{}, err
	}
	if refusal.Reason != "" {
		return ticketed{}, refused(refusal)
	}
	t, err := a.Gate.Dealer.Deal(scratch.Offer{Place: a.Gate.Place(gate.Recover), Mode: mode, Level: level, Again: in.Again})
	if err != nil {
		return ticketed{}, cardProblem(err)
	}
	w := work{Salt: hex.EncodeToString(t.Work.Salt[:]), Parts: t.Work.Parts, Bits: t.Work.Bits}
	return ticketed{Ticket: t.Sealed, Work: w, Lives: a.lives(t.Expires)}, nil
}

// draw gives the card of a ticket whose work is done.
func (a *api) draw(r *http.Request, in worked) (drawn, error) {
	if err := a.drawing(r); err != nil {
		return drawn{}, err
	}
	solution, err := scratch.ParseSolution(in.Work)
	if err != nil {
		return drawn{}, cardProblem(err)
	}
	d, err := a.Gate.Dealer.Draw(in.Ticket, solution, a.Gate.Place(gate.Recover))
	if err != nil {
		return drawn{}, cardProblem(err)
	}
	out := drawn{Card: d.Card, Response: d.Response, Lives: a.lives(d.Expires)}
	switch d.Mode {
	case scratch.Rub:
		out.Cover, out.Open = pictureURL("cover", d.Card), pictureURL("open", d.Card)
		out.Width, out.Height, out.Brush = scratch.Width, scratch.Height, scratch.Brush
	case scratch.Listen:
		out.Calls = callURLs(d.Card)
	}
	return out, nil
}

// answer judges a card.
func (a *api) answer(r *http.Request, in answered) (verdict, error) {
	if mode := a.Gate.Dealer.Mode(in.Card); mode != 0 && !mode.Scripted() {
		return verdict{Result: scratch.Fail.String()}, nil // it cost no work: the gate alone judges it, and counts (see gate.judge)
	}
	answer := scratch.Answer{Picks: picked(in.Picks)}
	if in.Trace != "" {
		answer.Trace, _ = scratch.ParseTrace(in.Trace) // one that cannot be read is none, and costs the card
	}
	v, err := a.Gate.Dealer.Judge(r.Context(), in.Card, a.Gate.Place(gate.Recover), answer)
	if err != nil {
		return verdict{}, err
	}
	a.Gate.Judged(a.Client(r), v.Result)
	reason := map[scratch.Reason]string{scratch.TooFast: "too_fast", scratch.TooSlow: "too_slow"}[v.Reason]
	return verdict{Result: v.Result.String(), Reason: reason, Response: v.Response, Again: v.Again}, nil
}

// plain gives a card that needs no work.
func (a *api) plain(_ *http.Request, in plainly) (plain, error) {
	mode := modes[in.Mode]
	card, err := a.Gate.Plain(gate.Recover, mode)
	switch {
	case errors.Is(err, scratch.ErrMode):
		return plain{}, malformed.at("/mode", "pick or hear is expected")
	case err != nil:
		return plain{}, err
	case mode == scratch.Hear:
		return plain{Card: card, Calls: callURLs(card)}, nil
	}
	return plain{Card: card, Picture: pictureURL("numbered", card)}, nil
}

func pictureURL(picture, card string) string {
	return Prefix + "/challenge/card/" + picture + "?card=" + url.QueryEscape(card)
}

func callURLs(card string) (list []string) {
	for n := range scratch.Calls {
		list = append(list, pictureURL("call/"+strconv.Itoa(n+1), card))
	}
	return list
}

// lives is how many seconds are left.
func (a *api) lives(until time.Time) int { return int(until.Sub(a.Gate.Now()).Seconds()) }

// drawing counts a picture or a call.
func (a *api) drawing(r *http.Request) error {
	if from := r.Header.Get("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" {
		return noCard.problem() // another page's <img>, which would be shown nothing, must not use up its visitors' limit
	}
	refusal, err := a.Gate.Drawing(r.Context(), a.Client(r))
	if err == nil && refusal.Reason != "" {
		return refused(refusal)
	}
	return err
}

// pictures are the kinds of pictures by the names that their addresses have.
var pictures = map[string]scratch.Kind{"open": scratch.Open, "cover": scratch.Cover, "numbered": scratch.Numbered}

// picture draws a picture of a card. Why there is none is not told: a card that was edited looks like one that is over.
func (a *api) picture(w http.ResponseWriter, r *http.Request) error {
	kind, known := pictures[r.PathValue("picture")]
	if !known {
		return noCard.problem()
	}
	if err := a.drawing(r); err != nil {
		return err
	}
	return show(w)(a.Gate.Dealer.Picture(r.URL.Query().Get("card"), kind))
}

// call makes a call of a card.
func (a *api) call(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || strconv.Itoa(n) != r.PathValue("n") {
		return noCard.problem()
	}
	if err := a.drawing(r); err != nil {
		return err
	}
	query := r.URL.Query()
	return show(w)(a.Gate.Dealer.Call(query.Get("card"), n, query.Has("slow")))
}

func show(w http.ResponseWriter) func(body []byte, contentType string, err error) error {
	return func(body []byte, contentType string, err error) error {
		if err != nil {
			return cardProblem(err)
		}
		w.Header().Set("Content-Type", contentType)
		w.Write(body)
		return nil
	}
}

// cardProblem tells that a ticket, its work or a card is not good, and no more than that.
func cardProblem(err error) error {
	for _, refusal := range []error{scratch.ErrSeal, scratch.ErrKind, scratch.ErrOver, scratch.ErrSpent, scratch.ErrWork} {
		if errors.Is(err, refusal) {
			return noCard.problem()
		}
	}
	return err
}

// refused tells why the gate stayed shut.
func refused(r gate.Refusal) *problem {
	switch r.Reason {
	case gate.NoAnswer:
		return noAnswer.problem()
	case gate.TooFast:
		return tooFast.problem()
	case gate.TooSlow:
		return tooSlow.problem()
	case gate.Limited:
		return limited.retry(max(r.RetryAfter, 1)) // whole seconds, at least one
	}
	return ranAway.problem()
}
