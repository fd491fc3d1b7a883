package question

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// normal is the form in which answers are compared: letters and digits alone, as any keyboard and any mood would give
// them. Somebody who answers after three years on another device must not fail on an accent, and what is thus thrown away is
// seldom what an attacker could not guess.
//
//   - Compatibility forms are one: full width, ligatures (Unicode NFKC).
//   - Case is folded, "ß" to "ss", and the Turkish letters i with and without a dot are one: a person whose phone writes "ISPARTA"
//     may have typed "Isparta" with either.
//   - Spaces, punctuation, symbols and invisible marks are dropped: "Jean-Luc", "Jean Luc" and "jeanluc" are one answer.
//   - Accents of Latin and Greek letters are dropped, "José" is "jose", for keyboards that lack them. So "Müller" is "muller" and
//     not "mueller". In Cyrillic ё is е and stress marks go, but й, ї and ў are letters of their own and stay.
//   - Arabic: harakat and tatweel are dropped; the forms of alef with hamza or madda are alef, hamza is taken off waw and yeh, alef
//     maqsura is yeh, teh marbuta is heh, and the Persian letters kaf and yeh are the Arabic ones. All of these are written either
//     way. Points of Hebrew are dropped. Marks of other scripts are parts of letters and stay.
//   - Digits of every script are the digits 0 to 9.
//
// The form of a stored answer must never change: a table in the tests holds examples. It is its own normal form.
func normal(text string) string {
	text = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(text)))
	var b strings.Builder
	base := rune(0) // the letter that a mark would stand on
	for _, r := range text {
		r = unicode.ToLower(r) // nothing more to do, but for Cherokee, whose two cases the folding swaps
		switch {
		case ignorable(r):
		case unicode.IsMark(r):
			if base != 0 && markStays(base, r) {
				b.WriteRune(r)
			}
		case unicode.IsDigit(r):
			base = decimal(r)
			b.WriteRune(base)
		case unicode.IsLetter(r), unicode.IsNumber(r):
			base = r
			if same, ok := unified[r]; ok {
				b.WriteString(same)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return norm.NFC.String(b.String())
}

// ignorable says that a character is a letter or a mark by name only: tatweel, the apostrophes among the letters, and those that
// show nothing.
func ignorable(r rune) bool {
	return r == '\u0640' || r >= '\u02b9' && r <= '\u02c1' || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// markStays says that a mark makes another letter of the one it stands on, rather than an accent or a vowel that people leave out.
func markStays(base, mark rune) bool {
	switch {
	case unicode.Is(unicode.Me, mark), unicode.IsDigit(base):
		return false
	case unicode.In(base, unicode.Latin, unicode.Greek, unicode.Arabic, unicode.Hebrew):
		return false
	case unicode.Is(unicode.Cyrillic, base):
		return mark != '\u0300' && mark != '\u0301' && (mark != '\u0308' || base != 'е')
	}
	return true
}

// decimal is a digit of any script as 0 to 9. The digits of a script follow each other, from its zero on.
func decimal(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return r
}

// unified are letters that a keyboard may lack or that are written either way. None of them is taken apart by Unicode itself.
var unified = map[rune]string{
	'ı': "i", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'æ': "ae", 'œ': "oe", 'ŧ': "t",
	'ى': "ي", 'ی': "ي", 'ة': "ه", 'ک': "ك", 'ٱ': "ا",
}
