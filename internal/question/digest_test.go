package question

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/password"
	"twohens/internal/secret"
)

// counted is a real hasher that counts what is really hashed with it: a text that cannot be read costs nothing and does not count.
type counted struct {
	*password.Hasher
	hashes atomic.Int64
}

func (c *counted) Verify(ctx context.Context, encoded string, p password.Password) (ok, rehash bool, err error) {
	ok, rehash, err = c.Hasher.Verify(ctx, encoded, p)
	if err == nil {
		c.hashes.Add(1)
	}
	return ok, rehash, err
}

func (c *counted) VerifyUnknown(ctx context.Context, p password.Password) error {
	err := c.Hasher.VerifyUnknown(ctx, p)
	if err == nil {
		c.hashes.Add(1)
	}
	return err
}

var cheap = password.Params{MemoryKiB: 8, Time: 1, Threads: 1}

func hasher(t testing.TB, p password.Params, slots, queue int) *counted {
	t.Helper()
	h, err := password.NewHasher(p, slots, queue)
	if err != nil {
		t.Fatal(err)
	}
	return &counted{Hasher: h}
}

// key is always the same one for a letter, so that no test depends on luck.
func key(t testing.TB, letter string) secret.Key {
	t.Helper()
	k, err := secret.ParseKey([]byte(strings.Repeat(letter, 42) + "A="))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func kept(t testing.TB, d Digests, account string, pairs ...string) (asked []Asked, answers []Answer) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		a := parse(t, pairs[i+1])
		digest, err := d.Make(t.Context(), account, ID(pairs[i]), a)
		if err != nil {
			t.Fatal(err)
		}
		asked, answers = append(asked, Asked{ID(pairs[i]), digest}), append(answers, a)
	}
	return asked, answers
}

// all right is right, anything else is wrong.
func TestCheck(t *testing.T) {
	d := Digests{secret.NewRing("2026:a", key(t, "a")), hasher(t, cheap, 0, 0)}
	asked, right := kept(t, d, "ann", "first-book", "Brumbazul", "got-lost", "Kesterby Fair")
	if asked[0].Digest[:len("2026:a:$argon2id$v=19$m=8,t=1,p=1$")] != "2026:a:$argon2id$v=19$m=8,t=1,p=1$" || strings.Contains(asked[0].Digest, "brum") {
		t.Errorf("stored as %s", asked[0].Digest)
	}
	if again, _ := kept(t, d, "ann", "first-book", "Brumbazul"); again[0].Digest == asked[0].Digest {
		t.Error("the same digest twice: no salt")
	}
	other := parse(t, "snorfel")
	blank := parse(t, " ")
	for _, c := range []struct {
		name    string
		account string
		asked   []Asked
		given   []Answer
		want    bool
	}{
		{"right", "ann", asked, right, true},
		{"typed otherwise", "ann", asked, []Answer{parse(t, "BRUMBAZÚL!"), parse(t, "kesterby-fair")}, true},
		{"one alone", "ann", asked[1:], right[1:], true},
		{"another account", "eve", asked, right, false},
		{"the first wrong", "ann", asked, []Answer{other, right[1]}, false},
		{"the second wrong", "ann", asked, []Answer{right[0], other}, false},
		{"both wrong", "ann", asked, []Answer{other, other}, false},
		{"crossed", "ann", asked, []Answer{right[1], right[0]}, false},
		{"the digests crossed", "ann", []Asked{{asked[0].ID, asked[1].Digest}, {asked[1].ID, asked[0].Digest}}, []Answer{right[1], right[0]}, false},
		{"one missing", "ann", asked, right[:1], false},
		{"all missing", "ann", asked, nil, false},
		{"one blank", "ann", asked, []Answer{right[0], blank}, false},
		{"one too many", "ann", asked[:1], right, false},
		{"nothing asked", "ann", nil, nil, false},
		{"nothing asked, something answered", "ann", nil, right, false},
	} {
		got, err := d.Check(t.Context(), c.account, c.asked, c.given)
		if got != c.want || err != nil {
			t.Errorf("%s: %t, %v", c.name, got, err)
		}
	}
	if _, err := d.Make(t.Context(), "ann", "first-book", blank); !errors.Is(err, ErrEmpty) {
		t.Errorf("a blank answer was kept: %v", err)
	}
	// CVE-2019-16109: a blank answer is wrong even if the digest of one were in the database.
	peppered, _, err := d.pepper("2026:a", "ann", "first-book", blank)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := d.Hasher.Hash(t.Context(), peppered)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := d.Check(t.Context(), "ann", []Asked{{"first-book", "2026:a:" + hash}}, []Answer{blank}); ok || err != nil {
		t.Errorf("blank to blank: %t, %v", ok, err)
	}
}

