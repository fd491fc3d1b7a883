package scratch

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/jpeg"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// bench is a dealer with a clock that tests turn.
type bench struct {
	*Dealer
	now atomic.Int64 // nanoseconds after start
}

func newBench(t testing.TB, change func(*Config)) *bench {
	t.Helper()
	b := &bench{}
	config := Config{
		Keys: mustKeys(t, testKey("a")), Site: "shop.example", Now: b.clock,
		Spent: NewMemory(1<<16, b.clock),
	}
	if change != nil {
		change(&config)
	}
	var err error
	if b.Dealer, err = New(config); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) clock() time.Time      { return start.Add(time.Duration(b.now.Load())) }
func (b *bench) pass(by time.Duration) { b.now.Add(int64(by)) }

func testKey(id string) Key { return Key{id, bytes.Repeat([]byte(id), 32)[:32]} }

func mustKeys(t testing.TB, keys ...Key) Keys {
	t.Helper()
	ring, err := NewKeys(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func (b *bench) deal(t testing.TB, action string, mode Mode) string {
	t.Helper()
	sealed, err := b.Deal(action, mode)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// right is the right answer, which only who holds the key can know.
func (b *bench) right(t testing.TB, sealed string) Answer {
	t.Helper()
	i, err := b.config.Keys.open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	c := b.card(i)
	if i.mode == Pick {
		return Answer{Picks: c.chickens()}
	}
	var h hand
	for _, m := range c.chickenMasks() {
		h.rub(m)
	}
	return Answer{Trace: h.trace}
}

func (b *bench) judge(t testing.TB, sealed, action string, a Answer) Verdict {
	t.Helper()
	v, err := b.Judge(context.Background(), sealed, action, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRightAnswersPassOnce(t *testing.T) {
	b := newBench(t, nil)
	for _, mode := range []Mode{Rub, Pick} {
		sealed := b.deal(t, "identify", mode)
		a := b.right(t, sealed)
		b.pass(5 * time.Second)
		if v := b.judge(t, sealed, "identify", a); v != (Verdict{Result: Pass}) {
			t.Fatalf("mode %d: %+v", mode, v)
		}
		for range 3 {
			if v := b.judge(t, sealed, "identify", a); v != (Verdict{}) {
				t.Fatalf("mode %d: used again: %+v", mode, v)
			}
		}
	}
}

func TestAWrongAnswerCostsTheCard(t *testing.T) {
	b := newBench(t, nil)
	for _, wrong := range []Answer{{}, {Picks: 1}, {Trace: Trace{{X: 1, Y: 1, Down: true}}}} {
		for _, mode := range []Mode{Rub, Pick} {
			sealed := b.deal(t, "identify", mode)
			b.pass(5 * time.Second)
			if v := b.judge(t, sealed, "identify", wrong); v != (Verdict{}) {
				t.Fatalf("%+v: %+v", wrong, v)
			}
			if v := b.judge(t, sealed, "identify", b.right(t, sealed)); v.Result != Fail {
				t.Fatal("a second try on the same card passes")
			}
		}
	}
}

// R-06, and the known mistakes of others: each passes if its line is taken away.
func TestWhatNeverPasses(t *testing.T) {
	b := newBench(t, nil)
	other := newBench(t, func(c *Config) { c.Site = "bank.example" })
	stranger := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b")) })
	foreign, strange := other.deal(t, "identify", Rub), stranger.deal(t, "identify", Rub)
	fine := b.deal(t, "identify", Rub)
	pick := b.deal(t, "identify", Pick)
	b.pass(5 * time.Second)
	for name, v := range map[string]Verdict{
		"no card":        b.judge(t, "", "identify", Answer{}),
		"unknown card":   b.judge(t, base64.RawURLEncoding.EncodeToString(make([]byte, 200)), "identify", Answer{}),
		"other site":     b.judge(t, foreign, "identify", other.right(t, foreign)),
		"other key":      b.judge(t, strange, "identify", stranger.right(t, strange)),
		"other action":   b.judge(t, fine, "sign-in", b.right(t, fine)),
		"other mode":     b.judge(t, pick, "identify", Answer{Trace: Trace{{X: 1, Y: 1, Down: true}}}),
		"long card":      b.judge(t, strings.Repeat("A", maxSealed+1), "identify", Answer{}),
		"trailing bytes": b.judge(t, fine+"AAAA", "identify", b.right(t, fine)),
	} {
		if v != (Verdict{}) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestClock(t *testing.T) {
	const life = 10 * time.Minute
	for _, c := range []struct {
		mode  Mode
		after time.Duration
		want  Verdict
	}{
		{Rub, 999 * time.Millisecond, Verdict{Fail, TooFast}},
		{Rub, time.Second, Verdict{Result: Pass}},
		{Pick, 2999 * time.Millisecond, Verdict{Fail, TooFast}},
		{Pick, 3 * time.Second, Verdict{Result: Pass}},
		{Rub, life - time.Millisecond, Verdict{Result: Pass}},
		{Rub, life, Verdict{Fail, TooSlow}},
		{Pick, 24 * time.Hour, Verdict{Fail, TooSlow}},
	} {
		b := newBench(t, nil)
		sealed := b.deal(t, "identify", c.mode)
		a := b.right(t, sealed)
		b.pass(c.after)
		if v := b.judge(t, sealed, "identify", a); v != c.want {
			t.Errorf("mode %d after %v: %+v, want %+v", c.mode, c.after, v, c.want)
		}
		b.pass(5 * time.Second) // too early an answer costs the card too
		if v := b.judge(t, sealed, "identify", a); v.Result != Fail {
			t.Errorf("mode %d after %v: passes the second time", c.mode, c.after)
		}
	}
}

// Of a thousand right answers to one card at the same moment one passes.
func TestAThousandAtOnce(t *testing.T) {
	b := newBench(t, nil)
	sealed := b.deal(t, "identify", Pick)
	a := b.right(t, sealed)
	b.pass(5 * time.Second)
	var passed atomic.Int32
	var group sync.WaitGroup
	gate := make(chan struct{})
	for range 1000 {
		group.Go(func() {
			<-gate
			if v, err := b.Judge(context.Background(), sealed, "identify", a); err == nil && v.Result == Pass {
				passed.Add(1)
			}
		})
	}
	close(gate)
	group.Wait()
	if n := passed.Load(); n != 1 {
		t.Errorf("%d of 1000 pass", n)
	}
}

func TestEveryEditedCharacterFails(t *testing.T) {
	b := newBench(t, nil)
	sealed := b.deal(t, "identify", Rub)
	a := b.right(t, sealed)
	b.pass(5 * time.Second)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range sealed {
		for _, step := range []int{1, 2, 31} {
			was := strings.IndexByte(alphabet, sealed[i])
			edited := sealed[:i] + alphabet[(was+step)%64:][:1] + sealed[i+1:]
			if v := b.judge(t, edited, "identify", a); v.Result == Pass {
				t.Fatalf("character %d edited: passes", i)
			}
			if _, _, err := b.Picture(edited, Open); !errors.Is(err, ErrSeal) {
				t.Fatalf("character %d edited: %v", i, err)
			}
		}
	}
	for _, edited := range []string{sealed + "\n", sealed[:40] + "\r\n" + sealed[40:], sealed + "=", sealed[:len(sealed)-1]} {
		if _, err := b.config.Keys.open(edited); !errors.Is(err, ErrSeal) {
			t.Errorf("%q is taken for a card", edited)
		}
	}
	if v := b.judge(t, sealed, "identify", a); v.Result != Pass {
		t.Errorf("and the card itself: %+v", v)
	}
}

func TestPictures(t *testing.T) {
	b := newBench(t, nil)
	for _, c := range []struct {
		mode Mode
		kind Kind
		want error
	}{
		{Rub, Open, nil}, {Rub, Cover, nil}, {Rub, Numbered, ErrKind}, {Rub, 0, ErrKind}, {Rub, 9, ErrKind},
		{Pick, Numbered, nil}, {Pick, Open, ErrKind}, {Pick, Cover, ErrKind},
	} {
		sealed := b.deal(t, "identify", c.mode)
		picture, contentType, err := b.Picture(sealed, c.kind)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Fatalf("mode %d, kind %d: %v", c.mode, c.kind, err)
		}
		if err != nil {
			if len(picture) > 0 {
				t.Fatal("a picture with an error")
			}
			continue
		}
		if _, err := jpeg.Decode(bytes.NewReader(picture)); err != nil || contentType != "image/jpeg" {
			t.Fatal(contentType, err)
		}
		again, _, err := b.Picture(sealed, c.kind)
		if err != nil || &again[0] != &picture[0] {
			t.Error("a reload drew again")
		}
		b.judge(t, sealed, "identify", Answer{})
		if _, _, err := b.Picture(sealed, c.kind); !errors.Is(err, ErrSpent) {
			t.Errorf("picture of a spent card: %v", err)
		}
		if len(b.shelf.at) != 0 {
			t.Error("the picture of a spent card is kept")
		}
		late := b.deal(t, "identify", c.mode)
		b.pass(10 * time.Minute)
		if _, _, err := b.Picture(late, c.kind); !errors.Is(err, ErrOver) {
			t.Errorf("picture of an expired card: %v", err)
		}
	}
	other := newBench(t, func(c *Config) { c.Site = "bank.example" })
	if _, _, err := b.Picture(other.deal(t, "identify", Rub), Open); !errors.Is(err, ErrSeal) {
		t.Errorf("picture of another site's card: %v", err)
	}
}

func TestRotatingKeys(t *testing.T) {
	before := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("a")) })
	during := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b"), testKey("a")) })
	after := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b")) })
	old := before.deal(t, "identify", Rub)
	a := before.right(t, old)
	one, _, _ := before.Picture(old, Open)
	two, _, err := during.Picture(old, Open)
	if err != nil || !bytes.Equal(one, two) {
		t.Error("an old key's card looks different while rotating:", err)
	}
	during.pass(5 * time.Second)
	after.pass(5 * time.Second)
	if v := after.judge(t, old, "identify", a); v.Result != Fail {
		t.Error("a card passes whose key is gone")
	}
	if v := during.judge(t, old, "identify", a); v.Result != Pass {
		t.Error("an old key's card fails while rotating")
	}
	if k, _ := after.config.Keys.open(during.deal(t, "identify", Rub)); k == nil || k.key != "b" {
		t.Error("new cards are not sealed with the first key")
	}
}

func TestKeysAreChecked(t *testing.T) {
	for name, keys := range map[string][]Key{
		"none": nil, "no id": {{"", make([]byte, 32)}}, "long id": {{strings.Repeat("x", 33), make([]byte, 32)}},
		"short secret": {{"a", make([]byte, 31)}}, "twice": {testKey("a"), testKey("a")},
	} {
		if _, err := NewKeys(keys...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	k := Key{"a", []byte("a secret of more than thirty-two bytes")}
	for _, shown := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s", k, k, k, k), fmt.Sprintf("%v %#v", mustKeys(t, k), mustKeys(t, k))} {
		if strings.Contains(shown, "secret of") || strings.Contains(shown, "115, 101") {
			t.Errorf("the secret shows: %s", shown)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	fine := Config{Keys: mustKeys(t, testKey("a")), Site: "x", Spent: NewMemory(1, time.Now), Now: time.Now}
	if _, err := New(fine); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"keys": func(c *Config) { c.Keys = Keys{} }, "site": func(c *Config) { c.Site = "" }, "long site": func(c *Config) { c.Site = strings.Repeat("x", 200) },
		"spent": func(c *Config) { c.Spent = nil }, "now": func(c *Config) { c.Now = nil },
		"lifetime": func(c *Config) { c.Lifetime = time.Second }, "negative": func(c *Config) { c.RubAfter = -1 },
	} {
		c := fine
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	b := newBench(t, nil)
	for _, err := range []error{second(b.Deal("", Rub)), second(b.Deal(strings.Repeat("x", 129), Rub)), second(b.Deal("x", 0)), second(b.Deal("x", 3))} {
		if err == nil {
			t.Error("a card is dealt for no action or no mode")
		}
	}
}

func second(_ string, err error) error { return err }

// downStore is a store that is down: R-104, nothing opens.
type downStore struct{}

func (downStore) Spend(context.Context, [16]byte, time.Time) (bool, error) {
	return true, errors.New("down")
}

func TestStoreDownFails(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Spent = downStore{} })
	sealed := b.deal(t, "identify", Rub)
	a := b.right(t, sealed)
	b.pass(5 * time.Second)
	v, err := b.Judge(context.Background(), sealed, "identify", a)
	if err == nil || v.Result != Fail {
		t.Errorf("%+v, %v", v, err)
	}
}

func FuzzSealed(f *testing.F) {
	b := newBench(f, nil)
	f.Add(b.deal(f, "identify", Rub))
	f.Add("")
	f.Add("AQFh")
	f.Add(base64.RawURLEncoding.EncodeToString(append([]byte{1, 1, 'a'}, make([]byte, 40)...)))
	f.Fuzz(func(t *testing.T, sealed string) {
		i, err := b.config.Keys.open(sealed)
		if err != nil && !errors.Is(err, ErrSeal) {
			t.Fatalf("%v", err)
		}
		if err == nil && i.site != "shop.example" {
			t.Fatalf("a forged card: %q", sealed)
		}
	})
}

// FuzzFields reads what a seal may hold: fields of any length.
func FuzzFields(f *testing.F) {
	i := issue{generator: 1, week: 202647, site: "s", action: "a", mode: Rub, issued: start, notBefore: start, expires: start}
	f.Add(i.fields())
	f.Add(append(i.fields(), 0))
	f.Add([]byte{0, 2, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var i issue
		if i.read(b) && !bytes.Equal(i.fields(), b) {
			t.Fatalf("%x reads as %x", b, i.fields())
		}
	})
}

func TestMemoryForgetsOnlyWhatIsOver(t *testing.T) {
	now := start
	m := NewMemory(2, func() time.Time { return now })
	ctx := context.Background()
	spend := func(b byte, life time.Duration) (bool, error) { return m.Spend(ctx, [16]byte{b}, now.Add(life)) }
	if first, err := spend(1, time.Minute); !first || err != nil {
		t.Fatal(first, err)
	}
	if first, err := spend(1, time.Hour); first || err != nil {
		t.Fatal("spent twice")
	}
	spend(2, time.Second)
	if first, err := spend(3, time.Minute); first || !errors.Is(err, ErrFull) {
		t.Fatalf("a full memory: %v %v", first, err)
	}
	if first, err := spend(1, time.Minute); first || err != nil {
		t.Fatalf("a full memory forgot: %v %v", first, err)
	}
	now = now.Add(2 * time.Second)
	if first, err := spend(3, time.Minute); !first || err != nil {
		t.Fatalf("nothing was forgotten: %v %v", first, err)
	}
	if first, _ := spend(1, time.Minute); first {
		t.Fatal("forgot an id before its time")
	}
}

func TestShelfIsBounded(t *testing.T) {
	s := newShelf(1000)
	for i := range byte(20) {
		s.put(frame{[16]byte{i}, Open}, make([]byte, 100))
		s.get(frame{[16]byte{0}, Open}) // asked for all the time
	}
	if s.bytes > 1000 || s.order.Len() != 10 || len(s.at) != 10 {
		t.Errorf("%d bytes, %d pictures", s.bytes, s.order.Len())
	}
	if s.get(frame{[16]byte{0}, Open}) == nil || s.get(frame{[16]byte{5}, Open}) != nil {
		t.Error("the wrong picture was dropped")
	}
	s.put(frame{[16]byte{99}, Open}, make([]byte, 1001))
	if s.get(frame{[16]byte{99}, Open}) != nil {
		t.Error("kept a picture larger than the shelf")
	}
	s.discard([16]byte{0})
	if s.get(frame{[16]byte{0}, Open}) != nil || s.bytes != 900 {
		t.Error("discard left a picture")
	}
}
