package web

import (
	"net/http"

	"twohens/internal/contact"
	"twohens/internal/web/page"
)

// A route is one thing that is served. The table is the whole of it: a test walks it. Only the challenge has a table of its own, in
// package scratch/widget, because other programs and the pages of other sites use it too.
type route struct {
	Method  string
	Path    string
	Handler http.HandlerFunc
	Does    string
}

// table lists everything that is served. Only POST changes anything.
func (w *Web) table() []route {
	table := []route{
		{"GET", "/{$}", w.home, "to the sign-in"},
		{"GET", "/recover", w.identifyPage, "step 1: address and two chickens"},
		{"POST", "/recover", w.posted(w.identify), "opens a request"},
		{"GET", "/recover/choose", w.choosePage, "step 2: the ways"},
		{"POST", "/recover/choose", w.posted(w.choose), "takes a way; the first code is asked for"},
		{"GET", "/recover/code", w.codePage, "step 3: the code"},
		{"POST", "/recover/code", w.posted(w.code), "judges a code"},
		{"POST", "/recover/resend", w.posted(w.resend), "the code once more"},
		{"GET", "/recover/questions", w.questionsPage, "step 3: the questions"},
		{"POST", "/recover/questions", w.posted(w.answers), "judges the answers"},
		{"GET", "/recover/saved", w.savedPage, "step 3: a code from paper"},
		{"POST", "/recover/saved", w.posted(w.saved), "judges it"},
		{"POST", "/recover/another", w.posted(w.another), "back to the ways"},
		{"GET", "/go/{link}", w.linkPage, "the link of a mail: changes nothing"},
		{"POST", "/go/{link}", w.posted(w.link), "the button on its page: proves"},
		{"GET", "/stop/{stop}", w.stopPage, "the link of a notice: changes nothing"},
		{"POST", "/stop/{stop}", w.posted(w.stop), "the button on its page: stops a recovery"},
		{"GET", "/recover/reset", w.resetPage, "step 4: the new password"},
		{"POST", "/recover/reset", w.posted(w.reset), "sets it"},
		{"GET", "/recover/done", w.donePage, "told that it is set"},

		{"GET", "/help", w.helpPage, "help, by topic"},
		{"GET", "/help/search", w.searchPage, "what the help has on some words"},
		{"GET", "/help/topic/{topic}", w.helpPage, "one topic"},
		{"GET", "/help/{article}", w.articlePage, "one article"},
		{"POST", "/help/{article}", w.posted(w.rate), "counts whether it helped"},
		{"GET", "/static/{file...}", w.static(), "style, scripts, drawings"},
		{"GET", "/.well-known/change-password", w.changePasswordURL, "where passwords are changed (R-89)"},
	}
	if w.Site.SignInURL == "" {
		table = append(table, []route{
			{"GET", "/signin", w.signInPage, "the Sign In page"},
			{"POST", "/signin", w.posted(w.signIn), "signs in"},
			{"POST", "/signout", w.posted(w.signOut), "signs out"},
			{"GET", "/account", w.accountPage, "the account page"},
			{"POST", "/account/sessions", w.posted(w.endSessions), "ends one session, or all others"},
			{"GET", "/account/password", w.passwordPage, "change the password"},
			{"POST", "/account/password", w.posted(w.changePassword), "changes it"},
			{"POST", "/account/language", w.posted(w.setLanguage), "sets the language of messages"},
			{"POST", "/account/later", w.posted(w.notNow), "no prompt for another way back in, for a while"},
			{"GET", "/account/history", w.historyPage, "all that was recorded"},
			{"GET", "/account/again", w.againPage, "asks for the password before a change (R-24)"},
			{"POST", "/account/again", w.posted(w.again), "judges it"},
			{"GET", "/account/email/new", w.newContactPage(contact.KindEmail), "a new e-mail address"},
			{"POST", "/account/email/new", w.posted(w.addContact(contact.KindEmail)), "sends a code there"},
			{"GET", "/account/phone/new", w.newContactPage(contact.KindPhone), "a new phone number"},
			{"POST", "/account/phone/new", w.posted(w.addContact(contact.KindPhone)), "sends a code there"},
			{"GET", "/account/contact/{contact}", w.contactPage, "one contact"},
			{"POST", "/account/contact/{contact}/main", w.posted(w.makeMain), "makes it the main one"},
			{"GET", "/account/contact/{contact}/replace", w.newContactPage(""), "another one in its place"},
			{"POST", "/account/contact/{contact}/replace", w.posted(w.addContact("")), "sends a code there"},
			{"GET", "/account/contact/{contact}/remove", w.removeContactPage, "asks before it is removed"},
			{"POST", "/account/contact/{contact}/remove", w.posted(w.removeContact), "removes it"},
			{"GET", "/account/confirm", w.confirmPage, "the code that confirms a contact"},
			{"POST", "/account/confirm", w.posted(w.confirm), "judges it"},
			{"POST", "/account/confirm/resend", w.posted(w.resendConfirmation), "the code once more"},
			{"GET", "/account/questions", w.setUpPage, "the questions"},
			{"POST", "/account/questions", w.posted(w.setUp), "sets them up"},
			{"GET", "/account/questions/remove", w.removeQuestionsPage, "asks before they are removed"},
			{"POST", "/account/questions/remove", w.posted(w.removeQuestions), "removes them"},
			{"GET", "/account/codes", w.paperPage, "saved codes"},
			{"POST", "/account/codes", w.posted(w.makeCodes), "makes them, and shows them once"},
			{"GET", "/account/codes/remove", w.removeCodesPage, "asks before they are thrown away"},
			{"POST", "/account/codes/remove", w.posted(w.removeCodes), "throws them away"},
		}...)
	}
	if w.Demo != nil {
		table = append(table, []route{
			{"GET", "/demo/mailbox", w.named(w.mailboxPage), "the mails of the demo, as they arrive"},
			{"GET", "/demo/mailbox/events", w.named(w.mailboxEvents), "says that one arrived"},
			{"GET", "/demo/mailbox/{id}", w.named(w.mailboxMail), "one mail"},
		}...)
	}
	return table
}

