package api

import (
	"net/http"
	"reflect"

	"twohens/internal/recovery"
	"twohens/scratch"
)

// operation is one call: a line of the table that everything else is made from.
type operation struct {
	id       string
	method   string
	path     string // below Prefix
	summary  string
	text     string
	under    []secrets          // what it goes under: any one of these
	status   int                // of success; 0 stands for 200
	limit    int64              // bytes of the body; 0 stands for maxBody
	outcomes []recovery.Outcome // that its answer may tell
	state    recovery.State     // in which the example of its answer leaves the request
	problems []kind             // of its own; those of every call come in addition
	exchange
}

// secrets are the schemes of those that a call carries together.
type secrets []string

// exchange is what goes in and out of a call.
type exchange struct {
	in, out     reflect.Type // structs; nil when there is none
	contentType string       // of an answer that is no JSON
	serve       func(*api, http.ResponseWriter, *http.Request, operation) error
}

// answering is the exchange of a function from one struct to another. The schemas are made from the same two types that are
// read and written, so they cannot differ.
func answering[In, Out any](f func(*api, *http.Request, In) (Out, error)) exchange {
	return exchange{in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		serve: func(a *api, w http.ResponseWriter, r *http.Request, o operation) error {
			var in In
			if o.method == http.MethodPost { // what comes with a GET has no meaning and is not looked at
				if err := read(r, o.most(), &in); err != nil {
					return err
				}
			}
			out, err := f(a, r, in)
			if err != nil {
				return err
			}
			send(w, o.success(), "application/json", out)
			return nil
		}}
}

// raw is the exchange of a call whose answer is no JSON object of this program's.
func raw(contentType string, f func(*api, http.ResponseWriter, *http.Request) error) exchange {
	return exchange{contentType: contentType,
		serve: func(a *api, w http.ResponseWriter, r *http.Request, _ operation) error { return f(a, w, r) }}
}

func (o operation) most() int64 {
	if o.limit == 0 {
		return maxBody
	}
	return o.limit
}

func (o operation) success() int {
	if o.status == 0 {
		return http.StatusOK
	}
	return o.status
}

// takesBody says that the call has a body with members.
func (o operation) takesBody() bool { return o.in != nil && o.in.NumField() > 0 }

// allProblems are those of the call and those that every call may answer with.
func (o operation) allProblems() []kind {
	list := append([]kind(nil), o.problems...)
	if o.method == http.MethodPost {
		list = append(list, malformed, crossOrigin, tooLarge, notJSON)
	}
	return append(list, busy)
}

// The outcomes of a step that belongs to another state: a stale tab, a second click, a reload.
var elsewhere = []recovery.Outcome{recovery.ProvedBefore, recovery.Finished, recovery.Ended}

func outcomes(own ...recovery.Outcome) []recovery.Outcome { return append(own, elsewhere...) }

