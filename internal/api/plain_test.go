package api

import "testing"

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
