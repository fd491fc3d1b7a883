package recovery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twohens/internal/recovery"
	"twohens/internal/secret"
)

// A fact is something that a step may depend on, with all the values it is tried with.
type fact struct {
	name   string
	values []string
}

// facts are tried in every combination, in every state, with every action. Their order is that in which the text tells them
// apart, not that in which the machine asks.
var facts = []fact{
	{"time", []string{"in time", "over"}},
	{"way", []string{"by e-mail", "by questions"}},
	{"tries", []string{"no try used", "one try left", "no try left"}},
	{"code", []string{"no code yet", "code 5 min old", "code extended", "code run out"}},
	{"who", []string{"not found", "real", "decoy"}},
	{"tally", []string{"fresh tally", "day nearly spent", "day spent", "row spent", "day spent yesterday"}},
	{"click", []string{"clicks count", "cooling"}},
}

// factsFor leaves out what an action never learns.
func factsFor(a recovery.Action) []fact {
	if _, ok := a.(recovery.Enter); ok {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f fact) bool { return f.name == "tally" })
}

// situation is one combination: a value for each fact.
type situation map[string]string

// moment is when the step is taken: half an hour into the request, so that all ages of codes fit.
var moment = noon.Add(30 * time.Minute)

func matrixPolicy() recovery.Policy {
	p := recovery.Classic()
	p.Ways = []recovery.Way{recovery.WayEmail, recovery.WayQuestions}
	return p
}

// request builds a request in a state and a situation.
func (s situation) request(state recovery.State) recovery.Request {
	r, _ := recovery.Open(opening(matrixPolicy()), noon)
	r.State = state
	switch s["who"] {
	case "real":
		r.Found, r.Real, r.Account, r.Contact, r.Link = true, true, "account", r.Address, digest("link")
	case "decoy":
		r.Found, r.Account, r.Contact, r.Link = true, "made up", r.Address, digest("no link")
	}
	r.Tries = map[string]int{"no try used": 0, "one try left": 4, "no try left": 5}[s["tries"]]
	first, until, clicks := time.Duration(0), time.Duration(0), 1
	switch s["code"] {
	case "code 5 min old":
		first, until = -5*time.Minute, 10*time.Minute
	case "code extended": // begun 20 minutes ago, repeated 12 minutes ago
		first, until, clicks = -20*time.Minute, 3*time.Minute, 2
	case "code run out":
		first, until = -25*time.Minute, -10*time.Minute
	}
	if first != 0 {
		r.Clicks, r.Rounds = clicks, []recovery.Round{{
			Way: recovery.WayEmail, Number: 1, First: moment.Add(first), Until: moment.Add(until),
		}}
	}
	if s["click"] == "cooling" {
		r.NextClick = moment.Add(time.Second)
	} else if r.Clicks > 0 {
		r.NextClick = moment // the first moment at which a click counts
	}
	if state != recovery.Start && state != recovery.Choosing {
		r.Way = recovery.WayEmail
		if s["way"] == "by questions" {
			r.Way = recovery.WayQuestions
		}
	}
	if state == recovery.Resetting || state == recovery.Done {
		r.Link, r.Grant, r.Proof, r.Proved = secret.Digest{}, digest("grant"), recovery.ProofCode, noon.Add(29*time.Minute)
		r.Expires = r.Proved.Add(r.Policy.GrantLife)
	}
	if s["time"] == "over" {
		r.Expires = moment // the first moment at which it is over
	}
	return r
}

func (s situation) tally() recovery.Tally {
	switch s["tally"] {
	case "day nearly spent":
		return recovery.Tally{Since: noon, Day: 14, Row: 14}
	case "day spent":
		return recovery.Tally{Since: moment.Add(-24*time.Hour + 1), Day: 15, Row: 15}
	case "row spent":
		return recovery.Tally{Since: noon, Day: 5, Row: 100}
	case "day spent yesterday":
		return recovery.Tally{Since: moment.Add(-24 * time.Hour), Day: 15, Row: 15}
	}
	return recovery.Tally{}
}

// deeds are the actions with what they bring.
var deeds = []struct {
	name   string
	action func(situation) recovery.Action
}{
	{"find an account", func(situation) recovery.Action { return findReal() }},
	{"find none", func(situation) recovery.Action { return findDecoy() }},
	{"choose e-mail", func(situation) recovery.Action { return recovery.Choose{Way: recovery.WayEmail} }},
	{"choose questions", func(situation) recovery.Action { return recovery.Choose{Way: recovery.WayQuestions} }},
	{"choose a way that is off", func(situation) recovery.Action { return recovery.Choose{Way: recovery.WayPhone} }},
	{"choose nothing", func(situation) recovery.Action { return recovery.Choose{} }},
	{"resend", func(situation) recovery.Action { return recovery.Resend{} }},
	{"another", func(situation) recovery.Action { return recovery.Another{} }},
	{"enter nothing", func(s situation) recovery.Action { return recovery.Enter{Tally: s.tally(), Grant: digest("grant")} }},
	{"enter a wrong code", func(s situation) recovery.Action { return wrong(s.tally()) }},
	{"enter the right code", func(s situation) recovery.Action { return right(s.tally()) }},
	{"follow", func(situation) recovery.Action { return recovery.Follow{} }},
	{"set", func(situation) recovery.Action { return recovery.Set{} }},
	{"retire", func(situation) recovery.Action { return recovery.Retire{} }},
}

