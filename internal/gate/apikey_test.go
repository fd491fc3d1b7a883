package gate_test

import (
	"errors"
	"testing"
	"time"

	"twohens/internal/gate"
)

// A key allows its scopes, until it ends or is revoked; two keys have nothing in common.
func TestAPIKey(t *testing.T) {
	now := time.Date(2027, 3, 4, 10, 15, 0, 123_456_789, time.UTC)
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "the shop", Scopes: []gate.Scope{gate.ScopeRecover}}, now)
	other, _ := gate.NewAPIKey(gate.APIKey{Name: "the shop", Scopes: []gate.Scope{gate.ScopeRecover}, Expires: now.Add(time.Hour)}, now)
	if !key.Digest.Equal(bearer.Digest()) || key.Digest.Equal(other.Digest) || key.ID == other.ID || key.ID == "" {
		t.Errorf("%+v and %+v", key, other)
	}
	if !key.Expires.IsZero() || !key.Revoked.IsZero() || !key.Made.Equal(now.Truncate(time.Millisecond)) {
		t.Errorf("times of %+v", key)
	}
	if !key.Allows(gate.ScopeRecover, now.AddDate(50, 0, 0)) || key.Allows("read", now) {
		t.Error("the scopes of a key without an end")
	}
	if !other.Allows(gate.ScopeRecover, now.Add(time.Hour-time.Second)) || other.Allows(gate.ScopeRecover, other.Expires) {
		t.Error("the end of a key")
	}
	key.Revoked = now
	if key.Allows(gate.ScopeRecover, now) {
		t.Error("a revoked key")
	}
}

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://shop.example": "https://shop.example", "HTTPS://Shop.Example/": "https://shop.example", "https://shop.example:443": "https://shop.example",
		"https://shop.example:8443": "https://shop.example:8443", "http://localhost:8080": "http://localhost:8080", "http://127.0.0.1": "http://127.0.0.1",
		"http://[::1]:80": "http://[::1]", "https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
	} {
		if got, err := gate.ParseOrigin(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "*", "null", "shop.example", "//shop.example", "http://shop.example", "https://", "https://shop.example/page", "https://shop.example?x", "https://shop.example?",
		"https://shop.example#x", "https://a@shop.example", "https://*.shop.example", "https://b\u00fccher.example", "ftp://shop.example", "javascript:alert(1)", "https://shop .example",
		"http://localhost.evil.example", "https://shop.example https://evil.example",
	} {
		if got, err := gate.ParseOrigin(text); !errors.Is(err, gate.ErrOrigin) || got != "" {
			t.Errorf("%q is taken for the origin %q", text, got)
		}
	}
}
