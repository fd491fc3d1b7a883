package widget

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"twohens/scratch"
)

// maxVerify is the most bytes of a siteverify request.
const maxVerify = 8 << 10

// Error codes of siteverify, as other challenges have them.
const (
	codeNoSecret   = "missing-input-secret"
	codeSecret     = "invalid-input-secret"
	codeNoResponse = "missing-input-response"
	codeResponse   = "invalid-input-response"
	codeRequest    = "bad-request"
	codeTwice      = "timeout-or-duplicate"
	codeInternal   = "internal-error"
)

// verified is what siteverify answers.
type verified struct {
	Success  bool     `json:"success"`
	At       string   `json:"challenge_ts,omitempty"` // RFC 3339
	Hostname string   `json:"hostname,omitempty"`
	Action   string   `json:"action,omitempty"`
	Errors   []string `json:"error-codes"`
}

// SiteVerify tells a site's back end whether a response is good, and uses it up. It takes secret and response as a form or as
// JSON, and answers in the shape that other challenges have, with status 200 for all answers that are not this server's own
// failure. The handler serves it below its prefix; it is exported for another place besides.
func (h *Handler) SiteVerify(w http.ResponseWriter, r *http.Request) {
	q, code := verifyRequest(w, r)
	switch {
	case code != "":
	case q.Secret == "":
		code = codeNoSecret
	case q.Response == "":
		code = codeNoResponse
	}
	if code != "" {
		answer(w, http.StatusOK, verified{Errors: []string{code}})
		return
	}
	site, err := h.config.Secret(r.Context(), q.Secret)
	if errors.Is(err, ErrNoSite) || err == nil && site == "" {
		answer(w, http.StatusOK, verified{Errors: []string{codeSecret}})
		return
	}
	if err != nil {
		h.verifyFailed(w, r, err)
		return
	}
	h.verify(w, r, q.Response, site)
}

// verify redeems a response of a site and answers.
func (h *Handler) verify(w http.ResponseWriter, r *http.Request, response, site string) {
	// The response is spent whether or not the caller waits for the answer, so the caller's end does not cut it short.
	redeemed, err := h.config.Dealer.Verify(context.WithoutCancel(r.Context()), response, site)
	switch {
	case err == nil:
		answer(w, http.StatusOK, verified{
			Success: true, At: redeemed.At.UTC().Format(time.RFC3339), Hostname: redeemed.Host, Action: redeemed.Action, Errors: []string{},
		})
	case errors.Is(err, scratch.ErrSeal):
		answer(w, http.StatusOK, verified{Errors: []string{codeResponse}})
	case errors.Is(err, scratch.ErrOver), errors.Is(err, scratch.ErrSpent):
		answer(w, http.StatusOK, verified{Errors: []string{codeTwice}})
	default:
		h.verifyFailed(w, r, err)
	}
}

func (h *Handler) verifyFailed(w http.ResponseWriter, r *http.Request, err error) {
	if !canceled(r.Context(), err) {
		h.config.Log.ErrorContext(r.Context(), "siteverify failed", "error", err)
	}
	w.Header().Set("Retry-After", "5")
	answer(w, http.StatusServiceUnavailable, verified{Errors: []string{codeInternal}}) // the response is still good
}

// verifyRequest reads the form or the JSON. Fields that other challenges take are taken and not looked at.
func verifyRequest(w http.ResponseWriter, r *http.Request) (q *request, code string) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, codeRequest
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxVerify))
	if err != nil {
		return nil, codeRequest
	}
	switch kind {
	case "application/json":
		if q, err = parse(body, []string{"secret", "response", "remoteip", "sitekey"}); err != nil {
			return nil, codeRequest
		}
		return q, ""
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil || len(form["secret"]) > 1 || len(form["response"]) > 1 {
			return nil, codeRequest
		}
		return &request{Secret: form.Get("secret"), Response: form.Get("response")}, ""
	}
	return nil, codeRequest
}
