package engine

import (
	"context"
	"errors"

	"twohens/internal/gate"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// ErrNoPass says that a use case was called without the gate's pass for it: a fault of the program.
var ErrNoPass = errors.New("engine: no pass for this action")

// Open begins a recovery for the address of the pass and returns the secret that its browser keeps. One commit, whoever the
// address belongs to; the account is looked for by the worker.
//
// Known is what the browser was given at a sign-in (KnownBrowser); zero, or another account's, is as good as none.
func (e *Engine) Open(ctx context.Context, pass gate.Pass, locale string, known secret.Opaque) (secret.Opaque, recovery.View, error) {
	if !pass.For(gate.Recover) {
		return secret.Opaque{}, recovery.View{}, ErrNoPass
	}
	now, holder := e.now(), secret.NewOpaque()
	request, effects := recovery.Open(recovery.Opening{
		ID: recovery.ID(newID()), Policy: e.Policy, Address: pass.Address(), Locale: locale, Network: pass.Network(),
		Nonce: secret.NewNonce(), Key: e.Codes.Newest(), Holder: holder.Digest(), Known: saidToBe(known),
	}, now)
	err := e.Store.Save(ctx, Change{Create: &request, Entries: entries(request, effects, now)})
	if err != nil {
		return secret.Opaque{}, recovery.View{}, err
	}
	e.Wake()
	return holder, request.View(now), nil
}
