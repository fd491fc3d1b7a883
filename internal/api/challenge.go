package api

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/gate"
	"twohens/scratch"
)

// nothing is the body of a call that takes none.
type nothing struct{}

// dealt is a challenge in its two forms. Either may be answered, each once.
type dealt struct {
	Rub      rubCard  `json:"rub" doc:"The card under its cover: rub to uncover both chickens, and only those. Answered by a trace."`
	Numbered pickCard `json:"numbered" doc:"The card open, with numbers: which two are chickens? Answered by picks, and needs no script."`
	Width    int      `json:"width" doc:"Of the card in CSS pixels. The pictures are drawn finer." example:"320"`
	Height   int      `json:"height" doc:"Of the card in CSS pixels." example:"200"`
	Brush    int      `json:"brush" doc:"Across what one touch uncovers, in CSS pixels." example:"28"`
}

type rubCard struct {
	Card  string `json:"card" doc:"The sealed card. Give it back with the answer." example:"AQJrMXl0c2V0..."`
	Cover string `json:"cover" doc:"Where the picture of the frosted cover is." example:"/api/v1/challenge/cover?card=AQJrMXl0c2V0..."`
	Open  string `json:"open" doc:"Where the picture beneath is." example:"/api/v1/challenge/open?card=AQJrMXl0c2V0..."`
}

type pickCard struct {
	Card    string `json:"card" doc:"The sealed card. Give it back with the answer." example:"AQJrMWJlc2lk..."`
	Picture string `json:"picture" doc:"Where the picture with the numbers is." example:"/api/v1/challenge/numbered?card=AQJrMWJlc2lk..."`
}

// solved is the answer to a challenge.
type solved struct {
	Card  string `json:"card" doc:"The sealed card, of the form that was answered." example:"AQJrMWJlc2lk..."`
	Trace string `json:"trace,omitempty" doc:"Of a rubbed card: the pointer's points joined by \";\", each \"x,y,t,d\" in whole numbers: tenths of a CSS pixel from the card's top left, milliseconds since the first point, 1 while rubbing."`
	Picks []int  `json:"picks,omitempty" doc:"Of a numbered card: the numbers of the two chickens." example:"[2,7]"`
}

// answer is what the gate judges. One that cannot be read is an empty one: the attempt costs the card all the same.
func (s solved) answer() scratch.Answer {
	var a scratch.Answer
	if s.Trace != "" {
		trace, err := scratch.ParseTrace(s.Trace)
		if err != nil {
			return scratch.Answer{}
		}
		a.Trace = trace
	}
	for _, n := range s.Picks {
		if n < 1 || n > scratch.Animals || a.Picks>>(n-1)&1 == 1 {
			return scratch.Answer{}
		}
		a.Picks |= 1 << (n - 1)
	}
	return a
}

// deal makes a challenge for opening a request.
func (a *api) deal(*http.Request, nothing) (dealt, error) {
	rub, numbered, err := a.Gate.Deal(gate.Recover)
	if err != nil {
		return dealt{}, err
	}
	at := func(picture, card string) string {
		return Prefix + "/challenge/" + picture + "?card=" + url.QueryEscape(card)
	}
	return dealt{
		Rub:      rubCard{Card: rub, Cover: at("cover", rub), Open: at("open", rub)},
		Numbered: pickCard{Card: numbered, Picture: at("numbered", numbered)},
		Width:    scratch.Width, Height: scratch.Height, Brush: scratch.Brush,
	}, nil
}

// pictures are the kinds of pictures by the names that their addresses have.
var pictures = map[string]scratch.Kind{"open": scratch.Open, "cover": scratch.Cover, "numbered": scratch.Numbered}

// picture draws a picture of a challenge. Why there is none is not told: a card that was edited looks like one that is over.
func (a *api) picture(w http.ResponseWriter, r *http.Request) error {
	kind, known := pictures[r.PathValue("picture")]
	if !known {
		return noCard.problem()
	}
	drawn, contentType, refusal, err := a.Gate.Picture(r.Context(), a.Client(r), r.URL.Query().Get("card"), kind)
	switch {
	case errors.Is(err, scratch.ErrSeal), errors.Is(err, scratch.ErrKind), errors.Is(err, scratch.ErrOver), errors.Is(err, scratch.ErrSpent):
		return noCard.problem()
	case err != nil:
		return err
	case refusal.Reason != "":
		return refused(refusal)
	}
	w.Header().Set("Content-Type", contentType)
	w.Write(drawn)
	return nil
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
