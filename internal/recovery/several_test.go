package recovery_test

import (
	"reflect"
	"slices"
	"testing"

	"twohens/internal/recovery"
)

const (
	email     = recovery.WayEmail
	phone     = recovery.WayPhone
	questions = recovery.WayQuestions
	saved     = recovery.WaySaved
)

// sets is a policy that asks for one of these, with these ways on.
func sets(on []recovery.Way, proofs ...[]recovery.Way) recovery.Policy {
	p := recovery.Classic()
	p.Ways, p.Proofs = on, proofs
	return p
}

func list(ways ...recovery.Way) []recovery.Way { return ways }

// Which ways are enough, and which lead on.
func TestSets(t *testing.T) {
	mailAndOne := sets(four, list(email, phone), list(email, questions))
	for name, tt := range map[string]struct {
		policy    recovery.Policy
		proven    []recovery.Way
		standing  [][]recovery.Way
		remaining []recovery.Way
	}{
		"classic, nothing":          {recovery.Classic(), nil, nil, list(email, phone, questions)},
		"classic, questions":        {recovery.Classic(), list(questions), [][]recovery.Way{{questions}}, list(email, phone)},
		"classic, saved is off":     {recovery.Classic(), list(saved), nil, list(email, phone, questions)},
		"saved is on":               {withAll(recovery.Classic()), list(saved), [][]recovery.Way{{saved}}, list(email, phone, questions)},
		"strict, nothing":           {recovery.Strict(), nil, nil, list(email, phone, questions)},
		"strict, questions":         {recovery.Strict(), list(questions), nil, list(email, phone)},
		"strict, e-mail":            {recovery.Strict(), list(email), [][]recovery.Way{{email}}, list(phone, questions)},
		"strict, and e-mail":        {recovery.Strict(), list(questions, email), [][]recovery.Way{{email}}, list(phone)},
		"strict, only questions on": {sets(list(questions), recovery.Strict().Proofs...), list(questions), nil, nil},
		"two, nothing":              {anyTwo(), nil, nil, four},
		"two, one":                  {anyTwo(), list(phone), nil, list(email, questions, saved)},
		"two, in any order":         {anyTwo(), list(saved, email), [][]recovery.Way{{email, saved}}, list(phone, questions)},
		"two, one of them off":      {sets(list(email, phone), anyTwo().Proofs...), list(email, questions), nil, list(phone)},
		"what leads nowhere":        {mailAndOne, list(phone), nil, list(email, questions)},
		"the same for everyone":     {mailAndOne, nil, nil, four},
		"no sets":                   {sets(list(email, saved)), list(saved), [][]recovery.Way{{saved}}, list(email)},
		"an empty set is none":      {sets(four, list()), list(email), nil, nil},
	} {
		if got := tt.policy.Standing(tt.proven); !reflect.DeepEqual(got, tt.standing) {
			t.Errorf("%s: standing %v, want %v", name, got, tt.standing)
		}
		if got := tt.policy.Enough(tt.proven); got != (len(tt.standing) > 0) {
			t.Errorf("%s: enough is %t", name, got)
		}
		if got := tt.policy.Remaining(tt.proven); !slices.Equal(got, tt.remaining) {
			t.Errorf("%s: remaining %v, want %v", name, got, tt.remaining)
		}
	}
}

