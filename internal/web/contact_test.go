package web

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
)

const (
	ann   = "ann@fernbank.example"
	eve   = "eve@evil.example"
	other = "ann@post.example"
	phone = "+34600123456"
)

var contactLink = regexp.MustCompile(`href="(/account/contact/[A-Za-z0-9_-]+)"`)

// entry is the path of a contact's page, by how the account page shows it.
func (b *browser) entry(shown string) string {
	b.t.Helper()
	body := b.expect(b.get("/account"), 200, shown).said()
	at := strings.Index(body, shown+"</bdi>")
	if at < 0 {
		b.t.Fatalf("%s is no contact of the account\n%s", shown, words(body))
	}
	return found(b.t, contactLink, body[at:])
}

// adds adds an address to the account and confirms it; n is the number of the mail there.
func (b *browser) adds(at string, n int) {
	b.t.Helper()
	b.expect(b.post("/account/email/new", "address", at), 303, "/account/confirm?said=sent")
	b.expect(b.post("/account/confirm", "code", b.code(at, n)), 303, "/account?said=added")
}

// An address counts once a code that was sent there came back, and everyone is told. It can become the main one, be replaced and be removed.
func TestEmails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b, stranger := s.browser(), s.browser()
	b.signsIn(ann, old)
	stranger.asks(ann)
	code := s.code(ann, 1)
	b.expect(b.get("/account/email/new"), 200, b.text("contact.email.add"))
	b.expect(b.post("/account/email/new", "address", other), 303, "/account/confirm?said=sent")
	b.expect(b.get("/account/confirm?said=sent"), 200, other)
	b.expect(b.get("/account"), 200, b.text("account.waiting"))
	if strings.Contains(b.get("/account").said(), other+`</bdi></b><small>`+b.text("account.other_address")) {
		t.Error("the address counts before it is confirmed")
	}
	b.expect(b.post("/account/confirm", "code", ""), 303, "/account/confirm?said=empty")
	b.expect(b.post("/account/confirm", "code", code), 303, "/account/confirm?said=wrong") // of a recovery
	b.expect(b.get("/account/confirm?said=wrong"), 200, b.text("code.tries", "Count", 1, "Limit", 5))
	b.expect(b.post("/account/confirm", "code", s.code(other, 1)), 303, "/account?said=added")
	b.expect(b.get("/account?said=added"), 200, b.text("account.added.head"))
	b.expect(b.post("/account/confirm", "code", s.code(other, 1)), 303, "/account?said=over")
	// What was begun with other contacts is over.
	stranger.expect(stranger.post("/recover/code", "code", code), 303, "/recover/code?said=wrong")
	for _, at := range []string{ann, other} {
		if m := s.letter(at, 2); m.Subject == "" {
			t.Errorf("%s was not told", at)
		}
	}
	b.expect(b.get(b.entry(other)), 200, b.text("contact.main"))
	b.expect(b.post(b.entry(other)+"/main"), 303, "/account?said=main")
	if body := b.get("/account").said(); strings.Index(body, other+"</bdi>") > strings.Index(body, ann+"</bdi>") {
		t.Error("the main address is not first")
	}
	b.expect(b.post(b.entry(ann)+"/replace", "address", "ann@new.example"), 303, "/account/confirm?said=sent")
	if a := b.get("/account/confirm"); !strings.Contains(a.body, `href="`+b.entry(ann)+`/replace"`) {
		t.Error("a mistyped address cannot be corrected where it was typed")
	}
	b.expect(b.post("/account/confirm", "code", s.code("ann@new.example", 1)), 303, "/account?said=added")
	gone := b.entry("ann@new.example")
	b.expect(b.get(gone+"/remove"), 200, b.text("remove.email"))
	b.expect(b.post(gone+"/remove"), 303, "/account?said=removed")
	b.expect(b.post(gone+"/remove"), 303, "/account") // pressed twice
	last := b.entry(other)
	b.expect(b.get(last), 200, b.text("contact.last"))
	b.expect(b.get(last+"/remove"), 200, b.text("remove.last.head"))
	b.expect(b.post(last+"/remove"), 409, b.text("remove.last.head"))
	if !s.opens(other, old) || s.opens(ann, old) || s.opens("ann@new.example", old) {
		t.Error("the account is signed in to with other addresses than it has")
	}
}

