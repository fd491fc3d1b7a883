package recovery

import (
	"slices"
	"time"

	"twohens/internal/contact"
	"twohens/internal/secret"
)

// ID names a request inside the program, the database and the records. It is never sent out: browsers hold a secret of
// their own, whose digest is Holder.
type ID string

// Request is one recovery under way. It is a value: Next gives a new one and leaves the old alone.
type Request struct {
	ID      ID
	State   State
	Policy  Policy
	Opened  time.Time
	Expires time.Time // the end of the request; once proved, the end of the right to set a password

	Address contact.Email // as typed; only the worker looks it up
	Locale  string        // language of the pages, and of the messages to an account that has set none
	Network string        // the network that asked, for the records

	Nonce  secret.Nonce  // makes its codes and its link, never sent out (invariant 6)
	Key    string        // id of the key that makes them
	Holder secret.Digest // of the cookie of the browser that asked
	Known  secret.Digest // of what that browser says it is known by: only the worker can tell whether it is; zero when it says nothing

	// What the worker copied in (invariant 4). Until Found, everyone sees the same short waiting page.
	Found   bool
	Account string        // the account's opaque id, or a decoy's
	Contact contact.Email // where mails go: the account's own record, never what was typed (invariant 8); a decoy's is what was typed
	Phone   contact.Phone // where texts go; zero when the account has none, and for a decoy
	Epoch   int64         // of the account's password: what browsers that know it by a sign-in are known by; a decoy's is as long
	Speaks  string        // the language that the account has set for its messages; empty: none. No page may show it
	Real    bool          // there is such an account. A decoy takes every step but can never be proved
	Link    secret.Digest // of the link in the mail; zero once used

	// What the worker copied in once a way by heart was chosen (invariant 4), decoys alike.
	Asked []Asked  // the questions; nil until they are there
	Saved []string // digests of the saved codes by their places; nil until they are there

	Asking []Way // the ways by heart for which a worker was called already

	Way       Way
	Proven    []Way // ways proved so far, where the policy asks for several
	Rounds    []Round
	Clicks    int       // clicks for a code that counted
	NextClick time.Time // from when the next one counts
	Tries     int       // wrong codes; no step ever gives one back

	Stop   secret.Digest // of the way to stop it that the notice of a proof by heart carries
	Grant  secret.Digest // of the right to set one password
	Proof  Proof
	Proved time.Time
}

// Proof is what earned the right to set a password.
type Proof string

// The proofs there are.
const (
	ProofNone    Proof = ""
	ProofCode    Proof = "code"
	ProofLink    Proof = "link"
	ProofAnswers Proof = "answers" // of questions
	ProofSaved   Proof = "saved"   // a saved code
)

// Asked is a question with the digest that its answer is judged by. The digest of a decoy has the form of a real one and equals
// nothing.
type Asked struct {
	Question string
	Digest   string
}

// Opening is what a request begins with.
type Opening struct {
	ID      ID
	Policy  Policy
	Address contact.Email
	Locale  string
	Network string
	Nonce   secret.Nonce
	Key     string
	Holder  secret.Digest
	Known   secret.Digest
}

// Open begins a request. Its one effect is that a worker looks for the account (invariant 4).
func Open(o Opening, now time.Time) (Request, []Effect) {
	r := Request{
		ID: o.ID, State: Choosing, Policy: o.Policy, Opened: now, Expires: now.Add(o.Policy.RequestLife),
		Address: o.Address, Locale: o.Locale, Network: o.Network,
		Nonce: o.Nonce, Key: o.Key, Holder: o.Holder, Known: o.Known,
	}
	return r, []Effect{{Kind: EffectFind, NotAfter: r.Expires}}
}

// ready says that what the chosen way is judged by is there.
func (r Request) ready() bool {
	switch r.Way {
	case WayQuestions:
		return len(r.Asked) > 0
	case WaySaved:
		return r.Saved != nil
	}
	return true
}

// ByHeart says that a way by heart was proved in it.
func (r Request) ByHeart() bool { return slices.ContainsFunc(r.Proven, Way.ByHeart) }

// Over says that the request's time has run out. That depends on the clock alone, so it is the same for everyone.
func (r Request) Over(now time.Time) bool { return !now.Before(r.Expires) }
