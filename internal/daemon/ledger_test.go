package daemon_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/mailbox"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// ledger is what a database holds, read past the program.
type ledger struct {
	t        *testing.T
	requests []requestRow
	entries  []entryRow
	accounts map[string]accountRow
	tallies  map[string]int    // wrong tries of the day
	sessions map[string]int64  // of the oldest session of an account, when it began
	records  map[recordRow]int // how often
	mails    map[string][]mailbox.Mail
}

type requestRow struct {
	id, state, account string
	genuine            bool
	holder             secret.Digest
	body               struct {
		Opened, Proved int64
		Found          bool
		Clicks, Tries  int
		Proof          recovery.Proof
	}
}

type entryRow struct {
	id, request, account, kind, contact, verdict string
	leases, leased                               int64
	begun                                        bool
}

type accountRow struct {
	address, hash string
	made, changed int64
}

type recordRow struct{ request, account, event, outcome string }

// quiet waits until everything in the outbox is settled.
func (s *stand) quiet() {
	s.t.Helper()
	db := s.database()
	defer db.Close()
	left := 0
	until(s.t, 40*time.Second, "the outbox is empty", func() bool {
		if err := db.QueryRow("SELECT count(*) FROM entry WHERE verdict = ''").Scan(&left); err != nil {
			s.t.Fatal(err)
		}
		return left == 0
	})
}

// ledger reads the database and the mailbox. Nothing writes meanwhile.
func (s *stand) ledger() *ledger {
	s.t.Helper()
	l := &ledger{
		t: s.t, accounts: map[string]accountRow{}, tallies: map[string]int{}, sessions: map[string]int64{},
		records: map[recordRow]int{}, mails: map[string][]mailbox.Mail{},
	}
	db := s.database()
	defer db.Close()
	l.rows(db, "SELECT id, state, account, genuine, holder, body FROM request", func(scan func(...any) error) error {
		var r requestRow
		var holder []byte
		var text string
		if err := scan(&r.id, &r.state, &r.account, &r.genuine, &holder, &text); err != nil {
			return err
		}
		copy(r.holder[:], holder)
		l.requests = append(l.requests, r)
		return json.Unmarshal([]byte(text), &l.requests[len(l.requests)-1].body)
	})
	l.rows(db, "SELECT id, request, account, kind, contact, verdict, leases, leased, begun FROM entry", func(scan func(...any) error) error {
		var e entryRow
		err := scan(&e.id, &e.request, &e.account, &e.kind, &e.contact, &e.verdict, &e.leases, &e.leased, &e.begun)
		l.entries = append(l.entries, e)
		return err
	})
	l.rows(db, "SELECT id, address, hash, made, changed FROM account JOIN contact ON contact.account = account.id", func(scan func(...any) error) error {
		var id string
		var a accountRow
		err := scan(&id, &a.address, &a.hash, &a.made, &a.changed)
		l.accounts[id] = a
		return err
	})
	l.rows(db, "SELECT account, in_day FROM tally", func(scan func(...any) error) error {
		var account string
		var tries int
		err := scan(&account, &tries)
		l.tallies[account] = tries
		return err
	})
	l.rows(db, "SELECT account, min(began) FROM session GROUP BY account", func(scan func(...any) error) error {
		var account string
		var began int64
		err := scan(&account, &began)
		l.sessions[account] = began
		return err
	})
	l.rows(db, "SELECT request, account, event, outcome FROM record", func(scan func(...any) error) error {
		var r recordRow
		err := scan(&r.request, &r.account, &r.event, &r.outcome)
		l.records[r]++
		return err
	})
	for _, m := range s.box.Mails() {
		id, _, _ := strings.Cut(strings.TrimPrefix(m.Header.Get("Message-Id"), "<"), "@")
		l.mails[id] = append(l.mails[id], m)
	}
	return l
}

func (l *ledger) rows(db *sql.DB, query string, each func(scan func(...any) error) error) {
	l.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		l.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			l.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
}

// holds checks what is true of every database whose outbox is empty, whatever the programs on it went through.
func (l *ledger) holds() {
	l.t.Helper()
	for _, r := range l.requests {
		l.holdsRequest(r)
	}
	known := map[string]bool{}
	for _, e := range l.entries {
		known[e.id] = true
		l.holdsEntry(e)
	}
	for id, mails := range l.mails {
		if !known[id] {
			l.t.Errorf("nobody asked for a mail to %s", mails[0].To)
		}
	}
	for id, a := range l.accounts {
		l.holdsAccount(id, a)
	}
}

