package help

import "sync"

// Ratings counts how often an article was said to help, since the start. It knows articles and nothing of the people who said it:
// a number cannot be traced. It may be used by any number of goroutines; it holds one pair of numbers for each article there is.
type Ratings struct {
	mu     sync.Mutex
	counts map[string]Rating
}

// Rating is what was said of one article.
type Rating struct{ Yes, No int }

// Count takes one answer in and gives what there is now.
func (r *Ratings) Count(article *Article, helpful bool) Rating {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = make(map[string]Rating)
	}
	now := r.counts[article.Slug]
	if helpful {
		now.Yes++
	} else {
		now.No++
	}
	r.counts[article.Slug] = now
	return now
}
