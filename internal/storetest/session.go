package storetest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/secret"
)

var sessions = []contract{
	{"every field comes back", func(t *testing.T, s Opened) {
		want := session(odd)
		want.Seen, want.Proved, want.Browser = noon.Add(time.Second), noon.Add(time.Minute), strings.Repeat(odd, 100)
		for i := range reflect.TypeOf(want).NumField() {
			if reflect.ValueOf(want).Field(i).IsZero() {
				t.Fatalf("the sample session has nothing in %s", reflect.TypeOf(want).Field(i).Name)
			}
		}
		save(t, s, engine.Change{SignIn: &want})
		got, err := s.Session(t.Context(), want.ID, noon)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}},
	{"unknown and expired", func(t *testing.T, s Opened) {
		in := session("acc")
		save(t, s, engine.Change{SignIn: &in})
		for name, look := range map[string]func() (engine.Session, error){
			"unknown": func() (engine.Session, error) { return s.Session(t.Context(), sum(), noon) },
			"none":    func() (engine.Session, error) { return s.Session(t.Context(), secret.Digest{}, noon) },
			"expired": func() (engine.Session, error) { return s.Session(t.Context(), in.ID, in.Expires) },
		} {
			if _, err := look(); !errors.Is(err, engine.ErrNoSession) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Session(t.Context(), in.ID, in.Expires.Add(-time.Millisecond)); err != nil {
			t.Errorf("just before its end: %v", err)
		}
	}},
	{"newest first, none expired", func(t *testing.T, s Opened) {
		var want []secret.Digest
		for i := range 5 {
			in := session("acc")
			in.Began = noon.Add(-time.Duration(i) * time.Minute)
			if i == 2 {
				in.Expires = noon
			} else {
				want = append(want, in.ID)
			}
			save(t, s, engine.Change{SignIn: &in})
		}
		other := session("another")
		save(t, s, engine.Change{SignIn: &other})
		sessionsAre(t, s, "acc", want...)
		sessionsAre(t, s, "nobody")
	}},
	{"touching", func(t *testing.T, s Opened) {
		in, other := session("acc"), session("acc")
		save(t, s, engine.Change{SignIn: &in})
		save(t, s, engine.Change{SignIn: &other})
		for _, at := range []time.Time{noon.Add(time.Minute), noon.Add(time.Second)} { // never back: answers may pass each other
			if err := s.Touch(t.Context(), in.ID, at); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Session(t.Context(), in.ID, noon); err != nil || got.Seen != noon.Add(time.Minute) {
			t.Errorf("seen %v, %v", got.Seen, err)
		}
		if got, err := s.Session(t.Context(), other.ID, noon); err != nil || got.Seen != noon {
			t.Errorf("another was seen %v, %v", got.Seen, err)
		}
		if err := s.Touch(t.Context(), sum(), noon); err != nil {
			t.Errorf("one that is gone: %v", err)
		}
	}},
	{"the password once more", func(t *testing.T, s Opened) {
		in, other := session("acc"), session("acc")
		save(t, s, engine.Change{SignIn: &in})
		save(t, s, engine.Change{SignIn: &other})
		for _, at := range []time.Time{noon.Add(time.Minute), noon.Add(time.Second)} { // never back
			if err := s.Prove(t.Context(), in.ID, at); err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[secret.Digest]time.Time{in.ID: noon.Add(time.Minute), other.ID: noon} {
			if got, err := s.Session(t.Context(), id, noon); err != nil || got.Proved != want || got.Seen != noon {
				t.Errorf("proved %v, want %v, seen %v, %v", got.Proved, want, got.Seen, err)
			}
		}
		if err := s.EndSession(t.Context(), "acc", in.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Prove(t.Context(), in.ID, noon.Add(time.Hour)); err != nil {
			t.Errorf("one that is gone: %v", err)
		}
		sessionsAre(t, s, "acc", other.ID)
	}},
	{"ending one", func(t *testing.T, s Opened) {
		in, other, elses := session("acc"), session("acc"), session("another")
		other.Began = noon.Add(-time.Second)
		for _, each := range []engine.Session{in, other, elses} {
			save(t, s, engine.Change{SignIn: &each})
		}
		if err := s.EndSession(t.Context(), "acc", elses.ID); err != nil { // not this account's to end
			t.Fatal(err)
		}
		sessionsAre(t, s, "another", elses.ID)
		sessionsAre(t, s, "acc", in.ID, other.ID)
		for range 2 { // ending one that is over already is fine
			if err := s.EndSession(t.Context(), "acc", in.ID); err != nil {
				t.Fatal(err)
			}
		}
		sessionsAre(t, s, "acc", other.ID)
	}},
	{"a change by one that is over", func(t *testing.T, s Opened) {
		in, elses := session("acc"), session("another")
		save(t, s, engine.Change{SignIn: &in})
		save(t, s, engine.Change{SignIn: &elses})
		set := func(by engine.Session, digest string) engine.Change {
			return engine.Change{By: &by, Answers: &engine.AnswerSet{Account: "acc", Answers: []engine.KeptAnswer{kept("pet", digest, noon)}}}
		}
		save(t, s, set(in, "its own"))
		if err := s.EndSession(t.Context(), "acc", in.ID); err != nil {
			t.Fatal(err)
		}
		stolen := session("acc")
		stolen.ID = elses.ID
		for _, by := range []engine.Session{in, stolen, {}} {
			changed(t, s.Save(t.Context(), set(by, "a stranger's")))
		}
		if got := answers(t, s, "acc"); len(got) != 1 || got[0].Digest != "its own" {
			t.Errorf("kept %v", got)
		}
	}},
	{"ending all but one", func(t *testing.T, s Opened) {
		in, elses := session("acc"), session("another")
		save(t, s, engine.Change{SignIn: &elses})
		for range 3 {
			other := session("acc")
			save(t, s, engine.Change{SignIn: &other})
		}
		save(t, s, engine.Change{SignIn: &in})
		if err := s.EndSessions(t.Context(), "acc", in.ID); err != nil {
			t.Fatal(err)
		}
		sessionsAre(t, s, "acc", in.ID)
		if err := s.EndSessions(t.Context(), "acc", secret.Digest{}); err != nil {
			t.Fatal(err)
		}
		sessionsAre(t, s, "acc")
		sessionsAre(t, s, "another", elses.ID)
	}},
}
