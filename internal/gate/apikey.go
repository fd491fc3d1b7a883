package gate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"twohens/internal/quota"
	"twohens/internal/secret"
)

// APIKey lets a site's own back end open requests without a challenge. Its secret is shown once, when it is made; what is
// kept is the digest.
type APIKey struct {
	ID      string // public, for listing and revoking
	Name    string // what the operator calls it
	Digest  secret.Digest
	Scopes  []Scope
	Quota   quota.Limit // calls that open a request; zero: no limit but those of the persons it speaks for
	Made    time.Time
	Expires time.Time // zero: never
	Revoked time.Time // zero: not
}

// NewAPIKey makes a key and its secret, which is shown once and kept nowhere. A zero quota sets no limit of the key's own, a
// zero end means that it does not run out.
func NewAPIKey(name string, scopes []Scope, limit quota.Limit, expires, now time.Time) (APIKey, secret.Opaque) {
	id := make([]byte, 6)
	rand.Read(id)
	bearer := secret.NewOpaque()
	return APIKey{
		ID: hex.EncodeToString(id), Name: name, Digest: bearer.Digest(), Scopes: slices.Clone(scopes), Quota: limit,
		Made: now.UTC().Truncate(time.Millisecond), Expires: expires.UTC().Truncate(time.Millisecond),
	}, bearer
}

// Scope is something that a key may do.
type Scope string

// The scopes there are.
const (
	ScopeRecover Scope = "recover" // open requests and walk them
)

// Allows says whether the key may do this now.
func (k APIKey) Allows(scope Scope, now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires)) && slices.Contains(k.Scopes, scope)
}

// APIKeys is where keys are kept.
type APIKeys interface {
	// APIKey finds a key by the digest of its secret. ErrNoAPIKey when there is none; a revoked or expired one is found.
	APIKey(ctx context.Context, digest secret.Digest) (APIKey, error)
	AddAPIKey(ctx context.Context, key APIKey) error
	APIKeys(ctx context.Context) ([]APIKey, error)
	// RevokeAPIKey ends a key at once. ErrNoAPIKey when there is none; revoking twice keeps the first time.
	RevokeAPIKey(ctx context.Context, id string, now time.Time) error
}

// ErrNoAPIKey says that no such key exists.
var ErrNoAPIKey = errors.New("no such API key")
