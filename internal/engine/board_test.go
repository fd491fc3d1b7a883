package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// board is where everything that leaves the nodes of a house is written down: letters, mails, records, settlements. It is their
// Composer, Sender and Auditor; what mails look like and how SMTP fails is for other packages to test.
type board struct {
	mu      sync.Mutex
	changed chan struct{} // closed at the next change

	letters  map[string]engine.Letter // by the entry's id
	handed   []engine.Mail            // everything that was given to the sender
	arrived  []string                 // ids of those that it took responsibility for
	records  []engine.Record
	settled  []engine.Settlement // saved ones
	post     func(ctx context.Context, m engine.Mail, nth int) error
	composes error
	parts    int // that a text is charged as
}

func newBoard() *board {
	return &board{changed: make(chan struct{}), letters: make(map[string]engine.Letter)}
}

// change writes something down and tells whoever waits.
func (b *board) change(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
	close(b.changed)
	b.changed = make(chan struct{})
}

// until waits for something to be on the board.
func (b *board) until(t testing.TB, what string, true func(b *board) bool) {
	t.Helper()
	end := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		done, changed := true(b), b.changed
		b.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-end:
			b.mu.Lock()
			defer b.mu.Unlock()
			var verdicts []string
			for _, s := range b.settled {
				verdicts = append(verdicts, fmt.Sprintf("%s %s %s", s.Entry.Effect.Kind, s.Verdict, s.Note))
			}
			t.Fatalf("it does not come about that %s; settled so far: %s", what, strings.Join(verdicts, ", "))
		}
	}
}

// Compose implements engine.Composer.
func (b *board) Compose(l engine.Letter) (engine.Mail, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.composes != nil {
		return engine.Mail{}, b.composes
	}
	b.letters[l.ID] = l
	text := "Code: " + l.Code.Reveal() + "\nLink: https://recover.fernbank.example/link/" + l.Link.Reveal() + "\n"
	to, _ := l.To.Email()
	return engine.Mail{ID: l.ID, To: to, Locale: l.Locale, Subject: "Fernbank", Text: text, HTML: "<pre>" + text + "</pre>"}, nil
}

// ComposeText implements engine.Composer.
func (b *board) ComposeText(l engine.Letter) (engine.Text, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.composes != nil {
		return engine.Text{}, b.composes
	}
	b.letters[l.ID] = l
	to, _ := l.To.Phone()
	return engine.Text{ID: l.ID, To: to, Locale: l.Locale, Body: "Code: " + l.Code.Reveal()}, nil
}

// Text implements engine.Texter. What is texted is written down like a mail.
func (b *board) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	taken, err := b.Send(ctx, engine.Mail{ID: t.ID, Locale: t.Locale, Text: t.Body, Last: t.Last})
	taken.Ref, taken.Parts = t.ID, max(1, b.parts)
	return taken, err
}

// Send implements engine.Sender.
func (b *board) Send(ctx context.Context, m engine.Mail) (engine.Handover, error) {
	var post func(context.Context, engine.Mail, int) error
	var nth int
	b.change(func() {
		b.handed = append(b.handed, m)
		nth, post = len(b.handed), b.post
	})
	if post != nil {
		if err := post(ctx, m, nth); err != nil {
			return engine.Handover{}, err
		}
	}
	if m.Last != nil {
		if err := m.Last(); err != nil {
			return engine.Handover{}, err
		}
	}
	b.change(func() { b.arrived = append(b.arrived, m.ID) })
	return engine.Handover{Gateway: "board", Said: "250 taken"}, nil
}

// posts says how mails are taken from now on; nil: all are.
func (b *board) posts(how func(ctx context.Context, m engine.Mail, nth int) error) {
	b.change(func() { b.post = how })
}

// Audit implements engine.Auditor.
func (b *board) Audit(r engine.Record) { b.change(func() { b.records = append(b.records, r) }) }

