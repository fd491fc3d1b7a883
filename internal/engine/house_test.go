package engine_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/accounts"
	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/quota"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/sqlstore"
	"twohens/internal/storetest"
)

// house is one installation: a database, the built-in accounts, and as many nodes as a test asks for, sharing their keys.
type house struct {
	t        *testing.T
	config   sqlstore.Config
	store    *sqlstore.Store
	accounts *accounts.Accounts
	gate     *gate.Gate
	settings engine.Settings
	board    *board
	log      *logged
	began    time.Time    // the clock stands still,
	ahead    atomic.Int64 // until somebody waits
}

// node is one engine of the house, with all that stands between it and the world.
type node struct {
	*engine.Engine
	house   *house
	saves   *watched
	folk    *folk
	limits  *limits
	stop    context.CancelFunc
	stopped chan struct{}
}

// plenty is a limit that no test runs into.
var plenty = quota.Limit{Events: 1 << 20, Per: time.Hour}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(t, onSQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, newHouse(t, sqlstore.Config{Driver: sqlstore.PostgreSQL, DSN: storetest.Postgres(t)}))
	})
}

func onSQLite(t *testing.T) *house {
	return newHouse(t, sqlstore.Config{Driver: sqlstore.SQLite, Path: filepath.Join(t.TempDir(), "twohens.db")})
}

// tomorrow is noon of the next day: after the accounts are made, by the real clock, and far from midnight, when sums of a day begin anew.
func tomorrow() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(36 * time.Hour) }

func newHouse(t *testing.T, c sqlstore.Config) *house {
	h := &house{t: t, config: c, board: newBoard(), log: new(logged), began: tomorrow()}
	h.store = h.open()
	if err := h.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	hasher, err := password.NewHasher(password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	h.accounts = accounts.New(h.store, hasher, h.logger())
	h.gate = &gate.Gate{
		Limiter: quota.NewMemory(0), Keys: h.store, Hash: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()), Now: h.now,
		Limits: gate.Limits{Address: plenty, Network: plenty, Wide: plenty, Site: plenty, SignInFree: plenty, SignInAddress: plenty},
	}
	h.settings = engine.Settings{
		Policy: recovery.Classic(),
		Silent: engine.SilentLimits{Account: plenty, Network: plenty, Destination: plenty},
		Texts: engine.TextRules{
			Countries: []string{"ES", "GB"}, Number: plenty, Block: plenty, Country: plenty, Network: plenty,
			Price: func(contact.Phone) int64 { return 50_000 },
		},
		Sessions: engine.SessionSettings{Life: 24 * time.Hour, Idle: time.Hour, Fresh: 10 * time.Minute},
		Codes:    secret.NewRing("1", secret.NewKey()), Decoys: secret.NewKey(), Browsers: secret.NewRing("1", secret.NewKey()),
		Questions: question.Decoys{Key: secret.NewKey()},
		Answers:   question.Digests{Peppers: secret.NewRing("1", secret.NewKey()), Hasher: hasher},
		Lease:     90 * time.Second,
	}
	return h
}

// open opens one more handle on the database.
func (h *house) open() *sqlstore.Store {
	h.t.Helper()
	s, err := sqlstore.Open(h.t.Context(), h.config)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			h.t.Errorf("closing: %v", err)
		}
	})
	return s
}

func (h *house) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (h *house) now() time.Time { return h.began.Add(time.Duration(h.ahead.Load())) }

// wait moves the clock of the whole house.
func (h *house) wait(d time.Duration) { h.ahead.Add(int64(d)) }

// node starts a node on a database handle of its own, worker included.
func (h *house) node() *node {
	n := h.idle()
	n.run()
	return n
}

// idle is a node whose worker does not run yet.
func (h *house) idle() *node {
	h.t.Helper()
	store := h.open()
	n := &node{
		house: h, saves: &watched{Store: store, board: h.board}, folk: &folk{Directory: h.accounts}, limits: &limits{Limiter: store},
	}
	n.Engine = engine.New(engine.Ports{
		Store: n.saves, Directory: n.folk, Composer: h.board, Sender: h.board, Texter: h.board, Auditor: h.board, Limiter: n.limits,
	}, h.settings, h.logger())
	n.Now = h.now
	return n
}

// run starts the worker. It is stopped at the end of the test, or by stop.
func (n *node) run() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(n.house.t.Context()))
	stopped := make(chan struct{})
	n.stop, n.stopped = cancel, stopped
	go func() {
		defer close(stopped)
		n.Run(ctx)
	}()
	n.house.t.Cleanup(n.halt)
}

// halt stops the worker and waits for what it has under way.
func (n *node) halt() {
	n.stop()
	<-n.stopped
}

// account adds an account with the old, forgotten password.
func (h *house) account(at string) string {
	h.t.Helper()
	old := typed(h.t, oldPassword)
	row, err := h.accounts.Add(h.t.Context(), address(h.t, at), &old, "es")
	if err != nil {
		h.t.Fatal(err)
	}
	return row.ID
}

const (
	oldPassword = "the old one, long forgotten"
	newPassword = "seven brown hens on a fence"
)

