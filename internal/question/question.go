// Package question holds the security questions: which there are, what an answer is, how answers are kept and judged, and
// which questions are shown for an account that has none or does not exist.
//
// Questions are the weakest of the ways (NIST SP 800-63B-4 section 4.2.1; R-75), and four attacks shape this package:
//
//   - Guessing what many people answer. One question falls to 20 to 39 % of ten guesses, two together to under 1 % (Bonneau et
//     al. 2015), so several are asked at once with one verdict for all ([Digests.Check]), those with few likely answers are not
//     on the list, and likely answers are refused when they are set up ([Refuse]).
//   - A stolen database. An answer has far less to guess than a password, so its Argon2id hash is made of a MAC under a pepper
//     that lies outside the database.
//   - Asking which accounts exist. An unknown account has questions too, always the same ones, and judging their answers is the
//     same work ([Decoys], R-71, R-74).
//   - Reading answers. An [Answer] cannot be printed or compared with ==, and nothing here gives it back.
//
// There are no questions in people's own words: what somebody wrote could not be invented for an unknown account.
package question

import "slices"

// ID is a question's permanent name, such as "first-concert". It is stored with the answers and stands for the same question in
// every language. An ID is never renamed and never given to another question; a frozen file of the tests holds the list.
type ID string

// Question is one of the curated questions.
type Question struct {
	ID ID
	// Why it is fair, in English, for those who run a site: what makes its answers many, lasting and hard to find out.
	Why string
	// Retired questions are asked of those who have answered them, and of decoys, but are not offered any more.
	Retired bool
}

// All is the curated list. Each asks for something that has many likely answers, does not change, is not in public records
// and is seldom told on the network. So none asks for a favourite, a pet, a maiden name, a place of birth or a first car.
//
// To add one is not enough to have it offered: see [pool]. The words are in the catalogue, see [Question.Key].
var All = []Question{
	{ID: "first-concert", Why: "There are tens of thousands of artists, and first concerts are often not the ones that people tell of. The biggest names are refused."},
	{ID: "childhood-shop", Why: "Small shops have names of their own, known to one street and mostly gone."},
	{ID: "desk-mate", Why: "A full name out of a whole country; lists of school classes are not public."},
	{ID: "got-lost", Why: "It asks for the name of a place, and the event is known to the family at most."},
	{ID: "invented-word", Why: "The word was made up, so it is in no dictionary."},
	{ID: "family-word", Why: "What one family says is in no list; relatives know it, strangers do not."},
	{ID: "childhood-gang", Why: "Children make such names up, and nobody writes them down."},
	{ID: "invented-game", Why: "The game was made up, and so was its name."},
	{ID: "hard-word", Why: "Any word of the language will do, and few people are remembered for it by others than their parents."},
	{ID: "toy-name", Why: "It asks for the name that a child gave; the names of common toys are refused."},
	{ID: "bed-picture", Why: "Anything may hang on a wall. Only those who were in the room have seen it."},
	{ID: "first-book", Why: "There are very many books for children; the best known are refused."},
	{ID: "frightening-story", Why: "What frightens differs from child to child; the best-known films are refused."},
	{ID: "teacher-nickname", Why: "Pupils make such names up, and use them where no teacher hears them."},
	{ID: "given-nickname", Why: "Made up by the person, for somebody whom a stranger does not know."},
	{ID: "meeting-place", Why: "It asks for the children's own name of a place, not for the one on the map."},
	{ID: "first-journey", Why: "Villages, camps and towns are many; the largest cities are refused."},
	{ID: "childhood-neighbour", Why: "Whom one remembers best, and under which name, is nowhere recorded."},
	{ID: "family-dish", Why: "A dish of one family has a name of its own; common dishes are refused."},
	{ID: "first-team", Why: "Teams, choirs and clubs for children are many and small, and few are told of later."},
	{ID: "shared-word", Why: "It was a secret between two children, and any word will do."},
	{ID: "holiday-place", Why: "It asks for the name of a house, a camp or a village. Few people write of holidays so long ago."},
	{ID: "work-teacher", Why: "A full name that is in no contract and no reference."},
	{ID: "first-letter", Why: "A full name, and letters have no public list of contacts."},
	{ID: "street-character", Why: "Known to one neighbourhood only, mostly under a name that was made up there."},
	{ID: "relative-nickname", Why: "Used inside one family, beside the name that public records have."},
}

// Find returns the question of an ID, retired or not.
func Find(id ID) (Question, bool) {
	i := slices.IndexFunc(All, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return All[i], true
}

// Key is where the catalogue has the question's words.
func (id ID) Key() string { return "question." + string(id) }
