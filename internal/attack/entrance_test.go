package attack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"maps"
	"math/big"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"twohens/internal/config"
	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/internal/quota"
)

// This file: the challenge, what a page or a mail is made of, where pages lead, and who opens the links of mails.

// refused fails when a challenge opens a request, on the pages or by the API. fields come as names and values.
func (p *play) refused(what string, pairs ...string) {
	p.Helper()
	to := p.person()
	b := p.browser()
	if a := b.post("/recover", append([]string{"address", to}, pairs...)...); a.status == 303 || b.cookie("twohens-request") != "" {
		p.Errorf("%s opens a request on the pages", what)
	}
	challenge := fields{}
	for i := 0; i < len(pairs); i += 2 {
		switch pairs[i] {
		case "response":
			challenge["response"] = pairs[i+1]
		case "plain":
			challenge["card"] = pairs[i+1]
		}
	}
	if a := p.call("POST", "/requests", fields{"address": to, "challenge": challenge}); a.status < 400 {
		p.Errorf("%s opens a request by the API", what)
	}
}

// plain is a card without work.
func (p *play) plain() string {
	p.Helper()
	card := p.call("POST", "/challenge/plain", fields{"mode": "pick"}).text("card")
	if card == "" {
		p.Fatal("no card")
	}
	return card
}

func noChallenge(p *play) {
	p.refused("nothing")
	for _, blank := range []string{"", " ", "0", "null", "true", "A", strings.Repeat("A", 300)} {
		p.refused("response "+blank, "response", blank)
		p.refused("card "+blank, "plain", blank, "pick", "1", "pick", "2")
	}
	for _, challenge := range []string{`null`, `{}`, `[]`, `true`, `{"response":null}`, `{"response":true}`, `{"response":[""]}`, `{"response":{}}`} {
		if a := p.call("POST", "/requests", `{"address":"`+p.person()+`","challenge":`+challenge+`}`); a.status < 400 {
			p.Errorf("%s opens a request", challenge)
		}
	}
	for _, key := range []string{"", "Bearer", "Bearer ", "Bearer null", "Bearer " + strings.Repeat("A", 22), "Basic " + p.key} {
		if a := p.call("POST", "/requests", fields{"address": p.person(), "client": "192.0.2.1"}, "Authorization", key); a.status < 400 {
			p.Errorf("%q opens a request", key)
		}
	}
}

func unknownChallenge(p *play) {
	card := p.plain()
	p.refused("a card and no answer", "plain", card)
	p.refused("a card, answered blank", "plain", card, "pick", "")
	p.refused("an unknown card, answered blank", "plain", card[:len(card)-8]+"AAAAAAAA", "pick", "")
	all := []string{"plain", p.plain()}
	for n := range 9 {
		all = append(all, "pick", string(rune('1'+n)))
	}
	p.refused("everything marked", all...)
}

func staleChallenge(p *play) {
	const life = 6 * time.Second // about the least there may be: nobody answers sooner than some seconds
	q := p.own(func(c *config.Config) { c.Challenge.Lifetime = life }, nil)
	ticket, card := q.call("POST", "/challenge", fields{"mode": "rub"}), q.plain()
	time.Sleep(life + 100*time.Millisecond) // until it is over by the clock, which is what this is about
	q.refused("a card that is over", "plain", card, "pick", "1", "pick", "2")
	if a := q.call("POST", "/challenge/card", fields{"ticket": ticket.text("ticket"), "work": q.work(ticket)}); a.status < 400 || a.text("card") != "" {
		p.Errorf("a ticket that is over: %d %s", a.status, a.body)
	}
	b := q.browser()
	b.leads(b.post("/recover", "address", q.person(), "response", q.response()), "/recover/choose") // one that is not is good
}

func spentChallenge(p *play) {
	response := p.response()
	b := p.browser()
	b.leads(b.post("/recover", "address", p.person(), "response", response), "/recover/choose")
	p.refused("a spent response", "response", response)
	// Twenty at once: one opens.
	response = p.response()
	opened := make(chan bool, 20)
	to := p.person()
	many(20, func(int) {
		opened <- p.call("POST", "/requests", fields{"address": to, "challenge": fields{"response": response}}).status == 201
	})
	n := 0
	for range 20 {
		if <-opened {
			n++
		}
	}
	if n != 1 {
		p.Errorf("%d requests were opened by one answer", n)
	}
}

