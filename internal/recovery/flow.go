package recovery

import (
	"fmt"
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/secret"
)

// State says who acts next.
type State string

// The states of a request. Each comment says who acts next.
const (
	Start     State = "start"     // nobody: not a request yet
	Choosing  State = "choosing"  // the person chooses a way
	Proving   State = "proving"   // the person types the code, asks for it again, or chooses another way
	Resetting State = "resetting" // the browser that holds the grant sets the new password
	Done      State = "done"      // nobody: the password is set
	Closed    State = "closed"    // nobody: the time is over, or the account set a password by another request
)

// States lists them in the order of the walk.
var States = []State{Start, Choosing, Proving, Resetting, Done, Closed}

// Edge is one way in which a request may move. A step that would move along no edge is a fault of the program, and Next
// panics before anything is saved.
type Edge struct {
	From State
	By   string // the action's name
	To   State
	Why  string
}

//go:generate go test -run ^Test(Matrix|Manual)$ . -update

// Edges is the whole life of a request. docs/manual/flow.md draws it; a test keeps the drawing true.
var Edges = []Edge{
	{Start, "open", Choosing, "an address and two chickens"},
	{Start, "branch", Resetting, "the browser that pressed the button of the link gets a request of its own"},
	{Start, "branch", Choosing, "the same, where one more way is asked for"},

	{Choosing, "find", Choosing, "the worker copies the account in, or a decoy"},
	{Proving, "find", Proving, "the same, after a quick choice"},

	{Choosing, "ask", Choosing, "the worker copies in what answers are judged by, or a decoy's; the person has gone back meanwhile"},
	{Proving, "ask", Proving, "the same, while the person waits for it"},

	{Choosing, "choose", Proving, "a way; the first code is asked for at once"},
	{Proving, "choose", Proving, "a way, from a page that was left open"},
	{Proving, "resend", Proving, "the code once more, or a click inside the cool-down"},
	{Proving, "another", Choosing, "another way; what counts against the person stays"},

	{Proving, "enter", Proving, "a wrong code costs a try"},
	{Proving, "enter", Resetting, "the right code"},
	{Proving, "enter", Choosing, "the right code, and one more way is asked for"},
	{Proving, "answer", Proving, "answers that do not match, or a wrong saved code, cost a try"},
	{Proving, "answer", Resetting, "the right answers, or a saved code"},
	{Proving, "answer", Choosing, "the same, and one more way is asked for"},
	{Choosing, "follow", Choosing, "the link was used elsewhere; here nothing changes to see"},
	{Proving, "follow", Proving, "the same"},

	{Resetting, "set", Done, "the new password"},

	{Resetting, "stop", Closed, "the owner says that this was not them"},
	{Choosing, "stop", Choosing, "the same, halfway: from now on a decoy"},
	{Proving, "stop", Proving, "the same"},
	{Closed, "stop", Closed, "too late for the request, and in time to shut what was known by heart for a day"},
	{Done, "stop", Done, "the same, and in time to undo the new password"},

	{Choosing, "retire", Choosing, "another request set a password: from now on a decoy"},
	{Proving, "retire", Proving, "the same"},
	{Resetting, "retire", Closed, "another request was quicker"},
}

// Action is what somebody does to a request, with the facts that the step needs. The actions are Find, Ask, Choose, Resend, Another,
// Enter, Answer, Follow, Set, Stop and Retire; there are no others.
type Action interface {
	name() string
	do(r *Request, now time.Time) Step
}

// Step is what a request became and what is to follow from it.
type Step struct {
	Request Request
	Outcome Outcome
	Effects []Effect
	Tally   Tally // of the account, after an Enter, an Answer or a Stop
}

// Next is the only method that moves a request. It returns what the request becomes; the receiver stays as it was.
//
// Time comes first: once a request is over, every step has the same answer, whoever takes it and whatever they bring; but for Stop,
// which would take away more than the request.
func (r Request) Next(a Action, now time.Time) Step {
	if _, stops := a.(Stop); r.Over(now) && r.State != Done && !stops {
		return Step{Request: r, Outcome: Ended, Tally: tallyOf(a)}
	}
	next := r
	next.Rounds = append([]Round(nil), r.Rounds...)
	step := a.do(&next, now)
	if next.State != r.State && !hasEdge(r.State, a.name(), next.State) {
		panic(fmt.Sprintf("recovery: no edge from %s by %s to %s", r.State, a.name(), next.State))
	}
	step.Request = next
	return step
}

