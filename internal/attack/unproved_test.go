package attack

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"twohens/internal/config"
	"twohens/internal/engine"
)

// This file: steps that are skipped, accounts that are dead, proofs that work twice or for ever, and sessions that outlive a reset.

// resets tries to set a password by every page and call, with whatever the browser has and the secrets given. No way may lead there.
func (p *play) resets(b *browser, secrets ...string) {
	p.Helper()
	b.get("/recover/reset")
	b.post("/recover/reset", "password", newPassword)
	b.post("/recover/reset", "password", newPassword, "grant", "", "state", "resetting", "verified", "1", "way", "saved")
	b.get("/recover/done")
	for _, s := range secrets {
		if a := p.sets(s); a.text("outcome") == "finished" {
			p.Errorf("a password was set by %q: %s", s, a.body)
		}
		p.call("POST", "/password", fields{"password": newPassword}, "Twohens-Request", s)
		other := p.browser()
		other.plant("twohens-grant", s)
		other.post("/recover/reset", "password", newPassword)
	}
}

// anotherWay changes the way at every moment, and asks for the reset after each step.
func anotherWay(p *play) {
	for _, first := range []string{"email", "phone", "questions", "saved"} {
		for _, then := range []string{"email", "phone", "questions", "saved"} {
			to := p.person()
			b := p.browser()
			b.plant("twohens-request", p.keyed(to))
			b.post("/recover/choose", "way", first)
			b.post("/recover/another")
			b.post("/recover/choose", "way", then)
			b.post("/recover/another", "way", then, "proven", first)
			p.resets(b, b.cookie("twohens-request"))
			p.untouched(to)
			if b.cookie("twohens-grant") != "" {
				p.Errorf("%s, then %s: a grant", first, then)
			}
		}
	}
}

// states are those that a request may be in before it is proved, by how it gets there.
var states = map[string]func(p *play, request string){
	"new":    func(*play, string) {},
	"asked":  func(p *play, request string) { p.choose(request, "email") },
	"wrong":  func(p *play, request string) { p.choose(request, "email"); p.settled(); p.enter(request, "12345678") },
	"phone":  func(p *play, request string) { p.choose(request, "phone") },
	"heart":  func(p *play, request string) { p.choose(request, "questions") },
	"paper":  func(p *play, request string) { p.choose(request, "saved") },
	"back":   func(p *play, request string) { p.choose(request, "email"); p.another(request) },
	"resent": func(p *play, request string) { p.choose(request, "email"); p.again(request) },
	"used up": func(p *play, request string) {
		p.choose(request, "email")
		p.settled()
		for range 6 {
			p.enter(request, "12345678")
		}
	},
}

func (p *play) another(request string) answer {
	return p.call("POST", "/request/another", fields{}, "Twohens-Request", request)
}

func (p *play) again(request string) answer {
	return p.call("POST", "/request/resend", fields{}, "Twohens-Request", request)
}

func everyPage(p *play) {
	for state, reach := range states {
		to := p.person()
		request := p.keyed(to)
		reach(p, request)
		p.settled()
		b := p.browser()
		b.plant("twohens-request", request)
		for _, path := range []string{"/recover/code", "/recover/questions", "/recover/saved", "/recover/another", "/recover/resend", "/recover/choose", "/recover/reset", "/go/" + request, "/stop/" + request} {
			a := b.get(path)
			if strings.HasPrefix(a.to(), "/recover/reset") || strings.HasPrefix(a.to(), "/recover/done") {
				p.Errorf("%s: %s leads to %s", state, path, a.to())
			}
			if a = b.post(path, "password", newPassword, "state", "resetting", "code", "", "way", "none", "claim", request); strings.HasPrefix(a.to(), "/recover/reset") {
				p.Errorf("%s: posting to %s leads to %s", state, path, a.to())
			}
		}
		p.resets(b, request)
		p.untouched(to)
	}
}

func everyCall(p *play) {
	for state, reach := range states {
		to := p.person()
		request := p.keyed(to)
		reach(p, request)
		for path, body := range map[string]any{
			"/request/way": fields{"way": "email"}, "/request/resend": fields{}, "/request/another": fields{}, "/request/code": fields{"code": "", "claim": request},
			"/request/answers": fields{"answers": []string{"", ""}}, "/request/saved": fields{"code": ""}, "/password": fields{"password": newPassword},
		} {
			for _, header := range [][]string{{"Twohens-Request", request}, {"Twohens-Grant", request}, {"Twohens-Request", request, "Twohens-Grant", request}} {
				a := p.call("POST", path, body, header...)
				if a.text("grant") != "" || a.text("outcome") == "proved" || a.text("outcome") == "finished" {
					p.Errorf("%s: %s: %s", state, path, a.body)
				}
			}
		}
		p.untouched(to)
	}
}

