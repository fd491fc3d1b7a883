package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/recovery"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// request is one, ready to be sent.
type request struct {
	path   string
	body   string
	header [][2]string // names in small letters, as HTTP/2 wants them
	want   string      // the status, and where to or which outcome
}

// page is a form that a browser with a request posts.
func (s *stand) page(path, holder, want string, form url.Values) request {
	return request{path, form.Encode(), [][2]string{
		{"content-type", "application/x-www-form-urlencoded"}, {"sec-fetch-site", "same-origin"}, {"cookie", s.cookie + "=" + holder},
	}, want}
}

// apiCall is a call under the secret of a request.
func apiCall(path, holder, want string, body any) request {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps of strings
	}
	return request{"/api/v1" + path, string(text), [][2]string{{"content-type", "application/json"}, {"twohens-request", holder}}, want}
}

// send sends it, and returns how long the answer took. Another answer than is wanted is an error.
func (s *stand) send(ctx context.Context, a request, plant time.Duration) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+a.path, strings.NewReader(a.body))
	if err != nil {
		return 0, err
	}
	for _, h := range a.header {
		r.Header.Set(h[0], h[1])
	}
	answer, content, took, err := s.timed(r, plant)
	if err != nil {
		return 0, err
	}
	return took, a.check(answer.StatusCode, answer.Header.Get("Location"), content)
}

func (a request) check(status int, location string, content []byte) error {
	var told struct{ Outcome string }
	if bytes.HasPrefix(content, []byte("{")) {
		if err := json.Unmarshal(content, &told); err != nil {
			return err
		}
	}
	if got := strings.TrimSpace(fmt.Sprint(status, " ", location, told.Outcome)); got != a.want {
		return fmt.Errorf("%s: answered by %q, not by %q", a.path, got, a.want)
	}
	return nil
}

// person is an address of a class, and where its request stands.
type person struct {
	address, holder string
}

// stroll is a step of the walk whose time is taken.
type stroll struct {
	way   recovery.Way                                                         // chosen before; WayNone: no request is opened
	fresh bool                                                                 // each sample has a request of its own, opened just before
	ask   func(ctx context.Context, s *stand, p person) (a request, err error) // what is timed
}

// people are the classes of the strolls: who an address may belong to.
var people = []struct {
	name string
	role role
	own  func(ctx context.Context, s *stand, account accounts.Row) error
	off  bool
}{
	{"no account", first, nil, false},
	{"no account, again", again, nil, false},
	{"an account with an address", kept, nothing, false},
	{"an account with everything", kept, setAll, false},
	{"a disabled account", kept, setAll, true},
}

func setAll(ctx context.Context, s *stand, account accounts.Row) error {
	if err := setQuestions(ctx, s, account); err != nil {
		return err
	}
	return setSaved(ctx, s, account)
}

// prepare makes the accounts and requests of all classes, in an order drawn by lot.
func (st stroll) prepare(ctx context.Context, s *stand, subjects int) ([]class, error) {
	list := people
	for _, p := range plants {
		list = append(list[:len(list):len(list)], struct {
			name string
			role role
			own  func(ctx context.Context, s *stand, account accounts.Row) error
			off  bool
		}{p.name, planted, nil, false})
	}
	persons := make([][]person, len(list))
	classes := make([]class, len(list))
	for i, l := range list {
		persons[i] = make([]person, subjects)
		var plant time.Duration
		if l.role == planted {
			plant = plants[i-len(people)].delay
		}
		ask := func(ctx context.Context, n int) (request, error) {
			p := persons[i][n%subjects]
			if st.fresh {
				if err := s.opened(ctx, n, &p); err != nil {
					return request{}, err
				}
			}
			return st.ask(ctx, s, p)
		}
		classes[i] = class{l.name, l.role, plant, func(ctx context.Context, n int) (time.Duration, error) {
			a, err := ask(ctx, n)
			if err != nil {
				return 0, err
			}
			select {
			case <-time.After(s.pause):
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			return s.send(ctx, a, plant)
		}, ask}
	}
	chosen, err := password.New("hens hate tall gates")
	if err != nil {
		return nil, err
	}
	// All accounts first, and then all requests, each in an order of its own: otherwise rows of one class would lie at the same places of the
	// database's pages, or come at another pace than those of the others, since accounts take a while to be made.
	lot := func(do func(n, class, subject int) error) error {
		order := rand.Perm(subjects * len(list))
		return each(len(order), func(at int) error { n := order[at]; return do(n, n%len(list), n/len(list)) })
	}
	err = lot(func(n, class, subject int) error {
		l, p := list[class], &persons[class][subject]
		p.address = fmt.Sprintf("person%06d@silence.example", n)
		if l.own == nil {
			return nil
		}
		return s.settle(ctx, n, p.address, &chosen, l.own, l.off)
	})
	if err == nil && st.way != recovery.WayNone {
		err = lot(func(n, class, subject int) error {
			p := &persons[class][subject]
			var err error
			p.holder, err = s.reach(ctx, n, p.address, st.way)
			return err
		})
	}
	if err == nil {
		err = s.looked(ctx)
	}
	return classes, err
}

// looked waits until every account was looked for.
func (s *stand) looked(ctx context.Context) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		list, err := s.Store.Backlog(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(b engine.Backlog) bool { return b.Lane == engine.LaneFind && b.Waiting > 0 }) {
			return nil
		}
	}
	return errors.New("accounts were not looked for within a minute")
}

