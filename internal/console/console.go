// Package console is where the staff sign in, on an address of its own: the help desk looks up what became of a code by the reference that a
// person reads out, and begins a recovery for someone; operators see how deliveries fare, and switch senders off and on.
//
// It shows no code, no link and no whole address, and sends nothing by hand. Whatever is done there is recorded with who did it.
package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/locale"
	"twohens/internal/secret"
	"twohens/internal/staff"
	"twohens/internal/web/static"
)

// Deps are what the console stands on.
type Deps struct {
	Engine   *engine.Engine
	Gate     *gate.Gate
	Staff    *staff.Staff
	Senders  func() []Sender // how each of them does on this node
	Metrics  http.Handler    // on /metrics; it looks at who asks by itself
	Site     string          // its name
	Origin   string          // of the console's own address, such as https://console.fernbank.example:8443; empty: whatever a browser calls it
	Secure   bool            // it is reached by HTTPS
	Language string          // the site's: the tag of the one for browsers that ask for none of those that there are
	Log      *slog.Logger
}

// Sender is a mail server, a mail service or a gateway of texts, as it does on this node.
type Sender struct {
	Name        string
	RestsUntil  time.Time // zero: it does not rest
	Underway    int
	LastFailure string
}

// Console serves its pages.
type Console struct {
	Deps
	pages map[string]*templates
}

// New makes the handler of all pages.
func New(deps Deps) (http.Handler, error) {
	c := &Console{Deps: deps, pages: make(map[string]*templates)}
	for _, l := range locale.All() {
		t, err := parse(l)
		if err != nil {
			return nil, err
		}
		c.pages[l.Tag] = t
	}
	return c.guard(c.routes()), nil
}

// route is one page, or one thing to do.
type route struct {
	pattern string
	role    staff.Role // who may; nobody: everyone
	handler func(*visit)
}

// table lists them. Only POST changes anything, but that a look-up is recorded.
func table() []route {
	return []route{
		{"GET /{$}", staff.Desk, (*visit).home},
		{"GET /signin", nobody, (*visit).signInPage},
		{"POST /signin", nobody, (*visit).signIn},
		{"POST /signout", staff.Desk, (*visit).signOut},
		{"GET /lookup", staff.Desk, (*visit).lookUp},
		{"GET /start", staff.Desk, (*visit).startPage},
		{"POST /start", staff.Desk, (*visit).start},
		{"GET /deliveries", staff.Operator, (*visit).deliveries},
		{"GET /sender/{sender}", staff.Operator, (*visit).senderPage},
		{"POST /sender/{sender}", staff.Operator, (*visit).flip},
		{"GET /records", staff.Operator, (*visit).records},
	}
}

// The two that are no pages.
const (
	staticPattern  = "GET /static/"
	metricsPattern = "GET /metrics"
)

// Routes lists everything that is served, as patterns of http.ServeMux, for a test of the whole program to walk.
func Routes() []string {
	var list []string
	for _, r := range table() {
		list = append(list, r.pattern)
	}
	return append(list, staticPattern, metricsPattern)
}

// routes builds the mux.
func (c *Console) routes() http.Handler {
	mux, methods := http.NewServeMux(), make(map[string][]string)
	handle := func(pattern string, role staff.Role, handler func(*visit)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.visit(w, r, role, handler) })
	}
	for _, r := range table() {
		method, path, _ := strings.Cut(r.pattern, " ")
		methods[path] = append(methods[path], method)
		handle(r.pattern, r.role, r.handler)
	}
	for path, allowed := range methods {
		handle(path, nobody, func(v *visit) {
			v.w.Header().Set("Allow", strings.Join(allowed, ", "))
			v.problem(http.StatusMethodNotAllowed, "console.method")
		})
	}
	handle("/", nobody, func(v *visit) { v.problem(http.StatusNotFound, "console.not_found") })
	mux.Handle(staticPattern, static.Handler(http.NotFoundHandler()))
	if c.Metrics != nil {
		mux.Handle(metricsPattern, c.Metrics)
	}
	return mux
}

// nobody is the role of those who are not signed in.
const nobody staff.Role = ""

