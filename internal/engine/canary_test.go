package engine_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// canaries are all secrets of a walk, by what they are.
type canaries map[string]string

// walks does everything there is to do, right and wrong, and returns the secrets that it saw.
func (c canaries) walks(n *node) {
	h, t := n.house, n.house.t
	keep := func(name, text string) {
		if len(text) < 7 {
			t.Fatalf("%s is too short to be looked for: %q", name, text)
		}
		c[fmt.Sprintf("%s %d", name, len(c))] = text
	}
	keep("old password", oldPassword)
	keep("session", n.signsIn("ann@post.example", oldPassword).Reveal())
	if _, err := n.tries("ann@post.example", "wrong horse, wrong battery", "a browser"); err != engine.ErrWrong {
		t.Fatal(err)
	}
	keep("wrong password", "wrong horse, wrong battery")

	h.board.posts(func(_ context.Context, _ engine.Mail, nth int) error {
		if nth%2 == 1 {
			return errors.New("connection reset")
		}
		return nil
	})
	letter := func(holder secret.Opaque, nth int) engine.Letter {
		h.board.until(t, "the first attempt fails", func(b *board) bool {
			return len(b.handed)%2 == 1 && len(b.settled) > 0 && b.settled[len(b.settled)-1].Verdict == engine.Later
		})
		h.wait(3 * time.Second)
		n.Wake()
		l := h.letterOf(holder, nth)
		keep("code", l.Code.Reveal())
		keep("link", l.Link.Reveal())
		return l
	}
	// By code, after a wrong one and a resend in a new round.
	holder := n.opens("ann@post.example")
	keep("holder", holder.Reveal())
	n.choose(holder)
	letter(holder, 1)
	keep("typed code", "7193524460")
	n.enter(holder, secret.TypedCode("7193524460"))
	h.wait(16 * time.Minute)
	if _, outcome, err := n.Resend(h.hand(), holder); outcome != recovery.Sent || err != nil {
		t.Fatal(outcome, err)
	}
	_, grant := n.enter(holder, letter(holder, 2).Code)
	keep("grant", grant.Reveal())
	keep("short password", "hunter2")
	if _, verdict, err := n.SetPassword(h.hand(), grant, typed(t, "hunter2"), ""); verdict.OK() || err != nil {
		t.Fatal(verdict, err)
	}
	// By link.
	asked := n.opens("ann@post.example")
	keep("holder", asked.Reveal())
	n.choose(asked)
	presser, grantOfLink, _, err := n.Follow(h.hand(), letter(asked, 1).Link, "")
	if err != nil {
		t.Fatal(err)
	}
	keep("holder", presser.Reveal())
	keep("grant", grantOfLink.Reveal())
	h.board.posts(nil)
	keep("new password", newPassword)
	if outcome := n.set(grantOfLink, newPassword); outcome != recovery.Finished {
		t.Fatal(outcome)
	}
	h.board.verdict(t, recovery.EffectNotify, engine.Carried, 2)
	// An unknown address too.
	decoy := n.opens("nobody@post.example")
	keep("holder", decoy.Reveal())
	n.choose(decoy)
	n.enter(decoy, secret.TypedCode("7193524460"))
	// And a change on the account page.
	by, err := n.Session(h.hand(), n.signsIn("ann@post.example", newPassword))
	if err != nil {
		t.Fatal(err)
	}
	keep("third password", "a third one for good measure")
	if verdict, err := n.ChangePassword(h.hand(), by, typed(t, newPassword), typed(t, "a third one for good measure"), ""); err != nil || !verdict.OK() {
		t.Fatal(verdict, err)
	}
	h.board.verdict(t, recovery.EffectNotify, engine.Carried, 4)
	key, _ := n.Codes.Key("1")
	keep("key", string(key.Bytes()))
	keep("decoy key", string(n.Decoys.Bytes()))
}

// in finds canaries in a text, in the forms in which something could have kept them: as they are, in hexadecimal, in base64, as a
// list of numbers; and codes as a plain digest, which could be tried out in no time.
func (c canaries) in(text []byte) []string {
	var found []string
	for name, secret := range c {
		list := strings.Trim(fmt.Sprint([]byte(secret)), "[]")
		forms := map[string]string{
			"itself": secret, "hexadecimal": hex.EncodeToString([]byte(secret)),
			"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "raw base64": base64.RawURLEncoding.EncodeToString([]byte(secret)),
			"numbers": strings.ReplaceAll(list, " ", ","), "spaced numbers": list,
		}
		if strings.Contains(name, "code") || strings.Contains(name, "password") {
			sum := sha256.Sum256([]byte(secret))
			forms["digest"], forms["digest in hexadecimal"] = string(sum[:]), hex.EncodeToString(sum[:])
			forms["digest in base64"] = base64.RawStdEncoding.EncodeToString(sum[:])
		}
		for form, look := range forms {
			if bytes.Contains(text, []byte(look)) {
				found = append(found, name+" as "+form)
			}
		}
	}
	return found
}

// after walks of every kind, no code, no link, no cookie and no password is anywhere in the database, its write-ahead
// log, or what was logged at debug level.
func TestCanaries(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.account("ann@post.example")
		n := h.node()
		c := canaries{}
		c.walks(n)
		kept := h.dump()
		if !bytes.Contains(kept, []byte("ann@post.example")) {
			t.Fatal("the dump lacks what is there for sure")
		}
		if found := c.in(kept); len(found) > 0 {
			t.Errorf("in the database: %v", found)
		}
		logs := h.log.String()
		if !strings.Contains(logs, "could not be handed over") {
			t.Fatal("the log lacks what is there for sure")
		}
		if found := c.in([]byte(logs)); len(found) > 0 {
			t.Errorf("in the log: %v", found)
		}
		var mails bytes.Buffer
		for _, m := range h.board.handed {
			mails.WriteString(m.Text)
		}
		if found := c.in(mails.Bytes()); len(found) < 6 {
			t.Errorf("what looks for canaries sees only %v where they are", found)
		}
	})
}

// The same for what people know and have on paper, for codes in texts and for the way to stop: of answers and saved codes, right and wrong,
// nothing but digests under the pepper is kept, and no number is logged.
func TestCanariesOfEveryWay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Policy.Ways = append(slices.Clone(h.settings.Policy.Ways), recovery.WaySaved)
		h.accountWith("ann@post.example", "+34600123456")
		n, c := h.node(), canaries{}
		keep := func(name, text string) { c[fmt.Sprintf("%s %d", name, len(c))] = text }
		ann := n.person("ann@post.example")
		ann.setsQuestions()
		ann.makesSaved()
		for _, code := range ann.saved {
			keep("saved code", code.Reveal())
			keep("saved code", strings.ReplaceAll(code.Reveal(), "-", ""))
		}
		for i := range ann.given { // as typed, and as compared
			keep("answer password", "quiet heron "+strings.Repeat("marsh", i+1))
			keep("answer password", "quietheron"+strings.Repeat("marsh", i+1))
		}
		if _, err := n.AddContact(h.hand(), ann.by, number(t, "+447400123456").Contact(), contact.Contact{}, "en"); err != nil {
			t.Fatal(err)
		}
		keep("code", h.confirms(number(t, "+447400123456").Contact(), 1).Code.Reveal())

		holder := n.opens("ann@post.example")
		view := n.takes(holder, recovery.WayQuestions)
		keep("wrong answer password", "wronggoosehere")
		n.answers(holder, answered(t, "Wrong goose here"), answered(t, "wrong goose here"))
		if o, _ := n.answers(holder, ann.rightFor(view)...); o != recovery.Proved {
			t.Fatal(o)
		}
		stop := h.noticed(recovery.NoticeAnswered, address(t, "ann@post.example").Contact()).Stop
		keep("stop", stop.Reveal())
		other := n.opens("ann@post.example")
		n.takes(other, recovery.WaySaved)
		n.spends(other, "0000-1111-2222-3333")
		if o, _ := n.spends(other, ann.saved[3].Reveal()); o != recovery.Proved {
			t.Fatal(o)
		}
		texted := n.opens("ann@post.example")
		h.board.posts(func(context.Context, engine.Mail, int) error { return errors.New("connection reset") })
		n.takes(texted, recovery.WayPhone)
		h.board.until(t, "a text fails", func(b *board) bool { return b.count(recovery.EffectSend, engine.Later) > 0 })
		h.board.posts(nil)
		h.wait(5 * time.Second)
		keep("code", h.letterOf(texted, 1).Code.Reveal())
		if _, _, err := n.Stop(h.hand(), stop, ""); err != nil {
			t.Fatal(err)
		}
		key, _ := n.Answers.Peppers.Key("1")
		keep("pepper", string(key.Bytes()))
		if found := c.in(h.dump()); len(found) > 0 {
			t.Errorf("in the database: %v", found)
		}
		keep("number", "600123456")
		keep("number", "7400123456")
		if found := c.in(h.dump()); len(found) != 2 {
			t.Errorf("what looks for canaries sees only %v where the numbers are", found)
		}
		if found := c.in([]byte(h.log.String())); len(found) > 0 {
			t.Errorf("in the log: %v", found)
		}
	})
}

// dump is all that a thief of the database would have.
func (h *house) dump() []byte {
	h.t.Helper()
	if h.config.Path != "" {
		return h.dumpFiles()
	}
	var all bytes.Buffer
	db, err := pgx.Connect(h.t.Context(), h.config.DSN)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(h.t.Context()))
	rows, err := db.Query(h.t.Context(), "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'")
	if err != nil {
		h.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 5 {
		h.t.Fatal(tables, err)
	}
	for _, table := range tables {
		rows, err := db.Query(h.t.Context(), fmt.Sprintf("SELECT t::text FROM %s t", pgx.Identifier{table}.Sanitize()))
		if err != nil {
			h.t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			h.t.Fatal(err)
		}
		fmt.Fprintln(&all, table, strings.Join(lines, "\n"))
	}
	return all.Bytes()
}

// dumpFiles reads the file of an SQLite database, its write-ahead log and whatever else lies beside them.
func (h *house) dumpFiles() []byte {
	h.t.Helper()
	var all bytes.Buffer
	files, err := filepath.Glob(filepath.Join(filepath.Dir(h.config.Path), "*"))
	if err != nil || len(files) < 2 {
		h.t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			h.t.Fatal(err)
		}
		all.Write(content)
	}
	return all.Bytes()
}