// verdict waits until so many entries of a kind were settled in a way, and says how often it was.
func (b *board) verdict(t testing.TB, kind recovery.EffectKind, v engine.Verdict, times int) {
	t.Helper()
	b.until(t, fmt.Sprintf("%s is settled as %s %d times", kind, v, times), func(b *board) bool { return b.count(kind, v) >= times })
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.count(kind, v); n != times {
		t.Errorf("%s was settled as %s %d times, want %d", kind, v, n, times)
	}
}

func (b *board) count(kind recovery.EffectKind, v engine.Verdict) int {
	n := 0
	for _, s := range b.settled {
		if s.Entry.Effect.Kind == kind && s.Verdict == v {
			n++
		}
	}
	return n
}

func (b *board) lastSettled() engine.Settlement {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settled[len(b.settled)-1]
}

// last is the letter that was handed over last.
func (b *board) last() engine.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.letters[b.handed[len(b.handed)-1].ID]
}

// mails is how many mails of a kind arrived.
func (b *board) mails(kind recovery.EffectKind) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, id := range b.arrived {
		if b.letters[id].Kind == kind {
			n++
		}
	}
	return n
}

// ids are the Message-IDs of all mails that the sender was given, in order.
func (b *board) ids() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []string
	for _, m := range b.handed {
		list = append(list, m.ID)
	}
	return list
}

// recorded lists the outcomes that were recorded of an event.
func (b *board) recorded(e engine.Event) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.outcomes(e)
}

func (b *board) outcomes(e engine.Event) []string {
	var list []string
	for _, r := range b.records {
		if r.Event == e {
			list = append(list, r.Outcome)
		}
	}
	return list
}

// tells waits for a record of an event: it is told right after it was saved. There must be no other one.
func (b *board) tells(t testing.TB, e engine.Event, outcome string) {
	t.Helper()
	b.until(t, fmt.Sprintf("%s is recorded", e), func(b *board) bool { return len(b.outcomes(e)) > 0 })
	if got := b.recorded(e); len(got) != 1 || got[0] != outcome {
		t.Errorf("recorded of %s: %v, want %s", e, got, outcome)
	}
}

// watched is a node's view of the Store, on which each operation is written down, and which can be made to fail.
type watched struct {
	engine.Store
	board *board

	mu     sync.Mutex
	hand   []string // operations while a person waits
	worker []string // operations of the worker, but for Lease
	fail   func(c engine.Change) error
	leased map[string]time.Time // entries, by the clock on the wall
}

// Lease implements engine.Store.
func (w *watched) Lease(ctx context.Context, now, until time.Time, limit int, lanes ...engine.Lane) ([]engine.Entry, error) {
	list, err := w.Store.Lease(ctx, now, until, limit, lanes...)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, entry := range list {
		if w.leased == nil {
			w.leased = make(map[string]time.Time)
		}
		w.leased[entry.ID] = time.Now()
	}
	return list, err
}

// since is how long ago an entry was leased last.
func (w *watched) since(id string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.leased[id])
}

func (w *watched) note(ctx context.Context, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Value(inHand{}) != nil {
		w.hand = append(w.hand, what)
	} else {
		w.worker = append(w.worker, what)
	}
}

// taken returns what was written down and begins anew.
func (w *watched) taken() (hand, worker []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hand, worker = w.hand, w.worker
	w.hand, w.worker = nil, nil
	return hand, worker
}

// fails says which saves fail from now on, before anything is saved.
func (w *watched) fails(how func(c engine.Change) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = how
}

// Request implements engine.Store.
func (w *watched) Request(ctx context.Context, by engine.Key) (engine.Stored, error) {
	w.note(ctx, "load")
	return w.Store.Request(ctx, by)
}

