package web

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// what the account is recovered by is changed only after the password was typed lately. It is asked for before anything is typed
// in vain, and leads on to the page that was asked for and to no other.
func TestFreshSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	o := s.equipped(ann, phone)
	b := s.browser()
	b.signsIn(ann, old)
	entry := b.entry("+34 600 12 34 56")
	name := entry[strings.LastIndexByte(entry, '/')+1:]
	s.advance(11 * time.Minute)
	b.get("/account") // notes that the session was seen
	s.settled()
	before := s.rows()
	for next, path := range changes {
		path = strings.ReplaceAll(path, "{contact}", name)
		query := url.Values{"next": {next}}
		if strings.Contains(path, name) {
			query.Set("contact", name)
		}
		b.expect(b.get(path), 303, "/account/again?"+query.Encode())
		b.expect(b.get("/account/again?"+query.Encode()), 200, b.text("again.title"))
		if next == "contact" {
			path += "/main"
		}
		query.Set("said", "lost")
		b.expect(b.post(path, "address", other, "number", "+34600123457", "made", b.made()), 303, "/account/again?"+query.Encode())
	}
	b.expect(b.get("/account/again?next=phone&said=lost"), 200, b.text("again.lost.head"))
	for _, wrong := range []string{"", "not it", strings.Repeat("x", 5000), "\x00"} {
		b.expect(b.post("/account/again", "next", "phone", "current", wrong), 422, b.text("again.wrong"))
	}
	if s.rows() != before {
		t.Error("something was changed without the password")
	}
	for _, next := range []string{"", "/account/phone/new", "//evil.example", "https://evil.example", "x", "contact", "phone/../codes", " phone"} {
		b.expect(b.post("/account/again", "next", next, "contact", "//evil.example", "current", old), 303, "/account")
		s.advance(11 * time.Minute)
	}
	b.expect(b.post("/account/again", "next", "remove", "contact", name, "current", old), 303, entry+"/remove")
	b.expect(b.get("/account/again?next=phone"), 303, "/account/phone/new")
	b.expect(b.get("/account/history"), 200, b.text("record.proved"))
	b.expect(b.post(entry+"/remove"), 303, "/account?said=removed")
	if !o.hides(s.log.String()) || strings.Contains(s.log.String(), old) {
		t.Error("a secret is in the log")
	}
}

// Whoever found a browser left open cannot try passwords on this page either: it has the limit of the page that changes them.
func TestAgainIsLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) { o.limits.SignInAddress = quota.Limit{Events: 3, Per: time.Hour} })
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	for range 2 {
		b.expect(b.post("/account/again", "next", "email", "current", "a guess"), 422, b.text("again.wrong"))
	}
	b.expect(b.post("/account/password", "current", "a guess", "password", fresh), 422, b.text("password.wrong"))
	b.expect(b.post("/account/again", "next", "email", "current", old), 429, b.text("problem.limited.title"))
}

// threeAnswers fill the form in with questions that are offered.
func (b *browser) threeAnswers(answers ...string) []string {
	b.t.Helper()
	body := b.get("/account/questions").body
	ids := regexp.MustCompile(`<option value="([a-z-]+)"`).FindAllStringSubmatch(body, engine.QuestionsKept)
	if len(ids) != engine.QuestionsKept {
		b.t.Fatalf("%d questions are offered", len(ids))
	}
	var form []string
	for i, id := range ids {
		number := string(rune('1' + i))
		form = append(form, "question-"+number, id[1], "answer-"+number, answers[i])
	}
	return form
}

