package main

import (
	"slices"
	"strings"
	"time"
)

// act is some steps after which all walkers wait for each other.
type act struct {
	wait  time.Duration // that passes before
	cards bool          // the cards that walkers hold are answered in it
	sent  bool          // it shows what became of messages: only where they go out, and after they did
	steps []step
}

// The bodies of calls that come more than once.
const (
	opens     = `{"address":"{address}","client":"{client}"}`
	wrongCode = `{"code":"11112222"}`
	wrongSaid = `{"answers":["` + wrongAnswer + `","` + wrongAnswer + `"]}`
	wrongKept = `{"code":"0123-4567-89ab-cdef"}`
)

func get(route string, query ...string) step {
	return step{route: "GET " + route, query: strings.Join(query, "")}
}

// press posts a form; want is the status, and where it leads.
func press(route, want string, fields ...string) step {
	form := map[string]string{}
	for i := 0; i < len(fields); i += 2 {
		form[fields[i]] = fields[i+1]
	}
	return step{route: "POST " + route, form: form, want: want}
}

// call makes a call of the API; want is the status, and the outcome.
func call(route, want, body string) step {
	return step{route: route, want: want, body: body}
}

// walk is the whole walk of a stranger, as pages and as calls.
func walk() []act {
	return slices.Concat(strangers(), byMail(), byHeartAct(), byCall(), []act{{steps: signedOut()}, {steps: tooMany()}})
}

// strangers come with nothing.
func strangers() []act {
	wrong := []string{"address", "{address}", "password", "not that one, is it"}
	return []act{{steps: []step{
		get("/{$}"), get("/recover"), get("/.well-known/change-password"), get("/signin"), get("/signin", "?next=/account"),
		get("/recover/choose"), get("/recover/code"), get("/recover/questions"), get("/recover/saved"), get("/recover/reset"), get("/recover/done"),
		press("/recover/choose", "400", "way", "email"), press("/recover/code", "400", "code", "11112222"), press("/recover/resend", "400"),
		press("/recover/questions", "400"), press("/recover/saved", "400"), press("/recover/another", "400"), press("/recover/reset", "", "password", "hens hate tall gates"),
		press("/recover", "422", "address", "{malformed}"), press("/recover", "", "address", "{address}"),
		press("/recover", "", "address", "{address}", "plain", "x", "pick", "1"),
		press("/recover", "200", "address", "{address}", "action", "new"), press("/recover", "200", "address", "{address}", "action", "listen"),
		press("/recover", "400", "address[]", "{address}"),
		{route: "POST /recover", body: `{"address":"{address}"}`, want: "415"},
		get("/go/{link}"), press("/go/{link}", ""), get("/stop/{stop}"), press("/stop/{stop}", ""),
		press("/signin", "422", wrong...), press("/signin", "422", "address", "{malformed}", "password", "x"),
		press("/signin", "422", "address", "{address}", "password", ""), press("/signin", "422", wrong...),
		press("/signin", "422", append([]string{"next", "/account/password"}, wrong...)...), press("/signin", "", wrong...),
		press("/signin", "", wrong...), press("/signin", "200", "address", "{address}", "action", "new"), press("/signout", "303 /signin?said=signed_out"),
	}}}
}

// byMail is the walk by pages, with codes.
func byMail() []act {
	wrong := press("/recover/code", "303 /recover/code?said=wrong", "code", "11112222")
	none := press("/recover/code", "303 /recover/code?said=run_out", "code", "11112222")
	return []act{
		{cards: true, steps: []step{press("/recover", "303 /recover/choose", "address", "{address}", "card", "")}},
		{steps: []step{
			get("/recover/choose"), get("/recover/code"), get("/recover/reset"), press("/recover/resend", "303 /recover/choose"),
			press("/recover/choose", "303 /recover/choose?said=way_off", "way", "nonsense"), get("/recover/choose", "?said=way_off"),
			press("/recover/choose", "303 /recover/code?said=sent", "way", "email"), get("/recover/code", "?said=sent"), get("/recover/code"),
			press("/recover/resend", "303 /recover/code?said=cooling"), get("/recover/code", "?said=cooling"),
			wrong, get("/recover/code", "?said=wrong"), press("/recover/code", "303 /recover/code?said=empty", "code", " "), get("/recover/code", "?said=empty"),
			press("/recover/another", "303 /recover/choose"), press("/recover/code", "303 /recover/choose", "code", "11112222"),
			press("/recover/choose", "303 /recover/code?said=cooling", "way", "phone"), get("/recover/code", "?said=cooling"), none,
			press("/recover/another", "303 /recover/choose"), press("/recover/choose", "303 /recover/code?said=cooling", "way", "email"),
		}},
		{wait: time.Minute, steps: []step{
			press("/recover/resend", "303 /recover/code?said=sent_again"), get("/recover/code", "?said=sent_again"), press("/recover/resend", "303 /recover/code?said=cooling"),
		}},
		{wait: 15 * time.Minute, steps: []step{
			none, get("/recover/code", "?said=run_out"), press("/recover/resend", "303 /recover/code?said=sent"), wrong, wrong, wrong,
			press("/recover/code", "303 /recover/code?said=tries_used", "code", "11112222"), get("/recover/code", "?said=tries_used"),
			press("/recover/code", "303 /recover/code?said=tries_used", "code", "11112222"), press("/recover/reset", "", "password", "hens hate tall gates"),
		}},
		{wait: time.Hour, steps: []step{
			get("/recover/code"), get("/recover/choose"), press("/recover/resend", ""), press("/recover/code", "", "code", "11112222"), press("/recover/choose", "", "way", "email"),
		}},
	}
}

