package engine

import (
	"context"
	"errors"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// LinkAlive says whether pressing the button of the link's page would prove something. It changes nothing, however often
// mail scanners open the page (R-41, kratos#1142).
func (e *Engine) LinkAlive(ctx context.Context, link secret.Opaque) (bool, error) {
	stored, err := e.Store.Request(ctx, Key{Link: link.Digest()})
	if errors.Is(err, ErrNoRequest) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return e.made(stored.Request, link) && stored.Request.Next(recovery.Follow{Tally: stored.Tally}, e.now()).Outcome == recovery.Proved, nil
}

// made says that a key which is still in force made the link for this request. Finding its digest in the database is not
// enough: after a revocation, and to somebody who can write to the database, the digest alone opens nothing.
func (e *Engine) made(r recovery.Request, link secret.Opaque) bool {
	return e.link(r).Digest().Equal(link.Digest())
}

// Follow is FollowClaiming for whoever brings no claim.
func (e *Engine) Follow(ctx context.Context, link secret.Opaque, network string) (holder, grant secret.Opaque, outcome recovery.Outcome, err error) {
	return e.FollowClaiming(ctx, link, secret.NewOpaque(), network)
}

// FollowClaiming is the press on that button: once, the browser that pressed it gets a request of its own, in which the e-mail way is
// proved, and the right to set one password; or OneMore and no right yet, where the policy asks for another way. The browser that
// asked sees no change, and its codes prove nothing any more. With the claim of a press that proved, it is the same press:
// ProvedBefore, and the same secrets.
func (e *Engine) FollowClaiming(ctx context.Context, link, claim secret.Opaque, network string) (holder, grant secret.Opaque, outcome recovery.Outcome, err error) {
	key := link.Digest()
	holder, grant = e.claimed("holder of a link", link, claim), e.claimed("grant of a link", link, claim)
	err = e.attempt(ctx, func() error {
		stored, err := e.Store.Request(ctx, Key{Link: key})
		if errors.Is(err, ErrNoRequest) {
			outcome = recovery.LinkDead
			return nil
		}
		if err != nil {
			return err
		}
		now, parent := e.now(), stored.Request
		if !e.made(parent, link) {
			outcome = recovery.LinkDead
			return nil
		}
		step := parent.Next(recovery.Follow{Tally: stored.Tally}, now)
		if outcome = step.Outcome; outcome != recovery.Proved {
			return nil
		}
		branch := recovery.Branch(parent, recovery.Opening{
			ID: recovery.ID(newID()), Network: network, Nonce: secret.NewNonce(), Key: e.Codes.Newest(), Holder: holder.Digest(),
		}, grant.Digest(), now)
		if branch.State != recovery.Resetting {
			outcome = recovery.OneMore
		}
		stored.Request = step.Request
		if outcome == recovery.Proved { // half a proof ends no row
			stored.Tally = stored.Tally.Proved(now)
		}
		records := []Record{{
			At: now, Request: branch.ID, Account: branch.Account, Event: EventLink,
			Way: recovery.WayEmail, Outcome: string(outcome), Network: network,
		}}
		if err := e.Store.Save(ctx, Change{Create: &branch, Update: &stored, Tally: &stored, Records: records}); err != nil {
			return err
		}
		e.tell(records)
		return nil
	})
	if err == nil && outcome == recovery.LinkDead {
		outcome, err = e.followed(ctx, holder, grant)
	}
	switch {
	case err != nil:
	case outcome == recovery.Proved, outcome == recovery.ProvedBefore:
		return holder, grant, outcome, nil
	case outcome == recovery.OneMore:
		return holder, secret.Opaque{}, outcome, nil
	}
	return secret.Opaque{}, secret.Opaque{}, outcome, err
}

// followed says what a press gave that was made before with the same claim: ProvedBefore, or OneMore, or LinkDead when there was none.
func (e *Engine) followed(ctx context.Context, holder, grant secret.Opaque) (recovery.Outcome, error) {
	stored, err := e.Store.Request(ctx, Key{Holder: holder.Digest()})
	switch {
	case errors.Is(err, ErrNoRequest):
		return recovery.LinkDead, nil
	case err != nil:
		return "", err
	case stored.Request.Grant.Equal(grant.Digest()):
		return recovery.ProvedBefore, nil
	}
	return recovery.OneMore, nil
}
