package config

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// Template is a sender that takes a message as one HTTP request, and how it reports: what gateways of texts and mail services share.
type Template struct {
	Timeout             time.Duration
	Username            string
	SecretFile          Path
	Reports             bool
	URL, Method, Body   string
	Headers             []string
	Auth, Scope, Access string

	SuccessStatus, RefusedStatus   []int
	SuccessPattern, RefusedPattern string
	RefPattern, RefPath            string
	OwnRef                         bool

	ReceiptSecretFile    Path
	ReceiptHeader        string
	ReceiptSignatureFile Path
	ReceiptRef           string
	ReceiptState         string
	ReceiptSaid          string
	ReceiptList          string
	ReceiptStates        []string
}

// table lists the keys of a section in which messages of one kind, a "text" or a "mail", are sent.
func (t *Template) table(at, what string) []key {
	return []key{
		{path: at + "timeout", into: &t.Timeout, standard: "10s",
			doc: "How long one " + what + " may take; smpp and smtp: how long each answer may, smtp at least 30s."},
		{path: at + "username", into: &t.Username,
			doc: "http: the name for `auth`. twilio: an API key's SID, or empty for the account's. smpp: the system id. smtp: the name to sign in with; empty: no sign-in."},
		{path: at + "secret_file", into: &t.SecretFile,
			doc: "A file with the password, key or token. It is read each time, so a new one needs no restart."},
		{path: at + "url", into: &t.URL,
			doc: "http: the address, a template. twilio: another provider's address than Twilio's."},
		{path: at + "method", into: &t.Method, standard: "POST",
			doc: "http: the method."},
		{path: at + "headers", into: &t.Headers,
			doc: "http: headers as `Name: value`; the values are templates."},
		{path: at + "body", into: &t.Body,
			doc: "http: the body, a template."},
		{path: at + "auth", into: &t.Auth, among: []string{"none", "basic", "oauth2"}, standard: "none",
			doc: "http: how the request says who we are. A key in a header needs none of these: `{{.Secret}}` stands for what is in `secret_file`."},
		{path: at + "access_url", into: &t.Access,
			doc: "http with oauth2: where access is asked for."},
		{path: at + "scope", into: &t.Scope,
			doc: "http with oauth2: what is asked for."},
		{path: at + "success_status", into: &t.SuccessStatus,
			doc: "http: the statuses that mean that the " + what + " was taken. Empty: 200 to 299."},
		{path: at + "success_pattern", into: &t.SuccessPattern,
			doc: "http: a regular expression that the answer must match besides."},
		{path: at + "refused_status", into: &t.RefusedStatus,
			doc: "http: the statuses that mean that this number or address will never get a " + what + ". Empty: 400 and 422."},
		{path: at + "refused_pattern", into: &t.RefusedPattern,
			doc: "http: a regular expression by which any answer means that."},
		{path: at + "ref_pattern", into: &t.RefPattern,
			doc: "http: finds the other side's name for the " + what + " in its answer, as the one group."},
		{path: at + "ref_path", into: &t.RefPath,
			doc: "http: the same by a path in JSON, such as `messages.0.id`."},
		{path: at + "own_ref", into: &t.OwnRef, standard: "false",
			doc: "http: the other side gives no name, and receipts come with `{{.ID}}`."},
		{path: at + "receipts", into: &t.Reports, standard: "false",
			doc: "Whether receipts are asked for."},
		{path: at + "receipt_secret_file", into: &t.ReceiptSecretFile,
			doc: "http: a file with the last part of the address that receipts come to, 22 characters at least."},
		{path: at + "receipt_header", into: &t.ReceiptHeader,
			doc: "http: the header that holds an HMAC-SHA-256 of a receipt, in hexadecimal."},
		{path: at + "receipt_signature_file", into: &t.ReceiptSignatureFile,
			doc: "http: a file with the key of that. twilio: a file with the account's auth token, if `secret_file` holds another key."},
		{path: at + "receipt_ref", into: &t.ReceiptRef, standard: "ref",
			doc: "http: the field of a receipt with the other side's name for the " + what + "; in JSON it may be a path."},
		{path: at + "receipt_state", into: &t.ReceiptState, standard: "state",
			doc: "http: the field with what became of it."},
		{path: at + "receipt_said", into: &t.ReceiptSaid,
			doc: "http: the field with the other side's words."},
		{path: at + "receipt_list", into: &t.ReceiptList,
			doc: "http: a path to a list in JSON, when several come at once."},
		{path: at + "receipt_states", into: &t.ReceiptStates,
			doc: "http: words for states that are not the usual ones, as `word=delivered`, `word=failed` or `word=pending`."},
	}
}

func (t *Template) http(roots *x509.CertPool) (*relay.HTTP, *relay.Receipts, error) {
	h := &relay.HTTP{
		Method: t.Method, URL: t.URL, Header: map[string]string{}, Body: t.Body,
		Username: t.Username, SecretFile: string(t.SecretFile), AccessURL: t.Access, Scope: t.Scope,
		SuccessStatus: t.SuccessStatus, SuccessPattern: t.SuccessPattern, RefusedStatus: t.RefusedStatus, RefusedPattern: t.RefusedPattern,
		RefPattern: t.RefPattern, RefPath: t.RefPath, OwnRef: t.OwnRef, Roots: roots, Timeout: t.Timeout,
	}
	if t.Auth != "none" {
		h.Auth = relay.Auth(t.Auth)
	}
	for _, line := range t.Headers {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, nil, fmt.Errorf("headers: write each as %q", "Name: value")
		}
		h.Header[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	if !t.Reports {
		return h, nil, nil
	}
	r := &relay.Receipts{
		SecretFile: string(t.ReceiptSecretFile), SignatureHeader: t.ReceiptHeader, SignatureFile: string(t.ReceiptSignatureFile),
		Ref: t.ReceiptRef, State: t.ReceiptState, Said: t.ReceiptSaid, List: t.ReceiptList, States: map[string]engine.ReceiptState{},
	}
	for _, pair := range t.ReceiptStates {
		word, state, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, nil, fmt.Errorf("receipt_states: write each as %q", "word=delivered")
		}
		r.States[word] = engine.ReceiptState(state)
	}
	return h, r, nil
}