func hasEdge(from State, by string, to State) bool {
	for _, e := range Edges {
		if e.From == from && e.By == by && e.To == to {
			return true
		}
	}
	return false
}

// allows says that the table has an edge for the action in the state. Every action asks it first, so the table decides
// which steps exist and cannot be bypassed by one that forgot a state.
func (s State) allows(a Action) bool {
	for _, e := range Edges {
		if e.From == s && e.By == a.name() {
			return true
		}
	}
	return false
}

// Find is the worker's: it copies the account into the request, or a decoy that looks the same (invariants 4 and 5).
type Find struct {
	Account string        // opaque id, a decoy's for an unknown address
	Contact contact.Email // the account's own record; for a decoy what was typed
	Phone   contact.Phone // the account's own record; zero for one that has none
	Speaks  string        // the language of the account's messages; empty when not known
	Epoch   int64         // of the account's password; a decoy's is as long
	Real    bool
	Link    secret.Digest
}

func (Find) name() string { return "find" }

func (a Find) do(r *Request, _ time.Time) Step {
	if !r.State.allows(a) {
		return Step{Outcome: NotHere}
	}
	if r.Found {
		return Step{Outcome: Noted} // found by an earlier attempt that died after saving
	}
	r.Found, r.Account, r.Contact, r.Phone, r.Real, r.Link = true, a.Account, a.Contact, a.Phone, a.Real, a.Link
	r.Speaks, r.Epoch = a.Speaks, a.Epoch
	return Step{Outcome: Noted}
}

// Ask is the worker's too: it copies in what a way by heart is judged by, the account's own or a decoy's (invariant 4). What was copied
// in once stays: the same questions are asked until they are answered.
type Ask struct {
	Asked []Asked
	Saved []string // by place; empty where there is no code, or not any more
}

func (Ask) name() string { return "ask" }

func (a Ask) do(r *Request, _ time.Time) Step {
	if !r.State.allows(a) || !r.Found {
		return Step{Outcome: NotHere}
	}
	if r.Asked == nil {
		r.Asked = a.Asked
	}
	if r.Saved == nil {
		r.Saved = a.Saved
	}
	return Step{Outcome: Noted}
}

// Choose takes a way. For a way by code this is the first click, or one more.
type Choose struct{ Way Way }

func (Choose) name() string { return "choose" }

func (a Choose) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) {
		return proceed(r)
	}
	switch {
	case slices.Contains(r.Proven, a.Way):
		return Step{Outcome: NotHere} // a stale page
	case !slices.Contains(r.Policy.Remaining(r.Proven), a.Way):
		return Step{Outcome: WayOff}
	}
	r.State, r.Way = Proving, a.Way
	if a.Way.ByCode() {
		return click(r, now)
	}
	if slices.Contains(r.Asking, a.Way) {
		return Step{Outcome: Noted}
	}
	r.Asking = append(slices.Clone(r.Asking), a.Way)
	return Step{Outcome: Noted, Effects: []Effect{{Kind: EffectAsk, Way: a.Way, NotAfter: r.Expires}}}
}

// Resend is a click on "Click here to receive verification code".
type Resend struct{}

func (Resend) name() string { return "resend" }

func (a Resend) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) || !r.Way.ByCode() {
		return proceed(r)
	}
	return click(r, now)
}

// click is a click for a code, wherever it is made. Inside the cool-down it changes nothing and sends nothing, and
// the cool-down belongs to the request, so another way does not get round it.
func click(r *Request, now time.Time) Step {
	if now.Before(r.NextClick) {
		return Step{Outcome: Cooling}
	}
	round, outcome := r.clicked(now)
	return Step{Outcome: outcome, Effects: []Effect{{
		Kind: EffectSend, Way: round.Way, Round: round.Number, NotAfter: round.Until,
	}}}
}

// Another goes back to the choice. It keeps nothing that was not proved and throws away nothing that counts: tries, clicks
// and the cool-down stay (invariant 9, CVE-2026-18963).
type Another struct{}

func (Another) name() string { return "another" }

func (a Another) do(r *Request, _ time.Time) Step {
	switch {
	case r.State == Choosing:
		return Step{Outcome: Noted}
	case !r.State.allows(a):
		return proceed(r)
	}
	r.State, r.Way = Choosing, WayNone
	return Step{Outcome: Noted}
}

