package web

import (
	"net/http"
	"net/url"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/web/page"
)

// contactName is what forms and addresses call a contact of the account: nothing can be read from it in a log or a history, and it names
// nothing in any other session.
func (w *Web) contactName(session engine.Session, c contact.Contact) string {
	return w.Gate.Hash.DeriveOpaque("contact of a session", session.ID[:], []byte(c.Kind), []byte(c.Key())).Reveal()
}

// shown is a contact as pages show it to its owner.
func (w *Web) shown(session engine.Session, c contact.Contact) page.Contact {
	return page.Contact{Name: w.contactName(session, c), Kind: string(c.Kind), Shown: spelled(c)}
}

// spelled is a contact in full, as people read it.
func spelled(c contact.Contact) string {
	if email, ok := c.Email(); ok {
		return email.Unicode()
	}
	if phone, ok := c.Phone(); ok {
		return phone.Spaced()
	}
	return c.Address
}

// own lists the account's contacts of a kind, the main one first.
func own(account engine.AccountView, kind contact.Kind) []contact.Contact {
	var list []contact.Contact
	if kind == contact.KindEmail {
		for _, email := range account.Emails {
			list = append(list, email.Contact())
		}
		return list
	}
	for _, phone := range account.Phones {
		list = append(list, phone.Contact())
	}
	return list
}

// contacts are the account's of a kind, for pages.
func (w *Web) contacts(session engine.Session, account engine.AccountView, kind contact.Kind) []page.Contact {
	list := own(account, kind)
	contacts := make([]page.Contact, len(list))
	for i, c := range list {
		contacts[i] = w.shown(session, c)
		contacts[i].Main, contacts[i].Alone = i == 0, len(list) == 1
	}
	return contacts
}

// contactNamed finds the contact that the path names, or sends the browser to the account page and returns false: it was removed in the
// meantime, or belongs to somebody else, or was made up.
func (w *Web) contactNamed(rw http.ResponseWriter, r *http.Request, session engine.Session, account engine.AccountView) (contact.Contact, page.Contact, bool) {
	for _, kind := range [...]contact.Kind{contact.KindEmail, contact.KindPhone} {
		for i, c := range w.contacts(session, account, kind) {
			if c.Name == r.PathValue("contact") {
				return own(account, kind)[i], c, true
			}
		}
	}
	http.Redirect(rw, r, "/account", http.StatusSeeOther)
	return contact.Contact{}, page.Contact{}, false
}

func (w *Web) contactPage(rw http.ResponseWriter, r *http.Request) {
	session, account, ok := w.changing(rw, r, "contact")
	if !ok {
		return
	}
	if c, shown, ok := w.contactNamed(rw, r, session, account); ok {
		w.show(rw, r, http.StatusOK, page.ManageContact{Contact: shown, Fixed: c.Kind == contact.KindPhone && !w.sendsTexts()})
	}
}

// makeMain puts a contact first among those of its kind.
func (w *Web) makeMain(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	session, account, ok := w.changing(rw, r, "contact")
	if !ok {
		return
	}
	first, _, ok := w.contactNamed(rw, r, session, account)
	if !ok || !w.mayChange(rw, r, session) {
		return
	}
	if err := w.Engine.MainContact(r.Context(), session, first); w.changed(rw, r, "contact", err) {
		http.Redirect(rw, r, "/account?said=main", http.StatusSeeOther)
	}
}

func (w *Web) removeContactPage(rw http.ResponseWriter, r *http.Request) {
	session, account, ok := w.changing(rw, r, "remove")
	if !ok {
		return
	}
	if c, shown, ok := w.contactNamed(rw, r, session, account); ok {
		w.show(rw, r, http.StatusOK, removal(shown, c.Kind == contact.KindEmail && shown.Alone))
	}
}

// removal is the page that asks before a contact is removed.
func removal(shown page.Contact, last bool) page.Remove {
	back := "/account/contact/" + shown.Name
	return page.Remove{What: shown.Kind, Shown: shown.Shown, Action: back + "/remove", Back: back, LastWay: last}
}

func (w *Web) removeContact(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	session, account, ok := w.changing(rw, r, "remove")
	if !ok {
		return
	}
	gone, shown, ok := w.contactNamed(rw, r, session, account)
	if !ok || !w.mayChange(rw, r, session) {
		return
	}
	err := w.Engine.RemoveContact(r.Context(), session, gone, w.language(r).Tag)
	w.removed(rw, r, removal(shown, false), "remove", err)
}
