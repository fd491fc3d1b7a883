package gate_test

import (
	"net/netip"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// yard is a gate whose cards the tests can solve, on a clock of their own.
type yard struct {
	*gate.Gate
	t    *testing.T
	keys scratch.Keys
	now  time.Time
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{t: t, now: time.Date(2027, 3, 4, 10, 15, 0, 0, time.UTC)}
	clock := func() time.Time { return y.now }
	var err error
	if y.keys, err = scratch.NewKeys(scratch.Key{ID: "1", Secret: secret.NewKey().Bytes()}); err != nil {
		t.Fatal(err)
	}
	dealer, err := scratch.New(scratch.Config{Keys: y.keys, Spent: scratch.NewMemory(1000, clock), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	many := quota.Limit{Events: 10000, Per: time.Hour}
	y.Gate = &gate.Gate{
		Dealer: dealer, Host: "fernbank.example", Limiter: quota.NewMemory(0), Heat: quota.NewMemory(0), Hash: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Now: clock,
		Limits: gate.Limits{
			Address: quota.Limit{Events: 6, Per: time.Hour}, Network: many, Wide: many, Site: many, Plain: many, PlainSite: many, Failures: many,
			SignInFree: quota.Limit{Events: 3, Per: time.Hour}, SignInAddress: quota.Limit{Events: 60, Per: time.Hour},
		},
	}
	return y
}

func (y *yard) knock() gate.Knock {
	y.t.Helper()
	address, err := contact.ParseEmail("ann@fernbank.example")
	if err != nil {
		y.t.Fatal(err)
	}
	return gate.Knock{Address: address, Client: netip.MustParseAddr("192.0.2.7")}
}

// solved is a knock with a card that was answered as a person would.
func (y *yard) solved(action gate.Action) gate.Knock {
	y.t.Helper()
	card, err := y.Plain(action, scratch.Pick)
	if err != nil {
		y.t.Fatal(err)
	}
	numbers, err := scratchtest.Pick(y.keys, card)
	if err != nil {
		y.t.Fatal(err)
	}
	k := y.knock()
	k.Card = card
	for _, n := range numbers {
		k.Picks |= 1 << (n - 1)
	}
	y.now = y.now.Add(4 * time.Second)
	return k
}

// signIn asks for a pass and says why there is none.
func (y *yard) signIn(k gate.Knock) (gate.Pass, gate.Reason) {
	y.t.Helper()
	pass, refusal, err := y.SignIn(y.t.Context(), k)
	if err != nil {
		y.t.Fatal(err)
	}
	return pass, refusal.Reason
}

// A script that solves no card must not use up an address: its owner, who solves one, still signs in.
func TestAttackSignInUsedUpWithoutCards(t *testing.T) {
	y := newYard(t)
	for range 500 {
		y.signIn(y.knock())
	}
	if _, reason := y.signIn(y.solved(gate.SignIn)); reason != "" {
		t.Errorf("the owner is refused: %s", reason)
	}
}

// Many at once on one address get no more than the limit, with cards solved too.
func TestSignInLimitOfAnAddress(t *testing.T) {
	y := newYard(t)
	passed := 0
	for range 80 {
		if _, reason := y.signIn(y.solved(gate.SignIn)); reason == "" {
			passed++
		}
	}
	if passed < 60 || passed > 66 { // some came back while the cards were being answered
		t.Errorf("%d passed", passed)
	}
}

// Whether the owner has signed in cannot be read from when the chickens are asked for: what took no free try gives none back.
func TestAttackSignInGivesNoTryAway(t *testing.T) {
	y := newYard(t)
	for range 3 {
		if _, reason := y.signIn(y.knock()); reason != "" {
			t.Fatal(reason)
		}
	}
	pass, reason := y.signIn(y.solved(gate.SignIn))
	if reason != "" {
		t.Fatal(reason)
	}
	if err := y.SignedIn(t.Context(), pass); err != nil {
		t.Fatal(err)
	}
	if _, reason := y.signIn(y.knock()); reason != gate.NoAnswer {
		t.Errorf("a stranger is asked for no card once the owner has signed in: %q", reason)
	}
}

// A sign-in that took a free try and was right gives it back.
func TestSignedInGivesBack(t *testing.T) {
	y := newYard(t)
	for range 10 {
		pass, reason := y.signIn(y.knock())
		if reason != "" {
			t.Fatal(reason)
		}
		if err := y.SignedIn(t.Context(), pass); err != nil {
			t.Fatal(err)
		}
	}
}

// Changes of one account are limited wherever they come from, and those from one network whatever the account; others are let alone.
func TestChangeLimits(t *testing.T) {
	y := newYard(t)
	y.Limits.Changes, y.Limits.Network = quota.Limit{Events: 3, Per: 24 * time.Hour}, quota.Limit{Events: 5, Per: time.Hour}
	change := func(account, client string) gate.Reason {
		t.Helper()
		refusal, err := y.Change(t.Context(), account, netip.MustParseAddr(client))
		if err != nil {
			t.Fatal(err)
		}
		return refusal.Reason
	}
	for i, c := range []struct {
		account, client string
		want            gate.Reason
	}{
		{"a", "192.0.2.1", ""}, {"a", "192.0.2.2", ""}, {"a", "192.0.2.3", ""}, {"a", "192.0.2.4", gate.Limited},
		{"b", "192.0.2.4", ""}, {"b", "192.0.2.4", ""}, {"c", "192.0.2.4", ""}, {"d", "192.0.2.4", ""}, {"e", "192.0.2.4", ""},
		{"f", "192.0.2.4", gate.Limited}, {"f", "192.0.2.5", ""},
	} {
		if got := change(c.account, c.client); got != c.want {
			t.Errorf("change %d, of %s from %s: %q, want %q", i+1, c.account, c.client, got, c.want)
		}
	}
	y.Limits.Changes = quota.Limit{}
	if _, err := y.Change(t.Context(), "g", netip.MustParseAddr("192.0.2.6")); err == nil {
		t.Error("a limit that nobody set lets changes through")
	}
}
