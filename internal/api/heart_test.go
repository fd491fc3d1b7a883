package api

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/locale"
	"twohens/internal/password"
	"twohens/internal/question"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// ready waits until what the chosen way is judged by is there, as a caller does.
func (s *site) ready(request string) answer {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		a := s.call(call{path: "/request", request: request})
		if a.view()["ready"] == true {
			return a
		} else if time.Now().After(deadline) {
			s.t.Fatalf("never ready: %v", a)
		}
	}
}

// knows sets up questions and saved codes, and gives the answers by the questions' ids, and the codes.
func (s *site) knows(at string) (answers map[string]string, codes []secret.Saved) {
	s.t.Helper()
	account, err := s.accounts.Find(s.t.Context(), address(s.t, at))
	if err != nil {
		s.t.Fatal(err)
	}
	now := s.engine.Now()
	by := engine.Session{ID: secret.NewOpaque().Digest(), Account: account.ID, Began: now, Seen: now, Proved: now, Expires: now.Add(time.Hour)}
	if err := s.store.Save(s.t.Context(), engine.Change{SignIn: &by}); err != nil {
		s.t.Fatal(err)
	}
	view, err := s.engine.Account(s.t.Context(), by)
	if err != nil {
		s.t.Fatal(err)
	}
	answers = map[string]string{}
	var given []question.Given
	for i, id := range s.engine.Offered(view)[:engine.QuestionsKept] {
		answers[string(id)] = []string{"Querétaro brass quintet", "behind the old mill", "Zuckerbäcker Olschewski"}[i]
		answer, _ := question.Parse(answers[string(id)])
		given = append(given, question.Given{ID: id, Answer: answer})
	}
	if refused, err := s.engine.SetQuestions(s.t.Context(), by, given, "en"); err != nil || refused != nil {
		s.t.Fatal(refused, err)
	}
	if codes, err = s.engine.MakeSaved(s.t.Context(), by, "en"); err != nil {
		s.t.Fatal(err)
	}
	return answers, codes
}

// repliesTo are the answers in the order of the questions that a view shows, and the ids of these.
func repliesTo(t *testing.T, a answer, known map[string]string, language string) (list, ids []string) {
	t.Helper()
	posed, _ := a.view()["questions"].([]any)
	for _, q := range posed {
		id := at(q, "id").(string)
		if want := locale.For(language).T("question." + id); at(q, "text") != want {
			t.Errorf("%s in %s is %q, want %q", id, language, at(q, "text"), want)
		}
		list, ids = append(list, known[id]), append(ids, id)
	}
	if len(list) != 2 {
		t.Fatalf("asks %v", posed)
	}
	return list, ids
}

// By questions: the view shows them in the request's language, the same ones each time, and only while that way is chosen. One verdict
// for all; a claim makes a repeated call the same proof.
func TestAnswersByAPI(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	known, _ := s.knows("ann@fernbank.example")
	var first []string
	for _, language := range []string{"es", "zh-Hans", "ar", "en"} {
		a := s.call(call{path: "/requests", key: s.key, body: fields{"address": "ann@fernbank.example", "client": "192.0.2.7", "locale": language}})
		request := a.body["request"].(string)
		if a.view()["questions"] != nil || a.view()["several"] != false || a.view()["proven"] != nil {
			t.Errorf("before the choice: %v", a)
		}
		s.call(call{path: "/request/way", request: request, body: fields{"way": "questions"}})
		list, ids := repliesTo(t, s.ready(request), known, language)
		if first == nil {
			first = ids
		}
		if !slices.Equal(ids, first) {
			t.Errorf("asks %v, then %v", first, ids)
		}
		reply := func(claim string, answers ...string) answer {
			t.Helper()
			a := s.call(call{path: "/request/answers", request: request, body: fields{"answers": answers, "claim": claim}})
			for _, answer := range answers {
				if len(answer) > 2 && strings.Contains(a.text, answer) {
					t.Errorf("an answer is echoed: %v", a)
				}
			}
			return a
		}
		claim := secret.NewOpaque().Reveal()
		if language != "en" {
			if a := reply(claim, list[1], list[0]); a.outcome() != "missed" || a.body["grant"] != nil {
				t.Errorf("crossed: %v", a)
			}
			if a := reply(claim, list[0]); a.outcome() != "empty" {
				t.Errorf("one alone: %v", a)
			}
			s.call(call{path: "/request/another", request: request, method: "POST"})
			if a := s.call(call{path: "/request", request: request}); a.view()["questions"] != nil {
				t.Errorf("after going back: %v", a)
			}
			s.advance(24 * time.Hour)
			continue
		}
		one, two := reply(claim, strings.ToUpper(list[0]), list[1]), reply(claim, list...)
		if one.outcome() != "proved" || two.outcome() != "proved_before" || one.body["grant"] == nil || one.body["grant"] != two.body["grant"] {
			t.Errorf("right: %v and %v", one, two)
		}
		if a := s.call(call{path: "/password", grant: one.body["grant"].(string), body: fields{"password": "hens hate tall gates"}}); a.outcome() != "finished" {
			t.Error(a)
		}
	}
	if !s.signsIn("ann@fernbank.example", "hens hate tall gates") {
		t.Error("the new password is not in force")
	}
}