func editedChallenge(p *play) {
	response := p.response()
	for i := 0; i < len(response); i += max(1, len(response)/12) {
		edited := []byte(response)
		if edited[i] == 'A' {
			edited[i] = 'B'
		} else {
			edited[i] = 'A'
		}
		p.refused("an edited response", "response", string(edited))
	}
	p.refused("a shortened response", "response", response[:len(response)-1])
	p.refused("a lengthened response", "response", response+"A")
	b := p.browser()
	b.leads(b.post("/recover", "address", p.person(), "response", response), "/recover/choose") // it was good all the while
}

func foreignChallenge(p *play) {
	// Of another site: the same program with keys of its own.
	q := p.own(func(*config.Config) {}, nil)
	p.refused("another site's response", "response", q.response())
	// Of another action: one that was sealed as something else. A ticket, a card and a request's secret are texts of this site, too.
	ticket := p.call("POST", "/challenge", fields{"mode": "none"}).text("ticket")
	p.refused("a ticket", "response", ticket, "plain", ticket)
	card := p.plain()
	p.refused("a card as a response", "response", card)
	p.refused("a response as a card", "plain", p.response(), "pick", "1", "pick", "2")
	// The card of the sign-in, on the page of the recovery.
	found := regexp.MustCompile(`name="plain" value="([^"]+)"`).FindStringSubmatch(p.browser().post("/signin", "address", p.fresh(), "plain", "", "action", "new").body)
	if found == nil {
		p.Fatal("the sign-in shows no card, so this shows nothing")
	}
	p.refused("a card of the sign-in", "plain", found[1], "pick", "1", "pick", "2")
	// A response that was sealed for the one action, at the other, where one is asked for.
	q = p.own(func(c *config.Config) { c.Limits.SignInFree = quota.Limit{Events: 1, Per: time.Hour} }, nil)
	q.refused("a response for the sign-in", "response", q.sealed(gate.SignIn))
	to := q.person()
	if a := q.browser().post("/signin", "address", to, "password", "a guess of mine"); a.status != 422 {
		p.Errorf("the try that needs no card: %d", a.status)
	}
	for _, response := range []string{"", q.response(), q.sealed(gate.Recover)} {
		b := q.browser()
		if a := b.post("/signin", "address", to, "password", oldPassword, "response", response); a.status == 303 || b.isIn() {
			p.Errorf("signed in by a response for the recovery: %d", a.status)
		}
	}
	b := q.browser()
	b.leads(b.post("/signin", "address", to, "password", oldPassword, "response", q.sealed(gate.SignIn)), "/account") // its own is good
}

// sealed is what a challenge without a puzzle on the program's own pages is worth, for one of their actions.
func (p *play) sealed(action gate.Action) string {
	p.Helper()
	asks := func(path string, more fields) answer {
		p.Helper()
		body := fields{"site": gate.Own, "action": string(action)}
		maps.Copy(body, more)
		text, err := json.Marshal(body)
		if err != nil {
			p.Fatal(err)
		}
		a := p.browser().do("POST", "/challenge/"+path, string(text), "Content-Type", "application/json")
		if a.status != 200 {
			p.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return a
	}
	ticket := asks("deal", fields{"mode": "none"})
	return asks("card", fields{"ticket": ticket.text("ticket"), "work": p.work(ticket)}).text("response")
}

// loaded is what has been put where a name or an address belongs.
var loaded = []string{
	`"><script>alert(1)</script>@fernbank.example`, `<img/src=x/onerror=alert(1)>@fernbank.example`, `'onfocus='alert(1)@fernbank.example`, `{{.}}@fernbank.example`,
	`${alert(1)}@fernbank.example`, "javascript:alert(1)//@fernbank.example", `</title><script>alert(1)</script>`, `x@<script>alert(1)</script>.example`,
}

func typedHTML(p *play) {
	for _, typed := range loaded {
		b := p.browser()
		a := b.post("/recover", "address", typed, "response", p.response())
		pages := []answer{a, b.post("/signin", "address", typed, "password", typed), b.get("/signin?next=" + url.QueryEscape(typed)), b.get("/go/" + url.PathEscape(typed)),
			b.get("/help/search?q=" + url.QueryEscape(typed)), b.get("/" + url.PathEscape(typed)), b.get("/recover?lang=" + url.QueryEscape(typed)), b.get("/recover/code?said=" + url.QueryEscape(typed))}
		if a.status == 303 {
			b.post("/recover/choose", "way", "email")
			pages = append(pages, b.get("/recover/choose"), b.get("/recover/code"), b.post("/recover/code", "code", typed))
		}
		for n, a := range pages {
			for _, alive := range []string{"<script>alert", "<img/src=x", "'onfocus='", `"onfocus=`} {
				if strings.Contains(a.body, alive) {
					p.Errorf("%q stands on page %d as it came", typed, n)
				}
			}
			if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				p.Errorf("page %d: %q", n, csp)
			}
		}
	}
	// An account whose address is such a text gets a mail in which it is inert.
	to := "x'onload=a&b<i>@fernbank.example"
	if a := p.browser().post("/recover", "address", to, "response", p.response()); a.status == 303 {
		p.account(to)
		p.asked(to)
		for _, m := range p.codes(to) {
			if strings.Contains(m.HTML, "b<i>") {
				p.Error("the address is HTML in the mail")
			}
		}
	}
}

