package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"twohens/internal/staff"
)

func member(t testing.TB, s staff.Table, name string) staff.Member {
	t.Helper()
	m := staff.Member{Name: name, Role: staff.Desk, Hash: "$argon2id$" + name, Made: noon}
	if err := s.AddMember(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func staffSession(t testing.TB, s staff.Table, name string) staff.Session {
	t.Helper()
	n := staff.Session{ID: sum(), Name: name, Role: staff.Desk, Began: noon, Seen: noon, Expires: noon.Add(time.Hour), Network: "192.0.2.7/32"}
	m, err := s.Member(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddStaffSession(t.Context(), n, m.Hash); err != nil {
		t.Fatal(err)
	}
	return n
}

var staffs = []contract{
	{"members", func(t *testing.T, s Opened) {
		dora, adam := member(t, s, "dora"), member(t, s, "adam")
		got, err := s.Member(t.Context(), "dora")
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, dora)
		list, err := s.Members(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, list, []staff.Member{adam, dora})
		if err := s.AddMember(t.Context(), staff.Member{Name: "dora", Role: staff.Operator}); !errors.Is(err, staff.ErrTaken) {
			t.Errorf("a second one of a name: %v", err)
		}
		for _, name := range []string{"", "DORA", "dora ", odd, "\x00"} {
			if _, err := s.Member(t.Context(), name); !errors.Is(err, staff.ErrNobody) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}},
	{"sessions", func(t *testing.T, s Opened) {
		member(t, s, "dora")
		n := staffSession(t, s, "dora")
		got, err := s.StaffSession(t.Context(), n.ID, noon, noon.Add(-time.Minute), true)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, n)
		later := noon.Add(20 * time.Minute)
		if _, err = s.StaffSession(t.Context(), n.ID, later, noon.Add(-time.Minute), true); err != nil {
			t.Fatal(err)
		}
		if got, err = s.StaffSession(t.Context(), n.ID, later, noon.Add(time.Minute), true); err != nil || got.Seen != later { // seen since
			t.Errorf("%+v, %v", got, err)
		}
		if _, err = s.StaffSession(t.Context(), n.ID, later.Add(9*time.Minute), noon, false); err != nil {
			t.Fatal(err)
		}
		if got, err = s.StaffSession(t.Context(), n.ID, later, noon, true); err != nil || got.Seen != later { // looked at, and not used
			t.Errorf("%+v, %v", got, err)
		}
		for name, tt := range map[string][2]time.Time{"over": {noon.Add(time.Hour), noon}, "idle": {later, later}} {
			if _, err := s.StaffSession(t.Context(), n.ID, tt[0], tt[1], true); !errors.Is(err, staff.ErrNobody) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.StaffSession(t.Context(), sum(), noon, noon.Add(-time.Hour), true); !errors.Is(err, staff.ErrNobody) {
			t.Errorf("a made-up one: %v", err)
		}
		if err := s.EndStaffSession(t.Context(), n.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StaffSession(t.Context(), n.ID, noon, noon.Add(-time.Hour), true); !errors.Is(err, staff.ErrNobody) {
			t.Errorf("an ended one: %v", err)
		}
	}},
	{"a new password and a stop end sessions", func(t *testing.T, s Opened) {
		for _, how := range []func(name string) error{
			func(name string) error { return s.SetMemberHash(t.Context(), name, "$argon2id$new") },
			func(name string) error { return s.StopMember(t.Context(), name, noon) },
		} {
			name := fmt.Sprintf("m%d", len(t.Name())) + id()[:8]
			member(t, s, name)
			other := member(t, s, "x"+name)
			one, kept := staffSession(t, s, name), staffSession(t, s, other.Name)
			if err := how(name); err != nil {
				t.Fatal(err)
			}
			if _, err := s.StaffSession(t.Context(), one.ID, noon, noon.Add(-time.Hour), true); !errors.Is(err, staff.ErrNobody) {
				t.Errorf("still in: %v", err)
			}
			if _, err := s.StaffSession(t.Context(), kept.ID, noon, noon.Add(-time.Hour), true); err != nil {
				t.Errorf("another one: %v", err)
			}
			if err := how("nobody"); !errors.Is(err, staff.ErrNobody) {
				t.Errorf("of nobody: %v", err)
			}
			m, err := s.Member(t.Context(), name)
			if err != nil || m.Disabled.IsZero() && m.Hash != "$argon2id$new" {
				t.Errorf("%+v, %v", m, err)
			}
			late := staff.Session{ID: sum(), Name: name, Began: noon, Seen: noon, Expires: noon.Add(time.Hour)} // signed in at the same moment
			if err := s.AddStaffSession(t.Context(), late, "$argon2id$"+name); !errors.Is(err, staff.ErrNobody) {
				t.Errorf("in by what was right before: %v", err)
			}
		}
	}},
	{"acts", func(t *testing.T, s Opened) {
		race(t, 10, nil, func(ctx context.Context, i int) error {
			return s.NoteAct(ctx, staff.Act{At: noon, Name: "dora", What: staff.LookedUp, About: fmt.Sprint(i), Network: odd})
		})
		last := staff.Act{At: noon.Add(time.Second), Name: odd, What: staff.Off, About: odd, Network: "192.0.2.7/32"}
		if err := s.NoteAct(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		list, err := s.Acts(t.Context(), 5)
		if err != nil || len(list) != 5 {
			t.Fatal(list, err)
		}
		same(t, list[0], last)
	}},
	{"what is old goes", func(t *testing.T, s Opened) {
		member(t, s, "dora")
		n := staffSession(t, s, "dora")
		for _, at := range []time.Time{noon.Add(-500 * 24 * time.Hour), noon} {
			if err := s.NoteAct(t.Context(), staff.Act{At: at, Name: "dora", What: staff.On}); err != nil {
				t.Fatal(err)
			}
		}
		sweep(t, s, noon.Add(2*time.Hour))
		if _, err := s.StaffSession(t.Context(), n.ID, noon, noon.Add(-time.Hour), true); !errors.Is(err, staff.ErrNobody) {
			t.Errorf("still there: %v", err)
		}
		if list, err := s.Acts(t.Context(), 5); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	}},
}
