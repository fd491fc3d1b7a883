package recovery

// Outcome is what became of a step. A person's mistake is an Outcome, never an error (invariant 2): it is saved like a success.
type Outcome string

// The outcomes there are. What a page says of each is in the catalogue under the same name.
const (
	Noted        Outcome = "noted"         // done, nothing to say
	Sent         Outcome = "sent"          // a new code is on its way, if the account exists
	SentAgain    Outcome = "sent_again"    // the same code is on its way once more
	Cooling      Outcome = "cooling"       // the click came inside the cool-down: nothing changed, nothing is sent
	Waiting      Outcome = "waiting"       // the worker has not been here yet; the same for everyone
	Wrong        Outcome = "wrong"         // wrong, spent, old, another request's: the same answer
	RunOut       Outcome = "run_out"       // no code of this way is valid any more
	Paused       Outcome = "paused"        // for a while no typed codes are looked at, on the whole site
	TriesUsed    Outcome = "tries_used"    // typed codes are refused from now on; the link is not
	Empty        Outcome = "empty"         // nothing was typed; costs nothing
	Proved       Outcome = "proved"        // a right to set one password
	OneMore      Outcome = "one_more"      // right, and this site asks for one more way
	Missed       Outcome = "missed"        // the answers do not match; which of them is not said
	Stopped      Outcome = "stopped"       // "this was not me": the request is over
	Undone       Outcome = "undone"        // "this was not me": the new password that the request set does not work any more
	ProvedBefore Outcome = "proved_before" // this request was proved already; the code was not read
	LinkDead     Outcome = "link_dead"     // the link proves nothing any more
	WayOff       Outcome = "way_off"       // this site has not switched that way on
	Finished     Outcome = "finished"      // the new password is set
	Ended        Outcome = "ended"         // the request's time is over
	NotHere      Outcome = "not_here"      // the step does not belong to this state: a stale tab, a skipped page
)
