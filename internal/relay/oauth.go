package relay

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// access keeps what a gateway of OAuth2 lets us in with (RFC 6749, section 4.4), in memory only.
type access struct {
	set    *HTTP
	client *http.Client
	now    func() time.Time
	turn   chan struct{} // one at a time asks; the others wait for what they get
	value  string
	until  time.Time
}

const (
	accessSkew = 30 * time.Second // renewed before its end, for clocks that differ and requests that travel
	accessLife = 5 * time.Minute  // of one that does not tell
)

func newAccess(s *HTTP, client *http.Client, now func() time.Time) (*access, error) {
	u, err := url.Parse(s.AccessURL)
	if err != nil || u.Host == "" {
		return nil, errors.New("oauth2: needs the address where access is asked for")
	}
	if err := Protected(u); err != nil {
		return nil, errors.New("oauth2: " + err.Error())
	}
	return &access{set: s, client: client, now: now, turn: make(chan struct{}, 1)}, nil
}

// bearer gives what is still good, or asks for more.
func (a *access) bearer(ctx context.Context, secret string) (string, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", &Failure{Class: Down, Said: "no access in time", Err: context.Cause(ctx)}
	}
	if a.value != "" && a.now().Before(a.until) {
		return a.value, nil
	}
	value, life, err := a.ask(ctx, secret)
	if err != nil {
		return "", err
	}
	a.value, a.until = value, a.now().Add(life-min(accessSkew, life/4))
	return value, nil
}

// forget drops what the gateway took no longer, unless somebody renewed it meanwhile.
func (a *access) forget(value string) {
	a.turn <- struct{}{} // held for one request at most, which has an end
	if a.value == value {
		a.value = ""
	}
	<-a.turn
}

func (a *access) ask(ctx context.Context, secret string) (value string, life time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if a.set.Scope != "" {
		form.Set("scope", a.set.Scope)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.set.AccessURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, &Failure{Class: Unfit, Said: "the address where access is asked for is none"}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	// RFC 6749, section 2.3.1: both are encoded as a form's values first.
	r.SetBasicAuth(url.QueryEscape(a.set.Username), url.QueryEscape(secret))
	var f *Failure
	got, err := Exchange(ctx, a.client, r, new(Departure), []string{secret})
	switch {
	case errors.As(err, &f):
		if f.Class == Unsure {
			f.Class = Down // no text has left
		}
		f.Said = "asking for access: " + f.Said
		return "", 0, f
	case err != nil:
		return "", 0, err
	}
	var granted struct {
		Access string `json:"access_token"`
		Kind   string `json:"token_type"`
		Life   int64  `json:"expires_in"`
	}
	failure := &Failure{Class: StatusClass(got.Status), Said: "asking for access: " + http.StatusText(got.Status)}
	switch {
	case got.Status != http.StatusOK:
		switch failure.Class {
		case Unsure:
			failure.Class = Busy // no text has left
		case Declined:
			failure.Class = Unfit // RFC 6749, section 5.2: a client that is not known is answered with 400 too
		}
		return "", 0, failure
	case Decode(got.Body, &granted) != nil || granted.Access == "" || strings.ContainsFunc(granted.Access, func(r rune) bool { return r <= ' ' || r > '~' }),
		granted.Kind != "" && !strings.EqualFold(granted.Kind, "bearer"):
		failure.Class, failure.Said = Unfit, "asking for access: the answer grants none"
		return "", 0, failure
	}
	life = accessLife
	if granted.Life > 0 {
		life = time.Duration(min(granted.Life, 86400)) * time.Second
	}
	return granted.Access, life, nil
}
