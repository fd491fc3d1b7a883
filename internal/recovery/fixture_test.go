package recovery_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// noon is when things begin in these tests.
var noon = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func itoa(n int) string { return strconv.Itoa(n) }

func address(text string) contact.Email {
	e, err := contact.ParseEmail(text)
	if err != nil {
		panic(err)
	}
	return e
}

func number(typed string) contact.Phone {
	p, err := contact.ParsePhone(typed, "")
	if err != nil {
		panic(err)
	}
	return p
}

var (
	ann      = address("ann@post.example")
	annPhone = number("+34 612 345 678")
)

// digest is a digest that is not zero; the same name gives the same one.
func digest(name string) secret.Digest {
	var d secret.Digest
	copy(d[:], "digest of "+name)
	return d
}

// opening is what the requests of these tests begin with.
func opening(p recovery.Policy) recovery.Opening {
	return recovery.Opening{
		ID: "request", Policy: p, Address: ann, Locale: "en", Network: "192.0.2.1/32",
		Nonce: secret.Nonce{1}, Key: "key", Holder: digest("holder"),
	}
}

// findReal, findPhoneless and findDecoy are what the worker brings.
func findReal() recovery.Find {
	return recovery.Find{Account: "account", Contact: ann, Phone: annPhone, Real: true, Link: digest("link")}
}

func findPhoneless() recovery.Find {
	return recovery.Find{Account: "account", Contact: ann, Real: true, Link: digest("link")}
}

func findDecoy() recovery.Find {
	return recovery.Find{Account: "made up", Contact: ann, Link: digest("no link")}
}

// askQuestions and askSaved are what the worker brings of the account's; decoyQuestions and decoySaved look the same.
func askQuestions() recovery.Ask   { return asked("account's") }
func decoyQuestions() recovery.Ask { return asked("made up") }

func asked(whose string) recovery.Ask {
	return recovery.Ask{Asked: []recovery.Asked{{Question: "first-concert", Digest: whose + " 1"}, {Question: "first-boss", Digest: whose + " 2"}}}
}

func askSaved() recovery.Ask { return recovery.Ask{Saved: []string{"account's a", "", "account's c"}} }
func decoySaved() recovery.Ask {
	return recovery.Ask{Saved: []string{"made up a", "made up b", "made up c"}}
}

// wrong and right are typed codes, as the engine judged them.
func wrong(t recovery.Tally) recovery.Enter {
	return recovery.Enter{Typed: true, Tally: t, Grant: digest("grant")}
}

func right(t recovery.Tally) recovery.Enter {
	return recovery.Enter{Typed: true, Right: true, Tally: t, Grant: digest("grant")}
}

// missed and answered are answers, or a saved code, as the engine judged them.
func missed(t recovery.Tally) recovery.Answer {
	return recovery.Answer{Given: true, Tally: t, Grant: digest("grant"), Stop: digest("stop")}
}

func answered(t recovery.Tally) recovery.Answer {
	return recovery.Answer{Given: true, Right: true, Tally: t, Grant: digest("grant"), Stop: digest("stop")}
}

// nameOf is the name by which the table of edges knows an action: that of its type.
func nameOf(a recovery.Action) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", a), "recovery."))
}

// inTable says whether the table of edges has this one.
func inTable(from recovery.State, by string, to recovery.State) bool {
	return slices.ContainsFunc(recovery.Edges, func(e recovery.Edge) bool {
		return e.From == from && e.By == by && e.To == to
	})
}

// clone copies a request with everything that it refers to.
func clone(r recovery.Request) recovery.Request {
	r.Rounds, r.Proven, r.Asking = slices.Clone(r.Rounds), slices.Clone(r.Proven), slices.Clone(r.Asking)
	r.Asked, r.Saved = slices.Clone(r.Asked), slices.Clone(r.Saved)
	r.Policy.Ways, r.Policy.CoolDown = slices.Clone(r.Policy.Ways), slices.Clone(r.Policy.CoolDown)
	r.Policy.Proofs = slices.Clone(r.Policy.Proofs)
	for i, set := range r.Policy.Proofs {
		r.Policy.Proofs[i] = slices.Clone(set)
	}
	return r
}

// same compares field by field, as a whole where the language can: reflection would go through each digest byte by byte.
func same(a, b recovery.Request) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		fa, fb := va.Field(i), vb.Field(i)
		if fa.Type().Comparable() {
			if fa.Interface() != fb.Interface() {
				return false
			}
		} else if !reflect.DeepEqual(fa.Interface(), fb.Interface()) {
			return false
		}
	}
	return true
}

// walker takes steps on one request and keeps its account's tally, as the engine and the store do.
type walker struct {
	recovery.Request
	tally recovery.Tally
	now   time.Time
}

// begin opens a request at noon.
func begin(p recovery.Policy) *walker {
	r, _ := recovery.Open(opening(p), noon)
	return &walker{Request: r, now: noon}
}

func (w *walker) wait(d time.Duration) *walker {
	w.now = w.now.Add(d)
	return w
}

// does takes a step. An action that knows of the tally is given it as it stands.
func (w *walker) does(a recovery.Action) recovery.Step {
	a, tallied := withTally(a, w.tally)
	step := w.Next(a, w.now)
	w.Request = step.Request
	if tallied {
		w.tally = step.Tally
	}
	return step
}

// withTally gives an action the account's tally, if it is one that may change it.
func withTally(a recovery.Action, t recovery.Tally) (recovery.Action, bool) {
	switch a := a.(type) {
	case recovery.Enter:
		a.Tally = t
		return a, true
	case recovery.Answer:
		a.Tally = t
		return a, true
	case recovery.Stop:
		a.Tally = t
		if a.Has == nil {
			a.Has = four
		}
		return a, true
	case recovery.Follow:
		a.Tally = t
		return a, false
	}
	return a, false
}

// chosen has the way chosen, and the worker bring what it is judged by. Then rightFor proves it.
func (w *walker) chosen(way recovery.Way) recovery.Outcome {
	step := w.does(recovery.Choose{Way: way})
	switch way {
	case recovery.WayQuestions:
		w.does(askQuestions())
	case recovery.WaySaved:
		w.does(askSaved())
	}
	return step.Outcome
}

// rightFor is what proves a way, once it was chosen.
func rightFor(way recovery.Way) recovery.Action {
	if way.ByHeart() {
		return answered(recovery.Tally{})
	}
	return right(recovery.Tally{})
}

// wrongFor is what does not.
func wrongFor(way recovery.Way) recovery.Action {
	if way.ByHeart() {
		return missed(recovery.Tally{})
	}
	return wrong(recovery.Tally{})
}

// four are all ways that there are.
var four = []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions, recovery.WaySaved}

// anyTwo asks for two ways, whichever they are.
func anyTwo() recovery.Policy {
	p := recovery.Classic()
	p.Ways, p.Proofs = four, nil
	for i, one := range four {
		for _, other := range four[i+1:] {
			p.Proofs = append(p.Proofs, []recovery.Way{one, other})
		}
	}
	return p
}

// withAll is a policy with every way switched on.
func withAll(p recovery.Policy) recovery.Policy {
	p.Ways = four
	return p
}

func kinds(effects []recovery.Effect) []recovery.EffectKind {
	var list []recovery.EffectKind
	for _, e := range effects {
		list = append(list, e.Kind)
	}
	return list
}
