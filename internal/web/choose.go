package web

import (
	"errors"
	"net/http"
	"net/url"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/web/page"
)

// view loads the browser's request, or answers with the page that says why there is none and returns false.
func (w *Web) view(rw http.ResponseWriter, r *http.Request) (recovery.View, bool) {
	holder := w.secretCookie(r, cookieRequest)
	if holder.IsZero() {
		w.problem(rw, r, http.StatusBadRequest, "no_cookie")
		return recovery.View{}, false
	}
	view, err := w.Engine.View(r.Context(), holder)
	return view, w.loaded(rw, r, err)
}

// loaded answers for a request that could not be loaded, and says whether it was.
func (w *Web) loaded(rw http.ResponseWriter, r *http.Request, err error) bool {
	if errors.Is(err, engine.ErrNoRequest) {
		w.problem(rw, r, http.StatusGone, "ended")
		return false
	}
	if err != nil {
		w.fail(rw, r, err)
		return false
	}
	return true
}

// placed sends the browser to the page of the state that its request is in, unless it is on one of the pages given; it says
// whether the browser may stay. No page can be reached before its step.
func (w *Web) placed(rw http.ResponseWriter, r *http.Request, view recovery.View, stay ...recovery.State) bool {
	for _, state := range stay {
		if view.State == state {
			return true
		}
	}
	switch view.State {
	case recovery.Choosing:
		http.Redirect(rw, r, "/recover/choose", http.StatusSeeOther)
	case recovery.Proving:
		http.Redirect(rw, r, "/recover/code", http.StatusSeeOther)
	case recovery.Resetting:
		http.Redirect(rw, r, "/recover/reset", http.StatusSeeOther)
	case recovery.Done:
		http.Redirect(rw, r, "/recover/done", http.StatusSeeOther)
	default:
		w.problem(rw, r, http.StatusGone, "ended")
	}
	return false
}

// choosePage may be seen while proving too: the back button leads here.
func (w *Web) choosePage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, recovery.Choosing, recovery.Proving) {
		return
	}
	w.show(rw, r, http.StatusOK, page.Choose{Ways: ways(view.Ways), Error: said(r, recovery.WayOff) != ""})
}

func ways(list []recovery.Way) []string {
	names := make([]string, len(list))
	for i, way := range list {
		names[i] = way.String()
	}
	return names
}

func (w *Web) choose(rw http.ResponseWriter, r *http.Request, values url.Values) {
	way, err := recovery.ParseWay(values.Get("way"))
	if err != nil {
		http.Redirect(rw, r, "/recover/choose?said="+string(recovery.WayOff), http.StatusSeeOther)
		return
	}
	view, outcome, err := w.Engine.Choose(r.Context(), w.secretCookie(r, cookieRequest), way)
	w.onward(rw, r, view, outcome, err)
}

func (w *Web) another(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	view, outcome, err := w.Engine.Another(r.Context(), w.secretCookie(r, cookieRequest))
	w.onward(rw, r, view, outcome, err)
}

// onward answers a step of the walk with the way to the page where the request now stands, and what to say there.
func (w *Web) onward(rw http.ResponseWriter, r *http.Request, view recovery.View, outcome recovery.Outcome, err error) {
	if errors.Is(err, engine.ErrNoRequest) && w.secretCookie(r, cookieRequest).IsZero() {
		w.problem(rw, r, http.StatusBadRequest, "no_cookie")
		return
	}
	if !w.loaded(rw, r, err) {
		return
	}
	to := ""
	switch {
	case outcome == recovery.Ended || view.State == recovery.Closed:
		w.problem(rw, r, http.StatusGone, "ended")
		return
	case view.State == recovery.Choosing:
		to = "/recover/choose"
	case view.State == recovery.Proving:
		to = "/recover/code"
	case view.State == recovery.Resetting:
		to = "/recover/reset"
	default:
		to = "/recover/done"
	}
	switch outcome {
	case recovery.Noted, recovery.Proved, recovery.ProvedBefore, recovery.Finished, recovery.NotHere:
	default:
		to += "?said=" + string(outcome)
	}
	http.Redirect(rw, r, to, http.StatusSeeOther)
}

// said reads the outcome that a redirect carries, if it is one of those that the page has words for.
func said(r *http.Request, known ...recovery.Outcome) recovery.Outcome {
	word := recovery.Outcome(r.URL.Query().Get("said"))
	for _, outcome := range known {
		if word == outcome {
			return outcome
		}
	}
	return ""
}
