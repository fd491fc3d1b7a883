package smsgate_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smsgate"
)

const pathSecret = "AAAAAAAAAAAAAAAAAAAAAA-_"

// reported is a chain that keeps the receipts that it believes.
type reported struct {
	t     testing.TB
	chain *smsgate.Chain
	log   lockedBuffer
	kept  []engine.Receipt
	err   error // what keeping one says
}

func report(t testing.TB, gateways ...smsgate.Gateway) *reported {
	r := &reported{t: t}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	r.chain = chain(t, &r.log, smsgate.Settings{
		Gateways: gateways, ReceiptURL: "https://id.fernbank.example/receipts/", Chain: relay.Settings{Now: func() time.Time { return now }},
		Deliver: func(_ context.Context, got engine.Receipt) error {
			if got.Gateway == "" || !got.At.Equal(now) {
				t.Errorf("delivered %+v", got)
			}
			if r.err == nil {
				r.kept = append(r.kept, got)
			}
			return r.err
		},
	})
	return r
}

// ask makes a request and gives its status, and what was kept because of it.
func (r *reported) ask(method, target, kind, body string, header ...string) (int, []engine.Receipt) {
	r.t.Helper()
	r.kept = nil
	q := httptest.NewRequest(method, target, strings.NewReader(body))
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	http.StripPrefix("/receipts", r.chain.Receipts()).ServeHTTP(w, q)
	if said := w.Body.String() + r.log.String(); strings.Contains(said, pathSecret) || strings.Contains(said, "600123456") || strings.Contains(said, "9173") {
		r.t.Errorf("tells too much: %s", said)
	}
	return w.Code, r.kept
}

func fieldGateway(t testing.TB, set relay.Receipts) smsgate.Gateway {
	g := (&peer{address: "127.0.0.1:1"}).plain(t, time.Second)
	g.Receipts = &set
	return g
}

const formKind = "application/x-www-form-urlencoded"

