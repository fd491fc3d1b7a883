package browser

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"twohens/internal/daemon"
	"twohens/internal/locale"
	"twohens/scratch/scratchtest"
)

var (
	picturesTo = flag.String("pictures", "", "draw the README's pictures into this folder")
	shotsTo    = flag.String("shots", "", "draw each step, on a phone and a desktop, in light and in dark, into this folder")
)

// most is how large a picture of the README may be, in bytes.
const most = 120_000

// shoot draws the whole page, as high as it is, but at least as high as a window.
func (w *walker) shoot(folder, name string, width, least int64, scale float64) {
	w.t.Helper()
	w.do(chromedp.EmulateViewport(width, least, chromedp.EmulateScale(scale)))
	if high := eval[int64](w.tab, `document.documentElement.scrollHeight`); high > least {
		w.do(chromedp.EmulateViewport(width, high, chromedp.EmulateScale(scale)))
	}
	w.until(`[...document.images].every((i) => i.complete) && document.getAnimations().length == 0 && (scrollTo(0, 0), true)`)
	picture, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	w.must(err)
	w.must(os.MkdirAll(folder, 0o755))
	w.must(os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
	w.must(w.size())
}

// visit walks from the first page to the last and calls for a picture at each step, with its name.
func (w *walker) visit(shoot func(name string)) {
	w.t.Helper()
	w.open("/signin")
	shoot("1-sign-in")
	w.follow(".forgot a")
	w.write("#address", w.address)
	if w.noScript {
		numbers, err := scratchtest.Pick(w.keys, w.dealt())
		w.must(err)
		w.mark(numbers[0])
	} else {
		sealed, on := w.card()
		strokes, err := scratchtest.Rub(w.keys, sealed)
		w.must(err)
		w.rub(on, strokes[0])
	}
	eval[bool](w.tab, `(document.activeElement.blur(), true)`)
	shoot("2-identify")
	if w.noScript {
		w.follow("[name=action][value=new]")
	} else {
		w.tool("renew")
	}
	w.identify()
	shoot("3-choose")
	w.choose()
	shoot("4-code")
	w.mailbox("9-mailbox", 1, shoot)
	typed(w, "1234 5678")
	shoot("4-code-wrong")
	typed(w, w.site.code(w.mail(w.address, 0)))
	w.at("/recover/reset")
	w.write("#new", w.fresh)
	if !w.noScript {
		w.click("[value=advise]")
		w.until(`document.querySelector("#strength").children.length > 0`)
	}
	eval[bool](w.tab, `(document.activeElement.blur(), true)`)
	shoot("5-reset")
	w.write("#new", w.fresh)
	w.follow(submit)
	w.at("/recover/done")
	shoot("6-done")
	w.signIn()
	shoot("7-account")
	w.open("/help/email")
	shoot("8-help")
	w.mailbox("9-mailbox-changed", 2, shoot)
}

// tour takes the other ways, goes over the account page, and calls for a picture of each page, with its name.
func (w *walker) tour(answer string, shoot func(name string)) {
	w.t.Helper()
	another := func(way, page, head string) {
		w.follow(`[action="/recover/another"] button`)
		w.take(way, page, head)
	}
	w.forget()
	w.take("phone", "/recover/code", "code.title")
	shoot("4-text")
	w.texts("9-mailbox-text", shoot)
	another("saved", "/recover/saved", "saved.title")
	shoot("4-saved")
	another("questions", "/recover/questions", "questions.title")
	shoot("4-questions")
	for _, typed := range []string{"not this one", answer} {
		w.write("#answer-1", typed)
		w.write("#answer-2", typed)
		w.follow(submit)
		if w.path() == "/recover/questions" {
			shoot("4-questions-missed")
		}
	}
	w.at("/recover/reset")
	w.open(w.stopLink(w.mail(w.address, 0)))
	shoot("5-stop")
	w.open("/recover/reset")
	w.renew()
	w.signIn()
	w.open("/account/phone/new")
	shoot("7-phone")
	w.write("#number", "+1 202 555 0199")
	w.follow(submit)
	w.at("/account/confirm")
	shoot("7-confirm")
	w.open("/account/questions")
	shoot("7-questions")
	w.open("/account")
	shoot("7-account-waiting")
	w.savedCodes()
	shoot("7-codes")
	w.must(w.media("print", false))
	shoot("7-codes-printed")
	w.must(w.media("", false))
}

// texts looks at the mailbox with the one text that is in it.
func (w *walker) texts(name string, shoot func(string)) {
	w.t.Helper()
	at := w.path()
	w.open("/demo/mailbox")
	for !w.there("article.text") {
		w.reload()
	}
	shoot(name)
	w.open(at)
}

// mailbox looks at the mailbox once so many mails are in it.
func (w *walker) mailbox(name string, mails int, shoot func(string)) {
	w.t.Helper()
	w.mail(w.address, mails-1)
	at := w.path()
	w.open("/demo/mailbox")
	w.until(`document.querySelectorAll("article.mail iframe").length == %d`, mails)
	for n := range mails {
		eval[bool](w.tab, `(document.querySelectorAll("article.mail iframe")[%d].scrollIntoView(), true)`, n) // each is loaded when it is seen
	}
	w.attach("iframe", fmt.Sprintf("/demo/mailbox/%d", 1)) // the oldest, which is the last on the page
	shoot(name)
	w.open(at)
}

// tourist is somebody who tries the demo out with one of its accounts.
func tourist(t *testing.T, s *site, d *daemon.Demo, p person, account int) *walker {
	t.Helper()
	w := &walker{
		tab: s.browse(p), Catalogue: locale.For(p.lang), address: d.Accounts[account].Address,
		fresh: "a spare key under the blue pot", hand: tapping, code: typed,
	}
	if p.noScript {
		w.hand = marking
	}
	return w
}

// elsewhere are the README's pictures that the tour draws.
var elsewhere = []string{"4-text", "4-questions", "7-codes", "9-mailbox-text"}

// fromRoot is a folder as it was named by whoever stands in the module's root.
func fromRoot(folder string) string {
	if filepath.IsAbs(folder) {
		return folder
	}
	return filepath.Join("../..", folder)
}

// TestPictures draws the pictures of the README.
func TestPictures(t *testing.T) {
	if *picturesTo == "" {
		t.Skip("no -pictures folder given")
	}
	folder := fromRoot(*picturesTo)
	steps := []string{"1-sign-in", "2-identify", "3-choose", "4-code", "4-questions", "5-reset", "6-done", "7-account", "7-codes", "8-help", "9-mailbox", "9-mailbox-text"}
	for _, of := range []struct {
		person
		account int
		suffix  string
		only    []string
		width   int64
		least   int64
	}{
		{person{lang: "en", still: true}, 0, "", steps, 1120, 720},
		{person{lang: "en", still: true, dark: true, phone: true}, 0, "-phone-dark", []string{"2-identify", "4-code", "4-text"}, 390, 760},
		{person{lang: "ar", still: true, phone: true}, 1, "-phone-ar", []string{"2-identify", "4-code", "4-questions"}, 390, 760},
		{person{lang: "en", still: true, noScript: true, phone: true}, 3, "-phone-no-script", []string{"2-identify"}, 390, 760},
	} {
		s, d := newDemo(t)
		w := tourist(t, s, d, of.person, of.account)
		shoot := func(name string) {
			if slices.Contains(of.only, name) {
				w.shoot(folder, name+of.suffix, of.width, of.least, 1)
				lessen(t, filepath.Join(folder, name+of.suffix+".png"))
			}
		}
		w.visit(shoot)
		if answer := d.Accounts[of.account].Answer; slices.ContainsFunc(of.only, func(name string) bool { return slices.Contains(elsewhere, name) }) {
			s, d := newDemo(t)
			w = tourist(t, s, d, of.person, of.account)
			w.tour(answer, shoot)
		}
	}
}

// lessen makes a picture smaller that would weigh the repository down, by drawing it with 256 colours.
func lessen(t *testing.T, path string) {
	t.Helper()
	body, err := os.ReadFile(path)
	must(t, err)
	if len(body) > most {
		from, err := png.Decode(bytes.NewReader(body))
		must(t, err)
		to := image.NewPaletted(from.Bounds(), commonest(from))
		draw.Draw(to, to.Bounds(), from, image.Point{}, draw.Src)
		var b bytes.Buffer
		must(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, to))
		body = b.Bytes()
		must(t, os.WriteFile(path, body, 0o644))
	}
	if len(body) > most {
		t.Errorf("%s has %d bytes, more than %d", path, len(body), most)
	}
}