// Routes lists everything that is served as "METHOD /path", for tests that must not miss any: with the built-in sign-in, without the demo.
func Routes() []string {
	var list []string
	for _, r := range new(Web).table() {
		list = append(list, r.Method+" "+r.Path)
	}
	return list
}

// Served lists what New serves, the challenge included, as patterns of http.ServeMux, for a test of the whole program to walk. A route that is added to the table is
// in it by itself.
func Served(deps Deps) []string {
	w := newWeb(deps)
	var list []string
	for _, r := range w.table() {
		list = append(list, r.Method+" "+r.Path)
	}
	return append(append(list, w.widget.Routes()...), "POST /siteverify")
}

// routes builds the mux. Paths are registered without their methods, so that a wrong one gets a page that says so.
func (w *Web) routes() http.Handler {
	mux := http.NewServeMux()
	byPath := map[string]map[string]http.HandlerFunc{}
	for _, r := range w.table() {
		if byPath[r.Path] == nil {
			byPath[r.Path] = map[string]http.HandlerFunc{}
		}
		byPath[r.Path][r.Method] = r.Handler
	}
	for path, methods := range byPath {
		mux.HandleFunc(path, func(rw http.ResponseWriter, r *http.Request) {
			method := r.Method
			if method == http.MethodHead {
				method = http.MethodGet
			}
			if handler := methods[method]; handler != nil {
				handler(rw, r)
				return
			}
			rw.Header().Set("Allow", allowed(methods))
			w.problem(rw, r, http.StatusMethodNotAllowed, "method")
		})
	}
	mux.Handle(page.ChallengePrefix+"/", w.widget)
	mux.HandleFunc("POST /siteverify", w.widget.SiteVerify) // where back ends expect it
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		w.problem(rw, r, http.StatusNotFound, "not_found")
	})
	return mux
}

func allowed(methods map[string]http.HandlerFunc) string {
	switch {
	case methods["GET"] == nil:
		return "POST"
	case methods["POST"] == nil:
		return "GET, HEAD"
	}
	return "GET, HEAD, POST"
}