// Save implements engine.Store.
func (w *watched) Save(ctx context.Context, c engine.Change) error {
	w.note(ctx, describe(c))
	w.mu.Lock()
	fail := w.fail
	w.mu.Unlock()
	if fail != nil {
		if err := fail(c); err != nil {
			return err
		}
	}
	err := w.Store.Save(ctx, c)
	if err == nil && c.Settle != nil {
		w.board.change(func() { w.board.settled = append(w.board.settled, *c.Settle) })
	}
	return err
}

// SettleAll implements engine.Store.
func (w *watched) SettleAll(ctx context.Context, changes []engine.Change) error {
	w.mu.Lock()
	fail := w.fail
	w.mu.Unlock()
	for _, c := range changes {
		if fail == nil {
			continue
		}
		if err := fail(c); err != nil {
			return err
		}
	}
	err := w.Store.SettleAll(ctx, changes)
	if err == nil {
		for _, c := range changes {
			if c.Settle == nil {
				continue
			}
			w.note(ctx, describe(c)) // as if each had been saved by itself: how many are saved at once is up to the clock
		}
		w.board.change(func() {
			for _, c := range changes {
				if c.Settle != nil {
					w.board.settled = append(w.board.settled, *c.Settle)
				}
			}
		})
	}
	return err
}

// describe says what a change is made of, and nothing of what it holds.
func describe(c engine.Change) string {
	var parts []string
	add := func(what string, there bool) {
		if there {
			parts = append(parts, what)
		}
	}
	add("create", c.Create != nil)
	add("update", c.Update != nil)
	add("join", c.Join != nil)
	add("tally", c.Tally != nil)
	add(fmt.Sprintf("%d entries", len(c.Entries)), len(c.Entries) > 0)
	add("begin", c.Begin != nil)
	add("settle", c.Settle != nil)
	add(fmt.Sprintf("%d records", len(c.Records)), len(c.Records) > 0)
	add("password", c.Password != nil)
	add("retire", c.Retire != nil)
	add("contact", c.Contact != nil)
	add("answers", c.Answers != nil)
	add("saved", c.Saved != nil)
	add("spend", c.Spend != nil)
	add("confirm", c.Confirm != nil)
	add("turnout", c.Turnout != nil)
	add("pause", c.Pause != nil)
	return "save " + strings.Join(parts, "+")
}

// folk is the Directory, which can be made to fail, and counts who asks.
type folk struct {
	engine.Directory
	mu      sync.Mutex
	down    error
	found   int
	checked func() // called when a password has been checked
}

func (f *folk) checks(then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked = then
}

// Check implements engine.Directory.
func (f *folk) Check(ctx context.Context, at contact.Email, typed password.Password) (engine.Account, error) {
	account, err := f.Directory.Check(ctx, at, typed)
	f.mu.Lock()
	then := f.checked
	f.mu.Unlock()
	if then != nil {
		then()
	}
	return account, err
}

func (f *folk) fails(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = err
}

// Find implements engine.Directory.
func (f *folk) Find(ctx context.Context, at contact.Email) (engine.Account, error) {
	f.mu.Lock()
	f.found++
	err := f.down
	f.mu.Unlock()
	if err != nil {
		return engine.Account{}, err
	}
	return f.Directory.Find(ctx, at)
}

// Account implements engine.Directory.
func (f *folk) Account(ctx context.Context, id string) (engine.Account, error) {
	f.mu.Lock()
	err := f.down
	f.mu.Unlock()
	if err != nil {
		return engine.Account{}, err
	}
	return f.Directory.Account(ctx, id)
}

// limits is the Limiter of the silent limits, which can be made to fail, and counts what is taken.
type limits struct {
	quota.Limiter
	mu    sync.Mutex
	down  error
	taken int
}

func (l *limits) fails(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = err
}

// Take implements quota.Limiter.
func (l *limits) Take(ctx context.Context, now time.Time, charges []quota.Charge) (time.Duration, bool, error) {
	l.mu.Lock()
	l.taken++
	err := l.down
	l.mu.Unlock()
	if err != nil {
		return 0, false, err
	}
	return l.Limiter.Take(ctx, now, charges)
}
