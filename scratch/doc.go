// Package scratch is a picture challenge: a card with nine birds and beasts
// under a frosted cover, of which a person uncovers the two chickens and leaves
// the others alone. It stands by itself and imports nothing of the product.
//
// # What is secret, and where
//
// A Dealer deals a card: 32 random bytes, sealed (XChaCha20-Poly1305) together
// with what the card is for (site, action, mode), when it may be answered, and a
// random id. The server keeps nothing of it. The seed decides the whole card, so
// whoever holds the key can draw it and knows where the chickens are; the
// browser gets pictures, never places, and never learns before it submits
// whether it is right.
//
// # Once
//
// An answer first spends the card's id, in one atomic step shared by all nodes,
// and is judged after that. A card that is unknown, edited, expired, spent, of
// another site, action or mode fails. There is no answer that passes twice, and
// no second try on the same card.
//
// # Judging
//
// A rubbed card is judged from the pointer's trace alone, replayed with the same
// brush of 28 CSS pixels on a mask of 4 pixel cells: each chicken at least 60 %
// uncovered, every other animal at most 45 %, the card at most 45 %. A dab
// uncovers less than that of any animal, so a peek is free. No dragging is
// needed: a tap is a dab, and so is a press of the space bar. The form without
// script shows the card open with numbers, and the answer is the two numbers.
//
// # What it is worth
//
// The drawings are open, so anyone can draw as many labelled cards as they like
// and train a detector on them. What holds a machine back is what each try
// costs and that it counts once; the card adds to that. Styles derived from a
// site's secret and the week make pictures collected elsewhere worth less.
package scratch
