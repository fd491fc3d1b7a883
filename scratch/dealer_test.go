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
		Keys: mustKeys(t, testKey("a")), Now: b.clock, Spent: NewMemory(1<<16, b.clock), Bits: 1,
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

// here is where the tests' cards are asked for.
var here = Place{"shop", "sign-up", "shop.example"}

func (b *bench) ticket(t testing.TB, o Offer) Ticket {
	t.Helper()
	ticket, err := b.Deal(o)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// draw does the work of a ticket.
func (b *bench) draw(t testing.TB, ticket Ticket, at Place) Drawn {
	t.Helper()
	drawn, err := b.Draw(ticket.Sealed, ticket.Work.Solve(), at)
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

// deal gives a card of any mode that has one.
func (b *bench) deal(t testing.TB, at Place, mode Mode) string {
	t.Helper()
	if mode.Scripted() {
		return b.draw(t, b.ticket(t, Offer{Place: at, Mode: mode}), at).Card
	}
	card, err := b.Plain(at, mode)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// right is the right answer, which only who holds the key can know.
func (b *bench) right(t testing.TB, sealed string) Answer {
	t.Helper()
	i, err := b.config.Keys.openIssue(sealed)
	if err != nil {
		t.Fatal(err)
	}
	if i.mode != Rub {
		return Answer{Picks: i.chickens}
	}
	var h hand
	for _, m := range b.config.Keys.card(i).chickenMasks() {
		h.rub(m)
	}
	return Answer{Trace: h.trace}
}

func (b *bench) judge(t testing.TB, sealed string, at Place, a Answer) Verdict {
	t.Helper()
	v, err := b.Judge(context.Background(), sealed, at, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var answered = []Mode{Rub, Listen, Pick, Hear}

func TestRightAnswersPassOnce(t *testing.T) {
	b := newBench(t, nil)
	for _, mode := range answered {
		sealed := b.deal(t, here, mode)
		a := b.right(t, sealed)
		b.pass(5 * time.Second)
		v := b.judge(t, sealed, here, a)
		if v.Result != Pass || v.Response == "" || v.Again != "" || v.Reason != NoReason {
			t.Fatalf("mode %d: %+v", mode, v)
		}
		for range 3 {
			if v := b.judge(t, sealed, here, a); v != (Verdict{}) {
				t.Fatalf("mode %d: used again: %+v", mode, v)
			}
		}
		r, err := b.Redeem(t.Context(), v.Response, here)
		if want := (Redeemed{here, mode, b.clock()}); err != nil || r.Place != want.Place || r.Mode != mode || !r.At.Equal(want.At) {
			t.Fatalf("mode %d: %+v, %v", mode, r, err)
		}
	}
}

func TestAWrongAnswerCostsTheCard(t *testing.T) {
	b := newBench(t, nil)
	for _, wrong := range []Answer{{}, {Picks: 1}, {Picks: 0x1ff}, {Trace: Trace{{X: 1, Y: 1, Down: true}}}} {
		for _, mode := range answered {
			sealed := b.deal(t, here, mode)
			b.pass(5 * time.Second)
			if v := b.judge(t, sealed, here, wrong); v != (Verdict{}) {
				t.Fatalf("%+v: %+v", wrong, v)
			}
			if v := b.judge(t, sealed, here, b.right(t, sealed)); v.Result != Fail {
				t.Fatal("a second try on the same card passes")
			}
		}
	}
}

// elsewhere are places that differ in one part each.
func elsewhere() map[string]Place {
	site, action, host := here, here, here
	site.Site, action.Action, host.Host = "bank", "sign-in", "evil.example"
	// Runs together into the same bytes as here, but for the lengths.
	shifted := Place{here.Site + here.Action, "", here.Host}
	return map[string]Place{"site": site, "action": action, "host": host, "shifted": shifted, "none": {}}
}

// R-06, and the known mistakes of others: each passes if its line is taken away.
func TestWhatNeverPasses(t *testing.T) {
	b := newBench(t, nil)
	stranger := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b")) })
	strange := stranger.deal(t, here, Rub)
	fine := b.deal(t, here, Rub)
	pick := b.deal(t, here, Pick)
	ticket := b.ticket(t, Offer{Place: here, Mode: Rub})
	b.pass(5 * time.Second)
	verdicts := map[string]Verdict{
		"no card":        b.judge(t, "", here, Answer{}),
		"unknown card":   b.judge(t, base64.RawURLEncoding.EncodeToString(make([]byte, 200)), here, Answer{}),
		"a ticket":       b.judge(t, ticket.Sealed, here, Answer{}),
		"other key":      b.judge(t, strange, here, stranger.right(t, strange)),
		"other mode":     b.judge(t, pick, here, Answer{Trace: Trace{{X: 1, Y: 1, Down: true}}}),
		"long card":      b.judge(t, strings.Repeat("A", maxSealed+1), here, Answer{}),
		"trailing bytes": b.judge(t, fine+"AAAA", here, b.right(t, fine)),
	}
	for name, at := range elsewhere() {
		card := b.deal(t, here, Pick)
		b.pass(5 * time.Second)
		verdicts["other "+name] = b.judge(t, card, at, b.right(t, card))
		if v := b.judge(t, card, here, b.right(t, card)); v.Result != Fail {
			t.Errorf("%s: the card that was tried elsewhere still passes here", name)
		}
	}
	for name, v := range verdicts {
		if v != (Verdict{}) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestClock(t *testing.T) {
	const life = 10 * time.Minute
	pass := Verdict{Result: Pass}
	for _, c := range []struct {
		mode  Mode
		after time.Duration
		want  Verdict
	}{
		{Rub, 999 * time.Millisecond, Verdict{Reason: TooFast}},
		{Rub, time.Second, pass},
		{Listen, 1999 * time.Millisecond, Verdict{Reason: TooFast}},
		{Listen, 2 * time.Second, pass},
		{Pick, 2999 * time.Millisecond, Verdict{Reason: TooFast}},
		{Pick, 3 * time.Second, pass},
		{Hear, 2999 * time.Millisecond, Verdict{Reason: TooFast}},
		{Rub, life - time.Millisecond, pass},
		{Rub, life, Verdict{Reason: TooSlow}},
		{Pick, 24 * time.Hour, Verdict{Reason: TooSlow}},
	} {
		b := newBench(t, nil)
		sealed := b.deal(t, here, c.mode)
		a := b.right(t, sealed)
		b.pass(c.after)
		v := b.judge(t, sealed, here, a)
		if v.Response = ""; v != c.want {
			t.Errorf("mode %d after %v: %+v, want %+v", c.mode, c.after, v, c.want)
		}
		b.pass(5 * time.Second) // too early an answer costs the card too
		if v := b.judge(t, sealed, here, a); v.Result != Fail {
			t.Errorf("mode %d after %v: passes the second time", c.mode, c.after)
		}
	}
}

// Of a thousand right answers to one card at the same moment one passes, and of
// a thousand redemptions of its response one.
func TestAThousandAtOnce(t *testing.T) {
	b := newBench(t, nil)
	sealed := b.deal(t, here, Pick)
	a := b.right(t, sealed)
	b.pass(5 * time.Second)
	var response atomic.Pointer[string]
	atOnce := func(do func() bool) (passed int32) {
		var n atomic.Int32
		var group sync.WaitGroup
		gate := make(chan struct{})
		for range 1000 {
			group.Go(func() {
				<-gate
				if do() {
					n.Add(1)
				}
			})
		}
		close(gate)
		group.Wait()
		return n.Load()
	}
	if n := atOnce(func() bool {
		v, err := b.Judge(context.Background(), sealed, here, a)
		if err == nil && v.Result == Pass {
			response.Store(&v.Response)
			return true
		}
		return false
	}); n != 1 {
		t.Errorf("%d of 1000 pass", n)
	}
	if n := atOnce(func() bool {
		_, err := b.Redeem(context.Background(), *response.Load(), here)
		return err == nil
	}); n != 1 {
		t.Errorf("%d of 1000 are redeemed", n)
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// edits are a text with one character changed, each in turn, and with what
// decoders skip.
func edits(text string) []string {
	var out []string
	for i := range text {
		for _, step := range []int{1, 2, 31} {
			was := strings.IndexByte(alphabet, text[i])
			out = append(out, text[:i]+alphabet[(was+step)%64:][:1]+text[i+1:])
		}
	}
	return append(out, text+"\n", text[:40]+"\r\n"+text[40:], text+"=", text[:len(text)-1], text+text, "")
}

func TestEveryEditFails(t *testing.T) {
	b := newBench(t, nil)
	ticket := b.ticket(t, Offer{Place: here, Mode: Rub})
	solution := ticket.Work.Solve()
	for _, edited := range edits(ticket.Sealed) {
		if _, err := b.Draw(edited, solution, here); !errors.Is(err, ErrSeal) {
			t.Fatalf("ticket %q: %v", edited, err)
		}
	}
	card := b.draw(t, ticket, here).Card
	a := b.right(t, card)
	b.pass(5 * time.Second)
	for _, edited := range edits(card) {
		if v := b.judge(t, edited, here, a); v != (Verdict{}) {
			t.Fatalf("card %q: %+v", edited, v)
		}
		if _, _, err := b.Picture(edited, Open); !errors.Is(err, ErrSeal) {
			t.Fatalf("card %q: %v", edited, err)
		}
	}
	v := b.judge(t, card, here, a)
	if v.Result != Pass {
		t.Fatalf("and the card itself: %+v", v)
	}
	for _, edited := range edits(v.Response) {
		if _, err := b.Redeem(t.Context(), edited, here); !errors.Is(err, ErrSeal) {
			t.Fatalf("response %q: %v", edited, err)
		}
	}
	if _, err := b.Redeem(t.Context(), v.Response, here); err != nil {
		t.Errorf("and the response itself: %v", err)
	}
}

// A sealed text is good as what it was sealed for alone.
func TestFormsAreNotExchanged(t *testing.T) {
	b := newBench(t, nil)
	ticket := b.ticket(t, Offer{Place: here, Mode: Rub})
	card := b.deal(t, here, Pick)
	b.pass(5 * time.Second)
	response := b.judge(t, card, here, b.right(t, card)).Response
	second := b.again(here)
	card = b.deal(t, here, Pick)
	open := map[string]func(string) error{
		"ticket":   func(s string) error { _, err := b.config.Keys.openTicket(s); return err },
		"card":     func(s string) error { _, err := b.config.Keys.openIssue(s); return err },
		"round":    func(s string) error { _, err := b.config.Keys.openRound(s); return err },
		"response": func(s string) error { _, err := b.config.Keys.openResponse(s); return err },
	}
	for form, text := range map[string]string{"ticket": ticket.Sealed, "card": card, "round": second, "response": response} {
		for as, read := range open {
			if err := read(text); (err == nil) != (as == form) {
				t.Errorf("a %s taken for a %s: %v", form, as, err)
			}
		}
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
		{Pick, Numbered, nil}, {Pick, Open, ErrKind}, {Pick, Cover, ErrKind}, {Listen, Open, ErrKind}, {Hear, Numbered, ErrKind},
	} {
		sealed := b.deal(t, here, c.mode)
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
		b.judge(t, sealed, here, Answer{})
		if _, _, err := b.Picture(sealed, c.kind); !errors.Is(err, ErrSpent) {
			t.Errorf("picture of a spent card: %v", err)
		}
		if len(b.shelf.at) != 0 {
			t.Error("the picture of a spent card is kept")
		}
		late := b.deal(t, here, c.mode)
		b.pass(10 * time.Minute)
		if _, _, err := b.Picture(late, c.kind); !errors.Is(err, ErrOver) {
			t.Errorf("picture of an expired card: %v", err)
		}
	}
}

// What is sealed and what is drawn are the same card: the numbers on the picture
// and the cells that are judged.
func TestTheSealHoldsTheCardThatIsDrawn(t *testing.T) {
	b := newBench(t, nil)
	for range 30 {
		for _, mode := range []Mode{Rub, Pick} {
			i, err := b.config.Keys.openIssue(b.deal(t, here, mode))
			if err != nil {
				t.Fatal(err)
			}
			c := b.config.Keys.card(i)
			if i.chickens != c.chickens() || mode == Rub && i.owners != *c.owners() {
				t.Fatalf("mode %d: the seal holds another card", mode)
			}
		}
	}
}

func TestRotatingKeys(t *testing.T) {
	before := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("a")) })
	during := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b"), testKey("a")) })
	after := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b")) })
	ticket := before.ticket(t, Offer{Place: here, Mode: Rub})
	old := before.draw(t, ticket, here).Card
	a := before.right(t, old)
	one, _, _ := before.Picture(old, Open)
	two, _, err := during.Picture(old, Open)
	if err != nil || !bytes.Equal(one, two) {
		t.Error("an old key's card looks different while rotating:", err)
	}
	if _, err := after.Draw(ticket.Sealed, ticket.Work.Solve(), here); !errors.Is(err, ErrSeal) {
		t.Error("a ticket is good whose key is gone:", err)
	}
	during.draw(t, ticket, here)
	during.pass(5 * time.Second)
	after.pass(5 * time.Second)
	if v := after.judge(t, old, here, a); v.Result != Fail {
		t.Error("a card passes whose key is gone")
	}
	v := during.judge(t, old, here, a)
	if v.Result != Pass {
		t.Error("an old key's card fails while rotating")
	}
	if _, err := after.Redeem(t.Context(), v.Response, here); err != nil {
		t.Error("new responses are not sealed with the first key:", err)
	}
}

// After a rotation, and on a node that came to it sooner, a ticket's card is the same one: its picture is on the shelf, or on the person's
// screen, and the answer to it must be right.
func TestTicketsOutliveARotation(t *testing.T) {
	b := newBench(t, nil)
	ticket := b.ticket(t, Offer{Place: here, Mode: Rub})
	shown, _, err := b.Picture(b.draw(t, ticket, here).Card, Open)
	if err != nil {
		t.Fatal(err)
	}
	rotated := mustKeys(t, testKey("b"), testKey("a"))
	b.Use(rotated)
	again := b.draw(t, ticket, here).Card
	other := newBench(t, func(c *Config) { c.Keys = rotated })
	if drawn, _, err := other.Picture(again, Open); err != nil || !bytes.Equal(drawn, shown) {
		t.Error("the ticket became another card:", err)
	}
	fresh := b.draw(t, b.ticket(t, Offer{Place: here, Mode: Rub}), here).Card
	after := newBench(t, func(c *Config) { c.Keys = mustKeys(t, testKey("b")) })
	if _, _, err := after.Picture(fresh, Open); err != nil {
		t.Error("the new key does not seal:", err)
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
	fine := Config{Keys: mustKeys(t, testKey("a")), Spent: NewMemory(1, time.Now), Now: time.Now}
	if _, err := New(fine); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"keys": func(c *Config) { c.Keys = Keys{} }, "spent": func(c *Config) { c.Spent = nil }, "now": func(c *Config) { c.Now = nil },
		"lifetime": func(c *Config) { c.Lifetime = time.Second }, "negative": func(c *Config) { c.RubAfter = -1 },
		"no work": func(c *Config) { c.Bits = -1 }, "endless work": func(c *Config) { c.Bits = 25 },
	} {
		c := fine
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPlacesAndModesAreChecked(t *testing.T) {
	b := newBench(t, nil)
	for _, at := range []Place{{}, {"a", "b", ""}, {"a", "", "c"}, {"", "b", "c"}, {strings.Repeat("x", 129), "b", "c"}} {
		if _, err := b.Deal(Offer{Place: at, Mode: Rub}); err == nil {
			t.Errorf("a ticket is dealt for %+v", at)
		}
		if _, err := b.Plain(at, Pick); err == nil {
			t.Errorf("a card is dealt for %+v", at)
		}
	}
	for _, m := range []Mode{0, Pick, Hear, modes, 200} {
		if _, err := b.Deal(Offer{Place: here, Mode: m}); !errors.Is(err, ErrMode) {
			t.Errorf("a ticket of mode %d: %v", m, err)
		}
	}
	for _, m := range []Mode{0, Rub, Listen, NoPuzzle, modes, 200} { // or no work would be asked for
		if _, err := b.Plain(here, m); !errors.Is(err, ErrMode) {
			t.Errorf("a card of mode %d without work: %v", m, err)
		}
	}
}

// downStore is a store that is down: R-104, nothing opens.
type downStore struct{}

func (downStore) Spend(context.Context, [16]byte, time.Time) (bool, error) {
	return true, errors.New("down")
}

func TestStoreDownFails(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Spent = downStore{} })
	sealed := b.deal(t, here, Rub)
	a := b.right(t, sealed)
	b.pass(5 * time.Second)
	v, err := b.Judge(t.Context(), sealed, here, a)
	if err == nil || v != (Verdict{}) {
		t.Errorf("%+v, %v", v, err)
	}
	if r, err := b.Redeem(t.Context(), b.respond(here, Rub), here); err == nil || r != (Redeemed{}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzSealed(f *testing.F) {
	b := newBench(f, nil)
	f.Add(b.deal(f, here, Rub))
	f.Add(b.ticket(f, Offer{Place: here, Mode: Listen}).Sealed)
	f.Add("")
	f.Add("AQFh")
	f.Add(base64.RawURLEncoding.EncodeToString(append([]byte{sealVersion, 1, 'a'}, make([]byte, 40)...)))
	f.Fuzz(func(t *testing.T, sealed string) {
		for _, as := range []form{ticketForm, cardForm, roundForm, responseForm} {
			if _, _, err := b.config.Keys.open(as, sealed); err != nil && !errors.Is(err, ErrSeal) {
				t.Fatalf("%v", err)
			}
		}
	})
}

// FuzzFields reads what a seal may hold: fields of any length.
func FuzzFields(f *testing.F) {
	keys := mustKeys(f, testKey("a"))
	i := issue{Place: here, key: "a", generator: 1, week: 202647, mode: Rub, issued: start, notBefore: start, expires: start}
	b, _, err := keys.open(cardForm, keys.sealIssue(&i))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(append(b[:len(b):len(b)], 0))
	f.Add([]byte{0, 2, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var i issue
		if !i.read(b) || len(b) > 1000 {
			return
		}
		i.key = "a"
		again, err := keys.openIssue(keys.sealIssue(&i))
		if err != nil || *again != i {
			t.Fatalf("%x reads as %+v and then as %+v, %v", b, i, again, err)
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

// counted is how often a store was asked.
type counted struct {
	Spent
	n int
}

func (c *counted) Spend(ctx context.Context, id [16]byte, until time.Time) (bool, error) {
	c.n++
	return c.Spent.Spend(ctx, id, until)
}

// One card's work must not buy writes to the store without end: answers are not limited, since each card is good for one.
func TestAttackOneCardOverAndOver(t *testing.T) {
	var store *counted
	b := newBench(t, func(c *Config) {
		store = &counted{Spent: c.Spent}
		c.Spent = store
	})
	card := b.deal(t, here, Rub)
	for range 50 {
		b.judge(t, card, here, Answer{})
	}
	if store.n != 1 {
		t.Errorf("the store was asked %d times", store.n)
	}
}
