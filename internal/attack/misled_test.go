package attack

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"twohens/internal/mailbox"
)

// This file: links that lead elsewhere, and secrets that go to somebody else.

// varying is what is another in each mail and text: the link, the code (as a line, in a text, and as two halves in HTML), until when.
var varying = []*regexp.Regexp{
	regexp.MustCompile(`/(go|stop)/[-_A-Za-z0-9]{22}`), regexp.MustCompile(`\b\d{8}\b`), regexp.MustCompile(`>\d{4}<`), regexp.MustCompile(`\b\d{4} \d{4}\b`),
	regexp.MustCompile(`person\d{4}`), regexp.MustCompile(`\b\d{1,2}:\d{2} UTC`),
}

// same is a mail or a text without what is another in each.
func same(m mailbox.Mail) string {
	var heads []string
	for name := range m.Header {
		switch name {
		case "Date", "Message-Id", "Content-Type", "To", "Subject":
		default:
			heads = append(heads, name+": "+m.Header.Get(name))
		}
	}
	slices.Sort(heads) // a map has no order
	text := strings.Join(append([]string{m.From, m.Sender, m.Subject, m.Text, m.HTML}, heads...), "\n")
	for _, v := range varying {
		text = v.ReplaceAllString(text, "~")
	}
	return text
}

// alike fails when the mails and texts of an attack are not those of an honest walk, to whom they belong.
func (p *play) alike(honest, got []mailbox.Mail, to string) {
	p.Helper()
	for _, m := range got {
		if m.Phone == "" && m.To[0] != to {
			p.Errorf("a mail went to %s", m.To[0])
		}
		if same(m) != same(honest[0]) {
			p.Errorf("not like an honest one:\n%s", difference(same(honest[0]), same(m)))
		}
		if strings.Contains(strings.ToLower(string(m.Raw)+m.Text), "evil") {
			p.Errorf("it names the attacker:\n%s", m.Raw)
		}
	}
}

// poison opens a request and asks for a code, twice, with lines of its own in the head. SELF stands for the program's own host; a line that
// begins with TARGET is put in front of the path.
func poison(head ...string) func(*play) {
	return func(p *play) {
		honest := p.person()
		p.browser().asks(honest)
		want := p.codes(honest)

		to := p.person()
		before := p.last()
		target, lines := "", ""
		for _, line := range head {
			if after, ok := strings.CutPrefix(line, "TARGET "); ok {
				target = after
				continue
			}
			lines += strings.ReplaceAll(line, "SELF", p.settings.Site.PublicURL.Host) + "\r\n"
		}
		send := func(path, cookies, body string) answer {
			return p.raw(fmt.Sprintf("POST %s%s HTTP/1.1\r\n%sCookie: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
				target, path, lines, cookies, len(body), body))
		}
		a := send("/recover", "x=y", form("address", to, "response", p.response()))
		b := p.browser()
		if a.status == 303 {
			for _, set := range a.header.Values("Set-Cookie") {
				pair, _, _ := strings.Cut(set, ";")
				name, value, _ := strings.Cut(pair, "=")
				b.plant(name, value)
			}
		} else { // the opening was refused: poison the next step of an honest one
			b.begins(to)
		}
		sent := send("/recover/choose", b.cookies(), form("way", "email"))
		for _, a := range []answer{a, sent} {
			if strings.Contains(a.to(), "evil") || strings.Contains(a.body, "evil.example") {
				p.Errorf("the answer leads to the attacker: %q", a.to())
			}
		}
		got := p.since(before)
		if (sent.status == 303) != (len(got) == 1) {
			p.Errorf("answered by %d, and %d mails", sent.status, len(got))
		}
		p.alike(want, got, to)
	}
}

// lying are the headers of an attack on the API, by names and values.
var lying = []string{
	"X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example;proto=http", "X-Forwarded-Proto", "javascript", "Referer", "http://evil.example/",
	"X-Original-Host", "evil.example",
}

