package recovery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// tell puts into words what a step did. Everything that changed must have a word, or the text says so.
func tell(before recovery.Request, a recovery.Action, step recovery.Step, changed bool) string {
	var words []string
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if changed {
		tellRequest(before, step.Request, say)
	}
	for _, e := range step.Effects {
		say("effect %s%s within %v", e.Kind, whichOf(e), e.NotAfter.Sub(moment))
	}
	tellTally(a, step, say)
	if len(words) == 0 {
		return string(step.Outcome)
	}
	return string(step.Outcome) + ": " + strings.Join(words, "; ")
}

// tellRequest names each thing that changed, and makes before equal in it; what is left then has no name.
func tellRequest(before, after recovery.Request, say func(string, ...any)) {
	if after.State != before.State {
		say("-> %s", after.State)
	}
	if after.Way != before.Way {
		say("way %q", after.Way)
	}
	if after.Found != before.Found {
		say("found real=%t", after.Real)
		if !after.Phone.IsZero() {
			say("with a phone")
		}
		before.Account, before.Contact, before.Phone, before.Real, before.Link = after.Account, after.Contact, after.Phone, after.Real, after.Link
	}
	if after.Real != before.Real {
		say("real=%t", after.Real)
	}
	if after.Tries != before.Tries {
		say("tries %+d", after.Tries-before.Tries)
	}
	if after.Clicks != before.Clicks {
		say("clicks %+d, the next one counts in %v", after.Clicks-before.Clicks, after.NextClick.Sub(moment))
	} else if after.NextClick.Before(before.NextClick) {
		say("the next click counts at once")
	}
	for i, round := range after.Rounds {
		if i >= len(before.Rounds) {
			say("round %d of %s lives %v", round.Number, round.Way, round.Until.Sub(moment))
		} else if before.Rounds[i] != round {
			say("round %d of %s now lives %v", round.Number, round.Way, round.Until.Sub(moment))
		}
	}
	if after.Link != before.Link {
		say("link %s", goneOr(after.Link, "made"))
	}
	if after.Grant != before.Grant {
		say("grant %s", goneOr(after.Grant, "given"))
	}
	if after.Proof != before.Proof {
		say("proof by %s, its right lives %v", after.Proof, after.Expires.Sub(moment))
		before.Proved, before.Expires = after.Proved, after.Expires
	}
	if len(after.Proven) != len(before.Proven) {
		say("proven %v", after.Proven)
	}
	if len(after.Asking) != len(before.Asking) {
		say("%s called for", after.Asking[len(before.Asking)])
	}
	if len(after.Asked) != len(before.Asked) {
		say("%d questions there", len(after.Asked))
	}
	if len(after.Saved) != len(before.Saved) {
		say("saved codes there")
	}
	if after.Stop != before.Stop {
		say("stop %s", goneOr(after.Stop, "given"))
	}
	before.State, before.Way, before.Found, before.Real, before.Tries = after.State, after.Way, after.Found, after.Real, after.Tries
	before.Clicks, before.NextClick, before.Rounds = after.Clicks, after.NextClick, after.Rounds
	before.Proven, before.Asking, before.Asked, before.Saved = after.Proven, after.Asking, after.Asked, after.Saved
	before.Link, before.Stop, before.Grant, before.Proof = after.Link, after.Stop, after.Grant, after.Proof
	if !same(before, after) {
		say("AND SOMETHING ELSE")
	}
}

// tellTally says what became of the account's tally, where the action is one that may change it.
func tellTally(a recovery.Action, step recovery.Step, say func(string, ...any)) {
	var before recovery.Tally
	after := step.Tally
	switch a := a.(type) {
	case recovery.Enter:
		before = a.Tally
	case recovery.Answer:
		before = a.Tally
	case recovery.Stop:
		before = a.Tally
	}
	if before == after {
		return
	}
	if after.Since != before.Since {
		before.Day, before.Answers = 0, 0
		say("tally begins a day")
	}
	if after.Frozen != before.Frozen {
		say("answers frozen %v", after.Frozen.Sub(moment))
	}
	if after.Answers != before.Answers {
		say("tally answers %+d", after.Answers-before.Answers)
	}
	if step.Outcome == recovery.Proved || step.Outcome == recovery.OneMore {
		say("tally day %+d row %d", after.Day-before.Day, after.Row)
	} else if after.Day != before.Day || after.Row != before.Row {
		say("tally day %+d row %+d", after.Day-before.Day, after.Row-before.Row)
	}
}

func goneOr(d secret.Digest, there string) string {
	if d.IsZero() {
		return "gone"
	}
	return there
}

// whichOf says what an effect is about.
func whichOf(e recovery.Effect) string {
	text := ""
	if e.Way != recovery.WayNone {
		text += " " + e.Way.String()
	}
	if e.Round != 0 {
		text += " round " + itoa(e.Round)
	}
	if e.Notice != "" {
		text += " " + string(e.Notice)
	}
	return text
}

