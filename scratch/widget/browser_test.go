package widget

import (
	"encoding/json"
	"testing"

	"twohens/scratch/siteverify"
)

// sent is what the shop's back end got and found.
type sent struct {
	Result siteverify.Result
	Form   map[string][]string
}

// arrived waits until the form arrived.
func (b *tab) arrived() sent {
	b.t.Helper()
	b.until(`document.title == "Sent"`)
	var s sent
	b.must(json.Unmarshal([]byte(eval[string](b, `document.querySelector("#sent").textContent`)), &s))
	return s
}

// Every way to answer passes, from our own page and from a shop's elsewhere, and the form arrives as it was typed.
func TestSolved(t *testing.T) {
	for _, c := range []struct {
		name  string
		hand  hand
		mode  string
		touch bool
		shop  bool
	}{
		{"mouse", rubbing, "rub", false, false},
		{"mouse elsewhere", rubbing, "rub", false, true},
		{"finger", rubbing, "rub", true, true},
		{"click", tapping, "rub", false, false},
		{"tap", tapping, "rub", true, false},
		{"keys", keying, "rub", false, false},
		{"calls", listening, "listen", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t)
			b := s.browse(t, person{touch: c.touch})
			origin, host := s.own, "127.0.0.1"
			if c.shop {
				origin, host = s.shop, "localhost"
			}
			b.open(at(origin, "more", `mode="`+c.mode+`"`))
			eval[bool](b, `(document.querySelector("#name").value = "Ada") != ""`)
			c.hand(b)
			b.send()
			got := b.arrived()
			if !got.Result.Success || got.Result.Hostname != host || got.Result.Action != "sign-up" {
				t.Errorf("siteverify says %+v", got.Result)
			}
			if got.Form["name"][0] != "Ada" || got.Form["go"][0] != "yes" {
				t.Errorf("the form says %v", got.Form)
			}
		})
	}
}
