// Package web is the pages: the walk, the sign-in, the account page and the help.
//
// routes.go is the table of everything that is served. Handlers read a form, call one use case of the engine or the gate,
// and answer with a page or with the way to the next one. They never look up an account and never send (invariant 4); what they
// show of a recovery comes from its View alone, so it cannot depend on whether the account exists.
//
// A post that took a step is answered by a redirect, so that a reload repeats nothing: above all not a wrong code, which would
// cost another try. The outcome travels in the address as a word (?said=wrong); a page shows it only where the View agrees.
// A post that was refused for what was typed is answered with its form again, the typed address kept, secrets never.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/help"
	"twohens/internal/password"
	"twohens/internal/web/page"
	"twohens/scratch/widget"
)

// Deps are what the pages stand on.
type Deps struct {
	Engine    *engine.Engine
	Gate      *gate.Gate
	Renderer  *page.Renderer
	Rules     password.Rules
	Site      page.Site
	PublicURL *url.URL
	Language  string                         // the site's: the tag of the one for browsers that ask for none of those that there are
	Client    func(*http.Request) netip.Addr // see Client
	Files     map[string][]byte              // further files under /static/, such as the site's logo and colours
	Demo      *Demo                          // nil but for the demo
	Log       *slog.Logger
}

// Web serves the pages.
type Web struct {
	Deps
	origin string // of the public URL
	secure bool   // whether that is HTTPS
	widget *widget.Handler

	ratings *help.Ratings

	makings *makings
}

// New makes the handler of all pages.
func New(deps Deps) http.Handler {
	w := newWeb(deps)
	return w.guard(w.routes())
}

func newWeb(deps Deps) *Web {
	w := &Web{
		Deps:   deps,
		origin: deps.PublicURL.Scheme + "://" + deps.PublicURL.Host,
		secure: deps.PublicURL.Scheme == "https",

		makings: new(makings),
		ratings: new(help.Ratings),
	}
	w.widget = newWidget(w)
	return w
}