// settle makes an account, with a password or without one.
func (s *stand) settle(ctx context.Context, n int, address string, chosen *password.Password, own func(context.Context, *stand, accounts.Row) error, off bool) error {
	email, err := contact.ParseEmail(address)
	if err != nil {
		return err
	}
	phone, err := contact.ParsePhone(fmt.Sprintf("+34600%06d", n), "")
	if err != nil {
		return err
	}
	account, err := s.Accounts.Add(ctx, email, chosen, "", phone)
	if err == nil {
		err = own(ctx, s, account)
	}
	if err == nil && off {
		err = s.Accounts.Disable(ctx, email, true)
	}
	return err
}

// opened gives a person a request that waits for the choice.
func (s *stand) opened(ctx context.Context, n int, p *person) error {
	var told struct{ Request string }
	client := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	_, err := s.call(ctx, "POST", "/requests", map[string]string{"address": p.address, "client": client}, "", 0, &told)
	p.holder = told.Request
	return err
}

// The strolls. The API's are beside the pages', since they have no more in common than the engine.
var (
	addressCall = stroll{ask: func(_ context.Context, s *stand, p person) (request, error) {
		a := apiCall("/requests", "", "201", map[string]string{"address": p.address, "client": "10.9.8.7"})
		a.header[1] = [2]string{"authorization", "Bearer " + s.key}
		return a, nil
	}}
	addressPage = stroll{ask: func(_ context.Context, s *stand, p person) (request, error) {
		form, err := s.deck.solved(s)
		if err != nil {
			return request{}, err
		}
		form.Set("address", p.address)
		return s.page("/recover", "", "303 /recover/choose", form), nil
	}}
	choosePage = stroll{fresh: true, ask: func(_ context.Context, s *stand, p person) (request, error) {
		return s.page("/recover/choose", p.holder, "303 /recover/code?said=sent", url.Values{"way": {"email"}}), nil
	}}
	chooseCall = stroll{fresh: true, ask: func(_ context.Context, _ *stand, p person) (request, error) {
		return apiCall("/request/way", p.holder, "200 sent", map[string]string{"way": "email"}), nil
	}}
	resendPage = stroll{way: recovery.WayEmail, ask: func(_ context.Context, s *stand, p person) (request, error) {
		return s.page("/recover/resend", p.holder, "303 /recover/code?said=sent_again", nil), nil
	}}
	resendCall = stroll{way: recovery.WayEmail, ask: func(_ context.Context, _ *stand, p person) (request, error) {
		return apiCall("/request/resend", p.holder, "200 sent_again", map[string]string{}), nil
	}}
	codePage = stroll{way: recovery.WayEmail, ask: func(_ context.Context, s *stand, p person) (request, error) {
		return s.page("/recover/code", p.holder, "303 /recover/code?said=wrong", url.Values{"code": {"11112222"}}), nil
	}}
	codeCall = stroll{way: recovery.WayEmail, ask: func(_ context.Context, _ *stand, p person) (request, error) {
		return apiCall("/request/code", p.holder, "200 wrong", map[string]string{"code": "11112222"}), nil
	}}
	questionsPage = stroll{way: recovery.WayQuestions, ask: func(_ context.Context, s *stand, p person) (request, error) {
		form := url.Values{"answer-1": {wrongAnswer}, "answer-2": {wrongAnswer}}
		return s.page("/recover/questions", p.holder, "303 /recover/questions?said=missed", form), nil
	}}
	signInPage = stroll{ask: func(_ context.Context, s *stand, p person) (request, error) {
		return s.page("/signin", "", "422", url.Values{"address": {p.address}, "password": {"not that one, is it"}}), nil
	}}
)

// afterChoice is not the choice but what somebody else asks a millisecond later, when the mail is being sent, if there is one: about an address
// that nobody has.
var afterChoice = stroll{fresh: true, ask: func(ctx context.Context, s *stand, p person) (request, error) {
	choice, err := chooseCall.ask(ctx, s, p)
	if err != nil {
		return request{}, err
	}
	if _, err := s.send(ctx, choice, 0); err != nil {
		return request{}, err
	}
	time.Sleep(time.Millisecond)
	return addressCall.ask(ctx, s, person{address: "nobody@silence.example"})
}}

// deck are cards without a script that wait until they count, since nobody is as quick as a program.
type deck struct {
	mu    sync.Mutex
	cards []string
}

// deckSize is so many that the oldest card counts by the time its turn comes.
const deckSize = 4000

// solved takes the oldest card, puts a new one in, and gives the fields of a form with the chickens found.
func (d *deck) solved(s *stand) (url.Values, error) {
	d.mu.Lock()
	for len(d.cards) <= deckSize {
		card, err := s.Gate.Plain(gate.Recover, scratch.Pick)
		if err != nil {
			d.mu.Unlock()
			return nil, err
		}
		d.cards = append(d.cards, card)
	}
	card := d.cards[0]
	d.cards = d.cards[1:]
	d.mu.Unlock()
	from, err := scratchtest.From(s.keys, card)
	if err != nil {
		return nil, err
	}
	time.Sleep(time.Until(from))
	numbers, err := scratchtest.Pick(s.keys, card)
	form := url.Values{"plain": {card}}
	for _, n := range numbers {
		form.Add("pick", strconv.Itoa(n))
	}
	return form, err
}
