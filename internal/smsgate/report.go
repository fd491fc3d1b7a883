package smsgate

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"twohens/internal/engine"
)

// Receipts are how an HTTP gateway reports: by a request to an address with a secret in it, or with a signature.
//
// Ref, State and Said name fields: of the query, of a form, or, by a path such as status.name, of JSON.
type Receipts struct {
	SecretFile string // holds the last part of the address: 22 characters at least

	SignatureHeader string // holds HMAC-SHA-256 of the body in hexadecimal, with or without sha256= in front; then only POST
	SignatureFile   string // holds its key

	Ref   string // empty: ref
	State string // empty: state
	Said  string // empty: none
	List  string // a path to a list in JSON, when several come at once: the fields are those of its members

	States map[string]engine.ReceiptState // words that are not among the usual ones, or mean something else here
}

// fields reads the reports of an HTTP gateway.
type fields struct {
	set  Receipts
	base string // without the secret
}

func newFields(s Receipts, base string) (*fields, error) {
	s.Ref = cmp.Or(s.Ref, "ref")
	s.State = cmp.Or(s.State, "state")
	signed := s.SignatureHeader != "" || s.SignatureFile != ""
	switch {
	case s.SecretFile == "" && !signed:
		return nil, errors.New("receipts: need a secret file or a signature; anybody could report otherwise")
	case signed && (s.SignatureHeader == "" || s.SignatureFile == ""):
		return nil, errors.New("receipts: a signature needs a header and a file with its key")
	}
	lower := make(map[string]engine.ReceiptState)
	for word, state := range s.States {
		switch state {
		case engine.ReceiptDelivered, engine.ReceiptFailed, engine.ReceiptPending:
		default:
			return nil, fmt.Errorf("receipts: %q is none of delivered, failed and pending", state)
		}
		lower[strings.ToLower(word)] = state
	}
	s.States = lower
	if s.SecretFile != "" {
		if _, err := readPathSecret(s.SecretFile); err != nil {
			return nil, fmt.Errorf("receipts: %w", err)
		}
	}
	return &fields{set: s, base: base}, nil
}

func (f *fields) address() (string, error) {
	if f.set.SecretFile == "" {
		return f.base, nil
	}
	secret, err := readPathSecret(f.set.SecretFile)
	return f.base + "/" + secret, err
}

func (f *fields) read(r *http.Request, rest string, body []byte) ([]engine.Receipt, error) {
	secret := ""
	if f.set.SecretFile != "" {
		var err error
		if secret, err = readPathSecret(f.set.SecretFile); err != nil {
			return nil, err
		}
	}
	if !same(rest, secret) {
		return nil, errStranger
	}
	if f.set.SignatureFile != "" {
		key, err := readSecret(f.set.SignatureFile)
		if err != nil {
			return nil, err
		}
		// The query is not signed, so only what is in the body counts.
		if r.Method != http.MethodPost || !signedBody(key, body, r.Header.Get(f.set.SignatureHeader)) {
			return nil, errStranger
		}
		r.URL.RawQuery = ""
	}
	return f.parse(r, body)
}

func signedBody(key string, body []byte, signature string) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(signature), "sha256="))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return err == nil && hmac.Equal(given, mac.Sum(nil))
}

func (f *fields) parse(r *http.Request, body []byte) ([]engine.Receipt, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("%w: the query is none", errUnreadable)
	}
	members := []any{nil}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, fmt.Errorf("%w: the body is no form", errUnreadable)
		}
		maps.Copy(values, form)
	default:
		var root any
		if decode(body, &root) != nil {
			return nil, fmt.Errorf("%w: the body is neither a form nor JSON", errUnreadable)
		}
		members[0] = root
		if f.set.List != "" {
			list, _ := reach(root, f.set.List)
			var ok bool
			if members, ok = list.([]any); !ok {
				return nil, fmt.Errorf("%w: no list where it should be", errUnreadable)
			}
		}
	}
	var receipts []engine.Receipt
	for _, member := range members {
		field := func(name string) string {
			if name == "" {
				return ""
			}
			if text, ok := walk(member, name); ok {
				return text
			}
			return values.Get(name)
		}
		receipt, err := receiptOf(field(f.set.Ref), field(f.set.State), field(f.set.Said), f.set.States)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}

// twilioReports reads the reports of a gateway that speaks as Twilio does.
type twilioReports struct {
	base string // the address, from the configuration: one from the request would let a stranger choose what is signed
	file string
}

func (t *twilioReports) address() (string, error) { return t.base, nil }

func (t *twilioReports) read(r *http.Request, rest string, body []byte) ([]engine.Receipt, error) {
	if rest != "" || r.URL.RawQuery != "" || r.Method != http.MethodPost {
		return nil, errStranger
	}
	key, err := readSecret(t.file)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !same(r.Header.Get("X-Twilio-Signature"), twilioSignature(key, t.base, form)) {
		return nil, errStranger
	}
	said := ""
	if code, err := strconv.Atoi(form.Get("ErrorCode")); err == nil && code > 0 && code < 100000 {
		said = strconv.Itoa(code)
	}
	receipt, err := receiptOf(form.Get("MessageSid"), form.Get("MessageStatus"), said, nil)
	if err != nil {
		return nil, err
	}
	return []engine.Receipt{receipt}, nil
}

// twilioSignature is what Twilio puts into X-Twilio-Signature: HMAC-SHA-1, under the account's auth token, of the address followed
// by each field and its value, the fields in order. (As a MAC, SHA-1 still holds: RFC 6194, section 3.3.)
func twilioSignature(key, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			mac.Write([]byte(name + value))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
