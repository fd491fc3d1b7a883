package password_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"twohens/internal/password"
)

var cheap = password.Params{MemoryKiB: 8, Time: 1, Threads: 1}

//
func TestHash(t *testing.T) {
	h := hasher(t, password.DefaultParams, 0, 0)
	p := secret(t, "tall gate, quiet river")
	encoded, err := h.Hash(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashed to %s", encoded)
	}
	if again, _ := h.Hash(t.Context(), p); again == encoded {
		t.Error("the same salt twice")
	}
	if ok, rehash, err := h.Verify(t.Context(), encoded, p); !ok || rehash || err != nil {
		t.Errorf("right password: %v, %v, %v", ok, rehash, err)
	}
	for _, wrong := range []string{"", "tall gate, quiet rivers", "Tall gate, quiet river", "tall gate, quiet river\x00", " tall gate, quiet river"} {
		if ok, rehash, err := h.Verify(t.Context(), encoded, secret(t, wrong)); ok || rehash || err != nil {
			t.Errorf("%q: %v, %v, %v", wrong, ok, rehash, err)
		}
	}
}

// Hashes of other Argon2 programs are read. This one is of the reference
// implementation's own tests (test.c).
func TestVerifyForeign(t *testing.T) {
	h := hasher(t, cheap, 0, 0)
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, rehash, err := h.Verify(t.Context(), reference, secret(t, "password"))
	if !ok || !rehash || err != nil {
		t.Errorf("%v, %v, %v", ok, rehash, err)
	}
}

func TestRehash(t *testing.T) {
	p := secret(t, "tall gate, quiet river")
	old, err := hasher(t, cheap, 0, 0).Hash(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []password.Params{{MemoryKiB: 16, Time: 1, Threads: 1}, {MemoryKiB: 8, Time: 2, Threads: 1}, {MemoryKiB: 16, Time: 1, Threads: 2}} {
		h := hasher(t, now, 0, 0)
		if ok, rehash, err := h.Verify(t.Context(), old, p); !ok || !rehash || err != nil {
			t.Errorf("%+v: %v, %v, %v", now, ok, rehash, err)
		}
		if ok, rehash, err := h.Verify(t.Context(), old, secret(t, "wrong")); ok || rehash || err != nil {
			t.Errorf("%+v, wrong: %v, %v, %v", now, ok, rehash, err)
		}
	}
}

// what stands for a hash where there is none has its form and its costs, is judged like one, and nothing is right for it.
func TestImitate(t *testing.T) {
	h := hasher(t, cheap, 0, 0)
	p := secret(t, "tall gate, quiet river")
	real, err := h.Hash(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	imitated := h.Imitate([48]byte{1, 2, 3})
	if len(imitated) != len(real) || imitated[:27] != real[:27] || imitated == h.Imitate([48]byte{1, 2, 3, 47: 1}) {
		t.Errorf("%s for the likes of %s", imitated, real)
	}
	for _, typed := range []string{"", "tall gate, quiet river"} {
		if ok, _, err := h.Verify(t.Context(), imitated, secret(t, typed)); ok || err != nil {
			t.Errorf("%q: %t, %v", typed, ok, err)
		}
	}
}

// A stored hash cannot name costs that stop the server, nor make it panic.
func TestVerifyRefusesHash(t *testing.T) {
	h := hasher(t, cheap, 0, 0)
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	good := "$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + key
	if _, _, err := h.Verify(t.Context(), good, secret(t, "x")); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	for _, encoded := range []string{
		"", "$", "$$$$$", "password", "*", good + "$", good[1:], good + "\n", " " + good,
		strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "argon2id", "argon2d", 1),
		strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "$v=19", "", 1),
		strings.Replace(good, "m=8", "m=262145", 1), strings.Replace(good, "m=8", "m=4294967295", 1), strings.Replace(good, "m=8", "m=99999999999999999999", 1),
		strings.Replace(good, "m=8", "m=7", 1), strings.Replace(good, "m=8", "m=08", 1), strings.Replace(good, "m=8", "m=-8", 1), strings.Replace(good, "m=8", "m=0x8", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "t=1", "t=17", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "m=8,t=1,p=1", "m=256,t=1,p=9", 1), strings.Replace(good, "p=1", "p=256", 1), strings.Replace(good, "p=1", "p=257", 1),
		strings.Replace(good, "m=8,t=1,p=1", "t=1,m=8,p=1", 1), strings.Replace(good, "m=8,t=1,p=1", "m=8,t=1,p=1,x=1", 1), strings.Replace(good, "m=8,", "m=8, ", 1),
		strings.Replace(good, salt, "", 1), strings.Replace(good, salt, "c2FsdA", 1), strings.Replace(good, salt, salt+"==", 1), strings.Replace(good, salt, salt[:10]+"\n"+salt[10:], 1),
		strings.Replace(good, key, "", 1), strings.Replace(good, key, "CTFh", 1), strings.Replace(good, key, key[:42]+"d", 1), strings.Replace(good, key, strings.Repeat("CTFh", 100), 1),
	} {
		if ok, rehash, err := h.Verify(t.Context(), encoded, secret(t, "x")); ok || rehash || !errors.Is(err, password.ErrHash) {
			t.Errorf("%q: %v, %v, %v", encoded, ok, rehash, err)
		}
	}
	for _, p := range []password.Params{{}, {8, 0, 1}, {8, 1, 0}, {7, 1, 1}, {15, 1, 2}, {262145, 1, 1}, {8, 17, 1}, {1024, 1, 9}} {
		if _, err := password.NewHasher(p, 0, 0); err == nil {
			t.Errorf("%+v accepted", p)
		}
	}
}

