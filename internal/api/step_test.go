package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/secret"
)

// Steps skipped (R-23; CVE-2026-18963, CVE-2019-16109, CVE-2013-0233): every call in every state of a request, with every secret
// but the right one. Nothing sets a password but the grant of a proof.
func TestStepSkipped(t *testing.T) {
	s := newSite(t, open)
	const ann, ben = "ann@fernbank.example", "ben@fernbank.example"
	s.account(ann)
	s.account(ben)

	choosing := s.opens(ann)
	proving := s.opens(ann)
	s.call(call{path: "/request/way", request: proving, body: fields{"way": "email"}})
	code := s.code(ann, 1)
	foreign, foreignGrant := s.proves(ben, 1)

	// The secrets of other things, and things that are none, as a grant and as a request.
	wrong := map[string]string{
		"nothing": "", "blank": " ", "null": "null", "zero": "0", "undefined": "undefined", "zeros": strings.Repeat("A", 22),
		"a request": proving, "another's request": foreign, "the key": s.key, "the code": code, "a fresh one": secret.NewOpaque().Reveal(),
		"two in one": proving + ", " + foreign, "with a space": " " + proving + "x", "padded": proving + "==",
	}
	for name, grant := range wrong {
		header := http.Header{headerGrant: {grant}}
		a := s.call(call{path: "/password", body: fields{"password": "hens hate tall gates"}, header: header})
		if a.status != 404 || a.kind() != "no-grant" {
			t.Errorf("%s as a grant: %v", name, a)
		}
	}
	for name, request := range wrong {
		if name == "a request" || name == "another's request" {
			continue
		}
		for _, c := range []call{
			{path: "/request"}, {path: "/request/way", body: fields{"way": "email"}}, {path: "/request/resend", method: "POST"},
			{path: "/request/another", method: "POST"}, {path: "/request/code", body: fields{"code": code}},
			{path: "/request/answers", body: fields{"answers": []string{"x", "y"}}}, {path: "/request/saved", body: fields{"code": code}},
		} {
			c.header = http.Header{headerRequest: {request}}
			if a := s.call(c); a.status != 404 || a.kind() != "no-request" {
				t.Errorf("%s: %s as a request: %v", c.path, name, a)
			}
		}
	}
	// Two secrets at once are none, a cookie and a query are none.
	for name, c := range map[string]call{
		"two requests":         {path: "/request", header: http.Header{headerRequest: {proving, foreign}}},
		"a cookie":             {path: "/request", header: http.Header{"Cookie": {"twohens-request=" + proving + "; __Host-twohens-request=" + proving}}},
		"a query":              {path: "/request?request=" + proving + "&" + headerRequest + "=" + proving},
		"a bearer":             {path: "/request", header: http.Header{"Authorization": {"Bearer " + proving}}},
		"two grants":           {path: "/password", body: fields{"password": "hens hate tall gates"}, header: http.Header{headerGrant: {foreignGrant, foreignGrant}}},
		"a grant as a request": {path: "/request", request: foreignGrant},
	} {
		if a := s.call(c); a.status != 404 {
			t.Errorf("%s: %v", name, a)
		}
	}
	// The code of one request in another, or before a way was chosen, or after going back.
	if a := s.call(call{path: "/request/code", request: choosing, body: fields{"code": code}}); a.outcome() != "not_here" {
		t.Errorf("before the choice: %v", a)
	}
	s.advance(2 * time.Minute)
	s.call(call{path: "/request/way", request: choosing, body: fields{"way": "email"}})
	for a := range s.until(choosing, code) {
		if a.outcome() != "wrong" {
			t.Errorf("the code of another request: %v", a)
		}
	}
	s.call(call{path: "/request/another", request: proving, method: "POST"})
	if a := s.call(call{path: "/request/code", request: proving, body: fields{"code": code}}); a.outcome() != "not_here" || a.body["grant"] != nil {
		t.Errorf("after going back: %v", a)
	}
	// The code while another way is chosen, and what belongs to that one while a code is asked for.
	for _, way := range []string{"questions", "saved"} {
		s.call(call{path: "/request/way", request: proving, body: fields{"way": way}})
		if a := s.call(call{path: "/request/code", request: proving, body: fields{"code": code}}); a.outcome() != "not_here" {
			t.Errorf("a code while %s is chosen: %v", way, a)
		}
	}
	s.call(call{path: "/request/way", request: proving, body: fields{"way": "phone"}})
	for _, c := range []call{
		{path: "/request/answers", body: fields{"answers": []string{"x", "y"}}}, {path: "/request/saved", body: fields{"code": "0123-4567-89ab-cdef"}},
	} {
		c.request = proving
		if a := s.call(c); a.outcome() != "not_here" || a.body["grant"] != nil {
			t.Errorf("%s while a code is asked for: %v", c.path, a)
		}
	}
	if !s.signsIn(ann, "the old one, forgotten") || !s.signsIn(ben, "the old one, forgotten") {
		t.Error("a password was set")
	}
	// The grant ends in time.
	s.advance(16 * time.Minute)
	if a := s.call(call{path: "/password", grant: foreignGrant, body: fields{"password": "hens hate tall gates"}}); a.outcome() != "ended" {
		t.Errorf("a late grant: %v", a)
	}
	if !s.signsIn(ben, "the old one, forgotten") {
		t.Error("a password was set late")
	}
}

