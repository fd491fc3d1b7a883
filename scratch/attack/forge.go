package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// forger tries what must not pass, against a desk of its own.
type forger struct {
	*desk
	late *scratch.Dealer // of the same key, an hour later
	ctx  context.Context
	out  *table
	r    *rand.Rand
}

// forge replays, edits and splices every sealed text, and uses one solved challenge many times at once.
func (o *options) forge(say func(string, ...any)) (*table, error) {
	d, err := newDesk(nil)
	if err != nil {
		return nil, err
	}
	hour := time.Now().Add(time.Hour)
	late, err := scratch.New(scratch.Config{
		Keys: d.keys, Spent: scratch.NewMemory(1<<16, time.Now), Now: func() time.Time { return hour }, Bits: 1,
	})
	if err != nil {
		return nil, err
	}
	f := &forger{
		desk: d, late: late, ctx: context.Background(), r: rand.New(rand.NewPCG(rand.Uint64(), 0)),
		out: &table{title: "Replay, edit and splice", head: []string{"what is tried", "tries", "passes", "must be"}},
	}
	for _, part := range []struct {
		name string
		try  func() error
	}{
		{"tickets", f.tickets}, {"cards", f.cards}, {"responses", f.responses}, {"second rounds", f.secondRounds},
		{"all at once", f.atOnce},
	} {
		say("forging %s", part.name)
		if err := part.try(); err != nil {
			return nil, err
		}
	}
	f.out.note("After each row of a stage that must be 0, the true text still passes, once: it was the forging that failed.")
	return f.out, nil
}

// count adds a row, and marks it if it must not be.
func (f *forger) count(what string, tries, passes, want int) {
	f.out.row(what, thousands(tries), thousands(passes), thousands(want))
	if passes != want {
		f.out.bad = append(f.out.bad, what)
	}
}

// each tries a list of texts and adds the row of how many pass.
func (f *forger) each(what string, texts []string, try func(text string) bool) {
	passes := 0
	for _, text := range texts {
		if try(text) {
			passes++
		}
	}
	f.count(what, len(texts), passes, 0)
}

// once is a row of a single try that must come out as said.
func (f *forger) once(what string, passed bool, want int) {
	n := 0
	if passed {
		n = 1
	}
	f.count(what, 1, n, want)
}

// edits are a sealed text with each of its characters in turn made another, left out or doubled, and cut at each place.
func edits(text string) (out []string) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range text {
		for _, by := range []byte{1, 8, 32} { // bits of the six that a letter stands for
			at := 0
			for letters[at] != text[i] {
				at++
			}
			b := []byte(text)
			b[i] = letters[at^int(by)]
			out = append(out, string(b))
		}
		out = append(out, text[:i]+text[i+1:], text[:i+1]+text[i:], text[:i])
	}
	for _, more := range []string{"A", "AAAA", "=", "\n", " ", "."} {
		out = append(out, text+more, more+text)
	}
	return out
}

// splices are two sealed texts, each joined to the rest of the other at each place, and each with every stretch of
// sixteen letters taken from the other: no field can be lent.
func splices(a, b string) (out []string) {
	for i := 1; i < min(len(a), len(b)); i++ {
		out = append(out, a[:i]+b[i:], b[:i]+a[i:])
		if end := i + 16; end < min(len(a), len(b)) {
			out = append(out, a[:i]+b[i:end]+a[end:])
		}
	}
	keep := out[:0]
	for _, s := range out {
		if s != a && s != b { // they have a head in common
			keep = append(keep, s)
		}
	}
	return keep
}

// elsewhere are the places that differ from here in one thing.
func elsewhere() map[string]scratch.Place {
	site, deed, host := here, here, here
	site.Site, deed.Action, host.Host = "another", "sign-in", "other.example"
	shifted := scratch.Place{Site: here.Site + here.Action[:1], Action: here.Action[1:], Host: here.Host}
	return map[string]scratch.Place{
		"another site": site, "another action": deed, "another host": host, "a letter moved from action to site": shifted, "no place": {},
	}
}

var places = []string{"another site", "another action", "another host", "a letter moved from action to site", "no place"}

// nothings are texts that nobody sealed.
func nothings() []string {
	long := make([]byte, 5000)
	for i := range long {
		long[i] = 'A'
	}
	return []string{"", "A", "AA", "AgFh", "null", "undefined", "0", "-1", "{}", "../..", "\x00", string(long)}
}

