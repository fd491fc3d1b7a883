package api

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// kind is a sort of problem: one line of the table that answers, the OpenAPI document and the docs page are made from.
type kind struct {
	Name   string
	Status int
	Title  string
	Help   string // what the caller can do
}

// The kinds of problems there are. Everything else is an Outcome (invariant 2).
var (
	malformed    = kind{"malformed", 400, "The call is not in the form that this one takes", "Mend the program that made it. `pointer` names the member at fault, where there is one."}
	badKey       = kind{"key", 401, "No such API key", "Check the key, its scope and its end. A revoked key cannot be told from one that never was."}
	noAnswer     = kind{"challenge-needed", 403, "A challenge has to be solved first", "Ask for a challenge, have it solved, send its response along. A call with an API key needs none."}
	ranAway      = kind{"challenge-failed", 403, "Oops, the chickens ran away", "Deal a new card. Each card is judged once, whatever the answer."}
	tooFast      = kind{"challenge-too-fast", 403, "That was quicker than a chicken", "Deal a new card and leave the person time for it."}
	tooSlow      = kind{"challenge-too-slow", 403, "This card has been waiting too long", "Deal a new card."}
	crossOrigin  = kind{"cross-origin", 403, "Calls from pages of another origin are refused", "Call from your back end, or from a page of this origin."}
	noCall       = kind{"no-call", 404, "There is no such call", "See the list of calls."}
	noCard       = kind{"no-card", 404, "There is no such card, or no such picture of it", "The ticket or the card is over, was used, or is none of ours, or its work is not done. Ask for a new one."}
	noRequest    = kind{"no-request", 404, "There is no such request", "Send the secret that opening gave you in `Twohens-Request`. If you did, the request is long over: open a new one."}
	noGrant      = kind{"no-grant", 404, "There is no such grant", "Send the grant that the right code gave you in `Twohens-Grant`. If you did, it is long over: open a new request."}
	badMethod    = kind{"method", 405, "The call exists, but not with this method", "`Allow` lists the methods that it has."}
	tooLarge     = kind{"too-large", 413, "The body is too large", "No honest body is."}
	notJSON      = kind{"media-type", 415, "The body has to be JSON", "Send `Content-Type: application/json`, in UTF-8 and without `Content-Encoding`."}
	badAddress   = kind{"address", 422, "This cannot be an e-mail address", "Ask the person for another. `reasons` tells why."}
	badPassword  = kind{"password", 422, "This password cannot be accepted", "Ask the person for another. `reasons` tells why; the grant is as good as before."}
	limited      = kind{"limited", 429, "Too many requests", "Come back after `Retry-After` seconds."}
	busy         = kind{"busy", 503, "This cannot be done just now", "Nothing is lost. Come back after `Retry-After` seconds."}
	kindsOfCalls = []kind{
		malformed, badKey, noAnswer, ranAway, tooFast, tooSlow, crossOrigin, noCall, noCard, noRequest, noGrant, badMethod,
		tooLarge, notJSON, badAddress, badPassword, limited, busy,
	}
)

// uri is the problem's type: relative to the site but with its full path (RFC 9457, section 3.1.1), so that it is the same
// text everywhere and still leads to its words.
func (k kind) URI() string { return Prefix + "/docs#" + k.Name }

// problem is an answer that is not the one asked for (RFC 9457). All its words come from this program: nothing that was
// submitted is ever in it, not even the name of a member that nobody knows, for it may be a password in the wrong place.
type problem struct {
	Type      string   `json:"type" doc:"Which kind of problem: compare this, not the words." example:"/api/v1/docs#malformed"`
	Title     string   `json:"title" doc:"The kind in words." example:"The call is not in the form that this one takes"`
	Status    int      `json:"status" doc:"The HTTP status once more." example:"400"`
	Detail    string   `json:"detail,omitempty" doc:"What is wrong with this call. For whoever writes the calling program." example:"a string is expected"`
	Pointer   string   `json:"pointer,omitempty" doc:"The member of the body that is at fault, as a JSON Pointer (RFC 6901)." example:"/address"`
	Reasons   []string `json:"reasons,omitempty" doc:"Why an address or a password is refused."`
	MinLength int      `json:"min_length,omitempty" doc:"Of a password that is too short: how many characters are needed."`
	MaxLength int      `json:"max_length,omitempty" doc:"Of a password that is too long: how many characters are allowed."`

	kind  kind
	after time.Duration // for Retry-After
}

// Error implements error, so that whatever finds a problem can return it.
func (p *problem) Error() string { return "api: " + p.kind.Name }

func (k kind) problem() *problem {
	return &problem{Type: k.URI(), Title: k.Title, Status: k.Status, kind: k}
}

// at says which member is at fault and why. The words are the program's own.
func (k kind) at(pointer, detail string) *problem {
	p := k.problem()
	p.Pointer, p.Detail = pointer, detail
	return p
}

// in moves the fault into a member.
func (p *problem) in(member string) *problem {
	p.Pointer = "/" + member + p.Pointer
	return p
}

// retry says when to come back.
func (k kind) retry(after time.Duration) *problem {
	p := k.problem()
	p.after = after
	return p
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter) {
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(p.after)))
	}
	if p.kind.Name == badKey.Name {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	send(w, p.Status, "application/problem+json", p)
}

// seconds rounds up: whoever comes back then is not too early.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
