package redislimit_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"twohens/internal/quota"
	"twohens/internal/quota/quotatest"
	"twohens/internal/redislimit"
	"twohens/internal/redislimit/redistest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient)._refresh.func2"), // it lets old connections sleep for a while
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1"))
}

var noon = time.Date(2031, time.March, 4, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, prefix string, nodes ...*redistest.Redis) *redislimit.Limiter {
	t.Helper()
	l := redislimit.New(redislimit.Config{Addresses: addresses(nodes...), Prefix: prefix})
	t.Cleanup(l.Close)
	return l
}

// The contract of all limiters, on one server and on a Cluster of three.
func TestLimiter(t *testing.T) {
	one := redistest.Start(t)
	three := redistest.Cluster(t)
	n := 0
	for name, nodes := range map[string][]*redistest.Redis{"single": {one}, "cluster": three} {
		t.Run(name, func(t *testing.T) {
			quotatest.TestLimiter(t, func(t *testing.T) quota.Limiter {
				n++ // counts of its own
				return open(t, fmt.Sprint("test", n), nodes...)
			})
		})
	}
	// Several programs at once: exactly as many get through as one after the other.
	t.Run("programs", func(t *testing.T) {
		list := []*redislimit.Limiter{open(t, "shared", one), open(t, "shared", one), open(t, "shared", one)}
		charge := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 40, Per: time.Hour}}, {Key: "site", Limit: quota.Limit{Events: 1000, Per: time.Hour}}}
		var got atomic.Int32
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				_, ok, err := list[i%3].Take(t.Context(), noon, charge)
				if err != nil {
					t.Error(err)
				}
				if ok {
					got.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 40 {
			t.Errorf("%d of 300 got through, want 40", got.Load())
		}
	})
}

// The script's arithmetic is quota's: whatever is taken and given back when, both say the same, to the microsecond.
func TestAsInMemory(t *testing.T) {
	there, n := open(t, "same", redistest.Start(t)), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		here := quota.NewMemory(0)
		now := noon
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(rt, "later")))
			var charges []quota.Charge
			for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "{c}", "d\x00\xff"}), 1, 4, rapid.ID[string]).Draw(rt, "keys") {
				l := quota.Limit{Events: rapid.IntRange(1, 5).Draw(rt, "events"), Per: time.Duration(rapid.Int64Range(5, 1e10).Draw(rt, "per")) * time.Microsecond}
				if l.Check() != nil {
					continue
				}
				charges = append(charges, quota.Charge{Key: fmt.Sprint(n, key), Limit: l})
			}
			if rapid.IntRange(0, 3).Draw(rt, "give") == 0 {
				if err, want := there.Return(t.Context(), now, charges), here.Return(t.Context(), now, charges); (err == nil) != (want == nil) {
					rt.Fatal(err, want)
				}
				continue
			}
			wait, ok, err := there.Take(t.Context(), now, charges)
			wantWait, wantOK, wantErr := here.Take(t.Context(), now, charges)
			if wait != wantWait || ok != wantOK || (err == nil) != (wantErr == nil) {
				rt.Fatalf("%v %v %v, in memory %v %v %v", wait, ok, err, wantWait, wantOK, wantErr)
			}
		}
	})
}

// Buckets that are full again are forgotten by themselves.
func TestForgotten(t *testing.T) {
	server := redistest.Start(t)
	l := open(t, "brief", server)
	if _, ok, err := l.Take(t.Context(), time.Now(), []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: 10 * time.Millisecond}}}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if size := server.Say("DBSIZE"); size != "1" {
		t.Errorf("%s keys", size)
	}
	until(t, "it is forgotten", func() bool { return server.Say("DBSIZE") == "0" })
}

// told is a log.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *told) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), what)
}

// falling is Redis with memory behind it, as a node has them.
func falling(t *testing.T, first quota.Limiter) (*quota.Fallback, *told) {
	log := new(told)
	return &quota.Fallback{
		First: first, Second: quota.NewMemory(0), Timeout: 3 * time.Second, Rest: 50 * time.Millisecond, Name: "redis",
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now,
	}, log
}