func TestReceipts(t *testing.T) {
	const at = "/receipts/plain/" + pathSecret
	delivered := func(refs ...string) (all []engine.Receipt) {
		for _, ref := range refs {
			all = append(all, engine.Receipt{Ref: ref, State: engine.ReceiptDelivered, Said: "delivrd"})
		}
		return all
	}
	one := func(state engine.ReceiptState, said string) []engine.Receipt {
		return []engine.Receipt{{Ref: "m-1", State: state, Said: said}}
	}
	for _, tt := range []struct {
		name, method, target, kind, body string
		set                              relay.Receipts
		status                           int
		kept                             []engine.Receipt
	}{
		{name: "by GET, as Kannel does", method: "GET", target: at + "?ref=m-1&state=1", status: 200, kept: one(engine.ReceiptDelivered, "1")},
		{name: "a form", method: "POST", target: at, kind: formKind, body: "ref=m-1&state=DELIVRD", status: 200, kept: delivered("m-1")},
		{name: "a form and a query", method: "POST", target: at + "?ref=m-1", kind: formKind, body: "state=DELIVRD", status: 200, kept: delivered("m-1")},
		{name: "JSON", method: "POST", target: at, kind: "application/json", body: `{"message":{"id":17},"status":"Delivrd"}`,
			set: relay.Receipts{Ref: "message.id", State: "status"}, status: 200, kept: delivered("17")},
		{name: "several", method: "POST", target: at, body: `{"results":[{"ref":"a","state":"DELIVRD"},{"ref":"b","state":"DELIVRD"}]}`,
			set: relay.Receipts{List: "results"}, status: 200, kept: delivered("a", "b")},
		{name: "words of its own", method: "GET", target: at + "?ref=m-1&state=Zugestellt", status: 200,
			set: relay.Receipts{States: map[string]engine.ReceiptState{"ZUGESTELLT": engine.ReceiptDelivered}}, kept: one(engine.ReceiptDelivered, "zugestellt")},
		{name: "a word that means something else", method: "GET", target: at + "?ref=m-1&state=1", status: 200,
			set: relay.Receipts{States: map[string]engine.ReceiptState{"1": engine.ReceiptFailed}}, kept: one(engine.ReceiptFailed, "1")},
		{name: "with a reason", method: "GET", target: at + "?ref=m-1&state=UNDELIV&why=absent+%2B34600123456+text:8264+9173", status: 200,
			set: relay.Receipts{Said: "why"}, kept: one(engine.ReceiptFailed, "undeliv absent … … …")},

		{name: "no name", method: "GET", target: at + "?state=1", status: 400},
		{name: "no state", method: "GET", target: at + "?ref=m-1", status: 400},
		{name: "a state that nobody knows", method: "GET", target: at + "?ref=m-1&state=wobbly", status: 400},
		{name: "a name with a line end", method: "GET", target: at + "?ref=m%0A1&state=1", status: 400},
		{name: "a name too long", method: "GET", target: at + "?state=1&ref=" + strings.Repeat("a", 200), status: 400},
		{name: "no query", method: "GET", target: at + "?ref=%zz", status: 400},
		{name: "no form", method: "POST", target: at, kind: formKind, body: "ref=%zz", status: 400},
		{name: "no JSON", method: "POST", target: at, body: "{", status: 400},
		{name: "no list", method: "POST", target: at, body: `{"results":{}}`, set: relay.Receipts{List: "results"}, status: 400},
		{name: "too much", method: "POST", target: at, kind: formKind, body: "ref=m-1&state=1&x=" + strings.Repeat("a", 65<<10), status: 400},
		{name: "another method", method: "PUT", target: at + "?ref=m-1&state=1", status: 405},

		{name: "no secret", method: "GET", target: "/receipts/plain?ref=m-1&state=1", status: 404},
		{name: "a wrong secret", method: "GET", target: "/receipts/plain/BAAAAAAAAAAAAAAAAAAAAA-_?ref=m-1&state=1", status: 404},
		{name: "half a secret", method: "GET", target: at[:len(at)-1] + "?ref=m-1&state=1", status: 404},
		{name: "more than a secret", method: "GET", target: at + "/?ref=m-1&state=1", status: 404},
		{name: "no such gateway", method: "GET", target: "/receipts/simple/" + pathSecret + "?ref=m-1&state=1", status: 404},
		{name: "no gateway", method: "GET", target: "/receipts/", status: 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.set.SecretFile = file(t, pathSecret)
			r := report(t, fieldGateway(t, tt.set))
			status, kept := r.ask(tt.method, tt.target, tt.kind, tt.body)
			for i := range kept {
				kept[i].Gateway, kept[i].At = "", time.Time{}
			}
			if status != tt.status || !slices.Equal(kept, tt.kept) {
				t.Errorf("%d, kept %+v", status, kept)
			}
		})
	}
}

// The words of a state that common gateways use.
func TestStates(t *testing.T) {
	r := report(t, fieldGateway(t, relay.Receipts{SecretFile: file(t, pathSecret)}))
	for state, words := range map[engine.ReceiptState][]string{
		engine.ReceiptDelivered: {"DELIVRD", "delivered", "1"},
		engine.ReceiptFailed:    {"failed", "UNDELIV", "undelivered", "EXPIRED", "REJECTD", "rejected", "DELETED", "2", "16"},
		engine.ReceiptPending:   {"ENROUTE", "ACCEPTD", "queued", "sent", "UNKNOWN", "4", "8"},
	} {
		for _, word := range words {
			status, kept := r.ask("GET", "/receipts/plain/"+pathSecret+"?ref=m-1&state="+word, "", "")
			if status != 200 || len(kept) != 1 || kept[0].State != state {
				t.Errorf("%s: %d, %+v", word, status, kept)
			}
		}
	}
}

// What cannot be kept, or believed or not, is asked for again.
func TestReceiptLater(t *testing.T) {
	secret := file(t, pathSecret)
	r := report(t, fieldGateway(t, relay.Receipts{SecretFile: secret}))
	const good = "/receipts/plain/" + pathSecret + "?ref=m-1&state=1"
	r.err = errors.New("the database is down")
	if status, _ := r.ask("GET", good, "", ""); status != 503 {
		t.Error(status)
	}
	r.err = nil
	for range 2 {
		if status, kept := r.ask("GET", good, "", ""); status != 200 || len(kept) != 1 {
			t.Error(status, kept)
		}
	}
	for _, text := range []string{"short", "", "AAAAAAAAAAAAAAAAAAAA/AAAAA"} {
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, kept := r.ask("GET", "/receipts/plain/"+text+"?ref=m-1&state=1", "", ""); status != 503 || len(kept) != 0 {
			t.Error(text, status, kept)
		}
	}
}

