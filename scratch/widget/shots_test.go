package widget

import (
	"flag"
	"strconv"
	"testing"
	"time"
)

var shots = flag.String("shots", "", "a folder for pictures of every state of the element")

// TestShots shows every state on phones and on a desktop, for looking at:
//
//	go test ./scratch/widget -run TestShots -shots FOLDER
func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("for looking at alone")
	}
	for _, look := range []struct {
		name string
		person
		lang, dir string
	}{
		{"desktop", person{wide: 700}, "en", "ltr"},
		{"phone", person{touch: true, wide: 390}, "en", "ltr"},
		{"phone-dark", person{touch: true, wide: 390, dark: true}, "en", "ltr"},
		{"small-es", person{touch: true, wide: 320}, "es", "ltr"},
		{"phone-ar", person{touch: true, wide: 390}, "ar", "rtl"},
		{"phone-zh-dark", person{touch: true, wide: 390, dark: true}, "zh-Hans", "ltr"},
		{"forced", person{forced: true, wide: 390}, "en", "ltr"},
	} {
		t.Run(look.name, func(t *testing.T) {
			s := newStand(t)
			n := 0
			b := s.browse(t, look.person)
			shot := func(name string) {
				n++
				time.Sleep(300 * time.Millisecond) // what moves comes to rest
				b.shot(*shots, look.name+"-"+strconv.Itoa(n)+"-"+name)
			}
			b.open(at(s.shop, "lang", look.lang, "dir", look.dir))
			b.ready("foil")
			shot("card")
			rubbing(b)
			shot("rubbed")
			eval[bool](b, `e.verify() && true`)
			b.until(`e.response`)
			shot("passed")
			eval[bool](b, `e.reset() ?? true`)
			wrongly(b)
			b.send()
			b.until(`!$(".notice").hidden`)
			b.ready("foil")
			shot("ran-away")
			b.click(`.tool:nth-child(3)`)
			b.ready("calls")
			b.mark(2)
			shot("calls")
			b.click(`.tool:nth-child(4)`)
			b.ready("none")
			shot("none")
			b.click(`.start`)
			b.ready("done")
			shot("done")
			s.set(func(g *rules) { g.deal = 4 * time.Minute })
			b.click(`.tool:nth-child(4)`)
			b.click(`.tool:nth-child(1)`)
			b.until(`!$(".mend").hidden`)
			shot("limited")
			b.forgive("429")
		})
	}
}
