package widget

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"twohens/scratch"
)

// Refusals that have no error of their own elsewhere.
var (
	errRequest = errors.New("widget: malformed request")
	errOrigin  = errors.New("widget: not a page of the site")
)

// limited is a refusal for a time.
type limited time.Duration

func (l limited) Error() string { return "widget: limited for " + time.Duration(l).String() }

// seconds is the whole seconds to wait, at least one.
func (l limited) seconds() int { return max(1, int(math.Ceil(time.Duration(l).Seconds()))) }

// held turns a Guard's answer into an error.
func held(wait time.Duration, err error) error {
	if err == nil && wait > 0 {
		return limited(wait)
	}
	return err
}

// refusals is every error that is the client's, with what it is told. What exactly was wrong with a sealed text is nobody's
// business.
var refusals = []struct {
	err    error
	status int
	word   string
}{
	{errRequest, http.StatusBadRequest, "bad-request"},
	{scratch.ErrSeal, http.StatusBadRequest, "bad-request"},
	{scratch.ErrWork, http.StatusBadRequest, "bad-request"},
	{scratch.ErrMode, http.StatusBadRequest, "bad-request"},
	{scratch.ErrKind, http.StatusNotFound, "not-found"},
	{scratch.ErrOver, http.StatusGone, "over"},
	{scratch.ErrSpent, http.StatusGone, "over"},
	{errOrigin, http.StatusForbidden, "origin"},
	{ErrNoSite, http.StatusForbidden, "site"},
}

// refuse answers with an error.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if l, ok := errors.AsType[limited](err); ok {
		w.Header().Set("Retry-After", strconv.Itoa(l.seconds()))
		answer(w, http.StatusTooManyRequests, map[string]any{"error": "limited", "retry_after": l.seconds()})
		return
	}
	for _, f := range refusals {
		if errors.Is(err, f.err) {
			answer(w, f.status, map[string]any{"error": f.word})
			return
		}
	}
	if !canceled(r.Context(), err) {
		h.config.Log.ErrorContext(r.Context(), "the challenge failed", "path", r.Pattern, "error", err)
	}
	w.Header().Set("Retry-After", "5")
	answer(w, http.StatusServiceUnavailable, map[string]any{"error": "internal-error"}) // nothing is lost, nothing opens
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // the client may have gone
}