// policy is the content security policy of every page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands in front of every page: headers, the refusal of what comes from other sites, and no stack trace for anyone but the log.
func (c *Console) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	if c.Origin != "" {
		if err := cross.AddTrustedOrigin(c.Origin); err != nil {
			panic(err) // the configuration checked it
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.visit(w, r, nobody, func(v *visit) { v.problem(http.StatusForbidden, "console.cross_site") })
	}))
	guarded := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if c.Secure {
			header.Set("Strict-Transport-Security", "max-age=63072000")
		}
		defer func() {
			if fault := recover(); fault != nil {
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				c.Log.ErrorContext(r.Context(), "a page of the console failed", "route", r.Pattern, "fault", fault, "stack", string(debug.Stack()))
				http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			}
		}()
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		guarded.ServeHTTP(w, r)
	})
}

const mostForm = 16 << 10 // bytes of a form

// liveHeader marks what a page asks for by itself, in live.js.
const liveHeader = "Twohens-Live"

// visit is one request of a browser.
type visit struct {
	*Console
	w        http.ResponseWriter
	r        *http.Request
	session  staff.Session // zero: not signed in
	language locale.Language
}

// The cookies.
const (
	cookieStaff = "twohens-console"
	cookieLang  = "twohens-console-lang"
)

func (c *Console) cookieName(name string) string {
	if c.Secure {
		return "__Host-" + name
	}
	return name
}

// visit serves a page to whoever may see it.
func (c *Console) visit(w http.ResponseWriter, r *http.Request, role staff.Role, handler func(*visit)) {
	v := &visit{Console: c, w: w, r: r}
	chosen := ""
	if cookie, err := r.Cookie(c.cookieName(cookieLang)); err == nil {
		chosen = cookie.Value
	}
	v.language = locale.Match(r.Header.Get("Accept-Language"), chosen, c.Language)
	if tag := r.URL.Query().Get("lang"); tag != "" && r.Method == http.MethodGet {
		v.speak(tag)
		return
	}
	var err error
	v.session, err = c.Staff.Session(r.Context(), v.secret(), r.Header.Get(liveHeader) == "")
	if err != nil && !errors.Is(err, staff.ErrNobody) {
		v.fail(err)
		return
	}
	switch {
	case role == nobody:
	case v.session.Name == "":
		http.Redirect(w, r, "/signin?first="+url.QueryEscape(local(r.URL)), http.StatusSeeOther)
		return
	case role == staff.Operator && v.session.Role != staff.Operator:
		v.problem(http.StatusForbidden, "console.forbidden")
		return
	}
	handler(v)
}

// secret is that of the browser's session; zero for none. When a cookie comes twice, as a planted one beside ours would, neither counts.
func (v *visit) secret() secret.Opaque {
	cookies := v.r.CookiesNamed(v.cookieName(cookieStaff))
	if len(cookies) != 1 {
		return secret.Opaque{}
	}
	return secret.ParseOpaque(cookies[0].Value)
}

func (v *visit) setCookie(name, value string, life time.Duration) {
	http.SetCookie(v.w, &http.Cookie{
		Name: v.cookieName(name), Value: value, Path: "/", MaxAge: int(life / time.Second), Secure: v.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// speak keeps a language and leads back to the page.
func (v *visit) speak(tag string) {
	if l, ok := locale.Find(tag); ok {
		v.setCookie(cookieLang, l.Tag, 365*24*time.Hour)
	}
	to := *v.r.URL
	query := to.Query()
	query.Del("lang")
	to.RawQuery = query.Encode()
	http.Redirect(v.w, v.r, local(&to), http.StatusSeeOther)
}

// local is a path of this console, with its query. One that begins with two slashes would be another host.
func local(u *url.URL) string {
	to := url.URL{Path: "/" + strings.TrimLeft(u.Path, `/\`), RawQuery: u.RawQuery}
	return to.String()
}

// fail answers a fault of ours.
func (v *visit) fail(err error) {
	if v.r.Context().Err() == nil {
		v.Log.ErrorContext(v.r.Context(), "a page of the console could not be made", "route", v.r.Pattern, "err", err)
	}
	v.problem(http.StatusServiceUnavailable, "console.down")
}

// client is the address that a browser comes from. There is no proxy in front of the console.
func client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}

// note records what was done. What is not recorded is not done: its error is the page's.
func (v *visit) note(ctx context.Context, what staff.Deed, about string) error {
	if err := v.Staff.Note(ctx, v.session, what, about); err != nil {
		return err
	}
	v.Log.InfoContext(ctx, "console", "name", v.session.Name, "did", what, "about", about)
	return nil
}