// ticket deals one and does its work.
func (f *forger) ticket(m scratch.Mode, again string) (scratch.Ticket, scratch.Solution, error) {
	t, err := f.Deal(scratch.Offer{Place: here, Mode: m, Again: again})
	if err != nil {
		return t, scratch.Solution{}, err
	}
	return t, t.Work.Solve(), nil
}

// right is the right answer to a card, told by the key.
func (f *forger) right(sealed string) (scratch.Answer, error) {
	card, err := f.keys.Reveal(sealed)
	if err != nil {
		return scratch.Answer{}, err
	}
	if card.Mode != scratch.Rub {
		return scratch.Answer{Picks: card.Picks}, nil
	}
	hand := scratchtest.Human{Device: scratchtest.Pen, Pace: 1}
	return scratch.Answer{Trace: hand.Tap(f.r, card.Chickens[0], card.Chickens[1])}, nil
}

// passes judges an answer and tells whether it passed.
func (f *forger) passes(sealed string, at scratch.Place, a scratch.Answer) bool {
	v, err := f.judges.Judge(f.ctx, sealed, at, a)
	return err == nil && v.Result == scratch.Pass
}

// solved is a response, honestly come by.
func (f *forger) solved() (response string, err error) {
	sealed, err := f.card(scratch.Rub)
	if err != nil {
		return "", err
	}
	a, err := f.right(sealed)
	if err != nil {
		return "", err
	}
	v, err := f.judge(sealed, a)
	if err == nil && v.Result != scratch.Pass {
		err = errors.New("the right answer to a card does not pass")
	}
	return v.Response, err
}

func (f *forger) tickets() error {
	t, s, err := f.ticket(scratch.Rub, "")
	other, theirs, err2 := f.ticket(scratch.Rub, "")
	sealed, err3 := f.card(scratch.Rub)
	response, err4 := f.solved()
	stranger, err5 := newDesk(nil)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		return err
	}
	draws := func(text string) bool { _, err := f.Draw(text, s, here); return err == nil }
	f.each("ticket: every letter edited", edits(t.Sealed), draws)
	f.each("ticket: spliced with another", splices(t.Sealed, other.Sealed), draws)
	f.each("ticket: a card, a response, nothing", append(nothings(), sealed, response), draws)
	for _, name := range places {
		_, err := f.Draw(t.Sealed, s, elsewhere()[name])
		f.once("ticket: at "+name, err == nil, 0)
	}
	_, err = f.late.Draw(t.Sealed, s, here)
	f.once("ticket: expired", err == nil, 0)
	_, err = stranger.Draw(t.Sealed, s, here)
	f.once("ticket: another key", err == nil, 0)
	strict, err := scratch.New(scratch.Config{Keys: f.keys, Spent: scratch.NewMemory(1, time.Now), Now: time.Now})
	if err != nil {
		return err
	}
	hard, err := strict.Deal(scratch.Offer{Place: here, Mode: scratch.Rub})
	if err != nil {
		return err
	}
	drawn := 0
	short := hard.Work
	short.Bits = 8
	for range 100 { // work with half of the bits, in another's name, none
		for _, wrong := range []scratch.Solution{short.Solve(), s, theirs, {}} {
			if _, err := f.Draw(hard.Sealed, wrong, here); err == nil {
				drawn++
			}
		}
	}
	f.count("ticket: work not done, done for another, half done", 400, drawn, 0)
	_, err = f.Draw(t.Sealed, s, here)
	f.once("ticket: the true one", err == nil, 1)
	return f.oneTicketManyCards(t, s)
}

// drawnAndAnswered draws a ticket's card, answers it right, and tells whether that passes.
func (f *forger) drawnAndAnswered(t scratch.Ticket, s scratch.Solution) (passed bool, err error) {
	drawn, err := f.Draw(t.Sealed, s, here)
	if err != nil {
		return false, err
	}
	a, err := f.right(drawn.Card)
	if err != nil {
		return false, err
	}
	return f.passes(drawn.Card, here, a), nil
}

// oneTicketManyCards draws one ticket's card often, and answers all.
func (f *forger) oneTicketManyCards(t scratch.Ticket, s scratch.Solution) error {
	passes := 0
	const tries = 25
	for range tries {
		passed, err := f.drawnAndAnswered(t, s)
		if err != nil {
			return err
		}
		if passed {
			passes++
		}
	}
	f.count("ticket: its card drawn again and again, each answered right", tries, passes, 1)
	return nil
}

