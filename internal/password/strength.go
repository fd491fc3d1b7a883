package password

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Level is how strong a password looks.
type Level int

// The levels: how many of the four eggs are filled.
const (
	NotYet Level = iota // shorter than the site asks for
	Weak
	Fair
	Good
	Strong
)

// String returns a key to choose words by.
func (l Level) String() string {
	return [...]string{"not-yet", "weak", "fair", "good", "strong"}[l]
}

// Hint is a key to the one thing worth telling.
type Hint string

// The hints, with their words in English.
const (
	HintLength  Hint = "length"   // "8 characters or more."
	HintEasy    Hint = "easy"     // "Easy to guess. Add a word or two."
	HintLonger  Hint = "longer"   // "Longer is stronger. Add a word."
	HintOneMore Hint = "one-more" // "One more word would make it strong."
	HintNothing Hint = "nothing"  // "Nothing to add."
)

// Advice is what the strength meter says. It decides nothing: a weak
// password that [Rules.Check] lets through may be set.
type Advice struct {
	Level     Level
	Hint      Hint
	MinLength int // code points, to word HintLength
}

// The guesses, as logarithms to base 2, from which on a password is fair, good and
// strong. Attackers who stole the hashes make some 30 guesses a second on a core at
// the costs of R-85: fair holds a core for days, good for years, strong for
// thousands of years.
const (
	fairBits   = 22
	goodBits   = 32
	strongBits = 42
)

// judged is how many code points are looked at. What comes after can only make a
// password stronger, and the work grows with the square.
const judged = 72

// Strength says how strong p looks. It estimates how many guesses an attacker needs
// who tries common passwords, words, sequences, dates and repetitions first, the way
// of zxcvbn (Wheeler, USENIX Security 2016), with the list of common passwords as
// its only dictionary.
func (r Rules) Strength(p Password, about About) Advice {
	a := Advice{MinLength: r.minLength()}
	if p.Length() < a.MinLength {
		a.Level, a.Hint = NotYet, HintLength
		return a
	}
	names := append(addressNames(about.Email), r.SiteName)
	switch bits := guessBits(p.Reveal(), names); {
	case bits < fairBits, len(r.guessable(p, about)) > 0:
		a.Level, a.Hint = Weak, HintEasy
	case bits < goodBits:
		a.Level, a.Hint = Fair, HintLonger
	case bits < strongBits:
		a.Level, a.Hint = Good, HintOneMore
	default:
		a.Level, a.Hint = Strong, HintNothing
	}
	return a
}

// guessBits estimates the logarithm to base 2 of the guesses that text stands up to:
// the cheapest way to put it together from single characters and known pieces. Each
// piece costs one bit more than itself, for the attacker has to guess where it is.
func guessBits(text string, names []string) float64 {
	g := newGuesser(text, names)
	n := len(g.typed)
	cheapest := make([]float64, n+1) // to put together the first i characters
	for i := 1; i <= n; i++ {
		cheapest[i] = math.Inf(1)
	}
	for start := range n {
		reach := func(end int, bits float64) {
			cheapest[end] = min(cheapest[end], cheapest[start]+bits)
		}
		reach(start+1, characterBits(g.typed[start]))
		for end := start + 2; end <= n; end++ {
			if bits, known := g.piece(start, end); known {
				reach(end, bits+1)
				g.repetitions(start, end, bits, reach)
			}
		}
		for size := 1; start+2*size <= n; size++ {
			plain := 0.0
			for _, r := range g.typed[start : start+size] {
				plain += characterBits(r)
			}
			g.repetitions(start, start+size, plain, reach)
		}
	}
	return cheapest[n]
}

// characterBits is what one character costs that belongs to no known piece. Letters
// cost less than a random one would: what looks unknown here is often a word of a
// language that the list does not cover.
func characterBits(r rune) float64 {
	switch {
	case '0' <= r && r <= '9':
		return 3.3
	case 'a' <= r && r <= 'z':
		return 4.2
	case r == ' ':
		return 2
	case r < utf8.RuneSelf:
		return 5
	}
	return 6
}

// guesser looks for known pieces in one text.
type guesser struct {
	typed  []rune
	folded []rune // the same, lower case, of the same length
	plain  []rune // the same, with digits and signs for letters undone
	names  map[string]bool
	widest int // characters of the longest word there is to look for
}

// substitutes are the letters that a digit or a sign is often typed for.
var substitutes = map[rune]rune{
	'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '!': 'i', '|': 'l', '+': 't',
}

func newGuesser(text string, names []string) *guesser {
	g := &guesser{names: make(map[string]bool), widest: longestCommon()}
	for _, r := range text {
		if len(g.typed) == judged {
			break
		}
		low := unicode.ToLower(r)
		plain := low
		if letter, found := substitutes[low]; found {
			plain = letter
		}
		g.typed, g.folded, g.plain = append(g.typed, r), append(g.folded, low), append(g.plain, plain)
	}
	for _, name := range names {
		g.add(name)
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			g.add(word)
		}
	}
	return g
}

