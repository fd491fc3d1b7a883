package web

import (
	"net/http"
	"net/url"
	"strings"

	"twohens/internal/help"
	"twohens/internal/web/page"
)

// helpPage shows all topics of the help, or one.
func (w *Web) helpPage(rw http.ResponseWriter, r *http.Request) {
	topic := r.PathValue("topic")
	if topic != "" && w.edition(r).Topic(topic) == nil {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	w.show(rw, r, http.StatusOK, page.Help{Topic: topic})
}

// articlePage shows an article.
func (w *Web) articlePage(rw http.ResponseWriter, r *http.Request) {
	article := w.edition(r).Article(r.PathValue("article"))
	if article == nil {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	w.show(rw, r, http.StatusOK, page.Article{
		Slug: article.Slug, Counted: r.URL.Query().Get("said") == saidCounted, Paces: w.pacesOf(r, article.Slug),
	})
}

// searchPage shows what the help has on some words. They are looked up in memory and kept nowhere.
func (w *Web) searchPage(rw http.ResponseWriter, r *http.Request) {
	w.show(rw, r, http.StatusOK, page.Search{Query: sought(r.URL.Query())})
}

// longestSought is in bytes: more than the field takes in any script.
const longestSought = 1000

// sought is what was typed into the field of the search, as far as it is text.
func sought(query url.Values) string {
	words := query.Get("q")
	return strings.ToValidUTF8(words[:min(len(words), longestSought)], "")
}

// saidCounted is in the address of an article after it was rated.
const saidCounted = "counted"

// rate counts whether an article helped. Nothing of who says so is kept, so one person can count twice; the gate's limits keep it from
// being many thousand times.
func (w *Web) rate(rw http.ResponseWriter, r *http.Request, values url.Values) {
	article := w.edition(r).Article(r.PathValue("article"))
	if article == nil {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	said := values.Get("helpful")
	if said != "yes" && said != "no" {
		w.problem(rw, r, http.StatusUnprocessableEntity, "form")
		return
	}
	refusal, err := w.Gate.Rate(r.Context(), w.Client(r))
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	if refusal.Reason != "" {
		w.limited(rw, r, refusal.RetryAfter)
		return
	}
	now := w.ratings.Count(article, said == "yes")
	w.Log.InfoContext(r.Context(), "an article of the help was rated", "article", article.Slug, "helpful", said, "yes", now.Yes, "no", now.No)
	http.Redirect(rw, r, "/help/"+article.Slug+"?said="+saidCounted, http.StatusSeeOther)
}

// edition is the help in the language of the person.
func (w *Web) edition(r *http.Request) *help.Edition { return w.Renderer.Help.In(w.language(r).Tag) }
