package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
	"twohens/internal/web/page"
)

// questionsPage asks all questions at once. Until the worker has brought them, everyone sees the same short waiting page.
func (w *Web) questionsPage(rw http.ResponseWriter, r *http.Request) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, "/recover/questions") {
		return
	}
	w.showQuestions(rw, r, http.StatusOK, page.Questions{View: view, Said: said(r, recovery.Missed, recovery.TriesUsed, recovery.Empty)})
}

func (w *Web) showQuestions(rw http.ResponseWriter, r *http.Request, status int, model page.Questions) {
	if !model.View.Ready {
		w.show(rw, r, status, page.Wait{Next: "/recover/questions"})
		return
	}
	model.Claim, model.ADay = secret.NewOpaque().Reveal(), w.Engine.Policy.AnswersADay
	w.show(rw, r, status, model)
}

// maxAnswers bounds how many answers are read. No policy asks for as many questions.
const maxAnswers = 12

// given reads the answers in the order of the questions: the fields answer-1, answer-2, up to the first that is not there.
func given(values url.Values) []question.Answer {
	var list []question.Answer
	for n := 1; n <= maxAnswers; n++ {
		field := "answer-" + strconv.Itoa(n)
		if !values.Has(field) {
			break
		}
		answer, _ := question.Parse(values.Get(field)) // what is too long is no answer
		list = append(list, answer)
	}
	return list
}

// answers judges them, with one verdict for all. They are never shown back and never kept.
func (w *Web) answers(rw http.ResponseWriter, r *http.Request, values url.Values) {
	holder := w.secretCookie(r, cookieRequest)
	view, outcome, grant, err := w.Engine.Answer(r.Context(), holder, given(values), claim(values))
	if errors.Is(err, password.ErrBusy) {
		if view, ok := w.queued(rw, r, "/recover/questions"); ok {
			w.showQuestions(rw, r, http.StatusServiceUnavailable, page.Questions{View: view, Busy: true})
		}
		return
	}
	w.judged(rw, r, view, outcome, grant, err)
}

// queued is for when too many hashes are being computed: the request, to show the page of the way once more with when to come
// again. It cost no try.
func (w *Web) queued(rw http.ResponseWriter, r *http.Request, at string) (recovery.View, bool) {
	view, ok := w.view(rw, r)
	if !ok || !w.placed(rw, r, view, at) {
		return view, false
	}
	setRetryAfter(rw, busyFor)
	return view, true
}
