package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/staff"
	"twohens/internal/web/static"
)

//go:embed html/*.html
var files embed.FS

// templates are the pages of one language.
type templates = template.Template

func parse(l locale.Language) (*templates, error) {
	c := locale.For(l.Tag)
	return template.New("").Funcs(template.FuncMap{
		"t": c.Text, "clock": func(t time.Time) string { return c.Clock(t, nil) }, "moment": func(t time.Time) string { return c.Moment(t, nil) },
		"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) }, "static": static.URL, "languages": locale.All, "inert": func(v any) string { return locale.Inert(fmt.Sprint(v)) },
		"switch": switchTo, "state": state, "called": called, "span": span, "region": func(p engine.Place) string { return c.Region(string(p)) },
		"step": func(k engine.StepKind) string { return stepKeys[k] }, "deed": func(d staff.Deed) string { return deedKeys[d] },
		"median": func(waits [engine.Buckets]int) time.Duration { return engine.Quantile(waits, 0.5) },
		"ninety": func(waits [engine.Buckets]int) time.Duration { return engine.Quantile(waits, 0.9) },
		"lane":   func(l engine.Lane) string { return laneKeys[l] }, "failed": func(t engine.Traffic) int { return t.Refused + t.Bounced + t.Lost },
	}).ParseFS(files, "html/*.html")
}

// laneKeys are the words for what waits.
var laneKeys = map[engine.Lane]string{
	engine.LaneFind: "console.traffic.lane_find", engine.LaneMail: "console.traffic.lane_mail", engine.LaneText: "console.traffic.lane_text",
}

// span writes a wait as figures that one can compare: it stands in tables, in every language alike.
func span(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// switchTo is the address of this page in another language.
func switchTo(u *url.URL, tag string) string {
	to := *u
	query := to.Query()
	query.Set("lang", tag)
	to.RawQuery = query.Encode()
	return local(&to)
}

// sheet is what a template is given.
type sheet struct {
	Site, Page, Title string
	Lang              locale.Language
	Here              *url.URL
	Session           staff.Session
	Braking           engine.Braking
	M                 any
}

// show writes a page. After an error nothing of it was written.
func (v *visit) show(status int, page, title string, m any) {
	here := v.r.URL
	if v.r.Method != http.MethodGet {
		here = &url.URL{Path: v.r.URL.Path}
	}
	var b bytes.Buffer
	err := v.pages[v.language.Tag].ExecuteTemplate(&b, page, sheet{
		Site: v.Site, Page: page, Title: title, Lang: v.language, Here: here, Session: v.session, Braking: v.Engine.Braking(), M: m,
	})
	if err != nil {
		v.Log.ErrorContext(v.r.Context(), "a page of the console could not be rendered", "page", page, "err", err)
		http.Error(v.w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes())
}

// comeBack says when.
func (v *visit) comeBack(after time.Duration) {
	v.w.Header().Set("Retry-After", strconv.Itoa(max(1, int((after+time.Second-1)/time.Second))))
}

// problem is what is shown when there is nothing else to show.
func (v *visit) problem(status int, what string) {
	v.show(status, "problem", what, nil)
}
