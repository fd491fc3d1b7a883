package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"twohens/internal/contact"
	"twohens/internal/recovery"
)

// What accounts have in these states.
var (
	mainEmail  = Contact{Name: "bWFpbi1lbWFpbC1uYW1lLQ", Kind: "email", Shown: "ada.byrne@post.example", Main: true}
	otherEmail = Contact{Name: "b3RoZXItZW1haWwtbmFtZQ", Kind: "email", Shown: "ada@fernbank.example"}
	mainPhone  = Contact{Name: "bWFpbi1waG9uZS1uYW1lLQ", Kind: "phone", Shown: "+34 600 12 34 56", Main: true}
	otherPhone = Contact{Name: "b3RoZXItcGhvbmUtbmFtZQ", Kind: "phone", Shown: "+44 7400 123456"}
	everything = Offers{Email: true, Phone: true, Questions: true, Saved: true}
)

func alone(c Contact) Contact {
	c.Alone = true
	return c
}

func accountStates() []state {
	here := Session{ID: "aGVyZQ", This: true, Browser: firefox, Began: moment, Seen: moment}
	there := Session{ID: "dGhlcmU", Browser: safari, Began: moment.AddDate(0, 0, -2), Seen: moment.AddDate(0, 0, -1)}
	odd := Session{ID: "b2Rk", Browser: hostile, Began: moment, Seen: moment}
	plain := Account{
		Emails: []Contact{alone(mainEmail)}, Offers: everything, Standing: [][]string{{"email"}}, Language: "en", Sessions: []Session{here},
	}
	full := Account{
		Emails: []Contact{mainEmail, otherEmail}, Phones: []Contact{alone(mainPhone)}, Questions: 3, Answered: moment.AddDate(0, -6, 0),
		Codes: 9, Made: moment.AddDate(0, -1, 0), Offers: Offers{Phone: true, Questions: true, Saved: true}, Language: "es", Sessions: []Session{here, there},
		Standing: [][]string{{"email"}, {"phone"}, {"questions", "email"}, {"saved"}}, More: true,
		Records: []Record{
			{At: moment, Event: "sign_in", Outcome: "right"},
			{At: moment.Add(-time.Minute), Event: "password", Outcome: "code", Way: "email"},
			{At: moment.Add(-3 * time.Minute), Event: "code", Outcome: "carried", Way: "phone"},
			{At: moment.AddDate(0, 0, -21), Event: "opened", Outcome: "noted"},
		},
	}
	single, none, waiting, lapsed := plain, plain, plain, plain
	lapsed.Lapsed = true
	single.Prompt = true
	none.Prompt, none.Standing = true, nil
	waiting.Waiting, waiting.Phones = &mainPhone, []Contact{mainPhone, otherPhone}
	twisted := plain
	twisted.Emails = []Contact{{Name: hostile, Kind: "email", Shown: hostile, Main: true}, {Name: "x", Kind: "email", Shown: long}}
	twisted.Waiting = &Contact{Name: hostile, Kind: "email", Shown: hostile}
	twisted.Sessions, twisted.Records = []Session{here, odd}, []Record{{At: moment, Event: "unheard-of", Outcome: hostile}}
	all := []state{
		{"account", full},
		{"account-plain", plain},
		{"account-single", single},
		{"account-none", none},
		{"account-lapsed", lapsed},
		{"account-waiting", waiting},
		{"account-empty", Account{Sessions: []Session{here}, Language: "en"}},
		{"account-hostile", twisted},
		{"history", History{Records: allRecords()}},
		{"history-empty", History{}},
		{"again", Again{Username: "ada.byrne@post.example", Next: "phone"}},
		{"again-wrong", Again{Username: "ada.byrne@post.example", Next: "remove", Contact: mainPhone.Name, Wrong: true}},
		{"again-busy", Again{Username: "ada.byrne@post.example", Next: "phone", Busy: true}},
		{"again-lost", Again{Username: hostile, Next: "questions", Lost: true}},
	}
	for said := range saids {
		m := plain
		m.Said = said
		all = append(all, state{"account-said-" + said, m})
	}
	return append(append(append(all, contactStates()...), setUpStates()...), paperStates()...)
}

