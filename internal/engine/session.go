package engine

import (
	"context"
	"time"

	"twohens/internal/secret"
)

// Session is a browser that has signed in to an account.
type Session struct {
	ID      secret.Digest // of its cookie
	Account string
	Began   time.Time
	Seen    time.Time
	Proved  time.Time // when its password was typed last: at the sign-in, or since
	Expires time.Time
	Browser string // what the browser says it is, shortened
	Network string
}

// Sessions is the part of the Store that keeps them. They begin by Save (Change.SignIn) and end all at once by a Write.
type Sessions interface {
	// Session finds one that has not expired. ErrNoSession when there is none.
	Session(ctx context.Context, id secret.Digest, now time.Time) (Session, error)
	// SessionsOf lists the account's, newest first.
	SessionsOf(ctx context.Context, account string, now time.Time) ([]Session, error)
	// Touch notes that a session was seen.
	Touch(ctx context.Context, id secret.Digest, now time.Time) error
	// Prove notes that the password was typed once more in a session.
	Prove(ctx context.Context, id secret.Digest, now time.Time) error
	// EndSession ends one of the account's.
	EndSession(ctx context.Context, account string, id secret.Digest) error
	// EndSessions ends all of the account's but one; zero spares none.
	EndSessions(ctx context.Context, account string, except secret.Digest) error
}
