package web

import (
	"slices"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// R-01, CVE-2022-39307, CVE-2021-21424, craftcms#17338: over every page, post and failure of the whole walk, resending, wrong codes and
// time running out included, an unknown address is answered byte for byte as a known one, once what is random is masked. So are disabled
// accounts, those without a password, and those whose tries of the day are used up or whose messages are withheld.
func TestEverybodyIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *setup) {
		o.limits.Address = quota.Limit{Events: 5, Per: 24 * time.Hour}
		o.silent = engine.SilentLimits{Account: quota.Limit{Events: 5, Per: 24 * time.Hour}, Network: quota.Limit{Events: 5, Per: 24 * time.Hour}, Destination: quota.Limit{Events: 5, Per: 24 * time.Hour}}
		o.policy.Ways = []recovery.Way{recovery.WayEmail, recovery.WayPhone}
	})
	kinds := s.kinds()
	browsers := map[string]*browser{}
	for kind := range kinds {
		browsers[kind] = s.browser()
		for range 3 {
			stranger := s.browser()
			stranger.begins(kinds[kind])
			if kind == "guessed at all day" {
				stranger.post("/recover/choose", "way", "email")
				s.settled()
				for range 5 {
					stranger.post("/recover/code", "code", "11112222")
				}
			}
		}
	}
	each := func(step string, take func(b *browser, at string) answer) {
		t.Helper()
		s.settled()
		answers := map[string]answer{}
		for kind, b := range browsers {
			answers[kind] = take(b, kinds[kind])
		}
		same(t, step, answers, kinds)
	}
	get := func(path string) {
		t.Helper()
		each("GET "+path, func(b *browser, _ string) answer { return b.get(path) })
	}
	post := func(path, to string, form ...string) {
		t.Helper()
		each("POST "+path, func(b *browser, at string) answer {
			a := b.post(path, form...)
			if a.to() != to {
				t.Fatalf("POST %s for %s: %d to %q, want %q\n%s", path, at, a.status, a.to(), to, words(a.body))
			}
			return a
		})
		if to != "" {
			get(to)
		}
	}
	for round := range 2 {
		each("wrong card", func(b *browser, at string) answer {
			return b.post("/recover", "address", at, "plain", "x", "pick", "1")
		})
		if round == 0 {
			each("card", func(b *browser, at string) answer { return b.solved("/recover", "address", at) })
		} else { // guessing cards takes a while
			for kind, b := range browsers {
				b.begins(kinds[kind])
			}
		}
		get("/recover/choose")
		get("/recover/code")
		post("/recover/resend", "/recover/choose")
		post("/recover/choose", "/recover/choose?said=way_off", "way", "questions")
		post("/recover/choose", "/recover/code?said=sent", "way", "email")
		post("/recover/resend", "/recover/code?said=cooling")
		post("/recover/code", "/recover/code?said=wrong", "code", "11112222")
		post("/recover/code", "/recover/code?said=empty", "code", " ")
		s.advance(time.Minute)
		post("/recover/resend", "/recover/code?said=sent_again")
		post("/recover/another", "/recover/choose")
		post("/recover/code", "/recover/choose", "code", "11112222")
		post("/recover/choose", "/recover/code?said=cooling", "way", "email")
		get("/recover/reset")
		get("/recover/done")
		s.advance(15 * time.Minute)
		post("/recover/code", "/recover/code?said=run_out", "code", "11112222")
		post("/recover/resend", "/recover/code?said=sent")
		for n := 2; n < 5; n++ {
			post("/recover/code", "/recover/code?said=wrong", "code", "x")
		}
		post("/recover/code", "/recover/code?said=tries_used", "code", "11112222")
		post("/recover/code", "/recover/code?said=tries_used", "code", "11112222")
		post("/recover/reset", "", "password", fresh)
		s.advance(time.Hour)
		get("/recover/code")
		post("/recover/resend", "")
		post("/recover/code", "", "code", "11112222")
	}
	each("limit", func(b *browser, at string) answer {
		return b.expect(b.solved("/recover", "address", at), 429, b.text("limit.head"))
	})
	if n := len(s.box.Mails()); n == 0 {
		t.Error("nobody got a mail, so nothing was compared")
	}
	for kind, at := range kinds {
		mails := 0
		for _, m := range s.box.Mails() {
			if m.To[0] == at {
				mails++
			}
		}
		// Of those of the last one, two are the notices of what it set up: they use up none of the codes.
		if want := map[string]int{"known": 5, "without a password": 5, "guessed at all day": 5, "with every way": 7}[kind]; mails != want {
			t.Errorf("%s got %d mails, want %d", kind, mails, want)
		}
	}
}

// The same over the ways that need no address: an account without a number, without questions, without saved codes, or without
// anything is answered as one that has them all. Which questions are asked is the address's own and says nothing: each is asked the
// same ones at every visit.
func TestEverybodyIsAnsweredAlikeByEveryWay(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	kinds := s.kinds()
	browsers, asked := map[string]*browser{}, map[string][]string{}
	for kind := range kinds {
		browsers[kind] = s.browser()
	}
	each := func(path, to string, form ...string) {
		t.Helper()
		s.settled()
		answers := map[string]answer{}
		for kind, b := range browsers {
			a := b.post(path, form...)
			if a.to() != to {
				t.Fatalf("POST %s for %s: %d to %q, want %q", path, kind, a.status, a.to(), to)
			}
			answers[kind] = a
		}
		same(t, "POST "+path, answers, kinds)
		s.settled()
		for kind, b := range browsers {
			answers[kind] = b.get(to)
			if answers[kind].status != 200 {
				t.Fatalf("GET %s for %s: %d", to, kind, answers[kind].status)
			}
		}
		same(t, "GET "+to, answers, kinds)
	}
	for visit := range 2 {
		for kind, b := range browsers {
			b.begins(kinds[kind])
		}
		each("/recover/choose", "/recover/code?said=sent", "way", "phone")
		each("/recover/code", "/recover/code?said=wrong", "code", "11112222")
		each("/recover/another", "/recover/choose")
		each("/recover/choose", "/recover/questions", "way", "questions")
		for kind, b := range browsers {
			if visit == 0 {
				asked[kind] = b.asked()
			} else if !slices.Equal(asked[kind], b.asked()) {
				t.Errorf("%s is asked %v, at the visit before %v", kind, b.asked(), asked[kind])
			}
		}
		each("/recover/questions", "/recover/questions?said=empty", "answer-1", "x")
		each("/recover/questions", "/recover/questions?said=missed", "answer-1", "x", "answer-2", "y")
		each("/recover/questions", "/recover/questions?said=missed", "answer-1", "x", "answer-2", "y")
		each("/recover/choose", "/recover/saved", "way", "saved")
		each("/recover/saved", "/recover/saved?said=empty")
		each("/recover/saved", "/recover/saved?said=wrong", "saved", "0123-4567-89ab-cdef")
		each("/recover/saved", "/recover/saved?said=tries_used", "saved", "x")
		each("/recover/choose", "/recover/questions", "way", "questions")
		each("/recover/questions", "/recover/questions?said=tries_used", "answer-1", "x", "answer-2", "y")
	}
	if n := len(s.phone.codes()); n != 2 {
		t.Errorf("%d texts with a code came, so what was compared was not what happened", n)
	}
}