func (g *guesser) add(name string) {
	if size := utf8.RuneCountInString(name); size > 2 {
		g.names[strings.ToLower(name)] = true
		g.widest = max(g.widest, size)
	}
}

// piece returns what the characters from start to before end cost as one known
// piece; false if they are none.
func (g *guesser) piece(start, end int) (bits float64, known bool) {
	bits = math.Inf(1)
	if end-start > 2 {
		bits = sequence(g.folded[start:end])
		if end-start <= g.widest {
			bits = min(bits, g.word(start, end), keyRun(g.folded[start:end]))
		}
	}
	bits = min(bits, date(g.typed[start:end]))
	return bits, !math.IsInf(bits, 1)
}

// word is what a common password costs, or a name that belongs to the person or the
// site, also with capitals, with digits for letters, or read backwards.
func (g *guesser) word(start, end int) float64 {
	bits := g.dictionary(string(g.folded[start:end]))
	bits = min(bits, 2+g.dictionary(string(g.plain[start:end])))
	bits = min(bits, 1+g.dictionary(reversed(g.folded[start:end])))
	return bits + capitalBits(g.typed[start:end])
}

func (g *guesser) dictionary(word string) float64 {
	if g.names[word] {
		return 1 // the first thing to try
	}
	if log2, found := commonRank(word); found {
		return float64(log2) + 1
	}
	return math.Inf(1)
}

// capitalBits is what capitals add to a word: little if it is the first or all of
// them, as people do.
func capitalBits(typed []rune) float64 {
	capitals, letters := 0, 0
	for _, r := range typed {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	switch {
	case capitals == 0:
		return 0
	case capitals == letters || capitals == 1 && unicode.IsUpper(typed[0]):
		return 1
	}
	return 2 + float64(min(capitals, letters-capitals))
}

// repetitions finds how often the piece from start to before end, which costs bits,
// stands there one after the other.
func (g *guesser) repetitions(start, end int, bits float64, reach func(end int, bits float64)) {
	size := end - start
	for at, times := end, 2; at+size <= len(g.folded); at, times = at+size, times+1 {
		for i := range size {
			if g.folded[at+i] != g.folded[start+i] {
				return
			}
		}
		reach(at+size, bits+math.Log2(float64(times))+1)
	}
}

// sequence is what a run along an alphabet costs.
func sequence(s []rune) float64 {
	if !run(s) {
		return math.Inf(1)
	}
	return 4 + math.Log2(float64(len(s)))
}

// keyRows are keys that lie side by side, on the keyboards that most people have.
var keyRows = []string{
	"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
	"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "!@#$%^&*()_+",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
	"147258369", "789456123", "1q2w3e4r5t6y7u8i9o0p",
}

// keyRun is what a run along such a row costs, either way.
func keyRun(s []rune) float64 {
	there, back := string(s), reversed(s)
	for _, row := range keyRows {
		if strings.Contains(row, there) || strings.Contains(row, back) {
			return 6 + math.Log2(float64(len(s)))
		}
	}
	return math.Inf(1)
}

// date is what a year costs, or a day in figures, with or without something between:
// "1987", "24121987", "24.12.87", "1987-12-24".
func date(s []rune) float64 {
	const yearBits, dayBits = 7, 9 // 120 years; 366 days and some orders to write them in
	if len(s) != 4 && len(s) != 6 && len(s) != 8 && len(s) != 10 {
		return math.Inf(1)
	}
	var digits []byte
	signs := 0
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits = append(digits, byte(r-'0'))
		case strings.ContainsRune("-/. _", r):
			signs++
		default:
			return math.Inf(1)
		}
	}
	number := func(from, to int) (n int) {
		for _, d := range digits[from:to] {
			n = 10*n + int(d)
		}
		return n
	}
	day := func(from int) bool { // day and month, in either order
		a, b := number(from, from+2), number(from+2, from+4)
		return 1 <= a && a <= 31 && 1 <= b && b <= 12 || 1 <= a && a <= 12 && 1 <= b && b <= 31
	}
	year := func(from int) bool { n := number(from, from+4); return 1900 <= n && n < 2050 }
	switch {
	case signs != 0 && signs != 2:
		return math.Inf(1)
	case signs == 0 && len(digits) == 4 && year(0):
		return yearBits
	case len(digits) == 6 && (day(0) || day(2)), len(digits) == 8 && (day(0) && year(4) || year(0) && day(4)):
		return yearBits + dayBits
	}
	return math.Inf(1)
}

func reversed(s []rune) string {
	var b strings.Builder
	for i := len(s) - 1; i >= 0; i-- {
		b.WriteRune(s[i])
	}
	return b.String()
}
