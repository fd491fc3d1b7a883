package gate

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// door is a gate with a real dealer, limits in memory, and a clock that stands still until it is moved.
type door struct {
	*Gate
	t    testing.TB
	keys scratch.Keys // of its cards
	at   time.Time
}

var plenty = quota.Limit{Events: 1_000_000, Per: time.Hour}

func newDoor(t testing.TB, change func(*Limits)) *door {
	t.Helper()
	d := &door{t: t, at: time.Date(2026, 11, 23, 8, 37, 18, 0, time.UTC)}
	now := func() time.Time { return d.at }
	limits := Limits{
		Address: plenty, Network: plenty, Wide: plenty, Site: plenty, Picture: plenty, SignInFree: plenty, SignInAddress: plenty,
		Plain: plenty, PlainSite: plenty, Listen: plenty, NoPuzzle: plenty, Failures: plenty, Calm: plenty,
	}
	if change != nil {
		change(&limits)
	}
	d.Gate = &Gate{
		Dealer: d.dealer(scratch.NewMemory(1<<10, now)), Host: "fernbank.example", Limiter: quota.NewMemory(0), Heat: quota.NewMemory(0),
		Keys: keyring{}, Limits: limits, Hash: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Now: now,
	}
	return d
}

// dealer makes a dealer whose cards can be answered at once where there is no script, and after a second where they are rubbed.
func (d *door) dealer(spent scratch.Spent) *scratch.Dealer {
	d.t.Helper()
	var err error
	d.keys, err = scratch.NewKeys(scratch.Key{ID: "1", Secret: secret.NewKey().Bytes()})
	must(d.t, err)
	dealer, err := scratch.New(scratch.Config{
		Keys: d.keys, Spent: spent, Now: func() time.Time { return d.at }, PlainAfter: time.Microsecond, Bits: 1,
	})
	must(d.t, err)
	return dealer
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func address(t testing.TB, s string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(s)
	must(t, err)
	return e
}

// knock is a knock for an address from a client, with no card.
func (d *door) knock(at, client string) Knock {
	d.t.Helper()
	k := Knock{Address: address(d.t, at)}
	if client != "" {
		k.Client = netip.MustParseAddr(client)
	}
	return k
}

// solved is a knock with a card of an action, answered rightly.
func (d *door) solved(at, client string, action Action) Knock {
	d.t.Helper()
	k := d.knock(at, client)
	var err error
	k.Card, err = d.Plain(action, scratch.Pick)
	must(d.t, err)
	k.Picks = d.picks(k.Card)
	return k
}

// picks are the right ones of a card.
func (d *door) picks(card string) (picks scratch.Picks) {
	d.t.Helper()
	numbers, err := scratchtest.Pick(d.keys, card)
	must(d.t, err)
	for _, n := range numbers {
		picks |= 1 << (n - 1)
	}
	return picks
}

// listened is a knock with the response to a challenge that was solved by ear, with a script.
func (d *door) listened(at, client string, place scratch.Place) Knock {
	d.t.Helper()
	k := d.knock(at, client)
	card := d.drawn(scratch.Listen, place)
	d.at = d.at.Add(5 * time.Second)
	verdict, err := d.Dealer.Judge(d.t.Context(), card, place, scratch.Answer{Picks: d.picks(card)})
	must(d.t, err)
	k.Response = verdict.Response
	return k
}

// drawn is a card for some work.
func (d *door) drawn(mode scratch.Mode, place scratch.Place) string {
	d.t.Helper()
	ticket, err := d.Dealer.Deal(scratch.Offer{Place: place, Mode: mode})
	must(d.t, err)
	drawn, err := d.Dealer.Draw(ticket.Sealed, ticket.Work.Solve(), place)
	must(d.t, err)
	return drawn.Card
}

// open knocks, and says why not; empty when it opened.
func (d *door) open(k Knock) Reason {
	d.t.Helper()
	pass, refusal, err := d.Open(d.t.Context(), k)
	return d.told(pass, refusal, err, Recover, k)
}

func (d *door) signIn(k Knock) Reason {
	d.t.Helper()
	pass, refusal, err := d.SignIn(d.t.Context(), k)
	return d.told(pass, refusal, err, SignIn, k)
}

// told checks that there is a pass, good for this action alone, if and only if nothing was refused.
func (d *door) told(pass Pass, refusal Refusal, err error, action Action, k Knock) Reason {
	d.t.Helper()
	must(d.t, err)
	if pass.For(action) != (refusal.Reason == "") || pass.For("") || pass.For(Recover) && pass.For(SignIn) {
		d.t.Errorf("a pass %+v with the refusal %+v", pass, refusal)
	}
	if pass.For(action) && (pass.Address() != k.Address || pass.Network() != Network(k.Client)) {
		d.t.Errorf("a pass for %v from %s", pass.Address(), pass.Network())
	}
	if (refusal.Reason == Limited) != (refusal.RetryAfter > 0) {
		d.t.Errorf("%s: come back after %v", refusal.Reason, refusal.RetryAfter)
	}
	return refusal.Reason
}

// whoever uses up an address keeps only their own network from it. The others have a share each, in the same words for an address that
// nobody has, and a stranger with a whole /48 has one share of it.
func TestAttackAddressUsedUp(t *testing.T) {
	d := newDoor(t, func(l *Limits) {
		l.Address, l.Share = quota.Limit{Events: 6, Per: time.Hour}, quota.Limit{Events: 2, Per: time.Hour}
	})
	begins := func(client string, want int) {
		t.Helper()
		got := 0
		for range want + 3 {
			pass, refusal, err := d.OpenKeyed(t.Context(), APIKey{ID: "k"}, d.knock("ann@post.example", client))
			if d.told(pass, refusal, err, Recover, d.knock("ann@post.example", client)) == "" {
				got++
			}
			if refusal.RetryAfter > 30*time.Minute {
				t.Errorf("%s is to come back after %v", client, refusal.RetryAfter)
			}
		}
		if got != want {
			t.Errorf("%s began %d, want %d", client, got, want)
		}
	}
	begins("192.0.2.1", 8)
	begins("198.51.100.9", 2) // the owner, at home
	begins("2001:db8:1:100::1", 2)
	begins("2001:db8:1:200::1", 0)
	begins("2001:db8:2::1", 2)
	d.at = d.at.Add(10 * time.Minute) // a stranger who takes each as it comes back
	begins("192.0.2.1", 1)
	d.at = d.at.Add(20 * time.Minute)
	begins("192.0.2.1", 3)
	begins("198.51.100.9", 1)
	begins("", 2) // all whose network is not known are one
}

// the ten checks of WSTG-ATHN-03 and what others got wrong (CVE-2023-1539). A card opens once, for its own action, in its own
// time, with its own answer; nothing else does.
func TestChallenge(t *testing.T) {
	d := newDoor(t, nil)
	const ann, here = "ann@fernbank.example", "192.0.2.1"
	good := d.solved(ann, here, Recover)
	if got := d.open(good); got != "" {
		t.Fatalf("a solved card: %s", got)
	}
	if got := d.open(good); got != RanAway {
		t.Errorf("the same card again: %q", got)
	}
	other := d.solved(ann, here, Recover)
	swapped := d.solved(ann, here, Recover)
	rub := d.drawn(scratch.Rub, d.Place(Recover))
	for name, c := range map[string]struct {
		knock Knock
		want  Reason
	}{
		"no card":                {d.knock(ann, here), NoAnswer},
		"an answer and no card":  {Knock{Address: good.Address, Picks: good.Picks}, NoAnswer},
		"an unknown card":        {Knock{Address: good.Address, Card: strings.Repeat("A", 200), Picks: good.Picks}, RanAway},
		"an edited card":         {Knock{Address: good.Address, Card: flip(other.Card), Picks: other.Picks}, RanAway},
		"no answer":              {Knock{Address: good.Address, Card: swapped.Card}, RanAway},
		"a card of the sign-in":  {d.solved(ann, here, SignIn), RanAway},
		"numbers on one to rub":  {Knock{Address: good.Address, Card: rub, Picks: good.Picks}, RanAway},
		"an unknown response":    {Knock{Address: good.Address, Response: strings.Repeat("A", 200)}, RanAway},
		"a card as a response":   {Knock{Address: good.Address, Response: rub}, RanAway},
		"garbage":                {Knock{Address: good.Address, Card: "../../etc/passwd\x00", Picks: good.Picks}, RanAway},
		"a card of another site": {Knock{Address: good.Address, Card: newDoor(t, nil).solved(ann, here, Recover).Card, Picks: good.Picks}, RanAway},
	} {
		if got := d.open(c.knock); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := d.open(swapped); got != RanAway {
		t.Errorf("a card that was answered wrongly, now rightly: %q", got)
	}
	late := d.solved(ann, here, Recover)
	d.at = d.at.Add(10 * time.Minute)
	if got := d.open(late); got != TooSlow {
		t.Errorf("a card whose time is over: %q", got)
	}
}

func flip(card string) string {
	b := []byte(card)
	b[len(b)/2] ^= 1
	return string(b)
}

// What a script brings was judged elsewhere; it is redeemed here, once, for the page it was solved on and for what it was solved for.
func TestResponse(t *testing.T) {
	d := newDoor(t, nil)
	const ann, here = "ann@fernbank.example", "192.0.2.1"
	own := d.Place(Recover)
	good := d.listened(ann, here, own)
	if got := d.open(good); got != "" {
		t.Fatalf("a response: %s", got)
	}
	other, elsewhere := own, own
	other.Site, elsewhere.Host = "shop", "evil.example"
	for name, k := range map[string]Knock{
		"once more": good, "edited": {Address: good.Address, Response: flip(d.listened(ann, here, own).Response)},
		"of the sign-in": d.listened(ann, here, d.Place(SignIn)), "of another site": d.listened(ann, here, other),
		"of another host": d.listened(ann, here, elsewhere),
	} {
		if got := d.open(k); got != RanAway {
			t.Errorf("%s: %q", name, got)
		}
	}
	late := d.listened(ann, here, own)
	d.at = d.at.Add(2 * time.Minute)
	if got := d.open(late); got != TooSlow {
		t.Errorf("too late: %q", got)
	}
}

// A hundred answers to one card at the same moment: one opens.
func TestChallengeOnce(t *testing.T) {
	d := newDoor(t, nil)
	k := d.solved("ann@fernbank.example", "192.0.2.1", Recover)
	var opened atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, refusal, err := d.Open(t.Context(), k); err == nil && refusal.Reason == "" {
				opened.Add(1)
			}
		})
	}
	all.Wait()
	if opened.Load() != 1 {
		t.Errorf("%d opened", opened.Load())
	}
}

