package web

import (
	"html"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"twohens/internal/engine"
)

// whatever is typed into whatever form, at whatever step, with the database there and gone: no answer and no line of the log has
// what is secret of it.
func TestFormsKeepSecrets(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newSite(t, everyWay, func(o *setup) { o.ports = func(p *engine.Ports) { p.Store = shaky{p.Store, &down} } })
	gus := s.equipped("gus@fernbank.example", "+34612345678")
	proving, resetting, asked, paper, inside := s.browser(), s.browser(), s.browser(), s.browser(), s.browser()
	resetting.proves(gus.at, 3)
	asked.begins(gus.at)
	asked.takes("questions")
	paper.begins(gus.at)
	paper.takes("saved")
	proving.asks(gus.at)
	inside.signsIn(gus.at, old)
	canaries := map[string]string{
		"code": "84736251", "password": "windy canary & tall gate", "current": "quiet canary < old mill", "saved": "c4n4-ry7x-2m9k-qqtz",
		"answer-1": "canary brook \"9c1d\"", "answer-2": "canary weir 'b55e'", "answer-3": "canary mill 77aa",
	}
	pairs := []string{"address", "mallory@fernbank.example", "claim", "AAAAAAAAAAAAAAAAAAAAAA", "action", "advise", "username", gus.at}
	for name, value := range canaries {
		pairs = append(pairs, name, value)
	}
	holds := func(text string) (names []string) {
		for name, value := range canaries {
			for _, form := range []string{value, html.EscapeString(value), url.QueryEscape(value), url.PathEscape(value)} {
				if strings.Contains(text, form) {
					names = append(names, name)
				}
			}
		}
		return names
	}
	tried := map[int]int{}
	for _, gone := range []bool{true, false} {
		down.Store(gone)
		for _, route := range s.web.table() {
			if route.Method != "POST" || route.Path == "/signout" {
				continue
			}
			for _, b := range []*browser{s.browser(), proving, resetting, asked, paper, inside} {
				a := b.post(s.fill(route.Path), pairs...)
				tried[a.status/100]++
				if names := holds(a.body); names != nil {
					t.Errorf("%s, without a database %t: the answer has %v", route.Path, gone, names)
				}
				for name, list := range a.header {
					if names := holds(strings.Join(list, " ")); names != nil {
						t.Errorf("%s, without a database %t: %s has %v", route.Path, gone, name, names)
					}
				}
			}
		}
	}
	if names := holds(s.log.String()); names != nil {
		t.Errorf("the log has %v", names)
	}
	if tried[2] == 0 || tried[3] == 0 || tried[4] == 0 || tried[5] == 0 {
		t.Errorf("answers by class: %v", tried)
	}
}
