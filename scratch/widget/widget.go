// Package widget puts the challenge of package scratch on any page: one script with a custom element, and the endpoints that
// it talks to. It imports nothing of the product, so any Go program can mount it:
//
//	h, err := widget.New(widget.Config{
//		Dealer: dealer, Origin: "https://accounts.example", Prefix: "/scratch", Site: sites, Secret: secrets,
//	})
//	mux.Handle("/scratch/", h)
//
// A page then needs one line of script and one element in its form, and its back end one call; see docs/challenge/embedding.md.
//
// # What is served, below the prefix
//
//	POST deal        a ticket, and the work that it costs
//	POST card        the card for a ticket whose work is done, or, with no puzzle, the response
//	POST judge       the verdict on an answer; a pass brings the response for the page's form
//	POST siteverify  for back ends: is this response good? Once.
//	GET open, cover, numbered/{card}, call/{card}/{n}   what the card looks and sounds like
//	GET words/{lang}, scratch.js, example
//
// # Who may ask
//
// A site lists the origins of its pages. The answers to pages from elsewhere are refused before anything is dealt or spent, and
// what was dealt to one page is bound to its host name: a card that was passed on to another site's visitors is no good there.
// The Origin header that this rests on is set by browsers. A program can write any, and so could whoever answers challenges for
// money; the work and the limits of Guard are what costs them. No cookie is set or read, so no answer depends on who asks.
package widget

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"twohens/scratch"
)

//go:generate go run ./solve

// Dealer is the part of a scratch.Dealer that the endpoints need.
type Dealer interface {
	Deal(scratch.Offer) (scratch.Ticket, error)
	Draw(ticket string, s scratch.Solution, at scratch.Place) (scratch.Drawn, error)
	Picture(card string, kind scratch.Kind) (body []byte, contentType string, err error)
	Call(card string, n int, slow bool) (body []byte, contentType string, err error)
	Mode(card string) scratch.Mode
	Judge(ctx context.Context, card string, at scratch.Place, a scratch.Answer) (scratch.Verdict, error)
	Verify(ctx context.Context, response, site string) (scratch.Redeemed, error)
}

// Site is who puts the challenge on their pages.
type Site struct {
	Name    string   // for people
	Origins []string // of its pages, as browsers write them: "https://shop.example". Config.Origin is always allowed
}

// ErrNoSite is a site's key, or a secret, that nobody has.
var ErrNoSite = errors.New("widget: no such site")

// Guard counts and limits, and says how much work a ticket costs. A wait above zero refuses with the time after which it is
// worth another try. An error refuses as well: what cannot be counted is not given. Whoever counts by the client's address finds
// it in the request; nothing in the body may be counted by, since the client chose it.
type Guard interface {
	// Deal is asked before a ticket is made.
	Deal(ctx context.Context, r *http.Request, o scratch.Offer) (scratch.Level, time.Duration, error)
	// Picture is asked before anything is drawn or played.
	Picture(ctx context.Context, r *http.Request) (time.Duration, error)
	// Judge is asked before an answer is judged.
	Judge(ctx context.Context, r *http.Request, at scratch.Place) (time.Duration, error)
	// Failed is told of an answer that was wrong.
	Failed(ctx context.Context, r *http.Request, at scratch.Place)
}

// Config is what a Handler needs. Dealer, Origin and Site must be set.
type Config struct {
	Dealer Dealer
	Origin string // of this server as browsers see it: "https://accounts.example"
	Prefix string // where it is mounted, "/scratch" if empty

	// Site finds a site by its public key, the site attribute of the element. The error for one that is not there is ErrNoSite.
	Site func(ctx context.Context, key string) (Site, error)
	// Secret finds the key of the site that a secret belongs to, for siteverify; nil: there is no siteverify. The error for a
	// secret that is nobody's is ErrNoSite. It must compare in constant time, or by a digest.
	Secret func(ctx context.Context, secret string) (key string, err error)

	Guard   Guard                               // nil: no limits, and the lowest level
	Words   func(lang string) map[string]string // texts that replace the built-in ones; nil for a language it has not
	Example string                              // the key of the site that the example page is for; empty: no such page
	Now     func() time.Time                    // nil: time.Now
	Log     *slog.Logger                        // of failures that are not the client's; nil: slog.Default
}

// Handler serves the challenge. It may be used by many goroutines at once.
type Handler struct {
	config Config
	own    string // hostname of Origin
	mux    *http.ServeMux
	routed []string
}

// New makes a Handler.
func New(c Config) (*Handler, error) {
	if c.Dealer == nil || c.Site == nil {
		return nil, errors.New("widget: Dealer and Site must be set")
	}
	own, err := url.Parse(c.Origin)
	if err != nil || own.Hostname() == "" || own.Scheme+"://"+own.Host != c.Origin {
		return nil, fmt.Errorf("widget: Origin is %q, and should be like https://accounts.example", c.Origin)
	}
	if c.Prefix == "" {
		c.Prefix = "/scratch"
	}
	c.Prefix = strings.TrimSuffix(c.Prefix, "/")
	if !strings.HasPrefix(c.Prefix, "/") || strings.ContainsAny(c.Prefix, "{}? ") {
		return nil, fmt.Errorf("widget: Prefix is %q, and should be like /scratch", c.Prefix)
	}
	if c.Guard == nil {
		c.Guard = open{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	h := &Handler{config: c, own: own.Hostname(), mux: http.NewServeMux()}
	h.routes()
	return h, nil
}

// routes is the one table of what is served.
func (h *Handler) routes() {
	handle := func(method, path string, handle func(http.ResponseWriter, *http.Request)) {
		pattern := method + " " + h.config.Prefix + "/" + path
		h.mux.HandleFunc(pattern, handle)
		h.routed = append(h.routed, pattern)
	}
	post := func(path string, serve func(http.ResponseWriter, *http.Request)) {
		handle("POST", path, serve)
		handle("OPTIONS", path, h.preflight)
	}
	get := func(path string, serve func(http.ResponseWriter, *http.Request)) { handle("GET", path, serve) }
	post("deal", h.deal)
	post("card", h.card)
	post("judge", h.judge)
	get("open/{card}", h.picture(scratch.Open))
	get("cover/{card}", h.picture(scratch.Cover))
	get("numbered/{card}", h.picture(scratch.Numbered))
	get("call/{card}/{n}", h.call)
	get("words/{lang}", h.words)
	get("scratch.js", serveScript)
	if h.config.Secret != nil {
		handle("POST", "siteverify", h.SiteVerify)
	}
	if h.config.Example != "" {
		get("example", h.example)
		get("example/{file}", exampleFile)
		handle("POST", "example/send", h.exampleSend)
	}
}

// Routes lists what is served, as patterns of http.ServeMux, for tests that walk all of it.
func (h *Handler) Routes() []string { return slices.Clone(h.routed) }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	h.mux.ServeHTTP(w, r)
}

// open is the Guard that refuses nothing.
type open struct{}

func (open) Deal(context.Context, *http.Request, scratch.Offer) (scratch.Level, time.Duration, error) {
	return 0, 0, nil
}
func (open) Picture(context.Context, *http.Request) (time.Duration, error) { return 0, nil }
func (open) Judge(context.Context, *http.Request, scratch.Place) (time.Duration, error) {
	return 0, nil
}
func (open) Failed(context.Context, *http.Request, scratch.Place) {}
