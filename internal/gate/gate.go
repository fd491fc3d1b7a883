// Package gate is what a stranger must come through before anything is done for them: the picture challenge and the limits
// that anybody may run into. What it gives to those who do is a Pass, and the use cases that strangers reach
// ask for one.
//
// The limits here are counted before any work on an account, from nothing but what the stranger brought: the address as typed
// and the network. So they are the same for an unknown address. What they say is one thing: too many requests, come back then.
// Which bucket was full is never told. Limits that depend on an account are counted elsewhere, by the worker, in silence.
//
// Everything fails closed: a challenge that cannot be judged or a count that cannot be made is a refusal.
package gate

import (
	"context"
	"net/netip"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/secret"
	"twohens/scratch"
)

// Limits are the buckets that anybody may run into.
type Limits struct {
	Address quota.Limit // recoveries begun for one address, as typed
	Share   quota.Limit // and of those, once they are used up, what each network has all the same; zero: nothing
	Network quota.Limit // knocks from one network: an IPv4 address or an IPv6 /56
	Wide    quota.Limit // knocks from one IPv6 /48
	Site    quota.Limit // knocks in all that came through a challenge, or need none
	Picture quota.Limit // pictures drawn and calls made for one network: the dearest things a stranger can ask for

	Plain     quota.Limit // answers without a script from one network: no work can be asked for them
	PlainSite quota.Limit // the same in all
	Listen    quota.Limit // challenges by ear from one network
	NoPuzzle  quota.Limit // challenges by work alone from one network
	Failures  quota.Limit // wrong answers from one network before more work is asked for
	Calm      quota.Limit // challenges asked for in all before more work is asked for

	SignInFree    quota.Limit // sign-in tries on one address before chickens are asked for
	SignInAddress quota.Limit // sign-in tries on one address, chickens or not

	Changes quota.Limit // changes begun of what one account is recovered by: each may send codes and notices, or hash ten answers
}

// Gate lets strangers through. Its methods may be called from any number of goroutines.
type Gate struct {
	Dealer   *scratch.Dealer
	Host     string // of the program's own pages: what their challenges are bound to
	Limiter  quota.Limiter
	Heat     *quota.Memory // what this node has seen of failures and load; see Level
	Keys     APIKeys
	Limits   Limits
	Hash     secret.Key   // keeps addresses out of the names of buckets
	Browsers *secret.Ring // makes what browsers are known by that have signed in
	Now      func() time.Time
	Crowded  func() bool // that so many passwords wait to be looked at that nobody tries one without a card; nil: never
	Hot      func() bool // that so many codes are wrong that browsers are to work longer; nil: never
}

// Knock is what a stranger brings.
type Knock struct {
	Address contact.Email
	Client  netip.Addr // who asks: from the connection, or from a proxy that the operator listed

	Known secret.Opaque // what a browser was given that has signed in under the address (Gate.Known); zero for none

	Response string        // what solving a challenge gave; empty when none was solved
	Card     string        // without a script: the sealed card; empty when none was answered
	Picks    scratch.Picks // without a script: what was marked
}

// Refusal is why the gate stays shut. The zero Refusal means that it opened.
type Refusal struct {
	Reason     Reason
	RetryAfter time.Duration // of Limited
}

// Reason is what a page has words for.
type Reason string

// The reasons there are.
const (
	Limited  Reason = "limited"   // one generic answer for all buckets
	NoAnswer Reason = "no_answer" // a challenge is asked for and none was answered
	RanAway  Reason = "ran_away"  // failed: "Oops, the chickens ran away"
	TooFast  Reason = "too_fast"
	TooSlow  Reason = "too_slow"
)

// Open is the gate to a recovery. The networks are counted first, then the challenge is judged, and the address and the site are
// counted last: otherwise a script that never solves a card could use up somebody else's address, and some hundred machines what the whole
// site has, so that nobody got in.
func (g *Gate) Open(ctx context.Context, k Knock) (Pass, Refusal, error) {
	now := g.Now()
	if refusal, err := g.take(ctx, now, g.networks("recover", k.Client)); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	if refusal, err := g.judge(ctx, k, Recover); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	if refusal, err := g.begin(ctx, now, k, g.own("recover", k), g.site("recover")); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	return Pass{action: Recover, address: k.Address, network: network(k.Client)}, Refusal{}, nil
}

// begin counts a recovery for its address, and for whatever else it counts for. A stranger who goes on beginning some for one address, and has
// none of them send anything, must not keep its owner from it: once the address is used up, each network has a share of its own. A network is
// here what one stranger has all of, an IPv4 address or an IPv6 /48. How many messages that can become is bounded elsewhere, in silence.
func (g *Gate) begin(ctx context.Context, now time.Time, k Knock, bucket string, others ...quota.Charge) (Refusal, error) {
	refusal, err := g.take(ctx, now, append(others, g.address(bucket, k.Address, g.Limits.Address)))
	networks := quota.Networks(k.Client)
	if err != nil || refusal.Reason == "" || g.Limits.Share == (quota.Limit{}) {
		return refusal, err
	}
	share, err := g.take(ctx, now, append(others, g.address(bucket+" of "+networks[len(networks)-1], k.Address, g.Limits.Share)))
	share.RetryAfter = min(share.RetryAfter, refusal.RetryAfter)
	return share, err
}

