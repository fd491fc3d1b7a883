package gate_test

import (
	"testing"
	"time"

	"twohens/internal/gate"
	"twohens/internal/quota"
)

// A key allows its scopes, until it ends or is revoked; two keys have nothing in common.
func TestAPIKey(t *testing.T) {
	now := time.Date(2027, 3, 4, 10, 15, 0, 123_456_789, time.UTC)
	key, bearer := gate.NewAPIKey("the shop", []gate.Scope{gate.ScopeRecover}, quota.Limit{}, time.Time{}, now)
	other, _ := gate.NewAPIKey("the shop", []gate.Scope{gate.ScopeRecover}, quota.Limit{}, now.Add(time.Hour), now)
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
