package secret_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"twohens/internal/secret"
)

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func TestOpaque(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		o := secret.NewOpaque()
		text := o.Reveal()
		if seen[text] || len(text) != 22 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("drew %q", text)
		}
		seen[text] = true
		back := secret.ParseOpaque(text)
		if back.Reveal() != text || back.Digest() != o.Digest() || back.IsZero() {
			t.Fatalf("%q came back as %q", text, back.Reveal())
		}
		if !back.Digest().Equal(o.Digest()) || o.Digest() != secret.Digest(sha256.Sum256([]byte(text))) {
			t.Fatal("digests differ")
		}
	}
}

// Only what was given out comes in: no other spelling of the same bytes, no other length, nothing around it.
func TestParseOpaqueIsStrict(t *testing.T) {
	good := base64.RawURLEncoding.EncodeToString([]byte("\xfb\xff\xbe0123456789abc")) // -_-...
	if secret.ParseOpaque(good).IsZero() {
		t.Fatal("the good one is refused")
	}
	for name, text := range map[string]string{
		"empty":                  "",
		"padded":                 good + "==",
		"a space before":         " " + good[:21],
		"a space around":         " " + good + " ",
		"a line end behind":      good + "\n",
		"a line end in it":       good[:10] + "\n" + good[10:],
		"a line end for a sign":  good[:10] + "\n" + good[11:],
		"two for two":            good[:10] + "\r\n" + good[12:],
		"a byte less":            base64.RawURLEncoding.EncodeToString(make([]byte, 15)),
		"a byte more":            base64.RawURLEncoding.EncodeToString(make([]byte, 17)),
		"bits left over":         good[:21] + "B",
		"the other alphabet":     strings.NewReplacer("-", "+", "_", "/").Replace(good),
		"hexadecimal":            "00112233445566778899aabbccddeeff",
		"a NUL":                  good[:21] + "\x00",
		"beyond ASCII":           good[:20] + "é",
		"twice":                  good + good,
		"the redacted form":      "[secret]",
		"a path":                 "../../../../etc/passwd",
		"full-width":             "ＡＡＡＡＡＡＡ",
		"percent":                good[:19] + "%41",
		"header injection in 22": "AAAAAAAA\r\nSet-Cookie:a",
	} {
		if o := secret.ParseOpaque(text); !o.IsZero() || o.Reveal() != "" || !o.Digest().IsZero() {
			t.Errorf("%s: %q is taken", name, text)
		}
	}
}

func FuzzParseOpaque(f *testing.F) {
	for _, seed := range []string{"", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAA\nAAAAAAAAAAAAA", "-_-_-_-_-_-_-_-_-_-_-Q"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := secret.ParseOpaque(text)
		if o.IsZero() {
			if !o.Digest().IsZero() || o.Reveal() != "" {
				t.Fatalf("%q is nothing and something", text)
			}
			return
		}
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(b) != 16 || base64.RawURLEncoding.EncodeToString(b) != text || o.Reveal() != text {
			t.Fatalf("%q is taken", text)
		}
	})
}

func TestNonces(t *testing.T) {
	a, b := secret.NewNonce(), secret.NewNonce()
	if a == b || a == (secret.Nonce{}) {
		t.Error("two nonces are one, or none")
	}
}