func (f *forger) cards() error {
	sealed, err := f.card(scratch.Rub)
	other, err2 := f.card(scratch.Rub)
	t, _, err3 := f.ticket(scratch.Rub, "")
	response, err4 := f.solved()
	stranger, err5 := newDesk(nil)
	right, err6 := f.right(sealed)
	if err := errors.Join(err, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	judged := func(text string) bool { return f.passes(text, here, right) }
	empty := func(text string) bool { return f.passes(text, here, scratch.Answer{}) }
	f.each("card: every letter edited", edits(sealed), judged)
	f.each("card: spliced with another", splices(sealed, other), judged)
	f.each("card: a ticket, a response, nothing", append(nothings(), t.Sealed, response), judged)
	f.each("card: the same, answered with nothing", append(nothings(), t.Sealed, response), empty)
	v, err := stranger.judges.Judge(f.ctx, sealed, here, right)
	f.once("card: another key", err != nil || v.Result == scratch.Pass, 0)
	v, err = f.late.Judge(f.ctx, sealed, here, right)
	f.once("card: expired", err != nil || v.Result == scratch.Pass, 0)
	f.once("card: the true one", judged(sealed), 1)
	f.each("card: the same answer once more", []string{sealed, sealed, sealed}, judged)
	f.once("card: another's answer", f.passes(other, here, right), 0)
	right, err = f.right(other)
	f.once("card: the right answer after a wrong one", judged(other), 0)
	if err != nil {
		return err
	}
	for _, name := range places {
		if err := f.cardAt(name, elsewhere()[name]); err != nil {
			return err
		}
	}
	return f.wrongForm()
}

// cardAt answers a card rightly at a place that is not its own, and then at its own: the card is spent.
func (f *forger) cardAt(name string, at scratch.Place) error {
	sealed, err := f.card(scratch.Rub)
	if err != nil {
		return err
	}
	right, err := f.right(sealed)
	if err != nil {
		return err
	}
	f.once("card: at "+name, f.passes(sealed, at, right), 0)
	f.once("card: then at its own place", f.passes(sealed, here, right), 0)
	return nil
}

// wrongForm answers cards with what belongs to another mode.
func (f *forger) wrongForm() error {
	passes, tries := 0, 0
	for _, m := range []scratch.Mode{scratch.Rub, scratch.Listen, scratch.Pick, scratch.Hear} {
		for _, both := range []bool{false, true} {
			sealed, err := f.card(m)
			if err != nil {
				return err
			}
			card, err := f.keys.Reveal(sealed)
			if err != nil {
				return err
			}
			right, err := f.right(sealed)
			if err != nil {
				return err
			}
			wrong := scratch.Answer{Picks: card.Picks}
			if m != scratch.Rub {
				wrong = scratch.Answer{Trace: scratch.Trace{{X: 1600, Y: 1000, Down: true}}}
			}
			if both {
				wrong.Picks |= right.Picks
				wrong.Trace = append(wrong.Trace, right.Trace...)
			}
			tries++
			if f.passes(sealed, here, wrong) {
				passes++
			}
		}
	}
	f.count("card: an answer of another mode, alone and beside the right one", tries, passes, 0)
	return nil
}

func (f *forger) responses() error {
	text, err := f.solved()
	other, err2 := f.solved()
	sealed, err3 := f.card(scratch.Rub)
	t, _, err4 := f.ticket(scratch.Rub, "")
	stranger, err5 := newDesk(nil)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		return err
	}
	redeem := func(text string) bool { _, err := f.judges.Redeem(f.ctx, text, here); return err == nil }
	f.each("response: every letter edited", edits(text), redeem)
	f.each("response: spliced with another", splices(text, other), redeem)
	f.each("response: a ticket, a card, nothing", append(nothings(), t.Sealed, sealed), redeem)
	_, err = stranger.Redeem(f.ctx, text, here)
	f.once("response: another key", err == nil, 0)
	_, err = f.late.Redeem(f.ctx, text, here)
	f.once("response: expired", err == nil, 0)
	_, err = f.judges.Redeem(f.ctx, text, elsewhere()["another site"])
	f.once("response: at another site", err == nil, 0)
	f.once("response: the true one", redeem(text), 1)
	f.each("response: the same once more", []string{text, text, text}, redeem)
	for _, name := range []string{"another action", "another host"} {
		text, err := f.solved()
		if err != nil {
			return err
		}
		_, err = f.judges.Redeem(f.ctx, text, elsewhere()[name])
		f.once("response: at "+name, err == nil, 0)
		f.once("response: then at its own place", redeem(text), 0)
	}
	return nil
}

