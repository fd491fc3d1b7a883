package page

import (
	"strings"
	"time"

	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// moment is the hour of every state.
var moment = time.Date(2026, 11, 23, 8, 37, 18, 0, time.UTC)

// hostile is what somebody may type to break a page: markup, quotes, an override of the direction, isolates, and no place to
// break a line.
const hostile = "\"'><script>alert(1)</script>\u202egro.elpmaxe@\u2066liame\u2069\u2069{{.Name}}&amp;"

var long = strings.Repeat("a.very.long.address", 12) + "@post.example"

// state is a page as somebody may meet it.
type state struct {
	name  string
	model Model
}

func view(change func(*recovery.View)) recovery.View {
	v := recovery.View{
		State: recovery.Proving, Reference: "H7K-2Q9", Ways: []recovery.Way{recovery.WayEmail}, Way: recovery.WayEmail,
		Address: "ada.byrne@post.example", Locale: "en", Digits: 8, CodeLife: 15 * time.Minute,
		Expires: moment.Add(59 * time.Minute), CodeUntil: moment.Add(14*time.Minute + 42*time.Second),
		NextClick: moment.Add(42 * time.Second), Clicks: 1, Tries: 5, Now: moment,
	}
	if change != nil {
		change(&v)
	}
	return v
}

var theCard = Card{
	Site: "own", Action: "recover", Plain: "bnVtYmVyZWQ", Picture: "card-open.svg",
}

// byEar is the same by ear, without a script.
var byEar = Card{
	Site: "own", Action: "recover", ByEar: true, Plain: "aGVhcmQ",
	Calls: []Call{{1, "1.wav"}, {2, "2.wav"}, {3, "3.wav"}, {4, "4.wav"}, {5, "5.wav"}, {6, "6.wav"}, {7, "7.wav"}, {8, "8.wav"}},
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"

func advice(level password.Level, hint password.Hint) *password.Advice {
	return &password.Advice{Level: level, Hint: hint, MinLength: 8}
}

// states are all pages in all their states. The gallery draws them, and the tests look at each.
func states() []state {
	var all []state
	add := func(name string, m Model) { all = append(all, state{name, m}) }
	all = append(all, signInStates()...)
	add("identify", Identify{Card: theCard})
	for _, fault := range []string{"empty", "too_long", "shape", "unheard-of"} {
		add("identify-address-"+fault, Identify{Card: theCard, Address: "ada.byrne@", AddressError: fault})
	}
	for _, refusal := range []string{"no_answer", "ran_away", "too_fast", "too_slow", "limited"} {
		add("identify-"+refusal, Identify{Card: theCard, Address: "ada.byrne@post.example", Refusal: refusal, RetryAfter: 221 * time.Second})
	}
	add("identify-hostile", Identify{Card: theCard, Address: hostile, AddressError: "shape"})
	add("identify-long", Identify{Card: theCard, Address: long, AddressError: "too_long"})

	add("choose", Choose{Ways: []string{"email"}})
	add("choose-three", Choose{Ways: []string{"email", "phone", "questions"}})
	add("choose-two", Choose{Ways: []string{"email", "questions"}})
	add("choose-questions", Choose{Ways: []string{"questions"}})
	add("choose-off", Choose{Ways: []string{"email"}, Error: true})
	add("choose-saved", Choose{Ways: []string{"email", "phone", "questions", "saved"}})
	add("choose-saved-only", Choose{Ways: []string{"saved"}})
	add("choose-codes", Choose{Ways: []string{"email", "phone"}})
	add("choose-questions-first", Choose{Ways: []string{"questions", "email", "phone"}})
	add("choose-strict", Choose{Ways: []string{"email", "phone", "questions"}, Unfinished: []string{"questions"}})
	add("choose-several", Choose{Ways: []string{"email", "phone", "questions", "saved"}, Several: true, Unfinished: []string{"email", "phone", "questions", "saved"}})
	add("choose-proven", Choose{Ways: []string{"phone", "questions"}, Proven: []string{"email"}, Several: true})
	add("choose-proven-strict", Choose{Ways: []string{"email", "phone"}, Proven: []string{"questions"}})

	all = append(all, codeStates()...)
	all = append(all, heartStates()...)
	add("wait", Wait{Next: "/recover/code"})
	add("link", Link{Alive: true, Action: "/go/7Jx0mPq4T9vKcR2wYb8sNe"})
	add("link-dead", Link{})
	add("stop", Stop{State: StopAsks, Action: "/stop/7Jx0mPq4T9vKcR2wYb8sNe"})
	add("stop-done", Stop{State: StopDone})
	add("stop-late", Stop{State: StopLate, Action: "/stop/7Jx0mPq4T9vKcR2wYb8sNe"})
	add("stop-undone", Stop{State: StopUndone, Ways: []recovery.Way{recovery.WayEmail}})
	add("stop-undone-several", Stop{State: StopUndone, Ways: []recovery.Way{recovery.WayPhone, recovery.WaySaved, recovery.WayQuestions}})
	add("stop-undone-open", Stop{State: StopUndone})
	add("stop-dead", Stop{SignInURL: "https://fernbank.example/login"})

	all = append(all, passwordStates()...)
	add("done", Done{})
	all = append(all, accountStates()...)

	all = append(all, helpStates()...)
	for kind := range problems {
		add("problem-"+kind, Problem{Kind: kind, Status: 400})
	}
	add("problem-limited-wait", Problem{Kind: "limited", Status: 429, RetryAfter: 4 * time.Minute})
	add("problem-down-wait", Problem{Kind: "down", Status: 503, RetryAfter: 2 * time.Minute})
	for status := range byStatus {
		add("problem-"+string(rune('0'+status/100))+string(rune('0'+status/10%10))+string(rune('0'+status%10)), Problem{Kind: "form", Status: status})
	}
	add("problem-unheard-of", Problem{Kind: "unheard-of", Status: 599})

	add("mailbox-empty", Mailbox{})
	add("mailbox", Mailbox{Mails: []Mail{
		{ID: "3", Phone: "+34 600 12 34 56", At: moment, Text: "Fernbank: 48219073 is your code.\n\n@id.fernbank.example #48219073"},
		{ID: "2", To: "ada.byrne@post.example", Subject: "Your Fernbank code", At: moment, Text: "Your code\n\n48219073\n"},
		{ID: "1", To: hostile, Subject: hostile, At: moment.Add(-time.Hour), Text: hostile},
	}})
	return all
}

func signInStates() []state {
	demo := []DemoAccount{
		{Address: "lucy@fernbank.example", Password: "green kettle by the pond", Phone: "+1 202-555-0123", Answer: "copper lantern"},
		{Address: "ada.byrne@post.example", Password: "tall gate, quiet river", Note: NoteOrdinary},
		{Address: "用户@例子.example", Password: "correct horse battery", Note: NoteForeign},
		{Address: "closed@post.example", Password: "nobody gets in here", Note: NoteDisabled},
	}
	card := theCard
	return []state{
		{"signin", SignIn{}},
		{"signin-demo", SignIn{Demo: demo}},
		{"signin-wrong", SignIn{Address: "ada.byrne@post.example", Wrong: true}},
		{"signin-by-ear", SignIn{Address: "ada.byrne@post.example", Wrong: true, Card: &byEar}},
		{"signin-card", SignIn{Address: "ada.byrne@post.example", Wrong: true, Card: &card}},
		{"signin-no-answer", SignIn{Address: "ada.byrne@post.example", Card: &card, Refusal: "no_answer"}},
		{"signin-ran-away", SignIn{Address: "ada.byrne@post.example", Card: &card, Refusal: "ran_away"}},
		{"signin-limited", SignIn{Address: "ada.byrne@post.example", Refusal: "limited", RetryAfter: time.Hour}},
		{"signin-empty", SignIn{AddressError: "empty"}},
		{"signin-out", SignIn{SignedOut: true}},
		{"signin-first", SignIn{SignInFirst: true, Next: "/account/password"}},
		{"signin-hostile", SignIn{Address: hostile, AddressError: "shape", Next: hostile, Card: &card}},
		{"signin-long", SignIn{Address: long, Wrong: true}},
	}
}

func codeStates() []state {
	tries := func(n int) recovery.View { return view(func(v *recovery.View) { v.TriesUsed = n }) }
	after := func(d time.Duration) recovery.View { return view(func(v *recovery.View) { v.Now = moment.Add(d) }) }
	many := func(v *recovery.View) {
		v.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions}
	}
	return []state{
		{"code-slip", Code{View: view(func(v *recovery.View) { v.Address = "ada.byrne@gmial.com" }), Said: recovery.Sent}},
		{"code-sent", Code{View: view(nil), Said: recovery.Sent}},
		{"code-pace", Code{View: view(many), Said: recovery.Sent, Paces: []Pace{{State: "usual", Place: "post.example", Minutes: 3}}}},
		{"code-pace-slow", Code{View: view(many), Said: recovery.Sent, Paces: []Pace{{State: "slow", Place: "post.example", Minutes: 12}}}},
		{"code-pace-trouble", Code{View: view(many), Said: recovery.Sent, Paces: []Pace{
			{State: "trouble", Place: "post.example"}, {State: "slow", Text: true, Place: "ES", Minutes: 1}, {State: "trouble", Text: true, Place: "GB"}, {State: "usual", Text: true, Place: "PT", Minutes: 2},
		}}},
		{"code-reload", Code{View: view(nil)}},
		{"code-again", Code{View: view(func(v *recovery.View) { v.Clicks, v.NextClick = 2, moment.Add(2*time.Minute) }), Said: recovery.SentAgain}},
		{"code-early", Code{View: view(nil), Said: recovery.Cooling}},
		{"code-ready", Code{View: after(time.Minute)}},
		{"code-ready-early", Code{View: after(time.Minute), Said: recovery.Cooling}},
		{"code-not-yet", Code{View: view(func(v *recovery.View) { v.CodeUntil = time.Time{}; many(v) }), Said: recovery.Cooling}},
		{"code-run-out", Code{View: after(16 * time.Minute), Said: recovery.RunOut}},
		{"code-wrong-1", Code{View: tries(1), Said: recovery.Wrong}},
		{"code-wrong-2", Code{View: tries(2), Said: recovery.Wrong}},
		{"code-wrong-4", Code{View: tries(4), Said: recovery.Wrong}},
		{"code-wrong-made-up", Code{View: view(nil), Said: recovery.Wrong}},
		{"code-over", Code{View: tries(5), Said: recovery.TriesUsed}},
		{"code-over-other-ways", Code{View: view(func(v *recovery.View) { v.TriesUsed = 5; many(v) }), Said: recovery.Wrong}},
		{"code-empty", Code{View: view(nil), Said: recovery.Empty}},
		{"code-other-ways", Code{View: view(many)}},
		{"code-text", Code{View: texted(0), Said: recovery.Sent}},
		{"code-text-again", Code{View: texted(0), Said: recovery.SentAgain}},
		{"code-text-wrong", Code{View: texted(1), Said: recovery.Wrong}},
		{"code-text-over", Code{View: texted(5), Said: recovery.TriesUsed}},
	}
}

// texted is a request whose code goes out as a text.
func texted(tries int) recovery.View {
	return view(func(v *recovery.View) {
		v.Way, v.TriesUsed = recovery.WayPhone, tries
		v.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions}
	})
}

