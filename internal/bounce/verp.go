// Package bounce takes back mails that came back: each mail leaves with a return address of its own (verp.go), a small SMTP listener
// takes what comes to those addresses and nothing else (listener.go), and what it says is read (report.go).
//
// Anybody may write to the listener. What they can do with it is bounded: a report is about the mail whose return address it came to, the
// address cannot be made up without our key, and whoever has seen it, because the mail went through their hands, could have thrown the mail
// away as well. A report opens nothing; at worst, an owner is told after their next sign-in that an address of theirs does not work.
package bounce

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"twohens/internal/secret"
)

// Returns makes the return addresses of mails (VERP: variable envelope return paths), and knows its own again.
type Returns struct {
	Keys   *secret.Ring // older ones know the mails that are out
	Domain string       // whose mail comes to the listener
}

const (
	prefix   = "b-"
	idLength = 26 // of an outbox entry's id
	macBytes = 10 // 80 bits: each guess is a mail
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Address is where the mail of an outbox entry comes back to. Its local part has 46 characters and the number of the key, of the 64 that
// there may be.
func (r Returns) Address(id string) string {
	number, key := r.Keys.Latest()
	return prefix + id + "-" + number + "-" + mac(key, id) + "@" + r.Domain
}

func mac(key secret.Key, id string) string {
	sum := key.MAC("return address", []byte(id))
	return encoding.EncodeToString(sum[:macBytes])
}

// Entry is the id of the mail that an address is the return address of. False for every other address: made up, of another domain, or
// changed. Servers on the way may have changed capitals.
func (r Returns) Entry(address string) (id string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || len(address) > 320 || !strings.EqualFold(address[at+1:], r.Domain) {
		return "", false
	}
	local, ok := strings.CutPrefix(lower(address[:at]), prefix)
	parts := strings.Split(local, "-")
	if !ok || len(parts) != 3 || len(parts[0]) != idLength || strings.Trim(parts[0], "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", false
	}
	key, ok := r.Keys.Key(parts[1])
	if !ok {
		return "", false
	}
	return parts[0], subtle.ConstantTimeCompare([]byte(parts[2]), []byte(mac(key, parts[0]))) == 1
}

// lower is that of ASCII alone: nothing else may become one of our letters.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
