// Package staff is the people who sign in to the console: the help desk, who look up where a code is and begin a recovery for someone, and
// operators, who see everything and switch senders. They are no accounts: no walk of this program leads to the console, and what is recorded of
// them is kept apart.
//
// A name that is not known takes the same work as a wrong password (CWE-208), wrong passwords are counted by name and by network, and every act is
// recorded with who did it.
package staff

import (
	"context"
	"errors"
	"net/netip"
	"regexp"
	"time"

	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/secret"
)

// Role is what somebody may do.
type Role string

// The roles there are.
const (
	Desk     Role = "desk"     // look up, and begin a recovery for someone
	Operator Role = "operator" // that, the deliveries, the switches and what was recorded
)

// Member is one of the staff.
type Member struct {
	Name     string
	Role     Role
	Hash     string
	Made     time.Time
	Disabled time.Time // zero: may sign in
}

// Session is a browser that is signed in to the console.
type Session struct {
	ID      secret.Digest
	Name    string
	Role    Role // of the member, as it is now
	Began   time.Time
	Seen    time.Time
	Expires time.Time
	Network string
}

// Act is something that one of the staff did, or somebody in their name.
type Act struct {
	At      time.Time
	Name    string
	What    Deed
	About   string // a reference, a sender, a name: never an address
	Network string
}

// Deed names an act.
type Deed string

// The deeds there are.
const (
	SignedIn  Deed = "signed_in"
	Failed    Deed = "failed" // a sign-in with a wrong password
	SignedOut Deed = "signed_out"
	LookedUp  Deed = "looked_up"
	Started   Deed = "started"
	Off       Deed = "switched_off"
	On        Deed = "switched_on"
)

// Table is where they are kept.
type Table interface {
	// AddMember keeps a new one: ErrTaken when there is one of that name.
	AddMember(ctx context.Context, m Member) error
	// Member finds one. ErrNobody when there is none.
	Member(ctx context.Context, name string) (Member, error)
	// Members lists all, by name.
	Members(ctx context.Context) ([]Member, error)
	// SetMemberHash sets a password and ends the sessions of its member. ErrNobody when there is none.
	SetMemberHash(ctx context.Context, name, hash string) error
	// StopMember stops a member and ends their sessions, or allows them again when the time is zero. ErrNobody when there is none.
	StopMember(ctx context.Context, name string, at time.Time) error

	// AddStaffSession begins a session of a member whose password is still the one with this hash: of a sign-in and a new password at the
	// same moment, the new password wins. ErrNobody otherwise.
	AddStaffSession(ctx context.Context, s Session, hash string) error
	// StaffSession finds one that lasts, of a member who may sign in, and notes that it was seen when somebody used it. ErrNobody otherwise.
	StaffSession(ctx context.Context, id secret.Digest, now, idleSince time.Time, used bool) (Session, error)
	// EndStaffSession ends one.
	EndStaffSession(ctx context.Context, id secret.Digest) error

	// NoteAct writes an act down.
	NoteAct(ctx context.Context, a Act) error
	// Acts lists the newest.
	Acts(ctx context.Context, limit int) ([]Act, error)
}

// Errors.
var (
	ErrNobody  = errors.New("no such member of the staff")
	ErrTaken   = errors.New("there is a member of the staff of that name")
	ErrWrong   = errors.New("name and password do not belong together")
	ErrLimited = errors.New("too many tries")
	ErrName    = errors.New("a name has 1 to 40 of the characters a-z, 0-9, . and -")
)

// Limited is ErrLimited, with how long to wait.
type Limited struct{ After time.Duration }

func (l *Limited) Error() string        { return ErrLimited.Error() }
func (l *Limited) Is(target error) bool { return target == ErrLimited }

// How long a sign-in to the console lasts, and how many tries there are.
const (
	Life = 12 * time.Hour
	Idle = 30 * time.Minute
)

