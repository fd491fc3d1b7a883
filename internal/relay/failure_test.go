package relay

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var hidden = []string{"+34600123456", "8264 9173 is your code. Or 123-456.\n@id.fernbank.example #82649173", "hunter2"}

// What is kept of a gateway's words: useful to an operator, useless to a thief.
func TestClean(t *testing.T) {
	for said, want := range map[string]string{
		"number +34600123456 is not mobile":                    "number … is not mobile",
		"number 0034600123456 is not mobile":                   "number … is not mobile",
		"number 600 123 456 is not mobile":                     "number … … … is not mobile",
		`"to":"34600123456"`:                                   "…",
		"bad text: 8264 9173 is your code.":                    "bad text: … … is your code.",
		"bad text: 123-456.":                                   "bad text: …",
		"#82649173":                                            "…",
		"bad text: ٨٢٦٤":                                       "bad text: …",
		"password hunter2 is wrong":                            "password … is wrong",
		"key=hunter2&x is wrong":                               "… is wrong",
		"quota of 50 texts; error 30007":                       "quota of 50 texts; error 30007",
		"ask lucy@fernbank.example":                            "ask …",
		"token k3J9dJk2lQpWm4nBvCxZaQ99 ended":                 "token … ended",
		"try\r\nagain\x00\x1b[0m later\u202e":                  "try again[0m later",
		"dial tcp 192.0.2.1:2775: connect: connection refused": "dial tcp 192.0.2.1:2775: connect: connection refused",
		"lookup sms.fernbank.example: no such host":            "lookup sms.fernbank.example: no such host",
		"&#56;264": "…",
		"%38264":   "…",
	} {
		if got := Clean(said, hidden...); got != want {
			t.Errorf("%q\n got %q\nwant %q", said, got, want)
		}
	}
}

// SMPP centres quote the beginning of a text in a receipt, when nothing here knows any more what was in it.
func TestCleanReceipt(t *testing.T) {
	for said, want := range map[string]string{
		"30003":                           "30003",
		"EC_UNKNOWN_SUBSCRIBER":           "EC_UNKNOWN_SUBSCRIBER",
		"8264 9173 is your code":          "… … is your code",
		"err:001 text:8264 9173 is":       "… … … is",
		"82649173":                        "…",
		"absent subscriber +34600123456.": "absent subscriber …",
	} {
		if got := CleanReceipt(said); got != want {
			t.Errorf("%q\n got %q\nwant %q", said, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("bad text: 8264 9173 is your code, +34600123456, hunter2")
	f.Add("\xff\x00\r\n\u202e٨٢٦٤")
	f.Fuzz(func(t *testing.T, said string) {
		got := Clean(said, hidden...)
		if len(got) > MaxSaid || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", said, got)
		}
		for _, secret := range []string{"600123456", "82649173", "8264", "9173", "hunter2"} {
			if strings.Contains(got, secret) {
				t.Fatalf("%q became %q, which holds %q", said, got, secret)
			}
		}
	})
}