// anothersRequest brings a proof of one's own together with the request of somebody else, in every combination.
func anothersRequest(p *play) {
	to, mallory := p.person(), p.mallory()
	victim := p.asked(to)
	mine, grant := p.proved(mallory)

	b := p.browser()
	b.plant("twohens-request", victim)
	b.plant("twohens-grant", mine)
	b.post("/recover/reset", "password", newPassword)
	p.call("POST", "/password", fields{"password": newPassword}, "Twohens-Grant", victim, "Twohens-Request", mine)
	p.untouched(to)
	// The proof of one's own, beside the other's request: it sets one's own password.
	b.plant("twohens-grant", grant)
	b.post("/recover/reset", "password", newPassword, "address", to, "request", victim)
	p.untouched(to)
	if outcome, _ := p.enter(victim, ""); outcome == "proved_before" {
		p.Error("the other's request is proved")
	}
	if !p.opens(mallory, newPassword) {
		p.Error("the proof of one's own sets no password, so this shows nothing")
	}
}

var blanks = []string{"", " ", "\u3000", "--------", "0", "00000000", "null", "undefined", "NULL", "false", "\x00", "nil", "[]", "%00"}

func blankCodes(p *play) {
	for _, way := range []string{"", "email", "phone", "saved"} {
		for some := range slices.Chunk(blanks, 4) { // fewer than there are tries
			to := p.person()
			request := p.keyed(to)
			if way != "" {
				p.choose(request, way)
				p.settled()
			}
			b := p.browser()
			b.plant("twohens-request", request)
			for _, blank := range some {
				for _, path := range []string{"/request/code", "/request/saved"} {
					if a := p.call("POST", path, fields{"code": blank}, "Twohens-Request", request); a.text("grant") != "" || a.text("outcome") == "proved" {
						p.Errorf("%q by %q: %s", blank, way, a.body)
					}
				}
				p.call("POST", "/request/answers", fields{"answers": []string{blank, blank}}, "Twohens-Request", request)
			}
			b.post("/recover/code")
			b.post("/recover/questions")
			b.post("/recover/saved", "code", some[0])
			p.resets(b)
			p.untouched(to)
		}
	}
}

func blankSecrets(p *play) {
	to := p.person()
	p.asked(to)
	for _, blank := range append(blanks, strings.Repeat("A", 22), strings.Repeat("0", 22), "AAAAAAAAAAAAAAAAAAAAAA==", strings.Repeat("_", 22)) {
		safe := strings.NewReplacer("\x00", "%00", " ", "%20", "\u3000", "%E3%80%80", "%00", "%2500").Replace(blank)
		b := p.browser()
		if a := b.post("/go/" + safe); a.status == 303 && strings.HasPrefix(a.to(), "/recover/") {
			p.Errorf("the link %q leads to %s", blank, a.to())
		}
		if !strings.ContainsAny(blank, "\x00") {
			if a := p.sets(blank); a.status < 400 {
				p.Errorf("the grant %q: %s", blank, a.body)
			}
		}
		raw := p.raw(fmt.Sprintf("POST /recover/reset HTTP/1.1\r\nHost: x\r\nCookie: twohens-grant=%s; twohens-request=%s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
			"Content-Length: 30\r\nConnection: close\r\n\r\npassword=a+heather+path+to+sea", safe, safe))
		if raw.status == 303 {
			p.Errorf("the cookies %q lead to %s", blank, raw.to())
		}
	}
	p.untouched(to)
}