// each bucket by itself, and what is counted against it. One generic refusal, with a time to come back and no word on which.
func TestBuckets(t *testing.T) {
	two := quota.Limit{Events: 2, Per: time.Hour}
	const ann, ben = "ann@fernbank.example", "ben@fernbank.example"
	for name, c := range map[string]struct {
		limit func(*Limits)
		same  [][2]string // address and network of knocks that share the bucket
		other [2]string   // one that does not; empty where there is none
	}{
		"address": {func(l *Limits) { l.Address = two },
			[][2]string{{ann, "192.0.2.1"}, {"ANN@Fernbank.Example", "198.51.100.1"}, {ann, "2001:db8::1"}}, [2]string{ben, "192.0.2.1"}},
		"IPv4 network": {func(l *Limits) { l.Network = two },
			[][2]string{{ann, "192.0.2.1"}, {ben, "192.0.2.1"}, {"c@fernbank.example", "::ffff:192.0.2.1"}}, [2]string{ann, "192.0.2.2"}},
		"IPv6 /56": {func(l *Limits) { l.Network = two },
			[][2]string{{ann, "2001:db8:1:100::1"}, {ben, "2001:db8:1:1ff::2"}, {ann, "2001:db8:1:123:4:5:6:7"}}, [2]string{ann, "2001:db8:1:200::1"}},
		"IPv6 /48": {func(l *Limits) { l.Wide = two },
			[][2]string{{ann, "2001:db8:1:100::1"}, {ben, "2001:db8:1:200::2"}, {ann, "2001:db8:1:ffff::3"}}, [2]string{ann, "2001:db8:2::1"}},
		"unknown network": {func(l *Limits) { l.Network = two }, [][2]string{{ann, ""}, {ben, ""}, {ann, ""}}, [2]string{ann, "192.0.2.1"}},
		"site":            {func(l *Limits) { l.Site = two }, [][2]string{{ann, "192.0.2.1"}, {ben, "198.51.100.1"}, {ann, "2001:db8::1"}}, [2]string{}},
	} {
		d := newDoor(t, c.limit)
		for i, k := range c.same {
			want := Reason("")
			if i == 2 {
				want = Limited
			}
			if got := d.open(d.solved(k[0], k[1], Recover)); got != want {
				t.Errorf("%s: knock %d: %q, want %q", name, i+1, got, want)
			}
		}
		if c.other[0] != "" {
			if got := d.open(d.solved(c.other[0], c.other[1], Recover)); got != "" {
				t.Errorf("%s: another bucket: %q", name, got)
			}
		}
		d.at = d.at.Add(30 * time.Minute)
		if got := d.open(d.solved(c.same[0][0], c.same[0][1], Recover)); got != "" {
			t.Errorf("%s: after half the time: %q", name, got)
		}
	}
}

