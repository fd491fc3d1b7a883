package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"twohens/internal/locale"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// show answers with a page, in the language of the person.
func (w *Web) show(rw http.ResponseWriter, r *http.Request, status int, model page.Model) {
	frame := page.Frame{Lang: w.language(r), Site: w.Site, Path: framePath(r), Demo: w.Demo != nil}
	var body bytes.Buffer
	if err := w.Renderer.Render(&body, frame, model); err != nil {
		w.Log.ErrorContext(r.Context(), "a page could not be rendered", "route", r.Pattern, "err", err)
		http.Error(rw, "We cannot do this just now. Nothing is lost.", http.StatusServiceUnavailable)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", frame.Lang.Tag)
	header.Set("Vary", "Accept-Language, Cookie")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	rw.WriteHeader(status)
	if r.Method != http.MethodHead {
		rw.Write(body.Bytes())
	}
}

// gets says where a page that is shown in answer to a post can be had by GET, for the language switch.
var gets = map[string]string{
	"/recover/resend":   "/recover/code",
	"/recover/another":  "/recover/choose",
	"/signout":          "/signin",
	"/account/sessions": "/account",
	"/account/language": "/account",
	"/account/later":    "/account",

	"/account/confirm/resend": "/account/confirm",
}

// framePath keeps of a query what pages look at, so that a message can be read in the language that was switched to.
func framePath(r *http.Request) string {
	if path, ok := gets[r.URL.Path]; ok {
		return path
	}
	if path, ok := strings.CutSuffix(r.URL.Path, "/main"); ok { // of a contact
		return path
	}
	kept := url.Values{}
	if r.Method != http.MethodPost {
		query := r.URL.Query()
		if said := query.Get("said"); said != "" && strings.Trim(said, "abcdefghijklmnopqrstuvwxyz_") == "" {
			kept.Set("said", said)
		}
		if next := query.Get("next"); next == sameSitePath(next) || changes[next] != "" {
			kept.Set("next", next)
		}
		if words := sought(query); words != "" && r.URL.Path == "/help/search" {
			kept.Set("q", words)
		}
		if contact := query.Get("contact"); !secret.ParseOpaque(contact).IsZero() {
			kept.Set("contact", contact)
		}
	}
	return (&url.URL{Path: r.URL.Path, RawQuery: kept.Encode()}).String()
}

// language is the one that was chosen by the switch, or else what the browser asks for, or else the site's.
func (w *Web) language(r *http.Request) locale.Language {
	chosen := ""
	if cookie, err := r.Cookie(w.cookieName(cookieLang)); err == nil {
		chosen = cookie.Value
	}
	return locale.Match(r.Header.Get("Accept-Language"), chosen, w.Language)
}

// keepLanguage is how long a chosen language lasts.
const keepLanguage = 365 * 24 * time.Hour

// switchLanguage answers ?lang= by keeping the language and leading back to the same page without it. It says whether it did.
func (w *Web) switchLanguage(rw http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || !r.URL.Query().Has("lang") {
		return false
	}
	query := r.URL.Query()
	if language, ok := locale.Find(query.Get("lang")); ok {
		w.setCookie(rw, cookieLang, language.Tag, keepLanguage, http.SameSiteLaxMode)
	}
	query.Del("lang")
	// A path that begins with two slashes would be another host (GHSA-x3f4-v83f-7wp2).
	to := url.URL{Path: "/" + trimSlashes(r.URL.Path), RawQuery: query.Encode()}
	http.Redirect(rw, r, to.String(), http.StatusSeeOther)
	return true
}

func trimSlashes(path string) string {
	for len(path) > 0 && (path[0] == '/' || path[0] == '\\') {
		path = path[1:]
	}
	return path
}
