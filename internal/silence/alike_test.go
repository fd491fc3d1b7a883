package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/api"
	"twohens/internal/config"
	"twohens/internal/contact"
	"twohens/internal/daemon"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/storetest"
	"twohens/internal/web"
	"twohens/scratch/scratchtest"
)

var long = flag.Bool("long", false, "TestAlike: every mail on every database, and more rounds")

// rounds is how often a walk is made: the first time cold, then warm. The short form leaves out what differs least from the rest.
func rounds(database string, p post) int {
	short := map[string]int{"sqlite/fast": 2, "sqlite/slow": 1, "sqlite/failing": 1, "postgres/fast": 2, "postgres/down": 1}
	if *long {
		return 4
	}
	return short[database+"/"+string(p)]
}

// clock is the program's, which stands still but when it is moved: whatever differs then is no matter of when it was asked for.
type clock struct {
	began time.Time
	ahead atomic.Int64
}

func (c *clock) now() time.Time          { return c.began.Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// theatre is a stand with a clock and accounts of every kind.
type theatre struct {
	*stand
	*clock
	t     *testing.T
	post  post
	names int
}

func openTheatre(t *testing.T, p post, dsn string) *theatre {
	t.Helper()
	// An hour ahead, so that nothing that is set up by the real clock is younger than what is done with it.
	th := &theatre{t: t, post: p, clock: &clock{began: time.Now().Add(time.Hour).Truncate(time.Millisecond)}}
	s, err := openStand(t.Context(), t.TempDir(), conditions{hash: hashes[0], parallel: 4, post: p, dsn: dsn,
		change: func(c *config.Config) {
			usual := config.Default()
			ways := c.Recovery.Policy.Ways
			c.Recovery.Policy, c.SignIn = usual.Recovery.Policy, usual.SignIn
			c.Recovery.Policy.Ways = ways
			c.Limits.SignInFree = usual.Limits.SignInFree
			c.Limits.Address, c.Limits.AddressNetwork = quota.Limit{Events: 4, Per: 24 * time.Hour}, quota.Limit{} // one network plays everybody
			c.Limits.Account, c.Limits.AccountNetwork, c.Limits.Destination = usual.Limits.Account, usual.Limits.AccountNetwork, usual.Limits.Destination
			c.Listen.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		},
		before: func(d *daemon.Daemon) { d.Engine.Now, d.Gate.Now = th.now, th.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	th.stand = s
	return th
}

// settled waits until nothing waits in the lanes. That of finding is where accounts are looked for, and what is asked by heart is copied;
// messages are in the others.
func (th *theatre) settled(lanes ...engine.Lane) {
	th.t.Helper()
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(3 * time.Millisecond) {
		waiting := 0
		list, err := th.Store.Backlog(th.t.Context())
		if err != nil {
			th.t.Fatal(err)
		}
		for _, b := range list {
			if slices.Contains(lanes, b.Lane) {
				waiting += b.Waiting
			}
		}
		if waiting == 0 {
			return
		}
		if time.Now().After(end) {
			th.t.Fatalf("%d effects were not carried out", waiting)
		}
	}
}

const oldPassword = "the old one, forgotten"

// kinds are who an address may belong to.
var kinds = []struct {
	name string
	own  func(ctx context.Context, s *stand, a accounts.Row) error // nil: there is no account
	has  string                                                    // of: password, phone, disabled
}{
	{"nobody", nil, ""},
	{"nobody again", nil, ""},
	{"everything", setEverything, "password phone"},
	{"no phone", setEverything, "password"},
	{"no questions", nothing, "password phone"},
	{"no password", setEverything, "phone"},
	{"disabled", setEverything, "password phone disabled"},
	{"locked", setEverything, "password phone"},
}

func setEverything(ctx context.Context, s *stand, a accounts.Row) error {
	if err := setQuestions(ctx, s, a); err != nil {
		return err
	}
	return setSaved(ctx, s, a)
}

// name is an address that is nobody's yet, all of the same length.
func (th *theatre) name() string {
	th.names++
	return fmt.Sprintf("person%04d@silence.example", th.names)
}

// add makes an account and gives its address.
func (th *theatre) add(has string, own func(context.Context, *stand, accounts.Row) error) string {
	th.t.Helper()
	at := th.name()
	email, err := contact.ParseEmail(at)
	if err != nil {
		th.t.Fatal(err)
	}
	var phones []contact.Phone
	if strings.Contains(has, "phone") {
		phone, err := contact.ParsePhone(fmt.Sprintf("+34600%06d", th.names), "")
		if err != nil {
			th.t.Fatal(err)
		}
		phones = append(phones, phone)
	}
	var chosen *password.Password
	if strings.Contains(has, "password") {
		p, err := password.New(oldPassword)
		if err != nil {
			th.t.Fatal(err)
		}
		chosen = &p
	}
	account, err := th.Accounts.Add(th.t.Context(), email, chosen, "en", phones...)
	if err == nil && own != nil {
		err = own(th.t.Context(), th.stand, account)
	}
	if err == nil && strings.Contains(has, "disabled") {
		err = th.Accounts.Disable(th.t.Context(), email, true)
	}
	if err != nil {
		th.t.Fatal(err)
	}
	return at
}

func (th *theatre) walker(kind, at string) *walker {
	th.names++
	return &walker{t: th.t, s: th.stand, kind: kind, at: at, cookies: map[string]string{}, client: fmt.Sprintf("10.0.%d.%d", th.names>>8, th.names&255)}
}

// cast makes a walker for an address of every kind.
func (th *theatre) cast() (all []*walker) {
	th.t.Helper()
	for _, k := range kinds {
		at := th.name()
		if k.own != nil {
			at = th.add(k.has, k.own)
		}
		if k.name == "locked" { // guessed at until the day's budget was over
			for range 3 {
				guesser := th.walker(k.name, at)
				guesser.take(step{route: "POST /api/v1/requests", body: opens, want: "201"})
				guesser.take(step{route: "POST /api/v1/request/way", body: `{"way":"email"}`, want: "200 sent"})
				th.settled(engine.LaneFind)
				for n := range 5 {
					guesser.take(step{route: "POST /api/v1/request/code", body: wrongCode, want: []string{"200 wrong", "200 tries_used"}[n/4]})
				}
			}
			th.advance(24*time.Hour - 20*time.Minute) // the limit of the address is over, the budget is not
		}
		all = append(all, th.walker(k.name, at))
	}
	return all
}

// play has all walkers take the steps of an act, each in order, and who is next by lot; then compares what they saw.
func (th *theatre) play(all []*walker, a act) {
	th.t.Helper()
	if a.sent {
		if th.post != postFast && th.post != postSlow {
			return
		}
		th.settled(engine.LaneFind, engine.LaneMail, engine.LaneText)
	}
	th.settled(engine.LaneFind)
	if a.wait > 0 {
		th.advance(a.wait)
	}
	if a.cards {
		th.ripen(all)
	}
	at := make([]int, len(all))
	for left := len(all) * len(a.steps); left > 0; left-- {
		i := rand.IntN(len(all))
		for at[i] == len(a.steps) {
			i = (i + 1) % len(all)
		}
		all[i].take(a.steps[at[i]])
		at[i]++
	}
	compareSeen(th.t, all)
}

// ripen waits until the cards that walkers hold count: sooner would be quicker than a person.
func (th *theatre) ripen(all []*walker) {
	for _, w := range all {
		for _, card := range w.cards {
			from, err := scratchtest.From(th.keys, card)
			if err != nil {
				th.t.Fatal(err)
			}
			time.Sleep(time.Until(from)) // by the clock of the cards, which is the real one
		}
	}
}

func compareSeen(t *testing.T, all []*walker) {
	t.Helper()
	for _, w := range all[1:] {
		for i, got := range w.seen {
			if d := differ(got.text, all[0].seen[i].text); d != "" {
				t.Errorf("%s: %s differs from %s, %s", got.step, w.kind, all[0].kind, d)
			}
		}
	}
	for _, w := range all {
		w.seen = nil
	}
}

// over every page and every call, sending again and failures included, with the mail fast, slow, failing and down, on both
// databases, cold and warm, status, headers, cookies and body are the same byte for byte for everybody.
func TestAlike(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		for _, p := range posts {
			n := rounds(database, p)
			if n == 0 {
				continue
			}
			t.Run(database+"/"+string(p), func(t *testing.T) {
				t.Parallel()
				dsn := ""
				if database == "postgres" {
					dsn = storetest.Postgres(t)
				}
				th := openTheatre(t, p, dsn)
				for range n {
					all := th.cast()
					for _, a := range walk() {
						th.play(all, a)
					}
					th.owners()
					th.advance(48 * time.Hour)
				}
			})
		}
	}
}

// owners sign in and add addresses and numbers: free ones, taken ones, and such as belong to a disabled account. Nobody can tell.
func (th *theatre) owners() {
	th.t.Helper()
	var all []*walker
	for _, kind := range []string{"free", "taken", "disabled"} {
		w := th.walker(kind, th.add("password", nothing))
		free := th.name()
		number := fmt.Sprintf("600%06d", th.names)
		switch kind {
		case "taken":
			free = th.add("phone", nothing)
			number = fmt.Sprintf("600%06d", th.names)
		case "disabled":
			free = th.add("phone disabled", nothing)
			number = fmt.Sprintf("600%06d", th.names)
		}
		w.also = []string{free, number, "+34" + number, number[:3] + " " + number[3:5] + " " + number[5:7] + " " + number[7:]}
		all = append(all, w)
	}
	for _, a := range ownersWalk() {
		th.play(all, a)
	}
}

// Every route of the two tables is walked by somebody. What is new needs a step.
func TestEveryRouteIsWalked(t *testing.T) {
	walked := map[string]bool{}
	for _, a := range slices.Concat(walk(), ownersWalk()) {
		for _, st := range a.steps {
			walked[st.route] = true
		}
	}
	for _, route := range slices.Concat(web.Routes(), api.Routes()) {
		if !walked[route] {
			t.Errorf("%s: nobody has looked whether it answers everybody alike; add a step to walk_test.go", route)
		}
		delete(walked, route)
	}
	for route := range walked {
		t.Errorf("%s is walked, and not served", route)
	}
}

// What is compared sees every difference but those of what is random, and sees when that is longer.
func TestPlain(t *testing.T) {
	const at = "person0001@silence.example"
	answer := func(change func(r *http.Response, body *string)) string {
		body := `<input name="claim" value="` + strings.Repeat("c", 22) + `"> for ` + at + ` <label for="answer-1">Which?</label>`
		r := &http.Response{Proto: "HTTP/1.1", Status: "200 OK", Header: http.Header{
			"Date": {time.Now().UTC().Format(http.TimeFormat)}, "Content-Type": {"text/html"}, "Set-Cookie": {"a=bcd; Path=/; HttpOnly"},
		}}
		if change != nil {
			change(r, &body)
		}
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return plain(t, r, []byte(body), []string{at})
	}
	want := answer(nil)
	for name, change := range map[string]func(r *http.Response, body *string){
		"another claim": func(_ *http.Response, body *string) {
			*body = strings.Replace(*body, strings.Repeat("c", 22), strings.Repeat("d", 22), 1)
		},
		"another cookie":   func(r *http.Response, _ *string) { r.Header.Set("Set-Cookie", "a=xyz; Path=/; HttpOnly") },
		"another question": func(_ *http.Response, body *string) { *body = strings.Replace(*body, "Which?", "Which one was it?", 1) },
	} {
		if d := differ(answer(change), want); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, change := range map[string]func(r *http.Response, body *string){
		"status":            func(r *http.Response, _ *string) { r.Status = "202 Accepted" },
		"header":            func(r *http.Response, _ *string) { r.Header.Set("X-Known", "") },
		"value of a header": func(r *http.Response, _ *string) { r.Header.Set("Content-Type", "text/html;") },
		"a header twice":    func(r *http.Response, _ *string) { r.Header.Add("Content-Type", "text/html") },
		"one more cookie":   func(r *http.Response, _ *string) { r.Header.Add("Set-Cookie", "b=1") },
		"a longer cookie":   func(r *http.Response, _ *string) { r.Header.Set("Set-Cookie", "a=bcde; Path=/; HttpOnly") },
		"a cookie's path":   func(r *http.Response, _ *string) { r.Header.Set("Set-Cookie", "a=bcd; Path=/x; HttpOnly") },
		"a byte":            func(_ *http.Response, body *string) { *body += " " },
		"a longer claim":    func(_ *http.Response, body *string) { *body = strings.Replace(*body, "ccc", "cccc", 1) },
		"another address": func(_ *http.Response, body *string) {
			*body = strings.Replace(*body, at, "person0002@silence.example", 1)
		},
	} {
		if differ(answer(change), want) == "" {
			t.Errorf("%s: it was not seen", name)
		}
	}
}

// The order of answers is told by how far it is from one half, and by nothing else.
func TestPairing(t *testing.T) {
	for _, c := range []struct {
		p    pairing
		told bool
	}{{pairing{20000, 10000}, false}, {pairing{20000, 10318}, false}, {pairing{20000, 10319}, true}, {pairing{20000, 9681}, true}, {pairing{100, 60}, false}} {
		if c.p.told() != c.told {
			t.Errorf("%+v: z is %.3f, told %t", c.p, c.p.z(), !c.told)
		}
	}
}
