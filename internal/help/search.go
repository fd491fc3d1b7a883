package help

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// What one search may be. A longer query is cut: nobody means the rest of it.
const (
	longestQuery = 200 // runes
	mostWords    = 12
	mostHits     = 20
)

// What it is worth where a word is found. The steps are so wide that no number of lesser finds makes up for one of the next kind.
const (
	inText     = 1
	inKeywords = inText * 4 * mostWords
	inTitle    = inKeywords * 4 * mostWords
)

// whole is what it adds that the word stands there as it was typed, and not only begins so.
const whole = 1

// Hit is an article that was found.
type Hit struct {
	*Article
	Snippet string // the passage that answers best; empty when only the title was found
}

// posting says that a word stands in an article.
type posting struct {
	word    string
	article int
	worth   int
}

// index finds articles by the beginnings of their words. It is built once and then only read.
type index struct {
	articles []*Article
	postings []posting // sorted by word
}

// add takes an article in. The order of adding decides between articles that are worth the same.
func (x *index) add(a *Article) {
	number := len(x.articles)
	x.articles = append(x.articles, a)
	worth := make(map[string]int)
	put := func(text string, most int) {
		tokens(text, func(word string) {
			worth[word] = max(worth[word], most)
			if r := []rune(word); len(r) == 2 && unicode.Is(unicode.Han, r[1]) {
				worth[string(r[1])] = max(worth[string(r[1])], most) // found by its end, too
			}
		})
	}
	put(a.Title, inTitle)
	for _, keyword := range a.keywords {
		put(keyword, inKeywords)
	}
	for _, passage := range a.passages {
		put(passage, inText)
	}
	for word, most := range worth {
		x.postings = append(x.postings, posting{word, number, most})
	}
}

func (x *index) sort() {
	slices.SortFunc(x.postings, func(a, b posting) int {
		return cmp.Or(strings.Compare(a.word, b.word), cmp.Compare(a.article, b.article))
	})
}

// find says what each article is worth for the beginning of a word.
func (x *index) find(beginning string) map[int]int {
	worth := make(map[int]int)
	from, _ := slices.BinarySearchFunc(x.postings, beginning, func(p posting, word string) int { return strings.Compare(p.word, word) })
	for _, p := range x.postings[from:] {
		if !strings.HasPrefix(p.word, beginning) {
			break
		}
		is := 2 * p.worth
		if p.word == beginning {
			is += whole
		}
		worth[p.article] = max(worth[p.article], is)
	}
	return worth
}

// Search finds the articles that hold every word of a query, or a word that begins like it; the best first. Titles count before
// keywords and those before the text.
func (e *Edition) Search(query string) []Hit {
	words := queryWords(query)
	if len(words) == 0 {
		return nil
	}
	worth := e.index.find(words[0])
	for _, word := range words[1:] {
		more := e.index.find(word)
		for article := range worth {
			if more[article] == 0 {
				delete(worth, article)
			} else {
				worth[article] += more[article]
			}
		}
	}
	found := make([]int, 0, len(worth))
	for article := range worth {
		found = append(found, article)
	}
	slices.SortFunc(found, func(a, b int) int { return cmp.Or(cmp.Compare(worth[b], worth[a]), cmp.Compare(a, b)) })
	hits := make([]Hit, 0, min(len(found), mostHits))
	for _, article := range found[:min(len(found), mostHits)] {
		a := e.index.articles[article]
		hits = append(hits, Hit{a, snippet(a, words)})
	}
	return hits
}

// queryWords are the different words of a query.
func queryWords(query string) []string {
	if runes := []rune(query); len(runes) > longestQuery {
		query = string(runes[:longestQuery])
	}
	var words []string
	tokens(query, func(word string) {
		if len(words) < mostWords && !slices.Contains(words, word) {
			words = append(words, word)
		}
	})
	return words
}

// longestSnippet is in runes, about two lines.
const longestSnippet = 160

// snippet is the passage that most of the words are in, or where none is, the first.
func snippet(a *Article, words []string) string {
	best, most := "", -1
	for _, passage := range a.passages {
		found := make(map[string]bool)
		tokens(passage, func(token string) {
			for _, word := range words {
				if strings.HasPrefix(token, word) {
					found[word] = true
				}
			}
		})
		if len(found) > most {
			best, most = passage, len(found)
		}
	}
	runes := []rune(best)
	if len(runes) <= longestSnippet {
		return best
	}
	end := longestSnippet
	for n := end; n > end-20; n-- { // at the end of a word, where there is one near
		if unicode.IsSpace(runes[n]) {
			end = n
			break
		}
	}
	return strings.TrimSpace(string(runes[:end])) + "…"
}
