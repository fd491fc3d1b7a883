package sqlstore

import (
	"context"
	"fmt"
	"time"

	"twohens/internal/secret"
	"twohens/internal/staff"
)

const memberColumns = "SELECT name, role, hash, made, disabled FROM staff "

var (
	insertMember  = both("INSERT INTO staff (name, role, hash, made, disabled) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING")
	memberByName  = both(memberColumns + "WHERE name = ?")
	allMembers    = both(memberColumns + "ORDER BY name")
	setMemberHash = both("UPDATE staff SET hash = ? WHERE name = ?")
	stopMember    = both("UPDATE staff SET disabled = ? WHERE name = ?")

	// On PostgreSQL the member is locked first, or a new password that is just being committed would go unseen: its end of all sessions has
	// passed already, and the session that an old password began would outlive it (as in session.go, R-95).
	lockMember         = onlyPostgres("SELECT 1 FROM staff WHERE name = ? FOR SHARE")
	insertStaffSession = both(`
		INSERT INTO staff_session (id, name, began, seen, expires, network)
		SELECT ?, name, ?, ?, ?, ? FROM staff WHERE name = ? AND hash = ? AND disabled = 0`)
	staffSession = both(`
		SELECT staff_session.name, staff.role, staff_session.began, staff_session.seen, staff_session.expires, staff_session.network
		FROM staff_session JOIN staff ON staff.name = staff_session.name
		WHERE staff_session.id = ? AND staff_session.expires > ? AND staff_session.seen > ? AND staff.disabled = 0`)
	seeStaffSession   = both("UPDATE staff_session SET seen = ? WHERE id = ?")
	endStaffSession   = both("DELETE FROM staff_session WHERE id = ?")
	endSessionsOf     = both("DELETE FROM staff_session WHERE name = ?")
	sweepStaffSession = both("DELETE FROM staff_session WHERE expires < ?")

	insertAct = both("INSERT INTO staff_act (at, name, what, about, network) VALUES (?, ?, ?, ?, ?)")
	newestAct = both("SELECT at, name, what, about, network FROM staff_act ORDER BY n DESC LIMIT ?")
	sweepActs = both("DELETE FROM staff_act WHERE n IN (SELECT n FROM (SELECT n, at FROM staff_act ORDER BY n LIMIT ?) AS first WHERE at < ?)")
)

// AddMember implements staff.Table.
func (s *Store) AddMember(ctx context.Context, m staff.Member) error {
	return s.change(ctx, durable, "adding a member of the staff",
		must(staff.ErrTaken, insertMember, m.Name, string(m.Role), m.Hash, millis(m.Made), millis(m.Disabled)))
}

// Member implements staff.Table.
func (s *Store) Member(ctx context.Context, name string) (m staff.Member, err error) {
	found, err := s.one(ctx, memberByName, func(r row) (err error) {
		m, err = scanMember(r)
		return err
	}, text(name))
	switch {
	case err != nil:
		return staff.Member{}, fmt.Errorf("looking for a member of the staff: %w", err)
	case !found:
		return staff.Member{}, staff.ErrNobody
	}
	return m, nil
}

// Members implements staff.Table.
func (s *Store) Members(ctx context.Context) ([]staff.Member, error) {
	list, err := all(ctx, s, allMembers, scanMember)
	if err != nil {
		return nil, fmt.Errorf("listing the staff: %w", err)
	}
	return list, nil
}

func scanMember(r row) (m staff.Member, err error) {
	var made, disabled int64
	err = r.Scan(&m.Name, &m.Role, &m.Hash, &made, &disabled)
	m.Made, m.Disabled = moment(made), moment(disabled)
	return m, err
}

// SetMemberHash implements staff.Table.
func (s *Store) SetMemberHash(ctx context.Context, name, hash string) error {
	return s.change(ctx, durable, "setting a password of the staff", must(staff.ErrNobody, setMemberHash, hash, text(name)), do(endSessionsOf, text(name)))
}

// StopMember implements staff.Table.
func (s *Store) StopMember(ctx context.Context, name string, at time.Time) error {
	return s.change(ctx, durable, "stopping a member of the staff", must(staff.ErrNobody, stopMember, millis(at), text(name)), do(endSessionsOf, text(name)))
}

// AddStaffSession implements staff.Table.
func (s *Store) AddStaffSession(ctx context.Context, n staff.Session, hash string) error {
	return s.change(ctx, durable, "beginning a session of the staff", do(lockMember, text(n.Name)), must(staff.ErrNobody, insertStaffSession,
		n.ID[:], millis(n.Began), millis(n.Seen), millis(n.Expires), text(n.Network), text(n.Name), hash))
}

// StaffSession implements staff.Table.
func (s *Store) StaffSession(ctx context.Context, id secret.Digest, now, idleSince time.Time, used bool) (staff.Session, error) {
	n := staff.Session{ID: id}
	found, err := s.one(ctx, staffSession, func(r row) error {
		var began, seen, expires int64
		err := r.Scan(&n.Name, &n.Role, &began, &seen, &expires, &n.Network)
		n.Began, n.Seen, n.Expires = moment(began), moment(seen), moment(expires)
		return err
	}, id[:], millis(now), millis(idleSince))
	switch {
	case err != nil:
		return staff.Session{}, fmt.Errorf("looking for a session of the staff: %w", err)
	case !found:
		return staff.Session{}, staff.ErrNobody
	case !used:
		return n, nil
	}
	return n, s.change(ctx, relaxed, "noting a session of the staff", do(seeStaffSession, millis(now), id[:]))
}

// EndStaffSession implements staff.Table.
func (s *Store) EndStaffSession(ctx context.Context, id secret.Digest) error {
	return s.change(ctx, durable, "ending a session of the staff", do(endStaffSession, id[:]))
}

// NoteAct implements staff.Table.
func (s *Store) NoteAct(ctx context.Context, a staff.Act) error {
	return s.change(ctx, durable, "recording an act of the staff", do(insertAct, millis(a.At), text(a.Name), string(a.What), text(a.About), text(a.Network)))
}

// Acts implements staff.Table.
func (s *Store) Acts(ctx context.Context, limit int) ([]staff.Act, error) {
	list, err := all(ctx, s, newestAct, func(r row) (a staff.Act, err error) {
		var at int64
		err = r.Scan(&at, &a.Name, &a.What, &a.About, &a.Network)
		a.At = moment(at)
		return a, err
	}, limit)
	if err != nil {
		return nil, fmt.Errorf("listing acts of the staff: %w", err)
	}
	return list, nil
}
