package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// noon is when the tests happen: far from now, so that nothing leans on a clock of its own, and not on a whole second.
var noon = time.Date(2031, time.March, 4, 12, 0, 0, int(789*time.Millisecond), time.UTC)

// odd is text that has broken databases before.
const odd = "na\u0301ïve ﷽ 👩‍👩‍👧 \u202eright\u202c 'quoted' \"double\" \\back; -- % _ \t\n ?1 $1 :a @b \U0001F414 İıſK"

// sum draws a digest that nothing else has.
func sum() (d secret.Digest) {
	rand.Read(d[:])
	return d
}

func id() string { return rand.Text() }

func email(t testing.TB, typed string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(typed)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func emails(t testing.TB, typed ...string) (list []contact.Email) {
	t.Helper()
	for _, each := range typed {
		list = append(list, email(t, each))
	}
	return list
}

func phone(t testing.TB, typed string) contact.Phone {
	t.Helper()
	p, err := contact.ParsePhone(typed, "")
	if err != nil {
		t.Fatalf("%s: %v", typed, err)
	}
	return p
}

func phones(t testing.TB, typed ...string) (list []contact.Phone) {
	t.Helper()
	for _, each := range typed {
		list = append(list, phone(t, each))
	}
	return list
}

// opened is a request as it begins.
func opened(t testing.TB) recovery.Request {
	t.Helper()
	r, _ := recovery.Open(recovery.Opening{
		ID: recovery.ID(id()), Policy: recovery.Classic(), Address: email(t, "ann@post.example"), Locale: "en",
		Network: "192.0.2.7/32", Nonce: secret.NewNonce(), Key: "k1", Holder: sum(),
	}, noon)
	return r
}

// found is a request whose account was copied in.
func found(t testing.TB, account string) recovery.Request {
	t.Helper()
	return opened(t).Next(recovery.Find{
		Account: account, Contact: email(t, "ann@post.example"), Real: true, Link: sum(),
	}, noon).Request
}

// granted is a request that was proved.
func granted(t testing.TB, account string) recovery.Request {
	t.Helper()
	r := found(t, account).Next(recovery.Choose{Way: recovery.WayEmail}, noon).Request
	step := r.Next(recovery.Enter{Typed: true, Right: true, Grant: sum()}, noon)
	if step.Outcome != recovery.Proved {
		t.Fatalf("the sample was not proved: %s", step.Outcome)
	}
	return step.Request
}

// full is a request with something in every field, so that a field which an adapter forgets is seen.
func full(t testing.TB) recovery.Request {
	t.Helper()
	r := granted(t, "account of "+odd)
	r.Locale, r.Network, r.Key = "zh-Hans", "2001:db8:12:3400::/56", "key "+odd
	r.Speaks, r.Epoch = "ar", 1_900_000_000_000
	r.Address, r.Contact = email(t, "r\u00e9n\u00e9.用户+1@mu\u0308nchen.example"), email(t, "O'Neil@post.example")
	r.Link, r.Stop, r.Known, r.Tries = sum(), sum(), sum(), 4
	r.Phone = phone(t, "+34600123456")
	r.Asked = []recovery.Asked{{Question: odd, Digest: "$argon2id$1"}, {Question: "pet", Digest: "$argon2id$2"}}
	r.Saved = []string{"$argon2id$3", "", "$argon2id$4"}
	r.Asking, r.Proven = []recovery.Way{recovery.WayQuestions, recovery.WaySaved}, []recovery.Way{recovery.WayEmail, recovery.WaySaved}
	r.Rounds = append(r.Rounds, recovery.Round{Way: recovery.WayPhone, Number: 2, First: noon.Add(time.Millisecond), Until: noon.Add(time.Hour)})
	for i := range reflect.TypeOf(r).NumField() {
		if reflect.ValueOf(r).Field(i).IsZero() {
			t.Fatalf("the sample request has nothing in %s", reflect.TypeOf(r).Field(i).Name)
		}
	}
	return r
}

// entry is an effect to send a code, due at noon.
func entry(request recovery.ID) engine.Entry {
	return engine.Entry{
		ID: id(), Request: request, Created: noon, Due: noon,
		Effect: recovery.Effect{Kind: recovery.EffectSend, Way: recovery.WayEmail, Round: 1, NotAfter: noon.Add(time.Hour)},
	}
}

func session(account string) engine.Session {
	return engine.Session{
		ID: sum(), Account: account, Began: noon, Seen: noon, Proved: noon, Expires: noon.Add(time.Hour),
		Browser: "Lynx", Network: "192.0.2.7/32",
	}
}

// save makes a change that has to succeed.
func save(t testing.TB, s engine.Store, c engine.Change) {
	t.Helper()
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

// create saves new requests.
func create(t testing.TB, s engine.Store, list ...recovery.Request) {
	t.Helper()
	for _, r := range list {
		save(t, s, engine.Change{Create: &r})
	}
}

// load loads a request that has to be there.
func load(t testing.TB, s engine.Store, by recovery.ID) engine.Stored {
	t.Helper()
	stored, err := s.Request(t.Context(), engine.Key{ID: by})
	if err != nil {
		t.Fatalf("Request: %v", err)
	}
	return stored
}

// changed wants ErrChanged, by itself: callers compare with ==.
func changed(t testing.TB, err error) {
	t.Helper()
	if err != engine.ErrChanged {
		t.Fatalf("got %v, want ErrChanged", err)
	}
}

// same compares what was saved with what was loaded, field by field.
func same[T any](t testing.TB, got, want T) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	if g.Kind() == reflect.Struct {
		for i := range g.NumField() {
			if a, b := g.Field(i).Interface(), w.Field(i).Interface(); !reflect.DeepEqual(a, b) {
				t.Errorf("%s: got %v, want %v", g.Type().Field(i).Name, a, b)
			}
		}
		t.FailNow()
	}
	t.Fatalf("got %v, want %v", got, want)
}

// race calls do n times at once and counts how often it succeeded. Any error but the expected one fails the test.
func race(t testing.TB, n int, expected error, do func(ctx context.Context, i int) error) int {
	t.Helper()
	var (
		won   atomic.Int64
		start = make(chan struct{})
		all   sync.WaitGroup
	)
	for i := range n {
		all.Go(func() {
			<-start
			switch err := do(t.Context(), i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, expected):
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	close(start)
	all.Wait()
	return int(won.Load())
}
