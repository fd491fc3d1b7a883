package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/recovery"
	"twohens/internal/web/page"
)

// account loads the account that this browser is signed in to, or answers and returns false.
func (w *Web) account(rw http.ResponseWriter, r *http.Request) (engine.Session, engine.AccountView, bool) {
	session, ok := w.session(rw, r)
	if !ok {
		return engine.Session{}, engine.AccountView{}, false
	}
	account, err := w.Engine.Account(r.Context(), session)
	return session, account, w.signedIn(rw, r, err)
}

// recordsListed is how much of what was recorded the account page shows; the rest is on a page of its own.
const recordsListed = 8

func (w *Web) accountPage(rw http.ResponseWriter, r *http.Request) {
	session, account, ok := w.account(rw, r)
	if !ok {
		return
	}
	model := page.Account{
		Emails: w.contacts(session, account, contact.KindEmail), Phones: w.contacts(session, account, contact.KindPhone),
		Questions: len(account.Questions), Lapsed: account.Lapsed > 0, Offers: w.offers(account), Language: account.Locale, Said: r.URL.Query().Get("said"),
		Records: records(account.Records[:min(recordsListed, len(account.Records))]), More: len(account.Records) > recordsListed,
	}
	for _, ailment := range account.Ailments {
		model.Ailing = append(model.Ailing, w.shown(session, ailment.Contact))
	}
	if model.Questions > 0 {
		model.Answered = account.Questions[0].Made
	}
	model.Codes, model.Made = saved(account)
	for _, set := range account.Standing {
		model.Standing = append(model.Standing, ways(set))
	}
	if model.Language == "" {
		model.Language = w.language(r).Tag
	}
	for _, s := range account.Sessions {
		model.Sessions = append(model.Sessions, page.Session{
			ID: sessionName(s.ID), This: s.ID.Equal(session.ID), Browser: s.Browser, Began: s.Began, Seen: s.Seen,
		})
	}
	switch waiting, err := w.Engine.Confirming(r.Context(), session); {
	case err == nil:
		shown := w.shown(session, waiting.Contact)
		model.Waiting = &shown
	case !errors.Is(err, engine.ErrNoConfirmation):
		w.fail(rw, r, err)
		return
	}
	model.Prompt = w.prompts(r, account, model)
	w.show(rw, r, http.StatusOK, model)
}

// offers are what may be set up in an account, of what the site has.
func (w *Web) offers(account engine.AccountView) page.Offers {
	return page.Offers{
		Email:     len(account.Emails) < engine.MaxContacts,
		Phone:     w.sendsTexts() && len(account.Phones) < engine.MaxContacts,
		Questions: w.Engine.Policy.Offers(recovery.WayQuestions),
		Saved:     w.Engine.Policy.Offers(recovery.WaySaved),
	}
}

// sendsTexts says that the site proves people by texts, and can send them somewhere.
func (w *Web) sendsTexts() bool {
	return w.Engine.Policy.Offers(recovery.WayPhone) && w.Engine.Texter != nil && len(w.Engine.Texts.Countries) > 0
}

// saved says how many saved codes are left, and when they were made; zero when there never were any.
func saved(account engine.AccountView) (left int, made time.Time) {
	for _, code := range account.Saved {
		if code.Used.IsZero() {
			left++
		}
		made = code.Made
	}
	return left, made
}

func records(list []engine.Record) []page.Record {
	shown := make([]page.Record, len(list))
	for i, record := range list {
		shown[i] = page.Record{At: record.At, Event: string(record.Event), Way: record.Way.String(), Outcome: record.Outcome}
	}
	return shown
}

func (w *Web) historyPage(rw http.ResponseWriter, r *http.Request) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	if list, err := w.Engine.History(r.Context(), session); w.signedIn(rw, r, err) {
		w.show(rw, r, http.StatusOK, page.History{Records: records(list)})
	}
}

// setLanguage sets the language of the account's messages.
func (w *Web) setLanguage(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, ok := w.session(rw, r)
	if !ok {
		return
	}
	language, known := locale.Find(values.Get("language"))
	if !known {
		w.problem(rw, r, http.StatusBadRequest, "form")
		return
	}
	if err := w.Engine.SetLocale(r.Context(), session, language.Tag); w.signedIn(rw, r, err) {
		http.Redirect(rw, r, "/account?said=language", http.StatusSeeOther)
	}
}

// keepLater is how long somebody who said "not now" is left alone.
const keepLater = 30 * 24 * time.Hour

// prompts says whether the page prompts for another way back in: there is one at most, another could be set up, and this browser has not
// said "not now" to just that.
func (w *Web) prompts(r *http.Request, account engine.AccountView, model page.Account) bool {
	could := model.Offers.Phone && len(model.Phones) == 0 || model.Offers.Questions && model.Questions == 0 || model.Offers.Saved && model.Codes == 0
	if len(account.Standing) > 1 || !could {
		return false
	}
	cookie, err := r.Cookie(w.cookieName(cookieLater))
	return err != nil || cookie.Value != w.standingName(account)
}

// standingName stands for how an account can be got back into, so that "not now" holds until that has changed.
func (w *Web) standingName(account engine.AccountView) string {
	var sets []string
	for _, set := range account.Standing {
		sets = append(sets, strings.Join(ways(set), "+"))
	}
	slices.Sort(sets)
	return w.Gate.Hash.DeriveOpaque("standing", []byte(account.ID), []byte(strings.Join(sets, ","))).Reveal()
}

// notNow keeps the prompt away for a while.
func (w *Web) notNow(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	if _, account, ok := w.account(rw, r); ok {
		w.setCookie(rw, cookieLater, w.standingName(account), keepLater, http.SameSiteStrictMode)
		http.Redirect(rw, r, "/account", http.StatusSeeOther)
	}
}
