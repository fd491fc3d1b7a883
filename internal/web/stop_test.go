package web

import (
	"strings"
	"testing"

	"twohens/internal/recovery"
)

// somebody proved by heart, and the owner is told at once, with a link that stops it. Opening it changes nothing, however often;
// pressing its button ends that recovery, at whatever device, and shuts the questions for a day. It gives nothing to anybody.
func TestStop(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	for _, way := range []string{"questions", "saved"} {
		thief, owner := s.browser(), s.browser()
		thief.begins(ann.at)
		thief.takes(way)
		form := []string{"saved", ann.codes[0]}
		if way == "questions" {
			form = thief.reply(ann)
		}
		thief.expect(thief.post("/recover/"+way, form...), 303, "/recover/reset")
		stop := s.stopping(ann.at)
		before := s.rows()
		for range 10 {
			owner.expect(owner.get(stop), 200, owner.text("stop.title"))
			if a := owner.do("HEAD", stop, ""); a.status != 200 {
				t.Fatalf("HEAD: %d", a.status)
			}
		}
		if a := owner.get(stop); !strings.Contains(a.body, `action="`+stop+`"`) || s.rows() != before {
			t.Errorf("no button, or opening the link changed something: %s", words(a.body))
		}
		thief.expect(thief.get("/recover/reset"), 200, thief.text("reset.title"))
		if a := owner.expect(owner.post(stop), 200, owner.text("stop.done.title")); len(a.cookies) != 0 {
			t.Errorf("sets %v", a.cookies)
		}
		thief.expect(thief.get("/recover/reset"), 410, thief.text("problem.ended.title"))
		thief.expect(thief.post("/recover/reset", "password", fresh), 410, thief.text("problem.ended.title"))
		for range 2 { // a second press
			owner.expect(owner.post(stop), 410, owner.text("stop.dead.title"))
			owner.expect(owner.get(stop), 410, owner.text("stop.dead.title"))
		}
		thief.begins(ann.at)
		thief.takes("questions")
		thief.expect(thief.post("/recover/questions", thief.reply(ann)...), 303, "/recover/questions?said=missed")
		s.advance(aDay)
	}
	b := s.browser()
	b.begins(ann.at)
	b.takes("questions")
	b.expect(b.post("/recover/questions", b.reply(ann)...), 303, "/recover/reset")
	if !s.opens(ann.at, old) {
		t.Error("the password was set")
	}
}

// Too late, out of time, and links that are none: each says so kindly, and what can be done now.
func TestStopTooLate(t *testing.T) {
	t.Parallel()
	s := newSite(t, everyWay)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	thief, owner := s.browser(), s.browser()
	proves := func(code string) string {
		thief.begins(ann.at)
		thief.takes("saved")
		thief.expect(thief.post("/recover/saved", "saved", code), 303, "/recover/reset")
		return s.stopping(ann.at)
	}
	slow := proves(ann.codes[0])
	s.advance(recovery.NoticeLife)
	owner.expect(owner.get(slow), 410, owner.text("stop.dead.title"))
	owner.expect(owner.post(slow), 410, owner.text("stop.dead.next"))

	late := proves(ann.codes[1])
	thief.expect(thief.post("/recover/reset", "password", fresh), 303, "/recover/done")
	for range 2 {
		a := owner.expect(owner.get(late), 200, owner.text("stop.late.title"))
		if !strings.Contains(a.body, `action="`+late+`"`) {
			t.Errorf("does not lead on: %s", words(a.body))
		}
	}
	a := owner.expect(owner.post(late), 200, owner.text("stop.undone.title"))
	if strings.Contains(a.body, `action="/stop/`) || !strings.Contains(a.body, `href="/recover"`) || !a.has(owner.text("stop.shut.heart")) || len(a.cookies) != 0 {
		t.Errorf("asks to be pressed again, or does not lead on: %s, sets %v", words(a.body), a.cookies)
	}
	if s.opens(ann.at, fresh) || s.opens(ann.at, old) {
		t.Error("a password still opens")
	}
	owner.expect(owner.post(late), 410, owner.text("stop.dead.title"))
	thief.begins(ann.at) // who came by a code from paper comes back by none, nor by the questions, until the day is over
	thief.takes("saved")
	thief.expect(thief.post("/recover/saved", "saved", ann.codes[2]), 303, "/recover/saved?said=wrong")
	thief.takes("questions")
	thief.expect(thief.post("/recover/questions", thief.reply(ann)...), 303, "/recover/questions?said=missed")
	s.advance(aDay)
	for _, none := range []string{"/stop/x", "/stop/" + strings.Repeat("A", 22), "/stop/" + strings.Repeat("A", 5000), late + "A", late + "=", strings.ToLower(late)} {
		owner.expect(owner.get(none), 410, owner.text("stop.dead.title"))
		owner.expect(owner.post(none), 410, owner.text("stop.dead.title"))
	}
	// The link of a code's mail is none that stops, and the other way round.
	b := s.browser()
	b.asks(ann.at)
	s.settled()
	for _, m := range s.box.Mails() {
		if link := linkLine.FindStringSubmatch(m.Text); link != nil {
			owner.expect(owner.post("/stop/"+strings.TrimPrefix(link[1], "/go/")), 410, owner.text("stop.dead.title"))
		}
	}
	owner.expect(owner.post("/go/"+strings.TrimPrefix(proves(ann.codes[2]), "/stop/")), 410, owner.text("link.dead.title"))
}

// Stopped halfway, where two ways are asked for: the browser that proved the first sees no change, and gets no further.
func TestStopHalfway(t *testing.T) {
	t.Parallel()
	s := newSite(t, twoWays)
	ann := s.equipped("ann@fernbank.example", "+34612345678")
	thief, owner := s.browser(), s.browser()
	thief.begins(ann.at)
	thief.takes("questions")
	thief.expect(thief.post("/recover/questions", thief.reply(ann)...), 303, "/recover/choose")
	seen := thief.get("/recover/choose")
	owner.expect(owner.post(s.stopping(ann.at)), 200, owner.text("stop.done.title"))
	if now := thief.get("/recover/choose"); now.body != seen.body {
		t.Errorf("the page differs: %s", difference(now.body, seen.body))
	}
	thief.expect(thief.post("/recover/choose", "way", "phone"), 303, "/recover/code?said=sent")
	if s.settled(); len(s.phone.codes()) != 0 {
		t.Error("a code was sent all the same")
	}
}