// an older pepper judges what was made with it, a revoked one nothing, and an id cannot be swapped for another.
func TestPeppers(t *testing.T) {
	h := hasher(t, cheap, 0, 0)
	old := Digests{secret.NewRing("old", key(t, "a")), h}
	asked, right := kept(t, old, "ann", "first-book", "Brumbazul")
	now := Digests{secret.NewRing("new", key(t, "b")), h}
	if ok, err := now.Check(t.Context(), "ann", asked, right); ok || err != nil {
		t.Errorf("a revoked pepper: %t, %v", ok, err)
	}
	renamed := []Asked{{asked[0].ID, strings.Replace(asked[0].Digest, "old", "new", 1)}}
	if ok, err := now.Check(t.Context(), "ann", renamed, right); ok || err != nil {
		t.Errorf("another pepper's id: %t, %v", ok, err)
	}
	if err := now.Peppers.Keep("old", key(t, "a")); err != nil {
		t.Fatal(err)
	}
	if ok, err := now.Check(t.Context(), "ann", asked, right); !ok || err != nil {
		t.Errorf("an older pepper: %t, %v", ok, err)
	}
	// A revoked pepper must not come back to life by the hash having been made under the newest one.
	fresh, _ := kept(t, now, "ann", "first-book", "Brumbazul")
	gone := []Asked{{fresh[0].ID, strings.Replace(fresh[0].Digest, "new", "gone", 1)}}
	if ok, err := now.Check(t.Context(), "ann", gone, right); ok || err != nil {
		t.Errorf("the newest pepper's hash under a revoked id: %t, %v", ok, err)
	}
}

// R-74, CWE-208: whatever is asked and answered, each question costs one hash of the same costs.
func TestSameWork(t *testing.T) {
	h := hasher(t, cheap, 0, 0)
	d := Digests{secret.NewRing("a", key(t, "a")), h}
	decoys := Decoys{key(t, "d")}
	asked, right := kept(t, d, "ann", "first-book", "Brumbazul", "got-lost", "Kesterby Fair")
	wrong := []Answer{parse(t, "x"), parse(t, "y")}
	with := func(first, second string) []Asked { return []Asked{{asked[0].ID, first}, {asked[1].ID, second}} }
	decoy := func(i int) string { return decoys.Digest(d, "nobody", asked[i].ID) }
	one, two := asked[0].Digest, asked[1].Digest
	for name, c := range map[string]struct {
		asked []Asked
		given []Answer
	}{
		"right":           {asked, right},
		"first wrong":     {asked, []Answer{wrong[0], right[1]}},
		"second wrong":    {asked, []Answer{right[0], wrong[1]}},
		"both wrong":      {asked, wrong},
		"none given":      {asked, nil},
		"blanks":          {asked, make([]Answer, 2)},
		"decoys":          {with(decoy(0), decoy(1)), right},
		"decoys, blanks":  {with(decoy(0), decoy(1)), make([]Answer, 2)},
		"none stored":     {with("", ""), right},
		"one unreadable":  {with(one, two[:len(two)-3]), right},
		"no hash":         {with("a:", ":"), right},
		"no pepper":       {with(one[2:], one[1:]), right},
		"unknown peppers": {with("b"+one[1:], "c"+two[1:]), right},
		"too costly":      {with(one, strings.Replace(two, "m=8", "m=999999999", 1)), right},
		"too many given":  {asked, slices.Concat(right, right)},
	} {
		before := h.hashes.Load()
		ok, err := d.Check(t.Context(), "ann", c.asked, c.given)
		if cost := h.hashes.Load() - before; cost != 2 || ok != (name == "right") || err != nil {
			t.Errorf("%s: %d hashes, %t, %v", name, cost, ok, err)
		}
	}
}