// Enter is a typed code. Right says that it equals the code of one of LiveRounds; the engine finds that out, with the
// same work for a decoy, before this decides whether it counts.
type Enter struct {
	Typed bool // something was typed at all
	Right bool
	Tally Tally         // of the account, as it stands
	Grant secret.Digest // what the right to set a password shall be, if this proves

	Known  bool // typed in a browser that has signed in to the account, which has a budget of its own: the tally has no say, nor the brake
	Paused bool // on the whole site no typed codes are looked at for a while
}

func (Enter) name() string { return "enter" }

func (a Enter) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) || !r.Way.ByCode() {
		step := proceed(r)
		step.Tally = a.Tally
		return step
	}
	// The order matters: what depends on clock and count alone is answered before the code has any say.
	switch {
	case !a.Typed:
		return Step{Outcome: Empty, Tally: a.Tally}
	case r.Tries >= r.Policy.Tries:
		return Step{Outcome: TriesUsed, Tally: a.Tally}
	case len(r.LiveRounds(now)) == 0:
		return Step{Outcome: RunOut, Tally: a.Tally}
	case a.Paused && !a.Known:
		return Step{Outcome: Paused, Tally: a.Tally}
	case !r.Found:
		return Step{Outcome: Waiting, Tally: a.Tally}
	}
	spent := a.Tally.Spent(r.Policy, now) && !a.Known || a.Tally.Shut(r.Way, now)
	if a.Right && r.Real && r.reaches() && !spent {
		return r.proved(ProofCode, a.Grant, a.Tally, now)
	}
	outcome := r.miss(Wrong)
	if spent || a.Known {
		// What is known counts elsewhere. Past the budget nobody looked at this code, so it was no guess: counting it would let a stranger,
		// and the owner's own right codes, turn a day's budget into a row of 100 within the hour, which only a proof by the link or a
		// sign-in ends.
		return Step{Outcome: outcome, Tally: a.Tally}
	}
	return Step{Outcome: outcome, Tally: a.Tally.Wrong(now)}
}

// reaches says that the account has a contact for the chosen way. For one that it lacks nothing is ever sent, so nobody can know its
// code, and a guess must not find it.
func (r *Request) reaches() bool {
	return r.Way == WayEmail && !r.Contact.IsZero() || r.Way == WayPhone && !r.Phone.IsZero()
}

// miss counts one wrong try, whatever the way.
func (r *Request) miss(outcome Outcome) Outcome {
	r.Tries++
	if r.Tries >= r.Policy.Tries {
		return TriesUsed
	}
	return outcome
}

// Answer is what was typed for a way by heart: the answers to all questions that are asked, with one verdict for them, or a
// saved code. The engine finds out whether it is right, with the same work for a decoy.
type Answer struct {
	Given bool // all of it was typed
	Right bool // all of it
	Tally Tally
	Grant secret.Digest
	Stop  secret.Digest // what stops the request, for the notice that goes out at once
}

func (Answer) name() string { return "answer" }

func (a Answer) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) || !r.Way.ByHeart() {
		step := proceed(r)
		step.Tally = a.Tally
		return step
	}
	switch {
	case !a.Given:
		return Step{Outcome: Empty, Tally: a.Tally}
	case r.Tries >= r.Policy.Tries:
		return Step{Outcome: TriesUsed, Tally: a.Tally}
	case !r.ready():
		return Step{Outcome: Waiting, Tally: a.Tally}
	}
	if r.Way == WaySaved {
		// Its 75 bits are beyond guessing, so wrong tries have no say: whoever locked an account's typed codes cannot lock this way in.
		if a.Right && r.Real && !a.Tally.Shut(WaySaved, now) {
			return r.provedByHeart(ProofSaved, a, now)
		}
		return Step{Outcome: r.miss(Wrong), Tally: a.Tally}
	}
	spent := a.Tally.AnswersSpent(r.Policy, now)
	if a.Right && r.Real && !spent {
		return r.provedByHeart(ProofAnswers, a, now)
	}
	outcome := r.miss(Missed)
	if spent {
		return Step{Outcome: outcome, Tally: a.Tally} // nobody looked at them, as with codes
	}
	return Step{Outcome: outcome, Tally: a.Tally.Missed(now)}
}

// provedByHeart is told to every contact at once, with a way to stop it: it could have been somebody who knows the person well, or who
// found the paper.
func (r *Request) provedByHeart(by Proof, a Answer, now time.Time) Step {
	notice := NoticeAnswered
	if by == ProofSaved {
		notice = NoticeSpent
	}
	r.Stop = a.Stop
	step := r.proved(by, a.Grant, a.Tally, now)
	step.Effects = []Effect{{Kind: EffectNotify, Notice: notice, NotAfter: now.Add(NoticeLife)}}
	return step
}

