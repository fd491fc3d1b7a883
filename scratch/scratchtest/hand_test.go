package scratchtest_test

import (
	"crypto/rand"
	"errors"
	"image"
	"slices"
	"strconv"
	"testing"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

func newKeys(t *testing.T) scratch.Keys {
	t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	keys, err := scratch.NewKeys(scratch.Key{ID: "1", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// desk deals cards and judges answers to them an hour later, so that no answer is too quick.
type desk struct {
	*scratch.Dealer
	keys scratch.Keys
	now  time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{keys: newKeys(t), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.now }
	var err error
	d.Dealer, err = scratch.New(scratch.Config{
		Keys: d.keys, Spent: scratch.NewMemory(1000, now), Now: now, Lifetime: 2 * time.Hour, Bits: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// here is where the cards are asked for.
var here = scratch.Place{Site: "fernbank", Action: "recover", Host: "fernbank.example"}

func (d *desk) deal(t *testing.T, mode scratch.Mode) string {
	t.Helper()
	if !mode.Scripted() {
		sealed, err := d.Plain(here, mode)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	ticket, err := d.Deal(scratch.Offer{Place: here, Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := d.Draw(ticket.Sealed, ticket.Work.Solve(), here)
	if err != nil {
		t.Fatal(err)
	}
	return drawn.Card
}

func (d *desk) judge(t *testing.T, sealed string, a scratch.Answer) scratch.Result {
	t.Helper()
	d.now = d.now.Add(time.Hour)
	defer func() { d.now = d.now.Add(-time.Hour) }()
	v, err := d.Judge(t.Context(), sealed, here, a)
	if err != nil {
		t.Fatal(err)
	}
	return v.Result
}

// trace is what a browser sends for strokes, at moments as uneven as a browser's.
func trace(strokes ...scratchtest.Stroke) scratch.Trace {
	var out scratch.Trace
	now := 0
	for _, s := range strokes {
		for _, p := range s {
			out = append(out, scratch.TracePoint{X: p.X * 10, Y: p.Y * 10, T: now, Down: true})
			now += 15 + len(out)*7%11
		}
		last := out[len(out)-1]
		last.T, last.Down = now, false
		out = append(out, last)
		now += 90 + len(out)*7%23
	}
	return out
}

func TestRubPasses(t *testing.T) {
	d := newDesk(t)
	for range 100 {
		sealed := d.deal(t, scratch.Rub)
		strokes, err := scratchtest.Rub(d.keys, sealed)
		if err != nil || len(strokes) != 2 {
			t.Fatal(strokes, err)
		}
		if got := d.judge(t, sealed, scratch.Answer{Trace: trace(strokes...)}); got != scratch.Pass {
			t.Errorf("strokes over both chickens: %v", got)
		}
		once := d.deal(t, scratch.Rub)
		if strokes, err = scratchtest.Rub(d.keys, once); err != nil {
			t.Fatal(err)
		}
		if got := d.judge(t, once, scratch.Answer{Trace: trace(strokes[0])}); got == scratch.Pass {
			t.Error("a stroke over one of them passes")
		}
	}
}

func TestTapPasses(t *testing.T) {
	d := newDesk(t)
	for _, step := range []int{1, 8} {
		for range 100 {
			sealed := d.deal(t, scratch.Rub)
			places, err := scratchtest.Tap(d.keys, sealed, step)
			if err != nil {
				t.Fatal(err)
			}
			var strokes []scratchtest.Stroke
			for _, p := range places {
				if (p.X-scratch.Width/2)%step != 0 || (p.Y-scratch.Height/2)%step != 0 {
					t.Fatalf("%v is no whole step of %d px from the middle", p, step)
				}
				strokes = append(strokes, scratchtest.Stroke{p})
			}
			if got := d.judge(t, sealed, scratch.Answer{Trace: trace(strokes...)}); got != scratch.Pass {
				t.Errorf("%d taps, steps of %d px: %v", len(places), step, got)
			}
		}
	}
}

func TestPickPasses(t *testing.T) {
	d := newDesk(t)
	for n := range 20 {
		sealed := d.deal(t, []scratch.Mode{scratch.Pick, scratch.Listen, scratch.Hear}[n%3])
		numbers, err := scratchtest.Pick(d.keys, sealed)
		if err != nil || len(numbers) != 2 {
			t.Fatal(numbers, err)
		}
		var marked []string
		for _, n := range numbers {
			marked = append(marked, strconv.Itoa(n))
		}
		picks, err := scratch.ParsePicks(marked)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.judge(t, sealed, scratch.Answer{Picks: picks}); got != scratch.Pass {
			t.Errorf("%v: %v", numbers, got)
		}
	}
}

func TestFrom(t *testing.T) {
	d := newDesk(t)
	for mode, wait := range map[scratch.Mode]time.Duration{scratch.Rub: time.Second, scratch.Pick: 3 * time.Second} {
		if from, err := scratchtest.From(d.keys, d.deal(t, mode)); err != nil || !from.Equal(d.now.Add(wait)) {
			t.Errorf("mode %d: %v after the deal, %v", mode, from.Sub(d.now), err)
		}
	}
}

// Without the key a card tells nothing, and of one mode it tells nothing of the other.
func TestNothingWithoutTheKey(t *testing.T) {
	d := newDesk(t)
	sealed := d.deal(t, scratch.Rub)
	for name, card := range map[string]scratch.Revealed{
		"another key": refused(t, newKeys(t), sealed), "no keys": refused(t, scratch.Keys{}, sealed),
		"edited": refused(t, d.keys, edited(sealed)), "nothing": refused(t, d.keys, ""),
	} {
		if card.Picks != 0 || !slices.EqualFunc(card.Chickens[:], make([][]image.Point, 2), slices.Equal) {
			t.Errorf("%s: %v", name, card)
		}
	}
	if numbers, err := scratchtest.Pick(d.keys, sealed); err == nil {
		t.Error("a card to be rubbed has numbers:", numbers)
	}
	if strokes, err := scratchtest.Rub(d.keys, d.deal(t, scratch.Pick)); err == nil {
		t.Error("a numbered card can be rubbed:", strokes)
	}
}

// edited is a card with one bit of it turned round.
func edited(sealed string) string {
	b := []byte(sealed)
	if b[60]++; b[60] == '[' || b[60] == '{' || b[60] == ':' { // past the end of a run of base64url's letters
		b[60] = 'A'
	}
	return string(b)
}

func refused(t *testing.T, keys scratch.Keys, sealed string) scratch.Revealed {
	t.Helper()
	card, err := keys.Reveal(sealed)
	if !errors.Is(err, scratch.ErrSeal) {
		t.Error("revealed:", err)
	}
	return card
}
