package api

import (
	"context"
	"encoding/hex"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/gate"
	"twohens/internal/mailbox"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// The whole walk over HTTP, with every mistake on the way that costs nothing or little.
func TestRecovery(t *testing.T) {
	s := newSite(t, open)
	const ann = "ann@fernbank.example"
	s.account(ann)

	a := s.call(call{path: "/requests", key: s.key, body: fields{"address": " Ann@Fernbank.example", "client": "192.0.2.7", "locale": "es-MX"}})
	if a.status != http.StatusCreated || a.view()["state"] != "choosing" || a.view()["way"] != nil || a.view()["next_click_in"] != 0. {
		t.Fatalf("opening: %v", a)
	}
	request := a.body["request"].(string)
	expect := func(c call, outcome, state string) answer {
		t.Helper()
		c.request = request
		a := s.call(c)
		if a.status != 200 || a.outcome() != outcome || a.view()["state"] != state {
			t.Fatalf("%s: %v, want %s and %s", c.path, a, outcome, state)
		}
		return a
	}
	expect(call{path: "/request/resend", method: "POST"}, "not_here", "choosing")
	a = expect(call{path: "/request/way", body: fields{"way": "email"}}, "sent", "proving")
	if wait := a.view()["next_click_in"].(float64); wait < 1 || wait > 60 {
		t.Errorf("after a click: %v", a)
	}
	code := s.code(ann, 1) // to the address on record, not to the typed one
	expect(call{path: "/request/resend", method: "POST"}, "cooling", "proving")
	s.advance(61 * time.Second)
	expect(call{path: "/request/resend", body: "{}"}, "sent_again", "proving")
	if again := s.code(ann, 2); again != code {
		t.Errorf("the same round has the codes %s and %s", code, again)
	}
	expect(call{path: "/request/code", body: fields{"code": ""}}, "empty", "proving")
	a = expect(call{path: "/request/code", body: fields{"code": "a wrong one"}}, "wrong", "proving")
	if used := at(a.view(), "tries", "used"); used != 1. {
		t.Errorf("after a wrong code: %v", a)
	}
	expect(call{path: "/request/another", method: "POST"}, "noted", "choosing")
	expect(call{path: "/request/code", body: fields{"code": code}}, "not_here", "choosing")
	expect(call{path: "/request/way", body: fields{"way": "email"}}, "cooling", "proving")
	a = expect(call{path: "/request/code", body: fields{"code": code[:4] + " " + code[4:]}}, "proved", "resetting")
	grant, _ := a.body["grant"].(string)
	a = expect(call{path: "/request/code", body: fields{"code": code}}, "proved_before", "resetting")
	if _, told := a.body["grant"]; told {
		t.Errorf("the grant was told twice: %v", a)
	}

	for typed, reason := range map[string]string{"tiny": "too-short", "fernbank1": "site-name", "ann@fernbank.example": "own-address", "password1": "common"} {
		a := s.call(call{path: "/password", grant: grant, body: fields{"password": typed}})
		if a.status != 422 || a.kind() != "password" || !strings.Contains(a.text, reason) || strings.Contains(a.text, typed) {
			t.Errorf("password %q: %v", typed, a)
		}
	}
	if s.signsIn(ann, "hens hate tall gates") {
		t.Fatal("the password was set too early")
	}
	for range 2 { // a second click changes nothing and is answered the same
		a = s.call(call{path: "/password", grant: grant, body: fields{"password": "hens hate tall gates"}})
		if a.status != 200 || a.outcome() != "finished" {
			t.Fatalf("setting the password: %v", a)
		}
	}
	if !s.signsIn(ann, "hens hate tall gates") || s.signsIn(ann, "the old one, forgotten") {
		t.Error("the new password is not in force")
	}
	a = s.call(call{path: "/request", request: request})
	if a.status != 200 || a.view()["state"] != "done" {
		t.Errorf("afterwards: %v", a)
	}
	expect(call{path: "/request/code", body: fields{"code": code}}, "finished", "done")
}

// the owner is told, and soon.
func TestNotice(t *testing.T) {
	s := newSite(t, open)
	s.account("eve@fernbank.example")
	_, grant := s.proves("eve@fernbank.example", 1)
	s.call(call{path: "/password", grant: grant, body: fields{"password": "hens hate tall gates"}})
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := s.box.Await(soon, func(m mailbox.Mail) bool { return !codeInMail.MatchString(m.Text) }); err != nil {
		t.Errorf("no notice within ten seconds: %v", err)
	}
}

// Without a key, by a challenge in any form: once right it opens one request, and never a second.
func TestRecoveryByChallenge(t *testing.T) {
	s := newSite(t, open)
	s.account("ben@fernbank.example")
	if a := s.call(call{path: "/requests", body: fields{"address": "ben@fernbank.example"}}); a.kind() != "challenge-needed" {
		t.Fatalf("without a challenge: %v", a)
	}
	for n, mode := range []string{"pick", "hear", "rub", "listen", "none"} {
		knock := call{path: "/requests", body: fields{"address": "ben@fernbank.example", "challenge": s.solve(mode)}}
		a := s.call(knock)
		if a.status != 201 {
			t.Fatalf("%s: %v", mode, a)
		}
		if again := s.call(knock); again.kind() != "challenge-failed" {
			t.Errorf("%s: a challenge was used twice: %v", mode, again)
		}
		request := a.body["request"].(string)
		s.call(call{path: "/request/way", request: request, body: fields{"way": "email"}})
		a = s.call(call{path: "/request/code", request: request, body: fields{"code": s.code("ben@fernbank.example", n+1)}})
		if a.outcome() != "proved" {
			t.Errorf("%s: %v", mode, a)
		}
	}
}

// solve does what a person and their device would, and gives what goes along with the address.
func (s *site) solve(mode string) fields {
	s.t.Helper()
	if mode == "pick" || mode == "hear" {
		card := s.plain(mode)
		s.advance(20 * time.Second)
		return fields{"card": card, "picks": s.picks(card)}
	}
	drawn := s.draw(mode)
	if mode == "none" {
		return fields{"response": drawn.body["response"]}
	}
	card := drawn.body["card"].(string)
	answer := fields{"card": card}
	if mode == "rub" {
		answer["trace"] = s.rubs(card)
	} else {
		answer["picks"] = s.picks(card)
	}
	s.advance(20 * time.Second)
	a := s.call(call{path: "/challenge/answer", body: answer})
	if a.status != 200 || a.body["result"] != "pass" {
		s.t.Fatalf("%s: %v", mode, a)
	}
	return fields{"response": a.body["response"]}
}

// plain is a card without work.
func (s *site) plain(mode string) string {
	s.t.Helper()
	a := s.call(call{path: "/challenge/plain", body: fields{"mode": mode}})
	if a.status != 200 {
		s.t.Fatal(a)
	}
	return a.body["card"].(string)
}

// draw asks for a challenge and does its work, as its documentation says.
func (s *site) draw(mode string) answer {
	s.t.Helper()
	ticket := s.call(call{path: "/challenge", body: fields{"mode": mode}})
	if ticket.status != 200 {
		s.t.Fatalf("%s: %v", mode, ticket)
	}
	salt, err := hex.DecodeString(at(ticket.body, "work", "salt").(string))
	if err != nil {
		s.t.Fatal(err)
	}
	w := scratch.Work{Salt: [16]byte(salt), Parts: int(at(ticket.body, "work", "parts").(float64)), Bits: int(at(ticket.body, "work", "bits").(float64))}
	a := s.call(call{path: "/challenge/card", body: fields{"ticket": ticket.body["ticket"], "work": w.Solve().String()}})
	if a.status != 200 {
		s.t.Fatalf("%s: %v", mode, a)
	}
	return a
}

// picks are the numbers of the two chickens on a card.
func (s *site) picks(card string) []int {
	s.t.Helper()
	picks, err := scratchtest.Pick(s.cards, card)
	if err != nil {
		s.t.Fatal(err)
	}
	return picks
}

// rubs is the trace of a hand that taps both chickens of a card free.
func (s *site) rubs(card string) string {
	s.t.Helper()
	taps, err := scratchtest.Tap(s.cards, card, 1)
	if err != nil {
		s.t.Fatal(err)
	}
	var trace scratch.Trace
	for i, p := range taps {
		clock := 400*i + i*i%7*13
		trace = append(trace, scratch.TracePoint{X: 10 * p.X, Y: 10 * p.Y, T: clock, Down: true}, scratch.TracePoint{X: 10 * p.X, Y: 10 * p.Y, T: clock + 80 + i%5})
	}
	return trace.String()
}

// The ten checks of WSTG-ATHN-03, as far as they concern the API: no answer opens but the right one, once.
func TestChallenge(t *testing.T) {
	s := newSite(t, open)
	knock := func(challenge any) answer {
		t.Helper()
		body := fields{"address": "cat@fernbank.example"}
		if challenge != nil {
			body["challenge"] = challenge
		}
		return s.call(call{path: "/requests", body: body})
	}
	drawn := s.draw("rub")
	rub := drawn.body["card"].(string)
	numbered := s.call(call{path: "/challenge/plain", body: fields{"mode": "pick"}})
	calls := s.draw("listen").body["calls"].([]any)
	for _, url := range append(calls, drawn.body["cover"], drawn.body["open"], numbered.body["picture"], calls[7].(string)+"&slow") {
		a := s.call(call{path: strings.TrimPrefix(url.(string), Prefix)})
		if kind := a.header.Get("Content-Type"); a.status != 200 || kind != scratch.ContentType && kind != scratch.CallType || len(a.text) < 1000 {
			t.Errorf("%s: status %d, %s, %d bytes", url, a.status, kind, len(a.text))
		}
	}
	pick := numbered.body["card"].(string)
	for name, path := range map[string]string{
		"a rub card with numbers on it": "/challenge/card/numbered?card=" + rub,
		"a pick card under no cover":    "/challenge/card/open?card=" + pick,
		"a pick card's call":            "/challenge/card/call/1?card=" + pick,
		"a ninth call":                  strings.Replace(strings.TrimPrefix(calls[0].(string), Prefix), "call/1", "call/9", 1),
		"a call of no number":           strings.Replace(strings.TrimPrefix(calls[0].(string), Prefix), "call/1", "call/01", 1),
		"no card":                       "/challenge/card/cover",
		"another picture":               "/challenge/card/chickens?card=" + rub,
		"an edited card":                "/challenge/card/cover?card=" + edited(rub),
	} {
		if a := s.call(call{path: path}); a.status != 404 || a.kind() != "no-card" {
			t.Errorf("%s: %v", name, a)
		}
	}
	signIn, err := s.gate.Plain(gate.SignIn, scratch.Pick)
	if err != nil {
		t.Fatal(err)
	}
	for name, challenge := range map[string]any{
		"of another action":  fields{"card": signIn, "picks": s.picks(signIn)},
		"unknown":            fields{"card": strings.Repeat("A", 200), "picks": []int{1, 2}},
		"edited":             fields{"card": edited(pick), "picks": s.picks(pick)},
		"everything":         fields{"card": s.plain("pick"), "picks": []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"twice the same":     fields{"card": s.plain("pick"), "picks": []int{1, 1}},
		"out of range":       fields{"card": s.plain("pick"), "picks": []int{-1, 1 << 40}},
		"no picks":           fields{"card": s.plain("pick")},
		"an empty list":      fields{"card": s.plain("pick"), "picks": []int{}},
		"a card with work":   fields{"card": rub, "picks": []int{1, 2}},
		"no response":        fields{"response": strings.Repeat("A", 200)},
		"a card as response": fields{"response": pick},
		"an edited response": fields{"response": edited(s.solve("none")["response"].(string))},
	} {
		if a := knock(challenge); a.status != 403 || a.kind() != "challenge-failed" {
			t.Errorf("%s: %v", name, a)
		}
	}
	for name, challenge := range map[string]fields{"an empty card": {"card": "", "picks": []int{1, 2}}, "nothing": {}} {
		if a := knock(challenge); a.kind() != "challenge-needed" {
			t.Errorf("%s: %v", name, a)
		}
	}
	late, spare := s.plain("pick"), s.solve("none")
	s.advance(time.Hour)
	if a := knock(fields{"card": late, "picks": []int{1, 2}}); a.kind() != "challenge-too-slow" {
		t.Errorf("an hour later: %v", a)
	}
	if a := knock(spare); a.kind() != "challenge-too-slow" {
		t.Errorf("a response, an hour later: %v", a)
	}
}

// What a card's answer is told: pass, fail and why, once; and no work that was not done gives a card.
func TestAnswers(t *testing.T) {
	s := newSite(t, open)
	answer := func(card string, more fields) answer {
		t.Helper()
		body := fields{"card": card}
		maps.Copy(body, more)
		a := s.call(call{path: "/challenge/answer", body: body})
		if a.status != 200 || a.body["result"] == "pass" != (a.body["response"] != nil) {
			t.Fatal(a)
		}
		return a
	}
	fresh := s.draw("rub").body["card"].(string) // a person takes longer than the two calls
	if a := answer(fresh, fields{"trace": s.rubs(fresh)}); a.body["result"] != "fail" || a.body["reason"] != "too_fast" {
		t.Errorf("at once: %v", a)
	}
	if a := s.call(call{path: "/challenge/card/cover?card=" + fresh}); a.kind() != "no-card" {
		t.Errorf("the picture of an answered card: %v", a)
	}
	for name, more := range map[string]fields{"broken": {"trace": "1;2"}, "nothing": {}, "numbers": {"picks": []int{1, 2}}, "elsewhere": {"trace": "0,0,0,1"}} {
		card := s.draw("rub").body["card"].(string)
		s.advance(20 * time.Second)
		if a := answer(card, more); a.body["result"] != "fail" || a.body["reason"] != nil {
			t.Errorf("%s: %v", name, a)
		}
		if a := answer(card, fields{"trace": s.rubs(card)}); a.body["result"] != "fail" {
			t.Errorf("%s, and then right: %v", name, a)
		}
	}
	late := s.draw("listen").body["card"].(string)
	s.advance(time.Hour)
	if a := answer(late, fields{"picks": s.picks(late)}); a.body["reason"] != "too_slow" {
		t.Errorf("late: %v", a)
	}
	for _, mode := range []string{"", "pick", "hear", "Rub", "none "} {
		if a := s.call(call{path: "/challenge", body: fields{"mode": mode}}); a.kind() != "malformed" {
			t.Errorf("mode %q: %v", mode, a)
		}
	}
	for _, mode := range []string{"", "rub", "listen", "none"} { // or no work would be asked for
		if a := s.call(call{path: "/challenge/plain", body: fields{"mode": mode}}); a.kind() != "malformed" {
			t.Errorf("mode %q without work: %v", mode, a)
		}
	}
	if a := s.call(call{path: "/challenge", body: fields{"mode": "rub", "again": "x"}}); a.kind() != "no-card" {
		t.Errorf("no second round: %v", a)
	}
	s.dealer(t, 20) // bits
	hard := s.call(call{path: "/challenge", body: fields{"mode": "rub"}})
	for name, work := range map[string]string{"not done": scratch.Solution{}.String(), "none": "", "too much": strings.Repeat("A", 9000)} {
		if a := s.call(call{path: "/challenge/card", body: fields{"ticket": hard.body["ticket"], "work": work}}); a.kind() != "no-card" {
			t.Errorf("work %s: %v", name, a)
		}
	}
}

// edited is a card with one letter changed.
func edited(card string) string {
	middle := len(card) / 2
	letter := "A"
	if card[middle] == 'A' {
		letter = "B"
	}
	return card[:middle] + letter + card[middle+1:]
}

// over every call, an address that is registered, one that is not and one that is disabled get the same answers.
func TestSameForUnknown(t *testing.T) {
	s := newSite(t, open)
	s.account("known@fernbank.example")
	s.account("stopped@fernbank.example")
	if err := s.accounts.Disable(t.Context(), address(t, "stopped@fernbank.example"), true); err != nil {
		t.Fatal(err)
	}
	walk := func(at string) []string {
		var answers []string
		request := ""
		told := func(c call) answer {
			c.request = request
			a := s.call(c)
			answers = append(answers, c.path+" "+masked(a))
			return a
		}
		a := told(call{path: "/requests", key: s.key, body: fields{"address": at, "client": "192.0.2.7"}})
		request = a.body["request"].(string)
		told(call{path: "/request"})
		told(call{path: "/request/code", body: fields{"code": "00000000"}})
		told(call{path: "/request/way", body: fields{"way": "email"}})
		told(call{path: "/request/resend", method: "POST"})
		for told(call{path: "/request/code", body: fields{"code": "x"}}).outcome() == "waiting" { // for the worker, at most a moment
			answers = answers[:len(answers)-1]
			time.Sleep(time.Millisecond)
		}
		for range 5 {
			told(call{path: "/request/code", body: fields{"code": "00000000"}})
		}
		told(call{path: "/request/another", method: "POST"})
		request = told(call{path: "/requests", key: s.key, body: fields{"address": at, "client": "192.0.2.7"}}).body["request"].(string)
		for _, way := range []string{"questions", "saved"} {
			told(call{path: "/request/way", body: fields{"way": way}})
			s.ready(request)
			told(call{path: "/request"})
			told(call{path: "/request/answers", body: fields{"answers": []string{"x"}}})
			told(call{path: "/request/answers", body: fields{"answers": []string{"x", "y"}}})
			told(call{path: "/request/saved", body: fields{"code": ""}})
			told(call{path: "/request/saved", body: fields{"code": "0123-4567-89ab-cdef"}})
		}
		for range 3 {
			told(call{path: "/request/saved", body: fields{"code": "x"}})
		}
		told(call{path: "/request/answers", body: fields{"answers": []string{"x", "y"}}})
		return answers
	}
	known := walk("known@fernbank.example")
	for _, other := range []string{"nobody@fernbank.example", "stopped@fernbank.example"} {
		for i, text := range walk(other) {
			if text != known[i] {
				t.Errorf("%s\n%s\nknown\n%s", other, text, known[i])
			}
		}
	}
}

var (
	times     = regexp.MustCompile(`20\d\d-\d\d-\d\dT[0-9:.]+Z`)
	secrets22 = regexp.MustCompile(`"request":"[A-Za-z0-9_-]{22}"`)
	posedOf   = regexp.MustCompile(`"questions":\[[^]]+\]`) // each address has its own
	reference = regexp.MustCompile(`"reference":"[2-9A-Z]{3}-[2-9A-Z]{3}"`)
	waits     = regexp.MustCompile(`"next_click_in":(60|59|58|57|56|55)\b`)
)

// masked is an answer without what differs from one call to the next: secrets, times, and the seconds since the click.
func masked(a answer) string {
	text := times.ReplaceAllString(a.text, "TIME")
	text = posedOf.ReplaceAllString(text, `"questions":[]`)
	text = secrets22.ReplaceAllString(text, `"request":"SECRET"`)
	text = reference.ReplaceAllString(text, `"reference":"H7K-2Q9"`)
	text = waits.ReplaceAllString(text, `"next_click_in":60`)
	header := a.header.Clone()
	header.Del("Date")
	header.Del("Content-Length") // a time's fraction of a second is shorter when it ends in 0
	var b strings.Builder
	header.Write(&b)
	return http.StatusText(a.status) + "\n" + b.String() + text
}

// of a hundred right codes at once, one proves.
func TestRightCodesAtOnce(t *testing.T) {
	s := newSite(t, open)
	s.account("dot@fernbank.example")
	request := s.opens("dot@fernbank.example")
	s.call(call{path: "/request/way", request: request, body: fields{"way": "email"}})
	code := s.code("dot@fernbank.example", 1)
	var mu sync.Mutex
	outcomes := map[string]int{}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			a := s.call(call{path: "/request/code", request: request, body: fields{"code": code}})
			mu.Lock()
			defer mu.Unlock()
			outcomes[a.outcome()]++
		})
	}
	all.Wait()
	if outcomes["proved"] != 1 || outcomes["proved_before"] != 99 {
		t.Errorf("%v", outcomes)
	}
}