func poisonCalls(p *play) {
	honest := p.person()
	p.asked(honest)
	want := p.codes(honest)

	to := p.person()
	before := p.last()
	a := p.call("POST", "/requests", fields{"address": to, "client": "192.0.2.1"}, append(lying, "Authorization", "Bearer "+p.key)...)
	body := `{"way":"email"}`
	sent := p.raw(fmt.Sprintf("POST /api/v1/request/way HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nTwohens-Request: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", a.text("request"), len(body), body))
	got := p.since(before)
	if sent.status != 200 || len(got) != 1 {
		p.Fatalf("answered by %d, and %d mails", sent.status, len(got))
	}
	p.alike(want, got, to)
}

func poisonText(p *play) {
	texts := func(to string, header ...string) []mailbox.Mail {
		before := p.last()
		request := p.call("POST", "/requests", fields{"address": to, "client": "192.0.2.1"}, append(header, "Authorization", "Bearer "+p.key)...).text("request")
		p.call("POST", "/request/way", fields{"way": "phone"}, append(header, "Twohens-Request", request)...)
		got := p.since(before)
		if len(got) != 1 || got[0].Phone == "" {
			p.Fatalf("%d messages, want one text", len(got))
		}
		return got
	}
	want := texts(p.person("+12025550123"))
	to := p.person("+12025550124")
	got := texts(to, lying...)
	if got[0].Phone != "+12025550124" {
		p.Errorf("the text went to %s", got[0].Phone)
	}
	p.alike(want, got, to)
}

// onlyTo fails when a mail or text went to anybody but one address since a number.
func (p *play) onlyTo(before uint64, to, what string) (mails int) {
	p.Helper()
	for _, m := range p.since(before) {
		if m.Phone != "" || len(m.To) != 1 || m.To[0] != to || strings.Contains(string(m.Raw), "mallory") {
			p.Errorf("%s: a message to %v %s", what, m.To, m.Phone)
		}
		mails++
	}
	return mails
}

// mallory is who wants another's code. The address has an account, so that nothing is refused for want of one.
func (p *play) mallory() string {
	p.Helper()
	p.mu.Lock()
	p.people++
	to := fmt.Sprintf("mallory%04d@fernbank.example", p.people)
	p.mu.Unlock()
	p.account(to)
	return to
}

func manyForms(p *play) {
	to, mallory := p.person(), p.mallory()
	v, m := url.QueryEscape(to), url.QueryEscape(mallory)
	for _, body := range []string{
		"address[]=" + v + "&address[]=" + m, "address=" + v + "&address=" + m, "address=" + v + "&address[]=" + m, "address[0]=" + v + "&address[1]=" + m,
		"address=" + v + "&address%5B%5D=" + m, "address[email]=" + v + "&address[to]=" + m, "address=" + v + "&Address=" + m, "address=" + v + "&email=" + m + "&to=" + m,
		"address=" + v + ";address=" + m, "address=" + v + "%26address=" + m, "address=" + v + "%00" + m,
	} {
		before := p.last()
		b := p.browser()
		a := b.do("POST", "/recover?address="+m+"&to="+m, body+"&response="+url.QueryEscape(p.response()))
		if a.status == 303 {
			b.do("POST", "/recover/choose?address="+m, "way=email&address="+m+"&to="+m)
		}
		p.onlyTo(before, to, body)
	}
}

func manyCalls(p *play) {
	to, mallory := p.person(), p.mallory()
	for _, address := range []string{
		`"address":["V","M"]`, `"address":["V"]`, `"address":{"0":"V","1":"M"}`, `"address":"V","address":"M"`, `"address":"V","Address":"M"`,
		`"address":"V","\u0061ddress":"M"`, `"address":[["V","M"]]`, `"address":{"email":"V","to":"M"}`, `"address":"V","to":"M"`, `"address":"V","email":["V","M"]`,
		`"address":"V,M"`, `"address":"V\nM"`, `"address":"V\u0000M"`, `"address":null,"email":"M"`, `"address":"V","destination":"M"`,
	} {
		before := p.last()
		body := "{" + strings.NewReplacer("V", to, "M", mallory).Replace(address) + `,"client":"192.0.2.1"}`
		a := p.call("POST", "/requests", body, "Authorization", "Bearer "+p.key)
		if a.status < 400 {
			p.choose(a.text("request"), "email")
			p.Errorf("%s was taken", address)
		}
		p.onlyTo(before, to, address)
	}
}

