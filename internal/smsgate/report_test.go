package smsgate

import (
	"net/http"
	"net/url"
	"testing"
)

// The examples that Twilio publishes for its signature, and one value twice.
func TestTwilioSignature(t *testing.T) {
	form := func(caller string) url.Values {
		return url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {caller}, "Digits": {"1234"}, "From": {caller}, "To": {"+18005551212"}}
	}
	const address = "https://mycompany.com/myapp.php?foo=1&bar=2"
	for caller, want := range map[string]string{
		"+12349013030": "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
		"+14158675309": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
	} {
		if got := twilioSignature("12345", address, form(caller)); got != want {
			t.Errorf("%s: %s, want %s", caller, got, want)
		}
	}
	one, two := url.Values{"a": {"b", "c"}}, url.Values{"a": {"c", "b", "b"}}
	if twilioSignature("k", "", one) != twilioSignature("k", "", two) {
		t.Error("the order of values counts")
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add("ref=m-1&state=1", "application/json", `{"results":[{"ref":"a","state":"delivered"}]}`, "results")
	f.Add("", "application/x-www-form-urlencoded", "ref=m-1&state=DELIVRD", "")
	f.Fuzz(func(t *testing.T, query, kind, body, list string) {
		r := (&fields{set: Receipts{Ref: "ref", State: "state", Said: "said", List: list}})
		receipts, err := r.parse(&http.Request{Header: map[string][]string{"Content-Type": {kind}}, URL: &url.URL{RawQuery: query}}, []byte(body))
		for _, got := range receipts {
			if err != nil || got.Ref == "" || len(got.Ref) > maxRef || got.State == "" || len(got.Said) > 2*maxSaid+1 {
				t.Fatalf("%+v, %v", got, err)
			}
		}
	})
}