func oddCodes(p *play) {
	to := p.person()
	request := p.asked(to)
	code, _ := p.code(to)
	for _, odd := range []string{
		"0", "true", "false", "null", "[]", "{}", `[""]`, `["` + code + `"]`, `{"$ne":""}`, `{"$gt":""}`, code, code + ".0", "-0", "0e0", `"0e` + code + `"`, `"` + code + `\u0000"`,
		`"' OR '1'='1"`, `"%"`, `"` + code[:7] + `_"`, `"*"`, `"0x0"`, `"1e8"`,
	} {
		a := p.call("POST", "/request/code", `{"code":`+odd+`}`, "Twohens-Request", request)
		if a.text("grant") != "" || a.text("outcome") == "proved" {
			p.Fatalf("%s: %s", odd, a.body)
		}
	}
	for _, body := range []string{`{}`, `[]`, `null`, ``, `"` + code + `"`, `{"code":"1","code":"` + code + `"}`, `{"Code":"` + code + `"}`} {
		if a := p.call("POST", "/request/code", body, "Twohens-Request", request); a.status < 400 {
			p.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	p.untouched(to)
}

func ownCode(p *play) {
	to, mallory := p.person(), p.mallory()
	victim, mine := p.asked(to), p.asked(mallory)
	code, link := p.code(mallory)
	if outcome, grant := p.enter(victim, code); outcome != "wrong" || grant != "" {
		p.Errorf("the code of another account: %q", outcome)
	}
	b := p.browser()
	b.plant("twohens-request", victim)
	b.leads(b.post("/go/"+link, "request", victim, "address", to), "/recover/reset")
	b.leads(b.post("/recover/reset", "password", newPassword, "address", to), "/recover/done")
	p.untouched(to)
	if outcome, _ := p.enter(mine, code); outcome == "proved" {
		p.Error("it counts twice")
	}
}

func twoTabs(p *play) {
	to, mallory := p.person(), p.mallory()
	one, two := p.asked(to), p.asked(to)
	mails := p.codes(to)
	if len(mails) != 2 {
		p.Fatalf("%d mails", len(mails))
	}
	first, later := codeLine.FindStringSubmatch(mails[0].Text)[1], codeLine.FindStringSubmatch(mails[1].Text)[1]
	if first != later {
		if outcome, _ := p.enter(two, "99999999"); outcome != "wrong" {
			p.Errorf("a wrong code: %q", outcome)
		}
		a, _ := p.enter(one, first)
		b, _ := p.enter(two, first)
		if a == "proved" && b == "proved" {
			p.Error("one code proved two requests")
		}
	}
	// A tab with a proof of one's own is turned to another request.
	b := p.browser()
	_, grant := p.proved(mallory)
	b.plant("twohens-grant", grant)
	b.begins(to)
	if a := b.post("/recover/reset", "password", newPassword); a.status == 303 && a.to() == "/recover/done" {
		p.Error("the proof of one request went on in another")
	}
	p.untouched(to)
}

func disabled(p *play) {
	to := p.person("+12025550141")
	if err := p.Accounts.Disable(p.Context(), address(p.T, to), true); err != nil {
		p.Fatal(err)
	}
	before := p.last()
	for _, way := range []string{"email", "phone", "questions", "saved"} {
		known, unknown := p.keyed(to), p.keyed(p.fresh())
		if a, b := p.choose(known, way), p.choose(unknown, way); a.status != b.status || a.text("outcome") != b.text("outcome") {
			p.Errorf("%s: %s and %s", way, a.body, b.body)
		}
		p.again(known)
		p.enter(known, "12345678")
		p.resets(p.browser(), known)
	}
	if got := p.since(before); len(got) != 0 {
		p.Errorf("%d messages", len(got))
	}
	if p.opens(to, oldPassword) || p.opens(to, newPassword) {
		p.Error("the account lives again")
	}
}

// holding is an account's recovery as far as a code and a link have come, and, where that is what is held, to the grant.
func (p *play) holding(what string) (to, request, code, link, grant string) {
	p.Helper()
	to = p.person()
	request = p.asked(to)
	code, link = p.code(to)
	if what == "grant" {
		_, grant = p.enter(request, code)
	}
	return to, request, code, link, grant
}

func disabledOnTheWay(p *play) {
	for _, holds := range []string{"code", "link", "grant"} {
		to, request, code, link, grant := p.holding(holds)
		if err := p.Accounts.Disable(p.Context(), address(p.T, to), true); err != nil {
			p.Fatal(err)
		}
		b := p.browser()
		switch holds {
		case "code":
			if outcome, _ := p.enter(request, code); outcome == "proved" {
				p.Error("the code proves")
			}
		case "link":
			if a := b.post("/go/" + link); a.status == 303 {
				p.Errorf("the link leads to %s", a.to())
			}
		}
		p.resets(b, request, grant)
		if err := p.Accounts.Disable(p.Context(), address(p.T, to), false); err != nil {
			p.Fatal(err)
		}
		p.resets(b, request, grant) // it is allowed again: what died stays dead
		p.untouched(to)
	}
}

// deletedOnTheWay takes the account away as another program would that shares the database, or an operator by hand.
func deletedOnTheWay(p *play) {
	for _, holds := range []string{"code", "link", "grant"} {
		to, request, code, link, grant := p.holding(holds)
		found, err := p.Accounts.Find(p.Context(), address(p.T, to))
		if err != nil {
			p.Fatal(err)
		}
		p.deletes(found.ID)
		before := p.last()
		b := p.browser()
		// A proof is still one: whether the account is there is looked at when its password is set, and by no handler before.
		switch holds {
		case "code":
			_, grant = p.enter(request, code)
		case "link":
			b.post("/go/" + link)
		}
		p.resets(b, request, grant)
		p.again(request)
		p.settled()
		if got := p.since(before); len(got) != 0 {
			p.Errorf("%s: %d messages", holds, len(got))
		}
		if p.opens(to, oldPassword) || p.opens(to, newPassword) {
			p.Errorf("%s: the account lives again", holds)
		}
		if _, err := p.Accounts.Find(p.Context(), address(p.T, to)); !errors.Is(err, engine.ErrNoAccount) {
			p.Errorf("%s: the account is there again: %v", holds, err)
		}
	}
}

func nobodys(p *play) {
	to := p.fresh()
	before := p.last()
	b := p.browser()
	b.asks(to)
	b.post("/recover/resend")
	b.post("/recover/code", "code", "12345678")
	p.resets(b, b.cookie("twohens-request"))
	if got := p.since(before); len(got) != 0 {
		p.Errorf("%d messages", len(got))
	}
	if p.opens(to, newPassword) {
		p.Error("there is an account now")
	}
}

// spent fails when a code or a link still leads anywhere.
func (p *play) spent(to, request, code, link string, secrets ...string) {
	p.Helper()
	if outcome, grant := p.enter(request, code); outcome == "proved" || grant != "" {
		p.Errorf("the code was answered by %q", outcome)
	}
	b := p.browser()
	if a := b.get("/go/" + link); a.status != 410 {
		p.Errorf("the page of the link: %d", a.status)
	}
	if a := b.post("/go/" + link); a.status != 410 || b.cookie("twohens-grant") != "" {
		p.Errorf("the link: %d to %q", a.status, a.to())
	}
	for _, s := range secrets {
		p.call("POST", "/password", fields{"password": "a third one by a stranger"}, "Twohens-Grant", s)
	}
	if p.opens(to, "a third one by a stranger") {
		p.Error("the password was set again")
	}
}

func again(p *play) {
	for _, by := range []string{"code", "link"} {
		to := p.person()
		request := p.asked(to)
		code, link := p.code(to)
		var grant string
		if by == "code" {
			_, grant = p.enter(request, code)
		} else {
			b := p.browser()
			b.leads(b.post("/go/"+link), "/recover/reset")
			grant = b.cookie("twohens-grant")
		}
		p.spent(to, request, code, link) // proved, and not yet used
		if a := p.sets(grant); a.text("outcome") != "finished" {
			p.Fatalf("%s: the grant: %s", by, a.body)
		}
		p.spent(to, request, code, link, grant, request)
		if !p.opens(to, newPassword) {
			p.Error("the owner's password is gone")
		}
	}
}

// many does the same many times at once.
func many(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; do(i) })
	}
	close(start)
	all.Wait()
}

