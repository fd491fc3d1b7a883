package web

import (
	"net/http"
	"strings"
	"time"

	"twohens/internal/secret"
)

// The cookies. Each holds a secret of its own; what proves one step proves only that step (invariant 9).
const (
	cookieRequest = "twohens-request" // the browser that asked
	cookieGrant   = "twohens-grant"   // the right to set one password
	cookieSignIn  = "twohens-sign-in"
	cookieKnown   = "twohens-known" // has signed in to an account before; opens nothing
	cookieLang    = "twohens-lang"
	cookieLater   = "twohens-later" // "not now" to the prompt on the account page; opens nothing
)

// cookieName gives the __Host- prefix, which ties a cookie to this very host and to HTTPS. Only on a loopback address, where
// there may be no HTTPS, does it fall away: the configuration allows plain HTTP nowhere else.
func (w *Web) cookieName(name string) string {
	if w.secure {
		return "__Host-" + name
	}
	return name
}

func (w *Web) setCookie(rw http.ResponseWriter, name, value string, life time.Duration, site http.SameSite) {
	http.SetCookie(rw, &http.Cookie{
		Name: w.cookieName(name), Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: w.secure, HttpOnly: true, SameSite: site,
	})
}

// keepCookie is how long the cookies of a recovery last. They outlive what they stand for by a while, so that the page can say
// that it is over rather than that the cookie is missing.
func (w *Web) keepCookie() time.Duration {
	return max(3*time.Hour, w.Engine.Policy.RequestLife+time.Hour)
}

func (w *Web) giveSecret(rw http.ResponseWriter, name string, value secret.Opaque) {
	w.setCookie(rw, name, value.Reveal(), w.keepCookie(), http.SameSiteStrictMode)
}

// dropCookie takes a cookie away from a browser that sent it.
func (w *Web) dropCookie(rw http.ResponseWriter, r *http.Request, name string) {
	if len(r.CookiesNamed(w.cookieName(name))) == 0 {
		return
	}
	w.setCookie(rw, name, "", -time.Second, http.SameSiteStrictMode)
}

// secretCookie reads a secret that came back; zero for none, or for one of another shape. When a cookie comes twice, as
// a planted one beside ours would, neither counts.
func (w *Web) secretCookie(r *http.Request, name string) secret.Opaque {
	cookies := r.CookiesNamed(w.cookieName(name))
	if len(cookies) != 1 {
		return secret.Opaque{}
	}
	return secret.ParseOpaque(cookies[0].Value)
}

// knownLife is how long a browser is known that has signed in: browsers keep a cookie no longer than 400 days.
const knownLife = 400 * 24 * time.Hour

// giveKnown tells a browser that has just signed in how it is known later: to the account, and to the gate under the address that was typed.
func (w *Web) giveKnown(rw http.ResponseWriter, account, address secret.Opaque) {
	w.setCookie(rw, cookieKnown, account.Reveal()+"."+address.Reveal(), knownLife, http.SameSiteStrictMode)
}

// knownCookie reads both; zero for none.
func (w *Web) knownCookie(r *http.Request) (account, address secret.Opaque) {
	cookies := r.CookiesNamed(w.cookieName(cookieKnown))
	if len(cookies) != 1 {
		return account, address
	}
	first, second, _ := strings.Cut(cookies[0].Value, ".")
	return secret.ParseOpaque(first), secret.ParseOpaque(second)
}
