package attack

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"twohens/internal/config"
	"twohens/internal/mailbox"
	"twohens/internal/quota"
)

// This file: what a stranger learns, guesses and floods.

// kinds are eight kinds of address: what the program says must be the same for each.
func (p *play) kinds() map[string]string {
	p.Helper()
	kinds := map[string]string{
		"nobody's": p.fresh(), "account": p.person(), "with a number": p.person("+12025550151"), "disabled": p.person(), "recovered": p.person(), "tries used": p.person(),
		"signed in": p.person(), "asked before": p.person(),
	}
	if err := p.Accounts.Disable(p.Context(), address(p.T, kinds["disabled"]), true); err != nil {
		p.Fatal(err)
	}
	_, grant := p.proved(kinds["recovered"])
	p.sets(grant)
	for range 3 {
		request := p.asked(kinds["tries used"])
		for range 5 {
			p.enter(request, "12345678")
		}
	}
	p.browser().signsIn(kinds["signed in"], oldPassword)
	p.asked(kinds["asked before"])
	p.settled()
	return kinds
}

// secrets are what differs from one request to the next, whomever it belongs to.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`person\d{4}`), regexp.MustCompile(`[-_A-Za-z0-9]{22,}`), regexp.MustCompile(`[A-Z0-9]{3}-[A-Z0-9]{3}`),
	regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[0-9:.]+Z`), regexp.MustCompile(`"(next_click_in|code_life)":\d+`), regexp.MustCompile(`data-[a-z]+="\d+"`), regexp.MustCompile(`(?s)<p class="count".*?</p>`), // the egg timer of the cool-down

	regexp.MustCompile(`\d{1,2}:\d{2}(:\d{2})?`), regexp.MustCompile(`(Max-Age=)\d+`),
}

func bare(text string) string {
	for _, s := range secrets {
		text = s.ReplaceAllString(text, "~")
	}
	return text
}

// bare is all of an answer but what is new in each.
func (a answer) bare() string {
	var heads []string
	for name, values := range a.header {
		if name != "Date" && name != "Content-Length" {
			heads = append(heads, name+": "+bare(strings.Join(values, ", ")))
		}
	}
	slices.Sort(heads)
	return fmt.Sprintf("%d\n%s\n%s", a.status, strings.Join(heads, "\n"), bare(a.body))
}

// tells walks for every kind of account and compares each step with that of nobody's.
func (p *play) tells(kinds map[string]string, walk func(to string, step func(name string, a answer))) {
	p.Helper()
	want := map[string]string{}
	walk(kinds["nobody's"], func(name string, a answer) { want[name] = a.bare() })
	if len(want) < 2 {
		p.Fatal("a walk of no steps shows nothing")
	}
	for kind, to := range kinds {
		walk(to, func(name string, a answer) {
			if got := a.bare(); got != want[name] {
				p.Errorf("%s, %s:\n%s", kind, name, difference(want[name], got))
			}
		})
	}
}

// difference is the lines that two texts do not share.
func difference(a, b string) string {
	var out []string
	one, two := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range one {
		if !slices.Contains(two, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range two {
		if !slices.Contains(one, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

// patient is a program of its own in which a click stays within the cool-down for as long as a slow machine takes.
func (p *play) patient() *play {
	p.Helper()
	return p.own(func(c *config.Config) { c.Recovery.Policy.CoolDown = []time.Duration{30 * time.Minute} }, nil)
}

func tellingPages(p *play) {
	q := p.patient()
	q.tells(q.kinds(), func(to string, step func(string, answer)) {
		for way, path := range map[string]string{"email": "/recover/code", "phone": "/recover/code", "saved": "/recover/saved"} {
			b := q.browser()
			step("open", b.post("/recover", "address", to, "response", q.response()))
			step("no chickens", q.browser().post("/recover", "address", to))
			step(way+" ways", b.get("/recover/choose"))
			step(way+" choice", b.post("/recover/choose", "way", way))
			q.settled() // what the worker found out must not show either
			step(way+" page", b.get(path+"?said=sent"))
			step(way+" resend", b.post("/recover/resend"))
			for n := range 6 {
				step(way+" wrong "+strconv.Itoa(n), b.post(path, "code", "12345678"))
				if n == 0 || n == 5 { // the first wrong one, and one too many
					step(way+" wrong page "+strconv.Itoa(n), b.get(path+"?said=wrong"))
				}
			}
			step(way+" reset", b.get("/recover/reset"))
			step(way+" done", b.get("/recover/done"))
			step(way+" another", b.post("/recover/another"))
		}
	})
}

func tellingCalls(p *play) {
	q := p.patient()
	q.tells(q.kinds(), func(to string, step func(string, answer)) {
		for _, way := range []string{"email", "phone", "saved"} {
			a := q.call("POST", "/requests", fields{"address": to, "challenge": fields{"response": q.response()}})
			step(way+" open", a)
			request := a.text("request")
			step(way+" choice", q.choose(request, way))
			q.settled()
			step(way+" view", q.call("GET", "/request", "", "Twohens-Request", request))
			step(way+" resend", q.again(request))
			for n := range 6 {
				path := map[string]string{"email": "/request/code", "phone": "/request/code", "saved": "/request/saved"}[way]
				step(way+" wrong "+strconv.Itoa(n), q.call("POST", path, fields{"code": "12345678"}, "Twohens-Request", request))
			}
			step(way+" answers", q.call("POST", "/request/answers", fields{"answers": []string{"a", "b"}}, "Twohens-Request", request))
			step(way+" another", q.another(request))
			step(way+" grant", q.sets(request))
			step(way+" view after", q.call("GET", "/request", "", "Twohens-Request", request))
		}
	})
}

// asked are the questions on a page, which differ from one address to the next, account or not.
var asked = regexp.MustCompile(`<label for="answer-\d+">[^<]*</label>`)

func tellingQuestions(p *play) {
	q := p.patient()
	count := 0
	q.tells(q.kinds(), func(to string, step func(string, answer)) {
		b := q.browser()
		step("open", b.post("/recover", "address", to, "response", q.response()))
		step("choice", b.post("/recover/choose", "way", "questions"))
		q.settled()
		page := b.get("/recover/questions")
		if n := len(asked.FindAllString(page.body, -1)); n < 2 || count != 0 && n != count {
			p.Errorf("%d questions, and %d before", n, count)
		} else {
			count = n
		}
		if again := b.get("/recover/questions"); !slices.Equal(asked.FindAllString(page.body, -1), asked.FindAllString(again.body, -1)) {
			p.Error("other questions the second time")
		}
		page.body = asked.ReplaceAllString(page.body, "QUESTION")
		step("page", page)
		for n := range 4 {
			wrong := b.post("/recover/questions", "answer-1", "wrong", "answer-2", "wrong")
			wrong.body = asked.ReplaceAllString(wrong.body, "QUESTION")
			step("wrong "+strconv.Itoa(n), wrong)
		}
	})
}

func tellingSignIn(p *play) {
	kinds := p.kinds()
	delete(kinds, "signed in") // its wrong tries begin at another count, which its owner alone sees
	p.tells(kinds, func(to string, step func(string, answer)) {
		b := p.browser()
		step("page", b.get("/signin"))
		for n := range 3 {
			step("wrong "+strconv.Itoa(n), b.post("/signin", "address", to, "password", "one of those that are wrong"))
		}
		step("blank", b.post("/signin", "address", to, "password", ""))
	})
}

// slowMail has a mail server that takes nothing until both walks, of an account and of nobody, have had all their answers. Were a mail sent
// inside a request, the walk would never end.
func slowMail(p *play) {
	hold, reached := make(chan struct{}), make(chan struct{}, 64)
	release := sync.OnceFunc(func() { close(hold) })
	box := open(p.T, mailbox.Options{Texts: true, Hook: func(step mailbox.Step, _, _ string) error {
		if step == mailbox.StepHello {
			reached <- struct{}{}
			<-hold
		}
		return nil
	}})
	q := p.own(func(*config.Config) {}, box)
	p.Cleanup(release) // before the program is stopped and the server closed, which both wait for it
	known, unknown := q.person(), q.fresh()
	for _, to := range []string{known, unknown} {
		b := q.browser()
		b.asks(to)
		b.get("/recover/code")
		b.leads(b.post("/recover/resend"), "/recover/code")
		b.leads(b.post("/recover/code", "code", "12345678"), "/recover/code")
		request := q.keyed(to)
		q.choose(request, "email")
		q.again(request)
		q.enter(request, "12345678")
	}
	<-reached // the mail was on its way, so the answers were told beside it
	if n := box.Taken(); n != 0 {
		p.Errorf("%d mails were taken before the last answer", n)
	}
	release()
	if got := len(q.codes(known)); got != 2 {
		p.Errorf("%d mails came in the end, want 2", got)
	}
}

// wrongs are codes that are not the right one, as many as asked for.
func wrongs(right string, n int) (list []string) {
	for i := 0; len(list) < n; i++ {
		if code := fmt.Sprintf("%08d", 10_000_000+i); code != right {
			list = append(list, code)
		}
	}
	return list
}

func fortyAtOnce(p *play) {
	to := p.person()
	request := p.asked(to)
	code, _ := p.code(to)
	var mu sync.Mutex
	told := map[string]int{}
	list := wrongs(code, 40)
	many(40, func(i int) {
		outcome, _ := p.enter(request, list[i])
		mu.Lock()
		defer mu.Unlock()
		told[outcome]++
	})
	if told["wrong"] > 5 || told["proved"] > 0 {
		p.Errorf("judged: %v", told)
	}
	if outcome, grant := p.enter(request, code); outcome == "proved" || grant != "" {
		p.Error("the right code was judged after forty wrong ones")
	}
	p.untouched(to)
}

func manyRequests(p *play) {
	to := p.person()
	for range 4 {
		request := p.asked(to)
		for _, code := range wrongs("", 5) {
			p.enter(request, code)
		}
	}
	request := p.asked(to)
	code, _ := p.code(to)
	if outcome, grant := p.enter(request, code); outcome == "proved" || grant != "" {
		p.Error("the right code was taken after twenty wrong ones in a day")
	}
	p.untouched(to)
}

// spoofedNetworks claims another network with each request.
func spoofedNetworks(p *play) {
	q := p.own(func(c *config.Config) { c.Limits.Network = quota.Limit{Events: 8, Per: time.Hour} }, nil)
	opened, refused := 0, 0
	for n := range 20 {
		ip := fmt.Sprintf("203.0.113.%d", n)
		head := []string{"X-Forwarded-For", ip, "X-Real-IP", ip, "Forwarded", "for=" + ip, "True-Client-IP", ip, "CF-Connecting-IP", ip, "X-Client-IP", ip,
			"X-Cluster-Client-IP", ip, "Fastly-Client-IP", ip, "X-Originating-IP", ip}
		response := q.response(head...)
		if response == "" {
			refused++
			continue
		}
		switch a := q.browser().do("POST", "/recover", form("address", q.fresh(), "response", response), head...); a.status {
		case 303:
			opened++
		case 429:
			refused++
		default:
			p.Errorf("answered by %d", a.status)
		}
	}
	if opened == 0 || opened > 8 || refused == 0 {
		p.Errorf("%d requests were opened, %d refused, want 8 at most", opened, refused)
	}
	if a := p.call("POST", "/requests", fields{"address": p.fresh(), "client": "203.0.113.77", "challenge": fields{"response": p.response()}}); a.status < 400 {
		p.Error("a stranger named a network in the call")
	}
}

func otherSpellings(p *play) {
	q := p.own(func(c *config.Config) {
		c.Limits.Address, c.Limits.AddressNetwork = quota.Limit{Events: 2, Per: time.Hour}, quota.Limit{Events: 1, Per: time.Hour}
	}, nil)
	to := "josé.k@fernbank.example"
	q.account(to)
	taken := 0
	for _, typed := range []string{
		to, "JOSé.K@FERNBANK.EXAMPLE", " josé.k@fernbank.example ", "jose\u0301.k@fernbank.example", "josé.k@fernbank。example", "josé.k@ｆｅｒｎｂａｎｋ.example", "José.K@Fernbank.Example",
		"josé.\u006b@fernban\u212a.example",
	} {
		if a := q.browser().post("/recover", "address", typed, "response", q.response()); a.status == 303 {
			taken++
		} else if a.status != 429 && a.status != 422 {
			p.Errorf("%q: %d", typed, a.status)
		}
	}
	if taken != 3 {
		p.Errorf("%d requests were opened for one address, want 3", taken)
	}
	// What is counted apart is another's: it reaches no account.
	before := q.last()
	q.asked("JOSÉ.k@fernbank.example")
	if got := q.since(before); len(got) != 0 {
		p.Errorf("%d mails by a spelling that is counted apart", len(got))
	}
}

func triesStayUsed(p *play) {
	to := p.person()
	request := p.asked(to)
	code, _ := p.code(to)
	for _, wrong := range wrongs(code, 8) {
		p.enter(request, wrong)
		p.another(request)
		p.choose(request, "phone")
		p.another(request)
		p.choose(request, "email")
		p.again(request)
	}
	if outcome, grant := p.enter(request, code); outcome == "proved" || grant != "" {
		p.Error("the right code was judged after eight wrong ones")
	}
	p.untouched(to)
}

func restart(p *play) {
	q := p.own(func(*config.Config) {}, nil)
	to := q.person()
	request := q.asked(to)
	code, _ := q.code(to)
	list := wrongs(code, 8)
	for _, wrong := range list[:4] {
		q.enter(request, wrong)
	}
	if err := q.stop(); err != nil {
		p.Fatal(err)
	}
	again := &play{world: begin(p.T, q.settings, q.box), T: p.T, driver: p.driver}
	for _, wrong := range list[4:] {
		again.enter(request, wrong)
	}
	if outcome, grant := again.enter(request, code); outcome == "proved" || grant != "" {
		p.Error("the right code was judged after eight wrong ones")
	}
	again.untouched(to)
}

// brake types one code into requests for many accounts until typed codes are looked at no more on the whole site. That costs nobody a try,
// and the owner's link goes on.
func brake(p *play) {
	q := p.own(func(c *config.Config) { c.Limits.WrongCodes, c.Limits.WrongStop = 20, 40 }, nil)
	to := q.person()
	mine := q.asked(to)
	code, link := q.code(to)
	one := wrongs(code, 1)[0]
	seen := map[string]int{}
	for range 10 {
		other := q.person()
		request := q.asked(other)
		q.code(other) // the worker has been there
		for range 5 {
			outcome, _ := q.enter(request, one)
			seen[outcome]++
		}
	}
	if seen["paused"] == 0 || seen["wrong"]+seen["tries_used"] < 40 {
		p.Errorf("%v", seen)
	}
	if outcome, grant := q.enter(mine, code); outcome != "paused" || grant != "" {
		p.Errorf("a typed code: %q", outcome)
	}
	q.untouched(to)
	b := q.browser()
	b.leads(b.post("/go/"+link), "/recover/reset")
}

// spray types one code into requests for forty accounts, by many ways at once, with the brake off: the tries of each account hold.
func spray(p *play) {
	const accounts = 40
	people := make([]string, accounts)
	requests := make([]string, accounts)
	for i := range people {
		people[i] = p.person()
		requests[i] = p.asked(people[i])
	}
	right := map[string]bool{}
	for _, to := range people {
		code, _ := p.code(to)
		right[code] = true
	}
	one := ""
	for _, code := range wrongs("", accounts+1) {
		if !right[code] {
			one = code
		}
	}
	var mu sync.Mutex
	judged := map[string]int{}
	many(accounts, func(i int) {
		for range 8 {
			outcome, grant := p.enter(requests[i], one)
			mu.Lock()
			if judged[outcome]++; grant != "" {
				p.Error("a wrong code gave a grant")
			}
			mu.Unlock()
		}
	})
	if judged["proved"] > 0 || judged["wrong"] > accounts*5 {
		p.Errorf("%v", judged)
	}
	for _, to := range people[:3] {
		p.untouched(to)
	}
}

func lockedOut(p *play) {
	q := p.own(func(c *config.Config) { c.Recovery.Policy.CoolDown = []time.Duration{time.Millisecond} }, nil)
	to := q.person()
	// The owner asks, and has a link in the mailbox; a stranger asks, resends and guesses, until typed codes of the account are refused.
	// The owner clicks again too, and takes the mail that came first.
	mine := q.asked(to)
	_, link := q.code(to)
	until(p.T, "it is sent again", func() bool { return q.again(mine).text("outcome") == "sent_again" })
	for range 5 {
		request := q.asked(to)
		for _, wrong := range wrongs("", 6) {
			q.enter(request, wrong)
			q.again(request)
		}
	}
	q.settled()
	for i := range 3 {
		stranger := q.browser()
		stranger.post("/signin", "address", to, "password", "guess "+strconv.Itoa(i))
	}
	b := q.browser()
	b.leads(b.post("/go/"+link), "/recover/reset")
	b.leads(b.post("/recover/reset", "password", newPassword), "/recover/done")
	b.signsIn(to, newPassword)
}

// usedUp is a stranger with many networks, who takes all that an account has for strangers.
func usedUp(p *play) {
	usual := config.Default().Limits
	q := p.own(func(c *config.Config) {
		c.Limits.Account, c.Limits.AccountNetwork, c.Limits.Destination = usual.Account, usual.AccountNetwork, usual.Destination
		c.Limits.SignInAddress = quota.Limit{Events: 10, Per: time.Hour}
	}, nil)
	to := q.person()
	owner := q.browser()
	owner.signsIn(to, oldPassword)
	owner.do("POST", "/signout", "")
	from := func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }
	asked, many := 0, usual.Account.Events+10
	for n := range many {
		a := q.call("POST", "/requests", fields{"address": to, "client": from(n / 4)}, "Authorization", "Bearer "+q.key)
		if q.choose(a.text("request"), "email").text("outcome") == "sent" {
			asked++
		}
		q.settled()
	}
	if got := len(q.codes(to)); asked != many || got != usual.Account.Events {
		p.Errorf("%d were asked for, %d came, want %d and %d", asked, got, many, usual.Account.Events)
	}
	stranger := q.browser()
	for range 14 {
		stranger.post("/signin", "address", to, "password", "a guess of mine")
	}
	if a := stranger.post("/signin", "address", to, "password", oldPassword); a.status != 429 {
		p.Errorf("the sign-ins are not used up: %d", a.status)
	}

	owner.leads(owner.post("/signin", "address", to, "password", oldPassword), "/account")
	owner.do("POST", "/signout", "")
	before := q.last()
	owner.asks(to)
	q.settled()
	if got := q.since(before); len(got) != 1 {
		p.Fatalf("the owner got %d mails", len(got))
	}
	code, _ := q.code(to)
	owner.leads(owner.post("/recover/code", "code", code), "/recover/reset")
	owner.leads(owner.post("/recover/reset", "password", newPassword), "/recover/done")
}

// addressUsedUp is a stranger with some networks, who goes on beginning recoveries of an address and has none of them send anything.
func addressUsedUp(p *play) {
	usual := config.Default().Limits
	q := p.own(func(c *config.Config) {
		c.Limits.Address, c.Limits.AddressNetwork = usual.Address, usual.AddressNetwork
	}, nil)
	for to, known := range map[string]bool{q.person(): true, q.fresh(): false} {
		begins := func(client string) answer {
			return q.call("POST", "/requests", fields{"address": to, "client": client}, "Authorization", "Bearer "+q.key)
		}
		began, most := 0, usual.Address.Events+5*usual.AddressNetwork.Events
		for n := range 50 {
			switch a := begins(fmt.Sprintf("203.0.113.%d", n%5)); a.status {
			case 201:
				began++
			case 429:
			default:
				p.Errorf("%d %s", a.status, a.body)
			}
		}
		if began != most {
			p.Errorf("a stranger began %d, want %d", began, most)
		}
		a := begins("198.51.100.9")
		if a.status != 201 {
			p.Fatalf("its owner, in another network: %d %s", a.status, a.body)
		}
		before := q.last()
		q.choose(a.text("request"), "email")
		q.settled()
		if got := len(q.since(before)); known && got != 1 || !known && got != 0 {
			p.Errorf("%d mails came of it", got)
		}
	}
}

func clicks(p *play) {
	q := p.patient()
	to := q.person()
	b := q.browser()
	b.begins(to)
	many(50, func(int) { b.post("/recover/choose", "way", "email") })
	many(50, func(int) { b.post("/recover/resend") })
	for range 5 {
		b.get("/recover/code")
	}
	if n := len(q.codes(to)); n != 1 {
		p.Errorf("%d mails", n)
	}
}

func manyMails(p *play) {
	q := p.own(func(c *config.Config) { c.Limits.Account = quota.Limit{Events: 3, Per: 24 * time.Hour} }, nil)
	to := q.person()
	for range 12 {
		if a := q.choose(q.keyed(to), "email"); a.text("outcome") != "sent" {
			p.Errorf("the limit shows: %s", a.body)
		}
		q.settled()
	}
	if n := len(q.codes(to)); n != 3 {
		p.Errorf("%d mails, want 3", n)
	}
}

func manyTexts(p *play) {
	q := p.own(func(c *config.Config) { c.SMS.Number = quota.Limit{Events: 2, Per: 24 * time.Hour} }, nil)
	people := []string{q.person("+12025550161"), q.person("+12025550161")} // two accounts, one number
	abroad := q.person("+881612345678")
	before := q.last()
	for n := range 10 {
		for _, to := range []string{people[n%2], abroad} {
			if a := q.choose(q.keyed(to), "phone"); a.text("outcome") != "sent" {
				p.Errorf("the limit shows: %s", a.body)
			}
		}
		q.settled()
	}
	got := q.since(before)
	for _, m := range got {
		if m.Phone != "+12025550161" {
			p.Errorf("a message to %q %v", m.Phone, m.To)
		}
	}
	if len(got) != 2 {
		p.Errorf("%d texts, want 2", len(got))
	}
}