// no more than the queue holds may wait, the rest is told at once, and who goes
// away leaves the queue. The one slot is held by a hash of high costs, for long
// enough for all that follows.
func TestQueue(t *testing.T) {
	const queue = 3
	h := hasher(t, cheap, 1, queue)
	p := secret(t, "tall gate, quiet river")
	slow := fmt.Sprintf("$argon2id$v=19$m=131072,t=8,p=1$c29tZXNhbHRzb21lc2FsdA$%s", strings.Repeat("A", 43))
	held := make(chan error, 1)
	go func() {
		_, _, err := h.Verify(t.Context(), slow, p)
		held <- err
	}()
	await(t, h, 1)

	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, queue)
	for i := range queue {
		go func() {
			switch i {
			case 0:
				_, err := h.Hash(ctx, p)
				waiting <- err
			case 1:
				waiting <- h.VerifyUnknown(ctx, p)
			default:
				_, _, err := h.Verify(ctx, slow, p)
				waiting <- err
			}
		}()
	}
	await(t, h, 1+queue)
	if _, err := h.Hash(t.Context(), p); !errors.Is(err, password.ErrBusy) {
		t.Errorf("Hash with a full queue: %v", err)
	}
	if ok, _, err := h.Verify(t.Context(), slow, p); ok || !errors.Is(err, password.ErrBusy) {
		t.Errorf("Verify with a full queue: %v", err)
	}
	if err := h.VerifyUnknown(t.Context(), p); !errors.Is(err, password.ErrBusy) { // the same for an unknown account
		t.Errorf("VerifyUnknown with a full queue: %v", err)
	}
	cancel()
	for range queue {
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting and gone: %v", err)
		}
	}
	await(t, h, 1) // they left, so there is room again
	done := make(chan error, 1)
	go func() { done <- h.VerifyUnknown(t.Context(), p) }()
	if err := <-held; err != nil {
		t.Errorf("the one in the slot: %v", err)
	}
	if err := <-done; err != nil {
		t.Errorf("the next one: %v", err)
	}
	await(t, h, 0)
}