// A script that never solves a card uses up its own network, and never somebody else's address.
func TestFailedCardsSpareTheAddress(t *testing.T) {
	d := newDoor(t, func(l *Limits) {
		l.Address = quota.Limit{Events: 1, Per: time.Hour}
		l.Network = quota.Limit{Events: 5, Per: time.Hour}
	})
	for n := range 7 {
		want := RanAway
		if n >= 5 {
			want = Limited
		}
		k := d.knock("ann@fernbank.example", "192.0.2.1")
		k.Card = "x"
		if got := d.open(k); got != want {
			t.Errorf("knock %d: %q, want %q", n+1, got, want)
		}
	}
	if got := d.open(d.solved("ann@fernbank.example", "198.51.100.1", Recover)); got != "" {
		t.Errorf("the owner: %q", got)
	}
}

// A crowd of machines that solve nothing uses up nothing that all have together: whoever solves a card gets in, and who signs in is asked for
// one and not turned away. What was solved counts for all.
func TestCrowd(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.Site = quota.Limit{Events: 3, Per: time.Hour} })
	address := func(n int) string { return fmt.Sprintf("person%d@fernbank.example", n) }
	machine := func(n int) string { return fmt.Sprintf("198.51.100.%d", n) }
	for n := range 20 {
		if got := d.open(d.knock(address(n), machine(n))); got != NoAnswer {
			t.Fatalf("knock %d without a card: %q", n+1, got)
		}
		if _, refusal, err := d.Deal(t.Context(), netip.MustParseAddr(machine(n)), scratch.Rub); err != nil || refusal.Reason != "" {
			t.Fatalf("card %d: %v, %v", n+1, refusal, err)
		}
		want := Reason("")
		if n >= 3 {
			want = NoAnswer
		}
		if got := d.signIn(d.knock(address(n), machine(n))); got != want {
			t.Fatalf("sign-in %d: %q, want %q", n+1, got, want)
		}
	}
	for n := range 4 {
		want := Reason("")
		if n == 3 {
			want = Limited
		}
		if got := d.open(d.solved(address(100+n), "192.0.2.1", Recover)); got != want {
			t.Errorf("solved recovery %d: %q, want %q", n+1, got, want)
		}
		if got := d.signIn(d.solved(address(100+n), "192.0.2.1", SignIn)); got != want {
			t.Errorf("solved sign-in %d: %q, want %q", n+1, got, want)
		}
	}
}

