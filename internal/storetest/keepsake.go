package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

var keepsakes = []contract{
	{"answers come back, and are replaced", func(t *testing.T, s Opened) {
		for _, account := range []string{"acc", odd, "elsewhere"} { // which needs no account here
			for _, want := range [][]engine.KeptAnswer{
				{kept("pet", "$argon2id$1", noon), kept(odd, "$argon2id$2", noon.Add(time.Second)), kept("z", "3", noon)},
				{kept("street", "$argon2id$4", noon)},
				{},
				{kept("a", "5", noon), kept("a", "6", noon)},
			} {
				save(t, s, engine.Change{Answers: &engine.AnswerSet{Account: account, Answers: want}})
				if got := answers(t, s, account); !slices.Equal(got, want) {
					t.Errorf("%v, want %v", got, want)
				}
			}
		}
		if got := answers(t, s, "nobody"); len(got) != 0 {
			t.Errorf("nobody has %v", got)
		}
	}},
	{"saved codes come back, and are replaced", func(t *testing.T, s Opened) {
		for _, want := range [][]engine.SavedCode{
			{
				{Place: 0, Digest: "$argon2id$0", Made: noon}, {Place: 3, Digest: "$argon2id$3", Made: noon, Used: noon.Add(time.Second)},
				{Place: 9, Digest: odd, Made: noon},
			},
			{},
			{{Place: 1, Digest: "$argon2id$1", Made: noon}},
		} {
			shuffled := slices.Clone(want)
			slices.Reverse(shuffled)
			save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: shuffled}})
			if got := saved(t, s, "acc"); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		if got := saved(t, s, "nobody"); len(got) != 0 {
			t.Errorf("nobody has %v", got)
		}
	}},
	{"a saved code is used once", func(t *testing.T, s Opened) {
		codes := []engine.SavedCode{{Place: 0, Digest: "zero", Made: noon}, {Place: 1, Digest: "one", Made: noon}}
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: codes}})
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "other", Codes: codes}})
		for _, step := range []struct {
			name string
			use  engine.SavedUse
			err  error
		}{
			{"another place", engine.SavedUse{Account: "acc", Place: 1, Digest: "zero"}, engine.ErrChanged},
			{"no such place", engine.SavedUse{Account: "acc", Place: 7, Digest: "zero"}, engine.ErrChanged},
			{"no such account", engine.SavedUse{Account: "nobody", Place: 0, Digest: "zero"}, engine.ErrChanged},
			{"used", engine.SavedUse{Account: "acc", Place: 0, Digest: "zero"}, nil},
			{"used again", engine.SavedUse{Account: "acc", Place: 0, Digest: "zero"}, engine.ErrChanged},
			{"the other", engine.SavedUse{Account: "acc", Place: 1, Digest: "one"}, nil},
		} {
			step.use.At = noon.Add(time.Minute)
			if err := s.Save(t.Context(), engine.Change{Spend: &step.use}); err != step.err {
				t.Errorf("%s: %v, want %v", step.name, err, step.err)
			}
		}
		for i, code := range saved(t, s, "acc") {
			if code.Used != noon.Add(time.Minute) || code.Place != i {
				t.Errorf("place %d: used %v", code.Place, code.Used)
			}
		}
		if got := saved(t, s, "other"); !slices.Equal(got, codes) {
			t.Errorf("another account's: %v", got)
		}
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Place: 0, Digest: "new", Made: noon}}}})
		changed(t, s.Save(t.Context(), engine.Change{Spend: &engine.SavedUse{Account: "acc", Place: 0, Digest: "zero", At: noon}})) // replaced
	}},
	{"a hundred uses of one saved code", func(t *testing.T, s Opened) { // over all requests of the account, exactly one counts
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "acc", "ann@post.example")
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: []engine.SavedCode{{Place: 4, Digest: "d", Made: noon}}}})
		const count = 100
		list := make([]engine.Stored, count)
		for i := range list {
			r := found(t, "acc")
			create(t, s, r)
			list[i] = load(t, s, r.ID)
			list[i].Request.State, list[i].Request.Grant = recovery.Resetting, sum()
		}
		if won := race(t, count, engine.ErrChanged, func(ctx context.Context, i int) error {
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{
				Update: &list[i], Spend: &engine.SavedUse{Account: "acc", Place: 4, Digest: "d", At: noon},
			})
		}); won != 1 {
			t.Errorf("%d used one code", won)
		}
		proved := 0
		for _, each := range list {
			if load(t, s, each.Request.ID).Request.State == recovery.Resetting {
				proved++
			}
		}
		if proved != 1 {
			t.Errorf("%d requests are proved by one code", proved)
		}
	}},
	{"sets at once do not mix", func(t *testing.T, s Opened) { // of an account here and of one elsewhere
		other := s.Again(t)
		defer other.Close()
		addAccount(t, s, "acc", "ann@post.example")
		for _, account := range []string{"acc", "elsewhere"} {
			if won := race(t, 20, nil, func(ctx context.Context, i int) error {
				a, c := engine.AnswerSet{Account: account}, engine.SavedSet{Account: account}
				for place := range 1 + i%4 {
					digest := fmt.Sprint("of set ", i)
					a.Answers = append(a.Answers, engine.KeptAnswer{Question: "q", Digest: digest, Made: noon})
					c.Codes = append(c.Codes, engine.SavedCode{Place: place, Digest: digest, Made: noon})
				}
				return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{Answers: &a, Saved: &c})
			}); won != 20 {
				t.Errorf("%s: %d of 20 were saved", account, won)
			}
			as, cs := answers(t, s, account), saved(t, s, account)
			for i := range as {
				if len(as) != len(cs) || as[i].Digest != as[0].Digest || cs[i].Digest != as[0].Digest {
					t.Fatalf("%s: a mixture: %v, %v", account, as, cs)
				}
			}
		}
	}},
	{"all of it or nothing", func(t *testing.T, s Opened) { // each part in turn is what fails
		addAccount(t, s, "acc", "ann@post.example")
		codes := []engine.SavedCode{{Place: 1, Digest: "d", Made: noon}}
		save(t, s, engine.Change{Saved: &engine.SavedSet{Account: "acc", Codes: codes}})
		begun := confirmation(t, "acc")
		save(t, s, engine.Change{Confirm: &engine.StoredConfirmation{Confirmation: begun}})
		before := accountOf(t, s, "acc")
		for name, spoil := range map[string]func(*engine.Change){
			"contact":      func(c *engine.Change) { c.Contact.Remove = phone(t, "+34699999999").Contact() },
			"main contact": func(c *engine.Change) { c.Contact.Main = phone(t, "+34699999999").Contact() },
			"language":     func(c *engine.Change) { c.Locale.Account = "nobody" },
			"saved code":   func(c *engine.Change) { c.Spend.Digest = "another" },
			"confirmation": func(c *engine.Change) { c.Confirm.Version = 9 },
			"settled":      func(c *engine.Change) { c.Settled.Version = 9 },
			"entry":        func(c *engine.Change) { c.Entries[1].ID = c.Entries[0].ID },
		} {
			c := engine.Change{
				Contact: &engine.ContactChange{Account: "acc", Add: phone(t, "+34600123456").Contact(), At: noon},
				Locale:  &engine.LocaleChange{Account: "acc", Locale: "ar"},
				Answers: &engine.AnswerSet{Account: "acc", Answers: []engine.KeptAnswer{{Question: "q", Digest: "d", Made: noon}}},
				Spend:   &engine.SavedUse{Account: "acc", Place: 1, Digest: "d", At: noon},
				Confirm: &engine.StoredConfirmation{Confirmation: begun, Version: 1},
				Settled: &engine.StoredConfirmation{Confirmation: begun, Version: 2},
				Turnout: &engine.Turnout{Slot: noon, Range: "+3460012", Country: "ES", Sent: 1},
				Pause:   &engine.Pause{Range: "ES", Began: noon, Until: noon.Add(time.Hour)},
				Entries: []engine.Entry{entry("r"), entry("r")},
			}
			spoil(&c)
			if err := s.Save(t.Context(), c); err == nil {
				t.Fatalf("%s: saved", name)
			}
			same(t, accountOf(t, s, "acc"), before)
			if got := saved(t, s, "acc"); !slices.Equal(got, codes) {
				t.Errorf("%s: saved codes %v", name, got)
			}
			if got := answers(t, s, "acc"); len(got) != 0 {
				t.Errorf("%s: answers %v", name, got)
			}
			if got, err := s.Confirmation(t.Context(), "acc"); err != nil || got.Version != 1 {
				t.Errorf("%s: the confirmation: version %d, %v", name, got.Version, err)
			}
			if got := turnout(t, s, "+3460012", noon); got.Sent != 0 {
				t.Errorf("%s: counted %v", name, got)
			}
			if paused(t, s, noon, "ES") {
				t.Errorf("%s: paused", name)
			}
		}
	}},
}

func kept(question, digest string, made time.Time) engine.KeptAnswer {
	return engine.KeptAnswer{Question: question, Digest: digest, Made: made}
}

func answers(t testing.TB, s engine.Keepsakes, account string) []engine.KeptAnswer {
	t.Helper()
	list, err := s.Answers(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func saved(t testing.TB, s engine.Keepsakes, account string) []engine.SavedCode {
	t.Helper()
	list, err := s.Saved(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
