// Command dataset writes cards with their labels, for detectors made elsewhere to be trained and tried on.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg" // what pictures are served as
	"io"
	"os"
	"path/filepath"
	"time"

	"twohens/scratch"
)

const usage = `Dataset writes a folder of cards as they are served, and labels.json that tells what is on them.

	go run ./scratch/dataset -out DIR [-cards 1000] [-numbered] [-styles 1] [-style-seed TEXT]

labels.json is an array with one element for each picture:

	{"image": "000001.jpg",
	 "boxes": [{"class": "duck", "x": 30, "y": 12, "w": 84, "h": 66}, ...],
	 "targets": [3, 7]}

boxes are the animals on the card, all of them, in the order of their numbers; x and y are the upper left corner of what
can be seen of one, in pixels of the picture, to 6 pixels. targets are the places of the two chickens among the boxes.

`

// entry is a picture in labels.json.
type entry struct {
	Image   string `json:"image"`
	Boxes   []box  `json:"boxes"`
	Targets []int  `json:"targets"`
}

// box is an animal, in pixels of the picture.
type box struct {
	Class string `json:"class"`
	X     int    `json:"x"`
	Y     int    `json:"y"`
	W     int    `json:"w"`
	H     int    `json:"h"`
}

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dataset:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	out, seed     string
	cards, styles int
	numbered      bool
}

func run(args []string, progress io.Writer) error {
	var o options
	f := flag.NewFlagSet("dataset", flag.ContinueOnError)
	f.SetOutput(progress)
	f.Usage = func() {
		fmt.Fprint(progress, usage)
		f.PrintDefaults()
	}
	f.StringVar(&o.out, "out", "", "the `folder` to write to; it is made, or is empty")
	f.IntVar(&o.cards, "cards", 1000, "how many cards, 1 to 10 million")
	f.IntVar(&o.styles, "styles", 1, "how many sites' styles to take in turn")
	f.StringVar(&o.seed, "style-seed", "",
		"`text` that decides the styles, so that another run has the same; random without.\nThe cards are new each time")
	f.BoolVar(&o.numbered, "numbered", false, "cards with a number beside each animal, as without script")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%q is too much; see -help", f.Arg(0))
	case o.out == "":
		return errors.New("-out is needed: the folder to write to")
	case o.cards < 1 || o.cards > 10_000_000:
		return fmt.Errorf("-cards %d: there can be 1 to 10 million", o.cards)
	case o.styles < 1 || o.styles > 10_000:
		return fmt.Errorf("-styles %d: there can be 1 to 10,000", o.styles)
	}
	return o.write(progress)
}

// write fills the folder. labels.json comes last, so that a folder that has it is whole.
func (o *options) write(progress io.Writer) error {
	if err := emptyFolder(o.out); err != nil {
		return err
	}
	var sites []*site
	for i := range o.styles {
		s, err := newSite(o.seed, i)
		if err != nil {
			return err
		}
		sites = append(sites, s)
	}
	part := filepath.Join(o.out, "labels.json.part")
	file, err := os.Create(part)
	if err != nil {
		return err
	}
	labels := bufio.NewWriter(file)
	err = o.fill(labels, sites, progress)
	if err := errors.Join(err, labels.Flush(), file.Close()); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(o.out, "labels.json"))
}

func (o *options) fill(labels io.Writer, sites []*site, progress io.Writer) error {
	begun, told := time.Now(), time.Now()
	for i := range o.cards {
		e, err := sites[i%len(sites)].card(o, fmt.Sprintf("%06d.jpg", i+1))
		if err != nil {
			return err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		before := ",\n"
		if i == 0 {
			before = "[\n"
		}
		if _, err := fmt.Fprintf(labels, "%s%s", before, line); err != nil {
			return err
		}
		if done := i + 1; done == o.cards || time.Since(told) > 2*time.Second {
			told = time.Now()
			fmt.Fprintf(progress, "%d of %d cards, %.0f a second\n", done, o.cards, float64(done)/time.Since(begun).Seconds())
		}
	}
	_, err := fmt.Fprint(labels, "\n]\n")
	return err
}

func emptyFolder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return err
	}
	there, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return fmt.Errorf("%s is not empty (%s): nothing is overwritten, choose another -out", name, there[0].Name())
	}
	return nil
}

// site is a site of its own, so a style of its own.
type site struct {
	*scratch.Dealer
	keys scratch.Keys
}

func newSite(seed string, n int) (*site, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails: the program ends if the system has no randomness
	if seed != "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", n, seed))
		secret = sum[:]
	}
	keys, err := scratch.NewKeys(scratch.Key{ID: "dataset", Secret: secret})
	if err != nil {
		return nil, err
	}
	d, err := scratch.New(scratch.Config{Keys: keys, Spent: scratch.NewMemory(1, time.Now), Now: time.Now, Bits: 1})
	return &site{d, keys}, err
}

// card writes the picture of a new card and tells what is on it.
func (s *site) card(o *options, name string) (entry, error) {
	mode, kind := scratch.Rub, scratch.Open
	if o.numbered {
		mode, kind = scratch.Pick, scratch.Numbered
	}
	sealed, err := s.deal(mode)
	if err != nil {
		return entry{}, err
	}
	picture, _, err := s.Picture(sealed, kind)
	if err != nil {
		return entry{}, err
	}
	if err := os.WriteFile(filepath.Join(o.out, name), picture, 0o644); err != nil {
		return entry{}, err
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return entry{}, err
	}
	animals, err := s.keys.RevealAnimals(sealed)
	if err != nil {
		return entry{}, err
	}
	return label(name, animals, size), nil
}

// label is what labels.json tells of a card whose picture has that size.
func label(name string, animals []scratch.RevealedAnimal, size image.Config) entry {
	out := entry{Image: name}
	x := func(v int) int { return v * size.Width / scratch.Width }
	y := func(v int) int { return v * size.Height / scratch.Height }
	for i, a := range animals {
		out.Boxes = append(out.Boxes, box{a.Species.String(), x(a.Box.Min.X), y(a.Box.Min.Y), x(a.Box.Dx()), y(a.Box.Dy())})
		if a.Chicken {
			out.Targets = append(out.Targets, i)
		}
	}
	return out
}

func (s *site) deal(m scratch.Mode) (string, error) {
	at := scratch.Place{Site: "dataset", Action: "look", Host: "localhost"}
	if !m.Scripted() {
		return s.Plain(at, m)
	}
	ticket, err := s.Deal(scratch.Offer{Place: at, Mode: m})
	if err != nil {
		return "", err
	}
	drawn, err := s.Draw(ticket.Sealed, ticket.Work.Solve(), at)
	return drawn.Card, err
}
