// Package secret holds what must not be seen: keys, nonces, codes and the opaque values that browsers and mails carry.
//
// Keys, codes and opaque values print as "[secret]" through fmt, slog and encoding/json, and cannot be compared with ==:
// comparison is a method, and it takes constant time. Randomness comes from crypto/rand alone; it cannot be configured.
//
// A code is derived, never stored (invariant 6, R-38): HMAC-SHA-256 under a key that lives outside the database, over a nonce
// that lives only inside it. Whoever steals one of the two has nothing.
package secret

import (
	"fmt"
	"log/slog"
)

// hidden is what every secret shows of itself.
const hidden = "[secret]"

// redacted gives a type its silence. Embedding it also forbids ==, since a func array cannot be compared.
//
// It is not enough by itself: of a value in an unexported field of some other struct, and for the verb %p, fmt calls no method
// but walks the fields. So every type keeps its secret as a hiddenText.
type redacted struct{ _ [0]func() }

// Format rather than String: with a String method alone, %d or %c would still walk the fields.
func (redacted) Format(f fmt.State, _ rune)   { fmt.Fprint(f, hidden) }
func (redacted) String() string               { return hidden }
func (redacted) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (redacted) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// hiddenText is a secret text, or the bytes of a key; the zero one is none. fmt never follows a pointer to a string but prints
// the address. (It does follow one to an array or a struct, if only for a verb that it does not know.)
type hiddenText struct {
	redacted
	text *string
}

func hide(text string) hiddenText {
	if text == "" {
		return hiddenText{}
	}
	return hiddenText{text: &text}
}

func (h hiddenText) reveal() string {
	if h.text == nil {
		return ""
	}
	return *h.text
}
