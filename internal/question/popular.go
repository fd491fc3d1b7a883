package question

import (
	"embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"twohens/internal/locale"
)

//go:embed popular/*.txt
var popularFiles embed.FS

// likely are the answers that are refused: those that people give to anything, and those to one question. Sets of normal forms.
type likely struct {
	anything map[string]bool
	question map[ID]map[string]bool
}

// popular is read when somebody first sets up answers, not when the program starts.
var popular = sync.OnceValue(func() likely {
	l := likely{anything: make(map[string]bool), question: make(map[ID]map[string]bool)}
	for _, name := range []string{"anything", "names", "places"} {
		for line := range popularLines(name) {
			addAnswers(l.anything, line)
		}
	}
	for line := range popularLines("questions") {
		id, answers, _ := strings.Cut(line, ":")
		if l.question[ID(id)] == nil {
			l.question[ID(id)] = make(map[string]bool)
		}
		addAnswers(l.question[ID(id)], answers)
	}
	for _, q := range All {
		if l.question[q.ID] == nil {
			l.question[q.ID] = make(map[string]bool)
		}
		for _, language := range locale.All() {
			addWords(l.question[q.ID], locale.For(language.Tag).T(q.ID.Key()))
		}
	}
	return l
})

// popularLines gives the lines of a file of popular answers, comments left out.
func popularLines(name string) func(func(string) bool) {
	text, err := popularFiles.ReadFile("popular/" + name + ".txt")
	if err != nil {
		panic(err) // the files are a part of the program
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

func addAnswers(to map[string]bool, line string) {
	for answer := range strings.SplitSeq(line, ",") {
		if form := normal(answer); form != "" {
			to[form] = true
		}
	}
}

// longestPhrase is how many words of a question, one after the other, make an answer that is refused.
const longestPhrase = 4

// addWords adds a question's own text, its words and its phrases: the laziest answers, and different for every question. A text
// without spaces, such as a Chinese one, is cut between characters.
func addWords(to map[string]bool, text string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	if strings.ContainsFunc(text, han) {
		words = strings.Split(normal(text), "")
	}
	for i := range words {
		for n := i + 1; n <= min(i+longestPhrase, len(words)); n++ {
			to[normal(strings.Join(words[i:n], " "))] = true
		}
	}
	to[normal(text)] = true
}

// Popular says that an answer is among those that attackers try first: one that many people give, to this question or to any, be it
// with an article before it or digits behind; one that is a part of the question; a run along the alphabet or a row of keys;
// something said again and again; digits alone, which no question asks for.
func Popular(id ID, a Answer) bool {
	text := a.reveal()
	if pattern(text) {
		return true
	}
	l := popular()
	listed := func(text string) bool { return l.anything[text] || l.question[id][text] }
	bare := strings.TrimRight(text, "0123456789")
	if listed(text) || listed(bare) {
		return true
	}
	for _, article := range articles {
		if rest, ok := strings.CutPrefix(bare, article); ok && listed(rest) {
			return true
		}
	}
	return false
}

// articles are what people put before a word without changing it, in the normal form.
var articles = [...]string{"the", "my", "a", "our", "el", "la", "los", "las", "mi", "un", "una", "ال", "我的"}

// rows are the keys of a keyboard in their order, and the alphabets.
var rows = [...]string{
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
	"abcdefghijklmnopqrstuvwxyz", "ضصثقفغعهخحجد", "شسيبلاتنمكط", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ",
	"йцукенгшщзхъ", "фывапролджэ", "абвгдежзийклмнопрстуфхцчшщ", "一二三四五六七八九十",
}

// pattern says that a text is no word: digits alone, at most two different characters, a short piece said again and again, or a run
// along one of the rows in either direction.
func pattern(text string) bool {
	letters := []rune(text)
	different := make(map[rune]bool)
	for _, r := range letters {
		different[r] = true
	}
	if strings.Trim(text, "0123456789") == "" || len(different) == 1 || len(different) == 2 && len(letters) > 3 {
		return true
	}
	for size := 1; size <= len(letters)/3; size++ {
		if piece := string(letters[:size]); len(letters)%size == 0 && strings.Repeat(piece, len(letters)/size) == text {
			return true
		}
	}
	if utf8.RuneCountInString(text) < 3 {
		return false
	}
	for _, row := range rows {
		if strings.Contains(row, text) || strings.Contains(row, reversed(letters)) {
			return true
		}
	}
	return false
}

func reversed(letters []rune) string {
	var b strings.Builder
	for i := len(letters) - 1; i >= 0; i-- {
		b.WriteRune(letters[i])
	}
	return b.String()
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }
