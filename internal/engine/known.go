package engine

import (
	"context"
	"errors"
	"strconv"
	"time"

	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// A browser that has signed in to an account is given a secret by which it is known later: its wrong codes, and the messages that it
// asks for, count apart from those of strangers, so whoever uses up what the account has does not shut its owner out. It gives nothing
// else. It is made of the account and the moment of its password, so nothing is stored but what a browser said of itself when it opened a
// request, all such browsers of an account share one budget, and a new password makes all of them strangers: also the one of whoever has
// been signed in for a while.

// purposeKnown is what such secrets are derived for.
const purposeKnown = "browser that has signed in"

// known is the secret, made with one of the keys, of the browsers that know an account by this password.
func known(key secret.Key, account string, epoch int64) secret.Opaque {
	return key.DeriveOpaque(purposeKnown, []byte(account), []byte(strconv.FormatInt(epoch, 10)))
}

// isKnown says whether a digest is of that secret. The same work for everybody.
func (e *Engine) isKnown(account string, epoch int64, digest secret.Digest) bool {
	return e.Browsers.Made(digest, func(key secret.Key) secret.Opaque { return known(key, account, epoch) })
}

// KnownBrowser is the secret for the browser of a session. ErrNoSession when that has ended, also while it was being made: whoever has just
// lost the account must not be known by its new password.
func (e *Engine) KnownBrowser(ctx context.Context, cookie secret.Opaque) (secret.Opaque, error) {
	session, err := e.Session(ctx, cookie)
	if err != nil {
		return secret.Opaque{}, err
	}
	account, err := e.Directory.Account(ctx, session.Account)
	if errors.Is(err, ErrNoAccount) {
		return secret.Opaque{}, ErrNoSession
	}
	if err != nil {
		return secret.Opaque{}, err
	}
	if _, err := e.Session(ctx, cookie); err != nil {
		return secret.Opaque{}, err
	}
	_, key := e.Browsers.Latest()
	return known(key, account.ID, epoch(account)), nil
}

// epoch tells the passwords of an account apart. It has 13 digits for all of them, and for decoys: a longer row takes longer to read.
func epoch(a Account) int64 { return max(a.Changed.UnixMilli(), 1_000_000_000_000) }

// saidToBe is the digest of what a browser brings; zero for nothing.
func saidToBe(known secret.Opaque) secret.Digest {
	if known.IsZero() {
		return secret.Digest{}
	}
	return known.Digest()
}

// knownBudget is the try of one who may be known, from taking it to giving it back.
type knownBudget struct {
	cookie secret.Opaque
	asked  bool
	ok     bool
	right  bool
	at     time.Time
	charge []quota.Charge
}

// take says whether the browser is known to the request's account and has a try left, which it takes once. The comparison is the same work
// for everybody; only who is known comes to the count.
func (b *knownBudget) take(ctx context.Context, e *Engine, r recovery.Request, a recovery.Enter, now time.Time) bool {
	if !e.isKnown(r.Account, r.Epoch, b.cookie.Digest()) {
		return false
	}
	if b.asked {
		return b.ok
	}
	a.Known = true
	if !e.looked(r, a, now) {
		return true
	}
	b.asked, b.at = true, now
	b.charge = []quota.Charge{{Key: "known:" + r.Account, Limit: quota.Limit{Events: r.Policy.TriesADay, Per: 24 * time.Hour}}}
	_, ok, err := e.Limiter.Take(ctx, now, b.charge)
	if err != nil {
		e.Log.WarnContext(ctx, "the tries of a known browser could not be counted, it counts as a stranger", "err", err)
	}
	b.ok = ok && err == nil
	return b.ok
}

// close gives a try back that was right.
func (b *knownBudget) close(ctx context.Context, e *Engine) {
	if b.ok && b.right {
		if err := e.Limiter.Return(ctx, b.at, b.charge); err != nil {
			e.Log.WarnContext(ctx, "a right try could not be given back", "err", err)
		}
	}
}
