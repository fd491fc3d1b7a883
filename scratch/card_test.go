package scratch

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
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
	k := newMasker()
	for i := range c.animals {
		a := &c.animals[i]
		low, high := bounds(a.silhouette())
		if low.x < 0 || low.y < 0 || high.x > Width || high.y > Height {
			t.Fatalf("%v reaches out of the card: %v %v", a.species, low, high)
		}
		full, crown := k.of(a.silhouette()), k.of(a.crown())
		hidden := full.without(&c.visible[i])
		if 5*hidden.count() > full.count() {
			t.Fatalf("%d of %d cells of a %v are hidden", hidden.count(), full.count(), a.species)
		}
		for j := i + 1; j < len(c.animals); j++ {
			m := k.of(c.animals[j].silhouette())
			if over := crown.and(&m); over.count() > 0 {
				t.Fatalf("a %v hides the crown of a %v", c.animals[j].species, a.species)
			}
		}
		if s := a.pose.size / unit(a.species); s < smallest-1e-9 || s > largest || a.pose.turn < -tilt || a.pose.turn > tilt {
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
		if _, ok := c.tryArrange(newMasker(), newStream(nil, "last resort", []byte{byte(n)}), false); !ok {
			t.Fatal("the arrangement of last resort failed")
		}
		checkArrangement(t, c)
	}
}

func TestCardIsTheSameOnEveryNode(t *testing.T) {
	secret, seed := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 32)
	a, b := cardOf(secret, seed), cardOf(secret, seed)
	if !bytes.Equal(a.open().Pix, b.open().Pix) || !bytes.Equal(a.cover().Pix, b.cover().Pix) || !bytes.Equal(a.numbered().Pix, b.numbered().Pix) {
		t.Error("one seed, two pictures")
	}
	seed[31]++
	if c := cardOf(secret, seed); bytes.Equal(a.open().Pix, c.open().Pix) {
		t.Error("two seeds, one picture")
	}
	other := newStyle(secret, "shop.example", 202648)
	seed[31]--
	if c := newCard(seed, &other); bytes.Equal(a.open().Pix, c.open().Pix) {
		t.Error("another week's card looks the same")
	}
}

// The cover is made of coarse averages: two cards whose averages agree have the
// same cover, so it cannot tell more than they do.
func TestCoverTellsNoMoreThanAverages(t *testing.T) {
	c := numberedCard(1)
	m := c.cover()
	if m.Rect.Dx() != across || m.Rect.Dy() != down {
		t.Fatalf("cover of %v", m.Rect)
	}
	// Neighbouring pixels off the weave differ by very little: no edge of an
	// animal is left.
	mesh := weave()
	for y := range down {
		for x := 1; x < across; x++ {
			if mesh.Pix[y*mesh.Stride+x] > 0 || mesh.Pix[y*mesh.Stride+x-1] > 0 {
				continue
			}
			i := y*m.Stride + 4*x
			for k := range 3 {
				if d := int(m.Pix[i+k]) - int(m.Pix[i+k-4]); d < -6 || d > 6 {
					t.Fatalf("an edge of %d at %d,%d", d, x, y)
				}
			}
		}
	}
}

func TestBadgesKeepApart(t *testing.T) {
	for n := range 60 {
		c := numberedCard(n)
		away := make([]*field, Animals)
		for i := range c.visible {
			away[i] = c.visible[i].field()
		}
		var placed []point
		for i := range c.animals {
			at, _ := c.badgePlace(i, away, placed)
			for _, other := range placed {
				if distance(at, other) < 2*badgeRadius {
					t.Fatalf("card %d: two numbers lie over each other", n)
				}
			}
			for j := range away {
				if j != i && away[j].at(at) < away[i].at(at) {
					t.Errorf("card %d: number %d is nearer to animal %d", n, i+1, j+1)
				}
			}
			placed = append(placed, at)
		}
	}
}

func TestPicturesAreSmall(t *testing.T) {
	for n := range 20 {
		c := numberedCard(n)
		for _, m := range [][]byte{mustEncode(t, c, Open), mustEncode(t, c, Cover), mustEncode(t, c, Numbered)} {
			if len(m) > 48<<10 {
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
	draw := map[Kind]func() *image.RGBA{Open: c.open, Cover: c.cover, Numbered: c.numbered}[k]
	b, err := encode(draw())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func BenchmarkPicture(b *testing.B) {
	for _, bench := range []struct {
		name string
		kind Kind
	}{{"open", Open}, {"cover", Cover}, {"numbered", Numbered}} {
		b.Run(bench.name, func(b *testing.B) {
			numberedCard(0).cover() // what is made once
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