// A good sign-in takes nothing from what all have: a busy morning is no crowd.
func TestGoodSignInsAreNoCrowd(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.Site = quota.Limit{Events: 2, Per: time.Hour} })
	for n := range 10 {
		pass, refusal, err := d.SignIn(t.Context(), d.knock(fmt.Sprintf("person%d@fernbank.example", n), "192.0.2.1"))
		if err != nil || refusal.Reason != "" {
			t.Fatalf("sign-in %d: %v, %v", n+1, refusal, err)
		}
		must(t, d.SignedIn(t.Context(), pass))
	}
}

// While passwords queue up, nobody tries one without a card, and no try is counted as a free one.
func TestCrowded(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.SignInFree = quota.Limit{Events: 1, Per: time.Hour} })
	crowded := true
	d.Crowded = func() bool { return crowded }
	const ann, here = "ann@fernbank.example", "192.0.2.1"
	if got := d.signIn(d.knock(ann, here)); got != NoAnswer {
		t.Errorf("without a card: %q", got)
	}
	if got := d.signIn(d.solved(ann, here, SignIn)); got != "" {
		t.Errorf("with a card: %q", got)
	}
	crowded = false
	if got := d.signIn(d.knock(ann, here)); got != "" {
		t.Errorf("afterwards: %q", got)
	}
}

