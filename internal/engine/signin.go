package engine

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/secret"
)

// SessionSettings are the figures of sign-in sessions.
type SessionSettings struct {
	Life time.Duration // from the sign-in on, whatever happens
	Idle time.Duration // since it was last seen

	Fresh time.Duration // since the password was typed last, for changing what an account is recovered by
}

// ErrWrong says that the address and the password do not belong together. It is the same for an unknown address and a
// disabled account, and takes the same work.
var ErrWrong = errors.New("address and password do not belong together")

// ErrStale says that the password must be typed once more before something of the account is changed.
var ErrStale = errors.New("signed in too long ago for this change")

// ErrNoSession says that the browser is not signed in, or not any more.
var ErrNoSession = errors.New("not signed in")

// SignIn begins a session for the address of the pass and returns the secret that its browser keeps. ErrWrong when
// address and password do not belong together; password.ErrBusy when too many are being checked at once.
func (e *Engine) SignIn(ctx context.Context, pass gate.Pass, typed password.Password, browser string) (secret.Opaque, error) {
	if !pass.For(gate.SignIn) {
		return secret.Opaque{}, ErrNoPass
	}
	now := e.now() // before the look at the password: the Store begins no session for one that was changed since
	account, err := e.Directory.Check(ctx, pass.Address(), typed)
	record := Record{At: now, Event: EventSignIn, Outcome: "wrong", Network: pass.Network()}
	if errors.Is(err, ErrNoAccount) {
		e.tell([]Record{record})
		return secret.Opaque{}, ErrWrong
	}
	if err != nil {
		return secret.Opaque{}, err
	}
	cookie := secret.NewOpaque()
	session := Session{
		ID: cookie.Digest(), Account: account.ID, Began: now, Seen: now, Proved: now, Expires: now.Add(e.Settings.Sessions.Life),
		Browser: shorten(browser, 200), Network: pass.Network(),
	}
	record.Account, record.Outcome = account.ID, "right"
	change := Change{SignIn: &session, EndRow: account.ID, Records: []Record{record}}
	if err := e.Store.Save(ctx, change); errors.Is(err, ErrChanged) {
		return secret.Opaque{}, ErrWrong // a new password was set, or the account disabled, while this one was being checked
	} else if err != nil {
		return secret.Opaque{}, err
	}
	e.tell(change.Records)
	return cookie, nil
}

// shorten cuts a text to at most n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Session finds the sign-in session of a browser. ErrNoSession when there is none, or it was idle too long.
func (e *Engine) Session(ctx context.Context, cookie secret.Opaque) (Session, error) {
	if cookie.IsZero() {
		return Session{}, ErrNoSession
	}
	now := e.now()
	session, err := e.Store.Session(ctx, cookie.Digest(), now)
	if err != nil {
		return Session{}, err
	}
	if now.Sub(session.Seen) >= e.Settings.Sessions.Idle {
		return Session{}, ErrNoSession
	}
	if now.Sub(session.Seen) >= touchEvery {
		if err := e.Store.Touch(ctx, session.ID, now); err != nil {
			return Session{}, err
		}
		session.Seen = now
	}
	return session, nil
}

// touchEvery keeps a page view from costing a write each time.
const touchEvery = time.Minute

// SignOut ends a browser's session. One that is over already is fine.
func (e *Engine) SignOut(ctx context.Context, cookie secret.Opaque) error {
	session, err := e.Session(ctx, cookie)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return e.end(ctx, session, session.ID, EventSignOut)
}

// EndSession ends one of the sessions of the account that the given one is signed in to.
func (e *Engine) EndSession(ctx context.Context, by Session, id secret.Digest) error {
	return e.end(ctx, by, id, EventEnded)
}

func (e *Engine) end(ctx context.Context, by Session, id secret.Digest, event Event) error {
	if err := e.Store.EndSession(ctx, by.Account, id); err != nil {
		return err
	}
	return e.note(ctx, by, event, "one")
}

// EndOtherSessions ends all sessions of the account but the given one.
func (e *Engine) EndOtherSessions(ctx context.Context, by Session) error {
	if err := e.Store.EndSessions(ctx, by.Account, by.ID); err != nil {
		return err
	}
	return e.note(ctx, by, EventEnded, "others")
}

// note records what a signed-in person did.
func (e *Engine) note(ctx context.Context, by Session, event Event, outcome string) error {
	records := []Record{{At: e.now(), Account: by.Account, Event: event, Outcome: outcome, Network: by.Network}}
	if err := e.Store.Save(ctx, Change{Records: records}); err != nil {
		return err
	}
	e.tell(records)
	return nil
}