// byHeartAct is the walk by pages, with what is known by heart.
func byHeartAct() []act {
	missed := press("/recover/questions", "303 /recover/questions?said=missed", "answer-1", wrongAnswer, "answer-2", wrongAnswer)
	return []act{
		{steps: []step{call("POST /api/v1/requests", "201", opens)}},
		{steps: []step{press("/recover/choose", "303 /recover/questions", "way", "questions")}},
		{steps: []step{
			get("/recover/questions"), get("/recover/questions"), press("/recover/questions", "303 /recover/questions?said=empty", "answer-1", "x"),
			get("/recover/questions", "?said=empty"), missed, get("/recover/questions", "?said=missed"), missed, get("/recover/code"), press("/recover/resend", "303 /recover/questions"),
			press("/recover/choose", "303 /recover/saved", "way", "saved"),
		}},
		{steps: []step{
			get("/recover/saved"), press("/recover/saved", "303 /recover/saved?said=empty"), get("/recover/saved", "?said=empty"),
			press("/recover/saved", "303 /recover/saved?said=wrong", "saved", "0123-4567-89ab-cdef"), get("/recover/saved", "?said=wrong"),
			press("/recover/saved", "303 /recover/saved?said=wrong", "saved", "x"), press("/recover/saved", "303 /recover/saved?said=tries_used", "saved", "x"),
			get("/recover/saved", "?said=tries_used"), press("/recover/choose", "303 /recover/questions", "way", "questions"),
		}},
		{steps: []step{
			get("/recover/questions"), press("/recover/questions", "303 /recover/questions?said=tries_used", "answer-1", wrongAnswer, "answer-2", wrongAnswer),
			get("/recover/questions", "?said=tries_used"),
		}},
	}
}

// byCall is the same by API.
func byCall() []act {
	const at = "POST /api/v1/request/"
	return []act{
		{steps: []step{
			call("POST /api/v1/requests", "422", `{"address":"{malformed}","client":"{client}"}`), call("POST /api/v1/requests", "", `{"address":"{address}"`),
			call("POST /api/v1/requests", "", `{"address":"{address}","address":"{address}","client":"{client}"}`), call("POST /api/v1/requests", "201", opens),
		}},
		{steps: []step{
			get("/api/v1/request"), call(at+"resend", "200 not_here", `{}`), call(at+"way", "", `{"way":"nonsense"}`), call(at+"way", "200 sent", `{"way":"phone"}`),
			get("/api/v1/request"), call(at+"resend", "200 cooling", `{}`), call(at+"code", "200 wrong", wrongCode), call(at+"code", "200 empty", `{"code":""}`),
			call(at+"code", "", `{"code":7}`), call(at+"answers", "200 not_here", wrongSaid), call(at+"another", "200 noted", `{}`),
			call(at+"code", "200 not_here", wrongCode), call(at+"way", "200 cooling", `{"way":"email"}`), call(at+"code", "200 run_out", wrongCode),
		}},
		{wait: time.Minute, steps: []step{call(at+"resend", "200 sent", `{}`), get("/api/v1/request"), call(at+"way", "200 noted", `{"way":"questions"}`)}},
		{steps: []step{
			get("/api/v1/request"), call(at+"answers", "200 empty", `{"answers":["x"]}`), call(at+"answers", "200 missed", wrongSaid), call(at+"answers", "200 missed", wrongSaid),
			call(at+"way", "200 noted", `{"way":"saved"}`),
		}},
		{steps: []step{
			get("/api/v1/request"), call(at+"saved", "200 empty", `{"code":""}`), call(at+"saved", "200 wrong", wrongKept), call(at+"saved", "200 tries_used", wrongKept),
			call(at+"saved", "200 tries_used", wrongKept),
			get("/api/v1/request"), call("POST /api/v1/password", "", `{"password":"hens hate tall gates","client":"{client}"}`),
		}},
		{wait: 2 * time.Hour, steps: []step{get("/api/v1/request"), call(at+"resend", "", `{}`), call(at+"code", "", wrongCode), call(at+"way", "", `{"way":"email"}`)}},
	}
}