var opaque = regexp.MustCompile(`[A-Za-z0-9_-]{22}`)

// whoever adds an address cannot see whether it belongs to another account. Its owner is told.
func TestAttackAddTakenAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann, eve)
	walk := func(address string) string {
		b := s.browser()
		b.signsIn(eve, old)
		var pages strings.Builder
		see := func(a answer) {
			body := strings.ReplaceAll(a.said(), address, "ADDRESS")
			pages.WriteString(opaque.ReplaceAllString(body, "NAME") + "\n" + a.to() + "\n")
		}
		see(b.post("/account/email/new", "address", address))
		see(b.get("/account/confirm?said=sent"))
		see(b.get("/account"))
		for range 6 {
			see(b.post("/account/confirm", "code", "11112222"))
			see(b.get("/account/confirm?said=wrong"))
		}
		s.advance(time.Minute)
		see(b.post("/account/confirm/resend"))
		see(b.get("/account/confirm?said=sent_again"))
		s.advance(30 * time.Minute)
		see(b.get("/account/confirm"))
		see(b.post("/account/confirm/resend"))
		return pages.String()
	}
	times := regexp.MustCompile(`[0-9]{4}-[0-9-]+T[0-9:]+Z|[0-9]+ \w+ [0-9]{4}, [0-9:]+ UTC|[0-9]{2}:[0-9]{2} UTC`)
	strip := func(pages string) string {
		pages = times.ReplaceAllString(pages, "TIME")
		return regexp.MustCompile(`(?s)<section class="block"><h2>(Where you are|What was).*?</section>`).ReplaceAllString(pages, "")
	}
	free, taken := strip(walk("nobody@fernbank.example")), strip(walk(ann))
	if free != taken {
		t.Errorf("a taken address shows: %s", difference(taken, free))
	}
	s.settled()
	m := s.letter(ann, 1)
	if codeLine.MatchString(m.Text) || strings.Contains(m.Text, eve) {
		t.Errorf("the owner of the address is sent %s", m.Text)
	}
	if !s.opens(ann, old) {
		t.Error("the owner lost the address")
	}
}

// Numbers are taken in every usual spelling, with or without a country; for every one that is not, there are words that say why.
func TestPhones(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	b.expect(b.get("/account"), 200, b.text("account.no_phone"))
	for _, c := range []struct{ number, country, key string }{
		{"", "ES", "phone.empty"},
		{"600", "ES", "phone.wrong"},
		{"600 12 34 56 ext. 7", "ES", "phone.wrong"},
		{"call me", "ES", "phone.wrong"},
		{"600123456", "", "phone.no_country"},
		{"600123456", "GB", "phone.no_country"}, // which the site does not allow
		{"600123456", "es", "phone.no_country"},
		{"+44 7400 123456", "ES", "phone.country_off"},
		{"+1 212 555 0123", "ES", "phone.country_off"},
		{"910 123 456", "ES", "phone.not_mobile"},
		{"+34 803 123 456", "ES", "phone.not_mobile"},  // premium
		{"+881 6 1234 5678", "ES", "phone.not_mobile"}, // a satellite's
		{"+34600123456\r\nTo: +34600999999", "ES", "phone.wrong"},
		{"+34600123456,+34600999999", "ES", "phone.wrong"},
		{"+34600123456;ext=1", "ES", "phone.wrong"},
		{strings.Repeat("6", 100), "ES", "phone.too_long"},
		{"<script>alert(1)</script>", "ES", "phone.wrong"},
	} {
		a := b.post("/account/phone/new", "country", c.country, "number", c.number)
		if a.status != 422 || !a.has(b.text(c.key)) || strings.Contains(a.body, "<script>alert") {
			t.Errorf("%q in %q: %d %s", c.number, c.country, a.status, words(a.body))
		}
	}
	s.settled()
	if texts := s.phone.codes(); len(texts) != 0 {
		t.Fatalf("%d texts were sent", len(texts))
	}
	for _, typed := range [][2]string{{"600 12 34 56", "ES"}, {"0034 600-12-34-56", "ES"}, {"+34 (600) 123456", "GB"}, {"٦٠٠١٢٣٤٥٦", "ES"}} {
		b.expect(b.post("/account/phone/new", "country", typed[1], "number", typed[0]), 303, "/account/confirm?said=sent")
		b.expect(b.get("/account/confirm?said=sent"), 200, "+34 600 12 34 56")
		s.settled() // texts overtake each other, and the code of the last one counts
	}
	b.expect(b.post("/account/confirm", "code", s.texted()), 303, "/account?said=added")
	b.expect(b.post("/account/phone/new", "country", "ES", "number", "600123456"), 422, b.text("contact.own"))
	b.expect(b.get("/account/history"), 200, b.text("record.added.phone"))
	for _, number := range []string{"600123457", "600123458"} {
		b.post("/account/phone/new", "country", "ES", "number", number)
		b.post("/account/confirm", "code", s.texted())
	}
	b.expect(b.get("/account/phone/new"), 200, b.text("contact.full"))
	b.expect(b.post("/account/phone/new", "country", "ES", "number", "600123459"), 422, b.text("contact.full"))
	if strings.Contains(s.log.String(), "600123456") {
		t.Error("a number is in the log")
	}
}