// Questions are set up three at a time. What is wrong is said of the answer that is; answers are never shown back, and what was chosen is.
func TestSetUpQuestions(t *testing.T) {
	t.Parallel()
	const ottoline = "ottoline.brackwater@fernbank.example"
	s := newSite(t, everyWay)
	s.account(ottoline)
	b := s.browser()
	b.signsIn(ottoline, old)
	good := []string{"Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski"}
	b.expect(b.get("/account"), 200, b.text("account.no_questions"))
	b.expect(b.get("/account/questions"), 200, b.text("setup.lead"))
	with := func(i int, answer string) []string {
		answers := slices.Clone(good)
		answers[i] = answer
		return b.threeAnswers(answers...)
	}
	s.settled()
	before := s.rows()
	for name, c := range map[string]struct {
		form []string
		key  string
	}{
		"nothing chosen": {[]string{"answer-1", good[0], "answer-2", good[1], "answer-3", good[2]}, "setup.pick"},
		"made up":        {append([]string{"question-1", "first-pet"}, b.threeAnswers(good...)[2:]...), "setup.pick"},
		"twice":          {append(b.threeAnswers(good...)[:8], "question-3", b.threeAnswers(good...)[1], "answer-3", good[2]), "setup.twice"},
		"empty":          {with(1, ""), "setup.empty"},
		"short":          {with(1, "ab"), "questions.refused.short"},
		"nothing in it":  {with(1, "?!"), "questions.refused.short"},
		"long":           {with(1, strings.Repeat("mill ", 90)), "questions.refused.long"},
		"popular":        {with(1, "password"), "questions.refused.popular"},
		"the address":    {with(1, "Brackwater!"), "questions.refused.yours"},
		"the same":       {with(1, "QUERETARO brass-quintet!"), "questions.refused.same"},
		"array":          {append(b.threeAnswers(good...), "question-4", "x"), ""},
	} {
		a := b.post("/account/questions", c.form...)
		if c.key == "" {
			b.expect(a, 303, "/account?said=questions")
			continue
		}
		if a.status != 422 || !a.has(b.text(c.key)) {
			t.Errorf("%s: %d %s", name, a.status, words(a.body))
		}
		for _, answer := range append(good, "QUERETARO") {
			if strings.Contains(a.body, answer) {
				t.Errorf("%s: an answer is shown back", name)
			}
		}
		if chosen := strings.Count(a.body, " selected>"); name != "nothing chosen" && name != "made up" && chosen != 3 {
			t.Errorf("%s: %d of the choices are kept", name, chosen)
		}
	}
	s.settled()
	if after := s.rows(); after == before {
		t.Error("good answers were not saved")
	} else if strings.Contains(after, "quintet") || strings.Contains(s.log.String(), "quintet") {
		t.Error("an answer is in the database or in the log")
	}
	b.expect(b.get("/account"), 200, b.text("account.questions", "Count", 3))
	b.expect(b.get("/account/questions"), 200, b.text("setup.replaces"))
	b.expect(b.get("/account/questions/remove"), 200, b.text("remove.questions"))
	b.expect(b.post("/account/questions/remove"), 303, "/account?said=removed")
	b.expect(b.post("/account/questions/remove"), 303, "/account")
	if s.letter(ottoline, 2).Subject != s.letter(ottoline, 1).Subject {
		t.Error("setting up and removing were not both told")
	}
}

// of questions whose answers were deleted, because somebody else may have had their key, the owner is told, and they can be removed.
func TestLapsedQuestions(t *testing.T) {
	t.Parallel()
	const ottoline = "ottoline.brackwater@fernbank.example"
	s := newSite(t, everyWay)
	s.account(ottoline)
	b := s.browser()
	b.signsIn(ottoline, old)
	b.expect(b.post("/account/questions", b.threeAnswers("Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski")...), 303, "/account?said=questions")
	if n, err := s.store.ForgetPepper(t.Context(), "1"); err != nil || n != 3 {
		t.Fatal(n, err)
	}
	b.expect(b.get("/account"), 200, b.text("account.lapsed_hint"))
	b.expect(b.get("/account/questions"), 200, b.text("setup.lapsed.head"))
	b.expect(b.get("/account/questions/remove"), 200, b.text("remove.questions"))
	b.expect(b.post("/account/questions/remove"), 303, "/account?said=removed")
	b.expect(b.get("/account"), 200, b.text("account.no_questions"))
	if a := b.get("/account/questions"); a.has(b.text("setup.lapsed.head")) || a.has(b.text("remove.questions_on")) {
		t.Error("they are still there")
	}
}

// The order in which questions are offered is the account's own, and the same each time.
func TestQuestionsAreOfferedInTheAccountsOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann, eve)
	order := func(at string) string {
		b := s.browser()
		b.signsIn(at, old)
		return strings.Join(b.threeAnswers("", "", ""), " ")
	}
	first, again, hers := order(ann), order(ann), order(eve)
	if first != again || first == hers {
		t.Errorf("offered: %s; %s; to another account %s", first, again, hers)
	}
}

var (
	madeField = regexp.MustCompile(`name="made" value="([^"]+)"`)
	codeOf    = regexp.MustCompile(`<code>([0-9a-z-]{19})</code>`)
)

