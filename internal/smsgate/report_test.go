package smsgate

import (
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
