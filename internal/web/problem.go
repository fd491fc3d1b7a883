package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"twohens/internal/gate"
	"twohens/internal/web/page"
)

// problem answers with a page that says what happened and where to go on.
func (w *Web) problem(rw http.ResponseWriter, r *http.Request, status int, kind string) {
	w.show(rw, r, status, page.Problem{Kind: kind, Status: status})
}

// fail answers when something of ours did not work: the same words whatever it was, the reason in the log.
func (w *Web) fail(rw http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, context.Canceled) {
		w.Log.ErrorContext(r.Context(), "a page could not be answered", "route", r.Pattern, "err", err)
	}
	w.later(rw, r, http.StatusServiceUnavailable, "down", retryAfter)
}

// retryAfter is when to come back when nothing better is known.
const retryAfter = 2 * time.Minute

// busy answers when too many passwords are being hashed at once.
func (w *Web) busy(rw http.ResponseWriter, r *http.Request) {
	w.later(rw, r, http.StatusServiceUnavailable, "down", busyFor)
}

// busyFor is about how long a full queue of hashes takes.
const busyFor = 5 * time.Second

// limited answers for a limit where there is no form to show it on.
func (w *Web) limited(rw http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.later(rw, r, http.StatusTooManyRequests, "limited", wait)
}

func (w *Web) later(rw http.ResponseWriter, r *http.Request, status int, kind string, wait time.Duration) {
	setRetryAfter(rw, wait)
	w.show(rw, r, status, page.Problem{Kind: kind, Status: status, RetryAfter: wait})
}

func setRetryAfter(rw http.ResponseWriter, wait time.Duration) {
	rw.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// refusalStatus is the status of a page that shows a gate's refusal on its form.
func refusalStatus(rw http.ResponseWriter, refusal gate.Refusal) int {
	if refusal.Reason == gate.Limited {
		setRetryAfter(rw, refusal.RetryAfter)
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}
