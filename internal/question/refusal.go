package question

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Why an answer is refused when it is set up, beside [ErrLong]. None of them holds anything of the answer.
var (
	ErrShort   = errors.New("question: the answer is too short")
	ErrPopular = errors.New("question: the answer is among those that attackers try first")
	ErrYours   = errors.New("question: the answer is the person's own address or a part of it")
	ErrSame    = errors.New("question: another question has the same answer")
)

// The least that an answer may have. Two characters of a script in which each is a syllable or a word say as much as three letters:
// most Chinese names have two or three.
const (
	leastLetters   = 3
	leastSyllables = 2
	leastWithin    = 5 // of a local part that must not stand inside an answer: "ann" is in Hannover, and Joanne
)

// Given is an answer with the question that it was given to.
type Given struct {
	ID     ID
	Answer Answer
}

// Refuse judges answers that are being set up together. It returns as many errors as there are answers, in the same order, nil for
// a good one and otherwise the first of [ErrShort], [ErrPopular], [ErrYours], [ErrSame]; of two that are the same, the later has
// the error. The addresses are the local parts of the person's own: most people have their name there, and it stands on every mail.
func Refuse(given []Given, addresses ...string) []error {
	refused := make([]error, len(given))
	seen := make(map[string]bool)
	for i, g := range given {
		text := g.Answer.reveal()
		switch {
		case short(text):
			refused[i] = ErrShort
		case Popular(g.ID, g.Answer):
			refused[i] = ErrPopular
		case yours(text, addresses):
			refused[i] = ErrYours
		case seen[text]:
			refused[i] = ErrSame
		}
		seen[text] = true
	}
	return refused
}

// short counts letters and digits, not the marks on them.
func short(text string) bool {
	letters, syllables := 0, 0
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hangul) {
			syllables++
		}
		if !unicode.IsMark(r) {
			letters++
		}
	}
	return letters < leastLetters && syllables < leastSyllables
}

// yours says that an answer holds a local part, or is one of its pieces: of ann.miller+shop, "Ann Miller" and "Miller" are refused,
// "Joe Miller" is not.
func yours(text string, addresses []string) bool {
	for _, address := range addresses {
		address, _, _ = strings.Cut(address, "+")
		for _, piece := range append(strings.FieldsFunc(address, func(r rune) bool { return !unicode.IsLetter(r) }), address) {
			if form := normal(piece); form != "" && form == text {
				return true
			}
		}
		if form := normal(address); utf8.RuneCountInString(form) >= leastWithin && strings.Contains(text, form) {
			return true
		}
	}
	return false
}
