package sqlstore

import (
	"context"
	"fmt"
	"time"

	"twohens/internal/engine"
	"twohens/internal/secret"
)

const selectSession = "SELECT id, account, began, seen, proved, expires, browser, network FROM session "

var (
	sessionByID    = both(selectSession + "WHERE id = ? AND expires > ?")
	sessionsOf     = both(selectSession + "WHERE account = ? AND expires > ? ORDER BY began DESC, id")
	touchSession   = both("UPDATE session SET seen = ? WHERE id = ? AND seen < ?")
	proveSession   = both("UPDATE session SET proved = ? WHERE id = ? AND proved < ?")
	keepSession    = both("UPDATE session SET seen = seen WHERE account = ? AND id = ?")
	deleteSession  = both("DELETE FROM session WHERE account = ? AND id = ?")
	deleteSessions = both("DELETE FROM session WHERE account = ? AND id <> ?")

	// A sign-in and a reset can pass each other: the old password is checked, the new one is set and all sessions end, the
	// sign-in is saved. It must not be. So a session that began before its account's password was changed, or whose
	// account is disabled, is not added. On PostgreSQL the account is locked first, or a reset that is just being committed
	// would go unseen. An account that is not in this database is its own directory's matter.
	insertSession = each(`
		INSERT INTO session (id, account, began, seen, proved, expires, browser, network) SELECT ?, ?, ?, ?, ?, ?, ?, ?
		WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = ? AND (changed > ? OR disabled <> 0))`, `
		INSERT INTO session (id, account, began, seen, proved, expires, browser, network)
		SELECT ?::bytea, ?::text, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::text, ?::text
		WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = ? AND (changed > ? OR disabled <> 0))`)
)

func beginSession(s engine.Session) step {
	began := millis(s.Began)
	return must(engine.ErrChanged, insertSession, s.ID[:], s.Account, began, millis(s.Seen), millis(s.Proved), millis(s.Expires),
		text(s.Browser), text(s.Network), s.Account, began)
}

// Session implements engine.Sessions.
func (s *Store) Session(ctx context.Context, id secret.Digest, now time.Time) (engine.Session, error) {
	if id.IsZero() {
		return engine.Session{}, engine.ErrNoSession
	}
	var session engine.Session
	found, err := s.one(ctx, sessionByID, func(r row) (err error) {
		session, err = scanSession(r)
		return err
	}, id[:], millis(now))
	if err != nil {
		return engine.Session{}, fmt.Errorf("loading a session: %w", err)
	}
	if !found {
		return engine.Session{}, engine.ErrNoSession
	}
	return session, nil
}

// SessionsOf implements engine.Sessions.
func (s *Store) SessionsOf(ctx context.Context, account string, now time.Time) ([]engine.Session, error) {
	list, err := all(ctx, s, sessionsOf, scanSession, account, millis(now))
	if err != nil {
		return nil, fmt.Errorf("loading sessions: %w", err)
	}
	return list, nil
}

func scanSession(r row) (engine.Session, error) {
	var (
		s                            engine.Session
		id                           []byte
		began, seen, proved, expires int64
	)
	err := r.Scan(&id, &s.Account, &began, &seen, &proved, &expires, &s.Browser, &s.Network)
	s.ID, s.Began, s.Seen, s.Proved, s.Expires = digest(id), moment(began), moment(seen), moment(proved), moment(expires)
	return s, err
}

// Touch implements engine.Sessions. On PostgreSQL it is kept with less care than the rest: the last minute may go with the machine's power.
func (s *Store) Touch(ctx context.Context, id secret.Digest, now time.Time) error {
	seen := millis(now)
	return s.change(ctx, relaxed, "noting that a session was seen", do(touchSession, seen, id[:], seen))
}

// Prove implements engine.Sessions. A session that is gone stays so, which is no error.
func (s *Store) Prove(ctx context.Context, id secret.Digest, now time.Time) error {
	proved := millis(now)
	return s.change(ctx, durable, "noting that a password was typed", do(proveSession, proved, id[:], proved))
}

// EndSession implements engine.Sessions.
func (s *Store) EndSession(ctx context.Context, account string, id secret.Digest) error {
	return s.change(ctx, durable, "ending a session", do(deleteSession, account, id[:]))
}

// EndSessions implements engine.Sessions.
func (s *Store) EndSessions(ctx context.Context, account string, except secret.Digest) error {
	return s.change(ctx, durable, "ending sessions", do(deleteSessions, account, except[:]))
}