// when too many are hashed already, nothing is judged, of a real account or a decoy.
func TestBusy(t *testing.T) {
	busy := Digests{secret.NewRing("a", key(t, "a")), hasher(t, cheap, 1, -1)}
	asked, right := kept(t, busy, "ann", "first-book", "Brumbazul")
	decoy := []Asked{{"first-book", Decoys{key(t, "d")}.Digest(busy, "nobody", "first-book")}}
	slots := busy.Hasher.(*counted)
	slow := "$argon2id$v=19$m=131072,t=8,p=1$c29tZXNhbHRzb21lc2FsdA$" + strings.Repeat("A", 43) // long enough for all that follows
	held := make(chan error, 1)
	p, err := password.New("x")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _, err := slots.Hasher.Verify(t.Context(), slow, p)
		held <- err
	}()
	for end := time.Now().Add(20 * time.Second); slots.Inside() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the slow hash never began")
		}
	}
	for name, asked := range map[string][]Asked{"real": asked, "decoy": decoy, "unreadable": {{"first-book", "x"}}} {
		if ok, err := busy.Check(t.Context(), "ann", asked, right); ok || !errors.Is(err, password.ErrBusy) {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
	}
	if _, err := busy.Make(t.Context(), "ann", "got-lost", right[0]); !errors.Is(err, password.ErrBusy) || strings.Contains(err.Error(), "brum") {
		t.Errorf("made: %v", err)
	}
	if err := <-held; err != nil {
		t.Error(err)
	}
	if ok, err := busy.Check(t.Context(), "ann", asked, right); !ok || err != nil {
		t.Errorf("afterwards: %t, %v", ok, err)
	}
}

// What two answers cost a server, at the costs of R-85, and that those of nobody cost the same.
func BenchmarkCheck(b *testing.B) {
	d := Digests{secret.NewRing("a", key(b, "a")), hasher(b, password.DefaultParams, 0, 0)}
	asked, right := kept(b, d, "ann", "first-book", "Brumbazul", "got-lost", "Kesterby Fair")
	decoys := Decoys{key(b, "d")}
	invented := make([]Asked, 2)
	for i, id := range decoys.Invent("nobody", 2) {
		invented[i] = Asked{id, decoys.Digest(d, "nobody", id)}
	}
	for _, c := range []struct {
		name  string
		asked []Asked
		given []Answer
	}{{"right", asked, right}, {"wrong", asked, make([]Answer, 2)}, {"decoy", invented, right}, {"unreadable", make([]Asked, 2), right}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Check(b.Context(), "ann", c.asked, c.given); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// peppers change under way. Whatever the moment, an answer is kept under the pepper whose name it bears, and judging one whose pepper
// is gone costs its work and nothing else.
func TestPeppersChangeUnderWay(t *testing.T) {
	one, two := secret.NewRing("1", key(t, "a")), secret.NewRing("2", key(t, "b"))
	d := Digests{secret.NewRing("1", key(t, "a")), hasher(t, cheap, 4, 100)}
	done := make(chan struct{})
	var turning sync.WaitGroup
	turning.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				d.Peppers.Become(two)
				d.Peppers.Become(one)
			}
		}
	})
	defer turning.Wait()
	defer close(done)
	answer, err := Parse("the blue one")
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		digest, err := d.Make(t.Context(), "ann", "first-book", answer)
		if err != nil {
			t.Fatal(err)
		}
		under := Digests{one, d.Hasher}
		if strings.HasPrefix(digest, "2:") {
			under.Peppers = two
		}
		if ok, err := under.Check(t.Context(), "ann", []Asked{{"first-book", digest}}, []Answer{answer}); !ok || err != nil {
			t.Fatalf("an answer is kept under another pepper than it says: %t, %v", ok, err)
		}
		if ok, err := d.Check(t.Context(), "ann", []Asked{{"first-book", "9" + digest[1:]}}, []Answer{answer}); ok || err != nil {
			t.Fatalf("a pepper that is gone: %t, %v", ok, err)
		}
	}
}
