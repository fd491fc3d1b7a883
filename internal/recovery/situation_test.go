package recovery_test

import (
	"slices"
	"strings"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// A fact is something that a step may depend on, with all the values it is tried with.
type fact struct {
	name   string
	values []string
}

// facts are all that there are.
var facts = map[string][]string{
	"time":    {"in time", "over"},
	"way":     {"by e-mail", "by phone", "by questions", "by saved code"},
	"asks":    {"one way enough", "saved codes off", "two asked for", "e-mail proven", "questions proven"},
	"tries":   {"no try used", "one try left", "no try left"},
	"code":    {"no code yet", "mail 5 min old", "mail extended", "mail run out", "text 5 min old"},
	"digests": {"not called for", "called for", "digests there"},
	"who":     {"not found", "real", "no phone", "decoy"},
	"codes":   {"fresh tally", "day nearly spent", "day spent", "row spent", "day spent yesterday", "answers spent"},
	"answers": {"fresh tally", "answers nearly spent", "answers spent", "answers spent yesterday", "frozen", "thawed now", "codes spent"},
	"click":   {"clicks count", "cooling"},
	"stop":    {"no stop", "stop known"},
}

// situation is one combination: a value for each fact.
type situation map[string]string

// factsFor are those that an action may learn, in the order in which the text tells them apart, not that in which the machine asks.
func factsFor(a recovery.Action) []fact {
	names := "time who stop asks way digests tries"
	switch a := a.(type) {
	case recovery.Ask:
		names = "time who digests way asks tries stop"
	case recovery.Choose:
		if names = "time asks way digests who tries code click stop"; a.Way.ByCode() {
			names = "time asks way code click who tries digests stop"
		}
	case recovery.Resend:
		names = "time way code click who asks tries digests stop"
	case recovery.Enter:
		names = "time way tries code who codes asks click digests stop"
	case recovery.Answer:
		names = "time way tries digests who answers asks click stop"
	}
	var list []fact
	for name := range strings.FieldsSeq(names) {
		list = append(list, fact{name, facts[name]})
	}
	return list
}

// tried are the values of a fact that are tried now. Not those that cannot meet; and where clock or state have decided already, or an
// action asks for something else, the first and the last stand for all: everything with everything would be millions.
func (s situation) tried(f fact, state recovery.State, a recovery.Action) []string {
	by := nameOf(a)
	proves := by == "enter" || by == "answer"
	clicks := by == "choose" || by == "resend"
	few := []string{f.values[0], f.values[len(f.values)-1]}
	values := f.values
	switch f.name {
	case "time", "who":
		return values
	case "way":
		if state == recovery.Choosing || state == recovery.Start {
			return values[:1] // nothing is chosen
		}
	case "asks":
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool {
			return v == "saved codes off" && by != "choose" || v == "e-mail proven" && !proves && !clicks && by != "follow" ||
				state == recovery.Proving && proven(v, s["way"])
		})
	case "tries":
		if !proves {
			values = few
		}
	case "click":
		if proves {
			return values[1:] // what becomes of a cool-down is all there is to see
		}
	case "stop":
		if proves || clicks {
			return values[1:] // it must not get lost
		}
	case "digests":
		if by == "enter" || clicks && s["code"] != "" {
			return values[2:]
		}
	case "code":
		if clicks && s["digests"] != "" {
			values = few
		}
	}
	if (state == recovery.Choosing || state == recovery.Proving) && s["time"] != "over" {
		return values
	}
	return slices.Compact([]string{values[0], values[len(values)-1]})
}

// proven says that the way that is chosen would be one proven already, which cannot be chosen.
func proven(asks, way string) bool {
	return strings.HasSuffix(asks, " proven") && strings.TrimSuffix(asks, " proven") == strings.TrimPrefix(way, "by ")
}

// moment is when the step is taken: half an hour into the request, so that all ages of codes fit.
var moment = noon.Add(30 * time.Minute)

func (s situation) policy() recovery.Policy {
	switch s["asks"] {
	case "two asked for", "e-mail proven", "questions proven":
		return anyTwo()
	case "saved codes off":
		return recovery.Classic()
	}
	return withAll(recovery.Classic())
}

// request builds a request in a state and a situation.
func (s situation) request(state recovery.State) recovery.Request {
	r, _ := recovery.Open(opening(s.policy()), noon)
	r.State = state
	s.find(&r)
	r.Tries = map[string]int{"one try left": 4, "no try left": 5}[s["tries"]]
	s.click(&r)
	switch s["asks"] {
	case "e-mail proven":
		r.Proven, r.Link = []recovery.Way{recovery.WayEmail}, secret.Digest{}
	case "questions proven":
		r.Proven = []recovery.Way{recovery.WayQuestions}
	}
	if s["stop"] == "stop known" {
		r.Stop = digest("stop before")
	}
	if state != recovery.Start && state != recovery.Choosing {
		r.Way = map[string]recovery.Way{
			"by phone": recovery.WayPhone, "by questions": recovery.WayQuestions, "by saved code": recovery.WaySaved,
		}[s["way"]]
		if r.Way == recovery.WayNone {
			r.Way = recovery.WayEmail
		}
	}
	if state == recovery.Resetting || state == recovery.Done {
		r.Link, r.Grant, r.Proof, r.Proved = secret.Digest{}, digest("grant"), recovery.ProofCode, noon.Add(29*time.Minute)
		r.Expires = r.Proved.Add(r.Policy.GrantLife)
	}
	if s["time"] == "over" {
		r.Expires = moment // the first moment at which it is over
	}
	return r
}

