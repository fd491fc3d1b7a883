package smsgate

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/loopback"
	"twohens/internal/sms"
)

// Auth is how a request says who we are. A key in a header or a query needs none of these: a template may hold {{.Secret}}.
type Auth string

// The ways there are.
const (
	NoAuth Auth = ""
	Basic  Auth = "basic"  // RFC 7617, Username and what is in SecretFile
	OAuth2 Auth = "oauth2" // client credentials: RFC 6749 section 4.4
)

// HTTP is a gateway of any make that takes a text as one request. URL, the values of Header and Body are templates of
// text/template over the fields To, Digits, Text, ID, Locale, From, Secret, Receipt, Unicode and Minutes.
type HTTP struct {
	Method string // empty: POST
	URL    string
	Header map[string]string
	Body   string

	Auth       Auth
	Username   string // of Basic; the client's id of OAuth2
	SecretFile string // read each time, so that a new secret needs no restart
	AccessURL  string // of OAuth2: where access is asked for
	Scope      string // of OAuth2

	SuccessStatus  []int  // none: 200 to 299
	SuccessPattern string // that the answer must hold besides
	RefusedStatus  []int  // final for this number; none: 400 and 422
	RefusedPattern string // that makes any answer a final refusal

	RefPattern string // finds the gateway's name for the message in its answer, as the one group
	RefPath    string // the same by a path in JSON, such as messages.0.id
	OwnRef     bool   // the gateway gives no name: receipts come with {{.ID}}

	Roots   *x509.CertPool // nil: those of the system
	Timeout time.Duration  // of a request, all in all; 0: 10 s
}

const (
	maxAnswer       = 64 << 10 // bytes of an answer that are looked at
	usualTimeout    = 10 * time.Second
	usualConnection = 8
)

// httpGateway is one with its settings checked.
type httpGateway struct {
	set     HTTP
	from    string
	form    *form
	reading *reading
	access  *access
	receipt func() (string, error) // nil: none
	client  *http.Client
	now     func() time.Time
}

// newHTTP checks the settings. It does not connect.
func newHTTP(s HTTP, from string, connections int, receipt func() (string, error), now func() time.Time) (*httpGateway, error) {
	s.Method = cmp.Or(s.Method, http.MethodPost)
	s.Timeout = cmp.Or(s.Timeout, usualTimeout)
	h := &httpGateway{set: s, from: from, receipt: receipt, client: newClient(s.Roots, s.Timeout, connections), now: now}
	var err error
	if h.form, err = newForm(&s); err != nil {
		return nil, err
	}
	if h.reading, err = newReading(&s); err != nil {
		return nil, err
	}
	switch s.Auth {
	case NoAuth:
	case Basic, OAuth2:
		if s.Username == "" || s.SecretFile == "" {
			return nil, fmt.Errorf("%s: needs a username and a secret file", s.Auth)
		}
	default:
		return nil, fmt.Errorf("auth: no such way: %q", s.Auth)
	}
	if s.Auth == OAuth2 {
		if h.access, err = newAccess(&s, h.client, now); err != nil {
			return nil, err
		}
	}
	if s.SecretFile == "" && h.form.uses("Secret") {
		return nil, errors.New("secret: a template has {{.Secret}}, and there is no secret file")
	}
	if receipt == nil && h.form.uses("Receipt") {
		return nil, errors.New("receipt: a template has {{.Receipt}}, and no receipts are set up for this gateway")
	}
	return h, nil
}

// protected says what is wrong with the way to a gateway: codes do not travel in the clear.
func protected(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("must not hold a password; use a secret file")
	case u.Scheme == "https", u.Scheme == "http" && loopback.Is(u.Hostname()):
		return nil
	}
	return errors.New("must be https: without it codes could be read on the way; only this machine itself may do without")
}

// readSecret reads a file with a secret. The error says nothing but that.
func readSecret(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", &Failure{Class: Unfit, Said: "the secret file cannot be read", err: err}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", &Failure{Class: Unfit, Said: "the secret file is empty"}
	}
	return secret, nil
}

// Text sends one request, and judges the gateway's answer.
func (h *httpGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	ctx, cancel := context.WithTimeout(ctx, h.set.Timeout)
	defer cancel()
	w, err := h.write(t)
	if err != nil {
		return engine.Handover{}, err
	}
	d := &departure{last: t.Last}
	hide := append(private(t), w.Secret)
	answer, err := h.send(ctx, w, d, hide)
	if err != nil {
		return engine.Handover{}, err
	}
	ref, err := h.reading.judge(answer, hide)
	if err != nil {
		return engine.Handover{}, err
	}
	if h.set.OwnRef {
		ref = t.ID
	}
	return engine.Handover{Ref: ref, Parts: parts(t.Body)}, nil
}

// parts is what a text is charged as.
func parts(text string) int {
	p, err := sms.Parts(text)
	if err != nil {
		return 1
	}
	return max(1, len(p))
}

// write gathers what the templates are filled with.
func (h *httpGateway) write(t engine.Text) (*written, error) {
	if !fit(t) {
		return nil, &Failure{Class: Declined, Said: "a text without a number, words or a fit id"}
	}
	w := fillOf(t, h.now())
	w.From = h.from
	var err error
	if h.set.SecretFile != "" {
		if w.Secret, err = readSecret(h.set.SecretFile); err != nil {
			return nil, err
		}
	}
	if h.receipt != nil {
		if w.Receipt, err = h.receipt(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// send makes the request, and once more with new access when the gateway no longer takes the old: a 401 is an answer of somebody
// who did not take the text.
func (h *httpGateway) send(ctx context.Context, w *written, d *departure, hide []string) (*answer, error) {
	for renewed := false; ; renewed = true {
		r, err := h.form.fill(w)
		if err != nil {
			return nil, &Failure{Class: Unfit, Said: clean(err.Error(), hide...)}
		}
		bearer := ""
		switch h.set.Auth {
		case Basic:
			r.SetBasicAuth(h.set.Username, w.Secret)
		case OAuth2:
			if bearer, err = h.access.bearer(ctx, w.Secret); err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		a, err := exchange(ctx, h.client, r, d, append(hide, bearer))
		if err != nil || a.status != http.StatusUnauthorized || h.access == nil || renewed {
			return a, err
		}
		h.access.forget(bearer)
		d.again()
	}
}

// answer is what a gateway said.
type answer struct {
	status int
	body   []byte
	whole  bool // all of it was read, as far as it is looked at
}

// exchange makes one request. Its error is a *Failure, or what Last said.
func exchange(ctx context.Context, client *http.Client, r *http.Request, d *departure, hide []string) (*answer, error) {
	response, err := client.Do(r.WithContext(withDeparture(ctx, d)))
	if err != nil {
		left := d.end()
		if no := d.held(); no != nil {
			return nil, no
		}
		// The URL in it holds the number, and the text too where it is sent by GET.
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return nil, broken(ctx, left, err, hide)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return &answer{status: response.StatusCode, body: body, whole: err == nil}, nil
}

// Close closes the connections that are not in use; those in use are closed by their requests.
func (h *httpGateway) Close() error {
	h.client.CloseIdleConnections()
	return nil
}
