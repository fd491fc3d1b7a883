package storetest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/secret"
)

func apiKey() gate.APIKey {
	return gate.APIKey{ID: id(), Name: "shop", Digest: sum(), Scopes: []gate.Scope{gate.ScopeRecover}, Made: noon}
}

func addAPIKey(t testing.TB, s gate.APIKeys, k gate.APIKey) {
	t.Helper()
	if err := s.AddAPIKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
}

var apiKeys = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := apiKey()
		want.Name, want.Scopes, want.Quota = odd, []gate.Scope{gate.ScopeRecover, "another"}, quota.Limit{Events: 5000, Per: 90 * time.Minute}
		want.Origins = []string{"https://shop.example", "http://localhost:8080"}
		want.Expires, want.Revoked = noon.Add(time.Hour), noon.Add(time.Minute)
		for i := range reflect.TypeOf(want).NumField() {
			if reflect.ValueOf(want).Field(i).IsZero() {
				t.Fatalf("the sample key has nothing in %s", reflect.TypeOf(want).Field(i).Name)
			}
		}
		addAPIKey(t, s, want)
		got, err := s.APIKey(t.Context(), want.Digest)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		if got, err = s.APIKeyByID(t.Context(), want.ID); err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}},
	{"the least of one", func(t *testing.T, s Opened) { // no scope, no quota, no end
		want := gate.APIKey{ID: "k", Digest: sum(), Made: noon}
		addAPIKey(t, s, want)
		got, err := s.APIKey(t.Context(), want.Digest)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}},
	{"unknown", func(t *testing.T, s Opened) {
		addAPIKey(t, s, apiKey())
		for _, digest := range []secret.Digest{sum(), {}} {
			if _, err := s.APIKey(t.Context(), digest); !errors.Is(err, gate.ErrNoAPIKey) {
				t.Errorf("%v", err)
			}
		}
		for _, id := range []string{"", "nobody", "k\x00"} {
			if _, err := s.APIKeyByID(t.Context(), id); !errors.Is(err, gate.ErrNoAPIKey) {
				t.Errorf("%q: %v", id, err)
			}
		}
		if err := s.RevokeAPIKey(t.Context(), "nobody", noon); !errors.Is(err, gate.ErrNoAPIKey) {
			t.Errorf("revoking: %v", err)
		}
		for _, k := range []gate.APIKey{{ID: "k"}, {Digest: sum()}} {
			if err := s.AddAPIKey(t.Context(), k); err == nil {
				t.Errorf("half a key was added: %+v", k)
			}
		}
	}},
	{"an id and a digest belong to one", func(t *testing.T, s Opened) {
		first := apiKey()
		addAPIKey(t, s, first)
		sameID, sameDigest := apiKey(), apiKey()
		sameID.ID, sameDigest.Digest = first.ID, first.Digest
		for _, k := range []gate.APIKey{sameID, sameDigest} {
			if err := s.AddAPIKey(t.Context(), k); err == nil {
				t.Error("added")
			}
		}
	}},
	{"listed and revoked", func(t *testing.T, s Opened) {
		var want []gate.APIKey
		for i := range 4 {
			k := apiKey()
			k.Made = noon.Add(time.Duration(i) * time.Second)
			addAPIKey(t, s, k)
			want = append(want, k)
		}
		for _, at := range []time.Time{noon, noon.Add(time.Hour)} { // the first time stays
			if err := s.RevokeAPIKey(t.Context(), want[2].ID, at); err != nil {
				t.Fatal(err)
			}
		}
		want[2].Revoked = noon
		got, err := s.APIKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}},
}
