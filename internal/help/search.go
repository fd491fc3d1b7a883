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

// index finds articles by the beginnings of their words. It is built by the first search, which takes some milliseconds that a start
// need not wait for, and then only read.
type index struct {
	articles []*Article
	postings []posting    // sorted by word
	passages [][][]string // the words of each passage of each article
}

// newIndex takes the articles of some topics in. Their order decides between those that are worth the same.
func newIndex(topics []*Topic) *index {
	x := new(index)
	for _, t := range topics {
		for _, a := range t.Articles {
			x.add(a)
		}
	}
	slices.SortFunc(x.postings, func(a, b posting) int {
		return cmp.Or(strings.Compare(a.word, b.word), cmp.Compare(a.article, b.article))
	})
	return x
}

func (x *index) add(a *Article) {
	number := len(x.articles)
	x.articles = append(x.articles, a)
	worth := make(map[string]int)
	put := func(text string, most int) (words []string) {
		tokens(text, func(word string) {
			if r := []rune(word); len(r) == 2 && unicode.Is(unicode.Han, r[1]) {
				worth[string(r[1])] = max(worth[string(r[1])], most) // found by its end, too
			}
			for ok := true; ok; word, ok = less(word) { // with its articles too: who has typed two letters has not typed more than one of them
				words = append(words, word)
				worth[word] = max(worth[word], most)
			}
		})
		return words
	}
	put(a.Title, inTitle)
	for _, keyword := range a.keywords {
		put(keyword, inKeywords)
	}
	var passages [][]string
	for _, passage := range a.passages {
		passages = append(passages, put(passage, inText))
	}
	x.passages = append(x.passages, passages)
	for word, most := range worth {
		x.postings = append(x.postings, posting{word, number, most})
	}
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
	x := e.index()
	worth := x.find(words[0])
	for _, word := range words[1:] {
		more := x.find(word)
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
		hits = append(hits, Hit{x.articles[article], x.snippet(article, words)})
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
		word = bare(word)
		if len(words) < mostWords && !slices.Contains(words, word) {
			words = append(words, word)
		}
	})
	return words
}

// longestSnippet is in runes, about two lines.
const longestSnippet = 160

// snippet is the passage that most of the words are in, or where none is, the first.
func (x *index) snippet(article int, words []string) string {
	best, most := "", -1
	for i, passage := range x.passages[article] {
		found := 0
		for _, word := range words {
			if slices.ContainsFunc(passage, func(has string) bool { return strings.HasPrefix(has, word) }) {
				found++
			}
		}
		if found > most {
			best, most = x.articles[article].passages[i], found
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
