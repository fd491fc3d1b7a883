package smsgate

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// twilioReports reads the reports of a gateway that speaks as Twilio does.
type twilioReports struct {
	base string // the address, from the configuration: one from the request would let a stranger choose what is signed
	file string
}

func (t *twilioReports) Address() (string, error) { return t.base, nil }

func (t *twilioReports) Read(r *http.Request, rest string, body []byte) ([]engine.Receipt, error) {
	if rest != "" || r.URL.RawQuery != "" || r.Method != http.MethodPost {
		return nil, relay.ErrStranger
	}
	key, err := relay.ReadSecret(t.file)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !relay.Same(r.Header.Get("X-Twilio-Signature"), twilioSignature(key, t.base, form)) {
		return nil, relay.ErrStranger
	}
	said := ""
	if code, err := strconv.Atoi(form.Get("ErrorCode")); err == nil && code > 0 && code < 100000 {
		said = strconv.Itoa(code)
	}
	receipt, err := relay.ReceiptOf(form.Get("MessageSid"), form.Get("MessageStatus"), said, nil)
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