// The country that is chosen at first is where the other number is, or the browser's language, or the first of those allowed.
func TestCountryOfTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.engine.Texts.Countries = []string{"ES", "GB", "MX"}
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	for header, want := range map[string]string{
		"": "ES", "en": "ES", "en-GB,en;q=0.9": "GB", "de-DE,es-MX;q=0.5": "MX", "%%": "ES", strings.Repeat("en-GB,", 100) + "en-GB": "ES",
	} {
		b.header["Accept-Language"] = []string{header}
		if a := b.get("/account/phone/new"); !strings.Contains(a.body, `<option value="`+want+`" selected>`) {
			t.Errorf("%.20q: another country than %s is chosen", header, want)
		}
	}
	b.header["Accept-Language"] = []string{"en-GB"}
	b.post("/account/phone/new", "number", "+525512345678")
	b.post("/account/confirm", "code", s.texted())
	if a := b.get("/account/phone/new"); !strings.Contains(a.body, `<option value="MX" selected>`) {
		t.Error("the country of the other number is not chosen")
	}
}

// A site that sends no texts has no pages for numbers.
func TestNoTexts(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.engine.Texts.Countries = nil
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	b.expect(b.get("/account/phone/new"), 404, b.text("problem.not_found.title"))
	b.expect(b.post("/account/phone/new", "number", phone), 404, b.text("problem.not_found.title"))
	if strings.Contains(b.get("/account").body, "/account/phone/new") {
		t.Error("a phone is offered")
	}
}

// Names of contacts are worth nothing in another session, not even of the same account; made-up ones lead back.
func TestAttackOtherPeoplesContacts(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	s.account(ann, eve)
	b, twin, evil := s.browser(), s.browser(), s.browser()
	b.signsIn(ann, old)
	b.adds(other, 1)
	twin.signsIn(ann, old)
	evil.signsIn(eve, old)
	theirs := b.entry(other)
	if strings.Contains(theirs, "ann") || twin.entry(other) == theirs {
		t.Errorf("a contact is called %s", theirs)
	}
	s.settled()
	before := s.rows()
	for _, attacker := range []*browser{twin, evil, s.browser()} {
		for _, path := range []string{theirs, "/account/contact/x", "/account/contact/" + strings.Repeat("A", 22), "/account/contact/" + eve} {
			for _, page := range []string{"", "/replace", "/remove"} {
				if a := attacker.get(path + page); a.status != 303 || strings.Contains(a.to(), "contact") {
					t.Errorf("%s: %d to %s", page, a.status, a.to())
				}
			}
			for _, step := range []string{"/main", "/replace", "/remove"} {
				a := attacker.post(path+step, "address", "mine@evil.example", "contact", path, "number", phone)
				if a.status != 303 || strings.Contains(a.to(), "said=") {
					t.Errorf("POST %s: %d to %s", step, a.status, a.to())
				}
			}
		}
	}
	if s.rows() != before {
		t.Error("something was changed by names of another session")
	}
}