// Known is what a browser is given that has signed in under an address: its recoveries and sign-ins of that address are counted apart
// . It is made of the address alone, so that nobody has to be looked for when it comes back.
func (g *Gate) Known(address contact.Email) secret.Opaque {
	_, key := g.Browsers.Latest()
	return known(key, address)
}

func known(key secret.Key, address contact.Email) secret.Opaque {
	return key.DeriveOpaque("browser known by an address", []byte(address.Key()))
}

// own is the bucket of an address for a knock: what a stranger uses up is not that of a browser that has signed in under it.
func (g *Gate) own(bucket string, k Knock) string {
	if g.knows(k) {
		return bucket + "-known"
	}
	return bucket
}

// knows compares what came, with the same work for everybody.
func (g *Gate) knows(k Knock) bool {
	return g.Browsers.Made(k.Known.Digest(), func(key secret.Key) secret.Opaque { return known(key, k.Address) })
}

// OpenKeyed is the gate for a site's own back end, which needs no challenge. The key's quota and the person's limits apply
// together, so no key is a way round them.
func (g *Gate) OpenKeyed(ctx context.Context, key APIKey, k Knock) (Pass, Refusal, error) {
	charges := g.knocks("recover", k.Client)
	if key.Quota != (quota.Limit{}) {
		charges = append(charges, quota.Charge{Key: "key:" + key.ID, Limit: key.Quota})
	}
	if refusal, err := g.begin(ctx, g.Now(), k, "recover", charges...); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	return Pass{action: Recover, address: k.Address, network: network(k.Client)}, Refusal{}, nil
}

// staffed is how many recoveries one of the staff may begin, and how many the staff may begin for one address: more is a mistake, or somebody
// else at the desk.
var (
	staffed        = quota.Limit{Events: 60, Per: time.Hour}
	staffedAddress = quota.Limit{Events: 5, Per: time.Hour}
)

// OpenStaffed is the gate for staff who begin a recovery for someone: they have signed in, so they need no challenge. Its counts are its
// own: a stranger who has used up an address cannot keep the desk from helping its owner.
func (g *Gate) OpenStaffed(ctx context.Context, staff string, address contact.Email) (Pass, Refusal, error) {
	charges := []quota.Charge{{Key: "assist:staff:" + staff, Limit: staffed}, g.address("assist", address, staffedAddress)}
	if refusal, err := g.take(ctx, g.Now(), charges); err != nil || refusal.Reason != "" {
		return Pass{}, refusal, err
	}
	return Pass{action: Assist, address: address}, Refusal{}, nil
}

// Rate is the gate to counting what a stranger says of an article of the help. That opens nothing and needs no challenge; it has the
// limits of knocks, and none of their buckets.
func (g *Gate) Rate(ctx context.Context, client netip.Addr) (Refusal, error) {
	return g.take(ctx, g.Now(), g.knocks("rate", client))
}

// Authenticate finds the API key of a caller and says whether it may do this. ErrNoAPIKey for every other case, so that a
// revoked key cannot be told from a made-up one.
func (g *Gate) Authenticate(ctx context.Context, bearer secret.Opaque, scope Scope) (APIKey, error) {
	if bearer.IsZero() {
		return APIKey{}, ErrNoAPIKey
	}
	key, err := g.Keys.APIKey(ctx, bearer.Digest())
	if err != nil {
		return APIKey{}, err
	}
	if !key.Allows(scope, g.Now()) {
		return APIKey{}, ErrNoAPIKey
	}
	return key, nil
}

func (g *Gate) take(ctx context.Context, now time.Time, charges []quota.Charge) (Refusal, error) {
	wait, ok, err := g.Limiter.Take(ctx, now, charges)
	if err != nil || ok {
		return Refusal{}, err
	}
	return Refusal{Reason: Limited, RetryAfter: wait}, nil
}

// knocks are the buckets of the site and of networks.
func (g *Gate) knocks(purpose string, client netip.Addr) []quota.Charge {
	return append(g.networks(purpose, client), g.site(purpose))
}

// site is the bucket of all together.
func (g *Gate) site(purpose string) quota.Charge {
	return quota.Charge{Key: purpose + ":site", Limit: g.Limits.Site}
}

// networks are the buckets of an IPv4 address or an IPv6 /56, and of the /48 around it.
func (g *Gate) networks(purpose string, client netip.Addr) (charges []quota.Charge) {
	limits := []quota.Limit{g.Limits.Network, g.Limits.Wide}
	for i, prefix := range quota.Networks(client) {
		charges = append(charges, quota.Charge{Key: purpose + ":net:" + prefix, Limit: limits[min(i, 1)]})
	}
	return charges
}

// address is the bucket of an address as typed, under a keyed hash.
func (g *Gate) address(purpose string, address contact.Email, limit quota.Limit) quota.Charge {
	hash := g.Hash.DeriveOpaque("limit by address", []byte(address.Key()))
	return quota.Charge{Key: purpose + ":address:" + hash.Reveal(), Limit: limit}
}

// network is the form in which a network is recorded: coarse enough not to be a person.
func network(client netip.Addr) string {
	if prefixes := quota.Networks(client); len(prefixes) > 0 {
		return prefixes[0]
	}
	return ""
}

// Network is the recorded form of a client's address for use cases that need no Pass.
func Network(client netip.Addr) string { return network(client) }
