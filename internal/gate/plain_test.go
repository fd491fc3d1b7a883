package gate

import (
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
