package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

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
	expect(call{path: "/request/way", body: fields{"way": "phone"}}, "way_off", "choosing")
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

// Without a key, by a challenge in either form: once right it opens one request, and never a second.
func TestRecoveryByChallenge(t *testing.T) {
	s := newSite(t, open)
	s.account("ben@fernbank.example")
	if a := s.call(call{path: "/requests", body: fields{"address": "ben@fernbank.example"}}); a.kind() != "challenge-needed" {
		t.Fatalf("without a challenge: %v", a)
	}
	for n, solve := range []func(answer) fields{s.picks, s.rubs} {
		challenge := solve(s.call(call{path: "/challenge", method: "POST"}))
		s.advance(20 * time.Second)
		knock := call{path: "/requests", body: fields{"address": "ben@fernbank.example", "challenge": challenge}}
		a := s.call(knock)
		if a.status != 201 {
			t.Fatalf("%d: %v", n, a)
		}
		if again := s.call(knock); again.kind() != "challenge-failed" {
			t.Errorf("a card was used twice: %v", again)
		}
		request := a.body["request"].(string)
		s.call(call{path: "/request/way", request: request, body: fields{"way": "email"}})
		a = s.call(call{path: "/request/code", request: request, body: fields{"code": s.code("ben@fernbank.example", n+1)}})
		if a.outcome() != "proved" {
			t.Errorf("%d: %v", n, a)
		}
	}
}

// picks is the right answer to the numbered card.
func (s *site) picks(dealt answer) fields {
	s.t.Helper()
	card := at(dealt.body, "numbered", "card").(string)
	picks, err := scratchtest.Pick(s.cards, card)
	if err != nil {
		s.t.Fatal(err)
	}
	return fields{"card": card, "picks": picks}
}

// rubs is the right answer to the card under its cover, as a hand would give it.
func (s *site) rubs(dealt answer) fields {
	s.t.Helper()
	card := at(dealt.body, "rub", "card").(string)
	strokes, err := scratchtest.Rub(s.cards, card)
	if err != nil {
		s.t.Fatal(err)
	}
	var trace scratch.Trace
	for _, stroke := range strokes {
		for i, p := range stroke {
			trace = append(trace, scratch.TracePoint{X: 10 * p.X, Y: 10 * p.Y, T: 40 * len(trace), Down: true})
			if i == len(stroke)-1 { // lift
				trace = append(trace, scratch.TracePoint{X: 10 * p.X, Y: 10 * p.Y, T: 40 * len(trace)})
			}
		}
	}
	return fields{"card": card, "trace": trace.String()}
}

// The ten checks of WSTG-ATHN-03, as far as they concern the API: no answer opens but the right one, once.
func TestChallenge(t *testing.T) {
	s := newSite(t, open)
	deal := func() answer { return s.call(call{path: "/challenge", method: "POST"}) }
	knock := func(challenge any) answer {
		t.Helper()
		body := fields{"address": "cat@fernbank.example"}
		if challenge != nil {
			body["challenge"] = challenge
		}
		return s.call(call{path: "/requests", body: body})
	}
	first := deal()
	rub, numbered := at(first.body, "rub", "card").(string), at(first.body, "numbered", "card").(string)
	for _, name := range [...][]string{{"rub", "cover"}, {"rub", "open"}, {"numbered", "picture"}} {
		path := strings.TrimPrefix(at(first.body, name...).(string), Prefix)
		if a := s.call(call{path: path}); a.status != 200 || a.header.Get("Content-Type") != scratch.ContentType || len(a.text) < 1000 {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
	for name, path := range map[string]string{
		"a rub card with numbers on it": "/challenge/numbered?card=" + rub,
		"a pick card under no cover":    "/challenge/open?card=" + numbered,
		"no card":                       "/challenge/cover",
		"another picture":               "/challenge/chickens?card=" + rub,
		"an edited card":                "/challenge/cover?card=" + edited(rub),
	} {
		if a := s.call(call{path: path}); a.status != 404 || a.kind() != "no-card" {
			t.Errorf("%s: %v", name, a)
		}
	}
	signIn, _, err := s.gate.Deal("sign-in")
	if err != nil {
		t.Fatal(err)
	}
	for name, challenge := range map[string]any{
		"of another action": fields{"card": signIn, "trace": "0,0,0,1"},
		"unknown":           fields{"card": strings.Repeat("A", 200), "picks": []int{1, 2}},
		"edited":            fields{"card": edited(numbered), "picks": []int{1, 2}},
		"everything":        fields{"card": at(deal().body, "numbered", "card"), "picks": []int{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"twice the same":    fields{"card": at(deal().body, "numbered", "card"), "picks": []int{1, 1}},
		"out of range":      fields{"card": at(deal().body, "numbered", "card"), "picks": []int{-1, 1 << 40}},
		"no picks":          fields{"card": at(deal().body, "numbered", "card")},
		"an empty list":     fields{"card": at(deal().body, "numbered", "card"), "picks": []int{}},
		"both forms":        fields{"card": at(deal().body, "numbered", "card"), "picks": []int{1, 2}, "trace": "0,0,0,1"},
		"a broken trace":    fields{"card": at(deal().body, "numbered", "card"), "trace": "1;2", "picks": []int{1, 2}},
	} {
		if a := knock(challenge); a.status != 403 || a.kind() != "challenge-failed" {
			t.Errorf("%s: %v", name, a)
		}
	}
	if a := knock(fields{"card": "", "picks": []int{1, 2}}); a.kind() != "challenge-needed" {
		t.Errorf("an empty card: %v", a)
	}
	fresh := at(deal().body, "rub", "card").(string) // a person takes longer than the two calls
	if a := knock(fields{"card": fresh, "trace": "0,0,0,1"}); a.kind() != "challenge-too-fast" {
		t.Errorf("at once: %v", a)
	}
	if a := s.call(call{path: "/challenge/cover?card=" + fresh}); a.kind() != "no-card" {
		t.Errorf("the picture of an answered card: %v", a)
	}
	late := at(deal().body, "numbered", "card")
	s.advance(time.Hour)
	if a := knock(fields{"card": late, "picks": []int{1, 2}}); a.kind() != "challenge-too-slow" {
		t.Errorf("an hour later: %v", a)
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
		told(call{path: "/request/way", body: fields{"way": "questions"}})
		told(call{path: "/request"})
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
	waits     = regexp.MustCompile(`"next_click_in":(60|59|58|57|56|55)\b`)
)

// masked is an answer without what differs from one call to the next: secrets, times, and the seconds since the click.
func masked(a answer) string {
	text := times.ReplaceAllString(a.text, "TIME")
	text = secrets22.ReplaceAllString(text, `"request":"SECRET"`)
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