func atOnce(p *play) {
	to := p.person()
	request := p.asked(to)
	code, link := p.code(to)
	var mu sync.Mutex
	grants := map[string]bool{}
	browsers := make([]*browser, 10)
	for i := range browsers {
		browsers[i] = p.browser()
	}
	many(20, func(i int) {
		grant := ""
		if i%2 == 0 {
			_, grant = p.enter(request, code)
		} else {
			b := browsers[i/2]
			b.post("/go/" + link)
			grant = b.cookie("twohens-grant")
		}
		mu.Lock()
		defer mu.Unlock()
		if grant != "" {
			grants[grant] = true
		}
	})
	if len(grants) != 1 {
		p.Fatalf("%d proofs", len(grants))
	}
	for grant := range grants {
		var set int
		many(10, func(i int) {
			a := p.call("POST", "/password", fields{"password": fmt.Sprintf("one of ten brown hens, %d", i)}, "Twohens-Grant", grant)
			mu.Lock()
			defer mu.Unlock()
			if a.text("outcome") == "finished" {
				set++
			}
		})
		opened := 0
		for i := range 10 {
			if p.opens(to, fmt.Sprintf("one of ten brown hens, %d", i)) {
				opened++
			}
		}
		if set == 0 || opened != 1 {
			p.Errorf("%d were told that theirs is set, %d passwords open", set, opened)
		}
	}
}