// operations is the table of the calls, in the order of the walk.
func operations() []operation {
	return []operation{
		{
			id: "deal", method: "POST", path: "/challenge", exchange: answering((*api).deal),
			summary:  "Ask for a challenge",
			text:     "The right to one card, for some work. Needed only by callers without an API key. The work rises with failures and with load.",
			under:    []secrets{{}},
			problems: []kind{noCard, limited},
		},
		{
			id: "draw", method: "POST", path: "/challenge/card", exchange: answering((*api).draw),
			summary:  "Hand in the work, get the card",
			text:     "A card with nine animals, two of which are chickens, under a frosted cover; or eight calls, two of which are chickens'. Handing in the same work again gives the same card, so an answer that got lost costs nothing.",
			under:    []secrets{{}},
			problems: []kind{noCard, limited},
		},
		{
			id: "answer", method: "POST", path: "/challenge/answer", exchange: answering((*api).answer), limit: maxBody + scratch.MaxTraceBytes,
			summary: "Answer a card",
			text:    "A card is judged once, whatever the answer. A pass gives a response, which opens one request.",
			under:   []secrets{{}},
		},
		{
			id: "plain", method: "POST", path: "/challenge/plain", exchange: answering((*api).plain),
			summary: "Get a card without work",
			text:    "For programs that can do no work. Its answer goes along with the call that opens a request. It counts after some seconds only, and few are taken from one network.",
			under:   []secrets{{}},
		},
		{
			id: "picture", method: "GET", path: "/challenge/card/{picture}", exchange: raw(scratch.ContentType, (*api).picture),
			summary:  "See a picture of a card",
			text:     "The addresses come with the card. A picture is gone once its card was answered or its time is over.",
			under:    []secrets{{}},
			problems: []kind{noCard, limited},
		},
		{
			id: "call", method: "GET", path: "/challenge/card/call/{n}", exchange: raw(scratch.CallType, (*api).call),
			summary:  "Hear a call",
			text:     "As the pictures. With the query's slow, the same call at a slower pace.",
			under:    []secrets{{}},
			problems: []kind{noCard, limited},
		},
		{
			id: "open", method: "POST", path: "/requests", exchange: answering((*api).open), status: http.StatusCreated,
			summary:  "Open a request",
			text:     "Begins a recovery for an e-mail address. The answer is the same for an address that nobody has registered, so tell the person: \"If that address is registered, a code is on its way\", once they chose a way.",
			under:    []secrets{{schemeKey}, {}},
			state:    recovery.Choosing,
			problems: []kind{badAddress, badKey, noAnswer, ranAway, tooFast, tooSlow, limited},
		},
		{
			id: "see", method: "GET", path: "/request", exchange: answering((*api).see),
			summary:  "See the request",
			text:     "Changes nothing, however often it is called.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Proving,
			problems: []kind{noRequest},
		},
		{
			id: "choose", method: "POST", path: "/request/way", exchange: answering((*api).choose),
			summary:  "Choose a way",
			text:     "Choosing a way by code sends the first one at once. After the choice of `questions` or `saved`, see the request until it is `ready`.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Proving,
			outcomes: outcomes(recovery.Sent, recovery.SentAgain, recovery.Cooling, recovery.Noted, recovery.WayOff, recovery.NotHere),
			problems: []kind{noRequest},
		},
		{
			id: "resend", method: "POST", path: "/request/resend", exchange: answering((*api).resend),
			summary:  "Send the code again",
			text:     "Within the cool-down this changes nothing and sends nothing, so clicking does no harm. A code that is on its way already stays good: within its validity the same one is sent once more.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Proving,
			outcomes: outcomes(recovery.Sent, recovery.SentAgain, recovery.Cooling, recovery.NotHere),
			problems: []kind{noRequest},
		},
		{
			id: "another", method: "POST", path: "/request/another", exchange: answering((*api).another),
			summary:  "Choose another way",
			text:     "Goes back to the choice. Tries, codes and the cool-down stay as they are.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Choosing,
			outcomes: outcomes(recovery.Noted),
			problems: []kind{noRequest},
		},
		{
			id: "enter", method: "POST", path: "/request/code", exchange: answering((*api).enter),
			summary:  "Enter the code",
			text:     "The right code gives the grant: the right to set one password, for a quarter of an hour unless the site says otherwise. Repeat a call only when the outcome is waiting: a wrong code costs a try each time it comes.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Resetting,
			outcomes: outcomes(recovery.Proved, recovery.OneMore, recovery.Wrong, recovery.TriesUsed, recovery.Paused, recovery.RunOut, recovery.Empty, recovery.Waiting, recovery.NotHere),
			problems: []kind{noRequest},
		},
		{
			id: "reply", method: "POST", path: "/request/answers", exchange: answering((*api).reply),
			summary:  "Answer the questions",
			text:     "All of them at once, with one verdict: which of them was wrong is told to nobody. Only a few wrong answers a day are looked at; after that, right ones are wrong too until the day is over, and the other ways still work. When they are right, every contact of the account is told at once. A busy server judges nothing, and it costs no try.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Resetting,
			outcomes: outcomes(recovery.Proved, recovery.OneMore, recovery.Missed, recovery.TriesUsed, recovery.Empty, recovery.Waiting, recovery.NotHere),
			problems: []kind{noRequest},
		},
		{
			id: "spend", method: "POST", path: "/request/saved", exchange: answering((*api).spend),
			summary:  "Enter a saved code",
			text:     "One of the ten recovery codes that the person keeps on paper, where the site takes them. Each works once, and every contact of the account is told at once.",
			under:    []secrets{{schemeRequest}},
			state:    recovery.Resetting,
			outcomes: outcomes(recovery.Proved, recovery.OneMore, recovery.Wrong, recovery.TriesUsed, recovery.Empty, recovery.Waiting, recovery.NotHere),
			problems: []kind{noRequest},
		},
		{
			id: "setPassword", method: "POST", path: "/password", exchange: answering((*api).setPassword),
			summary:  "Set the new password",
			text:     "Ends every sign-in session and every other open request of the account, and tells its owner. Once it is set, asking again changes nothing and has the same outcome. Nobody is signed in by it.",
			under:    []secrets{{schemeGrant}, {schemeGrant, schemeKey}},
			outcomes: []recovery.Outcome{recovery.Finished, recovery.Ended, recovery.NotHere},
			problems: []kind{noGrant, badPassword, badKey},
		},
		{
			id: "openapiJSON", method: "GET", path: "/openapi.json", exchange: raw("application/json", (*api).openapiJSON),
			summary: "This API as an OpenAPI 3.1 document, in JSON", under: []secrets{{}},
		},
		{
			id: "openapiYAML", method: "GET", path: "/openapi.yaml", exchange: raw("application/yaml", (*api).openapiYAML),
			summary: "The same document in YAML", under: []secrets{{}},
		},
		{
			id: "docs", method: "GET", path: "/docs", exchange: raw("text/html; charset=utf-8", (*api).docs),
			summary: "The same to read, as a page", under: []secrets{{}},
		},
		{
			id: "style", method: "GET", path: "/docs.css", exchange: raw("text/css; charset=utf-8", (*api).style),
			summary: "The style of that page", under: []secrets{{}},
		},
	}
}

// Routes lists all calls as "METHOD /path", for tests that must not miss any.
func Routes() []string {
	var list []string
	for _, o := range operations() {
		list = append(list, o.method+" "+Prefix+o.path)
	}
	return list
}
