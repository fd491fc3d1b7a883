package bounce

import (
	"strings"
	"testing"

	"twohens/internal/secret"
)

const sampleID = "abcdefghijklmnopqrstuvwxyz"

func TestReturns(t *testing.T) {
	r := Returns{Keys: secret.NewRing("1", secret.NewKey()), Domain: "bounces.fernbank.example"}
	at := r.Address(sampleID)
	local, _, _ := strings.Cut(at, "@")
	if len(local) > 64 {
		t.Errorf("%d characters before the @: RFC 5321 has 64", len(local))
	}
	for _, known := range []string{at, strings.ToUpper(at), strings.Replace(at, "b-", "B-", 1)} {
		if id, ok := r.Entry(known); !ok || id != sampleID {
			t.Errorf("%s: %q, %t", known, id, ok)
		}
	}
	other := Returns{Keys: secret.NewRing("1", secret.NewKey()), Domain: r.Domain}
	for name, strange := range map[string]string{
		"nothing": "", "no @": local, "another domain": local + "@elsewhere.example", "a domain within": at + ".evil.example", "another key's": other.Address(sampleID),
		"another mail": strings.Replace(at, "abc", "abd", 1), "no mac": "b-" + sampleID + "-@" + r.Domain, "half a mac": at[:20] + "@" + r.Domain,
		"an address": "postmaster@" + r.Domain, "more behind": local + "x@" + r.Domain, "another prefix": strings.Replace(at, "b-", "c-", 1),
		"a letter like one": strings.Replace(at, "k", "\u212a", 1), "a space": " " + at, "long": strings.Repeat("b", 1000) + at,
	} {
		if id, ok := r.Entry(strange); ok {
			t.Errorf("%s: %q is taken for ours, %q", name, strange, id)
		}
	}
}

// a mail that left before its key was rotated is known when it comes back, and one whose key was revoked is not.
func TestReturnsRotate(t *testing.T) {
	first, second := secret.NewKey(), secret.NewKey()
	ring := secret.NewRing("1", first)
	r := Returns{Keys: ring, Domain: "bounces.fernbank.example"}
	old := r.Address(sampleID)
	both := secret.NewRing("2", second)
	if err := both.Keep("1", first); err != nil {
		t.Fatal(err)
	}
	ring.Become(both)
	young := r.Address(sampleID)
	for _, at := range []string{old, young} {
		if id, ok := r.Entry(at); !ok || id != sampleID {
			t.Errorf("%s: %q, %t", at, id, ok)
		}
	}
	if old == young || len(young) > 64+len("@"+r.Domain) {
		t.Errorf("%s, before %s", young, old)
	}
	if id, ok := r.Entry(strings.Replace(old, "-1-", "-2-", 1)); ok {
		t.Errorf("made with the first key, and taken for the second's: %q", id)
	}
	ring.Become(secret.NewRing("2", second))
	if id, ok := r.Entry(old); ok {
		t.Errorf("its key was revoked: %q", id)
	}
	if _, ok := r.Entry(young); !ok {
		t.Error("the other's is not known any more")
	}
}

func FuzzEntry(f *testing.F) {
	r := Returns{Keys: secret.NewRing("1", secret.NewKey()), Domain: "bounces.fernbank.example"}
	own := r.Address(sampleID)
	f.Add(own)
	f.Fuzz(func(t *testing.T, address string) {
		if id, ok := r.Entry(address); ok && (id != sampleID || !strings.EqualFold(address, own)) {
			t.Fatalf("%q is taken for ours: %q", address, id)
		}
	})
}