// three failures are free, then every try needs a card for this action; each address by itself. A card brought to a try that
// is free is not looked at, so it is not used up.
func TestSignIn(t *testing.T) {
	d := newDoor(t, func(l *Limits) {
		l.SignInFree = quota.Limit{Events: 3, Per: time.Hour}
		l.SignInAddress = quota.Limit{Events: 20, Per: time.Hour}
	})
	const ann, here = "ann@fernbank.example", "192.0.2.1"
	early := d.solved(ann, here, SignIn)
	for n := range 3 {
		if got := d.signIn(early); got != "" {
			t.Fatalf("free try %d: %q", n+1, got)
		}
	}
	for _, c := range []struct {
		name  string
		knock Knock
		want  Reason
	}{
		{"the fourth, from elsewhere", d.knock(ann, "198.51.100.1"), NoAnswer},
		{"with a card for a recovery", d.solved(ann, here, Recover), RanAway},
		{"with a card", d.solved(ann, here, SignIn), ""},
		{"with the card of the free tries", early, ""},
		{"with that card once more", early, RanAway},
		{"another address", d.knock("ben@fernbank.example", here), ""},
	} {
		if got := d.signIn(c.knock); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	d.at = d.at.Add(20 * time.Minute)
	if got := d.signIn(d.knock(ann, here)); got != "" {
		t.Errorf("a third of an hour later: %q", got)
	}
}

// whoever uses up an address, for recoveries or for sign-ins, does not use up what a browser has that signed in under it. That has no
// more than anybody, and to another address it is a stranger.
func TestKnownAtTheGate(t *testing.T) {
	for name, open := range map[string]func(d *door, k Knock) (Pass, Refusal, error){
		string(Recover): func(d *door, k Knock) (Pass, Refusal, error) { return d.Open(t.Context(), k) },
		string(SignIn):  func(d *door, k Knock) (Pass, Refusal, error) { return d.SignIn(t.Context(), k) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, func(l *Limits) {
				l.Address, l.SignInAddress = quota.Limit{Events: 2, Per: time.Hour}, quota.Limit{Events: 2, Per: time.Hour}
			})
			const ann, ben = "ann@fernbank.example", "ben@fernbank.example"
			knock := func(at string, known secret.Opaque) Reason {
				t.Helper()
				k := d.solved(at, "192.0.2.1", Action(name))
				k.Known = known
				_, refusal, err := open(d, k)
				must(t, err)
				return refusal.Reason
			}
			own := d.Known(d.knock(ann, "192.0.2.1").Address)
			for _, c := range []struct {
				what, at string
				known    secret.Opaque
				want     Reason
			}{
				{"a stranger", ann, secret.Opaque{}, ""},
				{"a stranger again", ann, secret.Opaque{}, ""},
				{"a third time", ann, secret.Opaque{}, Limited},
				{"one who makes it up", ann, secret.NewOpaque(), Limited},
				{"the owner", ann, own, ""},
				{"the owner again", ann, own, ""},
				{"the owner a third time", ann, own, Limited},
				{"at another address, as a stranger", ben, own, ""},
				{"and again", ben, own, ""},
				{"and a third time", ben, own, Limited},
			} {
				if got := knock(c.at, c.known); got != c.want {
					t.Errorf("%s: %q, want %q", c.what, got, c.want)
				}
			}
		})
	}
}

