package engine

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// TextRules are what texts may go where, how many and at what price. The zero value allows none.
type TextRules struct {
	Countries []string // ISO 3166; to others nothing is sent

	Number  quota.Limit // texts to a number
	Block   quota.Limit // to a block of ten thousand numbers
	Country quota.Limit // to a country
	Network quota.Limit // asked for from a network

	Price         func(contact.Phone) int64 // of one part, in millionths; nil: texts cost nothing that is known
	Day, Month    SpendCap                  // for all together; Since and Country are not looked at
	DayOfACountry SpendCap

	Alarm Alarm
}

// Sends says whether texts go to a number at all: to numbers of mobile telephones in countries that the operator allows. Premium,
// satellite and other special ranges are what pumping lives on.
func (t TextRules) Sends(to contact.Phone) bool {
	return slices.Contains(t.Countries, to.Region()) && to.Texts()
}

// fare is what a message is counted by.
type fare struct {
	account string
	network string
	by      asker
	to      contact.Contact
	decoy   contact.Contact // stands in for a contact that is not there, for the sake of the same work
	new     bool            // nobody has shown yet that the contact is the account's: it counts for it as by a stranger
}

// asker is who a message is asked for by: each kind has the silent limits in buckets of its own, so that what strangers use up is theirs
// alone. It begins the buckets' names.
type asker string

const (
	byStranger asker = ""
	byKnown    asker = "known " // a browser that has signed in to the account
	byHouse    asker = "house " // the help desk, or what happened on the account
)

// askedBy says who opened a request. The same work for everybody.
func (e *Engine) askedBy(r recovery.Request) asker {
	known := e.isKnown(r.Account, r.Epoch, r.Known)
	switch {
	case r.Network == "":
		return byHouse
	case known:
		return byKnown
	}
	return byStranger
}

// payment is what was counted for a message, to be given back if it cannot be handed over.
type payment struct {
	at      time.Time
	network []quota.Charge
	charges []quota.Charge
	toll    Toll
	note    string // why it was withheld
}

// pay counts a message against the silent limits, and a text against the operator's money too. Carried means that it may go; Withheld
// that it may not; Later that the limits could not be asked: nothing opens then.
//
// The network that asked for a text is counted first, and keeps its count when the text is withheld: whoever asks for texts to a number of
// their own sees what their network has left, and must not learn from it to whom others went.
//
// Limits count each message once: what must be tried again is given back, and a repeat after a death was counted by the dead. But nobody
// knows how far the dead came, so a text is looked at and paid for once more: it may be a second one.
func (e *Engine) pay(ctx context.Context, entry Entry, f fare) (payment, Verdict, error) {
	paid := payment{at: e.now()}
	repeat := entry.Leases > entry.Attempts+1
	if !repeat {
		if verdict := e.count(ctx, &paid, &paid.network, e.ofNetwork(f, entry.Effect.Way)); verdict != Carried {
			return paid, verdict, nil
		}
	}
	phone, text := f.to.Phone()
	why := ""
	if text {
		var err error
		if why, err = e.shut(ctx, paid.at, phone); err != nil {
			return paid, "", errors.Join(err, e.repay(ctx, paid))
		}
	}
	if !repeat {
		switch verdict := e.count(ctx, &paid, &paid.charges, e.charges(f, why == "")); verdict {
		case Later:
			return paid, Later, e.repay(ctx, paid)
		case Withheld:
			return paid, Withheld, nil
		}
	}
	if why != "" {
		paid.note = why
		return paid, Withheld, nil
	}
	if !text {
		return paid, Carried, nil
	}
	toll := Toll{Day: beginning(paid.at), Country: phone.Region(), Texts: 1, Parts: 1}
	if e.Texts.Price != nil {
		toll.Micros = e.Texts.Price(phone)
	}
	ok, err := e.Store.Pay(ctx, toll, e.caps(paid.at, toll.Country))
	if err != nil {
		return paid, "", errors.Join(err, e.repay(ctx, paid))
	}
	if !ok {
		paid.note, paid.network = "spending cap", nil
		return paid, Withheld, e.repay(ctx, paid)
	}
	paid.toll = toll
	return paid, Carried, nil
}

// count takes charges and notes them.
func (e *Engine) count(ctx context.Context, paid *payment, into *[]quota.Charge, charges []quota.Charge) Verdict {
	if len(charges) == 0 {
		return Carried
	}
	if _, ok, err := e.Limiter.Take(ctx, paid.at, charges); err != nil {
		paid.note = "limits"
		return Later
	} else if !ok {
		return Withheld
	}
	*into = charges
	return Carried
}

