package daemon_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/mailbox"
	"twohens/internal/secret"
	"twohens/internal/storetest"
)

const (
	kills   = 50
	walkers = 8
	walksAt = 400 // at most, one account each
)

// testKilled kills the program with SIGKILL at 50 moments, while people walk, and starts it again each time on the same folder. Then
// nothing is lost and nothing is half done (invariant 7): see walked and ledger.holds.
func testKilled(t *testing.T, path string) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killed(t, path, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killed(t, path, storetest.Postgres(t))
	})
}

func killed(t *testing.T, path, dsn string) {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("TWOHENS_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("TWOHENS_TEST_SEED=%d repeats what is chosen here, though not what happens meanwhile", seed)
	h := &hangman{random: rand.New(rand.NewPCG(seed, 0)), kinds: map[string]int{}}
	h.stand = build(t, path, ground{dsn: dsn, people: walksAt, hook: h.hook})
	var walks []*walk
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range walkers {
		random := rand.New(rand.NewPCG(seed, uint64(i+1)))
		all.Go(func() {
			for !h.over.Load() && !t.Failed() {
				mu.Lock()
				w := &walk{hangman: h, n: len(walks), random: random}
				walks = append(walks, w)
				mu.Unlock()
				if w.n == walksAt {
					t.Error("there are no accounts left")
					return
				}
				if err := w.whole(); err != nil {
					t.Errorf("walk %d: %v", w.n, err)
				}
			}
		})
	}
	begun := time.Now()
	for n := 1; n <= kills && !t.Failed(); n++ {
		h.once()
	}
	took := time.Since(begun)
	p := h.stand.start()
	h.over.Store(true)
	all.Wait()
	if t.Failed() {
		return
	}
	h.stand.quiet()
	tallied := map[string]int{}
	for _, w := range walks {
		w.signsIn(tallied)
	}
	p.stop()
	l := h.stand.ledger()
	l.holds()
	for _, w := range walks {
		w.holds(l, tallied)
	}
	for _, mails := range l.mails {
		tallied[fmt.Sprintf("mails that came %d times", len(mails))]++
	}
	h.stand.silent()
	t.Logf("%d kills in %.1f s: %v; %d walks: %v", kills, took.Seconds(), h.kinds, len(walks), tallied)
	if tallied["walked to the end"] < 20 || tallied["mails that came 2 times"] == 0 {
		t.Errorf("too little happened for this to mean anything: %v", tallied)
	}
	// Each needs two deaths within hundredths of a second of its life. Here that is a matter of course; more than a few are not.
	if tallied["mails lost to two deaths"] > kills/5 {
		t.Errorf("%d mails were lost to two deaths each", tallied["mails lost to two deaths"])
	}
	for _, kind := range []string{"starting", "answering", "data", "end", "kept"} {
		if h.kinds[kind] == 0 {
			t.Errorf("nothing was killed while %s", kind)
		}
	}
}

// hangman kills the program, again and again.
type hangman struct {
	stand    *stand
	random   *rand.Rand
	kinds    map[string]int
	answered atomic.Int64 // calls
	over     atomic.Bool  // no more walks are begun

	trap atomic.Pointer[trap]
	met  sync.Map // whose mail was at the mail server, and the first program that brought it
}

// trap kills the program when a mail is at a step, by the mail server's hand: then it is known where in the mail that was.
type trap struct {
	step   mailbox.Step
	victim *program
	shut   chan struct{}
}

// hook is the trap. It spares mails that another program has died over: behind two deaths in the middle of one mail, it may be lost.
func (h *hangman) hook(step mailbox.Step, _, to string) error {
	if step == mailbox.StepRcpt {
		h.met.LoadOrStore(to, h.stand.program())
	}
	t := h.trap.Load()
	if t == nil || t.step != step {
		return nil
	}
	if first, _ := h.met.Load(to); first == t.victim && h.trap.CompareAndSwap(t, nil) {
		t.victim.kill()
		close(t.shut)
	}
	return nil
}

// once starts the program and kills it at a moment of its own.
func (h *hangman) once() {
	p, ready := h.stand.launch()
	kind := h.random.IntN(8)
	if kind == 0 {
		h.kinds["starting"]++
		select { // at any moment of the start: which it is, chance decides
		case <-time.After(time.Duration(h.random.IntN(60_000)) * time.Microsecond):
		case <-ready:
		}
		p.kill()
		h.bury()
		return
	}
	p.await(ready)
	if kind < 4 {
		h.kinds["answering"]++
		enough := h.answered.Load() + int64(5+h.random.IntN(20))
		for end := time.Now().Add(3 * time.Second); h.answered.Load() < enough && time.Now().Before(end); {
			time.Sleep(200 * time.Microsecond)
		}
		time.Sleep(time.Duration(h.random.IntN(5000)) * time.Microsecond) // somewhere in the middle of the next ones
		p.kill()
		h.bury()
		return
	}
	step := []mailbox.Step{mailbox.StepData, mailbox.StepEnd, mailbox.StepKept, mailbox.StepKept}[kind-4]
	set := &trap{step, p, make(chan struct{})}
	h.trap.Store(set)
	select {
	case <-set.shut:
		h.kinds[string(step)]++
	case <-time.After(5 * time.Second):
		if h.trap.CompareAndSwap(set, nil) {
			p.kill()
		} else {
			<-set.shut
		}
		h.kinds["no mail came"]++
	}
	h.bury()
}

// bury lets the time pass that PostgreSQL's other nodes would wait: the leases of the dead run out. SQLite needs none of it, since
// nobody else can have them.
func (h *hangman) bury() {
	s := h.stand
	if s.store.DSN == "" {
		return
	}
	db := s.database()
	defer db.Close()
	left := 0
	until(s.t, 30*time.Second, "the server has noticed the death", func() bool {
		err := db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'twohens'").Scan(&left)
		if err != nil {
			s.t.Fatal(err)
		}
		return left == 0
	})
	if _, err := db.Exec("UPDATE entry SET ready = due WHERE verdict = '' AND leased <> 0"); err != nil {
		s.t.Fatal(err)
	}
}

// walk is one person's recovery, and what they were told.
type walk struct {
	*hangman
	n      int
	random *rand.Rand

	cookie        string // of a sign-in before, by the password that was not forgotten after all
	holder, rival string // the requests: theirs, and one that is left open
	chosen        bool   // the choice was answered
	wrong, unsure int    // wrong codes: answered, and those of which nobody knows
	lost          bool   // the mail never came
	proved        bool
	finished      bool // the new password was answered by "finished"
	unknown       bool // the new password was sent, and no answer came
}

// whole walks from the address to the new password. A call that was not answered is made again, as a person would click again,
// except that some are content not to know whether the new password was set.
func (w *walk) whole() (err error) {
	s := w.stand
	if w.random.IntN(2) == 0 {
		if err := w.patiently(func() (err error) { w.cookie, err = s.signIn(who(w.n), old(w.n)); return err }); err != nil {
			return err
		}
	}
	if w.random.IntN(3) == 0 {
		r, err := w.call(func() (reply, error) { return s.open(who(w.n)) })
		if err != nil {
			return err
		}
		w.rival = r.Request
	}
	r, err := w.call(func() (reply, error) { return s.open(who(w.n)) })
	if err != nil {
		return err
	}
	w.holder = r.Request
	if r, err = w.call(func() (reply, error) { return s.choose(w.holder) }); err != nil {
		return err
	}
	if r.Outcome != "sent" && r.Outcome != "cooling" { // asked twice, the first time without an answer
		return fmt.Errorf("the choice was answered by %q", r.Outcome)
	}
	w.chosen = true
	if w.random.IntN(3) == 0 {
		if err := w.mistakes(); err != nil {
			return err
		}
	}
	code, err := s.mailed(who(w.n), 12*time.Second)
	if err != nil {
		w.lost = true // the ledger tells whether that may be
		return nil
	}
	claim := secret.NewOpaque().Reveal()
	if r, err = w.call(func() (reply, error) { return s.enter(w.holder, code, claim) }); err != nil {
		return err
	}
	if r.Outcome != "proved" && r.Outcome != "proved_before" || r.Grant == "" {
		return fmt.Errorf("the right code was answered by %q, grant %t", r.Outcome, r.Grant != "")
	}
	w.proved = true
	return w.sets(r.Grant)
}

// mistakes types a wrong code, once.
func (w *walk) mistakes() error {
	r, err := w.stand.enter(w.holder, "000000000000", "")
	switch {
	case err != nil || r.status == http.StatusServiceUnavailable:
		w.unsure++
	case r.Outcome == "wrong":
		w.wrong++
	case r.Outcome != "waiting":
		return fmt.Errorf("a wrong code was answered by %d %q", r.status, r.Outcome)
	}
	return nil
}

func (w *walk) sets(grant string) error {
	content := w.random.IntN(2) == 0
	r, err := w.stand.set(grant, w.fresh())
	if err != nil && content {
		w.unknown = true
		return nil
	}
	if err != nil || r.status == http.StatusServiceUnavailable {
		if r, err = w.call(func() (reply, error) { return w.stand.set(grant, w.fresh()) }); err != nil {
			return err
		}
	}
	w.answered.Add(1)
	if r.Outcome != "finished" {
		return fmt.Errorf("the new password was answered by %d %q", r.status, r.Outcome)
	}
	w.finished = true
	return nil
}

func (w *walk) fresh() string { return fmt.Sprintf("tall gate, quiet river %d", w.n) }

// call makes a call until it is answered.
func (w *walk) call(do func() (reply, error)) (reply, error) {
	var r reply
	err := w.patiently(func() (err error) {
		if r, err = do(); err == nil && r.status == http.StatusServiceUnavailable {
			err = errors.New("answered 503")
		}
		return err
	})
	if err == nil && r.status >= 300 {
		err = fmt.Errorf("answered %d: %s", r.status, r.body)
	}
	return r, err
}

func (w *walk) patiently(do func() error) (err error) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if err = do(); err == nil {
			w.answered.Add(1)
			return nil
		}
	}
	return err
}

// signsIn checks which password is the account's, and what became of the sign-in before. What is checked holds for a person at the
// end, with the program running.
func (w *walk) signsIn(tallied map[string]int) {
	s := w.stand
	s.t.Helper()
	byOld, err := s.signIn(who(w.n), old(w.n))
	if err != nil {
		s.t.Fatal(err)
	}
	byNew, err := s.signIn(who(w.n), w.fresh())
	if err != nil {
		s.t.Fatal(err)
	}
	switch {
	case (byOld == "") == (byNew == ""):
		s.t.Errorf("walk %d: signs in by the old password: %t, by the new: %t", w.n, byOld != "", byNew != "")
	case w.finished && byNew == "":
		s.t.Errorf("walk %d: the new password was set and does not sign in", w.n)
	case !w.finished && !w.unknown && byNew != "":
		s.t.Errorf("walk %d: a password that nobody sent was set", w.n)
	}
	if w.unknown {
		tallied[fmt.Sprintf("not answered, set: %t", byNew != "")]++
	}
	if w.finished {
		tallied["walked to the end"]++
	}
	if w.cookie != "" && s.signedIn(w.cookie) != (byNew == "") {
		s.t.Errorf("walk %d: the sign-in before is alive: %t, the password is new: %t", w.n, byNew == "", byNew != "")
	}
}

