package relay

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
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

// fieldReader reads reports by their fields.
type fieldReader struct {
	set  Receipts
	base string // without the secret
}

// NewReader checks how a sender reports. base is the address under which it does.
func NewReader(s Receipts, base string) (Reader, error) {
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
		if _, err := ReadPathSecret(s.SecretFile); err != nil {
			return nil, fmt.Errorf("receipts: %w", err)
		}
	}
	return &fieldReader{set: s, base: base}, nil
}

func (f *fieldReader) Address() (string, error) {
	if f.set.SecretFile == "" {
		return f.base, nil
	}
	secret, err := ReadPathSecret(f.set.SecretFile)
	return f.base + "/" + secret, err
}

func (f *fieldReader) Read(r *http.Request, rest string, body []byte) ([]engine.Receipt, error) {
	secret := ""
	if f.set.SecretFile != "" {
		var err error
		if secret, err = ReadPathSecret(f.set.SecretFile); err != nil {
			return nil, err
		}
	}
	if !Same(rest, secret) {
		return nil, ErrStranger
	}
	if f.set.SignatureFile != "" {
		key, err := ReadSecret(f.set.SignatureFile)
		if err != nil {
			return nil, err
		}
		// The query is not signed, so only what is in the body counts.
		if r.Method != http.MethodPost || !signedBody(key, body, r.Header.Get(f.set.SignatureHeader)) {
			return nil, ErrStranger
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

func (f *fieldReader) parse(r *http.Request, body []byte) ([]engine.Receipt, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("%w: the query is none", ErrUnreadable)
	}
	members := []any{nil}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, fmt.Errorf("%w: the body is no form", ErrUnreadable)
		}
		maps.Copy(values, form)
	default:
		var root any
		if Decode(body, &root) != nil {
			return nil, fmt.Errorf("%w: the body is neither a form nor JSON", ErrUnreadable)
		}
		members[0] = root
		if f.set.List != "" {
			list, _ := reach(root, f.set.List)
			var ok bool
			if members, ok = list.([]any); !ok {
				return nil, fmt.Errorf("%w: no list where it should be", ErrUnreadable)
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
		receipt, err := ReceiptOf(field(f.set.Ref), field(f.set.State), field(f.set.Said), f.set.States)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}
