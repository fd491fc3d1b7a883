package api

import (
	"net/http"
	"net/netip"
	"strings"

	"twohens/internal/gate"
	"twohens/internal/secret"
)

// The headers that carry secrets.
const (
	headerRequest = "Twohens-Request"
	headerGrant   = "Twohens-Grant"
)

// carried reads a secret that came in a header. One that comes twice counts as none: two programs on the way might each
// believe in another one.
func carried(r *http.Request, header string) secret.Opaque {
	if values := r.Header.Values(header); len(values) == 1 {
		return secret.ParseOpaque(values[0])
	}
	return secret.Opaque{}
}

// holder is the secret of the request that a call is about.
func holder(r *http.Request) (secret.Opaque, error) {
	h := carried(r, headerRequest)
	if h.IsZero() {
		return h, noRequest.problem()
	}
	return h, nil
}

// caller finds out for whom a call is made: with an API key for the person whose network address the body gives, without one for
// the client at the other end of the connection. A call with a key that is not good is refused, never taken for one without.
func (a *api) caller(r *http.Request, stated string) (client netip.Addr, key *gate.APIKey, err error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		if stated != "" {
			return client, nil, malformed.at("/client", "only a call with an API key speaks for somebody else")
		}
		return a.Client(r), nil, nil
	}
	scheme, text, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return client, nil, badKey.problem()
	}
	found, err := a.Gate.Authenticate(r.Context(), secret.ParseOpaque(text), gate.ScopeRecover)
	if err == gate.ErrNoAPIKey {
		return client, nil, badKey.problem()
	}
	if err != nil {
		return client, nil, err
	}
	if client, err = netip.ParseAddr(stated); err != nil || client.Zone() != "" || client.IsUnspecified() || client.IsMulticast() {
		return client, nil, malformed.at("/client", "a call with an API key gives the person's IPv4 or IPv6 address")
	}
	return client.Unmap(), &found, nil
}
