package relay

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"twohens/internal/loopback"
)

// Auth is how a request says who we are. A key in a header or a query needs none of these: a template may hold {{.Secret}}.
type Auth string

// The ways there are.
const (
	NoAuth Auth = ""
	Basic  Auth = "basic"  // RFC 7617, Username and what is in SecretFile
	OAuth2 Auth = "oauth2" // client credentials: RFC 6749 section 4.4
)

// HTTP is a sender of any make that takes a message as one request. URL, the values of Header and Body are templates of
// text/template over Fields.
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
	RefusedStatus  []int  // final for whom it goes to; none: 400 and 422
	RefusedPattern string // that makes any answer a final refusal

	RefPattern string // finds the gateway's name for the message in its answer, as the one group
	RefPath    string // the same by a path in JSON, such as messages.0.id
	OwnRef     bool   // the gateway gives no name: receipts come with {{.ID}}

	Roots   *x509.CertPool // nil: those of the system
	Timeout time.Duration  // of a request, all in all; 0: 10 s
	Before  time.Duration  // of connecting, TLS included, and of being given access, where another sender stands ready; 0: Timeout
}

const (
	// MaxAnswer is how many bytes of an answer are looked at.
	MaxAnswer = 64 << 10
	// UsualTimeout is how long a request may take, all in all.
	UsualTimeout = 10 * time.Second
)

// Poster posts messages to one sender by HTTP.
type Poster struct {
	set     HTTP
	form    *form
	reading *reading
	access  *access
	receipt func() (string, error) // nil: none
	client  *http.Client
}

// NewPoster checks the settings of a sender that is given so many messages at once. known are the names of Fields that its messages have;
// receipt tells the address for receipts, nil: there is none. It does not connect.
func NewPoster(s HTTP, known []string, connections int, receipt func() (string, error), now func() time.Time) (*Poster, error) {
	s.Method = cmp.Or(s.Method, http.MethodPost)
	s.Timeout = cmp.Or(s.Timeout, UsualTimeout)
	s.Before = cmp.Or(s.Before, s.Timeout)
	connections = cmp.Or(connections, usualAtOnce)
	h := &Poster{set: s, receipt: receipt, client: NewClient(s.Roots, s.Before, connections)}
	var err error
	if h.form, err = newForm(&s); err != nil {
		return nil, err
	}
	for name := range reflect.TypeFor[Fields]().Fields() {
		if !slices.Contains(known, name.Name) && h.form.uses(name.Name) {
			return nil, fmt.Errorf("a template has {{.%s}}, which these messages lack; they have %s", name.Name, strings.Join(known, ", "))
		}
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

// Protected says what is wrong with the way to a gateway: codes do not travel in the clear.
func Protected(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("must not hold a password; use a secret file")
	case u.Scheme == "https", u.Scheme == "http" && loopback.Is(u.Hostname()):
		return nil
	}
	return errors.New("must be https: without it codes could be read on the way; only this machine itself may do without")
}

// ReadSecret reads a file with a secret. The error says nothing but that.
func ReadSecret(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", &Failure{Class: Unfit, Said: "the secret file cannot be read", Err: err}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", &Failure{Class: Unfit, Said: "the secret file is empty"}
	}
	return secret, nil
}

// Post makes one request of what fills the templates, and judges the answer: the sender's name for the message. What is in hide is found in
// nothing that is kept.
func (h *Poster) Post(ctx context.Context, w Fields, hide []string, last func() error) (ref string, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.set.Timeout)
	defer cancel()
	if h.set.SecretFile != "" {
		if w.Secret, err = ReadSecret(h.set.SecretFile); err != nil {
			return "", err
		}
	}
	if h.receipt != nil {
		if w.Receipt, err = h.receipt(); err != nil {
			return "", err
		}
	}
	hide = append(hide, w.Secret)
	answer, err := h.send(ctx, &w, NewDeparture(last), hide)
	if err != nil {
		return "", err
	}
	if ref, err = h.reading.judge(answer, hide); err != nil {
		return "", err
	}
	if h.set.OwnRef {
		ref = w.ID
	}
	return ref, nil
}

// send makes the request, and once more with new access when the gateway no longer takes the old: a 401 is an answer of somebody
// who did not take the text.
func (h *Poster) send(ctx context.Context, w *Fields, d *Departure, hide []string) (*Answer, error) {
	for renewed := false; ; renewed = true {
		r, err := h.form.fill(w)
		if err != nil {
			return nil, &Failure{Class: Unfit, Said: Clean(err.Error(), hide...)}
		}
		bearer := ""
		switch h.set.Auth {
		case Basic:
			r.SetBasicAuth(h.set.Username, w.Secret)
		case OAuth2:
			if bearer, err = h.let(ctx, w.Secret); err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		a, err := Exchange(ctx, h.client, r, d, append(hide, bearer))
		if err != nil || a.Status != http.StatusUnauthorized || h.access == nil || renewed {
			return a, err
		}
		h.access.forget(bearer)
		d.again()
	}
}

// let asks for access, for as long as nobody else stands ready.
func (h *Poster) let(ctx context.Context, secret string) (bearer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.set.Before)
	defer cancel()
	return h.access.bearer(ctx, secret)
}

// Answer is what a gateway said.
type Answer struct {
	Status int
	Body   []byte
	Whole  bool // all of it was read, as far as it is looked at
}

// Exchange makes one request. Its error is a *Failure, or what Last said.
func Exchange(ctx context.Context, client *http.Client, r *http.Request, d *Departure, hide []string) (*Answer, error) {
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
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxAnswer))
	return &Answer{Status: response.StatusCode, Body: body, Whole: err == nil}, nil
}

// Close closes the connections that are not in use; those in use are closed by their requests.
func (h *Poster) Close() error {
	h.client.CloseIdleConnections()
	return nil
}

// Templates are the texts that are filled in.
func (s HTTP) Templates() []string {
	list := []string{s.URL, s.Body}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) {
		list = append(list, s.Header[name])
	}
	return list
}