// The code of a contact works in the session that began it alone, and an older one not once another contact was begun.
func TestAttackConfirmFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b, twin := s.browser(), s.browser()
	b.signsIn(ann, old)
	twin.signsIn(ann, old)
	b.post("/account/email/new", "address", other)
	code := s.code(other, 1)
	twin.expect(twin.get("/account/confirm"), 303, "/account?said=over")
	twin.expect(twin.post("/account/confirm", "code", code), 303, "/account?said=over")
	twin.expect(twin.post("/account/confirm/resend"), 303, "/account?said=over")
	s.browser().expect(s.browser().post("/account/confirm", "code", code), 303, "/signin?next=%2Faccount%2Fconfirm")
	b.post("/account/email/new", "address", "ann@new.example")
	b.expect(b.post("/account/confirm", "code", code), 303, "/account/confirm?said=wrong")
	// A form that goes out twice is told the same twice.
	name := found(t, regexp.MustCompile(`name="contact" value="([^"]+)"`), b.get("/account/confirm").body)
	code = s.code("ann@new.example", 1)
	b.expect(b.post("/account/confirm", "code", code, "contact", name), 303, "/account?said=added")
	b.expect(b.post("/account/confirm", "code", code, "contact", name), 303, "/account?said=added")
	b.expect(b.post("/account/confirm", "code", code, "contact", "made up"), 303, "/account?said=over")
}

// A hundred codes at once get no more tries than five one after another (invariant 3).
func TestAttackHundredCodesForAContact(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	b.post("/account/email/new", "address", other)
	code := s.code(other, 1)
	var all sync.WaitGroup
	var mu sync.Mutex
	told := map[string]int{}
	for range 100 {
		all.Go(func() {
			a := b.post("/account/confirm", "code", "11112222")
			mu.Lock()
			defer mu.Unlock()
			told[a.to()]++
		})
	}
	all.Wait()
	if told["/account/confirm?said=wrong"] != 4 || told["/account/confirm?said=tries_used"] != 96 {
		t.Errorf("told %v", told)
	}
	b.expect(b.post("/account/confirm", "code", code), 303, "/account/confirm?said=tries_used")
	b.expect(b.get("/account/confirm?said=tries_used"), 200, b.text("confirm.over"))
}

// The countdown and the end of a code are the server's, as on the code page.
func TestConfirmInTime(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	b.post("/account/email/new", "address", other)
	code := s.code(other, 1)
	b.expect(b.post("/account/confirm/resend"), 303, "/account/confirm?said=cooling")
	b.expect(b.get("/account/confirm?said=cooling"), 200, b.text("code.early"))
	s.advance(15 * time.Minute)
	b.expect(b.post("/account/confirm", "code", code), 303, "/account/confirm?said=run_out")
	b.expect(b.get("/account/confirm?said=run_out"), 200, b.text("code.run_out.text"))
	b.expect(b.post("/account/confirm/resend"), 303, "/account/confirm?said=sent_again")
	b.expect(b.post("/account/confirm", "code", s.code(other, 2)), 303, "/account?said=added") // though the password was typed long ago
}

// Whoever is signed in cannot have codes and notices sent without end.
func TestChangesAreLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay, func(o *setup) { o.limits.Changes = quota.Limit{Events: 3, Per: 24 * time.Hour} })
	s.account(ann)
	b := s.browser()
	b.signsIn(ann, old)
	for _, at := range []string{"a@x.example", "b@x.example", "c@x.example"} {
		b.expect(b.post("/account/email/new", "address", at), 303, "/account/confirm?said=sent")
	}
	twin := s.browser()
	twin.signsIn(ann, old)
	for _, path := range []string{"/account/email/new", "/account/codes"} {
		if a := twin.post(path, "address", "d@x.example", "made", twin.made()); a.status != 429 || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, a.status, words(a.body))
		}
	}
	s.settled()
	for _, m := range s.box.Mails() {
		if m.To[0] == "d@x.example" {
			t.Error("a code was sent over the limit")
		}
	}
}

// A contact that cannot be parsed is shown as it is kept, whatever it holds: the page must not fail for it.
func TestSpelled(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]contact.Contact{
		"ann@münchen.example": address(t, "ann@xn--mnchen-3ya.example").Contact(),
		"+34 600 12 34 56":    {Kind: contact.KindPhone, Address: phone},
		"nonsense":            {Kind: contact.KindEmail, Address: "nonsense"},
	} {
		if got := spelled(c); got != want {
			t.Errorf("%q is spelled %q", want, got)
		}
	}
}