// made is what the form that makes codes carries; empty when it cannot be seen.
func (b *browser) made() string {
	if m := madeField.FindStringSubmatch(b.get("/account/codes").body); m != nil {
		return m[1]
	}
	return ""
}

func (a answer) savedCodes() (codes []string) {
	for _, m := range codeOf.FindAllStringSubmatch(a.body, -1) {
		codes = append(codes, m[1])
	}
	return codes
}

// ten codes, shown once. A form that comes again, by a reload or from another tab, makes none but asks.
func TestMakeCodes(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	b.expect(b.get("/account"), 200, b.text("account.no_codes"))
	none := b.made()
	first := b.expect(b.post("/account/codes", "made", none), 200, b.text("paper.now.head"))
	codes := first.savedCodes()
	if len(codes) != 10 || first.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d codes, %q", len(codes), first.header.Get("Cache-Control"))
	}
	for _, stale := range []string{none, "", "x", none + none} {
		a := b.expect(b.post("/account/codes", "made", stale), 409, b.text("paper.again.head"))
		if len(a.savedCodes()) != 0 {
			t.Error("a reload made new codes")
		}
	}
	for _, page := range []string{"/account", "/account/codes"} {
		if a := b.get(page); len(a.savedCodes()) != 0 || strings.Contains(a.body, codes[0]) || !a.has(b.text("account.codes", "Count", 10)) {
			t.Errorf("%s: %s", page, words(a.body))
		}
	}
	file := b.post("/account/codes", "made", b.made(), "action", "file")
	if file.status != 200 || !strings.HasPrefix(file.header.Get("Content-Type"), "text/plain") ||
		!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || strings.Count(file.body, "\r\n") < 14 || strings.Contains(file.body, codes[0]) {
		t.Errorf("the file: %d %v\n%s", file.status, file.header, file.body)
	}
	for _, code := range append(codes, strings.Split(file.body, "\r\n")[3:13]...) {
		if len(code) != 19 || strings.Contains(s.rows(), code) || strings.Contains(s.log.String(), code) {
			t.Errorf("%q is no code, or is in the database or the log", code)
		}
	}
	b.expect(b.get("/account/codes/remove"), 200, b.text("remove.saved"))
	b.expect(b.post("/account/codes/remove"), 303, "/account?said=removed")
	b.expect(b.get("/account"), 200, b.text("account.no_codes"))
	if s.letter(ann, 3).Subject == "" {
		t.Error("the account was not told")
	}
}

// Two forms at once make one set: the codes that somebody sees are those that work.
func TestAttackCodesMadeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	made := b.made()
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 20 {
		all.Go(func() {
			a := b.post("/account/codes", "made", made)
			mu.Lock()
			defer mu.Unlock()
			statuses[a.status]++
		})
	}
	all.Wait()
	if !maps.Equal(statuses, map[int]int{200: 1, 409: 19}) {
		t.Errorf("answered %v", statuses)
	}
}

// What would leave no way back in stays, and the page says why.
func TestLastWayStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) {
		everyWay(o)
		o.policy.Proofs = [][]recovery.Way{{recovery.WayEmail, recovery.WayPhone}, {recovery.WayEmail, recovery.WayQuestions}}
	})
	s.equipped(ann, phone)
	b := s.browser()
	b.signsIn(ann, old)
	b.expect(b.get("/account"), 200, b.text("standing.with", "First", b.text("standing.email"), "Second", b.text("standing.and.phone")))
	b.expect(b.post("/account/questions/remove"), 303, "/account?said=removed")
	b.expect(b.post(b.entry("+34 600 12 34 56")+"/remove"), 409, b.text("remove.last.head"))
	b.expect(b.get("/account"), 200, "+34 600 12 34 56")
}

// The prompt for another way stands there until somebody says "not now", for a month or until what there is has changed.
func TestPrompt(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann, eve)
	b := s.browser()
	head := func() bool { return b.get("/account").has(b.text("account.single.head")) }
	b.signsIn(ann, old)
	if !head() {
		t.Fatal("nobody prompts")
	}
	a := b.expect(b.post("/account/later"), 303, "/account")
	if len(a.cookies) != 1 || a.cookies[0].MaxAge != 30*24*3600 {
		t.Errorf("cookies %v", a.cookies)
	}
	if head() {
		t.Error("prompts after \"not now\"")
	}
	b.post("/account/codes", "made", b.made())
	if head() {
		t.Error("prompts where there are two ways")
	}
	b.expect(b.post("/account/codes/remove"), 303, "/account?said=removed")
	if head() {
		t.Error("prompts again for the same")
	}
	b.signsIn(eve, old)
	if !head() {
		t.Error("\"not now\" holds for another account")
	}
}