func afterResend(p *play) {
	q := p.own(func(c *config.Config) { c.Recovery.Policy.CoolDown = []time.Duration{time.Millisecond} }, nil)
	to := q.person()
	request := q.asked(to)
	code, link := q.code(to)
	until(p.T, "it is sent again", func() bool { return q.again(request).text("outcome") == "sent_again" })
	code2, link2 := q.code(to)
	if len(q.codes(to)) < 2 {
		p.Fatal("nothing was sent again, so this shows nothing")
	}
	outcome, grant := q.enter(request, code2)
	if outcome != "proved" {
		p.Fatalf("the newest code: %q", outcome)
	}
	q.spent(to, request, code, link)
	q.spent(to, request, code2, link2)
	q.sets(grant)
	q.spent(to, request, code, link, grant)
	q.spent(to, request, code2, link2, grant)
}

func afterChange(p *play) {
	to := p.person()
	request := p.asked(to)
	code, link := p.code(to)
	_, grant := p.proved(to)
	b := p.browser()
	b.signsIn(to, oldPassword)
	if a := b.post("/account/password", "current", oldPassword, "password", newPassword); a.status >= 400 {
		p.Fatalf("changing the password: %d %.800s", a.status, a.body)
	}
	if !p.opens(to, newPassword) {
		p.Fatal("the password was not changed, so this shows nothing")
	}
	p.spent(to, request, code, link, grant)
}

func afterAnother(p *play) {
	to := p.person()
	request := p.asked(to)
	code, link := p.code(to)
	other := p.asked(to)
	code2, _ := p.code(to)
	_, idle := p.proved(to)
	outcome, grant := p.enter(other, code2)
	if outcome != "proved" {
		p.Fatalf("the other's code: %q", outcome)
	}
	if a := p.sets(grant); a.text("outcome") != "finished" {
		p.Fatalf("the other's grant: %s", a.body)
	}
	p.spent(to, request, code, link, idle, grant)
}

func afterAddress(p *play) {
	to, next := p.person(), p.fresh()
	request := p.asked(to)
	code, link := p.code(to)
	_, grant := p.proved(to)
	b := p.browser()
	b.signsIn(to, oldPassword)
	if a := b.post("/account/email/new", "address", next, "email", next, "contact", next); a.status != 303 {
		p.Fatalf("adding an address: %d %.800s", a.status, a.body)
	}
	confirming := p.confirmation(next)
	if a := b.post("/account/confirm", "code", confirming); a.status != 303 {
		p.Fatalf("confirming it: %d %.800s", a.status, a.body)
	}
	p.spent(to, request, code, link, grant)
	p.untouched(to)
}

func afterNumber(p *play) {
	const number = "+12025550147"
	to := p.person(number)
	b := p.browser()
	b.signsIn(to, oldPassword)
	texted := func() (request, code string) {
		before := p.last()
		request = p.keyed(to)
		p.choose(request, "phone")
		p.settled()
		got := p.since(before)
		if len(got) != 1 || got[0].Phone != number {
			p.Fatalf("%d messages, want one text", len(got))
		}
		return request, regexp.MustCompile(`\d{8}`).FindString(got[0].Text)
	}
	request, code := texted()
	other, used := texted()
	outcome, grant := p.enter(other, used)
	if outcome != "proved" {
		p.Fatalf("a code by text was answered by %q", outcome)
	}
	removed := false
	for _, found := range regexp.MustCompile(`/account/contact/[-_A-Za-z0-9]+`).FindAllString(b.get("/account").body, -1) {
		if strings.Contains(b.get(found).body, "47</") {
			removed = b.post(found+"/remove").status == 303
		}
	}
	if !removed {
		p.Fatal("the number cannot be removed, so this shows nothing")
	}
	if outcome, grant := p.enter(request, code); outcome == "proved" || grant != "" {
		p.Errorf("the code in the old telephone was answered by %q", outcome)
	}
	p.resets(p.browser(), other, grant, request)
	p.untouched(to)
	before := p.last()
	if a, b := p.choose(p.keyed(to), "phone"), p.choose(p.keyed(p.fresh()), "phone"); a.text("outcome") != b.text("outcome") {
		p.Errorf("%s and %s", a.body, b.body)
	}
	p.settled()
	for _, m := range p.since(before) {
		if m.Phone != "" {
			p.Errorf("a text to %s", m.Phone)
		}
	}
}