func twoInOne(p *play) {
	to, mallory := p.person(), p.mallory()
	for _, between := range []string{",", ", ", ";", " ", "\t", "\n", "\r\n", "\r\nBcc: ", "\x00", "|", "%0a", "%00", ">,<", "> <", "\u2028", "\u00a0", ",\u200b"} {
		for _, typed := range []string{to + between + mallory, mallory + between + to, `"` + to + `"` + between + "<" + mallory + ">"} {
			before := p.last()
			b := p.browser()
			if a := b.post("/recover", "address", typed, "response", p.response()); a.status == 303 {
				b.post("/recover/choose", "way", "email")
			}
			p.onlyTo(before, to, fmt.Sprintf("%q", typed))
		}
	}
}

func unicodeTwins(p *play) {
	p.mu.Lock()
	p.people++
	to := fmt.Sprintf("mike.k%04d@fernbank.example", p.people)
	p.mu.Unlock()
	p.account(to)
	local, domain, _ := strings.Cut(to, "@")
	sent := 0
	for _, typed := range []string{
		strings.Replace(to, "i", "ı", 1), strings.Replace(to, "k", "\u212a", 1), "ｍ" + to[1:], strings.Replace(to, "i", "İ", 1), strings.Replace(to, "e", "е", 1),
		local + "@fernban\u212a.example", local + "@ｆernbank.example", local + "@fernbank。example", local + "@FERNBANK.example", strings.ToUpper(local) + "@" + domain,
		local + "@fernbank.example.", local + "\u200b@" + domain, local + "\u0301@" + domain, local + "@fern\u00adbank.example", local + "＠" + domain, local + "+x@" + domain,
	} {
		before := p.last()
		b := p.browser()
		if a := b.post("/recover", "address", typed, "response", p.response()); a.status == 303 {
			b.post("/recover/choose", "way", "email")
		}
		sent += p.onlyTo(before, to, fmt.Sprintf("%q", typed))
	}
	if sent == 0 {
		p.Error("no spelling reached the account at all, so this shows nothing")
	}
}

// named are the names under which others took a destination.
var named = []string{"to", "dest", "destination", "email", "mail", "address", "recipient", "contact", "phone", "number", "user", "account", "id", "checkUser", "applicationId"}

func namedDestination(p *play) {
	to, mallory := p.person(), p.mallory()
	var query []string
	for _, name := range named {
		query = append(query, name, mallory)
	}
	before := p.last()
	b := p.browser()
	b.begins(to)
	b.leads(b.do("POST", "/recover/choose?"+form(query...), form(append(query, "way", "email")...), "X-Email", mallory), "/recover/code")
	b.do("POST", "/recover/resend?"+form(query...), form(query...))
	if n := p.onlyTo(before, to, "named in a form"); n != 1 {
		p.Errorf("%d mails", n)
	}
	for _, name := range named {
		before := p.last()
		request := p.keyed(to)
		p.call("POST", "/request/way", fields{"way": "email", name: mallory}, "Twohens-Request", request)
		p.call("POST", "/request/way?"+name+"="+url.QueryEscape(mallory), fields{"way": "email"}, "Twohens-Request", request)
		p.call("POST", "/request/resend?"+name+"="+url.QueryEscape(mallory), fields{name: mallory}, "Twohens-Request", request)
		p.onlyTo(before, to, name)
	}
}

func namedNumber(p *play) {
	to := p.person("+12025550131")
	before := p.last()
	b := p.browser()
	b.begins(to)
	var query []string
	for _, name := range named {
		query = append(query, name, "+12025550199")
	}
	b.leads(b.do("POST", "/recover/choose?"+form(query...), form(append(query, "way", "phone")...)), "/recover/code")
	got := p.since(before)
	if len(got) != 1 || got[0].Phone != "+12025550131" {
		p.Errorf("%d messages, the first to %q", len(got), append(got, mailbox.Mail{})[0].Phone)
	}
}