// shut says why no text goes to a number now, whatever the limits say; empty when texts do. One that does not go is not counted against
// the range of its number: otherwise those asked for to a block that is paused would use up what the rest of the country may be sent.
func (e *Engine) shut(ctx context.Context, now time.Time, to contact.Phone) (string, error) {
	if e.Texter == nil || !e.Texts.Sends(to) {
		return "no gateway, or not for this country or kind of number", nil
	}
	paused, err := e.Store.Paused(ctx, now, ranges(to)...)
	if paused {
		return "paused", nil
	}
	return "", err
}

// payRest counts what a text cost beyond the one part that was paid for. It has left, so no cap has a say.
func (e *Engine) payRest(ctx context.Context, paid payment, to contact.Contact, taken Handover) error {
	phone, text := to.Phone()
	if !text || paid.toll.Texts == 0 || taken.Parts <= paid.toll.Parts {
		return nil
	}
	rest := Toll{Day: paid.toll.Day, Country: paid.toll.Country, Parts: taken.Parts - paid.toll.Parts}
	if e.Texts.Price != nil {
		rest.Micros = int64(rest.Parts) * e.Texts.Price(phone)
	}
	_, err := e.Store.Pay(ctx, rest, nil)
	return err
}

// repay gives back what was counted.
func (e *Engine) repay(ctx context.Context, paid payment) error {
	var err error
	if charges := slices.Concat(paid.network, paid.charges); len(charges) > 0 {
		err = e.Limiter.Return(ctx, paid.at, charges)
	}
	if paid.toll.Texts > 0 {
		err = errors.Join(err, e.Store.Repay(ctx, paid.toll))
	}
	return err
}

// charges are the silent limits that a message counts against: those of a number's ranges only if texts go there. A decoy's are counted
// too, for the sake of the same commits.
//
// What strangers use up must leave something to the owner. So one network has a share alone, and those who are no strangers have the same
// limits in buckets of their own. Ranges, countries and money are bounded for all together.
func (e *Engine) charges(f fare, goes bool) []quota.Charge {
	to := f.to
	if to.IsZero() {
		to = f.decoy
	}
	toward := f.by
	if f.new {
		toward = byStranger
	}
	charges := []quota.Charge{
		{Key: string(f.by) + "account:" + f.account, Limit: e.Silent.Account},
		{Key: string(toward) + "destination:" + e.Decoys.DeriveOpaque("destination", []byte(to.Key())).Reveal(), Limit: e.Silent.Destination},
	}
	if f.by != byHouse {
		charges = append(charges, quota.Charge{Key: string(f.by) + "account of network:" + f.account + " " + widest(f.network), Limit: e.Silent.Network})
	}
	if phone, ok := f.to.Phone(); ok && goes {
		charges = append(charges,
			quota.Charge{Key: string(toward) + "text number:" + e.Decoys.DeriveOpaque("number", []byte(phone.Number())).Reveal(), Limit: e.Texts.Number},
			quota.Charge{Key: "text block:" + phone.Prefix(), Limit: e.Texts.Block},
			quota.Charge{Key: "text country:" + phone.Region(), Limit: e.Texts.Country})
	}
	return charges
}

// widest is the network by which the messages of an account are shared out: an IPv6 /48, of which one stranger has all, or an IPv4 address.
func widest(network string) string {
	asked, err := netip.ParsePrefix(network)
	if err != nil {
		return network
	}
	all := quota.Networks(asked.Addr())
	return all[len(all)-1]
}

// wider is how many times more texts an IPv6 /48 may ask for than one network in it, of which it has 256: as at the gate.
const wider = 5

// ofNetwork is what a text counts against the network that asked for it, whether there is a number or not.
func (e *Engine) ofNetwork(f fare, way recovery.Way) []quota.Charge {
	if way != recovery.WayPhone || f.network == "" {
		return nil
	}
	charges := []quota.Charge{{Key: "text network:" + f.network, Limit: e.Texts.Network}}
	if asked, err := netip.ParsePrefix(f.network); err == nil {
		for _, wide := range quota.Networks(asked.Addr())[1:] {
			limit := e.Texts.Network
			limit.Events *= wider
			charges = append(charges, quota.Charge{Key: "text network:" + wide, Limit: limit})
		}
	}
	return charges
}

// caps are what a text to a country must stay within.
func (e *Engine) caps(now time.Time, country string) []SpendCap {
	day, month, one := e.Texts.Day, e.Texts.Month, e.Texts.DayOfACountry
	day.Since, month.Since, one.Since = beginning(now), time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC), beginning(now)
	one.Country = country
	return []SpendCap{day, month, one}
}

// beginning of a day, UTC.
func beginning(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }
