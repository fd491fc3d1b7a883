package gate

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"twohens/internal/quota"
	"twohens/scratch"
)

// Own is the site of the program's own pages, in the words of package scratch. Sites of others have an API key's id.
const Own = "own"

// Place is where the program's own pages ask for a challenge.
func (g *Gate) Place(action Action) scratch.Place {
	return scratch.Place{Site: Own, Action: string(action), Host: g.Host}
}

// ChallengeSite finds the API key under which a site shows the challenge, by its public id. ErrNoAPIKey where there is none that
// may.
func (g *Gate) ChallengeSite(ctx context.Context, id string) (APIKey, error) {
	key, err := g.Keys.APIKeyByID(ctx, id)
	if err == nil && !key.Allows(ScopeChallenge, g.Now()) {
		return APIKey{}, ErrNoAPIKey
	}
	return key, err
}

// Plain gives a card for pages without a script: the open card with numbers (scratch.Pick) or calls (scratch.Hear).
func (g *Gate) Plain(action Action, mode scratch.Mode) (card string, err error) {
	return g.Dealer.Plain(g.Place(action), mode)
}

// judge has the challenge judged: once, bound to the action and the host. What a script brings was judged before and is
// redeemed here; a card that was answered without one is counted in small buckets of its own, since no work was asked for it.
func (g *Gate) judge(ctx context.Context, k Knock, action Action) (Refusal, error) {
	switch {
	case k.Response != "":
		return g.redeem(ctx, k.Response, action)
	case k.Card == "":
		return Refusal{Reason: NoAnswer}, nil
	}
	if mode := g.Dealer.Mode(k.Card); mode.Scripted() {
		return Refusal{Reason: RanAway}, nil // its judge gives a response, and asked for work
	}
	if refusal, err := g.take(ctx, g.Now(), within("plain", k.Client, g.Limits.Plain)); err != nil || refusal.Reason != "" {
		return refusal, err
	}
	verdict, err := g.Dealer.Judge(ctx, k.Card, g.Place(action), scratch.Answer{Picks: k.Picks})
	if err != nil {
		return Refusal{}, err
	}
	g.Judged(k.Client, verdict.Result)
	if verdict.Result != scratch.Pass {
		return Refusal{Reason: failure(verdict.Reason)}, nil
	}
	// The card is spent, so there is no response to redeem. What all may do together is counted last, as an address is: otherwise
	// texts that are no cards, from a handful of networks, would shut out everybody who has no script.
	return g.take(ctx, g.Now(), []quota.Charge{{Key: "plain:site", Limit: g.Limits.PlainSite}})
}

func (g *Gate) redeem(ctx context.Context, response string, action Action) (Refusal, error) {
	redeemed, err := g.Dealer.Redeem(ctx, response, g.Place(action))
	switch {
	case err == nil && !redeemed.Mode.Scripted():
		// Of a card that cost no work, judged where its small buckets were not asked: it opens nothing, wherever that was.
		return Refusal{Reason: RanAway}, nil
	case errors.Is(err, scratch.ErrOver):
		return Refusal{Reason: TooSlow}, nil
	case errors.Is(err, scratch.ErrSeal), errors.Is(err, scratch.ErrSpent):
		return Refusal{Reason: RanAway}, nil
	}
	return Refusal{}, err
}

// failure is the gate's word for why an answer failed.
func failure(r scratch.Reason) Reason {
	switch r {
	case scratch.TooFast:
		return TooFast
	case scratch.TooSlow:
		return TooSlow
	}
	return RanAway
}

// Deal counts a challenge that is asked for from a network, also in the bucket that its mode has besides (listening can be
// guessed at, and work alone needs no eyes and no ears), and says how much work it costs there. It is for the challenges of every
// site, the program's own among them. What all ask for together makes more work and is no bound: to deal costs nothing, the work comes
// before anything is drawn, and a bound would leave everybody without a card as soon as some hundred machines want one.
func (g *Gate) Deal(ctx context.Context, client netip.Addr, mode scratch.Mode) (scratch.Level, Refusal, error) {
	now := g.Now()
	charges := g.networks("challenge", client)
	switch mode {
	case scratch.Listen:
		charges = append(charges, within("listen", client, g.Limits.Listen)...)
	case scratch.NoPuzzle:
		charges = append(charges, within("nopuzzle", client, g.Limits.NoPuzzle)...)
	}
	if refusal, err := g.take(ctx, now, charges); err != nil || refusal.Reason != "" {
		return 0, refusal, err
	}
	load, err := g.warm(ctx, now, "load", g.Limits.Calm)
	level := max(load, g.level(now, client))
	if g.Hot != nil && g.Hot() {
		level = max(level, 1)
	}
	return level, Refusal{}, err
}

// Drawing counts a picture that is drawn or a call that is made for a network.
func (g *Gate) Drawing(ctx context.Context, client netip.Addr) (Refusal, error) {
	return g.take(ctx, g.Now(), within("picture", client, g.Limits.Picture))
}

// wider is how many times a network's limit its IPv6 /48 has.
const wider = 5

// within are the buckets of a limit by network: of an IPv4 address or an IPv6 /56, and of the /48 around it, which whoever rents
// one would otherwise have 256 limits in.
func within(purpose string, client netip.Addr, limit quota.Limit) (charges []quota.Charge) {
	for i, prefix := range quota.Networks(client) {
		if i > 0 {
			limit.Events *= wider
		}
		charges = append(charges, quota.Charge{Key: purpose + ":net:" + prefix, Limit: limit})
	}
	return charges
}

// Judged takes note of how an answer was judged: failures make the next challenges from that network cost more work.
func (g *Gate) Judged(client netip.Addr, result scratch.Result) {
	if result == scratch.Fail {
		// The error is of a limit that the configuration should have refused; then no more work is asked for.
		_, _ = g.warm(context.Background(), g.Now(), "failures:"+network(client), g.Limits.Failures)
	}
}

// hotter is how many times a limit must be overrun for the next level of work.
const hotter = 4

// warm counts an event, and says which level it leads to: 0 within the limit, 1 past it, 2 past four times as many.
//
// What is counted here shuts nobody out, it makes a browser work longer. So each node counts what it sees, in memory: an
// attacker who goes round several nodes meets the first level later, and every limit as before.
func (g *Gate) warm(ctx context.Context, now time.Time, name string, limit quota.Limit) (scratch.Level, error) {
	for level, charge := range steps(name, limit) {
		switch _, ok, err := g.Heat.Take(ctx, now, []quota.Charge{charge}); {
		case err != nil:
			return 0, err
		case ok:
			return scratch.Level(level), nil
		}
	}
	return scratch.MostLevel, nil
}

// level is how much work a network has brought upon itself by its failures.
func (g *Gate) level(now time.Time, client netip.Addr) scratch.Level {
	for level, charge := range steps("failures:"+network(client), g.Limits.Failures) {
		if g.Heat.Room(now, charge) {
			return scratch.Level(level)
		}
	}
	return scratch.MostLevel
}

// steps are the buckets of a limit that leads to the levels one after the other.
func steps(name string, limit quota.Limit) [scratch.MostLevel]quota.Charge {
	return [scratch.MostLevel]quota.Charge{
		{Key: name, Limit: limit},
		{Key: name + ":hot", Limit: quota.Limit{Events: limit.Events * (hotter - 1), Per: limit.Per}},
	}
}
