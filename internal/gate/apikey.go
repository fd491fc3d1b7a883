package gate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"twohens/internal/quota"
	"twohens/internal/secret"
)

// APIKey lets a site's own back end open requests without a challenge, or use the challenge on pages of its own. Its secret is
// shown once, when it is made; what is kept is the digest.
type APIKey struct {
	ID      string // public, for listing and revoking; on pages with the challenge, which site they are of
	Name    string // what the operator calls it
	Digest  secret.Digest
	Scopes  []Scope
	Origins []string    // of ScopeChallenge: the pages that may show it, such as "https://shop.example"
	Quota   quota.Limit // calls that open a request; zero: no limit but those of the persons it speaks for
	Made    time.Time
	Expires time.Time // zero: never
	Revoked time.Time // zero: not
}

// NewAPIKey gives a key an id and a secret, which is shown once and kept nowhere. The rest is the caller's: a zero Quota sets no
// limit of the key's own, a zero Expires means that it does not run out.
func NewAPIKey(key APIKey, now time.Time) (APIKey, secret.Opaque) {
	id := make([]byte, 6)
	rand.Read(id)
	bearer := secret.NewOpaque()
	key.ID, key.Digest = hex.EncodeToString(id), bearer.Digest()
	key.Made, key.Expires = now.UTC().Truncate(time.Millisecond), key.Expires.UTC().Truncate(time.Millisecond)
	return key, bearer
}

// ErrOrigin is wrapped by what ParseOrigin says.
var ErrOrigin = errors.New("not an origin")

// ParseOrigin reads the origin of pages as browsers write it: scheme, host and perhaps port, nothing else. Without TLS only this
// machine's own names are one, for trying out.
func ParseOrigin(text string) (string, error) {
	u, err := url.Parse(strings.ToLower(strings.TrimSuffix(text, "/")))
	switch {
	case err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil || u.Opaque != "":
		return "", fmt.Errorf("%w: write it like https://shop.example, without a path", ErrOrigin)
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r <= ' ' || r > '~' || r == '*' }):
		return "", fmt.Errorf("%w: a host in another script is written as browsers send it, xn--..., and stands for itself alone", ErrOrigin)
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return "", fmt.Errorf("%w: it begins with https://, or http:// on this machine", ErrOrigin)
	}
	host := u.Host
	if usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; strings.HasSuffix(host, usual) {
		host = strings.TrimSuffix(host, usual) // browsers leave it out
	}
	return u.Scheme + "://" + host, nil
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// Scope is something that a key may do.
type Scope string

// The scopes there are.
const (
	ScopeRecover   Scope = "recover"   // open requests and walk them
	ScopeChallenge Scope = "challenge" // show the challenge on pages of its own and verify responses
)

// Allows says whether the key may do this now.
func (k APIKey) Allows(scope Scope, now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires)) && slices.Contains(k.Scopes, scope)
}

// APIKeys is where keys are kept.
type APIKeys interface {
	// APIKey finds a key by the digest of its secret. ErrNoAPIKey when there is none; a revoked or expired one is found.
	APIKey(ctx context.Context, digest secret.Digest) (APIKey, error)
	// APIKeyByID finds a key by its public id; as for APIKey otherwise.
	APIKeyByID(ctx context.Context, id string) (APIKey, error)
	AddAPIKey(ctx context.Context, key APIKey) error
	APIKeys(ctx context.Context) ([]APIKey, error)
	// RevokeAPIKey ends a key at once. ErrNoAPIKey when there is none; revoking twice keeps the first time.
	RevokeAPIKey(ctx context.Context, id string, now time.Time) error
}

// ErrNoAPIKey says that no such key exists.
var ErrNoAPIKey = errors.New("no such API key")
