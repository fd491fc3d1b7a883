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

// digest is a digest that is not zero; the same name gives the same one.
func digest(name string) secret.Digest {
	var d secret.Digest
	copy(d[:], "digest of "+name)
	return d
}

// opening is what the requests of these tests begin with.
func opening(p recovery.Policy) recovery.Opening {
	return recovery.Opening{
		ID: "request", Policy: p, Address: address("ann@post.example"), Locale: "en", Network: "192.0.2.1/32",
		Nonce: secret.Nonce{1}, Key: "key", Holder: digest("holder"),
	}
}

// findReal and findDecoy are what the worker brings.
func findReal() recovery.Find {
	return recovery.Find{Account: "account", Contact: address("ann@post.example"), Real: true, Link: digest("link")}
}

func findDecoy() recovery.Find {
	return recovery.Find{Account: "made up", Contact: address("ann@post.example"), Link: digest("no link")}
}

// wrong and right are typed codes, as the engine judged them.
func wrong(t recovery.Tally) recovery.Enter {
	return recovery.Enter{Typed: true, Tally: t, Grant: digest("grant")}
}

func right(t recovery.Tally) recovery.Enter {
	return recovery.Enter{Typed: true, Right: true, Tally: t, Grant: digest("grant")}
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
	r.Rounds = slices.Clone(r.Rounds)
	r.Policy.Ways = slices.Clone(r.Policy.Ways)
	r.Policy.CoolDown = slices.Clone(r.Policy.CoolDown)
	return r
}

func same(a, b recovery.Request) bool { return reflect.DeepEqual(a, b) }

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

// does takes a step. An Enter is given the tally as it stands.
func (w *walker) does(a recovery.Action) recovery.Step {
	if enter, ok := a.(recovery.Enter); ok {
		enter.Tally = w.tally
		a = enter
	}
	step := w.Next(a, w.now)
	w.Request = step.Request
	if _, ok := a.(recovery.Enter); ok {
		w.tally = step.Tally
	}
	return step
}

func kinds(effects []recovery.Effect) []recovery.EffectKind {
	var list []recovery.EffectKind
	for _, e := range effects {
		list = append(list, e.Kind)
	}
	return list
}
