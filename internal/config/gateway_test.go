package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twohens/internal/recovery"
	"twohens/internal/smsgate"
)

const texts = `
[sms]
gateways = ["main", "spare-1"]
countries = ["ES", "PT"]

[sms.gateway.spare-1]
kind = "twilio"
account = "AC0123"
from = "+34600000000"

[sms.gateway.main]
url = "https://gateway.example/send"
headers = ["Authorization: Bearer {{.Secret}}", "Content-Type: application/json"]
body = '{"to": {{json .To}}, "text": {{json .Text}}}'
success_status = [200, 202]
ref_path = "messages.0.id"
`

// Gateways have sections of their own, with names that the operator chooses; every key counts, from the environment too.
func TestGateways(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, Smallest+texts, "TWOHENS_SMS_GATEWAY_MAIN_SECRET_FILE="+secret, "TWOHENS_SMS_GATEWAY_SPARE_1_SECRET_FILE="+secret)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Recovery.Policy.Ways, recovery.Classic().Ways) {
		t.Errorf("with a gateway the ways are %v", c.Recovery.Policy.Ways)
	}
	settings, err := c.SMS.Settings("https://id.fernbank.example/receipts")
	if err != nil || len(settings.Gateways) != 2 || settings.Gateways[0].Name != "main" || settings.Gateways[1].Twilio.Account != "AC0123" {
		t.Fatalf("%+v, %v", settings, err)
	}
	h := settings.Gateways[0].HTTP
	if h.Header["Authorization"] != "Bearer {{.Secret}}" || !slices.Equal(h.SuccessStatus, []int{200, 202}) || h.Method != "POST" || h.SecretFile != secret {
		t.Errorf("%+v", h)
	}
	chain, err := smsgate.New(settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain.Close()
}

// What is wrong with a gateway is told with its name, and nothing else is made of it.
func TestGatewaysRefused(t *testing.T) {
	for change, want := range map[[2]string]string{
		{`["main", "spare-1"]`, `["main", "spare-1", "third"]`}:    `sms.gateways: names "third", and there is no section`,
		{`["main", "spare-1"]`, `["main"]`}:                        `sms.gateway.spare-1: is not in sms.gateways`,
		{`["main", "spare-1"]`, `["main", "main"]`}:                `sms.gateways: has "main" twice`,
		{`["ES", "PT"]`, `[]`}:                                     `sms.countries: is empty`,
		{`kind = "twilio"`, `kind = "pigeon"`}:                     `sms.gateway.spare-1.kind: want one of http, twilio, smpp, file`,
		{`from = "+34600000000"`, ``}:                              `sms.gateway.spare-1.kind: from: needs either a sender or a messaging service`,
		{`{{json .Text}}`, `{{json .Txt}}`}:                        `sms.gateway.main.kind: `,
		{`https://gateway.example`, `http://gateway.example`}:      `sms.gateway.main.kind: `,
		{`"Authorization: Bearer {{.Secret}}"`, `"Authorization"`}: `sms.gateway.main.kind: cannot be used: headers: write each as`,
		{`[200, 202]`, `[200, "no"]`}:                              `sms.gateway.main.success_status: want a list of whole numbers`,
		{`ref_path`, `ref_paht`}:                                   `did you mean sms.gateway.main.ref_path?`,
	} {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("s3cret"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := load(t, Smallest+strings.Replace(texts, change[0], change[1], 1),
			"TWOHENS_SMS_GATEWAY_MAIN_SECRET_FILE="+secret, "TWOHENS_SMS_GATEWAY_SPARE_1_SECRET_FILE="+secret)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", change[1], err, want)
		}
	}
}

// A country to which texts go needs a price: without one the caps on money would take its texts for free and let all of them pass.
func TestAttackCountryWithoutAPrice(t *testing.T) {
	folder := t.TempDir()
	secret, table := filepath.Join(folder, "secret"), filepath.Join(folder, "prices.csv")
	if err := os.WriteFile(secret, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for prices, want := range map[string]string{
		"currency,EUR\nES,0.05\n":              "sms.prices: has no price for PT",
		"currency,EUR\nES,0.05\n+35196,0.05\n": "sms.prices: has no price for PT",
		"currency,EUR\nES,0.05\npt,0.05\n":     "",
		"currency,EUR\n*,0.12\n":               "",
	} {
		if err := os.WriteFile(table, []byte(prices), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := load(t, Smallest+texts, "TWOHENS_SMS_GATEWAY_MAIN_SECRET_FILE="+secret, "TWOHENS_SMS_GATEWAY_SPARE_1_SECRET_FILE="+secret,
			"TWOHENS_SMS_PRICES="+table, "TWOHENS_SMS_SPEND_DAY=10")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", prices, err, want)
		}
	}
}

// Every example in the manual loads as it stands.
func TestExamplesOfTheManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/manual/sms.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	secret := filepath.Join(folder, "secret")
	if err := os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?m)^\[sms\.gateway\.([a-z]+)\]`)
	found := 0
	for part := range strings.SplitSeq(string(text), "```toml\n") {
		example, _, _ := strings.Cut(part, "```")
		name := section.FindStringSubmatch(example)
		if name == nil {
			continue
		}
		found++
		example = regexp.MustCompile(`"/etc/twohens/[a-z.]+"`).ReplaceAllString(example, `"`+secret+`"`)
		if _, err := load(t, Smallest+"[sms]\ngateways = [\""+name[1]+"\"]\ncountries = [\"ES\"]\n"+example); err != nil {
			t.Errorf("%s: %v", name[1], err)
		}
	}
	if found != 5 {
		t.Errorf("%d examples", found)
	}
}
