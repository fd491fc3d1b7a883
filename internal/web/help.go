package web

import (
	"net/http"

	"twohens/internal/web/page"
)

// helpPage shows the list of articles, or one of them.
func (w *Web) helpPage(rw http.ResponseWriter, r *http.Request) {
	article := r.PathValue("article")
	if article != "" && !page.HasArticle(article) {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	w.show(rw, r, http.StatusOK, page.Help{Article: article, Policy: w.Engine.Policy, Rules: w.Rules})
}
