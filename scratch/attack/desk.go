package main

import (
	"context"
	"crypto/rand"
	"time"

	"twohens/scratch"
)

// desk is a site of its own: a key, and so a style, that no other has. Cards are dealt at one moment and judged a while
// later, by two Dealers that share the key and the spent cards as two nodes would.
type desk struct {
	*scratch.Dealer                 // deals
	judges          *scratch.Dealer // a minute later
	keys            scratch.Keys
	spent           scratch.Spent
}

// here is where all cards are dealt for.
var here = scratch.Place{Site: "attack", Action: "sign-up", Host: "attack.example"}

// later is how long after the deal answers are given: as a person would.
const later = time.Minute

func newDesk(secret []byte) (*desk, error) {
	if secret == nil {
		secret = make([]byte, 32)
		rand.Read(secret)
	}
	keys, err := scratch.NewKeys(scratch.Key{ID: "attack", Secret: secret})
	if err != nil {
		return nil, err
	}
	now := time.Now()
	at := func(t time.Time) func() time.Time { return func() time.Time { return t } }
	spent := scratch.NewMemory(1<<20, at(now))
	// The least work: what it costs is told beside the tables, and need not be done for each row.
	d, err := scratch.New(scratch.Config{Keys: keys, Spent: spent, Now: at(now), Bits: 1})
	if err != nil {
		return nil, err
	}
	j, err := scratch.New(scratch.Config{Keys: keys, Spent: spent, Now: at(now.Add(later)), Bits: 1})
	return &desk{d, j, keys, spent}, err
}

// card deals a card in the usual way.
func (d *desk) card(m scratch.Mode) (string, error) {
	if !m.Scripted() {
		return d.Plain(here, m)
	}
	ticket, err := d.Deal(scratch.Offer{Place: here, Mode: m})
	if err != nil {
		return "", err
	}
	drawn, err := d.Draw(ticket.Sealed, ticket.Work.Solve(), here)
	return drawn.Card, err
}

// sample deals a card and looks at it; what is on it is told by the key.
func (d *desk) sample(m scratch.Mode) (sealed string, seen []uint8, animals []scratch.RevealedAnimal, err error) {
	if sealed, err = d.card(m); err != nil {
		return
	}
	kind := scratch.Open
	if m == scratch.Pick {
		kind = scratch.Numbered
	}
	picture, _, err := d.Picture(sealed, kind)
	if err != nil {
		return
	}
	if seen, err = view(picture); err != nil {
		return
	}
	animals, err = d.keys.RevealAnimals(sealed)
	return
}

// judge answers a card.
func (d *desk) judge(sealed string, a scratch.Answer) (scratch.Verdict, error) {
	return d.judges.Judge(context.Background(), sealed, here, a)
}