// A stranger who guesses at a name uses up the tries of their own network, and not those of its owner; only many networks together use up the
// name's.
var (
	byName    = quota.Limit{Events: 100, Per: time.Hour}
	byBoth    = quota.Limit{Events: 10, Per: time.Hour}
	byNetwork = quota.Limit{Events: 60, Per: time.Hour}
	nameForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,39}$`)
)

// Staff signs them in.
type Staff struct {
	Table   Table
	Hasher  *password.Hasher
	Limiter quota.Limiter
	Now     func() time.Time
}

// now is in the precision that stores keep.
func (s *Staff) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Add makes a member.
func (s *Staff) Add(ctx context.Context, name string, role Role, chosen password.Password) error {
	if !nameForm.MatchString(name) {
		return ErrName
	}
	hash, err := s.Hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return s.Table.AddMember(ctx, Member{Name: name, Role: role, Hash: hash, Made: s.now()})
}

// SetPassword sets a member's password and ends their sessions.
func (s *Staff) SetPassword(ctx context.Context, name string, chosen password.Password) error {
	hash, err := s.Hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return s.Table.SetMemberHash(ctx, name, hash)
}

// Disable stops a member, or allows them again.
func (s *Staff) Disable(ctx context.Context, name string, stopped bool) error {
	var at time.Time
	if stopped {
		at = s.now()
	}
	return s.Table.StopMember(ctx, name, at)
}

// SignIn begins a session: ErrWrong, ErrLimited, or password.ErrBusy. Who signs in is recorded, and who fails to.
func (s *Staff) SignIn(ctx context.Context, name string, typed password.Password, client netip.Addr) (secret.Opaque, error) {
	if !nameForm.MatchString(name) { // it would be nobody's, and might be the name of another's bucket
		name = ""
	}
	now := s.now()
	network := ""
	charges := []quota.Charge{{Key: "staff:name:" + name, Limit: byName}}
	if networks := quota.Networks(client); len(networks) > 0 {
		network = networks[0]
		charges = append(charges, quota.Charge{Key: "staff:net:" + network, Limit: byNetwork},
			quota.Charge{Key: "staff:name:" + name + ":" + network, Limit: byBoth})
	}
	if wait, ok, err := s.Limiter.Take(ctx, now, charges); err != nil {
		return secret.Opaque{}, err
	} else if !ok {
		return secret.Opaque{}, &Limited{After: wait}
	}
	m, err := s.Table.Member(ctx, name)
	if err != nil && !errors.Is(err, ErrNobody) {
		return secret.Opaque{}, err
	}
	right := false
	if err != nil || !m.Disabled.IsZero() {
		err = s.Hasher.VerifyUnknown(ctx, typed)
	} else {
		right, _, err = s.Hasher.Verify(ctx, m.Hash, typed)
	}
	if err != nil {
		return secret.Opaque{}, err
	}
	if !right {
		// A made-up name is not kept: whoever mistypes may have typed the password into its field.
		about := m.Name
		if err := s.Table.NoteAct(ctx, Act{At: now, Name: about, What: Failed, Network: network}); err != nil {
			return secret.Opaque{}, err
		}
		return secret.Opaque{}, ErrWrong
	}
	id := secret.NewOpaque()
	err = s.Table.AddStaffSession(ctx, Session{ID: id.Digest(), Name: m.Name, Began: now, Seen: now, Expires: now.Add(Life), Network: network}, m.Hash)
	if errors.Is(err, ErrNobody) {
		err = ErrWrong
	}
	if err != nil {
		return secret.Opaque{}, err
	}
	return id, s.Table.NoteAct(ctx, Act{At: now, Name: m.Name, What: SignedIn, Network: network})
}

// Session is that of a browser's secret. ErrNobody when there is none any more. What a page asks for by itself is no use: a screen that was left
// alone must not keep its session (ASVS 7.3.1).
func (s *Staff) Session(ctx context.Context, id secret.Opaque, used bool) (Session, error) {
	if id.IsZero() {
		return Session{}, ErrNobody
	}
	now := s.now()
	return s.Table.StaffSession(ctx, id.Digest(), now, now.Add(-Idle), used)
}

// SignOut ends a session.
func (s *Staff) SignOut(ctx context.Context, by Session) error {
	if err := s.Table.EndStaffSession(ctx, by.ID); err != nil {
		return err
	}
	return s.Note(ctx, by, SignedOut, "")
}

// Note records what somebody who is signed in did.
func (s *Staff) Note(ctx context.Context, by Session, what Deed, about string) error {
	return s.Table.NoteAct(ctx, Act{At: s.now(), Name: by.Name, What: what, About: about, Network: by.Network})
}