// tooMany is one request more than an address may have.
func tooMany() []step {
	return []step{call("POST /api/v1/requests", "201", opens), call("POST /api/v1/requests", "429", opens), press("/recover", "", "address", "{address}")}
}

// signedOut are the pages that need a session, or know neither account nor request; each walker sees them with the request that they have.
func signedOut() (steps []step) {
	for _, route := range []string{
		"/help", "/help/search", "/help/topic/{topic}", "/help/{article}", "/static/{file...}",
		"/account", "/account/password", "/account/history", "/account/again", "/account/email/new", "/account/phone/new", "/account/contact/{contact}",
		"/account/contact/{contact}/replace", "/account/contact/{contact}/remove", "/account/confirm", "/account/questions", "/account/questions/remove",
		"/account/codes", "/account/codes/remove",
		"/api/v1/challenge/card/{picture}", "/api/v1/challenge/card/call/{n}", "/api/v1/openapi.json", "/api/v1/openapi.yaml", "/api/v1/docs", "/api/v1/docs.css",
	} {
		steps = append(steps, get(route))
	}
	for _, route := range []string{
		"/help/{article}", "/account/sessions", "/account/password", "/account/language", "/account/later", "/account/again", "/account/email/new",
		"/account/phone/new", "/account/contact/{contact}/main", "/account/contact/{contact}/replace", "/account/contact/{contact}/remove", "/account/confirm",
		"/account/confirm/resend", "/account/questions", "/account/questions/remove", "/account/codes", "/account/codes/remove",
	} {
		steps = append(steps, press(route, ""))
	}
	for _, route := range []string{"challenge/card", "challenge/answer", "challenge/plain"} {
		steps = append(steps, call("POST /api/v1/"+route, "", `{}`))
	}
	return append(steps, call("POST /api/v1/challenge", "", `{"mode":"dance"}`))
}

// ownersWalk is that of owners who add contacts to their accounts.
func ownersWalk() []act {
	steps := []step{
		press("/signin", "303 /account", "address", "{address}", "password", oldPassword), get("/account"), get("/account/contact/{contact}"),
		get("/account/contact/{contact}/replace"), press("/account/contact/{contact}/replace", "303 /account/confirm?said=sent", "address", "{new}"),
		get("/account/confirm", "?said=sent"), press("/account/confirm", "303 /account/confirm?said=wrong", "contact", "{contact}", "code", "11112222"),
		press("/account/confirm/resend", ""), get("/account/confirm"), get("/account/email/new"),
		press("/account/email/new", "422", "address", "not an address"), press("/account/email/new", "422", "address", "{address}"),
		press("/account/email/new", "303 /account/confirm?said=sent", "address", "{new}"), get("/account/confirm", "?said=sent"),
		press("/account/confirm", "303 /account/confirm?said=wrong", "contact", "{contact}", "code", "11112222"),
		get("/account/phone/new"), press("/account/phone/new", "422", "number", "12", "country", "ES"),
		press("/account/phone/new", "303 /account/confirm?said=sent", "number", "{number}", "country", "ES"), get("/account/confirm", "?said=sent"),
		press("/account/confirm", "303 /account/confirm?said=wrong", "contact", "{contact}", "code", "11112222"),
	}
	seenAll := []step{get("/account"), get("/account/history")}
	later := []step{press("/account/confirm/resend", ""), get("/account/confirm")}
	last := []step{get("/account"), get("/account/history"), press("/signout", "303 /signin?said=signed_out")}
	for _, list := range [][]step{steps, seenAll, later, last} {
		for i := range list {
			list[i].owner = true
		}
	}
	return []act{{steps: steps}, {sent: true, steps: seenAll}, {wait: time.Minute, steps: later}, {sent: true, steps: last}}
}
