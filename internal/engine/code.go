package engine

import (
	"context"
	"encoding/binary"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// Purposes keep what one key makes apart.
const (
	purposeCode = "recovery code"
	purposeLink = "recovery link"
	purposeStop = "recovery stop"
)

// code derives the code of a round (invariant 6). The zero Code, which equals nothing, when the key was revoked.
func (e *Engine) code(r recovery.Request, round recovery.Round) secret.Code {
	key, ok := e.Codes.Key(r.Key)
	if !ok {
		return secret.Code{}
	}
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(round.Number))
	return key.Derive(r.Policy.Digits, purposeCode,
		[]byte(r.ID), r.Nonce[:], []byte(r.Account), []byte(contactOf(r, round.Way)), []byte(round.Way.String()), number[:])
}

// contactOf is where a way's codes go, for what is bound to it.
func contactOf(r recovery.Request, way recovery.Way) string { return destination(r, way).Address }

// link derives the link of a request's mails: the same in each, so that no resend kills the one before.
func (e *Engine) link(r recovery.Request) secret.Opaque {
	key, ok := e.Codes.Key(r.Key)
	if !ok {
		return secret.Opaque{}
	}
	return key.DeriveOpaque(purposeLink, []byte(r.ID), r.Nonce[:], []byte(r.Account), []byte(r.Contact.Address()))
}

// Enter is EnterClaiming for whoever brings no claim.
func (e *Engine) Enter(ctx context.Context, holder secret.Opaque, typed secret.Code) (recovery.View, recovery.Outcome, secret.Opaque, error) {
	return e.EnterClaiming(ctx, holder, typed, secret.NewOpaque(), secret.Opaque{})
}

// EnterClaiming judges a typed code. When it proves, the grant is the right to set one password; it is the same once more when
// the request was proved before with the same claim, the code unread. In every other case it is zero.
//
// Known is what the browser was given at a sign-in (KnownBrowser); zero, or another account's, is as good as none.
//
// All live rounds are derived and compared, without stopping at a match, for a decoy like for a real request.
func (e *Engine) EnterClaiming(ctx context.Context, holder secret.Opaque, typed secret.Code, claim, known secret.Opaque) (recovery.View, recovery.Outcome, secret.Opaque, error) {
	budget := knownBudget{cookie: known}
	defer budget.close(ctx, e)
	return e.prove(ctx, holder, claim, attempted{
		purpose: "grant of a code", event: EventEntered, turns: &e.turns,
		judge: func(ctx context.Context, stored Stored, grant secret.Digest, now time.Time) (judgement, error) {
			right := false
			for _, round := range stored.Request.LiveRounds(now) {
				if e.code(stored.Request, round).Equal(typed) {
					right = true
				}
			}
			action := recovery.Enter{Typed: !typed.IsZero(), Tally: stored.Tally, Grant: grant, Paused: e.brake.paused(now)}
			action.Known = budget.take(ctx, e, stored.Request, action, now)
			action.Right = right
			budget.right = right
			return judgement{action: action}, nil
		},
	})
}