// Redis is killed, or stands still, or forgets everything, or says nonsense: the other place counts, which is told once, and no more get
// through than both have budgets. When it is back it counts again.
func TestRedisGoesAndComes(t *testing.T) {
	for name, fault := range map[string]struct{ breaks, mends func(r *redistest.Redis) }{
		"killed":        {(*redistest.Redis).Kill, (*redistest.Redis).Start},
		"stands still":  {func(r *redistest.Redis) { r.Signal(syscall.SIGSTOP) }, func(r *redistest.Redis) { r.Signal(syscall.SIGCONT) }},
		"out of memory": {func(r *redistest.Redis) { r.Say("CONFIG", "SET", "maxmemory", "1") }, func(r *redistest.Redis) { r.Say("CONFIG", "SET", "maxmemory", "0") }},
		"a replica": {
			func(r *redistest.Redis) { r.Say("REPLICAOF", "127.0.0.1", "1") }, func(r *redistest.Redis) { r.Say("REPLICAOF", "NO", "ONE") },
		},
		"a key that is something else": {
			func(r *redistest.Redis) { r.Say("FLUSHALL"); r.Say("LPUSH", "{limits}:bob", "x") }, func(r *redistest.Redis) { r.Say("FLUSHALL") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			l, log := falling(t, open(t, "limits", server))
			charge := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 5, Per: time.Hour}}}
			through := 0
			asks := func() {
				t.Helper()
				_, ok, err := l.Take(t.Context(), noon, charge)
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					through++
				}
			}
			for range 8 {
				asks()
			}
			if through != 5 || l.Down() {
				t.Fatalf("%d through while all is well", through)
			}
			fault.breaks(server)
			charge[0].Key = "bob" // one that would be let through
			for range 30 {
				asks()
			}
			if through != 10 || !l.Down() {
				t.Errorf("%d through, down %t", through, l.Down())
			}
			if n := log.count("does not answer"); n != 1 {
				t.Errorf("told %d times", n)
			}
			fault.mends(server)
			until(t, "it counts again", func() bool { asks(); return !l.Down() })
			if n := log.count("there again"); n != 1 {
				t.Errorf("told %d times that it is back", n)
			}
		})
	}
}

// A Redis that is not there when the program starts is found when it comes.
func TestRedisComesLater(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	l, log := falling(t, open(t, "limits", server))
	charge := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: time.Hour}}}
	if _, ok, err := l.Take(t.Context(), noon, charge); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, ok, err := l.Take(t.Context(), noon, charge); ok || err != nil {
		t.Fatal("nothing counts while Redis is away", err)
	}
	server.Start()
	until(t, "it is found", func() bool {
		_, _, err := l.Take(t.Context(), noon, charge)
		return err == nil && !l.Down()
	})
	if log.count("does not answer") != 1 {
		t.Error("not told once")
	}
}

// Its scripts are gone after a restart, and are sent again.
func TestScriptsAreSentAgain(t *testing.T) {
	server := redistest.Start(t)
	l := open(t, "limits", server)
	charge := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 2, Per: time.Hour}}}
	for i := range 3 {
		server.Say("SCRIPT", "FLUSH")
		if _, ok, err := l.Take(t.Context(), noon, charge); err != nil || ok != (i < 2) {
			t.Errorf("%d: %t %v", i, ok, err)
		}
	}
}

// When both are down, nothing opens.
func TestBothDown(t *testing.T) {
	server := redistest.Start(t)
	l, _ := falling(t, open(t, "limits", server))
	l.Second = open(t, "limits", server)
	server.Kill()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if _, ok, err := l.Take(ctx, noon, []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 1, Per: time.Hour}}}); ok || err == nil {
		t.Error(ok, err)
	}
}

// A password that is asked for, a user who may not run scripts, and what check wants to know.
func TestHealth(t *testing.T) {
	server := redistest.Start(t, "--requirepass", "quiet heron")
	with := func(user, password string) *redislimit.Limiter {
		l := redislimit.New(redislimit.Config{Addresses: addresses(server), Username: user, Prefix: "p", Password: func() (string, error) { return password, nil }})
		t.Cleanup(l.Close)
		return l
	}
	h, err := with("", "quiet heron").Health(t.Context())
	if err != nil || !strings.HasPrefix(h.Version, "7.") && h.Version == "" || h.Cluster || h.Eviction != "noeviction" {
		t.Errorf("%+v %v", h, err)
	}
	if _, err := with("", "loud heron").Health(t.Context()); err == nil || strings.Contains(err.Error(), "heron") {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := open(t, "p", server).Health(t.Context()); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Errorf("no password: %v", err)
	}
}