// secondRounds uses one Again for many tickets.
func (f *forger) secondRounds() error {
	sealed, err := f.card(scratch.Rub)
	if err != nil {
		return err
	}
	card, err := f.keys.Reveal(sealed)
	if err != nil {
		return err
	}
	ruler := scratchtest.Human{Exact: true, Pace: 1}.Rub(f.r, card.Chickens[0], card.Chickens[1])
	v, err := f.judge(sealed, scratch.Answer{Trace: ruler})
	if err != nil {
		return err
	}
	f.once("second round: a ruled trace passes at the first", v.Result == scratch.Pass, 0)
	if v.Result != scratch.Again {
		return errors.New("a ruled trace over both chickens was not asked again")
	}
	deals := func(text string) bool {
		t, err := f.Deal(scratch.Offer{Place: here, Mode: scratch.Rub, Again: text})
		return err == nil && text != "" && t.Sealed != ""
	}
	f.each("second round: every letter edited", edits(v.Again), deals)
	_, err = f.late.Deal(scratch.Offer{Place: here, Mode: scratch.Rub, Again: v.Again})
	f.once("second round: expired", err == nil, 0)
	for _, name := range places {
		_, err = f.Deal(scratch.Offer{Place: elsewhere()[name], Mode: scratch.Rub, Again: v.Again})
		f.once("second round: at "+name, err == nil, 0)
	}
	passes := 0
	const tries = 25
	for range tries {
		t, s, err := f.ticket(scratch.Rub, v.Again)
		if err != nil {
			return err
		}
		passed, err := f.drawnAndAnswered(t, s)
		if err != nil {
			return err
		}
		if passed {
			passes++
		}
	}
	f.count("second round: many tickets of one, each answered right", tries, passes, 1)
	return nil
}

// atOnce uses one thing a thousand times at the same moment, half of them at each of two nodes.
func (f *forger) atOnce() error {
	const times = 1000
	together := func(try func(node *scratch.Dealer) bool) int {
		var passes atomic.Int64
		var all sync.WaitGroup
		start := make(chan struct{})
		now := func() time.Time { return time.Now().Add(2 * later / 3) }
		second, err := scratch.New(scratch.Config{Keys: f.keys, Spent: f.spent, Now: now, Bits: 1})
		if err != nil {
			return -1
		}
		for i := range times {
			all.Go(func() {
				<-start
				if try([]*scratch.Dealer{f.judges, second}[i%2]) {
					passes.Add(1)
				}
			})
		}
		close(start)
		all.Wait()
		return int(passes.Load())
	}
	for _, m := range []struct {
		name string
		mode scratch.Mode
	}{{"rubbed card", scratch.Rub}, {"card of calls", scratch.Listen}, {"card without script", scratch.Pick}} {
		sealed, err := f.card(m.mode)
		if err != nil {
			return err
		}
		right, err := f.right(sealed)
		if err != nil {
			return err
		}
		f.count("at once: one solved "+m.name, times, together(func(node *scratch.Dealer) bool {
			v, err := node.Judge(f.ctx, sealed, here, right)
			return err == nil && v.Result == scratch.Pass
		}), 1)
	}
	text, err := f.solved()
	if err != nil {
		return err
	}
	f.count("at once: one response", times, together(func(node *scratch.Dealer) bool {
		_, err := node.Redeem(f.ctx, text, here)
		return err == nil
	}), 1)
	t, s, err := f.ticket(scratch.NoPuzzle, "")
	if err != nil {
		return err
	}
	f.count("at once: one ticket without puzzle, its responses redeemed", times, together(func(node *scratch.Dealer) bool {
		drawn, err := node.Draw(t.Sealed, s, here)
		if err != nil {
			return false
		}
		_, err = node.Redeem(f.ctx, drawn.Response, here)
		return err == nil
	}), 1)
	return nil
}
