package scratch

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// someCard is any card of any style.
func someCard(t *rapid.T) *card {
	secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
	seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
	return cardOf(secret, seed)
}

func cardOf(secret, seed []byte) *card {
	y := newStyle(secret, "shop.example", 202647)
	return newCard(seed, &y)
}

// numberedCard is the n-th of the cards that loops over many go through.
func numberedCard(n int) *card {
	seed := binary.BigEndian.AppendUint64(make([]byte, 24), uint64(n))
	return cardOf(seed[:], seed)
}

func TestCardHoldsTwoChickensAndAnotherPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := someCard(t)
		var count [speciesCount]int
		near := 0
		for i := range c.animals {
			count[c.animals[i].species]++
			if c.animals[i].species.near() {
				near++
			}
		}
		if len(c.animals) != Animals || count[Chicken] != 2 {
			t.Fatalf("%d animals, %d chickens", len(c.animals), count[Chicken])
		}
		if near < 3 || Animals-2-near < 2 {
			t.Fatalf("%d near birds, %d beasts", near, Animals-2-near)
		}
		pairs := 0
		for _, n := range count[1:] {
			if n == 2 {
				pairs++
			} else if n > 2 {
				t.Fatalf("%d of one species", n)
			}
		}
		if pairs != 1 {
			t.Fatalf("%d other pairs: a pair must not be what gives the chickens away", pairs)
		}
		if n := len(c.under) + len(c.over); n < 30 || n > 70 {
			t.Fatalf("%d pieces of clutter", n)
		}
	})
}

// checkArrangement says what is wrong with where the animals are.
func checkArrangement(t interface{ Fatalf(string, ...any) }, c *card) {
	var full, crown [Animals]mask
	e := new(easel)
	e.useMask()
	for i := range c.animals {
		a := &c.animals[i]
		at := a.pose.placing()
		e.figure.take(a, figureFine)
		low, high := e.figure.put(&at, a.pose.size)
		if low.x < 0 || low.y < 0 || high.x > Width || high.y > Height {
			t.Fatalf("%v reaches out of the card: %v %v", a.species, low, high)
		}
		e.figure.cover(&e.pen)
		full[i].takeHalf(&e.pen.raster)
		e.figure.takeCrown(a)
		e.figure.coverCrown(&e.pen, &at)
		crown[i].takeHalf(&e.pen.raster)
	}
	for i := range c.animals {
		a := &c.animals[i]
		hidden := full[i].without(&c.visible[i])
		if 5*hidden.count() > full[i].count() {
			t.Fatalf("%d of %d cells of a %v are hidden", hidden.count(), full[i].count(), a.species)
		}
		for j := i + 1; j < len(c.animals); j++ {
			// One cell at the rim, half covered, may count either way: the arrangement moved the shape, here it is put anew.
			if over := crown[i].and(&full[j]); over.count() > 1 {
				t.Fatalf("a %v hides the crown of a %v", c.animals[j].species, a.species)
			}
		}
		if s := a.pose.size / a.drawing.unit(); s < smallest-1e-9 || s > largest || a.pose.turn < -tilt || a.pose.turn > tilt {
			t.Fatalf("a %v of scale %v, turned %v", a.species, s, a.pose.turn)
		}
	}
}

func TestCardLeavesAnimalsToBeSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkArrangement(t, someCard(t)) })
}

// The arrangement of last resort is right for every hand of animals too.
func TestArrangementOfLastResort(t *testing.T) {
	for n := range 100 {
		c := numberedCard(n)
		e := new(easel)
		e.useMask()
		if !e.tryArrange(c, newStream(nil, "last resort", []byte{byte(n)}), false) {
			t.Fatal("the arrangement of last resort failed")
		}
		e.settle(c)
		checkArrangement(t, c)
	}
}

func TestCardIsTheSameOnEveryNode(t *testing.T) {
	secret, seed := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 32)
	a, b := cardOf(secret, seed), cardOf(secret, seed)
	for _, k := range []Kind{Open, Cover, Numbered} {
		if !bytes.Equal(mustEncode(t, a, k), mustEncode(t, b, k)) {
			t.Error("one seed, two pictures")
		}
	}
	seed[31]++
	if c := cardOf(secret, seed); bytes.Equal(mustEncode(t, a, Open), mustEncode(t, c, Open)) {
		t.Error("two seeds, one picture")
	}
	other := newStyle(secret, "shop.example", 202648)
	seed[31]--
	if c := newCard(seed, &other); bytes.Equal(mustEncode(t, a, Open), mustEncode(t, c, Open)) {
		t.Error("another week's card looks the same")
	}
}

