package sqlstore_test

import (
	"database/sql"
	"errors"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/sqlstore"
)

// second is what a database held before an account could have more than one address: all times are noon, in milliseconds.
const second = `
	INSERT INTO account (id, key, address, hash, locale, made, changed, disabled) VALUES
		('ann', 'ann@post.example', 'Ann@post.example', 'hash', 'es', 1930392000000, 1930392000001, 0),
		('bob', 'bob@post.example', 'bob@post.example', '', '', 1930392000000, 1930392000000, 1930392000002);
	INSERT INTO tally (account, version, since, in_day, in_row) VALUES ('ann', 4, 1930392000000, 2, 3);
	INSERT INTO session (id, account, began, seen, expires, browser, network) VALUES
		(DIGEST, 'ann', 1930392000000, 1930392000005, 1930395600000, 'Lynx', '192.0.2.7/32');
	INSERT INTO request (id, version, state, account, genuine, holder, link, granted, expires, body) VALUES
		('r', 2, 'proving', 'ann', TRUE, DIGEST, NULL, NULL, 1930395600000, '{"policy":{"ways":["email"],"digits":8},"opened":1930392000000,
		"address":"ann@post.example","locale":"en","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","key":"k1","found":true,
		"contact":"Ann@post.example","way":"email","rounds":[{"way":"email","number":1,"first":1930392000000,"until":1930392900000}],"clicks":1}');
	INSERT INTO entry (id, request, account, locale, kind, way, round, not_after, contact, created, due, attempts, leases, begun, leased, ready) VALUES
		('find', 'r', '', '', 'find', '', 0, 1930395600000, '', 1930392000000, 1930392000000, 0, 0, FALSE, 0, 1930392000000),
		('send', 'r', '', '', 'send', 'email', 1, 1930395600000, '', 1930392000000, 1930392000000, 0, 0, FALSE, 0, 1930392000000),
		('tell', 'r', 'ann', 'en', 'notify', '', 0, 1930395600000, 'Ann@post.example', 1930392000000, 1930392000000, 0, 0, FALSE, 0, 1930392000000);`

// A database that an earlier version has filled is brought up to date with everything in it.
func TestUpgrade(t *testing.T) {
	for name, c := range databases(t) {
		t.Run(name, func(t *testing.T) {
			fillSecond(t, c)
			s := open(t, c)
			if _, err := s.AccountByAddress(t.Context(), address(t, "BOB@post.example")); err != nil {
				t.Error(err)
			}
			ann, err := s.AccountByAddress(t.Context(), address(t, "ANN@post.example"))
			if err != nil || ann.ID != "ann" || ann.Version != 1 || ann.Main().Address() != "Ann@post.example" || ann.Hash != "hash" ||
				ann.Changed != noon.Add(time.Millisecond) || len(ann.Emails) != 1 || len(ann.Phones) != 0 {
				t.Errorf("%+v, %v", ann, err)
			}
			if err := s.AddAccount(t.Context(), accounts.Row{ID: "new", Emails: []contact.Email{address(t, "ann@POST.example")}}); !errors.Is(err, accounts.ErrTaken) {
				t.Errorf("an address of before was given away: %v", err)
			}
			in, err := s.SessionsOf(t.Context(), "ann", noon)
			if err != nil || len(in) != 1 || in[0].Proved != in[0].Began || in[0].Began != noon {
				t.Errorf("sessions: %v, %v", in, err)
			}
			stored, err := s.Request(t.Context(), engine.Key{ID: "r"})
			if r := stored.Request; err != nil || stored.Version != 2 || !r.Real || r.Contact.Address() != "Ann@post.example" || r.Saved != nil ||
				!r.Phone.IsZero() || !r.Stop.IsZero() || stored.Tally != (recovery.Tally{Since: noon, Day: 2, Row: 3}) {
				t.Errorf("%+v, %v", stored, err)
			}
			for lane, want := range map[engine.Lane][]string{engine.LaneFind: {"find"}, engine.LaneMail: {"send", "tell"}, engine.LaneText: nil} {
				list, err := s.Lease(t.Context(), noon, noon.Add(time.Minute), 10, lane)
				var got []string
				for _, e := range list {
					got = append(got, e.ID)
					if e.ID == "tell" && (e.Effect.Notice != recovery.NoticePassword || e.Contact != ann.Main().Contact()) {
						t.Errorf("%+v", e)
					}
				}
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: %v, %v", lane, got, err)
				}
			}
		})
	}
}

// fillSecond makes a database of the second schema.
func fillSecond(t *testing.T, c sqlstore.Config) {
	t.Helper()
	dialect, key := goose.DialectSQLite3, "x'0102030405060708091011121314151617181920212223242526272829303132'"
	db, err := sqlstore.Raw(c.Path)
	if c.Driver == sqlstore.PostgreSQL {
		dialect, key = goose.DialectPostgres, `'\x0102030405060708091011121314151617181920212223242526272829303132'`
		db, err = sql.Open("pgx", c.DSN)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(dialect, db, os.DirFS(path.Join("migrate", c.Driver)), goose.WithTableName("schema_version"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), strings.ReplaceAll(second, "DIGEST", key)); err != nil {
		t.Fatal(err)
	}
}

func address(t testing.TB, typed string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(typed)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
