package gate

import (
	"context"
	"errors"
	"testing"
	"time"

	"twohens/internal/quota"
	"twohens/internal/secret"
)

// keyring keeps keys in memory, by their digests.
type keyring map[secret.Digest]APIKey

func (k keyring) APIKeyByID(_ context.Context, id string) (APIKey, error) {
	for _, key := range k {
		if key.ID == id {
			return key, nil
		}
	}
	return APIKey{}, ErrNoAPIKey
}

func (k keyring) APIKey(_ context.Context, digest secret.Digest) (APIKey, error) {
	if key, ok := k[digest]; ok {
		return key, nil
	}
	return APIKey{}, ErrNoAPIKey
}

func (k keyring) AddAPIKey(_ context.Context, key APIKey) error { k[key.Digest] = key; return nil }

func (keyring) APIKeys(context.Context) ([]APIKey, error)             { return nil, nil }
func (keyring) RevokeAPIKey(context.Context, string, time.Time) error { return ErrNoAPIKey }

// A key works until it is revoked or has run out, for its scopes; a caller cannot tell one that does not from one that was made up.
func TestAuthenticate(t *testing.T) {
	d := newDoor(t, nil)
	add := func(change func(*APIKey)) secret.Opaque {
		t.Helper()
		key, bearer := NewAPIKey(APIKey{Name: "the shop", Scopes: []Scope{ScopeRecover}}, d.at)
		change(&key)
		must(t, d.Keys.AddAPIKey(t.Context(), key))
		return bearer
	}
	for name, c := range map[string]struct {
		bearer secret.Opaque
		works  bool
	}{
		"plain":               {add(func(*APIKey) {}), true},
		"runs out later":      {add(func(k *APIKey) { k.Expires = d.at.Add(time.Millisecond) }), true},
		"runs out now":        {add(func(k *APIKey) { k.Expires = d.at }), false},
		"revoked":             {add(func(k *APIKey) { k.Revoked = d.at.Add(-time.Hour) }), false},
		"revoked this moment": {add(func(k *APIKey) { k.Revoked = d.at }), false},
		"no scope":            {add(func(k *APIKey) { k.Scopes = nil }), false},
		"another scope":       {add(func(k *APIKey) { k.Scopes = []Scope{"look"} }), false},
		"made up":             {secret.NewOpaque(), false},
		"none":                {secret.Opaque{}, false},
	} {
		key, err := d.Authenticate(t.Context(), c.bearer, ScopeRecover)
		if works := err == nil; works != c.works || !works && (!errors.Is(err, ErrNoAPIKey) || key.ID != "") {
			t.Errorf("%s: %v %v", name, key, err)
		}
	}
}

// A key needs no card, has a quota of its own, and is no way round the limits of the persons it speaks for. What is refused
// by one bucket is charged to none.
func TestOpenKeyed(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.Address = quota.Limit{Events: 2, Per: time.Hour} })
	key, _ := NewAPIKey(APIKey{Name: "the shop", Scopes: []Scope{ScopeRecover}, Quota: quota.Limit{Events: 3, Per: time.Hour}}, d.at)
	free, _ := NewAPIKey(APIKey{Name: "no quota", Scopes: []Scope{ScopeRecover}}, d.at)
	open := func(key APIKey, at string) Reason {
		t.Helper()
		k := d.knock(at, "192.0.2.1")
		pass, refusal, err := d.OpenKeyed(t.Context(), key, k)
		return d.told(pass, refusal, err, Recover, k)
	}
	for n, want := range []Reason{"", "", Limited, Limited} {
		if got := open(key, "ann@fernbank.example"); got != want {
			t.Errorf("person %d: %q, want %q", n+1, got, want)
		}
	}
	for n, want := range []Reason{"", Limited} { // the refused ones cost the key nothing
		if got := open(key, "ben@fernbank.example"); got != want {
			t.Errorf("key %d: %q, want %q", n+1, got, want)
		}
	}
	if got := open(free, "ben@fernbank.example"); got != "" {
		t.Errorf("another key: %q", got)
	}
	if got := open(free, "ann@fernbank.example"); got != Limited {
		t.Errorf("another key, the same person: %q", got)
	}
}
