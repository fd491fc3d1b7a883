// Package secret holds what must not be seen: keys, nonces, codes and the opaque values that browsers and mails carry.
//
// Every type here prints as "[secret]" through fmt, slog and encoding/json, and none can be compared with ==: comparison is
// a method, and it takes constant time. Randomness comes from crypto/rand alone; it cannot be configured.
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
type redacted struct{ _ [0]func() }

// Format rather than String: with a String method alone, %d or %c would still walk the fields.
func (redacted) Format(f fmt.State, _ rune)   { fmt.Fprint(f, hidden) }
func (redacted) String() string               { return hidden }
func (redacted) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (redacted) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
