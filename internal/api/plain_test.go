package api

import (
	"net/http"
	"testing"
	"time"

	"twohens/internal/quota"
)

// As TestAttackPlainCardAtTheWidget in package web: a card that cost no work gets no response from where answers are not counted.
func TestAttackPlainCardAnswered(t *testing.T) {
	s := newSite(t, open)
	for _, mode := range []string{"pick", "hear"} {
		card := s.plain(mode)
		a := s.call(call{path: "/challenge/answer", body: fields{"card": card, "picks": s.picks(card)}})
		if a.status != 200 || a.body["result"] != "fail" || a.body["response"] != nil {
			t.Errorf("%s: %v", mode, a)
		}
	}
}

// Another page's <img> must not use up the limit of who looks at it.
func TestAttackPicturesInAnotherPage(t *testing.T) {
	limits := open
	limits.Picture = quota.Limit{Events: 1, Per: time.Hour}
	s := newSite(t, limits)
	picture := "/challenge/card/numbered?card=" + s.plain("pick")
	for range 5 {
		if a := s.call(call{path: picture, header: http.Header{"Sec-Fetch-Site": {"cross-site"}}}); a.status != 404 {
			t.Errorf("%v", a)
		}
	}
	if a := s.call(call{path: picture}); a.status != 200 {
		t.Errorf("our own: %v", a)
	}
}