// A user who may count and nothing else is enough, and one who may not run scripts is told.
func TestHealthOfAUser(t *testing.T) {
	server := redistest.Start(t)
	with := func(user string) *redislimit.Limiter {
		l := redislimit.New(redislimit.Config{Addresses: addresses(server), Username: user, Prefix: "p", Password: func() (string, error) { return "quiet heron", nil }})
		t.Cleanup(l.Close)
		return l
	}
	for user, may := range map[string][]string{
		"counter": {"+get", "+set", "+eval", "+evalsha", "+hello", "+client"},
		"reader":  {"+get", "+set", "+hello", "+client"},
	} {
		if said := server.Say(append([]string{"ACL", "SETUSER", user, "on", ">quiet heron", "~{p}:*", "-@all"}, may...)...); said != "OK" {
			t.Fatal(said)
		}
	}
	if h, err := with("counter").Health(t.Context()); err != nil || h.Version != "" || h.Eviction != "" {
		t.Errorf("%+v %v", h, err)
	}
	if _, err := with("reader").Health(t.Context()); err == nil || !strings.Contains(err.Error(), "NOPERM") {
		t.Errorf("one who may not run scripts: %v", err)
	}
}

// A Cluster loses the node that counts, with all its counts: the other place counts, and when the node is back, it does again.
func TestClusterLosesANode(t *testing.T) {
	t.Parallel()
	nodes := redistest.Cluster(t)
	i := slices.IndexFunc(nodes, func(n *redistest.Redis) bool { return n.Say("SET", "{limits}:nobody", "0", "PX", "1") == "OK" })
	if i < 0 {
		t.Fatal("nobody has the slot")
	}
	l, log := falling(t, open(t, "limits", nodes...))
	charge := []quota.Charge{{Key: "ann", Limit: quota.Limit{Events: 5, Per: time.Hour}}}
	through := 0
	asks := func() {
		t.Helper()
		_, ok, err := l.Take(t.Context(), noon, charge)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			through++
		}
	}
	for range 8 {
		asks()
	}
	nodes[i].Kill()
	for range 30 {
		asks()
	}
	if through != 10 || !l.Down() || log.count("does not answer") != 1 {
		t.Errorf("%d through, down %t, told %d times", through, l.Down(), log.count("does not answer"))
	}
	nodes[i].Start()
	until(t, "it counts again", func() bool { asks(); return !l.Down() })
	// It has forgotten: once more as many, and no more.
	for range 30 {
		asks()
	}
	if through != 15 {
		t.Errorf("%d through in all, want five of each place and five of the one that forgot", through)
	}
}

func addresses(nodes ...*redistest.Redis) (list []string) {
	for _, n := range nodes {
		list = append(list, n.Address())
	}
	return list
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// BenchmarkTake charges five buckets at a time, as a knock does, by many at once.
func BenchmarkTake(b *testing.B) {
	l := redislimit.New(redislimit.Config{Addresses: addresses(redistest.Start(b)), Prefix: "bench"})
	b.Cleanup(l.Close)
	plenty := quota.Limit{Events: 1 << 30, Per: time.Hour}
	if _, _, err := l.Take(b.Context(), noon, []quota.Charge{{Key: "first", Limit: plenty}}); err != nil { // connects
		b.Fatal(err)
	}
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for n := 0; p.Next(); n++ {
			charges := []quota.Charge{{Key: "site", Limit: plenty}, {Key: "wide", Limit: plenty}, {Key: "net", Limit: plenty}, {Key: fmt.Sprint("ask", n%100), Limit: plenty}, {Key: fmt.Sprint("card", n%100), Limit: plenty}}
			if _, ok, err := l.Take(b.Context(), noon, charges); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}
