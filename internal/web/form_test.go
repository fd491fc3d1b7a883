package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// sendForm posts a body of any type, as our own pages would otherwise.
func (b *browser) sendForm(path, contentType, body string) answer {
	b.t.Helper()
	r, err := http.NewRequest("POST", b.url+path, strings.NewReader(body))
	must(b.t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.Header.Set("Origin", b.url)
	return b.send(r)
}

// A form is one value for each field, in the one encoding that our pages use. Everything else is refused, on every route, with a
// page that says so; nothing is changed, sent or shown back (CVE-2023-7028, CVE-2013-0233).
func TestFormsAreStrict(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example", "eve@evil.example")
	b := s.browser()
	b.proves("ann@fernbank.example", 1)
	b.signsIn("ann@fernbank.example", old)
	s.settled()
	const good = "application/x-www-form-urlencoded"
	big := strings.Repeat("x", 1<<20)
	object, err := json.Marshal(map[string]any{"address": []string{"ann@fernbank.example", "eve@evil.example"}, "password": fresh})
	must(t, err)
	before := s.rows()
	for _, c := range []struct {
		name, contentType, body string
		status                  int
	}{
		{"no type", "", "password=" + fresh, 415},
		{"JSON", "application/json", string(object), 415},
		{"JSON in a form's clothes", "text/plain", string(object), 415},
		{"multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nx\r\n--b--\r\n", 415},
		{"two types", good + ", text/plain", "password=x", 415},
		{"repeated field", good, "address=ann%40fernbank.example&address=eve%40evil.example&password=a&password=b&code=1&code=2&way=email&way=phone&session=a&session=b", 400},
		{"array", good, "address[]=ann%40fernbank.example&address[]=eve%40evil.example&code[]=1", 400},
		{"array beside the field", good, "address=ann%40fernbank.example&address%5B%5D=eve%40evil.example", 400},
		{"object", good, "password[$ne]=1&code[$gt]=", 400},
		{"ten picks", good, strings.Repeat("pick=1&", 10), 400},
		{"1 MB field", good, "address=" + big, 413},
		{"1 MB of fields", good, strings.Repeat("a=1&", 1<<18), 413},
		{"invalid UTF-8", good, "address=ann%ff%40fernbank.example&password=%c0%80&code=%ff", 400},
		{"broken escape", good, "address=%4", 400},
		{"semicolon", good, "address=a;password=b", 400},
	} {
		for _, r := range s.web.table() {
			if r.Method != "POST" {
				continue
			}
			a := b.sendForm(s.fill(r.Path), c.contentType, c.body)
			if a.status != c.status || title(a) == "" || len(a.cookies) != 0 {
				t.Errorf("%s to %s: %d %s, want %d", c.name, r.Path, a.status, title(a), c.status)
			}
			if strings.Contains(a.body, "evil.example") || strings.Contains(a.body, fresh) || len(a.body) > 64<<10 {
				t.Errorf("%s to %s: shows back what was sent", c.name, r.Path)
			}
		}
	}
	// One that is larger than it says, and one that says nothing of its size.
	r, err := http.NewRequest("POST", s.url+"/recover", io.NopCloser(strings.NewReader("address="+big)))
	must(t, err)
	r.Header.Set("Content-Type", good)
	if a := b.send(r); a.status != 413 {
		t.Errorf("1 MB without a length: %d", a.status)
	}
	if s.rows() != before {
		t.Error("a form that was refused changed something")
	}
	if a := b.sendForm("/recover/reset", good+"; charset=UTF-8", "password="+url.QueryEscape(fresh)); a.status != 303 {
		t.Errorf("the same form as it should be: %d", a.status)
	}
}

// What is in the address bar is no part of the form.
func TestQueryIsNoForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("ann@fernbank.example")
	b := s.browser()
	b.asks("ann@fernbank.example")
	code := b.code("ann@fernbank.example", 1)
	b.expect(b.post("/recover/code?code="+code), 303, "/recover/code?said=empty")
	b.expect(b.post("/recover/code?code="+code, "code", "11112222"), 303, "/recover/code?said=wrong")
	b.expect(b.post("/signin?address=ann@fernbank.example&password="+url.QueryEscape(old)), 422, b.text("address.empty"))
	b.expect(b.post("/recover/code", "code", code), 303, "/recover/reset")
	b.expect(b.post("/recover/reset?password="+url.QueryEscape(fresh)), 422, b.text("refused.empty"))
	if !s.opens("ann@fernbank.example", old) {
		t.Error("the password came from the address bar")
	}
}

