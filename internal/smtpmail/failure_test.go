package smtpmail

import (
	"strings"
	"testing"
	"unicode"
)

// What is kept of a server's words: useful to an operator, useless to a thief.
func TestClean(t *testing.T) {
	for said, want := range map[string]string{
		"550 5.1.1 <lucy@fernbank.example>: Recipient address rejected": "550 5.1.1 … Recipient address rejected",
		"550 5.1.1 No such user lucy here":                              "550 5.1.1 No such user … here",
		"550 5.1.1 No such user \"LUCY\"":                               "550 5.1.1 No such user …",
		"554 5.7.1 spam: https://id.fernbank.example/link/AbCdEf":       "554 5.7.1 spam: …",
		"554 5.7.1 spam: Your code is 12345678":                         "554 5.7.1 spam: Your code is …",
		"554 5.7.1 spam: Your code is 1234 5678":                        "554 5.7.1 spam: Your code is … …",
		"554 5.7.1 bad word k3J9dJk2lQpWm4nBvCxZaQ":                     "554 5.7.1 bad word …",
		"554 5.7.1 Client host [192.0.2.1] blocked":                     "554 5.7.1 Client host [192.0.2.1] blocked",
		"451 4.3.0 try\r\nagain\x00\x1b[31m later\u202e":                "451 4.3.0 try again[31m later",
		"dial tcp 127.0.0.1:25: connect: connection refused":            "dial tcp 127.0.0.1:25: connect: connection refused",
		"lookup mail.fernbank.example: no such host":                    "lookup mail.fernbank.example: no such host",
	} {
		if got := Clean(said, "lucy"); got != want {
			t.Errorf("%q\n got %q\nwant %q", said, got, want)
		}
	}
	if got := Clean(strings.Repeat("word ", 1000)); len(got) > maxSaid {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzClean(f *testing.F) {
	f.Add("550 5.1.1 <lucy@fernbank.example>: 12345678")
	f.Fuzz(func(t *testing.T, said string) {
		got := Clean(said)
		if len(got) > maxSaid {
			t.Errorf("%d bytes", len(got))
		}
		run := 0
		for _, r := range got {
			if r == '@' || !unicode.IsPrint(r) {
				t.Errorf("%q holds %q", got, r)
			}
			if run++; !unicode.IsDigit(r) {
				run = 0
			}
			if run > 5 {
				t.Errorf("%q may hold a code", got)
			}
		}
	})
}
