package gate

import (
	"net/netip"
	"testing"
	"time"

	"twohens/internal/quota"
	"twohens/scratch"
)

// A card without a script cost no work, so it has small limits of its own. Whoever got it judged elsewhere, where answers are not
// counted because each cost work, and brought the response, walked round both.
func TestAttackPlainCardAsResponse(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.Plain = quota.Limit{Events: 1, Per: time.Hour} })
	for _, mode := range []scratch.Mode{scratch.Pick, scratch.Hear} {
		for _, action := range []Action{Recover, SignIn} {
			k := d.knock("ann@fernbank.example", "192.0.2.7")
			card, err := d.Plain(action, mode)
			must(t, err)
			d.at = d.at.Add(time.Second)
			verdict, err := d.Dealer.Judge(t.Context(), card, d.Place(action), scratch.Answer{Picks: d.picks(card)})
			must(t, err)
			k.Response = verdict.Response
			refusal, err := d.redeem(t.Context(), k.Response, action)
			must(t, err)
			if refusal.Reason != RanAway {
				t.Errorf("mode %d for %s: %q", mode, action, refusal.Reason)
			}
		}
	}
}

// Without a script people have one bucket for all. Whoever answers no card rightly cannot use it up, from however many networks.
func TestAttackPlainSiteUsedUp(t *testing.T) {
	d := newDoor(t, func(l *Limits) { l.PlainSite = quota.Limit{Events: 2, Per: time.Hour} })
	for n := range byte(20) {
		k := d.solved("bob@fernbank.example", netip.AddrFrom4([4]byte{198, 51, 100, n}).String(), Recover)
		if k.Picks ^= 1<<9 - 1; n%2 == 0 {
			k.Card = "no card at all"
		}
		if got := d.open(k); got != RanAway {
			t.Fatalf("a wrong answer: %q", got)
		}
	}
	if got := d.open(d.solved("ann@fernbank.example", "192.0.2.1", Recover)); got != "" {
		t.Errorf("somebody without a script: %q", got)
	}
}

// Who rents an IPv6 /48 has 256 networks, and not the small limits 256 times.
func TestAttackSmallLimitsInOneRentedNetwork(t *testing.T) {
	one := quota.Limit{Events: 1, Per: time.Hour}
	d := newDoor(t, func(l *Limits) { l.Plain, l.Listen, l.NoPuzzle, l.Picture = one, one, one, one })
	deal := func(mode scratch.Mode) func(netip.Addr) (Refusal, error) {
		return func(client netip.Addr) (Refusal, error) {
			_, refusal, err := d.Deal(t.Context(), client, mode)
			return refusal, err
		}
	}
	for name, ask := range map[string]func(netip.Addr) (Refusal, error){
		"by ear": deal(scratch.Listen), "by work": deal(scratch.NoPuzzle),
		"pictures": func(client netip.Addr) (Refusal, error) { return d.Drawing(t.Context(), client) },
		"without a script": func(client netip.Addr) (Refusal, error) {
			return d.judge(t.Context(), d.solved("ann@fernbank.example", client.String(), Recover), Recover)
		},
	} {
		taken := 0
		for n := range byte(50) {
			client := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0, 7, n})
			refusal, err := ask(client)
			must(t, err)
			if refusal.Reason == "" {
				taken++
			}
		}
		if taken != wider {
			t.Errorf("%s: %d from one /48, want %d", name, taken, wider)
		}
	}
}
