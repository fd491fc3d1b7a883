// Package api is the JSON API under /api/v1, for sites whose own pages lead a person through a recovery.
//
// One table (operations) lists the calls. Routing, reading bodies, the OpenAPI document, the docs page and the tests go by it, so
// none of them can tell a different story. A call's body and answer are Go structs, and their schemas are made of these.
//
// # Who may call
//
// A site's back end holds an API key, which lets it open requests without a challenge; it then says for whose network address
// it speaks, and that person's limits apply. Anybody else solves a challenge, like on the pages. The key is needed for
// opening alone: what follows is under the 128 random bits that opening gave. To ask for the key again would protect a request
// against nobody who could steal those bits, would keep a site from handing them on to its own page or app, and would
// strand people in the middle of a recovery when a key is revoked.
//
// Secrets travel in headers of their own or in bodies, never in a URL, so that no access log has them; no cookie is ever set
// or read. Pages of other origins cannot call: nothing here answers to CORS, and what changes something is refused across
// origins besides.
//
// # What is told
//
// A person's mistake is an Outcome with status 200 (invariant 2). A problem (RFC 9457) is something that the calling program
// must mend or wait for. Neither ever holds anything that was submitted. Nothing here looks an account up (invariant 4), so
// every answer is the same for an address that nobody has.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
)

// Prefix is where the API is mounted. Its handler wants whole paths, prefix included.
const Prefix = "/api/v1"

// Deps are what the API stands on.
type Deps struct {
	Engine    *engine.Engine
	Gate      *gate.Gate
	Client    func(*http.Request) netip.Addr // who asks, as the operator's list of proxies decides
	PublicURL *url.URL                       // of this server; its address is never taken from a request (invariant 8)
	Site      string                         // the site's name, for the docs page
	Language  string                         // the site's: the tag of the one for people whose language is not said
	Log       *slog.Logger
}

// api answers the calls.
type api struct {
	Deps
	origin string
	documents
}

// New makes the handler of everything under Prefix.
func New(d Deps) http.Handler {
	a := &api{Deps: d, origin: d.PublicURL.Scheme + "://" + d.PublicURL.Host}
	calls := operations()
	a.documents = describe(calls, a.origin, d.Site)
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, o := range calls {
		mux.Handle(o.method+" "+Prefix+o.path, a.handler(o))
		methods[o.path] = append(methods[o.path], o.method)
		if o.method == http.MethodGet {
			methods[o.path] = append(methods[o.path], http.MethodHead) // ServeMux answers it too
		}
	}
	for path, allowed := range methods {
		slices.Sort(allowed)
		mux.Handle(Prefix+path, refusing(badMethod, allowed...))
	}
	mux.Handle("/", refusing(noCall))
	return a.guard(mux)
}

// refusing answers what no call answers.
func refusing(k kind, allowed ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
		}
		k.problem().write(w)
	})
}

// handler answers one call.
func (a *api) handler(o operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := o.serve(a, w, r, o); err != nil {
			a.problemOf(r, o, err).write(w)
		}
	})
}

// Come back after that long when something was busy or down. Hashing is over soon, a database that is down takes longer.
const (
	retryHash = 2 * time.Second
	retryDown = 5 * time.Second
)

// problemOf turns the errors of the use cases into problems. An error that is not foreseen is told to the log, and to the caller
// only that it was not their fault.
func (a *api) problemOf(r *http.Request, o operation, err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, engine.ErrNoRequest):
		return noRequest.problem()
	case errors.Is(err, password.ErrBusy):
		return busy.retry(retryHash)
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return busy.retry(retryDown) // nobody reads it
	}
	a.Log.WarnContext(r.Context(), "a call could not be answered", "call", o.id, "err", err)
	return busy.retry(retryDown)
}

// guard stands in front of every call: headers, refusal across origins, and no stack trace for anyone but the log.
func (a *api) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	if err := cross.AddTrustedOrigin(a.origin); err != nil {
		panic(err) // the configuration checked it
	}
	cross.SetDenyHandler(refusing(crossOrigin))
	next = cross.Handler(next)
	secure := a.PublicURL.Scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Cache-Control"] = headerNoStore
		h["Content-Security-Policy"] = headerPolicy
		h["Cross-Origin-Opener-Policy"] = headerSameOrigin // of the page with the documentation
		h["Cross-Origin-Resource-Policy"] = headerSameOrigin
		h["Referrer-Policy"] = headerNoReferrer
		h["X-Content-Type-Options"] = headerNoSniff
		if secure {
			h["Strict-Transport-Security"] = headerTransport
		}
		defer a.survive(w, r)
		next.ServeHTTP(w, r)
	})
}

// The values of the headers that every answer has. The policy of an answer that is no page: nothing may be loaded for it at all.
var (
	headerNoStore    = []string{"no-store"}
	headerPolicy     = []string{"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	headerDocPolicy  = []string{"default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	headerSameOrigin = []string{"same-origin"}
	headerNoReferrer = []string{"no-referrer"}
	headerNoSniff    = []string{"nosniff"}
	headerTransport  = []string{"max-age=63072000; includeSubDomains"}
)

// survive turns a fault of the program into a problem. The log gets the call and the stack, never the body.
func (a *api) survive(w http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	a.Log.ErrorContext(r.Context(), "a call failed", "route", r.Pattern, "fault", fault, "stack", string(debug.Stack()))
	busy.retry(retryDown).write(w)
}

// send writes an answer as JSON.
func send(w http.ResponseWriter, status int, contentType string, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // an answer that has no JSON form is a fault of the program
	}
	body = append(body, '\n')
	h := w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}
