// Command sheet writes a contact sheet of freshly dealt cards, to look at.
package main

import (
	"bytes"
	"crypto/rand"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"log"
	"os"
	"time"

	"twohens/scratch"
)

func main() {
	log.SetFlags(0)
	cards := flag.Int("cards", 50, "how many cards")
	across := flag.Int("across", 5, "cards in a row")
	kind := flag.String("kind", "open", "open, cover or numbered")
	styles := flag.Int("styles", 5, "how many sites' styles to take in turn")
	out := flag.String("out", "cards.png", "the file to write")
	flag.Parse()
	if err := write(*out, *kind, *cards, *across, *styles); err != nil {
		log.Fatal("sheet: ", err)
	}
}

func write(out, kind string, cards, across, styles int) error {
	if cards < 1 || across < 1 || styles < 1 {
		return fmt.Errorf("cards, across and styles must be at least 1")
	}
	mode, picture := scratch.Rub, scratch.Open
	switch kind {
	case "open":
	case "cover":
		picture = scratch.Cover
	case "numbered":
		mode, picture = scratch.Pick, scratch.Numbered
	default:
		return fmt.Errorf("no kind %q", kind)
	}
	dealers := make([]*scratch.Dealer, styles)
	for i := range dealers {
		var err error
		if dealers[i], err = dealer(); err != nil {
			return err
		}
	}
	var sheet *image.RGBA
	for i := range cards {
		m, err := card(dealers[i%styles], mode, picture)
		if err != nil {
			return err
		}
		w, h := m.Bounds().Dx()+6, m.Bounds().Dy()+6
		if sheet == nil {
			sheet = image.NewRGBA(image.Rect(0, 0, w*across, h*((cards+across-1)/across)))
			draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
		}
		at := image.Pt(i%across*w+3, i/across*h+3)
		draw.Draw(sheet, m.Bounds().Add(at), m, image.Point{}, draw.Src)
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := png.Encode(f, sheet); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// dealer is a dealer with a key of its own, so with a style of its own.
func dealer() (*scratch.Dealer, error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	keys, err := scratch.NewKeys(scratch.Key{ID: "sheet", Secret: secret})
	if err != nil {
		return nil, err
	}
	return scratch.New(scratch.Config{Keys: keys, Spent: scratch.NewMemory(1, time.Now), Now: time.Now, Bits: 1})
}

func card(d *scratch.Dealer, mode scratch.Mode, kind scratch.Kind) (image.Image, error) {
	sealed, err := deal(d, mode)
	if err != nil {
		return nil, err
	}
	b, _, err := d.Picture(sealed, kind)
	if err != nil {
		return nil, err
	}
	return jpeg.Decode(bytes.NewReader(b))
}

func deal(d *scratch.Dealer, mode scratch.Mode) (string, error) {
	at := scratch.Place{Site: "sheet", Action: "look", Host: "localhost"}
	if !mode.Scripted() {
		return d.Plain(at, mode)
	}
	ticket, err := d.Deal(scratch.Offer{Place: at, Mode: mode})
	if err != nil {
		return "", err
	}
	drawn, err := d.Draw(ticket.Sealed, ticket.Work.Solve(), at)
	return drawn.Card, err
}
