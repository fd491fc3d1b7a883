package gate

import (
	"context"
	"net/netip"

	"twohens/internal/contact"
	"twohens/internal/quota"
)

// SignIn is the gate to the sign-in. The first tries on an address need no challenge; after them every try needs one,
// until they have come back. So does every try while machines from everywhere use up what the site has for tries without one, or fill the
// queue of passwords to be hashed: people get a card to solve then, and are not turned away. A try is counted before the password is looked at, so that a thousand at once get no
// more than one after another; SignedIn gives a good one back. As in Open, the limits of the address and of the site are counted last:
// otherwise a script that never solves a card could keep the owner from signing in.
func (g *Gate) SignIn(ctx context.Context, k Knock) (Pass, Refusal, error) {
	now := g.Now()
	if refusal, err := g.take(ctx, now, g.networks("sign-in", k.Client)); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	free := g.Crowded == nil || !g.Crowded()
	if free {
		spent, err := g.take(ctx, now, []quota.Charge{g.site("sign-in free"), g.free(k.Address)})
		if err != nil {
			return Pass{}, Refusal{}, err
		}
		free = spent.Reason == ""
	}
	if !free {
		if refusal, err := g.judge(ctx, k, SignIn); err != nil || refusal.Reason != "" {
			return Pass{}, refusal, err
		}
	}
	charges := []quota.Charge{g.address(g.own("sign-in", k), k.Address, g.Limits.SignInAddress)}
	if !free {
		charges = append(charges, g.site("sign-in"))
	}
	if refusal, err := g.take(ctx, now, charges); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	return Pass{action: SignIn, address: k.Address, network: network(k.Client), free: free}, Refusal{}, nil
}

func (g *Gate) free(address contact.Email) quota.Charge {
	return g.address("sign-in free", address, g.Limits.SignInFree)
}

// SignedIn gives back the try that a successful sign-in took: only failures bring the chickens out. One that came with an
// answered card took none, and to give one back would show whoever keeps asking without a card that the owner has just
// signed in.
func (g *Gate) SignedIn(ctx context.Context, pass Pass) error {
	if !pass.free {
		return nil
	}
	return g.Limiter.Return(ctx, g.Now(), []quota.Charge{g.site("sign-in free"), g.free(pass.address)})
}

// Confirm is the gate to a signed-in person's typing the current password once more. It counts on the account, since whoever
// found a browser left open is on it already.
func (g *Gate) Confirm(ctx context.Context, account string, client netip.Addr) (Refusal, error) {
	charges := append(g.knocks("confirm", client), quota.Charge{Key: "confirm:account:" + account, Limit: g.Limits.SignInAddress})
	return g.take(ctx, g.Now(), charges)
}

// Change is the gate to a signed-in person's changing what the account is recovered by. Whoever is signed in may send codes to
// addresses and numbers that nobody confirmed yet, and have every contact told: so it counts on the account as well as on the network.
func (g *Gate) Change(ctx context.Context, account string, client netip.Addr) (Refusal, error) {
	charges := append(g.knocks("change", client), quota.Charge{Key: "change:account:" + account, Limit: g.Limits.Changes})
	return g.take(ctx, g.Now(), charges)
}