// tell puts into words what a step did. Everything that changed must have a word, or the text says so.
func tell(before recovery.Request, a recovery.Action, step recovery.Step) string {
	after := step.Request
	var words []string
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if after.State != before.State {
		say("-> %s", after.State)
	}
	if after.Way != before.Way {
		say("way %q", after.Way)
	}
	if after.Found != before.Found {
		say("found real=%t", after.Real)
		before.Account, before.Contact, before.Real, before.Link = after.Account, after.Contact, after.Real, after.Link
	}
	if after.Real != before.Real {
		say("real=%t", after.Real)
	}
	if after.Tries != before.Tries {
		say("tries %+d", after.Tries-before.Tries)
	}
	if after.Clicks != before.Clicks {
		say("clicks %+d, the next one counts in %v", after.Clicks-before.Clicks, after.NextClick.Sub(moment))
		before.NextClick = after.NextClick
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
	for _, e := range step.Effects {
		say("effect %s%s within %v", e.Kind, roundOf(e), e.NotAfter.Sub(moment))
	}
	if enter, ok := a.(recovery.Enter); ok && enter.Tally != step.Tally {
		if step.Tally.Since != enter.Tally.Since {
			enter.Tally.Day = 0
			say("tally begins a day")
		}
		say("tally day %+d row %s", step.Tally.Day-enter.Tally.Day, rowOf(enter.Tally, step.Tally))
	}
	before.State, before.Way, before.Found, before.Real, before.Tries = after.State, after.Way, after.Found, after.Real, after.Tries
	before.Clicks, before.Rounds = after.Clicks, after.Rounds
	before.Link, before.Grant, before.Proof = after.Link, after.Grant, after.Proof
	if !same(before, after) {
		say("AND SOMETHING ELSE")
	}
	if len(words) == 0 {
		return string(step.Outcome)
	}
	return string(step.Outcome) + ": " + strings.Join(words, "; ")
}

func rowOf(before, after recovery.Tally) string {
	if after.Row == 0 {
		return "ends"
	}
	return fmt.Sprintf("%+d", after.Row-before.Row)
}

func goneOr(d secret.Digest, there string) string {
	if d.IsZero() {
		return "gone"
	}
	return there
}

func roundOf(e recovery.Effect) string {
	if e.Round == 0 {
		return ""
	}
	return fmt.Sprintf(" %s round %d", e.Way, e.Round)
}

// branches tells the results of all combinations of the facts as lines, shortest first: a fact that makes no difference is
// not named, and values that make the same difference share a line.
func branches(rest []fact, s situation, result func(situation) string) [][2]string {
	if len(rest) == 0 {
		return [][2]string{{"", result(s)}}
	}
	type group struct {
		values []string
		lines  [][2]string
	}
	var groups []group
	for _, value := range rest[0].values {
		s[rest[0].name] = value
		lines := branches(rest[1:], s, result)
		i := slices.IndexFunc(groups, func(g group) bool { return slices.Equal(g.lines, lines) })
		if i < 0 {
			groups = append(groups, group{lines: lines})
			i = len(groups) - 1
		}
		groups[i].values = append(groups[i].values, value)
	}
	if len(groups) == 1 {
		return groups[0].lines
	}
	var all [][2]string
	for _, g := range groups {
		for _, line := range g.lines {
			when := strings.Join(g.values, " or ")
			if line[0] != "" {
				when += ", " + line[0]
			}
			all = append(all, [2]string{when, line[1]})
		}
	}
	return all
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

// The matrix is every state x every action x every combination of facts, as a text to be read (testdata/matrix.txt).
// It is kept true by this test; whether it is right was judged by reading it against.
//
// On the way, for each of the combinations: the step is on an edge of the table, and the receiver stays as it was.
func TestMatrix(t *testing.T) {
	var text strings.Builder
	text.WriteString("What every action does in every state, for every combination of the facts that it could depend on.\n")
	text.WriteString("A fact that is not named makes no difference. Written by go generate ./internal/recovery.\n")
	used := make(map[recovery.Edge]bool)
	for _, state := range recovery.States {
		fmt.Fprintf(&text, "\n%s\n", strings.ToUpper(string(state)))
		var paragraphs []paragraph
		for _, deed := range deeds {
			lines := branches(factsFor(deed.action(situation{})), situation{}, func(s situation) string {
				before, action := s.request(state), deed.action(s)
				kept := clone(before)
				step := before.Next(action, moment)
				if !same(before, kept) {
					t.Errorf("%s, %s, %v: the receiver was changed", state, deed.name, s)
				}
				if !same(before, step.Request) || len(step.Effects) > 0 {
					edge := recovery.Edge{From: state, By: nameOf(action), To: step.Request.State}
					if !inTable(edge.From, edge.By, edge.To) {
						t.Errorf("%s, %s, %v: moved along %v, which is no edge", state, deed.name, s, edge)
					}
					used[edge] = true
				}
				return tell(before, action, step)
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
