package web

import (
	"net/http"
	"net/url"

	"twohens/internal/gate"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// stopPage is what the link of a notice opens: somebody proved by heart or set a new password, and the owner may say that it was not them
// . It changes nothing, so a scanner that opens it stops nobody. No cookie is read: whoever got the notice may stand at any device.
func (w *Web) stopPage(rw http.ResponseWriter, r *http.Request) {
	outcome, err := w.Engine.Stoppable(r.Context(), secret.ParseOpaque(r.PathValue("stop")))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	states := map[recovery.Outcome]page.StopState{recovery.Stopped: page.StopAsks, recovery.Undone: page.StopLate}
	w.showStop(rw, r, page.Stop{State: states[outcome], Action: r.URL.Path})
}

// stop is the button on that page. It only takes away. Its answer is no redirect: the link is spent, so sending the form once more
// stops nothing, and only says that there is nothing to stop.
func (w *Web) stop(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	outcome, shut, err := w.Engine.Stop(r.Context(), secret.ParseOpaque(r.PathValue("stop")), gate.Network(w.Client(r)))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	states := map[recovery.Outcome]page.StopState{recovery.Stopped: page.StopDone, recovery.Undone: page.StopUndone}
	w.showStop(rw, r, page.Stop{State: states[outcome], Ways: shut})
}

func (w *Web) showStop(rw http.ResponseWriter, r *http.Request, model page.Stop) {
	status := http.StatusOK
	if model.State == page.StopDead {
		status = http.StatusGone
	}
	model.SignInURL = w.signInURL()
	w.show(rw, r, status, model)
}