// holds checks what the person was told against what is kept, and their mail.
func (w *walk) holds(l *ledger, tallied map[string]int) {
	l.t.Helper()
	if w.holder == "" {
		return
	}
	r := l.request(w.holder)
	if r.body.Tries < w.wrong || r.body.Tries > w.wrong+w.unsure {
		l.t.Errorf("walk %d: %d tries, %d were answered and %d were not", w.n, r.body.Tries, w.wrong, w.unsure)
	}
	if w.finished && r.state != "done" || w.proved && r.state != "done" && r.state != "resetting" {
		l.t.Errorf("walk %d: proved %t, finished %t, and the request is %s", w.n, w.proved, w.finished, r.state)
	}
	if w.rival != "" && r.state == "done" && l.request(w.rival).genuine {
		l.t.Errorf("walk %d: the other request outlived the new password", w.n)
	}
	sends := l.sends(r.id)
	if len(sends) > 1 || w.chosen && len(sends) == 0 {
		l.t.Errorf("walk %d: one click, answered %t, asked for %d messages", w.n, w.chosen, len(sends))
		return
	}
	if len(sends) == 0 {
		return
	}
	if !w.lost {
		return
	}
	if len(l.mails[sends[0].id]) > 0 {
		tallied["mails that came late"]++
		return
	}
	// Killed while it was under way, and killed again at the last byte of the repeat: nobody could know. Anything else is a loss.
	tallied["mails lost to two deaths"]++
	e := sends[0]
	if _, met := w.met.Load(who(w.n)); !met || e.verdict != "unsure" || !e.begun || e.leases < 3 {
		l.t.Errorf("walk %d: no mail came; it was settled as %q after %d leases, and the mail server saw it: %t", w.n, e.verdict, e.leases, met)
	}
}