func TestSignedReceipts(t *testing.T) {
	sign := func(key, body string) string {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(body))
		return hex.EncodeToString(mac.Sum(nil))
	}
	r := report(t, fieldGateway(t, relay.Receipts{SignatureHeader: "X-Signature", SignatureFile: file(t, key)}))
	const body = `{"ref":"m-1","state":"delivered"}`
	for _, tt := range []struct {
		name, method, target, signature string
		status                          int
	}{
		{"good", "POST", "/receipts/plain", sign(key, body), 200},
		{"good with its kind in front", "POST", "/receipts/plain", "sha256=" + sign(key, body), 200},
		{"of another key", "POST", "/receipts/plain", sign("other", body), 404},
		{"of another body", "POST", "/receipts/plain", sign(key, body+" "), 404},
		{"none", "POST", "/receipts/plain", "", 404},
		{"cut", "POST", "/receipts/plain", sign(key, body)[:62], 404},
		{"of a body that is not looked at", "GET", "/receipts/plain?ref=m-2&state=failed", sign(key, body), 404},
		{"something behind the name", "POST", "/receipts/plain/x", sign(key, body), 404},
	} {
		status, kept := r.ask(tt.method, tt.target, "application/json", body, "X-Signature", tt.signature)
		if status != tt.status || (len(kept) == 1) != (status == 200) {
			t.Errorf("%s: %d, %+v", tt.name, status, kept)
		}
	}
	// The query is not signed, so it changes nothing.
	empty := `{"state":"delivered"}`
	if status, _ := r.ask("POST", "/receipts/plain?ref=m-2", "application/json", empty, "X-Signature", sign(key, empty)); status != 400 {
		t.Errorf("an unsigned name was believed: %d", status)
	}
}

func TestTwilioReceipts(t *testing.T) {
	p := start(t)
	g := p.twilio(t, 20*time.Second)
	g.Reports = true
	r := report(t, g)
	const address = "https://id.fernbank.example/receipts/tw"
	form := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"undelivered"}, "ErrorCode": {"30003"}, "To": {"+34600123456"}, "AccountSid": {account}}
	sign := func(change url.Values, at string) string { return smsgate.TwilioSignature(key, at, change) }
	other := url.Values{"MessageSid": {"SM2"}, "MessageStatus": {"delivered"}}
	for _, tt := range []struct {
		name, method, target string
		form                 url.Values
		signature            string
		status               int
	}{
		{"good", "POST", "/receipts/tw", form, sign(form, address), 200},
		{"of another form", "POST", "/receipts/tw", form, sign(other, address), 404},
		{"of another address", "POST", "/receipts/tw", form, sign(form, "https://evil.example/receipts/tw"), 404},
		{"none", "POST", "/receipts/tw", form, "", 404},
		{"with a query", "POST", "/receipts/tw?a=b", form, sign(form, address+"?a=b"), 404},
		{"by GET", "GET", "/receipts/tw?" + form.Encode(), nil, sign(form, address), 404},
		{"no state", "POST", "/receipts/tw", url.Values{"MessageSid": {"SM1"}}, sign(url.Values{"MessageSid": {"SM1"}}, address), 400},
	} {
		status, kept := r.ask(tt.method, tt.target, formKind, tt.form.Encode(), "X-Twilio-Signature", tt.signature)
		if status != tt.status || (len(kept) == 1) != (status == 200) {
			t.Errorf("%s: %d, %+v", tt.name, status, kept)
		}
		if len(kept) == 1 && (kept[0].Ref != "SM1" || kept[0].State != engine.ReceiptFailed || kept[0].Said != "undelivered 30003") {
			t.Errorf("%+v", kept[0])
		}
	}
}