// confirmation is the code that confirms a contact.
func (p *play) confirmation(to string) string {
	p.Helper()
	for _, m := range p.since(0) {
		if len(m.To) > 0 && m.To[0] == to {
			if found := codeLine.FindStringSubmatch(m.Text); found != nil {
				return found[1]
			}
		}
	}
	p.Fatalf("no code came to %s", to)
	return ""
}

// reached waits until a moment of a request's view is over, by the server's clock.
func (p *play) reached(request, moment string) {
	p.Helper()
	until(p.T, moment, func() bool {
		view, _ := p.call("GET", "/request", "", "Twohens-Request", request).json["view"].(map[string]any)
		if view == nil {
			return true // it is over and gone
		}
		at, _ := view[moment].(string)
		now, _ := view["now"].(string)
		end, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			return true
		}
		is, err := time.Parse(time.RFC3339Nano, now)
		return err == nil && !is.Before(end)
	})
}

// brief starts programs in which something ends soon, until there is one whose code came before it did: a slow machine gets longer.
func (p *play) brief(change func(*config.Config, time.Duration)) (q *play, to, request, code, link string) {
	p.Helper()
	for life := 2 * time.Second; life < time.Minute; life *= 5 {
		q = p.own(func(c *config.Config) { change(c, life) }, nil)
		to = q.person()
		request = q.asked(to)
		if len(q.codes(to)) > 0 {
			code, link = q.code(to)
			return q, to, request, code, link
		}
	}
	p.Fatal("no code comes in time")
	return nil, "", "", "", ""
}

func codeOver(p *play) {
	q, to, request, code, _ := p.brief(func(c *config.Config, life time.Duration) { c.Recovery.Policy.CodeLife = life })
	q.reached(request, "code_until")
	if outcome, grant := q.enter(request, code); outcome != "run_out" || grant != "" {
		p.Errorf("a code that is over: %q", outcome)
	}
	q.untouched(to)
}

func requestOver(p *play) {
	q, to, request, code, link := p.brief(func(c *config.Config, life time.Duration) { c.Recovery.Policy.RequestLife = life })
	q.reached(request, "expires")
	q.spent(to, request, code, link, request)
	q.untouched(to)
}

func grantOver(p *play) {
	q := p.own(func(c *config.Config) { c.Recovery.Policy.GrantLife = 1500 * time.Millisecond }, nil)
	to := q.person()
	request, grant := q.proved(to)
	q.reached(request, "expires")
	q.resets(q.browser(), request, grant)
	q.untouched(to)
}

func (p *play) five(to string) (list []*browser) {
	p.Helper()
	for range 5 {
		b := p.browser()
		b.signsIn(to, oldPassword)
		if !b.isIn() {
			p.Fatal("not signed in, so this shows nothing")
		}
		list = append(list, b)
	}
	return list
}

func fiveSessions(p *play) {
	to, mallory := p.person(), p.mallory()
	open, others := p.five(to), p.five(mallory)
	_, grant := p.proved(to)
	if !open[0].isIn() {
		p.Error("a proof alone ended a session")
	}
	p.sets(grant)
	for i, b := range open {
		if b.isIn() || b.post("/account/language", "language", "es").status != 303 {
			p.Errorf("session %d lives", i)
		}
	}
	for i, b := range others {
		if !b.isIn() {
			p.Errorf("session %d of another account is over", i)
		}
	}
}

func fiveSessionsByLink(p *play) {
	to := p.person()
	open := p.five(to)
	p.asked(to)
	_, link := p.code(to)
	b := open[0] // one of them recovers in the same browser
	b.leads(b.post("/go/"+link), "/recover/reset")
	b.leads(b.post("/recover/reset", "password", newPassword), "/recover/done")
	for i, b := range open {
		if b.isIn() {
			p.Errorf("session %d lives", i)
		}
	}
}