// find is what the worker has brought.
func (s situation) find(r *recovery.Request) {
	find := map[string]recovery.Find{"real": findReal(), "no phone": findPhoneless(), "decoy": findDecoy()}[s["who"]]
	if find.Account != "" {
		r.Found, r.Account, r.Contact, r.Phone, r.Real, r.Link = true, find.Account, find.Contact, find.Phone, find.Real, find.Link
	}
	if s["digests"] == "called for" || s["digests"] == "digests there" {
		r.Asking = []recovery.Way{recovery.WayQuestions, recovery.WaySaved}
	}
	if s["digests"] == "digests there" && r.Found {
		r.Asked, r.Saved = decoyQuestions().Asked, decoySaved().Saved
		if r.Real {
			r.Asked, r.Saved = askQuestions().Asked, askSaved().Saved
		}
	}
}

// click is what came of the clicks so far.
func (s situation) click(r *recovery.Request) {
	first, until, clicks := time.Duration(0), time.Duration(0), 1
	switch s["code"] {
	case "mail 5 min old", "text 5 min old":
		first, until = -5*time.Minute, 10*time.Minute
	case "mail extended": // begun 20 minutes ago, repeated 12 minutes ago
		first, until, clicks = -20*time.Minute, 3*time.Minute, 2
	case "mail run out":
		first, until = -25*time.Minute, -10*time.Minute
	}
	if first != 0 {
		r.Clicks, r.Rounds = clicks, []recovery.Round{{
			Way: recovery.WayEmail, Number: 1, First: moment.Add(first), Until: moment.Add(until),
		}}
		if s["code"] == "text 5 min old" {
			r.Rounds[0].Way = recovery.WayPhone
		}
	}
	if s["click"] == "cooling" {
		r.NextClick = moment.Add(time.Second)
	} else if r.Clicks > 0 {
		r.NextClick = moment // the first moment at which a click counts
	}
}

func (s situation) tally() recovery.Tally {
	switch s["codes"] + s["answers"] {
	case "day nearly spent":
		return recovery.Tally{Since: noon, Day: 14, Row: 14, Answers: 1}
	case "day spent":
		return recovery.Tally{Since: moment.Add(-24*time.Hour + 1), Day: 15, Row: 15}
	case "row spent":
		return recovery.Tally{Since: noon, Day: 5, Row: 100}
	case "day spent yesterday":
		return recovery.Tally{Since: moment.Add(-24 * time.Hour), Day: 15, Row: 15}
	case "answers nearly spent":
		return recovery.Tally{Since: noon, Day: 1, Row: 1, Answers: 2}
	case "answers spent":
		return recovery.Tally{Since: moment.Add(-24*time.Hour + 1), Row: 2, Answers: 3, Frozen: moment.Add(time.Hour)}
	case "answers spent yesterday":
		return recovery.Tally{Since: moment.Add(-24 * time.Hour), Row: 2, Answers: 3}
	case "frozen":
		return recovery.Tally{Frozen: moment.Add(1)}
	case "thawed now":
		return recovery.Tally{Frozen: moment}
	case "codes spent":
		return recovery.Tally{Since: noon, Day: 15, Row: 100}
	}
	return recovery.Tally{}
}

// deeds are the actions with what they bring.
var deeds = []struct {
	name   string
	action recovery.Action
}{
	{"find an account", findReal()},
	{"find one without a phone", findPhoneless()},
	{"find none", findDecoy()},
	{"ask the account's questions", askQuestions()},
	{"ask a decoy's questions", decoyQuestions()},
	{"ask for the account's saved codes", askSaved()},
	{"ask for a decoy's saved codes", decoySaved()},
	{"choose e-mail", recovery.Choose{Way: recovery.WayEmail}},
	{"choose phone", recovery.Choose{Way: recovery.WayPhone}},
	{"choose questions", recovery.Choose{Way: recovery.WayQuestions}},
	{"choose saved codes", recovery.Choose{Way: recovery.WaySaved}},
	{"choose nothing", recovery.Choose{}},
	{"resend", recovery.Resend{}},
	{"another", recovery.Another{}},
	{"enter nothing", recovery.Enter{Grant: digest("grant")}},
	{"enter a wrong code", wrong(recovery.Tally{})},
	{"enter the right code", right(recovery.Tally{})},
	{"answer nothing", recovery.Answer{Grant: digest("grant"), Stop: digest("stop")}},
	{"answer wrong", missed(recovery.Tally{})},
	{"answer right", answered(recovery.Tally{})},
	{"follow", recovery.Follow{}},
	{"set", recovery.Set{Stop: digest("stop")}},
	{"stop", recovery.Stop{Has: four}},
	{"retire", recovery.Retire{}},
}