func typedHeaders(p *play) {
	to := p.person()
	before := p.last()
	for _, end := range []string{"\r\n", "\n", "\r", "\x0b", "\x0c", "\u0085", "\u2028", "%0d%0a", "\\r\\n"} {
		for _, typed := range []string{to + end + "Bcc: mallory@evil.example", to + end + end + "<b>buy", "mallory" + end + "Subject: x@fernbank.example"} {
			b := p.browser()
			if a := b.post("/recover", "address", typed, "response", p.response(), "name", typed); a.status == 303 {
				b.post("/recover/choose", "way", "email")
			}
			for _, a := range []answer{b.get("/recover?lang=" + url.QueryEscape("es"+end+"X-Evil: 1")), b.get("/signin?next=" + url.QueryEscape("/account"+end+"X-Evil: 1"))} {
				if a.header.Get("X-Evil") != "" {
					p.Errorf("%q made a header", end)
				}
			}
		}
	}
	if got := p.since(before); len(got) != 0 {
		p.Errorf("%d messages", len(got))
	}
	// A user agent is shown to the owner, and so may be anything.
	b := p.browser()
	b.do("POST", "/signin", form("address", to, "password", oldPassword), "User-Agent", `<script>alert(1)</script>`)
	if a := b.get("/account"); a.status != 200 || strings.Contains(a.body, "<script>alert") {
		p.Errorf("the account page: %d", a.status)
	}
}

func caches(p *play) {
	to := p.person()
	b := p.browser()
	b.asks(to)
	code, link := p.code(to)
	list := map[string]answer{"/go/": b.get("/go/" + link)}
	visit := func(paths ...string) {
		for _, path := range paths {
			list[path] = b.get(path)
		}
	}
	visit("/recover", "/recover/choose", "/recover/code", "/signin", "/", "/no-such-page")
	list["POST /recover/code"] = b.post("/recover/code", "code", code)
	visit("/recover/reset")
	list["POST /recover/reset"] = b.post("/recover/reset", "password", newPassword)
	visit("/recover/done")
	b.signsIn(to, newPassword)
	visit("/account", "/account/history")
	list["view"] = p.call("GET", "/request", "", "Twohens-Request", p.asked(to))
	for path, a := range list {
		if !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
			p.Errorf("%s (%d) may be kept: %q", path, a.status, a.header.Get("Cache-Control"))
		}
		if path != "view" && a.header.Get("Referrer-Policy") != "no-referrer" {
			p.Errorf("%s tells where one came from", path)
		}
	}
	if list["/recover/reset"].status != 200 || list["/account"].status != 200 {
		p.Error("the walk went elsewhere, so this shows little")
	}
}

