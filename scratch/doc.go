// Package scratch is a challenge: a card with nine birds and beasts under a
// frosted cover, of which a person uncovers the two chickens and leaves the
// others alone; or eight calls, of which two are chickens'; or neither, for
// those who can do neither. It stands by itself and imports nothing of the
// product. Package widget puts it on pages.
//
// # The stages
//
// A Dealer deals a ticket, which costs the browser some work. For the work it
// draws a card. For the right answer it gives a response, which whoever guards
// something redeems, once:
//
//	Deal -> Ticket -> (work) -> Draw -> card -> (answer) -> Judge -> response -> Redeem
//
// All of it travels sealed (XChaCha20-Poly1305) with the person; the server keeps
// nothing but the ids that were spent. Each text is good as what it is, for the
// place it was made for: site, action and the page's host. Browsers without a
// script, which can do no work, get their card from Plain, and wait longer.
//
// # What is secret, and where
//
// The card's seed follows from its id and the key, and decides how everything
// looks and sounds. The sealed card holds its own answer, under the seal: which
// animal is to be seen in which cell, and which are chickens. So judging draws
// nothing. The browser gets pictures and sounds, never places, and never learns
// before it submits whether it is right.
//
// # Once
//
// An answer first spends the card's id, in one atomic step shared by all nodes,
// and is judged after that. A card that is unknown, edited, expired, spent, of
// another place or mode fails. There is no answer that passes twice, and no
// second try on the same card. A card's id is its ticket's, so one piece of work
// is one card, however often it is handed in; and that of a second round is in
// its seal, so it is one card too. Responses are redeemed in the same way.
//
// # Judging
//
// A rubbed card is judged from the pointer's trace alone, replayed with the same
// brush of 28 CSS pixels on a mask of 4 pixel cells: each chicken at least 60 %
// uncovered, every other animal at most 45 %, the card at most 45 %. A dab
// uncovers less than that of any animal, so a peek is free. No dragging is
// needed: a tap is a dab, and so is a press of the space bar. A trace that is
// right and moves as no hand does is asked for a second round, in which that is
// not looked at. It is dropped then, and never stored. The form without script
// shows the card open with numbers, and the answer is the two numbers.
//
// # What it is worth
//
// The drawings are open, so anyone can draw as many labelled cards as they like
// and train a detector on them. What holds a machine back is what each try
// costs and that it counts once; the card adds to that. Styles derived from a
// site's secret and the week make pictures collected elsewhere worth less.
// docs/challenge/strength.md has the figures.
package scratch
