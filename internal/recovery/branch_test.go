package recovery_test

import (
	"slices"
	"testing"
	"time"

	"twohens/internal/recovery"
)

// the proof by the link is a request of its own, for the browser that pressed the button; the parent gives nothing.
func TestBranch(t *testing.T) {
	w := begin(recovery.Classic())
	find := findReal()
	find.Contact = address("ann@record.example")
	w.does(find)
	w.does(recovery.Choose{Way: recovery.WayEmail})
	for range 5 {
		w.does(wrong(recovery.Tally{}))
	}
	w.wait(59 * time.Minute) // five wrong tries shut typed codes, not the link; it lives as long as the request
	parent := w.Request
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.Proved || w.State != recovery.Proving {
		t.Fatalf("%s, %s", step.Outcome, w.State)
	}
	o := opening(recovery.Strict())
	o.ID, o.Holder = "branch", digest("presser")
	b := recovery.Branch(parent, o, digest("grant"), w.now)
	if !inTable(recovery.Start, "branch", b.State) || b.Proof != recovery.ProofLink || b.Grant != digest("grant") || b.Holder != digest("presser") {
		t.Errorf("branched: %+v", b)
	}
	if !b.Expires.Equal(w.now.Add(15*time.Minute)) || b.Account != "account" || b.Contact != find.Contact || !b.Link.IsZero() {
		t.Errorf("branched: %+v", b)
	}
	if v := b.View(w.now); v.Address != "ann@record.example" {
		t.Errorf("the browser with the proof is shown %s, which a stranger may have typed", v.Address)
	}
	if step := b.Next(right(recovery.Tally{}), w.now); step.Outcome != recovery.ProvedBefore || !same(step.Request, b) {
		t.Errorf("a code typed into it: %s", step.Outcome)
	}
	if step := b.Next(recovery.Set{}, w.now.Add(15*time.Minute)); step.Outcome != recovery.Ended {
		t.Errorf("R-39: the right after 15 minutes: %s", step.Outcome)
	}
	if step := b.Next(recovery.Set{}, w.now.Add(15*time.Minute-1)); step.Outcome != recovery.Finished || step.Request.State != recovery.Done {
		t.Errorf("the right before that: %s", step.Outcome)
	}
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead {
		t.Errorf("the link once more: %s", step.Outcome)
	}
	if step := recovery.Branch(w.Request, o, digest("grant"), w.now).Next(recovery.Set{}, w.now); step.Outcome != recovery.NotHere {
		t.Errorf("a branch of a decoy sets a password: %s", step.Outcome)
	}
}

// A link in the mail proves nothing on a site that has switched the e-mail way off in the request's policy.
func TestLinkOfAWayThatIsOff(t *testing.T) {
	p := recovery.Classic()
	p.Ways = []recovery.Way{recovery.WayPhone, recovery.WayQuestions}
	w := begin(p)
	w.does(findReal())
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.LinkDead || !w.Real {
		t.Errorf("%s", step.Outcome)
	}
}

// Under a policy that asks for two ways the link proves the e-mail way and no more; what the parent's browser has proved stays there, and
// is worth nothing any more.
func TestBranchOfTwo(t *testing.T) {
	w := begin(anyTwo())
	w.does(findReal())
	w.chosen(recovery.WayQuestions)
	w.does(answered(recovery.Tally{}))
	w.does(recovery.Choose{Way: recovery.WayEmail})
	w.wait(time.Minute)
	parent := w.Request
	if step := w.does(recovery.Follow{}); step.Outcome != recovery.Proved || len(w.Proven) != 1 {
		t.Fatalf("%s, %v", step.Outcome, w.Proven)
	}
	o := opening(recovery.Classic())
	o.ID, o.Nonce, o.Holder = "branch", [16]byte{2}, digest("presser")
	b := &walker{Request: recovery.Branch(parent, o, digest("grant"), w.now), now: w.now}
	if !inTable(recovery.Start, "branch", b.State) || b.State != recovery.Choosing || !b.Grant.IsZero() || b.Proof != recovery.ProofNone {
		t.Fatalf("branched: %+v", b.Request)
	}
	want := []recovery.Way{recovery.WayEmail}
	if v := b.View(b.now); !slices.Equal(v.Proven, want) || slices.Contains(v.Ways, recovery.WayEmail) || v.Way != recovery.WayNone {
		t.Errorf("branched: %+v", v)
	}
	if !b.Found || !b.Real || b.Phone != annPhone || !b.Link.IsZero() || !b.Stop.IsZero() || b.Asked != nil || b.Asking != nil || len(b.Rounds) != 0 {
		t.Errorf("branched with more or less than it should: %+v", b.Request)
	}
	if !b.Expires.Equal(b.now.Add(b.Policy.RequestLife)) {
		t.Errorf("it ends at %v", b.Expires)
	}
	if step := b.does(recovery.Choose{Way: recovery.WayEmail}); step.Outcome != recovery.NotHere {
		t.Errorf("the proven way once more: %s", step.Outcome)
	}
	if step := b.does(recovery.Follow{}); step.Outcome != recovery.LinkDead {
		t.Errorf("its link: %s", step.Outcome)
	}
	b.does(recovery.Choose{Way: recovery.WayPhone})
	if step := b.does(right(recovery.Tally{})); step.Outcome != recovery.Proved || b.Grant != digest("grant") || b.Proof != recovery.ProofCode {
		t.Errorf("and the phone: %s", step.Outcome)
	}
	if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Wrong {
		t.Errorf("the parent's right code: %s", step.Outcome)
	}
	dead := &walker{Request: recovery.Branch(w.Request, o, digest("grant"), w.now), now: w.now}
	dead.does(recovery.Choose{Way: recovery.WayPhone})
	if step := dead.does(right(recovery.Tally{})); step.Outcome != recovery.Wrong {
		t.Errorf("a branch of a decoy: %s", step.Outcome)
	}
}