// The language of messages is one of the product's.
func TestLanguageOfMessages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	for _, none := range []string{"", "xx", "en-GB", "../es"} {
		b.expect(b.post("/account/language", "language", none), 400, b.text("problem.form.title"))
	}
	b.expect(b.post("/account/language", "language", "es"), 303, "/account?said=language")
	if a := b.get("/account?said=language"); !strings.Contains(a.body, `<option value="es" lang="es" selected>`) || !a.has(b.text("account.language_set.head")) {
		t.Error("the language is not the one that was chosen")
	}
	b.expect(b.get("/account/history"), 200, b.text("record.locale"))
}

// The account page shows the newest lines of what was recorded, and the page behind it more.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	lines := func(path string) int { return strings.Count(b.get(path).body, `data-form="moment">`) }
	if strings.Contains(b.get("/account").body, "/account/history") {
		t.Error("leads to more where there is no more")
	}
	for range 60 {
		b.post("/account/language", "language", "es")
	}
	if few, many := lines("/account"), lines("/account/history"); few != recordsListed+1 || many != 61 { // one is of the session
		t.Errorf("%d lines on the account page, %d behind it", few, many)
	}
}

// with the database down, every page and form of the account says so, nothing is changed, and nothing that was typed is shown back.
// The same when a change cannot be counted: then it is not made.
func TestAccountWhenDown(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newSite(t, everyWay, func(o *setup) { o.ports = func(p *engine.Ports) { p.Store = shaky{p.Store, &down} } })
	o := s.equipped(ann, phone)
	b := s.browser()
	b.signsIn(ann, old)
	form := append(b.threeAnswers("a", "b", "c"), "address", other, "number", "+34600123457", "code", "11112222", "made", b.made(), "language", "es")
	entry := b.entry("+34 600 12 34 56")
	s.settled()
	before := s.rows()
	down.Store(true)
	for _, r := range s.web.table() {
		if path := strings.Replace(r.Path, "/account/contact/{contact}", entry, 1); strings.HasPrefix(path, "/account") {
			if r.Method == "GET" {
				b.down(b.get(path))
			} else if path != "/account/sessions" { // which has no such form
				b.down(b.post(path, form...))
			}
		}
	}
	down.Store(false)
	s.web.Gate.Limiter = uncounted{}
	form = append(b.threeAnswers("Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski"), form[12:]...)
	for _, path := range []string{
		"/account/email/new", "/account/phone/new", entry + "/replace", entry + "/remove", "/account/questions", "/account/questions/remove",
		"/account/codes", "/account/codes/remove",
	} {
		b.down(b.post(path, form...))
	}
	b.down(b.post("/account/again", "current", old))
	if s.rows() != before {
		t.Error("something changed all the same")
	}
	if !o.hides(s.log.String()) || strings.Contains(s.log.String(), other) || strings.Contains(s.log.String(), "600123457") {
		t.Error("the log holds what was typed")
	}
}

func (f full) Hash(ctx context.Context, p password.Password) (string, error) {
	if f.busy.Load() {
		return "", password.ErrBusy
	}
	return f.Hasher.Hash(ctx, p)
}

// too many answers are being hashed. Nothing is changed, and the page says when to come again.
func TestAccountWhenBusy(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	var busy atomic.Bool
	s.engine.Answers.Hasher = full{s.engine.Answers.Hasher, &busy}
	form := b.threeAnswers("Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski")
	form = append(form, "made", b.made())
	busy.Store(true)
	for path, key := range map[string]string{"/account/questions": "setup.busy", "/account/codes": "paper.busy"} {
		if a := b.expect(b.post(path, form...), 503, b.text(key)); a.header.Get("Retry-After") != "5" || strings.Contains(a.body, "quintet") {
			t.Errorf("%s: %v %s", path, a.header["Retry-After"], words(a.body))
		}
	}
	busy.Store(false)
	b.expect(b.post("/account/codes", form...), 200, b.text("paper.now.head"))
	b.expect(b.post("/account/questions", form...), 303, "/account?said=questions")
}
