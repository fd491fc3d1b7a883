package web

import (
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// offersSaved says whether saved codes may be made, or answers. Those of before can still be thrown away when the site has switched
// them off.
func (w *Web) offersSaved(rw http.ResponseWriter, r *http.Request, account engine.AccountView) bool {
	if w.Engine.Policy.Offers(recovery.WaySaved) || len(account.Saved) > 0 {
		return true
	}
	w.problem(rw, r, http.StatusNotFound, "not_found")
	return false
}

func (w *Web) paperPage(rw http.ResponseWriter, r *http.Request) {
	session, account, ok := w.changing(rw, r, "codes")
	if !ok || !w.offersSaved(rw, r, account) {
		return
	}
	w.show(rw, r, http.StatusOK, w.paper(session, account))
}

// paper is the page from which codes are made.
func (w *Web) paper(session engine.Session, account engine.AccountView) page.Paper {
	left, made := saved(account)
	return page.Paper{Left: left, Since: made, Made: w.madeName(session, account)}
}

// madeName stands for the set of codes that an account has.
func (w *Web) madeName(session engine.Session, account engine.AccountView) string {
	set := ""
	if len(account.Saved) > 0 {
		set = account.Saved[0].Digest
	}
	return w.Gate.Hash.DeriveOpaque("saved codes of a session", session.ID[:], []byte(set)).Reveal()
}

// makings lets the forms of one browser that make codes go one after another: of a form that went out twice, the second finds the
// codes of the first, and asks.
type makings [16]sync.Mutex

func (m *makings) of(id secret.Digest) *sync.Mutex { return &m[int(id[0])%len(m)] }

// makeCodes makes ten codes. They exist in this answer and nowhere else: it is not redirected, cannot be had again, and a form that
// comes for a set that is gone makes none but asks. Without a script they can be printed or copied, or had as a file.
func (w *Web) makeCodes(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	turn := w.makings.of(session.ID)
	turn.Lock()
	defer turn.Unlock()
	session, account, ok := w.changing(rw, r, "codes")
	if !ok || !w.offersSaved(rw, r, account) {
		return
	}
	model := w.paper(session, account)
	if values.Get("made") != model.Made {
		model.Again = true
		w.show(rw, r, http.StatusConflict, model)
		return
	}
	if !w.mayChange(rw, r, session) {
		return
	}
	codes, err := w.Engine.MakeSaved(r.Context(), session, w.language(r).Tag)
	switch {
	case errors.Is(err, password.ErrBusy):
		model.Busy = true
		setRetryAfter(rw, busyFor)
		w.show(rw, r, http.StatusServiceUnavailable, model)
	case !w.changed(rw, r, "codes", err):
	case values.Get("action") == "file":
		w.codesFile(rw, r, codes)
	default:
		w.show(rw, r, http.StatusOK, w.codesMade(codes))
	}
}

// codesMade is what is printed.
func (w *Web) codesMade(codes []secret.Saved) page.Codes {
	model := page.Codes{At: w.Engine.Now().UTC().Truncate(time.Second)}
	for _, code := range codes {
		model.List = append(model.List, code.Reveal())
	}
	return model
}

func (w *Web) codesFile(rw http.ResponseWriter, r *http.Request, codes []secret.Saved) {
	text := w.codesMade(codes).Text(locale.For(w.language(r).Tag), w.Site.Name)
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Content-Disposition", `attachment; filename="recovery-codes.txt"`)
	rw.Write([]byte(text))
}

// askSaved is the page that asks before the codes are thrown away.
var askSaved = page.Remove{What: "saved", Action: "/account/codes/remove", Back: "/account/codes"}

func (w *Web) removeCodesPage(rw http.ResponseWriter, r *http.Request) {
	if _, account, ok := w.changing(rw, r, "codes_remove"); ok && w.hasAny(rw, r, len(account.Saved)) {
		w.show(rw, r, http.StatusOK, askSaved)
	}
}

func (w *Web) removeCodes(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	session, account, ok := w.changing(rw, r, "codes_remove")
	if !ok || !w.hasAny(rw, r, len(account.Saved)) || !w.mayChange(rw, r, session) {
		return
	}
	w.removed(rw, r, askSaved, "codes_remove", w.Engine.RemoveSaved(r.Context(), session, w.language(r).Tag))
}