// A crowd that tries passwords fills its own queue and no other, and goes behind whoever sets one.
func TestYielding(t *testing.T) {
	const queue = 4
	h := hasher(t, cheap, 1, queue)
	crowd := h.Yielding()
	p := secret(t, "tall gate, quiet river")
	slow := fmt.Sprintf("$argon2id$v=19$m=131072,t=8,p=1$c29tZXNhbHRzb21lc2FsdA$%s", strings.Repeat("A", 43))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1+queue)
	try := func() {
		_, _, err := crowd.Verify(ctx, slow, p)
		done <- err
	}
	go try()
	await(t, crowd, 1)
	for n := range queue {
		if crowd.Crowded() != (n >= queue/2) {
			t.Errorf("with %d waiting: %v", n, crowd.Crowded())
		}
		go try()
		await(t, crowd, 2+n)
	}
	if err := crowd.VerifyUnknown(t.Context(), p); !errors.Is(err, password.ErrBusy) {
		t.Errorf("one more of the crowd: %v", err)
	}
	if h.Crowded() || h.Inside() != 0 {
		t.Errorf("the crowd counts as others: %d", h.Inside())
	}
	if _, err := h.Hash(t.Context(), p); err != nil {
		t.Errorf("setting a password meanwhile: %v", err)
	}
	if n := crowd.Inside(); n != queue {
		t.Errorf("%d of the crowd are left, want %d: it went first", n, queue)
	}
	cancel()
	for range 1 + queue {
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	await(t, crowd, 0)
	if err := crowd.VerifyUnknown(t.Context(), p); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// await waits until so many are computing or waiting.
func await(t *testing.T, h *password.Hasher, inside int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); h.Inside() != inside; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d inside, want %d", h.Inside(), inside)
		}
	}
}

// Many at once: each is answered rightly or told ErrBusy, and every slot comes back.
func TestHashParallel(t *testing.T) {
	h := hasher(t, cheap, 2, 10)
	p := secret(t, "tall gate, quiet river")
	encoded, err := h.Hash(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	const callers = 64
	answers := make(chan error, callers)
	for i := range callers {
		go func() {
			if i%2 == 0 {
				answers <- h.VerifyUnknown(t.Context(), p)
				return
			}
			ok, _, err := h.Verify(t.Context(), encoded, p)
			if err == nil && !ok {
				err = errors.New("the right password was refused")
			}
			answers <- err
		}()
	}
	for range callers {
		if err := <-answers; err != nil && !errors.Is(err, password.ErrBusy) {
			t.Error(err)
		}
	}
	if n := h.Inside(); n != 0 {
		t.Errorf("%d still inside", n)
	}
}

// the check for an account that does not exist costs what the other
// costs. The bound is wide; it is there to notice that the work is not done at all.
func TestVerifyUnknownWorks(t *testing.T) {
	h := hasher(t, password.DefaultParams, 0, 0)
	p := secret(t, "tall gate, quiet river")
	encoded, err := h.Hash(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := time.Hour, time.Hour
	for range 5 {
		start := time.Now()
		if _, _, err := h.Verify(t.Context(), encoded, p); err != nil {
			t.Fatal(err)
		}
		known = min(known, time.Since(start))
		start = time.Now()
		if err := h.VerifyUnknown(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		unknown = min(unknown, time.Since(start))
	}
	if unknown < known/3 || unknown > known*3 {
		t.Errorf("an account that exists takes %v, one that does not %v", known, unknown)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=16,t=1,p=2$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	h := hasher(f, cheap, 0, 0)
	p := secret(f, "x")
	f.Fuzz(func(t *testing.T, encoded string) {
		ended, cancel := context.WithCancel(t.Context())
		cancel() // so that those that are well formed are read and not computed
		ok, rehash, err := h.Verify(ended, encoded, p)
		if ok || rehash || !errors.Is(err, password.ErrHash) && !errors.Is(err, context.Canceled) {
			t.Fatalf("%q: %v, %v, %v", encoded, ok, rehash, err)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	for _, params := range []password.Params{password.DefaultParams, cheap} {
		h, p := hasher(b, params, 0, 0), secret(b, "tall gate, quiet river")
		b.Run(fmt.Sprintf("m=%d", params.MemoryKiB), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Hash(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The bare function, to tell what the queue and the encoding add to it.
func BenchmarkArgon2(b *testing.B) {
	salt := make([]byte, 16)
	for b.Loop() {
		argon2.IDKey([]byte("tall gate, quiet river"), salt, 2, 19*1024, 1, 32)
	}
}

func hasher(t testing.TB, p password.Params, slots, queue int) *password.Hasher {
	t.Helper()
	h, err := password.NewHasher(p, slots, queue)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
