package widget

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"twohens/scratch"
)

// modes is what the element may ask for.
var modes = map[string]scratch.Mode{"rub": scratch.Rub, "listen": scratch.Listen, "none": scratch.NoPuzzle}

// deal gives a ticket, and says what work its card costs.
func (h *Handler) deal(w http.ResponseWriter, r *http.Request) {
	q, err := read(w, r, []string{"site", "action", "mode"}, "again")
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	at, err := h.place(w, r, q.Site, q.Action)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	o := scratch.Offer{Place: at, Mode: modes[q.Mode], Again: q.Again}
	if !fits(at) || o.Mode == 0 {
		h.refuse(w, r, errRequest)
		return
	}
	level, wait, err := h.config.Guard.Deal(r.Context(), r, o)
	if err := held(wait, err); err != nil {
		h.refuse(w, r, err)
		return
	}
	o.Level = level
	t, err := h.config.Dealer.Deal(o)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"ticket": t.Sealed,
		"work":   map[string]any{"salt": hex.EncodeToString(t.Work.Salt[:]), "parts": t.Work.Parts, "bits": t.Work.Bits},
		"lives":  h.lives(t.Expires),
	})
}

// fits tells whether a Dealer takes the place: what does not fit is a mistake in a page's markup, not ours.
func fits(at scratch.Place) bool {
	for _, f := range []string{at.Site, at.Action, at.Host} {
		if f == "" || len(f) > 128 {
			return false
		}
	}
	return true
}

// lives is how many seconds are left.
func (h *Handler) lives(until time.Time) int { return int(until.Sub(h.config.Now()).Seconds()) }

// card gives the card for a ticket whose work is done. Its pictures and calls are addresses below the prefix.
func (h *Handler) card(w http.ResponseWriter, r *http.Request) {
	q, err := read(w, r, []string{"site", "action", "ticket", "work"})
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	at, err := h.place(w, r, q.Site, q.Action)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if err := held(h.config.Guard.Picture(r.Context(), r)); err != nil {
		h.refuse(w, r, err)
		return
	}
	s, err := scratch.ParseSolution(q.Work)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	drawn, err := h.config.Dealer.Draw(q.Ticket, s, at)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if drawn.Mode == scratch.NoPuzzle {
		answer(w, http.StatusOK, map[string]any{"response": drawn.Response})
		return
	}
	out := map[string]any{"card": drawn.Card, "lives": h.lives(drawn.Expires)}
	for name, address := range addresses(drawn, "?site="+url.QueryEscape(q.Site)) {
		out[name] = address
	}
	answer(w, http.StatusOK, out)
}

// addresses are those of a card's pictures or calls, relative to the prefix.
func addresses(drawn scratch.Drawn, query string) map[string]any {
	if drawn.Mode == scratch.Rub {
		return map[string]any{"open": "open/" + drawn.Card + query, "cover": "cover/" + drawn.Card + query}
	}
	var calls, slow []string
	for n := range scratch.Calls {
		call := "call/" + drawn.Card + "/" + strconv.Itoa(n+1) + query
		calls, slow = append(calls, call), append(slow, call+"&slow")
	}
	return map[string]any{"calls": calls, "slow": slow}
}

// judge gives the verdict on a trace or on picks. An answer that cannot be read costs the card like a wrong one. A card that cost no
// work is not judged here.
func (h *Handler) judge(w http.ResponseWriter, r *http.Request) {
	q, err := read(w, r, []string{"site", "action", "card"}, "trace", "picks")
	if err == nil && q.has["trace"] == q.has["picks"] {
		err = errRequest
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	at, err := h.place(w, r, q.Site, q.Action)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if mode := h.config.Dealer.Mode(q.Card); mode != 0 && !mode.Scripted() {
		// Whoever deals cards without work counts their answers; here nobody would, and they could be guessed at without end.
		h.refuse(w, r, scratch.ErrMode)
		return
	}
	if err := held(h.config.Guard.Judge(r.Context(), r, at)); err != nil {
		h.refuse(w, r, err)
		return
	}
	verdict, err := h.config.Dealer.Judge(r.Context(), q.Card, at, q.answer())
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	switch verdict.Result {
	case scratch.Pass:
		answer(w, http.StatusOK, map[string]any{"result": "pass", "response": verdict.Response})
	case scratch.Again:
		answer(w, http.StatusOK, map[string]any{"result": "again", "again": verdict.Again})
	default:
		h.config.Guard.Failed(r.Context(), r, at)
		reason := map[scratch.Reason]string{scratch.TooFast: "too_fast", scratch.TooSlow: "too_slow"}[verdict.Reason]
		answer(w, http.StatusOK, map[string]any{"result": "fail", "reason": reason})
	}
}

// answer is what was answered; empty if it cannot be read.
func (q *request) answer() scratch.Answer {
	if q.has["trace"] {
		t, err := scratch.ParseTrace(q.Trace)
		if err != nil {
			return scratch.Answer{}
		}
		return scratch.Answer{Trace: t}
	}
	var values []string
	for _, n := range q.Picks {
		values = append(values, strconv.Itoa(n))
	}
	p, err := scratch.ParsePicks(values)
	if err != nil {
		return scratch.Answer{}
	}
	return scratch.Answer{Picks: p}
}

// picture serves one of a card's pictures.
func (h *Handler) picture(kind scratch.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.show(w, r, func() ([]byte, string, error) { return h.config.Dealer.Picture(r.PathValue("card"), kind) })
	}
}

// call serves one of a card's calls.
func (h *Handler) call(w http.ResponseWriter, r *http.Request) {
	h.show(w, r, func() ([]byte, string, error) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || strconv.Itoa(n) != r.PathValue("n") {
			return nil, "", scratch.ErrKind
		}
		return h.config.Dealer.Call(r.PathValue("card"), n, r.URL.Query().Has("slow"))
	})
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, draw func() ([]byte, string, error)) {
	if !h.readable(w, r) {
		return
	}
	if err := held(h.config.Guard.Picture(r.Context(), r)); err != nil {
		h.refuse(w, r, err)
		return
	}
	body, contentType, err := draw()
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "private, max-age=600")
	w.Header().Set("Content-Disposition", `inline; filename="card.`+contentType[strings.LastIndexByte(contentType, '/')+1:]+`"`)
	w.Write(body)
}
