package storetest

import (
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// undoings are what "this was not me" takes back of an account.
var undoings = []contract{
	{"everything that came since", func(t *testing.T, s Opened) {
		for name, between := range map[string]*engine.Write{
			"as it was set":                 nil,
			"changed on its own page since": {Hash: "changed", At: noon.Add(2 * time.Second)},
		} {
			stolen(t, s, name)
			if between != nil {
				between.Account = name
				save(t, s, engine.Change{Password: between})
			}
			signedIn(t, s, name)
			at := noon.Add(time.Minute)
			before := version(t, s, name)
			save(t, s, undoing(name, "recovery of "+recovery.ID(name), at))
			row := accountOf(t, s, name)
			if row.Hash != "" || row.Changed != at || row.Version == before || len(row.Emails) != 1 {
				t.Errorf("%s: %+v", name, row)
			}
			sessionsAre(t, s, name)
			if a, c := answers(t, s, name), saved(t, s, name); len(a) != 0 || len(c) != 0 {
				t.Errorf("%s: %v, %v are left", name, a, c)
			}
			save(t, s, engine.Change{Password: &engine.Write{Account: name, Hash: "mine", At: at}})
			save(t, s, undoing(name, "recovery of "+recovery.ID(name), at.Add(time.Second)))
			if row := accountOf(t, s, name); row.Hash != "mine" {
				t.Errorf("%s: undone twice", name)
			}
		}
	}},
	{"nothing of another password", func(t *testing.T, s Opened) {
		for name, between := range map[string]func(id string) error{
			"another recovery": func(id string) error {
				return s.Save(t.Context(), engine.Change{Password: &engine.Write{Account: id, Hash: "new", At: noon.Add(time.Minute), Request: "another"}})
			},
			"the operator": func(id string) error { return s.SetHash(t.Context(), id, "new", noon.Add(time.Minute)) },
		} {
			stolen(t, s, name)
			if err := between(name); err != nil {
				t.Fatal(err)
			}
			in := signedIn(t, s, name)
			before := accountOf(t, s, name)
			for _, request := range []recovery.ID{"recovery of " + recovery.ID(name), "", "nobody's"} {
				save(t, s, undoing(name, request, noon.Add(2*time.Minute)))
			}
			same(t, accountOf(t, s, name), before)
			sessionsAre(t, s, name, in.ID)
			if a, c := answers(t, s, name), saved(t, s, name); len(a) != 1 || len(c) != 1 {
				t.Errorf("%s: %v, %v are left", name, a, c)
			}
		}
	}},
	{"nor of an account that was never recovered", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		before := accountOf(t, s, "acc")
		save(t, s, undoing("acc", "", noon))
		same(t, accountOf(t, s, "acc"), before)
	}},
	{"the last addresses stay", func(t *testing.T, s Opened) {
		addAccount(t, s, "acc", "ann@post.example")
		save(t, s, engine.Change{Password: &engine.Write{Account: "acc", Hash: "stolen", At: noon, Request: "r"}})
		changeContact(t, s, engine.ContactChange{Account: "acc", Remove: email(t, "ann@post.example").Contact(), Add: email(t, "new@post.example").Contact()})
		save(t, s, engine.Change{Answers: &engine.AnswerSet{Account: "acc", Answers: []engine.KeptAnswer{kept("q", "d", noon.Add(time.Second))}}})
		save(t, s, undoing("acc", "r", noon.Add(time.Minute)))
		if row := accountOf(t, s, "acc"); row.Hash != "" || len(row.Emails) != 1 || len(answers(t, s, "acc")) != 1 {
			t.Errorf("%+v", row)
		}
	}},
}

// stolen is an account whose password a recovery has set at noon, and to which an address, an answer and a saved code were added since.
func stolen(t *testing.T, s Opened, name string) {
	t.Helper()
	addAccount(t, s, name, id()+"@post.example")
	save(t, s, engine.Change{Password: &engine.Write{Account: name, Hash: "stolen", At: noon, Request: "recovery of " + recovery.ID(name)}})
	changeContact(t, s, engine.ContactChange{Account: name, Add: email(t, id()+"@elsewhere.example").Contact()})
	since := noon.Add(time.Second)
	save(t, s, engine.Change{
		Answers: &engine.AnswerSet{Account: name, Answers: []engine.KeptAnswer{kept("q", "d", since)}},
		Saved:   &engine.SavedSet{Account: name, Codes: []engine.SavedCode{{Digest: "d", Made: since}}},
	})
}

// signedIn is a session of whoever knows the password by then.
func signedIn(t *testing.T, s Opened, account string) engine.Session {
	t.Helper()
	in := session(account)
	in.Began, in.Seen, in.Proved = noon.Add(time.Hour), noon.Add(time.Hour), noon.Add(time.Hour)
	save(t, s, engine.Change{SignIn: &in})
	return in
}

func undoing(account string, request recovery.ID, at time.Time) engine.Change {
	return engine.Change{Undo: &engine.Undoing{Account: account, Request: request, Since: noon, At: at}}
}