// What was drawn before at an easel leaves no trace in the next picture.
func TestEaselIsCleanAgain(t *testing.T) {
	used := new(easel)
	for n := range 12 {
		c := numberedCard(n)
		for _, k := range []Kind{Open, Cover, Numbered} {
			used.draw(c, k)
			fresh := new(easel)
			fresh.draw(c, k)
			if !slices.Equal(used.pen.on.pixels, fresh.pen.on.pixels) {
				t.Fatalf("card %d, kind %d", n, k)
			}
		}
	}
}

func TestOwnersAreWhoIsSeen(t *testing.T) {
	c := numberedCard(3)
	var count [Animals + 1]int
	for i, o := range c.owners() {
		count[o]++
		if o > 0 && !c.visible[o-1].has(i%columns, i/columns) {
			t.Fatalf("cell %d is not animal %d's", i, o)
		}
	}
	for i := range c.visible {
		if n := c.visible[i].count(); n != count[i+1] {
			t.Errorf("animal %d has %d cells of %d", i+1, count[i+1], n)
		}
	}
}

// The cover is made of coarse averages: two cards whose averages agree have the
// same cover, so it cannot tell more than they do.
func TestCoverTellsNoMoreThanAverages(t *testing.T) {
	e := new(easel)
	e.draw(numberedCard(1), Cover)
	on := &e.pen.on
	if on.width != across || on.height != down {
		t.Fatalf("cover of %d x %d", on.width, on.height)
	}
	// Neighbouring pixels off the weave differ by very little: no edge of an
	// animal is left.
	mesh := weave()
	for y := range down {
		for x := 1; x < across; x++ {
			if mesh[y][x] > 0 || mesh[y][x-1] > 0 {
				continue
			}
			for k := 0; k < 24; k += 8 {
				a, b := on.pixels[y*across+x]>>k&0xFF, on.pixels[y*across+x-1]>>k&0xFF
				if d := int(a) - int(b); d < -7 || d > 7 {
					t.Fatalf("an edge of %d at %d,%d", d, x, y)
				}
			}
		}
	}
}

func TestBadgesKeepApart(t *testing.T) {
	e := new(easel)
	for n := range 60 {
		c := numberedCard(n)
		places := e.badgePlaces(c)
		for i, b := range places {
			for _, other := range places[:i] {
				if distance(b.at, other.at) < 2*badgeRadius {
					t.Fatalf("card %d: two numbers lie over each other", n)
				}
			}
			own := c.visible[i].distance(b.at, Width)
			for j := range c.visible {
				if j != i && c.visible[j].distance(b.at, Width) < own {
					t.Errorf("card %d: number %d is nearer to animal %d", n, i+1, j+1)
				}
			}
		}
	}
}

func TestPicturesAreSmall(t *testing.T) {
	const cards = 20
	open := 0
	defer func() {
		if open > cards*20<<10 {
			t.Errorf("open pictures of %d bytes on average", open/cards)
		}
	}()
	for n := range cards {
		c := numberedCard(n)
		open += len(mustEncode(t, c, Open))
		for _, m := range [][]byte{mustEncode(t, c, Open), mustEncode(t, c, Cover), mustEncode(t, c, Numbered)} {
			if len(m) > 32<<10 {
				t.Errorf("a picture of %d bytes", len(m))
			}
			size, err := jpeg.DecodeConfig(bytes.NewReader(m))
			if err != nil || size.Width != across || size.Height != down {
				t.Errorf("%v %v", size, err)
			}
		}
	}
}

func mustEncode(t testing.TB, c *card, k Kind) []byte {
	t.Helper()
	b, err := paint(c, k)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var kinds = []struct {
	name string
	kind Kind
}{{"open", Open}, {"cover", Cover}, {"numbered", Numbered}}

// Styled, dealt, arranged, drawn and encoded.
func BenchmarkPicture(b *testing.B) {
	for _, bench := range kinds {
		b.Run(bench.name, func(b *testing.B) {
			mustEncode(b, numberedCard(0), Cover) // what is made once
			b.ReportAllocs()
			size, n := 0, 0
			for b.Loop() {
				size += len(mustEncode(b, numberedCard(n), bench.kind))
				n++
			}
			b.ReportMetric(float64(size)/float64(n)/1000, "kB/picture")
		})
	}
}

func BenchmarkCard(b *testing.B) {
	n := 0
	for b.Loop() {
		numberedCard(n)
		n++
	}
}