// proved notes that the chosen way was proved. It earns the right to set a password if the policy asks for no more; otherwise it is
// back to the choice, with that way done and nothing else (invariant 9).
func (r *Request) proved(by Proof, grant secret.Digest, tally Tally, now time.Time) Step {
	r.Proven = append(slices.Clone(r.Proven), r.Way)
	if r.Way == WayEmail {
		r.Link = secret.Digest{}
	}
	if r.Policy.Enough(r.Proven) {
		r.prove(by, grant, now)
		return Step{Outcome: Proved, Tally: tally.Proved(now)}
	}
	r.State, r.Way = Choosing, WayNone
	r.NextClick = time.Time{}                   // whoever has proved something is no flood
	return Step{Outcome: OneMore, Tally: tally} // half a proof ends no row: it would let whoever has one way guess the other for ever
}

// prove gives the right to set one password, for GrantLife and no longer.
func (r *Request) prove(by Proof, grant secret.Digest, now time.Time) {
	r.State, r.Proof, r.Proved, r.Grant = Resetting, by, now, grant
	r.Expires = now.Add(r.Policy.GrantLife)
	r.Link = secret.Digest{}
}

// Follow is a press on the button of the link's page. The proof goes to the browser that pressed it, as a request of
// its own (Branch). This request becomes a decoy: its pages do not change, its codes stop working.
type Follow struct {
	Tally Tally // of the account, as it stands: somebody may have shut the way
}

func (Follow) name() string { return "follow" }

func (a Follow) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) || !r.Found || !r.Real || r.Link.IsZero() || !r.Policy.Offers(WayEmail) || a.Tally.Shut(WayEmail, now) {
		return Step{Outcome: LinkDead}
	}
	r.Real, r.Link = false, secret.Digest{}
	return Step{Outcome: Proved}
}

// Branch begins the proved request of the browser that pressed the button, or one in which the e-mail way is proved and another is
// asked for. What the parent's browser has proved is not handed on. Parent is the request as it was before Follow.
func Branch(parent Request, o Opening, grant secret.Digest, now time.Time) Request {
	r := Request{
		ID: o.ID, State: Choosing, Policy: parent.Policy, Opened: now, Expires: now.Add(parent.Policy.RequestLife),
		Address: parent.Contact, Locale: parent.Locale, Network: o.Network,
		Nonce: o.Nonce, Key: o.Key, Holder: o.Holder,
		Found: true, Account: parent.Account, Contact: parent.Contact, Phone: parent.Phone, Speaks: parent.Speaks, Real: parent.Real, Way: WayEmail,
	}
	r.proved(ProofLink, grant, Tally{}, now)
	return r
}

// Set is the new password having been accepted; it is written in the same transaction.
type Set struct {
	Stop secret.Digest // what undoes it, for the notices that go out at once
}

func (Set) name() string { return "set" }

func (a Set) do(r *Request, now time.Time) Step {
	if !r.State.allows(a) {
		return proceed(r)
	}
	if !r.Real {
		return Step{Outcome: NotHere}
	}
	r.State, r.Stop = Done, a.Stop
	return Step{Outcome: Finished, Effects: []Effect{{Kind: EffectNotify, Notice: NoticePassword, NotAfter: now.Add(NoticeLife)}}}
}

// Retire is the account having set a password by another request. One that was proved is closed; any other becomes
// a decoy, because a stranger who watches it must see nothing.
type Retire struct{}

func (Retire) name() string { return "retire" }

func (a Retire) do(r *Request, _ time.Time) Step {
	if !r.State.allows(a) {
		return Step{Outcome: NotHere}
	}
	if r.State == Resetting {
		r.State = Closed
	}
	r.Real, r.Link, r.Grant = false, secret.Digest{}, secret.Digest{}
	return Step{Outcome: Noted}
}

// proceed answers a step that belongs to another state: a stale tab, a reload, a second click. Whoever is past it already
// is sent on to where the request stands, and what they brought is not looked at.
func proceed(r *Request) Step {
	switch r.State {
	case Resetting:
		return Step{Outcome: ProvedBefore}
	case Done:
		return Step{Outcome: Finished}
	case Closed:
		return Step{Outcome: Ended}
	}
	return Step{Outcome: NotHere}
}

func tallyOf(a Action) Tally {
	switch a := a.(type) {
	case Enter:
		return a.Tally
	case Answer:
		return a.Tally
	case Stop:
		return a.Tally
	}
	return Tally{}
}