// heartStates are the pages of what a person knows or has written down.
func heartStates() []state {
	asked := func(tries int, questions ...string) recovery.View {
		return view(func(v *recovery.View) {
			v.Way, v.Ready, v.Questions, v.TriesUsed = recovery.WayQuestions, true, questions, tries
			v.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions}
		})
	}
	two, three := []string{"first-concert", "childhood-neighbour"}, []string{"desk-mate", "holiday-place", "relative-nickname"}
	alone := asked(0, two...)
	alone.Ways = []recovery.Way{recovery.WayQuestions}
	paper := func(tries int) recovery.View {
		v := asked(tries)
		v.Way = recovery.WaySaved
		return v
	}
	lone := paper(0)
	lone.Ways = []recovery.Way{recovery.WaySaved}
	return []state{
		{"questions", Questions{View: asked(0, two...), ADay: 3}},
		{"questions-one", Questions{View: asked(1, "first-book"), ADay: 1, Said: recovery.Missed}},
		{"questions-three", Questions{View: asked(1, three...), ADay: 3, Said: recovery.Missed}},
		{"questions-missed", Questions{View: asked(1, two...), ADay: 3, Said: recovery.Missed}},
		{"questions-missed-made-up", Questions{View: asked(0, two...), ADay: 3, Said: recovery.Missed}},
		{"questions-empty", Questions{View: asked(0, two...), ADay: 3, Said: recovery.Empty}},
		{"questions-busy", Questions{View: asked(0, two...), ADay: 3, Busy: true}},
		{"questions-over", Questions{View: asked(5, two...), ADay: 3, Said: recovery.TriesUsed}},
		{"questions-alone", Questions{View: alone, ADay: 3}},
		{"saved", Saved{View: paper(0)}},
		{"saved-wrong", Saved{View: paper(2), Said: recovery.Wrong}},
		{"saved-wrong-made-up", Saved{View: paper(0), Said: recovery.Wrong}},
		{"saved-empty", Saved{View: paper(0), Said: recovery.Empty}},
		{"saved-busy", Saved{View: paper(1), Busy: true}},
		{"saved-over", Saved{View: paper(5), Said: recovery.TriesUsed}},
		{"saved-alone", Saved{View: lone}},
	}
}