func contactStates() []state {
	countries := []string{"ES", "GB", "MX", "CN", "EG", "US", "CA"}
	phone := NewPhone{Action: "/account/phone/new", Countries: countries, Country: "ES"}
	email := NewEmail{Action: "/account/email/new"}
	worldwide := phone
	worldwide.Countries = nil
	for _, one := range contact.Countries() {
		worldwide.Countries = append(worldwide.Countries, one.Region)
	}
	all := []state{
		{"new-phone-worldwide", worldwide},
		{"contact-email", ManageContact{Contact: mainEmail}},
		{"contact-email-only", ManageContact{Contact: alone(mainEmail)}},
		{"contact-email-other", ManageContact{Contact: otherEmail}},
		{"contact-phone", ManageContact{Contact: alone(mainPhone)}},
		{"contact-phone-fixed", ManageContact{Contact: alone(mainPhone), Fixed: true}},
		{"contact-phone-other", ManageContact{Contact: otherPhone}},
		{"contact-hostile", ManageContact{Contact: Contact{Name: otherEmail.Name, Kind: "email", Shown: hostile}}},
		{"new-email", email},
		{"new-email-replace", NewEmail{Action: "/account/contact/" + mainEmail.Name + "/replace", Replaces: mainEmail.Shown}},
		{"new-email-hostile", NewEmail{Action: "/account/email/new", Replaces: hostile, Typed: hostile, Refusal: "shape"}},
		{"new-phone", phone},
		{"new-phone-replace", NewPhone{
			Action: "/account/contact/" + mainPhone.Name + "/replace", Replaces: mainPhone.Shown, Countries: []string{"ES"}, Country: "ES",
		}},
		{"new-phone-hostile", NewPhone{
			Action: "/account/phone/new", Replaces: hostile, Countries: countries, Typed: hostile, Refusal: "wrong",
		}},
	}
	for _, fault := range []string{"empty", "too_long", "shape", "own", "full", "unheard-of"} {
		m := email
		m.Typed, m.Refusal = "ada.byrne@", fault
		all = append(all, state{"new-email-" + fault, m})
	}
	for _, fault := range []string{
		"empty", "too_long", "wrong", "no_country", "not_mobile", "country_off", "own", "full", "unheard-of",
	} {
		m := phone
		m.Typed, m.Refusal = "600 12 34", fault
		all = append(all, state{"new-phone-" + fault, m})
	}
	for what := range removals {
		m := Remove{What: what, Action: "/account/codes/remove", Back: "/account/codes"}
		if what == "email" || what == "phone" {
			m.Action, m.Back = "/account/contact/"+mainPhone.Name+"/remove", "/account/contact/"+mainPhone.Name
			m.Shown = map[string]string{"email": otherEmail.Shown, "phone": mainPhone.Shown}[what]
		}
		all = append(all, state{"remove-" + what, m})
	}
	all = append(all,
		state{"remove-last", Remove{What: "questions", Action: "/account/questions/remove", Back: "/account/questions", LastWay: true}},
		state{"remove-hostile", Remove{What: "phone", Shown: hostile, Action: "/account/codes/remove", Back: "/account"}})
	return append(all, confirmStates()...)
}

func confirmStates() []state {
	sent := Confirm{
		Contact: mainPhone, Correct: "/account/phone/new", Digits: 8, Life: 15 * time.Minute, Until: moment.Add(15 * time.Minute),
		CoolDown: 42 * time.Second, Tries: 5, Said: recovery.Sent,
	}
	with := func(change func(*Confirm)) Confirm {
		m := sent
		change(&m)
		return m
	}
	return []state{
		{"confirm-phone", sent},
		{"confirm-email", with(func(m *Confirm) { m.Contact, m.Correct = otherEmail, "/account/email/new" })},
		{"confirm-again", with(func(m *Confirm) { m.Said = recovery.SentAgain })},
		{"confirm-early", with(func(m *Confirm) { m.Said = recovery.Cooling })},
		{"confirm-ready", with(func(m *Confirm) { m.CoolDown = 0 })},
		{"confirm-wrong", with(func(m *Confirm) { m.Said, m.TriesUsed = recovery.Wrong, 2 })},
		{"confirm-wrong-made-up", with(func(m *Confirm) { m.Said = recovery.Wrong })},
		{"confirm-empty", with(func(m *Confirm) { m.Said = recovery.Empty })},
		{"confirm-run-out", with(func(m *Confirm) { m.RunOut, m.CoolDown = true, 0 })},
		{"confirm-over", with(func(m *Confirm) { m.TriesUsed = 5 })},
		{"confirm-hostile", with(func(m *Confirm) { m.Contact.Kind, m.Contact.Shown, m.Contact.Name = "email", hostile, hostile })},
	}
}