func TestSeveral(t *testing.T) {
	for name, tt := range map[string]struct {
		policy recovery.Policy
		want   bool
	}{
		"classic":           {recovery.Classic(), false},
		"strict":            {recovery.Strict(), false},
		"any two":           {anyTwo(), true},
		"no sets":           {sets(four), false},
		"the only one, off": {sets(list(email, phone, questions), list(email, phone), list(saved)), true},
		"the only one, on":  {sets(four, list(email, phone), list(saved)), false},
	} {
		if got := tt.policy.Several(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
		if got := begin(tt.policy).View(noon).Several; got != tt.want {
			t.Errorf("%s: the page says %t", name, got)
		}
	}
}

// Each pair of ways, in both orders: the first earns nothing but the choice of another, the second the right to set a password (invariant 9).
func TestAnyTwo(t *testing.T) {
	for _, first := range four {
		for _, second := range four {
			if first == second {
				continue
			}
			w := begin(anyTwo())
			w.does(findReal())
			w.chosen(first)
			if step := w.does(rightFor(first)); step.Outcome != recovery.OneMore {
				t.Fatalf("%s: %s", first, step.Outcome)
			}
			if w.State != recovery.Choosing || w.Way != recovery.WayNone || !w.Grant.IsZero() || w.Proof != recovery.ProofNone || !w.Proved.IsZero() {
				t.Errorf("%s alone: %+v", first, w.Request)
			}
			for _, a := range []recovery.Action{recovery.Set{}, rightFor(first), recovery.Resend{}} {
				if step := w.does(a); step.Outcome != recovery.NotHere {
					t.Errorf("%s and then %s: %s", first, nameOf(a), step.Outcome)
				}
			}
			if got := w.chosen(first); got != recovery.NotHere || w.State != recovery.Choosing {
				t.Errorf("%s twice: %s", first, got)
			}
			w.chosen(second)
			w.does(recovery.Another{})
			w.chosen(second)
			if !slices.Equal(w.Proven, list(first)) {
				t.Errorf("back and forth: proven %v", w.Proven)
			}
			step := w.does(rightFor(second))
			if step.Outcome != recovery.Proved || w.Grant != digest("grant") || !slices.Equal(w.Proven, list(first, second)) {
				t.Errorf("%s and %s: %s, %v", first, second, step.Outcome, w.Proven)
			}
		}
	}
}

// R-75, strict: answers to questions only unlock the sending of a code.
func TestStrictQuestions(t *testing.T) {
	for _, way := range list(email, phone) {
		w := begin(recovery.Strict())
		w.does(findReal())
		w.chosen(questions)
		step := w.does(answered(recovery.Tally{}))
		if step.Outcome != recovery.OneMore || !slices.Equal(w.View(w.now).Ways, list(email, phone)) {
			t.Fatalf("the answers: %s, then %v", step.Outcome, w.View(w.now).Ways)
		}
		step = w.does(recovery.Choose{Way: way})
		if step.Outcome != recovery.Sent || step.Effects[0].Kind != recovery.EffectSend || step.Effects[0].Way != way {
			t.Fatalf("the code: %s %v", step.Outcome, step.Effects)
		}
		if step := w.does(wrong(recovery.Tally{})); step.Outcome != recovery.Wrong {
			t.Errorf("a wrong code: %s", step.Outcome)
		}
		if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Proved || w.Proof != recovery.ProofCode || w.Stop.IsZero() {
			t.Errorf("the right code: %s", step.Outcome)
		}
		if step := w.does(recovery.Stop{}); step.Outcome != recovery.Stopped || w.State != recovery.Closed {
			t.Errorf("the answers were not the owner's: %s", step.Outcome)
		}
	}
}

// A proof in the middle keeps the tries and the clicks, and lets the next code go out at once; the click after that waits its turn.
func TestOneMoreKeepsCount(t *testing.T) {
	w := clicked(anyTwo())
	w.does(wrong(recovery.Tally{}))
	w.does(right(recovery.Tally{}))
	if w.Tries != 1 || w.Clicks != 1 {
		t.Errorf("%d tries, %d clicks", w.Tries, w.Clicks)
	}
	if step := w.does(recovery.Choose{Way: phone}); step.Outcome != recovery.Sent || w.View(w.now).CoolDown() != 2*minute {
		t.Errorf("the next code: %s, cooling %v", step.Outcome, w.View(w.now).CoolDown())
	}
	for range 4 {
		w.does(wrong(recovery.Tally{}))
	}
	if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.TriesUsed {
		t.Errorf("the right code after five wrong ones: %s", step.Outcome)
	}
}

// An account without a phone among others: the guess of a code that was never sent is wrong even if it happens to be right, and the walk
// goes on by the ways that there are.
func TestGuessWithoutAPhone(t *testing.T) {
	for _, p := range []recovery.Policy{recovery.Classic(), recovery.Strict(), anyTwo()} {
		w := begin(p)
		w.does(findPhoneless())
		if step := w.does(recovery.Choose{Way: phone}); step.Outcome != recovery.Sent || len(step.Effects) != 1 {
			t.Errorf("the page knows that there is no phone: %s", step.Outcome)
		}
		if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Wrong || w.Tries != 1 || len(w.Proven) != 0 || w.tally.Day != 1 {
			t.Errorf("a lucky guess: %s", step.Outcome)
		}
		w.wait(minute)
		w.does(recovery.Choose{Way: email})
		if step := w.does(right(recovery.Tally{})); step.Outcome != recovery.Proved && step.Outcome != recovery.OneMore {
			t.Errorf("the e-mail: %s", step.Outcome)
		}
	}
}

// A request is a value: two steps from the same one, of which the engine saves only one, share nothing that either could write to.
func TestFuturesShareNothing(t *testing.T) {
	w := begin(sets(four, four)) // all four are asked for
	w.does(findReal())
	w.Proven, w.Asking = make([]recovery.Way, 0, 4), make([]recovery.Way, 0, 4)
	asksQuestions := w.Next(recovery.Choose{Way: questions}, w.now).Request
	asksSaved := w.Next(recovery.Choose{Way: saved}, w.now).Request
	if !slices.Equal(asksQuestions.Asking, list(questions)) || !slices.Equal(asksSaved.Asking, list(saved)) {
		t.Errorf("called for %v and %v", asksQuestions.Asking, asksSaved.Asking)
	}
	questioned := asksQuestions.Next(askQuestions(), w.now).Request.Next(answered(recovery.Tally{}), w.now).Request
	spent := asksSaved.Next(askSaved(), w.now).Request.Next(answered(recovery.Tally{}), w.now).Request
	if !slices.Equal(questioned.Proven, list(questions)) || !slices.Equal(spent.Proven, list(saved)) {
		t.Errorf("proven %v and %v", questioned.Proven, spent.Proven)
	}
}
