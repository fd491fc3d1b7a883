package keys

import "time"

// Purpose is what keys are for. Its name is the beginning of its files' names.
type Purpose string

// The purposes there are.
const (
	Codes      Purpose = "codes"      // codes, links in mails, and the buttons of notices
	Answers    Purpose = "answers"    // peppers of answers and of saved codes
	Challenges Purpose = "challenges" // seal cards
	Bounces    Purpose = "bounces"    // make return addresses
	Browsers   Purpose = "browsers"   // make what browsers are known by that have signed in
	Decoys     Purpose = "decoys"     // name the decoys of unknown addresses, and their tallies
	Questions  Purpose = "questions"  // decide which questions are asked of an address
	Addresses  Purpose = "addresses"  // name the buckets of addresses
)

// Rotating are the purposes whose keys are numbered: the newest makes, older ones stay for what they made.
var Rotating = []Purpose{Codes, Answers, Challenges, Bounces, Browsers}

// stays says why a purpose has one key for ever.
var stays = map[Purpose]string{
	Decoys:    "the decoys of unknown addresses would begin anew, and with them what was counted of them: an address whose counts begin anew has no account",
	Questions: "unknown addresses would suddenly be asked other questions, and those whose owners have set some up would not: that tells them apart",
	Addresses: "every limit of an address would start afresh",
}

// Staying are the purposes with one key.
var Staying = []Purpose{Decoys, Questions, Addresses}

// afterwards is for how long a key is of use after the next one took its place: what it made lives so long. Peppers are of use as long
// as an answer is, which the database knows; this is for those that are on their way.
var afterwards = map[Purpose]time.Duration{
	Codes:      73 * time.Hour, // the button of a notice lives for 72, a request for one more at most
	Answers:    24 * time.Hour,
	Challenges: 24 * time.Hour,
	Browsers:   400 * 24 * time.Hour, // so long browsers keep a cookie
	Bounces:    10 * 24 * time.Hour,  // servers give a mail up after five days as a rule (RFC 5321 4.5.4.1), and its report needs days as well
}