// What goes to Twilio beside the text.
func TestTwilioRequest(t *testing.T) {
	for _, service := range []string{"", "MGfern"} {
		p := start(t)
		g := p.twilio(t, 20*time.Second)
		g.Reports = true
		if service != "" {
			g.From, g.Twilio.Service = "", service
		}
		var form url.Values
		read := p.read
		p.read = func(r *http.Request, body []byte) (sendertest.Taken, error) {
			form, _ = url.ParseQuery(string(body))
			return read(r, body)
		}
		c := chain(t, io.Discard, smsgate.Settings{Gateways: []smsgate.Gateway{g}, ReceiptURL: "https://id.fernbank.example/receipts"})
		if _, err := c.Text(t.Context(), sendertest.Text(t, "one", "en")); err != nil {
			t.Fatal(err)
		}
		if form.Get("StatusCallback") != "https://id.fernbank.example/receipts/tw" || form.Get("MessagingServiceSid") != service ||
			(form.Get("From") == "") != (service != "") || len(form.Get("ValidityPeriod")) != 3 {
			t.Errorf("%v", form)
		}
	}
}

func TestTwilioAnswers(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		class  relay.Class
		parts  int
	}{
		{201, `{"sid":"SM1","num_segments":"3"}`, "", 3},
		{201, `{"sid":"SM1","num_segments":2}`, "", 2},
		{201, `{"sid":"SM1","num_segments":"0"}`, "", 1},
		{201, `{"sid":"SM1"}`, "", 1},
		{201, `<html>`, relay.Unsure, 0},
		{200, `{"status":"ok"}`, relay.Unsure, 0},
		{400, `{"code":21211,"message":"The 'To' number +34600123456 is not valid"}`, relay.Refused, 0},
		{400, `{"code":21610}`, relay.Refused, 0},
		{400, `{"code":21614}`, relay.Refused, 0},
		{400, `{"code":"21614"}`, relay.Refused, 0},
		{400, `{"code":21408}`, relay.Declined, 0},
		{400, `{"code":21606}`, relay.Unfit, 0},
		{400, `{"code":12345}`, relay.Declined, 0},
		{400, ``, relay.Declined, 0},
		{401, `{"code":20003}`, relay.Unfit, 0},
		{404, `{"code":20404}`, relay.Unfit, 0},
		{429, `{"code":20429}`, relay.Busy, 0},
		{429, ``, relay.Busy, 0},
		{503, ``, relay.Busy, 0},
		{504, ``, relay.Unsure, 0},
	} {
		p := start(t)
		g := p.twilio(t, 20*time.Second)
		p.receipt = func(w http.ResponseWriter, _ int) {
			w.WriteHeader(tt.status)
			io.WriteString(w, tt.body)
		}
		h, err := send(t, g)
		wants(t, err, tt.class)
		if h.Parts != tt.parts {
			t.Errorf("%d %s: %+v, %v", tt.status, tt.body, h, err)
		}
	}
}

func TestTwilioMistakes(t *testing.T) {
	good := smsgate.Twilio{Account: account, SecretFile: file(t, key)}
	for want, set := range map[string]func(*smsgate.Gateway){
		"account":    func(g *smsgate.Gateway) { g.Twilio.Account = "" },
		"SID":        func(g *smsgate.Gateway) { g.Twilio.Account = "../x" },
		"secret":     func(g *smsgate.Gateway) { g.Twilio.SecretFile = "" },
		"from":       func(g *smsgate.Gateway) { g.From = "" },
		"either":     func(g *smsgate.Gateway) { g.Twilio.Service = "MG1" },
		"must be ht": func(g *smsgate.Gateway) { g.Twilio.URL = "http://api.twilio.com" },
		"public":     func(g *smsgate.Gateway) { g.Reports = true },
	} {
		own := good
		g := smsgate.Gateway{Name: "tw", From: "+15005550006", Twilio: &own}
		if _, err := smsgate.New(smsgate.Settings{Gateways: []smsgate.Gateway{g}}, nil); err != nil {
			t.Fatal(err)
		}
		set(&g)
		if _, err := smsgate.New(smsgate.Settings{Gateways: []smsgate.Gateway{g}}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