func address(t testing.TB, text string) contact.Email {
	t.Helper()
	e, err := contact.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func typed(t testing.TB, text string) password.Password {
	t.Helper()
	p, err := password.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var client = netip.MustParseAddr("192.0.2.7")

// inHand marks what a person waits for, as opposed to what a worker does.
type inHand struct{}

func (h *house) hand() context.Context { return context.WithValue(h.t.Context(), inHand{}, true) }

// opens begins a recovery and waits until the worker has been there.
func (n *node) opens(at string) secret.Opaque {
	n.house.t.Helper()
	holder := n.knocks(at)
	n.house.found(holder)
	return holder
}

// knocks begins a recovery and does not wait.
func (n *node) knocks(at string) secret.Opaque {
	n.house.t.Helper()
	return n.knocksFrom(client, secret.Opaque{}, at)
}

// knocksFrom is the same from another network, and in a browser that may be known.
func (n *node) knocksFrom(client netip.Addr, known secret.Opaque, at string) secret.Opaque {
	t := n.house.t
	t.Helper()
	pass, refusal, err := n.house.gate.OpenKeyed(t.Context(), gate.APIKey{ID: "test"}, gate.Knock{Address: address(t, at), Client: client})
	if err != nil || refusal.Reason != "" {
		t.Fatalf("%v %v", refusal, err)
	}
	holder, _, err := n.Open(n.house.hand(), pass, "en", known)
	if err != nil {
		t.Fatal(err)
	}
	return holder
}

// found waits until a worker has copied the account, or a decoy, into the request.
func (h *house) found(holder secret.Opaque) {
	h.t.Helper()
	id := h.stored(holder).Request.ID
	h.board.until(h.t, "the account is looked for", func(b *board) bool {
		for _, r := range b.records {
			if r.Event == engine.EventOpened && r.Request == id {
				return true
			}
		}
		return false
	})
}

func (h *house) stored(holder secret.Opaque) engine.Stored {
	h.t.Helper()
	s, err := h.store.Request(h.t.Context(), engine.Key{Holder: holder.Digest()})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (n *node) choose(holder secret.Opaque) recovery.Outcome {
	n.house.t.Helper()
	_, outcome, err := n.Choose(n.house.hand(), holder, recovery.WayEmail)
	if err != nil {
		n.house.t.Fatal(err)
	}
	return outcome
}

// asks chooses e-mail and waits for the letter.
func (n *node) asks(holder secret.Opaque) engine.Letter {
	n.house.t.Helper()
	if outcome := n.choose(holder); outcome != recovery.Sent {
		n.house.t.Fatal(outcome)
	}
	return n.house.letterOf(holder, 1)
}

// letterOf waits until the n-th letter with a code was handed over for a request, and reads it.
func (h *house) letterOf(holder secret.Opaque, nth int) engine.Letter {
	h.t.Helper()
	id := h.stored(holder).Request.ID
	var letter engine.Letter
	h.board.until(h.t, "a letter is handed over", func(b *board) bool {
		count := 0
		for _, s := range b.settled {
			if s.Entry.Request == id && s.Entry.Effect.Kind == recovery.EffectSend && s.Verdict == engine.Carried {
				if count++; count == nth {
					letter = b.letters[s.Entry.ID]
				}
			}
		}
		return count >= nth
	})
	return letter
}

// enter types a code.
func (n *node) enter(holder secret.Opaque, code secret.Code) (recovery.Outcome, secret.Opaque) {
	n.house.t.Helper()
	_, outcome, grant, err := n.Enter(n.house.hand(), holder, code)
	if err != nil {
		n.house.t.Fatal(err)
	}
	if (outcome == recovery.Proved) == grant.IsZero() {
		n.house.t.Errorf("%s with a grant that is zero=%t", outcome, grant.IsZero())
	}
	return outcome, grant
}

// proves walks from the address to the right to set a password.
func (n *node) proves(at string) (holder, grant secret.Opaque) {
	n.house.t.Helper()
	holder = n.opens(at)
	outcome, grant := n.enter(holder, n.asks(holder).Code)
	if outcome != recovery.Proved {
		n.house.t.Fatal(outcome)
	}
	return holder, grant
}

// set sets a password and says what came of it.
func (n *node) set(grant secret.Opaque, chosen string) recovery.Outcome {
	n.house.t.Helper()
	outcome, verdict, err := n.SetPassword(n.house.hand(), grant, typed(n.house.t, chosen), "192.0.2.7/32")
	if err != nil || !verdict.OK() {
		n.house.t.Fatalf("%s %v %v", outcome, verdict, err)
	}
	return outcome
}

// opensDoor says whether a password is the account's.
func (h *house) opensDoor(at, chosen string) bool {
	h.t.Helper()
	_, err := h.accounts.Check(h.t.Context(), address(h.t, at), typed(h.t, chosen))
	if err != nil && !errors.Is(err, engine.ErrNoAccount) {
		h.t.Fatal(err)
	}
	return err == nil
}

// wrongCode is a code that is not this one.
func wrongCode(right secret.Code, i int) secret.Code {
	for ; ; i++ {
		digits := []byte("10000000")
		for at, n := 7, i; n > 0; at, n = at-1, n/10 {
			digits[at] = byte('0' + n%10)
		}
		if c := secret.TypedCode(string(digits)); !c.Equal(right) {
			return c
		}
	}
}

// atOnce does something many times at the same moment.
func atOnce(n int, do func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

// tallied counts what came of many at once.
type tallied[K comparable] struct {
	mu sync.Mutex
	n  map[K]int
}

func (c *tallied[K]) add(k K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = make(map[K]int)
	}
	c.n[k]++
}

// logged keeps what was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
