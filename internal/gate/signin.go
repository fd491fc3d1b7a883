package gate

import (
	"context"
	"net/netip"

	"twohens/internal/quota"
)

// SignIn is the gate to the sign-in. The first tries on an address need no challenge; after them every try needs one,
// until they have come back. A try is counted before the password is looked at, so that a thousand at once get no more than
// one after another; SignedIn gives a good one back.
func (g *Gate) SignIn(ctx context.Context, k Knock) (Pass, Refusal, error) {
	now := g.Now()
	charges := append(g.knocks("sign-in", k.Client), g.address("sign-in", k.Address, g.Limits.SignInAddress))
	if refusal, err := g.take(ctx, now, charges); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	free, err := g.take(ctx, now, []quota.Charge{g.free(k)})
	if err != nil {
		return Pass{}, Refusal{}, err
	}
	if free.Reason != "" {
		if refusal, err := g.judge(ctx, k, SignIn); err != nil || refusal.Reason != "" {
			return Pass{}, refusal, err
		}
	}
	return Pass{action: SignIn, address: k.Address, network: network(k.Client)}, Refusal{}, nil
}

func (g *Gate) free(k Knock) quota.Charge {
	return g.address("sign-in free", k.Address, g.Limits.SignInFree)
}

// SignedIn gives back the try that a successful sign-in took: only failures bring the chickens out.
func (g *Gate) SignedIn(ctx context.Context, pass Pass) error {
	return g.Limiter.Return(ctx, g.Now(), []quota.Charge{g.free(Knock{Address: pass.address})})
}

// Confirm is the gate to a signed-in person's typing the current password once more. It counts on the account, since whoever
// found a browser left open is on it already.
func (g *Gate) Confirm(ctx context.Context, account string, client netip.Addr) (Refusal, error) {
	charges := append(g.knocks("confirm", client), quota.Charge{Key: "confirm:account:" + account, Limit: g.Limits.SignInAddress})
	return g.take(ctx, g.Now(), charges)
}