func setUpStates() []state {
	offered := []string{"desk-mate", "first-book", "got-lost", "invented-word"}
	rows := func(change func([]SetUpRow)) []SetUpRow {
		list := make([]SetUpRow, 3)
		for i := range list {
			list[i] = SetUpRow{Number: i + 1, Offered: offered}
		}
		if change != nil {
			change(list)
		}
		return list
	}
	all := []state{
		{"setup", SetUp{Rows: rows(nil)}},
		{"setup-kept", SetUp{Rows: rows(nil), Kept: 3, Since: moment.AddDate(0, -6, 0)}},
		{"setup-lapsed", SetUp{Rows: rows(nil), Lapsed: true}},
		{"setup-busy", SetUp{Rows: rows(nil), Busy: true}},
	}
	for _, fault := range append(slices.Collect(maps.Keys(pickFaults)), slices.Collect(maps.Keys(answerFaults))...) {
		all = append(all, state{"setup-" + fault, SetUp{Rows: rows(func(list []SetUpRow) {
			for i := range list {
				list[i].Chosen = offered[i]
			}
			list[1].Refusal, list[1].Focus, list[2].Refusal = fault, true, fault
		})}})
	}
	return all
}

func paperStates() []state {
	var codes []string
	for place := range 10 {
		codes = append(codes, strconv.Itoa(place)+"h7k-m3pq-x9rt-w2ve")
	}
	return []state{
		{"paper", Paper{Made: "bm9uZQ"}},
		{"paper-some", Paper{Left: 7, Since: moment, Made: "c29tZQ"}},
		{"paper-used-up", Paper{Left: 0, Since: moment, Made: "c29tZQ"}},
		{"paper-again", Paper{Left: 10, Since: moment, Made: "c29tZQ", Again: true}},
		{"paper-busy", Paper{Busy: true, Made: "c29tZQ"}},
		{"codes", Codes{List: codes, At: moment}},
	}
}

// allRecords are all lines that there are words for, and one that there are none for.
func allRecords() []Record {
	var records []Record
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		parts := append(strings.Split(name, "/"), "", "")
		records = append(records, Record{At: moment, Event: parts[0], Outcome: parts[1], Way: parts[2]})
	}
	return append(records, Record{At: moment, Event: "unheard-of"})
}

// Every event that is recorded of an account has words: the list is read from the engine's source, so that a new one is not forgotten.
func TestEveryEventHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../engine/record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || spec.Type == nil {
			return true
		}
		if named, ok := spec.Type.(*ast.Ident); !ok || named.Name != "Event" {
			return true
		}
		event, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		events++
		if (Record{Event: event}).Text() == "record.unknown" && event != "paused" { // which belongs to no account
			t.Errorf("%q has no words", event)
		}
		return true
	})
	if events < 18 {
		t.Errorf("only %d events were read", events)
	}
}

// What is said of a line depends on its outcome and its way, the nearest words first.
func TestRecordWords(t *testing.T) {
	for _, c := range []struct{ event, outcome, way, want string }{
		{"code", "carried", "email", "record.code.sent"},
		{"code", "carried", "phone", "record.code.texted"},
		{"code", "nothing", "phone", "record.code.unsent"},
		{"code", "withheld", "phone", "record.code.withheld"},
		{"code", "refused", "email", "record.code.refused"},
		{"code", "refused", "phone", "record.code.refused_phone"},
		{"answered", "proved", "questions", "record.answered.proved"},
		{"answered", "missed", "questions", "record.answered.missed"},
		{"answered", "missed", "saved", "record.saved_code.missed"},
		{"answered", "wrong", "saved", "record.saved_code.missed"},
		{"answered", "proved", "saved", "record.saved_code.proved"},
		{"password", "code", "email", "record.password.set"},
		{"password", "code", "phone", "record.password.by_phone"},
		{"added", "right", "phone", "record.added.phone"},
		{"locale", "ar", "", "record.locale"},
		{"x", "", "", "record.unknown"},
	} {
		if got := (Record{Event: c.event, Outcome: c.outcome, Way: c.way}).Text(); got != c.want {
			t.Errorf("%s/%s/%s: %s, want %s", c.event, c.outcome, c.way, got, c.want)
		}
	}
}

// An answer is never shown back, and neither is a saved code but on the page that is printed.
func TestSetUpShowsNoAnswer(t *testing.T) {
	everywhere(t, func(t *testing.T, f Frame, source string, root *html.Node) {
		for _, input := range elements(root, "input") {
			if strings.HasPrefix(attr(input, "name"), "answer-") && (has(input, "value") || attr(input, "autocomplete") != "off") {
				t.Errorf("<input name=%q value=%q>", attr(input, "name"), attr(input, "value"))
			}
		}
	})
}