func (l *ledger) holdsRequest(r requestRow) {
	l.t.Helper()
	if !slices.Contains(recovery.States[1:], recovery.State(r.state)) {
		l.t.Errorf("a request is %q", r.state)
	}
	if !r.body.Found || r.account == "" {
		l.t.Errorf("nobody looked for the account of a request that is %s", r.state)
	}
	if sends := l.count(func(e entryRow) bool { return e.request == r.id && e.kind == "send" }); sends != r.body.Clicks {
		l.t.Errorf("%d clicks counted and %d messages were asked for", r.body.Clicks, sends)
	}
	wrong := 0
	for _, outcome := range []recovery.Outcome{recovery.Wrong, recovery.TriesUsed} {
		wrong += l.records[recordRow{r.id, r.account, string(engine.EventEntered), string(outcome)}]
	}
	if wrong != r.body.Tries {
		l.t.Errorf("%d tries were counted and %d recorded", r.body.Tries, wrong)
	}
	proved := l.records[recordRow{r.id, r.account, string(engine.EventEntered), string(recovery.Proved)}]
	if want := r.state == "resetting" || r.state == "done"; want && proved != 1 || proved > 1 || (proved == 1) != (r.body.Proof == recovery.ProofCode) {
		l.t.Errorf("a request that is %s was proved %d times, by %q", r.state, proved, r.body.Proof)
	}
}

func (l *ledger) holdsEntry(e entryRow) {
	l.t.Helper()
	mails := len(l.mails[e.id])
	switch engine.Verdict(e.verdict) {
	case engine.Carried:
		message := e.kind == "send" || e.kind == "notify" && e.contact != ""
		if message && mails == 0 || !message && mails > 0 {
			l.t.Errorf("%s was carried out and made %d mails", e.kind, mails)
		}
	case engine.Nothing, engine.TooLate, engine.Withheld, engine.Refused, engine.Unsure:
	default:
		l.t.Errorf("%s was settled as %q", e.kind, e.verdict)
	}
	if mails > 2 {
		l.t.Errorf("one %s made %d mails", e.kind, mails)
	}
	if mails > 1 && e.leases < 2 {
		l.t.Errorf("one %s made %d mails though nobody died holding it", e.kind, mails)
	}
	if e.leased != 0 {
		l.t.Errorf("%s was settled as %q and is still leased", e.kind, e.verdict)
	}
}

// holdsAccount checks that a password was changed with everything that belongs to it, or not at all.
func (l *ledger) holdsAccount(id string, a accountRow) {
	l.t.Helper()
	done, tries := 0, 0
	for _, r := range l.requests {
		if r.account != id {
			continue
		}
		tries += r.body.Tries
		switch {
		case r.state == "done":
			done++
			if n := l.records[recordRow{r.id, id, string(engine.EventPassword), string(r.body.Proof)}]; n != 1 {
				l.t.Errorf("a password was set and recorded %d times", n)
			}
			if n := l.count(func(e entryRow) bool { return e.request == r.id && e.kind == "notify" && e.contact == "" }); n != 1 {
				l.t.Errorf("a password was set and the notice asked for %d times", n)
			}
			if n := l.count(func(e entryRow) bool { return e.request == r.id && e.kind == "notify" && e.contact == a.address }); n != 1 {
				l.t.Errorf("a password was set and the contact told %d times", n)
			}
		case r.body.Opened < a.changed && r.genuine:
			l.t.Errorf("a request that is %s outlived the account's new password", r.state)
		}
	}
	if (a.changed > a.made) != (done > 0) {
		l.t.Errorf("a password was changed: %t, and %d requests are done", a.changed > a.made, done)
	}
	if began, there := l.sessions[id]; there && began < a.changed {
		l.t.Error("a session outlived the account's new password")
	}
	if l.tallies[id] != tries {
		l.t.Errorf("%d tries on the requests of an account and %d in its tally", tries, l.tallies[id])
	}
}

func (l *ledger) count(of func(entryRow) bool) int {
	n := 0
	for _, e := range l.entries {
		if of(e) {
			n++
		}
	}
	return n
}

// request finds the request of a holder's secret.
func (l *ledger) request(holder string) requestRow {
	l.t.Helper()
	digest := secret.ParseOpaque(holder).Digest()
	for _, r := range l.requests {
		if r.holder == digest {
			return r
		}
	}
	l.t.Fatal("a request that was answered is gone")
	return requestRow{}
}

// sends lists the messages with a code that a request asked for.
func (l *ledger) sends(request string) (list []entryRow) {
	for _, e := range l.entries {
		if e.request == request && e.kind == "send" {
			list = append(list, e)
		}
	}
	return list
}