func crossSite(p *play) {
	to := p.person()
	b := p.browser()
	b.asks(to)
	code, link := p.code(to)
	elsewhere := [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}, {"Origin", "null"}, {"Origin", p.base + ".evil.example"},
		{"Origin", "http://evil.example", "Host", "evil.example"},
	}
	for _, from := range elsewhere {
		for path, body := range map[string]string{
			"/recover": form("address", to, "response", "x"), "/recover/choose": form("way", "email"), "/recover/code": form("code", code), "/go/" + link: "", "/recover/reset": form("password", newPassword),
			"/signin": form("address", to, "password", oldPassword),
		} {
			if a := b.do("POST", path, body, from...); a.status != 403 {
				p.Errorf("%v: %s: %d", from, path, a.status)
			}
		}
	}
	b.leads(b.post("/recover/code", "code", code), "/recover/reset")
	for _, from := range elsewhere {
		if a := b.do("POST", "/recover/reset", form("password", newPassword), from...); a.status != 403 {
			p.Errorf("%v: the new password: %d", from, a.status)
		}
	}
	for _, kind := range []string{"text/plain", "multipart/form-data; boundary=x", "application/json", ""} {
		if a := b.do("POST", "/recover/reset", form("password", newPassword), "Content-Type", kind); a.status < 400 {
			p.Errorf("a form as %q: %d", kind, a.status)
		}
	}
	page := b.get("/recover/reset")
	if regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>\s*[^<\s]|\son[a-z]+=|\sstyle=`).MatchString(page.body) || page.status != 200 {
		p.Errorf("%d, with inline script or style", page.status)
	}
	if page.header.Get("X-Frame-Options") != "DENY" || !strings.Contains(page.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		p.Error("it may be framed")
	}
	p.untouched(to)
}

func badCertificate(p *play) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		p.Fatal(err)
	}
	served := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	for mode, o := range map[string]mailbox.Options{
		"starttls": {TLS: served, Texts: true}, "implicit": {TLS: served, Implicit: true, Texts: true},
		"starttls, not offered": {Texts: true},
	} {
		box := open(p.T, o)
		q := p.own(func(c *config.Config) { c.Mail.TLS, _, _ = strings.Cut(mode, ",") }, box)
		q.choose(q.keyed(q.person()), "email")
		until(p.T, "the mail was tried", func() bool {
			return box.Taken() > 0 || box.Connections() > 0 && strings.Contains(q.log.String(), "level=WARN")
		})
		if err := q.stop(); err != nil {
			p.Fatal(err)
		}
		if n := box.Taken(); n != 0 {
			p.Errorf("%s: %d mails were handed over", mode, n)
		}
	}
}

func noSession(p *play) {
	to := p.person()
	b := p.browser()
	b.asks(to)
	code, _ := p.code(to)
	b.leads(b.post("/recover/code", "code", code), "/recover/reset")
	if b.isIn() {
		p.Error("a proof signs in")
	}
	done := b.post("/recover/reset", "password", newPassword)
	b.leads(done, "/recover/done")
	b.get("/recover/done")
	if b.isIn() || b.cookie("twohens-sign-in") != "" || strings.Contains(strings.Join(done.header.Values("Set-Cookie"), " "), "sign-in") {
		p.Error("a reset signs in")
	}
	if a := b.get("/account"); a.status != 303 || !strings.HasPrefix(a.to(), "/signin") {
		p.Errorf("the account page: %d to %q", a.status, a.to())
	}
	_, grant := p.proved(to)
	if a := p.sets(grant); len(a.header.Values("Set-Cookie")) != 0 || len(a.json) != 1 {
		p.Errorf("the call gives more than an outcome: %v %s", a.header, a.body)
	}
}

func returns(p *play) {
	to := p.person()
	for _, away := range []string{
		"https://evil.example/", "HtTpS://evil.example", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "https:evil.example",
		"https://127.0.0.1@evil.example/", "//127.0.0.1:80@evil.example", "javascript:alert(1)", "/account/..//evil.example", "/account@evil.example", "/%2F/evil.example", "/%5Cevil.example",
		p.base + ".evil.example", p.base + "@evil.example", "/account\r\nLocation: https://evil.example",
	} {
		var query []string
		for _, name := range []string{"next", "return", "return_to", "returnUrl", "redirect", "redirect_uri", "url", "continue", "goto", "to", "dest"} {
			query = append(query, name, away)
		}
		b := p.browser()
		signedIn := b.do("POST", "/signin?"+form(query...), form(append(query, "address", to, "password", oldPassword)...))
		b.leads(signedIn, "/account")
		for _, path := range []string{"/", "/signin", "/recover", "/recover/reset", "/recover/done", "/account", "/.well-known/change-password", "/help"} {
			a := b.get(path + "?" + form(query...))
			if strings.Contains(a.to(), "evil") && !strings.HasPrefix(a.to(), "/help") {
				p.Errorf("%s with %q leads to %q", path, away, a.to())
			}
			if strings.Contains(a.body, `href="`+away) {
				p.Errorf("%s with %q has a link there", path, away)
			}
		}
		if a := b.post("/signout", query...); strings.Contains(a.to(), "evil") {
			p.Errorf("signing out leads to %q", a.to())
		}
	}
}

func previews(p *play) {
	to := p.person()
	p.asked(to)
	_, link := p.code(to)
	for n := range 20 {
		b := p.browser()
		method := []string{"GET", "HEAD"}[n%2]
		if a := b.do(method, "/go/"+link, "", "Purpose", "prefetch", "Sec-Purpose", "prefetch", "User-Agent", "scanner"); a.status != 200 {
			p.Errorf("%s: %d", method, a.status)
		}
		if b.cookie("twohens-grant") != "" || b.cookie("twohens-request") != "" {
			p.Error("a scanner has the proof")
		}
	}
	many(10, func(int) { p.raw("OPTIONS /go/" + link + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") })
	b := p.browser()
	b.leads(b.post("/go/"+link), "/recover/reset")
	b.leads(b.post("/recover/reset", "password", newPassword), "/recover/done")
	if !p.opens(to, newPassword) {
		p.Error("the password is not the new one")
	}
}