// A thousand tries at the same moment get as many free ones as one after another, and with cards as many as the address has.
func TestSignInAtOnce(t *testing.T) {
	d := newDoor(t, func(l *Limits) {
		l.SignInFree = quota.Limit{Events: 3, Per: time.Hour}
		l.SignInAddress = quota.Limit{Events: 10, Per: time.Hour}
	})
	at := d.knock("ann@fernbank.example", "192.0.2.1")
	knocks := make([]Knock, 1000)
	for i := range knocks {
		if knocks[i] = at; i%50 == 0 {
			knocks[i] = d.solved("ann@fernbank.example", "192.0.2.1", SignIn)
		}
	}
	var mu sync.Mutex
	count := map[Reason]int{}
	var all sync.WaitGroup
	for _, k := range knocks {
		all.Go(func() {
			_, refusal, err := d.SignIn(t.Context(), k)
			if err != nil {
				refusal.Reason = Reason(err.Error())
			}
			mu.Lock()
			defer mu.Unlock()
			count[refusal.Reason]++
		})
	}
	all.Wait()
	if count[""] != 10 || count[Limited] < 10 || count[Limited] > 13 || count[""]+count[Limited]+count[NoAnswer] != 1000 {
		t.Errorf("a thousand at once, twenty of them with a card: %v", count)
	}
}

// Confirm counts on the account, whatever the network.
func TestConfirm(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.SignInAddress = quota.Limit{Events: 2, Per: time.Hour} })
	confirm := func(account, client string) Reason {
		t.Helper()
		refusal, err := d.Confirm(t.Context(), account, netip.MustParseAddr(client))
		must(t, err)
		return refusal.Reason
	}
	for _, c := range []struct {
		account, client string
		want            Reason
	}{{"a", "192.0.2.1", ""}, {"a", "192.0.2.2", ""}, {"a", "192.0.2.3", Limited}, {"b", "192.0.2.1", ""}} {
		if got := confirm(c.account, c.client); got != c.want {
			t.Errorf("%s from %s: %q, want %q", c.account, c.client, got, c.want)
		}
	}
}

// failing is a Limiter and a Spent that cannot count.
type failing struct{}

var errDown = errors.New("down")

func (failing) Take(context.Context, time.Time, []quota.Charge) (time.Duration, bool, error) {
	return 0, true, errDown
}
func (failing) Return(context.Context, time.Time, []quota.Charge) error  { return errDown }
func (failing) Spend(context.Context, [16]byte, time.Time) (bool, error) { return true, errDown }

