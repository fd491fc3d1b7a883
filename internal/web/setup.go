package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"twohens/internal/engine"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/web/page"
)

// offersQuestions says whether questions may be set up, or answers. Those of before can still be removed when the site has switched
// them off.
func (w *Web) offersQuestions(rw http.ResponseWriter, r *http.Request, account engine.AccountView) bool {
	if w.Engine.Policy.Offers(recovery.WayQuestions) || asked(account) > 0 {
		return true
	}
	w.problem(rw, r, http.StatusNotFound, "not_found")
	return false
}

// asked is how many questions there are, with those that cannot be answered any more.
func asked(account engine.AccountView) int { return len(account.Questions) + account.Lapsed }

func (w *Web) setUpPage(rw http.ResponseWriter, r *http.Request) {
	_, account, ok := w.changing(rw, r, "questions")
	if !ok || !w.offersQuestions(rw, r, account) {
		return
	}
	w.showSetUp(rw, r, http.StatusOK, account, page.SetUp{Rows: w.setUpRows(account)})
}

func (w *Web) showSetUp(rw http.ResponseWriter, r *http.Request, status int, account engine.AccountView, model page.SetUp) {
	model.Lapsed = account.Lapsed > 0
	if model.Kept = len(account.Questions); model.Kept > 0 {
		model.Since = account.Questions[0].Made
	}
	w.show(rw, r, status, model)
}

// setUpRows are the empty rows of the form.
func (w *Web) setUpRows(account engine.AccountView) []page.SetUpRow {
	var offered []string
	for _, id := range w.Engine.Offered(account) {
		offered = append(offered, string(id))
	}
	rows := make([]page.SetUpRow, engine.QuestionsKept)
	for i := range rows {
		rows[i] = page.SetUpRow{Number: i + 1, Offered: offered}
	}
	return rows
}

// setUp sets the questions up. Answers are secrets: they are never shown back, so after a refusal all are typed again, and what was
// chosen is kept.
func (w *Web) setUp(rw http.ResponseWriter, r *http.Request, values url.Values) {
	session, account, ok := w.changing(rw, r, "questions")
	if !ok || !w.offersQuestions(rw, r, account) {
		return
	}
	rows := w.setUpRows(account)
	given, fine := readAnswers(rows, values)
	if !fine {
		w.showSetUp(rw, r, http.StatusUnprocessableEntity, account, page.SetUp{Rows: rows})
		return
	}
	if !w.mayChange(rw, r, session) {
		return
	}
	refused, err := w.Engine.SetQuestions(r.Context(), session, given, w.language(r).Tag)
	switch {
	case errors.Is(err, password.ErrBusy):
		setRetryAfter(rw, busyFor)
		w.showSetUp(rw, r, http.StatusServiceUnavailable, account, page.SetUp{Rows: rows, Busy: true})
	case !w.changed(rw, r, "questions", err):
	case errors.Join(refused...) != nil:
		for i, err := range refused {
			refuse(rows, i, answerRefusal(err))
		}
		w.showSetUp(rw, r, http.StatusUnprocessableEntity, account, page.SetUp{Rows: rows})
	default:
		http.Redirect(rw, r, "/account?said=questions", http.StatusSeeOther)
	}
}

// readAnswers reads the form into its rows. It says whether every row has a question of its own and an answer.
func readAnswers(rows []page.SetUpRow, values url.Values) ([]question.Given, bool) {
	given, fine := make([]question.Given, len(rows)), true
	for i := range rows {
		number := strconv.Itoa(rows[i].Number)
		chosen, typed := values.Get("question-"+number), values.Get("answer-"+number)
		if slices.Contains(rows[i].Offered, chosen) {
			rows[i].Chosen = chosen
		}
		answer, err := question.Parse(typed)
		given[i] = question.Given{ID: question.ID(rows[i].Chosen), Answer: answer}
		twice := slices.ContainsFunc(given[:i], func(g question.Given) bool { return g.ID == given[i].ID })
		switch {
		case rows[i].Chosen == "":
			refuse(rows, i, "pick")
		case twice:
			refuse(rows, i, "twice")
		case err != nil:
			refuse(rows, i, answerRefusal(err))
		case typed == "":
			refuse(rows, i, "empty")
		default:
			continue
		}
		fine = false
	}
	return given, fine
}

// refuse notes what is wrong with a row; the first that is refused gets the focus.
func refuse(rows []page.SetUpRow, i int, refusal string) {
	if refusal == "" {
		return
	}
	rows[i].Refusal = refusal
	rows[i].Focus = !slices.ContainsFunc(rows[:i], func(row page.SetUpRow) bool { return row.Refusal != "" })
}

// answerRefusal is the page's word for what is wrong with an answer; empty for nil.
func answerRefusal(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, question.ErrShort):
		return "short"
	case errors.Is(err, question.ErrLong):
		return "long"
	case errors.Is(err, question.ErrYours):
		return "yours"
	case errors.Is(err, question.ErrSame):
		return "same"
	}
	return "popular"
}

func (w *Web) removeQuestionsPage(rw http.ResponseWriter, r *http.Request) {
	if _, account, ok := w.changing(rw, r, "questions_remove"); ok && w.hasAny(rw, r, asked(account)) {
		w.show(rw, r, http.StatusOK, askQuestions)
	}
}

// askQuestions is the page that asks before the questions are removed.
var askQuestions = page.Remove{What: "questions", Action: "/account/questions/remove", Back: "/account/questions"}

// hasAny sends the browser to the account page when there is nothing to remove any more, and says whether there is.
func (w *Web) hasAny(rw http.ResponseWriter, r *http.Request, count int) bool {
	if count == 0 {
		http.Redirect(rw, r, "/account", http.StatusSeeOther)
	}
	return count > 0
}

func (w *Web) removeQuestions(rw http.ResponseWriter, r *http.Request, _ url.Values) {
	session, account, ok := w.changing(rw, r, "questions_remove")
	if !ok || !w.hasAny(rw, r, asked(account)) || !w.mayChange(rw, r, session) {
		return
	}
	err := w.Engine.RemoveQuestions(r.Context(), session, w.language(r).Tag)
	w.removed(rw, r, askQuestions, "questions_remove", err)
}

// removed answers for what was removed, or must stay because it is the last way back in.
func (w *Web) removed(rw http.ResponseWriter, r *http.Request, model page.Remove, name string, err error) {
	if errors.Is(err, engine.ErrLastWay) {
		model.LastWay = true
		w.show(rw, r, http.StatusConflict, model)
		return
	}
	if w.changed(rw, r, name, err) {
		http.Redirect(rw, r, "/account?said=removed", http.StatusSeeOther)
	}
}
