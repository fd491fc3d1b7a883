package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

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

// place is the page of the state that a request is in; empty when it is over.
func place(v recovery.View) string {
	switch {
	case v.State == recovery.Choosing:
		return "/recover/choose"
	case v.State == recovery.Proving && v.Way == recovery.WayQuestions:
		return "/recover/questions"
	case v.State == recovery.Proving && v.Way == recovery.WaySaved:
		return "/recover/saved"
	case v.State == recovery.Proving:
		return "/recover/code"
	case v.State == recovery.Resetting:
		return "/recover/reset"
	case v.State == recovery.Done:
		return "/recover/done"
	}
	return ""
}

// placed sends the browser to the page where its request stands, unless that is one of those given; it says whether the browser may
// stay. No page can be reached before its step.
func (w *Web) placed(rw http.ResponseWriter, r *http.Request, view recovery.View, stay ...string) bool {
	to := place(view)
	switch {
	case slices.Contains(stay, to):
		return true
	case to == "":
		w.problem(rw, r, http.StatusGone, "ended")
	default:
		http.Redirect(rw, r, to, http.StatusSeeOther)
	}
	return false
}

// choosePage may be seen while proving too: the back button leads here.
func (w *Web) choosePage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/choose", "/recover/code", "/recover/questions", "/recover/saved") {
		return
	}
	w.show(rw, r, http.StatusOK, page.Choose{
		Ways: ways(view.Ways), Proven: ways(view.Proven), Several: view.Several, Unfinished: w.unfinished(view), Error: said(r, recovery.WayOff) != "",
		Reference: string(view.Reference),
	})
}

// unfinished are the ways after which this site asks for one more. It is the site's policy and nobody's account.
func (w *Web) unfinished(view recovery.View) []string {
	var list []recovery.Way
	for _, way := range view.Ways {
		if !w.Engine.Policy.Enough(append(slices.Clone(view.Proven), way)) {
			list = append(list, way)
		}
	}
	return ways(list)
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
	to := place(view)
	if outcome == recovery.Ended || to == "" {
		w.problem(rw, r, http.StatusGone, "ended")
		return
	}
	switch outcome {
	case recovery.Noted, recovery.Proved, recovery.ProvedBefore, recovery.OneMore, recovery.Finished, recovery.NotHere:
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