func passwordStates() []state {
	all := []state{
		{"reset", Reset{Username: "ada.byrne@post.example", MinLength: 8}},
		{"reset-busy", Reset{Username: "ada.byrne@post.example", MinLength: 8, Refusal: "busy"}},
		{"reset-not-yet", Reset{Username: "ada.byrne@post.example", MinLength: 8, Advice: advice(password.NotYet, password.HintLength)}},
		{"reset-weak", Reset{Username: "ada.byrne@post.example", MinLength: 8, Advice: advice(password.Weak, password.HintEasy)}},
		{"reset-fair", Reset{Username: "ada.byrne@post.example", MinLength: 8, Advice: advice(password.Fair, password.HintLonger)}},
		{"reset-good", Reset{Username: "ada.byrne@post.example", MinLength: 15, Advice: advice(password.Good, password.HintOneMore)}},
		{"reset-strong", Reset{Username: "ada.byrne@post.example", MinLength: 8, Advice: advice(password.Strong, password.HintNothing)}},
		{"reset-hostile", Reset{Username: hostile}},
		{"reset-long", Reset{Username: long}},
		{"password", Password{Username: "ada.byrne@post.example", MinLength: 8}},
		{"password-wrong", Password{Username: "ada.byrne@post.example", MinLength: 8, WrongCurrent: true}},
		{"password-busy", Password{Username: "ada.byrne@post.example", MinLength: 8, Refusal: "busy"}},
		{"password-refused", Password{Username: "ada.byrne@post.example", MinLength: 8, Refusal: "common", Advice: advice(password.Weak, password.HintEasy)}},
	}
	for _, refusal := range []string{
		"empty", "not_text", "unheard-of", string(password.TooShort), string(password.TooLong), string(password.SiteName),
		string(password.OwnAddress), string(password.Common), string(password.Breached),
	} {
		all = append(all, state{"reset-" + refusal, Reset{Username: "ada.byrne@post.example", MinLength: 8, Refusal: refusal}})
	}
	return all
}

// frame is a site around the page.
func frame(l locale.Language) Frame {
	return Frame{Lang: l, Path: "/recover", Demo: true, Site: Site{
		Name: "Fernbank", HelpContact: "help@fernbank.example", PrivacyURL: "https://fernbank.example/privacy",
	}}
}