// branches tells the results of all combinations of the facts as lines, shortest first: a fact that makes no difference is
// not named, and values that make the same difference share a line.
func branches(rest []fact, s situation, tried func(fact) []string, result func(situation) string) [][2]string {
	if len(rest) == 0 {
		return [][2]string{{"", result(s)}}
	}
	type group struct {
		values []string
		lines  [][2]string
	}
	var groups []group
	values := tried(rest[0])
	for _, value := range values {
		s[rest[0].name] = value
		lines := branches(rest[1:], s, tried, result)
		i := slices.IndexFunc(groups, func(g group) bool { return slices.Equal(g.lines, lines) })
		if i < 0 {
			groups = append(groups, group{lines: lines})
			i = len(groups) - 1
		}
		groups[i].values = append(groups[i].values, value)
	}
	delete(s, rest[0].name)
	if len(groups) == 1 {
		return groups[0].lines
	}
	var all [][2]string
	for _, g := range groups {
		for _, line := range g.lines {
			when := either(g.values, values)
			if line[0] != "" {
				when += ", " + line[0]
			}
			all = append(all, [2]string{when, line[1]})
		}
	}
	return all
}

// either names some of the values of a fact: all but one by that one, where that is shorter.
func either(some, all []string) string {
	if len(some) < 3 || len(some) != len(all)-1 {
		return strings.Join(some, " or ")
	}
	left := slices.IndexFunc(all, func(value string) bool { return !slices.Contains(some, value) })
	return "unless " + all[left]
}

// A paragraph is what one or more actions do in a state.
type paragraph struct {
	deeds []string
	lines [][2]string
}

// addTo adds an action, to the paragraph of those that do the same if there is one.
func addTo(list []paragraph, deed string, lines [][2]string) []paragraph {
	for i := range list {
		if slices.Equal(list[i].lines, lines) {
			list[i].deeds = append(list[i].deeds, deed)
			return list
		}
	}
	return append(list, paragraph{[]string{deed}, lines})
}

func (p paragraph) write(text *strings.Builder) {
	fmt.Fprintf(text, "\n  %s\n", strings.Join(p.deeds, ", "))
	width := 0
	for _, line := range p.lines {
		width = max(width, len(line[0]))
	}
	for _, line := range p.lines {
		if width > 0 {
			fmt.Fprintf(text, "    %-*s  %s\n", width, line[0], line[1])
		} else {
			fmt.Fprintf(text, "    %s\n", line[1])
		}
	}
}

// The matrix is every state x every action x the combinations of facts that could matter, as a text to be read (testdata/matrix.txt).
// It is kept true by this test; whether it is right was judged by reading it against.
//
// On the way, for each of the combinations: the step is on an edge of the table, and the receiver stays as it was.
func TestMatrix(t *testing.T) {
	var text strings.Builder
	text.WriteString("What every action does in every state, for every combination of the facts that it could depend on.\n")
	text.WriteString("A fact that is not named makes no difference. Where clock or state decide alone, the first and the last value of a fact\n")
	text.WriteString("were tried for all. Written by go generate ./internal/recovery.\n")
	used := make(map[recovery.Edge]bool)
	for _, state := range recovery.States {
		fmt.Fprintf(&text, "\n%s\n", strings.ToUpper(string(state)))
		var paragraphs []paragraph
		for _, deed := range deeds {
			s := situation{}
			tried := func(f fact) []string { return s.tried(f, state, deed.action) }
			lines := branches(factsFor(deed.action), s, tried, func(s situation) string {
				before := s.request(state)
				action, _ := withTally(deed.action, s.tally())
				kept := clone(before)
				step := before.Next(action, moment)
				if !untouched(before, kept) {
					t.Errorf("%s, %s, %v: the receiver was changed", state, deed.name, s)
				}
				changed := !same(before, step.Request)
				if changed || len(step.Effects) > 0 {
					edge := recovery.Edge{From: state, By: nameOf(action), To: step.Request.State}
					if !inTable(edge.From, edge.By, edge.To) {
						t.Errorf("%s, %s, %v: moved along %v, which is no edge", state, deed.name, s, edge)
					}
					used[edge] = true
				}
				return tell(before, action, step, changed)
			})
			paragraphs = addTo(paragraphs, deed.name, lines)
		}
		for _, p := range paragraphs {
			p.write(&text)
		}
	}
	for _, e := range recovery.Edges {
		if e.From != recovery.Start && !used[recovery.Edge{From: e.From, By: e.By, To: e.To}] {
			t.Errorf("the edge from %s by %s to %s is never taken", e.From, e.By, e.To)
		}
	}
	golden(t, "testdata/matrix.txt", text.String())
}

// untouched says that nothing that two copies of a request could share was changed in one.
func untouched(a, b recovery.Request) bool {
	return slices.Equal(a.Rounds, b.Rounds) && slices.Equal(a.Proven, b.Proven) && slices.Equal(a.Asking, b.Asking) &&
		slices.Equal(a.Asked, b.Asked) && slices.Equal(a.Saved, b.Saved) && slices.Equal(a.Policy.Ways, b.Policy.Ways) &&
		slices.Equal(a.Policy.CoolDown, b.Policy.CoolDown) && slices.EqualFunc(a.Policy.Proofs, b.Policy.Proofs, slices.Equal)
}