// A saved code works once, and where two ways are asked for it is the first of them: no grant, and the way is not offered again.
func TestSavedByAPI(t *testing.T) {
	s := newSite(t, open)
	s.account("ben@fernbank.example")
	known, codes := s.knows("ben@fernbank.example")
	spend := func(request, code string) answer {
		t.Helper()
		s.call(call{path: "/request/way", request: request, body: fields{"way": "saved"}})
		s.ready(request)
		return s.call(call{path: "/request/saved", request: request, body: fields{"code": code}})
	}
	request := s.opens("ben@fernbank.example")
	if a := spend(request, ""); a.outcome() != "empty" {
		t.Error(a)
	}
	if a := spend(request, "0123-4567-89ab-cdef"); a.outcome() != "wrong" || at(a.view(), "tries", "used") != 1. {
		t.Error(a)
	}
	if a := spend(request, " "+strings.ToUpper(codes[4].Reveal())); a.outcome() != "proved" || a.body["grant"] == nil {
		t.Error(a)
	}
	if a := spend(s.opens("ben@fernbank.example"), codes[4].Reveal()); a.outcome() != "wrong" {
		t.Errorf("a second use: %v", a)
	}
	s.engine.Policy.Proofs = [][]recovery.Way{{recovery.WaySaved, recovery.WayQuestions}}
	request = s.opens("ben@fernbank.example")
	a := spend(request, codes[5].Reveal())
	if a.outcome() != "one_more" || a.body["grant"] != nil || a.view()["state"] != "choosing" || a.view()["several"] != true ||
		!slices.Equal(a.view()["proven"].([]any), []any{"saved"}) || !slices.Equal(a.view()["ways"].([]any), []any{"questions"}) {
		t.Fatalf("one of two: %v", a)
	}
	if a := s.call(call{path: "/request/way", request: request, body: fields{"way": "saved"}}); a.outcome() != "not_here" {
		t.Errorf("the same way again: %v", a)
	}
	s.call(call{path: "/request/way", request: request, body: fields{"way": "questions"}})
	list, _ := repliesTo(t, s.ready(request), known, "en")
	if a := s.call(call{path: "/request/answers", request: request, body: fields{"answers": list}}); a.outcome() != "proved" || a.body["grant"] == nil {
		t.Errorf("the other one: %v", a)
	}
}

// full is a hasher that has too much to do when it is told to.
type full struct {
	question.Hasher
	busy *atomic.Bool
}

func (f full) VerifyUnknown(ctx context.Context, p password.Password) error {
	if f.busy.Load() {
		return password.ErrBusy
	}
	return f.Hasher.VerifyUnknown(ctx, p)
}

func (f full) Verify(ctx context.Context, encoded string, p password.Password) (ok, rehash bool, err error) {
	if f.busy.Load() {
		return false, false, password.ErrBusy
	}
	return f.Hasher.Verify(ctx, encoded, p)
}

// too many hashes are being computed: 503, when to come back, and no try used.
func TestAnswersQueueByAPI(t *testing.T) {
	s := newSite(t, open)
	var busy atomic.Bool
	s.engine.Answers.Hasher = full{s.engine.Answers.Hasher, &busy}
	s.account("cat@fernbank.example")
	known, codes := s.knows("cat@fernbank.example")
	for _, way := range []string{"questions", "saved"} {
		request := s.opens("cat@fernbank.example")
		s.call(call{path: "/request/way", request: request, body: fields{"way": way}})
		seen := s.ready(request)
		c := call{path: "/request/saved", request: request, body: fields{"code": codes[0].Reveal()}}
		if way == "questions" {
			list, _ := repliesTo(t, seen, known, "en")
			c = call{path: "/request/answers", request: request, body: fields{"answers": list}}
		}
		busy.Store(true)
		if a := s.call(c); a.status != 503 || a.kind() != "busy" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %v", way, a)
		}
		busy.Store(false)
		if a := s.call(c); a.outcome() != "proved" || at(a.view(), "tries", "used") != 0. {
			t.Errorf("%s, a moment later: %v", way, a)
		}
	}
}