// Everything fails closed: what cannot be counted or spent opens nothing, even where the answer beside the error says yes.
func TestFailsClosed(t *testing.T) {
	for name, change := range map[string]func(*door){
		"limiter": func(d *door) { d.Limiter = failing{} },
		"spent":   func(d *door) { d.Dealer = d.dealer(failing{}) },
	} {
		d := newDoor(t, func(l *Limits) { l.SignInFree = quota.Limit{Events: 1, Per: time.Hour} })
		d.signIn(d.knock("ann@fernbank.example", "192.0.2.1")) // from now on, a card is asked for
		change(d)
		for action, knock := range map[Action]func(context.Context, Knock) (Pass, Refusal, error){Recover: d.Open, SignIn: d.SignIn} {
			pass, refusal, err := knock(t.Context(), d.solved("ann@fernbank.example", "192.0.2.1", action))
			if !errors.Is(err, errDown) || pass.For(action) {
				t.Errorf("%s down, %s: %v %v", name, action, refusal, err)
			}
		}
	}
	d := newDoor(t, nil)
	d.Limiter = failing{}
	if refusal, err := d.Drawing(t.Context(), netip.Addr{}); !errors.Is(err, errDown) {
		t.Errorf("a picture that cannot be counted: %v, %v", refusal, err)
	}
	if _, refusal, err := d.Deal(t.Context(), netip.Addr{}, scratch.Rub); !errors.Is(err, errDown) {
		t.Errorf("a challenge that cannot be counted: %v, %v", refusal, err)
	}
	if _, err := d.Confirm(t.Context(), "a", netip.Addr{}); !errors.Is(err, errDown) {
		t.Errorf("confirming: %v", err)
	}
	if _, _, err := d.OpenKeyed(t.Context(), APIKey{}, d.knock("ann@fernbank.example", "")); !errors.Is(err, errDown) {
		t.Errorf("with a key: %v", err)
	}
	// A limit that somebody forgot to set lets nobody through.
	d = newDoor(t, func(l *Limits) { l.Address = quota.Limit{} })
	if pass, _, err := d.Open(t.Context(), d.solved("ann@fernbank.example", "", Recover)); err == nil || pass.For(Recover) {
		t.Error("a limit that is none let somebody through")
	}
}

// Addresses are in no bucket's name in a form that somebody could read or guess.
func TestBucketsHideAddresses(t *testing.T) {
	d := newDoor(t, nil)
	seen := spy{Limiter: d.Limiter, keys: map[string]bool{}}
	d.Limiter = seen
	d.open(d.solved("ann@fernbank.example", "192.0.2.1", Recover))
	d.signIn(d.knock("ann@fernbank.example", "192.0.2.1"))
	if len(seen.keys) < 6 {
		t.Fatalf("only %v", seen.keys)
	}
	for key := range seen.keys {
		if strings.Contains(key, "ann") || strings.Contains(key, "fernbank") {
			t.Errorf("bucket %s", key)
		}
	}
}

type spy struct {
	quota.Limiter
	keys map[string]bool
}

func (s spy) Take(ctx context.Context, now time.Time, charges []quota.Charge) (time.Duration, bool, error) {
	for _, c := range charges {
		s.keys[c.Key] = true
	}
	return s.Limiter.Take(ctx, now, charges)
}