// Addresses that are none, or that would be two for somebody else, are told apart by what a person can do about them, kept in the
// field, and never become markup or a header (CVE-2019-19844, CVE-2020-11063).
func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account("mike@fernbank.example")
	b := s.browser()
	for typed, key := range map[string]string{
		"": "address.empty", "   ": "address.empty", strings.Repeat("a", 300) + "@fernbank.example": "address.too_long",
		"ann":                                           "address.shape",
		"@fernbank.example":                             "address.shape",
		"ann@fernbank":                                  "address.shape",
		"ann@fernbank.example,eve@evil.example":         "address.shape",
		"ann@fernbank.example eve@evil.example":         "address.shape",
		"ann@fernbank.example;eve@evil.example":         "address.shape",
		"<ann@fernbank.example>":                        "address.shape",
		`"ann"@fernbank.example`:                        "address.shape",
		"ann@fernbank.example\r\nBcc: eve@evil.example": "address.shape",
		"ann@fernbank.example\nBcc:eve@evil.example":    "address.shape",
		"ann@fernbank.example\x00.evil.example":         "address.shape",
		"ann\t@fernbank.example":                        "address.shape",
		"ann\u202e@fernbank.example":                    "address.shape",
		"\u2066ann@fernbank.example\u2069":              "address.shape",
		"ann@[127.0.0.1]":                               "address.shape",
		`"><script>alert(1)</script>@fernbank.example`:  "address.shape",
		"{{.}}@fernbank.example\u00a0x":                 "address.shape",
		"Iñtërnâtiônàl & <b>@":                          "address.shape",
	} {
		for _, path := range []string{"/recover", "/signin"} {
			a := b.post(path, "address", typed, "password", "a secret that was typed")
			if a.status != 422 || !a.has(b.text(key)) {
				t.Errorf("%s %q: %d %s", path, typed, a.status, words(a.body))
			}
			if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "a secret that was typed") {
				t.Errorf("%s %q: comes back as it is", path, typed)
			}
			shown := strings.ReplaceAll(typed, "\x00", "\ufffd") // HTML has no NUL
			if kept := a.address(t); len(typed) < 254 && kept != shown {
				t.Errorf("%s %q: the field holds %q", path, typed, kept)
			}
		}
	}
	// Twins of mike: they are other people's addresses, and get other people's answer. Nothing is sent to mike.
	for _, twin := range []string{"m\u0131ke@fernbank.example", "m\u0130ke@fernbank.example", "mi\u212ae@fernbank.example", "ｍike@fernbank.example"} {
		if a := b.solved("/recover", "address", twin); a.status == 303 {
			b.post("/recover/choose", "way", "email")
		}
	}
	s.settled()
	if mails := s.box.Mails(); len(mails) != 0 {
		t.Errorf("%d mails, the first to %s", len(mails), mails[0].To)
	}
	// And mike in capitals and with a full-width domain is mike.
	b.expect(b.solved("/recover", "address", " MIKE@ＦＥＲＮＢＡＮＫ.example "), 303, "/recover/choose")
	b.expect(b.post("/recover/choose", "way", "email"), 303, "/recover/code?said=sent")
	if to := s.letter("mike@fernbank.example", 1).To; len(to) != 1 {
		t.Errorf("sent to %s", to)
	}
}

// Everything that can go wrong at a form keeps the address that was typed, and shows no password and no code back.
func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInFree.Events = 1; o.limits.SignInFree.Per = plenty.Per })
	s.account("ann@fernbank.example")
	b := s.browser()
	const secret = "my-very-own-secret-91"
	keeps := func(a answer, typed string) {
		t.Helper()
		if kept := a.address(t); kept != typed {
			t.Errorf("%d: the field holds %q, want %q", a.status, kept, typed)
		}
		if strings.Contains(a.body, secret) {
			t.Errorf("%d: the secret is shown", a.status)
		}
	}
	const typed = "Ann+me@Fernbank.example"
	keeps(b.expect(b.post("/recover", "address", typed), 422, b.text("card.unanswered")), typed)
	keeps(b.expect(b.post("/recover", "address", typed, "plain", "x", "pick", "1"), 422, b.text("card.ran_away.head")), typed)
	keeps(b.expect(b.post("/recover", "address", typed, "plain", "x", "pick", "1", "pick", "2"), 422, b.text("card.ran_away.head")), typed)
	keeps(b.expect(b.post("/recover", "address", typed, "action", "new"), 200, b.text("card.legend")), typed)
	keeps(b.expect(b.post("/signin", "address", typed, "password", secret), 422, b.text("signin.wrong.head")), typed)
	keeps(b.expect(b.post("/signin", "address", typed, "password", secret), 422, b.text("card.unanswered")), typed)
	keeps(b.expect(b.post("/signin", "address", typed, "password", secret, "action", "new"), 200, b.text("card.legend")), typed)
	keeps(b.expect(b.post("/signin", "address", "Ann@", "password", secret), 422, b.text("address.shape")), "Ann@")

	b.proves("ann@fernbank.example", 1)
	for _, p := range []string{secret[:7], strings.Repeat(secret, 20), "Fernbank", "ann@fernbank.example", "password1", secret + "\x00\xff"} {
		for _, action := range []string{"", "advise"} {
			a := b.post("/recover/reset", "password", p, "action", action)
			if action == "" && a.status != 422 && a.status != 400 || a.status >= 500 {
				t.Errorf("password %.20q: %d", p, a.status)
			}
			if strings.Contains(a.body, secret[:7]) || strings.Contains(a.body, `value="password1"`) || strings.Contains(a.body, `value="Fernbank"`) {
				t.Errorf("password %.20q is shown", p)
			}
		}
	}
	c := s.browser()
	c.asks("ann@fernbank.example")
	s.settled()
	for _, code := range []string{"48219073", "<b>48219073</b>", strings.Repeat("48219073", 100), "４８２１９０７３", "48219073\x00"} {
		if a := c.follow(c.post("/recover/code", "code", code)); a.status != 200 || strings.Contains(a.body, "48219073") {
			t.Errorf("code %.20q: %d", code, a.status)
		}
	}
	if strings.Contains(s.log.String(), secret) || strings.Contains(s.log.String(), "48219073") {
		t.Error("a secret is in the log")
	}
}
