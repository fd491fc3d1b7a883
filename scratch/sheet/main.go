// Command sheet writes a contact sheet of freshly dealt cards, or of all species, to look at.
package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"log"
	"os"
	"strings"
	"time"

	scaling "golang.org/x/image/draw"

	"twohens/scratch"
)

func main() {
	log.SetFlags(0)
	cards := flag.Int("cards", 50, "how many cards")
	across := flag.Int("across", 5, "pictures in a row")
	kind := flag.String("kind", "open", "open, cover or numbered; or species: every species in every stance")
	styles := flag.Int("styles", 5, "how many sites' styles to take in turn")
	scale := flag.Float64("scale", 1, "how large the pictures are drawn on the sheet")
	grey := flag.Bool("grey", false, "without colour")
	first := flag.Uint("first", 0, "of species: another number, other looks")
	only := flag.String("only", "", "of species: this one alone")
	rounds := flag.Int("rounds", 1, "of species: how often each")
	out := flag.String("out", "cards.png", "the file to write, .png or .jpg")
	flag.Parse()
	var sheet image.Image
	var err error
	if *kind == "species" {
		sheet = species(max(*across, 1), int(84*1.5**scale), uint32(*first), *only, max(*rounds, 1))
	} else {
		sheet, err = contact(*kind, *cards, *across, *styles, *scale)
	}
	if err == nil {
		err = save(*out, sheet, *grey)
	}
	if err != nil {
		log.Fatal("sheet: ", err)
	}
}

// save writes the sheet: a JPEG if the name says so, or else a PNG.
func save(out string, sheet image.Image, grey bool) error {
	if grey {
		g := image.NewGray(sheet.Bounds())
		draw.Draw(g, g.Rect, sheet, image.Point{}, draw.Src)
		sheet = g
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	if name := strings.ToLower(out); strings.HasSuffix(name, ".jpg") || strings.HasSuffix(name, ".jpeg") {
		err = jpeg.Encode(f, sheet, &jpeg.Options{Quality: 80})
	} else {
		err = png.Encode(f, sheet)
	}
	return errors.Join(err, f.Close())
}

// contact is the sheet of a kind of pictures.
func contact(kind string, cards, across, styles int, scale float64) (image.Image, error) {
	if cards < 1 || across < 1 || styles < 1 || scale <= 0 || scale > 4 {
		return nil, fmt.Errorf("cards, across and styles must be at least 1, scale above 0 and at most 4")
	}
	mode, picture := scratch.Rub, scratch.Open
	switch kind {
	case "open":
	case "cover":
		picture = scratch.Cover
	case "numbered":
		mode, picture = scratch.Pick, scratch.Numbered
	default:
		return nil, fmt.Errorf("no kind %q", kind)
	}
	dealers := make([]*scratch.Dealer, styles)
	for i := range dealers {
		var err error
		if dealers[i], err = dealer(); err != nil {
			return nil, err
		}
	}
	var sheet *image.RGBA
	for i := range cards {
		m, err := card(dealers[i%styles], mode, picture)
		if err != nil {
			return nil, err
		}
		small := image.Rect(0, 0, int(float64(m.Bounds().Dx())*scale), int(float64(m.Bounds().Dy())*scale))
		w, h := small.Dx()+6, small.Dy()+6
		if sheet == nil {
			sheet = image.NewRGBA(image.Rect(0, 0, w*across, h*((cards+across-1)/across)))
			draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
		}
		at := image.Pt(i%across*w+3, i/across*h+3)
		scaling.CatmullRom.Scale(sheet, small.Add(at), m, m.Bounds(), scaling.Src, nil)
	}
	return sheet, nil
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