// The challenge has limits of its own, for each network: pictures, answers by ear, work alone, answers without a script.
func TestChallengeLimits(t *testing.T) {
	two := quota.Limit{Events: 2, Per: time.Hour}
	ask := func(what func(d *door, client netip.Addr) (Refusal, error)) func(*door, string) Reason {
		return func(d *door, client string) Reason {
			refusal, err := what(d, netip.MustParseAddr(client))
			must(t, err)
			return refusal.Reason
		}
	}
	mode := func(m scratch.Mode) func(*door, string) Reason {
		return ask(func(d *door, client netip.Addr) (Refusal, error) {
			_, refusal, err := d.Deal(t.Context(), client, m)
			return refusal, err
		})
	}
	for name, c := range map[string]struct {
		limit func(*Limits)
		ask   func(*door, string) Reason
	}{
		"pictures": {func(l *Limits) { l.Picture = two }, ask(func(d *door, client netip.Addr) (Refusal, error) { return d.Drawing(t.Context(), client) })},
		"by ear":   {func(l *Limits) { l.Listen = two }, mode(scratch.Listen)},
		"by work":  {func(l *Limits) { l.NoPuzzle = two }, mode(scratch.NoPuzzle)},
		"dealing":  {func(l *Limits) { l.Network = two }, mode(scratch.Rub)},
		"without a script": {func(l *Limits) { l.Plain = two }, func(d *door, client string) Reason {
			return d.open(d.solved("ann@fernbank.example", client, Recover))
		}},
	} {
		d := newDoor(t, c.limit)
		for n, want := range []Reason{"", "", Limited} {
			if got := c.ask(d, "192.0.2.1"); got != want {
				t.Errorf("%s, time %d: %q, want %q", name, n+1, got, want)
			}
		}
		if got := c.ask(d, "192.0.2.2"); got != "" {
			t.Errorf("%s: another network has to wait: %q", name, got)
		}
	}
	d := newDoor(t, func(l *Limits) { l.PlainSite = two })
	for n, want := range []Reason{"", "", Limited} {
		if got := d.open(d.solved("ann@fernbank.example", netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}).String(), Recover)); got != want {
			t.Errorf("all without a script, time %d: %q, want %q", n+1, got, want)
		}
	}
	// With a script there is work to do, so those limits are not its own.
	if got := d.open(d.listened("ann@fernbank.example", "192.0.2.1", d.Place(Recover))); got != "" {
		t.Errorf("with a script: %q", got)
	}
	d = newDoor(t, func(l *Limits) { l.Listen, l.NoPuzzle = two, two })
	for range 5 {
		if _, refusal, err := d.Deal(t.Context(), netip.MustParseAddr("192.0.2.1"), scratch.Rub); err != nil || refusal.Reason != "" {
			t.Errorf("a card to rub counts as another: %v, %v", refusal, err)
		}
	}
}

// Work rises with failures, for the network they came from, and with load, for all; and falls again by itself.
func TestLevels(t *testing.T) {
	level := func(d *door, client string) scratch.Level {
		t.Helper()
		l, refusal, err := d.Deal(t.Context(), netip.MustParseAddr(client), scratch.Rub)
		must(t, err)
		if refusal.Reason != "" {
			t.Fatal(refusal)
		}
		return l
	}
	d := newDoor(t, func(l *Limits) { l.Failures = quota.Limit{Events: 2, Per: time.Hour} })
	const here, there = "192.0.2.1", "192.0.2.2"
	for n, want := range []scratch.Level{0, 0, 1, 1, 1, 1, 1, 1, 2, 2} {
		if got := level(d, here); got != want {
			t.Errorf("after %d failures: level %d, want %d", n, got, want)
		}
		d.Judged(netip.MustParseAddr(here), scratch.Pass)
		d.Judged(netip.MustParseAddr(here), scratch.Again)
		d.Judged(netip.MustParseAddr(here), scratch.Fail)
	}
	if got := level(d, there); got != 0 {
		t.Errorf("another network: level %d", got)
	}
	d.at = d.at.Add(2 * time.Hour)
	if got := level(d, here); got != 0 {
		t.Errorf("two hours later: level %d", got)
	}

	d = newDoor(t, func(l *Limits) { l.Calm = quota.Limit{Events: 3, Per: time.Minute} })
	for n, want := range []scratch.Level{0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2} {
		if got := level(d, []string{here, there}[n%2]); got != want {
			t.Errorf("challenge %d in a minute: level %d, want %d", n+1, got, want)
		}
	}
	d.at = d.at.Add(2 * time.Minute)
	if got := level(d, here); got != 0 {
		t.Errorf("when it is calm again: level %d", got)
	}
}
