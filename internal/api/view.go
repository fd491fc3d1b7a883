package api

import (
	"time"

	"twohens/internal/locale"
	"twohens/internal/question"
	"twohens/internal/recovery"
)

// view is what a request looks like from outside. It leaves out the address that was typed: whoever opened the request knows it, and
// whoever else got hold of its secret need not.
type view struct {
	State       recovery.State `json:"state" doc:"Who acts next."`
	Reference   string         `json:"reference" doc:"What the person reads out to the help desk to name this request. It proves nothing." example:"H7K-2Q9"`
	Ways        []recovery.Way `json:"ways" doc:"The ways that lead on from here: those that this site has switched on, the same for everyone, and after a proof those that may follow it." example:"email"`
	Several     bool           `json:"several" doc:"No way is enough by itself."`
	Proven      []recovery.Way `json:"proven,omitempty" doc:"The ways that are proved already, where more than one is asked for."`
	Way         recovery.Way   `json:"way,omitempty" doc:"The way that was chosen. Absent before the choice." example:"email"`
	Ready       bool           `json:"ready" doc:"What the chosen way is judged by is there. False for the questions and the saved codes, for a second or two after the choice: see the request again then." example:"true"`
	Questions   []posed        `json:"questions,omitempty" doc:"What is asked, with the way questions once it is ready: the same until it is answered, and never a sign that the address is registered."`
	Digits      int            `json:"digits" doc:"How many digits a code has." example:"8"`
	CodeLife    int            `json:"code_life" doc:"For how many seconds a code is valid after the click." example:"900"`
	CodeUntil   time.Time      `json:"code_until,omitzero" doc:"When the newest code of this way ends. Absent while none was asked for." example:"2027-03-04T10:30:00Z"`
	NextClickIn int            `json:"next_click_in" doc:"In how many seconds the next click for a code counts; 0: now. The cool-down belongs to the request, whatever the way." example:"60"`
	Tries       tries          `json:"tries" doc:"Wrong codes and wrong answers."`
	Expires     time.Time      `json:"expires" doc:"When the request ends; once proved, when the grant does." example:"2027-03-04T11:15:00Z"`
	Now         time.Time      `json:"now" doc:"The server's clock, the only one that counts." example:"2027-03-04T10:15:00Z"`
}

// posed is a question. Its id is the same in every language and never changes.
type posed struct {
	ID   string `json:"id" doc:"The permanent name of the question." example:"first-book"`
	Text string `json:"text" doc:"The question, in the language of the request." example:"Which book did you first read to the end by yourself?"`
}

// tries tells how many wrong codes were typed. At the last one typed codes are refused; the link in the mail is not.
type tries struct {
	Used int `json:"used" doc:"How many were typed." example:"0"`
	Of   int `json:"of" doc:"With how many it is over." example:"5"`
}

func viewOf(v recovery.View) view {
	out := view{
		State: v.State, Reference: string(v.Reference), Ways: append([]recovery.Way{}, v.Ways...), Way: v.Way, Digits: v.Digits, CodeLife: seconds(v.CodeLife),
		Several: v.Several, Proven: v.Proven, Ready: v.Ready,
		NextClickIn: seconds(v.CoolDown()), Tries: tries{v.TriesUsed, v.Tries}, Expires: v.Expires.UTC(), Now: v.Now.UTC(),
	}
	if !v.CodeUntil.IsZero() {
		out.CodeUntil = v.CodeUntil.UTC()
	}
	if v.State == recovery.Proving && v.Way == recovery.WayQuestions {
		words := locale.For(v.Locale)
		for _, id := range v.Questions {
			out.Questions = append(out.Questions, posed{id, words.T(question.ID(id).Key())})
		}
	}
	return out
}