// until enters a code, again while the worker has not been there, and yields the answer that counts.
func (s *site) until(request, code string) func(yield func(answer) bool) {
	return func(yield func(answer) bool) {
		for {
			a := s.call(call{path: "/request/code", request: request, body: fields{"code": code}})
			if a.outcome() != "waiting" {
				yield(a)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// A grant of one request is dead once another one set a password, and the request says so openly to who holds it.
func TestOvertaken(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	request, slower := s.proves("ann@fernbank.example", 1)
	s.advance(2 * time.Minute)
	_, quicker := s.proves("ann@fernbank.example", 2)
	if a := s.call(call{path: "/password", grant: quicker, body: fields{"password": "hens hate tall gates"}}); a.outcome() != "finished" {
		t.Fatal(a)
	}
	if a := s.call(call{path: "/password", grant: slower, body: fields{"password": "gates hate tall hens"}}); a.status != 404 {
		t.Errorf("the slower one: %v", a)
	}
	if a := s.call(call{path: "/request", request: request}); a.view()["state"] != "closed" {
		t.Errorf("its request: %v", a)
	}
	if !s.signsIn("ann@fernbank.example", "hens hate tall gates") {
		t.Error("the quicker one is not in force")
	}
}

// API keys: made up, revoked, run out and misspelt ones are the same; a key is no way round the person's limits.
func TestKeys(t *testing.T) {
	limits := open
	limits.Address = quota.Limit{Events: 3, Per: time.Hour}
	limits.Network = quota.Limit{Events: 5, Per: time.Hour}
	s := newSite(t, limits)
	revoked := s.newKey(quota.Limit{}, time.Time{})
	keys, err := s.store.APIKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Digest.Equal(secret.ParseOpaque(revoked).Digest()) {
			if err := s.store.RevokeAPIKey(t.Context(), k.ID, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	opens := func(authorization []string, at, client string) answer {
		body := fields{"address": at}
		if client != "" {
			body["client"] = client
		}
		return s.call(call{path: "/requests", body: body, header: http.Header{"Authorization": authorization}})
	}
	first := ""
	for name, authorization := range map[string][]string{
		"revoked": {"Bearer " + revoked}, "run out": {"Bearer " + s.newKey(quota.Limit{}, time.Now().Add(-time.Minute))},
		"made up": {"Bearer " + secret.NewOpaque().Reveal()}, "none": {""}, "no bearer": {"Bearer"}, "empty": {"Bearer "},
		"basic": {"Basic " + s.key}, "bare": {s.key}, "twice": {"Bearer " + s.key, "Bearer " + s.key}, "longer": {"Bearer " + s.key + "A"},
	} {
		a := opens(authorization, "ann@fernbank.example", "192.0.2.7")
		if a.status != 401 || a.kind() != "key" || a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %v", name, a)
		}
		if first == "" {
			first = a.text
		}
		if a.text != first {
			t.Errorf("%s is told apart: %v", name, a)
		}
	}
	// Without a key nobody speaks for others, and nothing of it is counted against them.
	for range 9 {
		if a := opens(nil, "ann@fernbank.example", "192.0.2.7"); a.status != 400 || a.body["pointer"] != "/client" {
			t.Fatalf("no key: %v", a)
		}
	}
	good := []string{"bearer " + s.key}
	for i := range 4 {
		if a := opens(good, "ann@fernbank.example", "192.0.2."+string(rune('1'+i))); (a.status == 429) != (i == 3) {
			t.Errorf("the address, %d: %v", i, a)
		}
	}
	for i := range 6 {
		if a := opens(good, string(rune('a'+i))+"@fernbank.example", "198.51.100.1"); (a.status == 429) != (i == 5) {
			t.Errorf("the network, %d: %v", i, a)
		}
	}
	if a := opens(good, "z@fernbank.example", "::ffff:198.51.100.1"); a.status != 429 {
		t.Errorf("the network in another spelling: %v", a)
	}
	small := []string{"Bearer " + s.newKey(quota.Limit{Events: 1, Per: time.Hour}, time.Now().Add(time.Hour))}
	if a := opens(small, "one@fernbank.example", "203.0.113.1"); a.status != 201 {
		t.Errorf("the first of one: %v", a)
	}
	a, b := opens(small, "two@fernbank.example", "203.0.113.2"), opens(good, "ann@fernbank.example", "203.0.113.3")
	if a.status != 429 || b.status != 429 || a.text != b.text {
		t.Errorf("the key's quota and the address's are told apart: %v, %v", a, b)
	}
	// What a key opened goes on without it, after it was revoked too.
	request := s.opens("cat@fernbank.example")
	if a := s.call(call{path: "/request", request: request, header: http.Header{"Authorization": {"Bearer " + revoked}}}); a.status != 200 {
		t.Errorf("without the key: %v", a)
	}
	// Setting the password speaks for somebody too.
	grant := secret.NewOpaque().Reveal()
	chosen := fields{"password": "hens hate tall gates", "client": "192.0.2.7"}
	if a := s.call(call{path: "/password", grant: grant, key: s.key, body: chosen}); a.kind() != "no-grant" {
		t.Errorf("with a key: %v", a)
	}
	if a := s.call(call{path: "/password", grant: grant, key: revoked, body: chosen}); a.kind() != "key" {
		t.Errorf("with a revoked key: %v", a)
	}
	if a := s.call(call{path: "/password", grant: grant, body: chosen}); a.kind() != "malformed" {
		t.Errorf("without a key: %v", a)
	}
}

// A key of another scope opens nothing.
func TestScope(t *testing.T) {
	s := newSite(t, open)
	key, bearer := gate.NewAPIKey(gate.APIKey{Name: "a reader", Scopes: []gate.Scope{"read"}}, time.Now())
	if err := s.store.AddAPIKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if a := s.call(call{path: "/requests", key: bearer.Reveal(), body: fields{"address": "ann@fernbank.example", "client": "192.0.2.7"}}); a.kind() != "key" {
		t.Error(a)
	}
}

// Pages of other origins cannot call, and no header opens a door for them.
func TestCrossOrigin(t *testing.T) {
	s := newSite(t, open)
	body := fields{"address": "ann@fernbank.example", "client": "192.0.2.7"}
	for name, header := range map[string]http.Header{
		"an origin":    {"Origin": {"https://elsewhere.example"}},
		"null":         {"Origin": {"null"}},
		"cross-site":   {"Sec-Fetch-Site": {"cross-site"}},
		"same-site":    {"Sec-Fetch-Site": {"same-site"}},
		"a sub-domain": {"Origin": {"https://recover.fernbank.example.elsewhere.example"}},
	} {
		if a := s.call(call{path: "/requests", key: s.key, body: body, header: header}); a.status != 403 || a.kind() != "cross-origin" {
			t.Errorf("%s: %v", name, a)
		}
	}
	for name, header := range map[string]http.Header{
		"same-origin": {"Sec-Fetch-Site": {"same-origin"}},
		"our origin":  {"Origin": {"https://recover.fernbank.example"}},
	} {
		if a := s.call(call{path: "/requests", key: s.key, body: body, header: header}); a.status != 201 {
			t.Errorf("%s: %v", name, a)
		}
	}
	if a := s.call(call{path: "/requests", method: "OPTIONS", header: http.Header{"Origin": {"https://elsewhere.example"}, "Access-Control-Request-Method": {"POST"}}}); a.status != 405 {
		t.Errorf("a preflight: %v", a)
	}
}

// Busy and down: 503 with Retry-After, nothing opens, nothing is told apart.
func TestDown(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	request, grant := s.proves("ann@fernbank.example", 1)
	s.engine.Directory = busyDirectory{s.engine.Directory}
	if a := s.call(call{path: "/password", grant: grant, body: fields{"password": "hens hate tall gates"}}); a.status != 503 || a.kind() != "busy" {
		t.Errorf("too many hashes: %v", a)
	}
	card := s.call(call{path: "/challenge/plain", body: fields{"mode": "pick"}})
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []call{
		{path: "/requests", key: s.key, body: fields{"address": "ann@fernbank.example", "client": "192.0.2.7"}},
		{path: "/requests", body: fields{"address": "ann@fernbank.example", "challenge": fields{"card": at(card.body, "card"), "picks": []int{1, 2}}}},
		{path: "/request", request: request}, {path: "/request/way", request: request, body: fields{"way": "email"}},
		{path: "/request/resend", request: request, method: "POST"}, {path: "/request/another", request: request, method: "POST"},
		{path: "/request/answers", request: request, body: fields{"answers": []string{"x"}}}, {path: "/request/saved", request: request, body: fields{"code": "x"}},
		{path: "/request/code", request: request, body: fields{"code": "1"}}, {path: "/password", grant: grant, body: fields{"password": "hens hate tall gates"}},
	} {
		if a := s.call(c); a.status != 503 || a.kind() != "busy" {
			t.Errorf("%s: %v", c.path, a)
		}
	}
}

// busyDirectory is one whose hasher is full, which a test cannot bring about without being slow.
type busyDirectory struct{ engine.Directory }

func (busyDirectory) Prepare(context.Context, string, password.Password) (*engine.Write, error) {
	return nil, password.ErrBusy
}

// No secret and no address is in the log, whatever was called.
func TestNothingInLog(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	request, grant := s.proves("ann@fernbank.example", 1)
	code := s.code("ann@fernbank.example", 1)
	s.call(call{path: "/request/code", request: request, body: fields{"code": code}})
	s.call(call{path: "/password", grant: grant, body: fields{"password": "canary4711"}})
	s.call(call{path: "/password", grant: grant, key: request, body: fields{"password": "hens hate tall gates"}})
	card := s.call(call{path: "/challenge/plain", body: fields{"mode": "pick"}})
	s.call(call{path: "/challenge/answer", body: fields{"card": canary, "trace": canary}})
	s.call(call{path: "/challenge/card/cover?card=" + canary})
	s.call(call{path: "/" + canary, method: "POST", body: canary})
	s.settled()
	s.store.Close()
	s.call(call{path: "/request/code", request: request, body: fields{"code": code}})
	s.call(call{path: "/password", grant: grant, body: fields{"password": "hens hate tall gates"}})
	s.call(call{path: "/requests", key: s.key, body: fields{"address": "ann@fernbank.example", "client": "192.0.2.7"}})
	log := s.log.String()
	if !strings.Contains(log, "could not be answered") {
		t.Error("the log is silent about what failed")
	}
	for name, text := range map[string]string{
		"the address": "ann@", "the request": request, "the grant": grant, "the code": code, "the key": s.key, "the password": "hens hate",
		"the canary": canary, "the person's network": "192.0.2.7", "the card": at(card.body, "card").(string),
	} {
		if strings.Contains(log, text) {
			t.Errorf("%s is in the log:\n%s", name, log)
		}
	}
}
