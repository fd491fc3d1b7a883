package password

import (
	_ "embed"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/cases"
)

//go:generate go run ./common/generate common

// commonList is the list of common passwords, made by common/generate, which tells
// its form. It is searched where it lies in the program's file: nothing is unpacked
// at start, nothing is put on the heap, and the system loads only the pages that
// searches touch. Whole words, not hashes, so that no good password is ever refused
// by a collision.
//
//go:embed common/passwords.txt
var commonList string

// commonBySize holds the list's lines: at n the words of n bytes, sorted, each
// followed by a letter for its rank.
var commonBySize = sync.OnceValue(func() []string {
	return append([]string{""}, strings.Split(strings.TrimSuffix(commonList, "\n"), "\n")...)
})

// CommonWords is the number of passwords on the list of common ones.
func CommonWords() int {
	words := 0
	for size, line := range commonBySize() {
		words += len(line) / (size + 1)
	}
	return words
}

// longestCommon is the length of the longest word on the list.
func longestCommon() int { return len(commonBySize()) - 1 }

// commonRank tells whether a word in lower case is a common password, and if so the
// logarithm to base 2, rounded down, of its rank among them: 0 for the first.
func commonRank(word string) (log2 int, found bool) {
	lines := commonBySize()
	size := len(word)
	if size == 0 || size >= len(lines) {
		return 0, false
	}
	line, width := lines[size], size+1
	i, found := sort.Find(len(line)/width, func(i int) int {
		return strings.Compare(word, line[i*width:i*width+size])
	})
	if !found {
		return 0, false
	}
	return int(line[i*width+size] - 'a'), true
}

// isCommon tells whether a password, folded, is among those that attackers try
// first: a word of the list, or one of the patterns that the list's makers
// left out of it because their program finds them otherwise, though many a breach
// has them among the first 3,000. Those are one run along an alphabet ("abcdefgh",
// "0987654321"), and one or two characters, a run or a word of the list said again
// and again ("00000000", "12121212", "123123123", "passwordpassword").
func isCommon(folded string) bool {
	if _, found := commonRank(folded); found {
		return true
	}
	text := []rune(folded)
	if run(text) {
		return true
	}
	for size := 1; size <= len(text)/2; size++ {
		if len(text)%size != 0 || strings.Repeat(string(text[:size]), len(text)/size) != folded {
			continue
		}
		_, word := commonRank(string(text[:size]))
		return size <= 2 || word || run(text[:size]) // the shortest block: longer ones are it again
	}
	return false
}

// run tells whether at least three characters stand there of which each is the next
// in its alphabet, or each the one before: "abc", "9876", "клмн". 0 comes after 9 as
// well as before 1.
func run(text []rune) bool {
	if len(text) < 3 {
		return false
	}
	next := func(a, b rune) bool { return b == a+1 || a == '9' && b == '0' }
	up, down := true, true
	for i := 1; i < len(text); i++ {
		up = up && next(text[i-1], text[i])
		down = down && next(text[i], text[i-1])
	}
	return up || down
}

// fold returns s as it is compared: without regard to case, in any script. s is in
// normal form C.
func fold(s string) string { return cases.Fold().String(s) }