// commonest are the 256 colours that a picture has most of, told apart by five bits of each part.
func commonest(from image.Image) color.Palette {
	type bin struct {
		n       int
		r, g, b int
	}
	bins := map[[3]uint8]*bin{}
	for y := from.Bounds().Min.Y; y < from.Bounds().Max.Y; y++ {
		for x := from.Bounds().Min.X; x < from.Bounds().Max.X; x++ {
			c := color.NRGBAModel.Convert(from.At(x, y)).(color.NRGBA)
			key := [3]uint8{c.R >> 3, c.G >> 3, c.B >> 3}
			if bins[key] == nil {
				bins[key] = new(bin)
			}
			b := bins[key]
			b.n, b.r, b.g, b.b = b.n+1, b.r+int(c.R), b.g+int(c.G), b.b+int(c.B)
		}
	}
	sorted := make([]*bin, 0, len(bins))
	for _, b := range bins {
		sorted = append(sorted, b)
	}
	slices.SortFunc(sorted, func(a, b *bin) int { return b.n - a.n })
	var out color.Palette
	for _, b := range sorted[:min(256, len(sorted))] {
		out = append(out, color.NRGBA{uint8(b.r / b.n), uint8(b.g / b.n), uint8(b.b / b.n), 255})
	}
	return out
}

// TestShots draws each step for looking at.
func TestShots(t *testing.T) {
	if *shotsTo == "" {
		t.Skip("no -shots folder given")
	}
	accounts := map[string]int{"en": 0, "ar": 1, "zh-Hans": 2, "es": 3} // by the language that their messages are in
	for name, p := range map[string]person{
		"desktop-light":     {lang: "en", still: true},
		"desktop-dark":      {lang: "en", still: true, dark: true},
		"phone-light":       {lang: "en", still: true, phone: true},
		"phone-dark":        {lang: "en", still: true, phone: true, dark: true},
		"phone-ar":          {lang: "ar", still: true, phone: true},
		"desktop-ar-dark":   {lang: "ar", still: true, dark: true},
		"phone-zh":          {lang: "zh-Hans", still: true, phone: true},
		"desktop-es":        {lang: "es", still: true},
		"phone-no-script":   {lang: "en", still: true, phone: true, noScript: true},
		"desktop-no-script": {lang: "en", still: true, noScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			width, least, scale := int64(1280), int64(800), 1.
			if p.phone {
				width, least, scale = 390, 844, 2
			}
			account := accounts[p.lang]
			for _, walk := range []func(w *walker, answer string, shoot func(string)){
				func(w *walker, _ string, shoot func(string)) { w.visit(shoot) }, (*walker).tour,
			} {
				s, d := newDemo(t)
				w := tourist(t, s, d, p, account)
				walk(w, d.Accounts[account].Answer, func(step string) { w.shoot(fromRoot(*shotsTo), step+"-"+name, width, least, scale) })
			}
		})
	}
}
