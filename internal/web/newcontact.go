package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/text/language"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/web/page"
)

// A newcomer is a contact that is about to be added, or to take the place of another.
type newcomer struct {
	session  engine.Session
	account  engine.AccountView
	kind     contact.Kind
	next     string          // name of the page, see changes
	replaces contact.Contact // zero: none
}

// newcomer loads what a page for a new contact stands on, or answers and returns false. Without a kind, the page is that of the contact
// which is replaced.
func (w *Web) newcomer(rw http.ResponseWriter, r *http.Request, kind contact.Kind) (newcomer, bool) {
	n := newcomer{kind: kind, next: string(kind)}
	if kind == "" {
		n.next = "replace"
	}
	var ok bool
	if n.session, n.account, ok = w.changing(rw, r, n.next); !ok {
		return n, false
	}
	if kind == "" {
		if n.replaces, _, ok = w.contactNamed(rw, r, n.session, n.account); !ok {
			return n, false
		}
		n.kind = n.replaces.Kind
	}
	if n.kind == contact.KindPhone && !w.sendsTexts() {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return n, false
	}
	return n, true
}

// newContactPage shows the form for a new contact of a kind, or for one that replaces the contact of the path.
func (w *Web) newContactPage(kind contact.Kind) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		n, ok := w.newcomer(rw, r, kind)
		if !ok {
			return
		}
		refusal := ""
		if n.replaces.IsZero() && len(own(n.account, n.kind)) >= engine.MaxContacts {
			refusal = "full"
		}
		w.showNewContact(rw, r, http.StatusOK, n, url.Values{}, refusal)
	}
}

func (w *Web) showNewContact(rw http.ResponseWriter, r *http.Request, status int, n newcomer, values url.Values, refusal string) {
	replaces := ""
	if !n.replaces.IsZero() {
		replaces = spelled(n.replaces)
	}
	if n.kind == contact.KindEmail {
		w.show(rw, r, status, page.NewEmail{Action: r.URL.Path, Replaces: replaces, Typed: clip(values.Get("address")), Refusal: refusal})
		return
	}
	country := values.Get("country")
	if !values.Has("country") {
		country = w.country(r, n.account)
	}
	w.show(rw, r, status, page.NewPhone{
		Action: r.URL.Path, Replaces: replaces, Countries: w.Engine.Texts.Countries, Country: country,
		Typed: clip(values.Get("number")), Refusal: refusal,
	})
}

// addContact sends a code to a new contact. What the answer is does not depend on whether an address belongs to another account.
func (w *Web) addContact(kind contact.Kind) formHandler {
	return func(rw http.ResponseWriter, r *http.Request, values url.Values) {
		n, ok := w.newcomer(rw, r, kind)
		if !ok {
			return
		}
		to, refusal := w.typedContact(n.kind, values)
		if refusal != "" {
			w.showNewContact(rw, r, http.StatusUnprocessableEntity, n, values, refusal)
			return
		}
		if !w.mayChange(rw, r, n.session) {
			return
		}
		_, err := w.Engine.AddContact(r.Context(), n.session, to, n.replaces, w.language(r).Tag)
		if refusal := refusedContact(to, err); refusal != "" {
			w.showNewContact(rw, r, http.StatusUnprocessableEntity, n, values, refusal)
			return
		}
		if w.changed(rw, r, n.next, err) {
			http.Redirect(rw, r, "/account/confirm?said=sent", http.StatusSeeOther)
		}
	}
}

// typedContact reads what was typed, and says what is wrong with it.
func (w *Web) typedContact(kind contact.Kind, values url.Values) (contact.Contact, string) {
	if kind == contact.KindEmail {
		address, err := contact.ParseEmail(values.Get("address"))
		if err != nil {
			return contact.Contact{}, addressError(err)
		}
		return address.Contact(), ""
	}
	country := values.Get("country")
	if !slices.Contains(w.Engine.Texts.Countries, country) {
		country = ""
	}
	phone, err := contact.ParsePhone(values.Get("number"), country)
	switch {
	case errors.Is(err, contact.ErrEmpty):
		return contact.Contact{}, "empty"
	case errors.Is(err, contact.ErrTooLong):
		return contact.Contact{}, "too_long"
	case errors.Is(err, contact.ErrCountry):
		return contact.Contact{}, "no_country"
	case err != nil:
		return contact.Contact{}, "wrong"
	}
	return phone.Contact(), ""
}

// refusedContact is the page's word for why the engine does not take a contact; empty for every other error.
func refusedContact(to contact.Contact, err error) string {
	switch {
	case errors.Is(err, engine.ErrOwn):
		return "own"
	case errors.Is(err, engine.ErrFull):
		return "full"
	case errors.Is(err, engine.ErrNoTexts):
		if phone, ok := to.Phone(); ok && !phone.Texts() {
			return "not_mobile"
		}
		return "country_off"
	}
	return ""
}

// country is where a number is dialled that is about to be typed: where the account's other number is, where the browser's language is
// spoken, or the first that the operator allows.
func (w *Web) country(r *http.Request, account engine.AccountView) string {
	var likely []string
	for _, phone := range account.Phones {
		likely = append(likely, phone.Region())
	}
	header := r.Header.Get("Accept-Language")
	if len(header) <= longestLanguages {
		tags, _, _ := language.ParseAcceptLanguage(header)
		for _, tag := range tags {
			if region, confidence := tag.Region(); confidence == language.Exact {
				likely = append(likely, region.String())
			}
		}
	}
	allowed := w.Engine.Texts.Countries
	for _, region := range likely {
		if slices.Contains(allowed, region) {
			return region
		}
	}
	return allowed[0]
}

// longestLanguages is how long an Accept-Language header may be to be read here: browsers send less than half of it.
const longestLanguages = 256
