package web

import (
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"twohens/internal/web/page"
)

// policy is the content security policy of every page: nothing but what this server itself serves; no inline script
// or style at all.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'; manifest-src 'self'"

// guard stands in front of every page: headers, cross-origin refusal, and no stack trace for anyone but the log.
func (w *Web) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	if err := cross.AddTrustedOrigin(w.origin); err != nil {
		panic(err) // the configuration checked it
	}
	cross.SetDenyHandler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.problem(rw, r, http.StatusForbidden, "cross_site")
	}))
	guarded := cross.Handler(next)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		header := rw.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), otp-credentials=(self)")
		header.Set("Cache-Control", "no-store")
		if w.secure {
			header.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		defer w.survive(rw, r)
		if w.switchLanguage(rw, r) {
			return
		}
		if elsewhere(r.URL.Path) {
			next.ServeHTTP(rw, r)
			return
		}
		guarded.ServeHTTP(rw, r)
	})
}

// elsewhere tells whether pages and back ends of other sites may post to a path: to the challenge's own endpoints, which look at
// the origin themselves, and need no cookie.
func elsewhere(path string) bool {
	return path == "/siteverify" || strings.HasPrefix(path, page.ChallengePrefix+"/")
}

// named serves only those who call this machine by a name of its own. The demo's mailbox is open to every page that the browser takes
// for the same site, and a stranger's name server may say that its page lives here (DNS rebinding).
func (w *Web) named(next http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		address, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if host != "localhost" && (err != nil || !address.IsLoopback()) && r.Host != w.PublicURL.Host {
			w.problem(rw, r, http.StatusNotFound, "not_found")
			return
		}
		next(rw, r)
	}
}

// survive turns a fault of the program into a page. The log gets the route's pattern and the stack, never the path or the
// form: paths hold links and forms hold passwords.
func (w *Web) survive(rw http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	w.Log.ErrorContext(r.Context(), "a page failed", "route", r.Pattern, "fault", fault, "stack", string(debug.Stack()))
	w.later(rw, r, http.StatusServiceUnavailable, "down", retryAfter)
}
